package pages

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"benchside/sanitize"
)

// PDF is what a document says of itself, safe to show.
type PDF struct {
	Version       string
	Pages         int     // 0 if it was not found
	Width, Height float64 // of the first page that tells, in points of 1/72 inch
	Title         string
	Author        string
	Producer      string
	Creator       string
	Encrypted     bool
	Cut           bool // the middle of a big file was not looked at
}

// ErrPDF: the file does not begin as a PDF does.
var ErrPDF = errors.New("not a PDF")

const (
	mostPDF      = 8 << 20 // bytes of each end of a file
	mostObjects  = 64      // streams of objects that are unpacked
	mostUnpacked = 1 << 20 // bytes of each
)

var (
	pdfVersion = regexp.MustCompile(`%PDF-(\d\.\d)`)
	pdfPages   = regexp.MustCompile(`/Type\s*/Pages\b`)
	pdfPage    = regexp.MustCompile(`/Type\s*/Page\b`)
	pdfCount   = regexp.MustCompile(`/Count\s+(\d{1,7})\b`)
	pdfBox     = regexp.MustCompile(`/MediaBox\s*\[\s*(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s*\]`)
	pdfObjects = regexp.MustCompile(`/Type\s*/ObjStm\b`)
	pdfString  = regexp.MustCompile(`/(Title|Author|Producer|Creator)\s*([(<])`)
)

// ReadPDF scans a document for what it says of itself. It follows no reference,
// so a document that was changed later may tell of an earlier state, too.
func ReadPDF(ctx context.Context, file io.ReaderAt, size int64) (PDF, error) {
	data, cut, err := ends(ctx, file, size)
	if err != nil {
		return PDF{}, fmt.Errorf("read PDF: %w", err)
	}
	const reach = 1024
	version := pdfVersion.FindSubmatch(data[:min(len(data), reach)])
	if version == nil {
		return PDF{}, fmt.Errorf("read PDF: %w", ErrPDF)
	}
	p := PDF{Version: string(version[1]), Cut: cut, Encrypted: bytes.Contains(data, []byte("/Encrypt"))}
	p.scan(data)
	for _, at := range pdfObjects.FindAllIndex(data, mostObjects) {
		if ctx.Err() != nil {
			return PDF{}, fmt.Errorf("read PDF: %w", ctx.Err())
		}
		p.scan(unpacked(data[at[1]:]))
	}
	if p.Pages == 0 { // of a document whose tree is not found
		p.Pages = len(pdfPage.FindAllIndex(data, -1))
	}
	return p, nil
}

// ends reads a file, or its two ends.
func ends(ctx context.Context, file io.ReaderAt, size int64) (data []byte, cut bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if size <= 2*mostPDF {
		data = make([]byte, max(size, 0))
		n, err := file.ReadAt(data, 0)
		if n == len(data) {
			err = nil
		}
		return data, false, err
	}
	data = make([]byte, 2*mostPDF)
	if n, err := file.ReadAt(data[:mostPDF], 0); n < mostPDF {
		return nil, true, err
	}
	if n, err := file.ReadAt(data[mostPDF:], size-mostPDF); n < mostPDF {
		return nil, true, err
	}
	return data, true, nil
}

// scan takes what part of a document says.
func (p *PDF) scan(data []byte) {
	for _, at := range pdfPages.FindAllIndex(data, 10_000) {
		// The count stands in the same dictionary, on either side.
		const around = 2048
		from, to := max(at[0]-around, 0), min(at[1]+around, len(data))
		dict := data[from:to]
		if i := bytes.LastIndex(dict[:at[0]-from], []byte("obj")); i >= 0 {
			dict, from = dict[i:], from+i
		}
		if i := bytes.Index(dict[at[1]-from:], []byte("endobj")); i >= 0 {
			dict = dict[:at[1]-from+i]
		}
		if m := pdfCount.FindSubmatch(dict); m != nil {
			n, _ := strconv.Atoi(string(m[1]))
			p.Pages = max(p.Pages, n)
		}
	}
	if m := pdfBox.FindSubmatch(data); m != nil && p.Width == 0 {
		var box [4]float64
		for i := range box {
			box[i], _ = strconv.ParseFloat(string(m[i+1]), 64)
		}
		p.Width, p.Height = box[2]-box[0], box[3]-box[1]
	}
	if p.Encrypted {
		return // strings are, too
	}
	for _, m := range pdfString.FindAllSubmatchIndex(data, 1000) {
		text := pdfText(data[m[4]:])
		field := map[string]*string{"Title": &p.Title, "Author": &p.Author, "Producer": &p.Producer, "Creator": &p.Creator}[string(data[m[2]:m[3]])]
		// Entries of an outline have titles, too; the first is the document's
		// where there is one beside its producer.
		if *field == "" && (field != &p.Title || beside(data, m[0])) {
			*field = text
		}
	}
}

// beside reports whether a title stands in the dictionary of a document: with a
// producer, a creator or a date.
func beside(data []byte, at int) bool {
	const around = 1024
	near := data[max(at-around, 0):min(at+around, len(data))]
	return bytes.Contains(near, []byte("/Producer")) || bytes.Contains(near, []byte("/Creator")) || bytes.Contains(near, []byte("/CreationDate"))
}

// unpacked inflates the stream that follows.
func unpacked(data []byte) []byte {
	const reach = 1024 // bytes in which the stream begins
	i := bytes.Index(data[:min(len(data), reach)], []byte("stream"))
	if i < 0 {
		return nil
	}
	data = bytes.TrimLeft(data[i+len("stream"):], "\r\n")
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	defer r.Close()
	out, err := io.ReadAll(io.LimitReader(r, mostUnpacked))
	if err != nil && len(out) == 0 {
		return nil
	}
	return out
}

// pdfText reads a string of a PDF: "(…)" with escapes or "<hex>".
func pdfText(data []byte) string {
	const longest = 1024
	var raw []byte
	if data[0] == '<' {
		end := bytes.IndexByte(data[:min(len(data), 2*longest)], '>')
		if end < 0 || end < 1 {
			return ""
		}
		digits := bytes.Join(bytes.Fields(data[1:end]), nil)
		raw = make([]byte, len(digits)/2)
		n, _ := hex.Decode(raw, digits[:len(digits)/2*2])
		raw = raw[:n]
	} else {
		raw = literal(data[1:min(len(data), longest)])
	}
	if bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		var units []uint16
		for i := 2; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		return sanitize.Line(string(utf16.Decode(units)))
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	return strings.TrimSpace(sanitize.Line(string(raw)))
}

// literal reads up to the parenthesis that closes.
func literal(data []byte) []byte {
	var out []byte
	depth := 1
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return out
			}
		case '\\':
			if i++; i >= len(data) {
				return out
			}
			switch c = data[i]; c {
			case 'n', 'r', 't', 'b', 'f', '\n', '\r':
				c = ' '
			case '0', '1', '2', '3', '4', '5', '6', '7':
				n := 0
				for k := 0; k < 3 && i < len(data) && data[i] >= '0' && data[i] <= '7'; k++ {
					n = n*8 + int(data[i]-'0')
					i++
				}
				i--
				c = byte(n)
			}
		}
		out = append(out, c)
	}
	return out
}
