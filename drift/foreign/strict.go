package foreign

import (
	"bufio"
	"io"
)

// strict makes JSON of what Python writes: NaN, Infinity and -Infinity, which it writes
// bare, become null.
func strict(r io.Reader) io.Reader { return &filter{r: bufio.NewReaderSize(r, 64<<10)} }

type filter struct {
	r               *bufio.Reader
	quoted, escaped bool
	rest            string // of null, that is not given yet
}

// bare are the words by their first letter, and what is behind that.
var bare = map[byte]string{'N': "aN", 'I': "nfinity", '-': "Infinity"}

func (f *filter) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if f.rest != "" {
			c := copy(p[n:], f.rest)
			f.rest = f.rest[c:]
			n += c
			continue
		}
		if n > 0 && f.r.Buffered() == 0 {
			return n, nil // what is there is given before more is waited for
		}
		b, err := f.r.ReadByte()
		if err != nil {
			return n, err
		}
		if !f.quoted && f.word(b) {
			f.rest = "null"
			continue
		}
		f.see(b)
		p[n] = b
		n++
	}
	return n, nil
}

// see follows whether the bytes are within a string.
func (f *filter) see(b byte) {
	switch {
	case f.escaped:
		f.escaped = false
	case f.quoted && b == '\\':
		f.escaped = true
	case b == '"':
		f.quoted = !f.quoted
	}
}

// word reports whether a byte begins one of the words, and takes the rest of it.
func (f *filter) word(b byte) bool {
	rest := bare[b]
	if rest == "" {
		return false
	}
	if next, _ := f.r.Peek(len(rest)); string(next) != rest { // fewer are none
		return false
	}
	_, _ = f.r.Discard(len(rest)) // they are there
	return true
}
