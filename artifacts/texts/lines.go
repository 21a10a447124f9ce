// Package texts shows files as lines: windows of any file, the tail of a log that
// grows, highlighted code, bytes in hexadecimal. It never holds a whole file, and
// nothing that it returns acts on a terminal.
package texts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"benchside/sanitize"
)

// Line is one line, safe to show, tabs expanded.
type Line struct {
	Number int   // from 1
	Offset int64 // of its first byte
	Text   string
	Cut    int64 // bytes of it that are not in Text
}

const (
	// mostLine bounds what is shown of a line, in bytes; a file may be one line.
	mostLine = 64 << 10
	window   = 256 << 10 // bytes read at once
	stride   = 1024      // lines between two places of the index
	// mostWindow bounds the lines returned at once.
	mostWindow = 10_000
)

// Lines is a file as lines, found as they are asked for. It is for one goroutine.
type Lines struct {
	file    io.ReaderAt
	size    int64
	index   []int64 // where the lines 0, 1024, 2048 … begin
	scanned int64   // bytes behind which nothing was looked at
	lines   int     // newlines before scanned
}

// NewLines makes lines of the first size bytes of a file.
func NewLines(file io.ReaderAt, size int64) *Lines {
	return &Lines{file: file, size: size, index: []int64{0}}
}

// Grow says that the file is longer by now. What was found stays.
func (l *Lines) Grow(size int64) { l.size = max(l.size, size) }

// Known returns how many lines were found so far, and whether that is all.
func (l *Lines) Known() (lines int, all bool) {
	all = l.scanned >= l.size
	if all && l.size > 0 && !l.endsInNewline() {
		return l.lines + 1, all
	}
	return l.lines, all
}

func (l *Lines) endsInNewline() bool {
	last := make([]byte, 1)
	n, _ := l.file.ReadAt(last, l.size-1)
	return n == 1 && last[0] == '\n'
}

// Count looks at the whole file and returns its lines.
func (l *Lines) Count(ctx context.Context) (int, error) {
	for l.scanned < l.size {
		if err := l.scan(ctx); err != nil {
			return 0, err
		}
	}
	n, _ := l.Known()
	return n, nil
}

// scan extends the index by one read.
func (l *Lines) scan(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read lines: %w", err)
	}
	buf := make([]byte, min(window, l.size-l.scanned))
	n, err := readAt(l.file, buf, l.scanned)
	if err != nil {
		return err
	}
	for at := 0; at < n; {
		i := bytes.IndexByte(buf[at:n], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		if l.lines++; l.lines%stride == 0 {
			l.index = append(l.index, l.scanned+int64(at))
		}
	}
	l.scanned += int64(n)
	return nil
}

// readAt fills buf from a file; a file that ends before it has shrunk.
func readAt(file io.ReaderAt, buf []byte, at int64) (int, error) {
	n, err := file.ReadAt(buf, at)
	if n == len(buf) {
		return n, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, fmt.Errorf("read lines at %d: %w", at, err)
}

// Window returns at most so many lines from a line on, the first being 1.
func (l *Lines) Window(ctx context.Context, from, count int) ([]Line, error) {
	out, err := l.raw(ctx, from, count)
	for i, line := range out {
		out[i].Text = Safe(line.Text)
	}
	return out, err
}

// raw is Window before its lines are made safe.
func (l *Lines) raw(ctx context.Context, from, count int) ([]Line, error) {
	skip := max(from, 1) - 1
	count = min(count, mostWindow)
	for len(l.index) <= skip/stride && l.scanned < l.size {
		if err := l.scan(ctx); err != nil {
			return nil, err
		}
	}
	place := min(skip/stride, len(l.index)-1)
	c := cursor{file: l.file, at: l.index[place], end: l.size, number: place * stride}
	var out []Line
	for len(out) < count {
		line, err := c.next(ctx, c.number >= skip)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, err
		}
		if c.number > skip {
			out = append(out, line)
		}
	}
	return out, nil
}

// LineAt returns the number of the line in which an offset lies.
func (l *Lines) LineAt(ctx context.Context, offset int64) (int, error) {
	offset = min(max(offset, 0), l.size)
	for l.scanned < offset {
		if err := l.scan(ctx); err != nil {
			return 0, err
		}
	}
	place := sort.Search(len(l.index), func(i int) bool { return l.index[i] > offset }) - 1
	c := cursor{file: l.file, at: l.index[place], end: l.size, number: place * stride}
	for c.at <= offset {
		if _, err := c.next(ctx, false); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return 0, err
		}
	}
	return max(c.number, 1), nil
}

// cursor reads one line after the other.
type cursor struct {
	file    io.ReaderAt
	at, end int64
	number  int    // lines read
	buf     []byte // bytes from at-used on
	used    int
}

// next reads a line; without want its text is left out.
func (c *cursor) next(ctx context.Context, want bool) (Line, error) {
	if c.at >= c.end {
		return Line{}, io.EOF
	}
	line := Line{Number: c.number + 1, Offset: c.at}
	var text []byte
	for ended := false; !ended && c.at < c.end; {
		if c.used == len(c.buf) {
			if err := c.fill(ctx); err != nil {
				return Line{}, err
			}
		}
		part := c.buf[c.used:]
		if i := bytes.IndexByte(part, '\n'); i >= 0 {
			part, ended = part[:i], true
			c.used++
			c.at++
		}
		c.used += len(part)
		c.at += int64(len(part))
		keep := 0
		if want {
			keep = min(len(part), mostLine-len(text))
			text = append(text, part[:keep]...)
		}
		line.Cut += int64(len(part) - keep)
	}
	c.number++
	if want {
		line.Text = strings.TrimSuffix(string(whole(text, line.Cut > 0)), "\r")
	}
	return line, nil
}

func (c *cursor) fill(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read lines: %w", err)
	}
	// A first small read: a window of a few lines needs no more.
	const small = 16 << 10
	size := int64(window)
	if c.buf == nil {
		size = small
	}
	buf := make([]byte, min(size, c.end-c.at))
	n, err := readAt(c.file, buf, c.at)
	c.buf, c.used = buf[:n], 0
	return err
}

// whole takes a letter that was cut off the end.
func whole(text []byte, cut bool) []byte {
	for i := 0; cut && i < utf8.UTFMax && len(text) > 0; i++ {
		if r, n := utf8.DecodeLastRune(text); r != utf8.RuneError || n != 1 {
			break
		}
		text = text[:len(text)-1]
	}
	return text
}

// tabWidth is that of terminals.
const tabWidth = 8

// Safe makes one line safe to show and expands its tabs.
func Safe(line string) string {
	if strings.IndexByte(line, '\t') < 0 {
		return sanitize.Line(line)
	}
	var b strings.Builder
	column := 0
	for i, part := range strings.Split(line, "\t") {
		if i > 0 {
			n := tabWidth - column%tabWidth
			b.WriteString("        "[:n])
			column += n
		}
		part = sanitize.Line(part)
		b.WriteString(part)
		column += utf8.RuneCountInString(part)
	}
	return b.String()
}
