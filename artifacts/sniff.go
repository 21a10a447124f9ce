package artifacts

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// HeadBytes is how much of a file's beginning Sniff looks at.
const HeadBytes = 64 << 10

// Sniff says what a file is by its beginning and its size. The name breaks ties
// only: what is a picture by its bytes is one under any name.
func Sniff(name string, head []byte, size int64) Kind {
	if size == 0 {
		return Kind{Form: Empty}
	}
	if len(head) == 0 {
		return ByName(name)
	}
	head = head[:min(len(head), HeadBytes)]
	if k, ok := magic(name, head); ok {
		return k
	}
	text, encoding, ok := asText(head, int64(len(head)) >= size)
	if !ok {
		return unknownBytes(name, head)
	}
	whole := int64(len(head)) >= size
	if k := textKind(name, text, whole); k.Form != Text || encoding == "" {
		return k
	}
	return Kind{Form: Text, Of: encoding}
}

// signature is how files of a kind begin.
type signature struct {
	at    int
	bytes string
	kind  Kind
}

var signatures = []signature{
	{0, "\x89PNG\r\n\x1a\n", Kind{Form: PNG}},
	{0, "\xff\xd8\xff", Kind{Form: JPEG}},
	{0, "GIF87a", Kind{Form: GIF}},
	{0, "GIF89a", Kind{Form: GIF}},
	{0, "%PDF-", Kind{Form: PDF}},
	{0, "PAR1", Kind{Form: Parquet}},
	{0, "SQLite format 3\x00", Kind{Form: SQLite}},
	{0, "\x93NUMPY", Kind{Form: NPY}},
	{0, "\x1f\x8b", Kind{Form: Gzip}},
	{0, "\x89HDF\r\n\x1a\n", Kind{Form: Binary, Of: "hdf5"}},
	{0, "ARROW1\x00\x00", Kind{Form: Binary, Of: "arrow"}},
	{0, "\x28\xb5\x2f\xfd", Kind{Form: Binary, Of: "zstd"}},
	{0, "\xfd7zXZ\x00", Kind{Form: Binary, Of: "xz"}},
	{0, "BZh", Kind{Form: Binary, Of: "bzip2"}},
	{0, "\x7fELF", Kind{Form: Binary, Of: "elf"}},
	{0, "II*\x00", Kind{Form: Binary, Of: "tiff"}},
	{0, "MM\x00*", Kind{Form: Binary, Of: "tiff"}},
	{4, "ftypavif", Kind{Form: Binary, Of: "avif"}},
	{4, "ftypheic", Kind{Form: Binary, Of: "heic"}},
	{257, "ustar", Kind{Form: Binary, Of: "tar"}},
}

func magic(name string, head []byte) (Kind, bool) {
	for _, s := range signatures {
		if len(head) > s.at && bytes.HasPrefix(head[s.at:], []byte(s.bytes)) {
			// A text may begin with such letters, too.
			if s.kind.Of == "bzip2" && (len(head) < 10 || string(head[4:10]) != "1AY&SY") {
				continue
			}
			return s.kind, true
		}
	}
	switch {
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return Kind{Form: WebP}, true
	case len(head) >= 18 && string(head[:2]) == "BM" && plausibleBMP(head):
		return Kind{Form: BMP}, true
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return archive(name, head), true
	case pickled(head):
		return Kind{Form: Pickle}, true
	}
	// A header of a mail or a shell may come before a PDF: readers look for it in
	// the first kilobyte (ISO 32000-1, annex H.3.4.1).
	const reach = 1024
	if ByName(name).Form == PDF && bytes.Contains(head[:min(len(head), reach)], []byte("%PDF-")) {
		return Kind{Form: PDF}, true
	}
	return Kind{}, false
}

// plausibleBMP looks at the size of the second header, which is one of a few.
func plausibleBMP(head []byte) bool {
	switch binary.LittleEndian.Uint32(head[14:]) {
	case 12, 40, 52, 56, 64, 108, 124:
		return true
	}
	return false
}

// archive tells what a zip holds by the name of its first entry.
func archive(name string, head []byte) Kind {
	first := ""
	const fixed = 30 // bytes before the name of a local file header
	if len(head) > fixed {
		n := int(binary.LittleEndian.Uint16(head[26:]))
		first = string(head[fixed:min(len(head), fixed+n)])
	}
	switch {
	case ByName(name).Of == "skops" || bytes.Contains(head, []byte("schema.json")):
		return Kind{Form: Zip, Of: "skops"}
	case strings.HasSuffix(first, ".npy"):
		return Kind{Form: NPZ}
	case strings.HasSuffix(first, "/data.pkl"):
		return Kind{Form: Zip, Of: "torch"}
	case first == "" && ByName(name).Form == NPZ: // an archive of no arrays
		return Kind{Form: NPZ}
	}
	return Kind{Form: Zip}
}

// pickled recognises pickles of protocol 2 and later, which name it in their
// second byte. Older ones are text or look like it, and only their name tells.
func pickled(head []byte) bool {
	const newest = 5
	if len(head) < 3 || head[0] != 0x80 || head[1] < 2 || head[1] > newest {
		return false
	}
	if head[1] >= 4 {
		return head[2] == 0x95 || strings.IndexByte("}](cN.\x8c\x88\x89K)", head[2]) >= 0 // a frame, or a short one
	}
	return strings.IndexByte("}](c)NXUKJGM\x8a\x88\x89.\x85\x86\x87", head[2]) >= 0
}

// unknownBytes is a file that is no text and begins like nothing known.
func unknownBytes(name string, head []byte) Kind {
	by := ByName(name)
	switch {
	case by.Form == Pickle && (head[0] == 0x78 || bytes.IndexByte([]byte("(c]}"), head[0]) >= 0):
		return Kind{Form: Pickle} // zlib of joblib, or an old protocol
	case by.Form == Binary:
		return by
	}
	return Kind{Form: Binary}
}

// asText decides whether bytes are text, and returns it without its mark. A text
// may hold the odd control, and be in an encoding of one byte a letter.
func asText(head []byte, whole bool) (text, encoding string, ok bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		head = head[3:]
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "", "utf-16", true
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return "", "", false
	}
	if !whole { // the last letter may be cut
		for i := 0; i < utf8.UTFMax && len(head) > 0; i++ {
			if r, n := utf8.DecodeLastRune(head); r != utf8.RuneError || n != 1 {
				break
			}
			head = head[:len(head)-1]
		}
	}
	controls, high := 0, 0
	for _, c := range head {
		switch {
		case c >= 0x80:
			high++
		case c < 0x20 && !strings.ContainsRune("\t\n\r\f\x1b\b", rune(c)), c == 0x7f:
			controls++
		}
	}
	if controls*50 > len(head) {
		return "", "", false
	}
	if !utf8.Valid(head) {
		// Latin-1 and its like: mostly ASCII with letters beyond.
		const mostHigh = 4 // one in four
		return strings.ToValidUTF8(string(head), "\ufffd"), "not utf-8", high*mostHigh <= len(head)
	}
	return string(head), "", true
}
