package pictures

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"benchside/pictures/vector"
)

// The formats.
const (
	PNG  = "PNG"
	JPEG = "JPEG"
	GIF  = "GIF"
	WebP = "WebP"
	BMP  = "BMP"
	SVG  = "SVG"
)

// About is what the header of a picture says.
type About struct {
	Format        string
	Width, Height int // in pixels; of an SVG, those of CSS
	Frames        int // 1 if it is not animated
}

// sniffed is how much of a file tells its format.
const sniffed = 4096

// Describe reads the header of a picture and, to count frames, where its blocks
// begin. It decodes nothing, so the header may lie.
func Describe(r io.ReaderAt, size int64) (About, error) {
	head := make([]byte, min(max(size, 0), sniffed))
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return About{}, fmt.Errorf("read the header of a picture: %w", err)
	}
	head = head[:n]
	about := About{Format: sniff(head), Frames: 1}
	file := io.NewSectionReader(r, 0, size)
	switch about.Format {
	case "":
		return About{}, fmt.Errorf("read the header of a picture: %w", ErrUnknown)
	case PNG:
		err = about.png(file, head)
	case JPEG:
		err = about.jpeg(file)
	case GIF:
		err = about.gif(file, head)
	case WebP:
		err = about.webp(file)
	case BMP:
		err = about.bmp(head, size)
	case SVG:
		about.Width, about.Height, err = vector.Size(file)
	}
	if err == nil && (about.Width < 1 || about.Height < 1) {
		err = fmt.Errorf("%d by %d pixels", about.Width, about.Height)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return About{}, fmt.Errorf("read the header of a %s: %w: %w", about.Format, ErrDamaged, err)
	}
	return about, nil
}

// sniff tells a format from the first bytes.
func sniff(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return GIF
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return WebP
	case len(head) >= 26 && string(head[:2]) == "BM" && binary.LittleEndian.Uint32(head[6:]) == 0:
		return BMP
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte("<svg")) {
		return SVG
	}
	return ""
}

// mostBlocks bounds the walk over chunks and segments before the pixels.
const mostBlocks = 10_000

// png reads IHDR, and acTL if there is one before the pixels. Deflate shrinks by
// 1032 at most, so a short file cannot hold what a lying header promises.
func (a *About) png(file *io.SectionReader, head []byte) error {
	if len(head) < 33 || string(head[12:16]) != "IHDR" {
		return io.ErrUnexpectedEOF
	}
	a.Width, a.Height = int(binary.BigEndian.Uint32(head[16:])), int(binary.BigEndian.Uint32(head[20:]))
	if a.Width > 1<<31-1 || a.Height > 1<<31-1 {
		return errors.New("a size that is negative")
	}
	channels := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[head[25]]
	if bits := float64(a.Width) * float64(a.Height) * float64(channels*int(head[24])); bits/8/1032 > float64(file.Size()) {
		return fmt.Errorf("a header of %d by %d pixels on %s, which cannot hold them", a.Width, a.Height, bytesOf(file.Size()))
	}
	var chunk [12]byte
	at := int64(33)
	for range mostBlocks {
		if _, err := file.ReadAt(chunk[:], at); err != nil {
			return err
		}
		switch string(chunk[4:8]) {
		case "IDAT":
			return nil
		case "acTL":
			a.Frames = max(int(binary.BigEndian.Uint32(chunk[8:])), 1)
			return nil
		}
		at += 12 + int64(binary.BigEndian.Uint32(chunk[:]))
	}
	return errors.New("no pixels among its first chunks")
}

// jpeg looks for the start of the frame.
func (a *About) jpeg(file *io.SectionReader) error {
	var b [9]byte
	at := int64(2)
	for range mostBlocks {
		if _, err := file.ReadAt(b[:4], at); err != nil {
			return err
		}
		switch marker := b[1]; {
		case b[0] != 0xff:
			return errors.New("no marker where one must be")
		case marker == 0xff: // a fill byte
			at++
			continue
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			if _, err := file.ReadAt(b[:], at); err != nil {
				return err
			}
			a.Height, a.Width = int(binary.BigEndian.Uint16(b[5:])), int(binary.BigEndian.Uint16(b[7:]))
			return nil
		case marker == 0xda || marker == 0xd9:
			return errors.New("no size before its pixels")
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd7: // these stand alone
			at += 2
			continue
		}
		at += 2 + int64(binary.BigEndian.Uint16(b[2:]))
	}
	return errors.New("no size among its first segments")
}

