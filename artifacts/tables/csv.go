package tables

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// delimiterOf returns what the ending of a name says about the delimiter, 0 if
// nothing.
func delimiterOf(ext string) byte {
	switch ext {
	case ".tsv", ".tab":
		return '\t'
	case ".psv":
		return '|'
	}
	return 0
}

// csvFormat is RFC 4180 with any delimiter. A quote counts where a cell begins;
// elsewhere it is text.
type csvFormat struct {
	delimiter byte
	latin1    bool
}

// OpenCSV opens delimited text. A delimiter of 0 is looked for, as are the
// encoding and whether the first row names the columns.
func OpenCSV(ctx context.Context, r io.ReaderAt, size int64, delimiter byte) (Delimited, error) {
	coding, start, notes, err := sniffEncoding(r, size)
	if err != nil {
		return nil, err
	}
	head, err := headLines(ctx, r, coding, start, size)
	if err != nil {
		return nil, err
	}
	if delimiter == 0 || bytes.IndexByte(head, delimiter) < 0 {
		delimiter = sniffDelimiter(head)
	}
	f := &csvFormat{delimiter: delimiter, latin1: coding == latin1}
	s := newStream(ctx, r, coding, start, size)
	titles, named, err := f.header(s)
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	if named {
		start = s.at
	} else {
		notes = append(notes, "the first row names no columns: they are numbered")
		titles = make([]string, len(titles))
	}
	t, err := newRowFile(ctx, r, size, coding, start, f, nameColumns(titles))
	if err != nil {
		return nil, err
	}
	if !named {
		t.notes = nil
	}
	t.notes = append(notes, t.notes...)
	return csvTable{t, len(titles), slices.Clone(t.notes)}, nil
}

// sniffEncoding looks at the head of a text for how it is encoded and where it
// starts.
func sniffEncoding(r io.ReaderAt, size int64) (encoding, int64, []string, error) {
	head := make([]byte, min(size, blockBytes))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return 0, 0, nil, readError(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return utf8Text, 3, nil, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16LE, 2, []string{"the text is UTF-16"}, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16BE, 2, []string{"the text is UTF-16"}, nil
	case bytes.IndexByte(head, 0) >= 0:
		return 0, 0, nil, fmt.Errorf("%w: the text holds NUL bytes", ErrNotTable)
	case validHead(head, int64(len(head)) == size):
		return utf8Text, 0, nil, nil
	}
	return latin1, 0, []string{"the text is no UTF-8: read as Latin-1"}, nil
}

// validHead reports whether b is UTF-8, but for a character that is cut.
func validHead(b []byte, whole bool) bool {
	if utf8.Valid(b) {
		return true
	}
	for cut := 1; !whole && cut < utf8.UTFMax && cut < len(b); cut++ {
		if utf8.RuneStart(b[len(b)-cut]) {
			return utf8.Valid(b[:len(b)-cut]) && !utf8.FullRune(b[len(b)-cut:])
		}
	}
	return false
}

// headLines returns the first block of the text, decoded.
func headLines(ctx context.Context, r io.ReaderAt, coding encoding, start, size int64) ([]byte, error) {
	s := newStream(ctx, r, coding, start, size)
	s.fill()
	return s.buf, s.err
}

// sniffDelimiter chooses what cuts the first rows into the same number of
// cells most often; more cells win where several do.
func sniffDelimiter(head []byte) byte {
	best, bestRows, bestCells := byte(','), 0, 1
	for _, d := range []byte{',', '\t', ';', '|'} {
		if rows, cells := consistent(head, d); cells > 1 && (rows > bestRows || rows == bestRows && cells > bestCells) {
			best, bestRows, bestCells = d, rows, cells
		}
	}
	return best
}

// consistent counts how many of the first rows have as many cells as the first.
func consistent(head []byte, delimiter byte) (rows, cells int) {
	f := &csvFormat{delimiter: delimiter}
	s := newStream(context.Background(), bytes.NewReader(head), utf8Text, 0, int64(len(head)))
	rec := new(record)
	for range 20 {
		more, err := f.next(s, rec)
		switch {
		case !more || err != nil:
			return rows, cells
		case cells == 0:
			cells = len(rec.cells)
		}
		if len(rec.cells) == cells {
			rows++
		}
	}
	return rows, cells
}

