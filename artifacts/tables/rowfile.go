package tables

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"sync"
)

// cell is what a file holds where a row meets a column.
type cell struct {
	text   []byte // the first MostCellBytes
	size   int64  // bytes of the whole cell
	quoted bool
	class  Type // as the format sees it, where the text alone does not say
	json   bool // class holds
}

func (c cell) cut() int64 {
	if c.size > int64(len(c.text)) {
		return c.size
	}
	return 0
}

// record is a row as a format reads it. Its cells are valid until the next row.
type record struct {
	cells   []cell
	spans   [][2]int // where the cells lie in scratch
	scratch []byte
	extra   int    // cells beyond MostColumns
	note    string // what is wrong with the row, "" if nothing
	open    bool   // the file ends in the row: it may go on
}

func (r *record) reset() {
	r.cells, r.spans, r.scratch = r.cells[:0], r.spans[:0], r.scratch[:0]
	r.extra, r.note, r.open = 0, "", false
}

// layout is how the rows of a file are written.
type layout interface {
	// next reads the row at the stream; false means that there are no more.
	next(s *stream, rec *record) (bool, error)
	// title names the columns known to the format, in order; nil if rows name none.
	titles() []string
	value(c cell, t Type) Value
	grows() bool
}

// A mark is kept every so many rows, and every second one goes when there are
// more than mostMarks: 1 MB.
const (
	firstEvery = 128
	mostMarks  = 1 << 17
)

// rowFile is a table whose rows follow each other in a file.
type rowFile struct {
	r      io.ReaderAt
	layout layout
	coding encoding
	start  int64 // where the first row begins
	seed   maphash.Seed
	head   uint64 // hash of the first bytes, to know the file again
	headed int64  // how many bytes these are

	indexing sync.Mutex // held by whoever counts rows

	mu      sync.Mutex // guards what follows
	index   index
	columns []Column
	used    map[string]int // how often a name is taken
	notes   []string
	ragged  ragged
	broken  []string
	tail    string // what is wrong with the end of the file
}

// index is what is known of where the rows are. Only who holds indexing changes it.
type index struct {
	size  int64   // of the file
	marks []int64 // marks[i] is where row i*every begins
	every int64
	rows  int64
	next  int64 // where the first row begins that is not counted
	last  int64 // where the last row begins if it may go on, else -1
	whole bool
}

// ragged counts rows that have another number of cells than there are columns.
type ragged struct{ short, long, firstShort, firstLong int64 }

func newRowFile(ctx context.Context, r io.ReaderAt, size int64, coding encoding, start int64, f layout, columns []Column) (*rowFile, error) {
	t := &rowFile{
		r: r, layout: f, coding: coding, start: start, seed: maphash.MakeSeed(), headed: min(size, 4096),
		index: index{size: size, next: start, last: -1, every: firstEvery}, columns: columns, used: map[string]int{},
	}
	for _, c := range columns {
		t.used[c.Name]++
	}
	sum, err := t.sum()
	if err != nil {
		return nil, err
	}
	t.head = sum
	t.notes = titleNotes(columns)
	err = t.count(ctx, nil, func(rows, bytes int64) bool { return rows >= headRows || bytes >= headBytes })
	if err != nil && !broken(err) {
		return nil, err
	}
	return t, nil
}

// sum hashes the first bytes of the file.
func (t *rowFile) sum() (uint64, error) {
	b := make([]byte, t.headed)
	if n, err := t.r.ReadAt(b, 0); n < len(b) {
		return 0, readError(err)
	}
	return maphash.Bytes(t.seed, b), nil
}

// Columns implements Table.
func (t *rowFile) Columns() []Column {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.columns)
}

// Count implements Table.
func (t *rowFile) Count() (int64, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.index.rows, t.index.whole
}

// Notes implements Table.
func (t *rowFile) Notes() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	notes := slices.Clone(t.notes)
	if t.ragged.short > 0 {
		notes = append(notes, fmt.Sprintf("rows with fewer cells than columns: %d, the first is row %d", t.ragged.short, t.ragged.firstShort+1))
	}
	if t.ragged.long > 0 {
		notes = append(notes, fmt.Sprintf("rows with more cells than the header: %d, the first is row %d", t.ragged.long, t.ragged.firstLong+1))
	}
	notes = append(notes, t.broken...)
	if t.tail != "" {
		notes = append(notes, t.tail)
	}
	return notes
}

// Close implements Table.
func (t *rowFile) Close() error { return closeFile(t.r) }

// Rows implements Table.
func (t *rowFile) Rows(ctx context.Context, columns []int, from int64, n int) ([][]Value, error) {
	return rowsByScan(ctx, t, columns, from, n)
}

// Scan implements Table.
func (t *rowFile) Scan(ctx context.Context, columns []int, from int64, each Each) error {
	if from < 0 {
		return fmt.Errorf("there is no row %d", from)
	}
	t.mu.Lock()
	known, size := slices.Clone(t.columns), t.index.size
	row, at := t.index.mark(from)
	t.mu.Unlock()
	columns, err := wanted(columns, len(known))
	if err != nil {
		return err
	}
	s := newStream(ctx, t.r, t.coding, at, size)
	rec := new(record)
	values := make([]Value, len(columns))
	for ; ; row++ {
		more, err := t.layout.next(s, rec)
		if err != nil {
			return fmt.Errorf("read row %d: %w", row+1, err)
		}
		if !more {
			return nil
		}
		if row < from {
			continue
		}
		for i, c := range columns {
			values[i] = Value{}
			if c < len(rec.cells) {
				values[i] = t.layout.value(rec.cells[c], known[c].Type)
			}
		}
		if more, err = each(row, values); err != nil || !more {
			return err
		}
	}
}

