package tables

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// encoding is how the text of a file is written.
type encoding uint8

const (
	utf8Text encoding = iota
	latin1
	utf16LE
	utf16BE
)

const (
	blockBytes = 64 << 10
	// lineBytes is the longest line that is looked at as one piece; longer ones
	// are read byte by byte.
	lineBytes = 256 << 10
)

// stream reads a file in order from some offset on, as UTF-8 or Latin-1 bytes,
// and knows at which byte of the file it stands.
type stream struct {
	r      io.ReaderAt
	ctx    context.Context
	coding encoding
	next   int64  // the byte of the file behind buf
	end    int64  // the size of the file
	at     int64  // the byte of the file at buf[pos]
	buf    []byte // decoded
	pos    int
	raw    []byte // a block of UTF-16
	err    error  // of the last read that failed
}

// newStream starts a stream, whose life is that of one call: so it keeps ctx.
func newStream(ctx context.Context, r io.ReaderAt, coding encoding, from, size int64) *stream {
	return &stream{ctx: ctx, r: r, coding: coding, next: from, at: from, end: size}
}

// fill reads another block behind what is in buf; false means that the file
// ends or cannot be read, see err.
func (s *stream) fill() bool {
	if s.err != nil || s.next >= s.end {
		return false
	}
	if s.err = s.ctx.Err(); s.err != nil {
		return false
	}
	if s.pos > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
		s.pos = 0
	}
	n := int(min(blockBytes, s.end-s.next))
	if s.coding >= utf16LE {
		return s.fillWide(n)
	}
	have := len(s.buf)
	if cap(s.buf) < have+n {
		grown := make([]byte, have, max(2*cap(s.buf), have+n))
		copy(grown, s.buf)
		s.buf = grown
	}
	s.buf = s.buf[:have+n]
	if got, err := s.r.ReadAt(s.buf[have:], s.next); got < n {
		s.buf, s.err = s.buf[:have], readError(err)
		return false
	}
	s.next += int64(n)
	return true
}

// fillWide is fill for UTF-16. What is no character becomes U+FFFD.
func (s *stream) fillWide(n int) bool {
	if cap(s.raw) < n {
		s.raw = make([]byte, n)
	}
	raw := s.raw[:n]
	if got, err := s.r.ReadAt(raw, s.next); got < n {
		s.err = readError(err)
		return false
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if s.coding == utf16BE {
		order = binary.BigEndian
	}
	i := 0
	for ; i+1 < n; i += 2 {
		r := rune(order.Uint16(raw[i:]))
		if utf16.IsSurrogate(r) {
			if i+3 >= n && s.next+int64(n) < s.end && i > 0 {
				break // the pair goes on in the next block
			}
			pair := rune(utf8.RuneError)
			if i+3 < n {
				pair = utf16.DecodeRune(r, rune(order.Uint16(raw[i+2:])))
			}
			if pair != utf8.RuneError {
				i += 2
			}
			r = pair
		}
		s.buf = utf8.AppendRune(s.buf, r)
	}
	s.next += int64(i)
	if i == 0 || n-i == 1 && s.next+1 >= s.end {
		s.next = s.end // half a unit at the end of the file
	}
	return true
}

// consume moves behind n bytes of buf.
func (s *stream) consume(n int) {
	if s.coding < utf16LE {
		s.at += int64(n)
	} else {
		for _, c := range s.buf[s.pos : s.pos+n] {
			s.at += wideBytes(c)
		}
	}
	s.pos += n
}

// wideBytes is how many bytes of UTF-16 a byte of UTF-8 stands for.
func wideBytes(c byte) int64 {
	switch {
	case c&0xc0 == 0x80:
		return 0 // inside of a character
	case c >= 0xf0:
		return 4
	}
	return 2
}

// peek returns the next byte without moving.
func (s *stream) peek() (byte, bool) {
	if s.pos == len(s.buf) && !s.fill() {
		return 0, false
	}
	return s.buf[s.pos], true
}

// byte returns the next byte and moves behind it.
func (s *stream) byte() (byte, bool) {
	c, ok := s.peek()
	if ok {
		s.consume(1)
	}
	return c, ok
}

// line returns the bytes up to the next newline without moving; false means
// that no newline is near enough. At the end of the file what is left is a line.
func (s *stream) line() (line []byte, ended, ok bool) {
	seen := 0
	for {
		rest := s.buf[s.pos:]
		if i := bytes.IndexByte(rest[seen:], '\n'); i >= 0 {
			return rest[:seen+i], true, true
		}
		seen = len(rest)
		if seen > lineBytes {
			return nil, false, false
		}
		if !s.fill() {
			return s.buf[s.pos:], false, s.err == nil && len(s.buf) > s.pos
		}
	}
}