// header reads the first row and tells whether it names the columns: it does
// unless a cell is a number, or all are numbers that count up from 0. Pandas'
// index comes before those as a column without a name.
func (f *csvFormat) header(s *stream) (titles []string, named bool, err error) {
	rec := new(record)
	if _, err := f.next(s, rec); err != nil {
		return nil, false, err
	}
	numbers, counts, index := 0, true, 0
	for i, c := range rec.cells {
		v := f.value(c, Text)
		titles = append(titles, v.Text)
		if _, ok := parseNumber(c.text); ok && !c.quoted {
			numbers++
		}
		if i == 0 && v.Text == "" {
			index = 1
			continue
		}
		counts = counts && v.Text == strconv.Itoa(i-index)
	}
	return titles, numbers == 0 || counts && len(titles) > index, nil
}

func (f *csvFormat) titles() []string { return nil }
func (f *csvFormat) grows() bool      { return true }

func (f *csvFormat) value(c cell, t Type) Value {
	text := c.text
	if f.latin1 {
		text = fromLatin1(text)
	}
	if len(text) == 0 && !c.quoted {
		return Value{}
	}
	if c.quoted && t == Unknown {
		t = Text
	}
	return valueOf(text, c.cut(), t)
}

func fromLatin1(b []byte) []byte {
	if i := bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }); i < 0 {
		return b
	}
	var out strings.Builder
	for _, c := range b {
		out.WriteRune(rune(c))
	}
	return []byte(out.String())
}

// next implements layout. Blank lines are no rows.
func (f *csvFormat) next(s *stream, rec *record) (bool, error) {
	rec.reset()
	for {
		line, ended, ok := s.line()
		if s.err != nil {
			return false, s.err
		}
		if !ok && len(s.buf) == s.pos {
			return false, nil
		}
		n := len(line)
		if ended {
			n++
		}
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if !ok || len(line) > 0 && !f.split(line, rec) {
			rec.reset()
			return true, f.slow(s, rec)
		}
		s.consume(n)
		if len(line) > 0 {
			rec.open = !ended
			return true, nil
		}
	}
}

// split cuts a line into cells, unless a quote needs a closer look: one that is
// doubled, or that closes on another line.
func (f *csvFormat) split(line []byte, rec *record) bool {
	for {
		c := cell{quoted: len(line) > 0 && line[0] == '"'}
		end := 0
		if c.quoted {
			end = bytes.IndexByte(line[1:], '"') + 2
			if end < 2 || end < len(line) && line[end] != f.delimiter {
				return false
			}
			c.text = line[1 : end-1]
		} else {
			if end = bytes.IndexByte(line, f.delimiter); end < 0 {
				end = len(line)
			}
			c.text = line[:end]
		}
		c.size = int64(len(c.text))
		c.text = c.text[:min(len(c.text), MostCellBytes)]
		rec.add(c)
		if end == len(line) {
			return true
		}
		line = line[end+1:]
	}
}

func (r *record) add(c cell) {
	if len(r.cells) < MostColumns {
		r.cells = append(r.cells, c)
		return
	}
	r.extra++
	r.note = fmt.Sprintf("has %d cells, of which %d are shown", MostColumns+r.extra, MostColumns)
}

// slow reads a row byte by byte: one with quotes, or a very long one.
func (f *csvFormat) slow(s *stream, rec *record) error {
	for more := true; more; {
		from := len(rec.scratch)
		c, again, err := f.cell(s, rec, from)
		if err != nil {
			return err
		}
		rec.spans = append(rec.spans, [2]int{from, len(rec.scratch)})
		rec.add(c)
		more = again
		if len(rec.cells) == MostColumns && rec.extra > 0 { // keep nothing of these
			rec.scratch, rec.spans = rec.scratch[:from], rec.spans[:len(rec.spans)-1]
		}
	}
	for i := range rec.cells {
		rec.cells[i].text = rec.scratch[rec.spans[i][0]:rec.spans[i][1]]
	}
	return nil
}

// cell reads one cell into scratch; again says that another follows in the row.
func (f *csvFormat) cell(s *stream, rec *record, from int) (c cell, again bool, err error) {
	inside := false
	for first := true; ; first = false {
		b, ok := s.byte()
		if !ok {
			if inside && s.err == nil {
				rec.note = "a quote that opens is never closed"
			}
			rec.open = true
			return c, false, s.err
		}
		switch {
		case first && b == '"':
			inside, c.quoted = true, true
			continue
		case inside && b == '"':
			if after, ok := s.peek(); !ok || after != '"' {
				inside = false
				continue
			}
			s.consume(1)
		case !inside && b == f.delimiter:
			return c, true, nil
		case !inside && b == '\n':
			return c, false, nil
		case !inside && b == '\r':
			if after, ok := s.peek(); ok && after == '\n' {
				continue
			}
		}
		c.size++
		if len(rec.scratch)-from < MostCellBytes {
			rec.scratch = append(rec.scratch, b)
		}
	}
}