// mark returns the last row before or at one whose place is known.
func (x *index) mark(row int64) (known, at int64) {
	if row >= x.rows {
		return x.rows, x.next
	}
	i := min(row/x.every, int64(len(x.marks)-1))
	return i * x.every, x.marks[i]
}

// Index implements Growing.
func (t *rowFile) Index(ctx context.Context, progress func(done, total int64)) error {
	return t.count(ctx, progress, func(int64, int64) bool { return false })
}

// count reads rows that are not counted yet, until enough says so or they end.
func (t *rowFile) count(ctx context.Context, progress func(done, total int64), enough func(rows, bytes int64) bool) error {
	t.indexing.Lock()
	defer t.indexing.Unlock()
	begin, size := t.index.next, t.index.size
	if t.index.whole {
		return nil
	}
	s := newStream(ctx, t.r, t.coding, begin, size)
	rec := new(record)
	for step := 1; ; step++ {
		at := s.at
		more, err := t.layout.next(s, rec)
		t.mu.Lock()
		if err == nil && more {
			t.observe(rec)
			t.index.add(at, s.at, rec.open)
		}
		t.index.whole = err == nil && !more
		rows := t.index.rows
		if err == nil && !more {
			t.tail = rec.note
		}
		if broken(err) {
			t.broken = []string{fmt.Sprintf("row %d and what follows cannot be read: %v", rows+1, err)}
		}
		t.mu.Unlock()
		if err != nil {
			return fmt.Errorf("read row %d: %w", rows+1, err)
		}
		if progress != nil && (step%progressRows == 0 || !more) {
			progress(s.at, size)
		}
		if !more || enough(rows, s.at-begin) {
			return nil
		}
	}
}

// broken reports whether an error is the file's own fault: then the rows before
// can still be shown.
func broken(err error) bool { return errors.Is(err, ErrDamaged) || errors.Is(err, ErrTooBig) }

// progressRows is how many rows there are between two reports of progress.
const progressRows = 8192

// add counts a row that begins and ends at two bytes of the file.
func (x *index) add(begin, end int64, open bool) {
	if x.rows%x.every == 0 && int64(len(x.marks)) == x.rows/x.every {
		x.marks = append(x.marks, begin)
	}
	x.rows++
	x.next, x.last = end, -1
	if open {
		x.last = begin
	}
	if len(x.marks) <= mostMarks {
		return
	}
	for i := 0; 2*i < len(x.marks); i++ {
		x.marks[i] = x.marks[2*i]
	}
	x.marks = x.marks[:(len(x.marks)+1)/2]
	x.every *= 2
}

// observe learns from a row what the types of its columns are and whether there
// are more columns than were known.
func (t *rowFile) observe(rec *record) {
	titles := t.layout.titles()
	n := len(rec.cells)
	for len(t.columns) < n {
		title := ""
		if len(t.columns) < len(titles) {
			title = titles[len(t.columns)]
		}
		t.columns = append(t.columns, Column{Title: title, Name: uniqueName(t.used, title, len(t.columns))})
		if titles == nil && t.ragged.long == 0 {
			t.ragged.firstLong = t.index.rows
		}
		if titles == nil && len(t.columns) == n {
			t.ragged.long++
		}
	}
	if titles == nil && n < len(t.columns) {
		if t.ragged.short == 0 {
			t.ragged.firstShort = t.index.rows
		}
		t.ragged.short++
	}
	if rec.note != "" && len(t.broken) < 8 {
		t.broken = append(t.broken, fmt.Sprintf("row %d: %s", t.index.rows+1, rec.note))
	}
	for i := range rec.cells {
		if known := t.columns[i].Type; (known < Text || known == Text && rec.cells[i].json) && !rec.cells[i].looks(known) {
			t.columns[i].Type = merge(known, classOf(rec.cells[i]))
		}
	}
}

// looks reports at a glance, as an index takes one at every cell of a file,
// that a cell is of a type.
func (c *cell) looks(t Type) bool {
	if c.json || c.quoted || len(c.text) == 0 || len(c.text) > mostTimeBytes {
		return false
	}
	switch t {
	case Number:
		for _, b := range c.text {
			if (b < '0' || b > '9') && b != '.' && b != '-' && b != 'e' {
				return false
			}
		}
		return c.text[len(c.text)-1] <= '9' && bytes.Count(c.text, []byte{'.'}) < 2 && bytes.IndexByte(c.text[1:], '-') < 0
	case Time:
		return len(c.text) >= 10 && c.text[4] == '-' && c.text[7] == '-' && c.text[0] <= '9' && c.text[9] <= '9'
	}
	return false
}

func classOf(c cell) Type {
	switch {
	case c.json:
		return c.class
	case c.cut() > 0, c.quoted && len(c.text) == 0:
		return Text
	}
	return classify(c.text)
}

// Grow implements Growing.
func (t *rowFile) Grow(ctx context.Context, size int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.indexing.Lock()
	defer t.indexing.Unlock()
	sum, err := t.sum()
	if err != nil {
		return fmt.Errorf("look at the file again: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case sum != t.head, size < t.index.size:
		return fmt.Errorf("look at the file again: %w: rows were not only added", ErrChanged)
	case size == t.index.size:
		return nil
	case !t.layout.grows():
		return fmt.Errorf("look at the file again: %w: a file of this format does not grow", ErrChanged)
	}
	t.index.size, t.index.whole = size, false
	if t.index.last >= 0 {
		t.index.rows--
		t.index.next, t.index.last = t.index.last, -1
	}
	return nil
}