// gif reads the size of the screen and walks over the blocks to count frames. It
// counts those that are there: a file that ends early is no error here.
func (a *About) gif(file *io.SectionReader, head []byte) error {
	if len(head) < 13 {
		return io.ErrUnexpectedEOF
	}
	a.Width, a.Height = int(binary.LittleEndian.Uint16(head[6:])), int(binary.LittleEndian.Uint16(head[8:]))
	in := bufio.NewReaderSize(io.NewSectionReader(file, 13, file.Size()), 1<<15)
	skip := func(n int) bool { _, err := in.Discard(n); return err == nil }
	table := func(flags byte) int {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	ok, frames := skip(table(head[10])), 0
	for ok {
		kind, err := in.ReadByte()
		switch {
		case err != nil || kind == 0x3b:
			ok = false
			continue
		case kind == 0x21:
			ok = skip(1)
		case kind == 0x2c:
			var frame [9]byte
			if _, err := io.ReadFull(in, frame[:]); err != nil {
				ok = false
				continue
			}
			frames++
			ok = skip(table(frame[8]) + 1)
		default:
			ok = false
			continue
		}
		for ok {
			n, err := in.ReadByte()
			if ok = err == nil && skip(int(n)); n == 0 {
				break
			}
		}
	}
	a.Frames = max(frames, 1)
	return nil
}

// webp reads the first chunk, which has the size, and counts the frames of an
// animation.
func (a *About) webp(file *io.SectionReader) error {
	var b [30]byte
	if _, err := file.ReadAt(b[:], 0); err != nil {
		return err
	}
	switch string(b[12:16]) {
	case "VP8 ":
		a.Width, a.Height = int(binary.LittleEndian.Uint16(b[26:]))&0x3fff, int(binary.LittleEndian.Uint16(b[28:]))&0x3fff
	case "VP8L":
		bits := binary.LittleEndian.Uint32(b[21:])
		a.Width, a.Height = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
	case "VP8X":
		at := func(i int) int { return int(b[i]) | int(b[i+1])<<8 | int(b[i+2])<<16 }
		a.Width, a.Height = at(24)+1, at(27)+1
		a.Frames = max(len(webpFrames(file)), 1)
	default:
		return errors.New("neither VP8, VP8L nor VP8X")
	}
	return nil
}

// webpFrames returns where the frames of an animation are, the first 10,000.
func webpFrames(file *io.SectionReader) (frames []*io.SectionReader) {
	var chunk [8]byte
	at := int64(12)
	for range mostBlocks {
		if _, err := file.ReadAt(chunk[:], at); err != nil {
			return frames
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		if string(chunk[:4]) == "ANMF" {
			frames = append(frames, io.NewSectionReader(file, at+8, size))
		}
		at += 8 + size + size&1
	}
	return frames
}

// bmp reads the header of Windows; others are not decoded. Rows are not
// compressed, so a file must be as long as they are.
func (a *About) bmp(head []byte, size int64) error {
	if len(head) < 54 {
		return io.ErrUnexpectedEOF
	}
	width, height := int64(int32(binary.LittleEndian.Uint32(head[18:]))), int64(int32(binary.LittleEndian.Uint32(head[22:])))
	a.Width, a.Height = int(width), int(max(height, -height))
	bits := int64(binary.LittleEndian.Uint16(head[28:]))
	if row := (width*bits + 31) / 32 * 4; bits <= 32 && row*int64(a.Height) > size {
		return fmt.Errorf("a header of %d by %d pixels on %s, which cannot hold them", a.Width, a.Height, bytesOf(size))
	}
	return nil
}
