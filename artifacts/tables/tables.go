// Package tables reads tabular artifacts by the window: CSV and its kin, JSON
// tables, JSON lines and Parquet, behind one interface. It never loads a whole
// file, never executes what a file says and never shows anything: text comes as
// it is in the file, and whoever draws it makes it safe.
package tables

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// The bounds of what is read. A file that goes beyond one is cut there, or
// refused with an error that names the bound.
const (
	MostCellBytes = 4096    // of a cell's text that are kept
	MostColumns   = 4096    // of a table
	MostRows      = 5 << 20 // that Sort orders and that Filter keeps
	headBytes     = 1 << 20 // read at once when a file is opened
	headRows      = 1000    // whose cells decide the types at first
)

// The kinds of error.
var (
	ErrNotTable = errors.New("not a table")
	ErrDamaged  = errors.New("damaged")
	ErrTooBig   = errors.New("too big")
	ErrChanged  = errors.New("changed while it was read")
)

// Type is what the values of a column are.
type Type uint8

// The types of columns, from what converts into what: integers and numbers mix
// to Number, everything else that mixes is Text.
const (
	Unknown Type = iota // nothing but missing values so far
	Integer
	Number
	Bool
	Time
	Text
	Nested // lists, records and maps, as JSON
)

// String names the type for a reader.
func (t Type) String() string {
	return [...]string{"unknown", "integer", "number", "bool", "time", "text", "nested"}[t]
}

// Column describes one column.
type Column struct {
	Name   string // unique in its table, never empty
	Title  string // what the file calls it: may be empty or repeated
	Type   Type   // as far as it is known; indexing may correct it
	Stored string // the file's own type, "decimal(9,2)"; "" where it has none
	// Unsigned: integers that the file says have no sign.
	Unsigned bool
}

// Table is a table in a file. It may be used by several goroutines at once.
type Table interface {
	// Columns are the columns known so far.
	Columns() []Column
	// Rows reads at most n rows from a row on, 0 being the first; fewer mean that
	// the table ends. A row has a value for each of the columns asked for, nil
	// asking for all.
	Rows(ctx context.Context, columns []int, from int64, n int) ([][]Value, error)
	// Scan calls each with every row from a row on, in order, until it returns
	// false or an error. The values are those of the columns named, and are valid
	// during the call only.
	Scan(ctx context.Context, columns []int, from int64, each Each) error
	// Count returns how many rows are known and whether these are all.
	Count() (n int64, whole bool)
	// Notes says in sentences what is unusual about the file.
	Notes() []string
	// Close lets go of the file, if it can be closed.
	Close() error
}

// Each is called with a row of a scan.
type Each func(row int64, values []Value) (more bool, err error)

// Growing is a Table whose rows are counted by reading on.
type Growing interface {
	Table
	// Index counts the rows to the end, so that each can be reached at once, and
	// corrects the types. progress may be nil.
	Index(ctx context.Context, progress func(done, total int64)) error
	// Grow takes note that the file has another size now. Only rows that were
	// added are fit to be read on: else the error is ErrChanged.
	Grow(ctx context.Context, size int64) error
}

// Open opens the table in a file of size bytes; name, of which only the ending
// counts, helps where the content may be read in two ways.
func Open(ctx context.Context, name string, r io.ReaderAt, size int64) (Table, error) {
	head := make([]byte, min(size, 4096))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return nil, fmt.Errorf("open table %s: %w", path.Base(name), readError(err))
	}
	t, err := open(ctx, name, head, r, size)
	if err != nil {
		return nil, fmt.Errorf("open table %s: %w", path.Base(name), err)
	}
	return t, nil
}

func open(ctx context.Context, name string, head []byte, r io.ReaderAt, size int64) (Table, error) {
	ext := strings.ToLower(path.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")), ext == ".parquet":
		return OpenParquet(ctx, r, size)
	case ext == ".jsonl", ext == ".ndjson":
		return OpenJSONLines(ctx, r, size)
	case ext == ".json":
		return OpenJSON(ctx, r, size)
	case ext == ".csv", ext == ".tsv", ext == ".tab", ext == ".psv", ext == ".txt":
		return OpenCSV(ctx, r, size, delimiterOf(ext))
	}
	return nil, ErrNotTable
}

// Reads reports whether Open would try a file of that name.
func Reads(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv", ".tab", ".psv", ".json", ".jsonl", ".ndjson", ".parquet":
		return true
	}
	return false
}

// readError says what it means that a file ended before its size.
func readError(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it is shorter than it was", ErrChanged)
	}
	return err
}

// closeFile closes what a table reads, if it can be closed.
func closeFile(r io.ReaderAt) error {
	if c, ok := r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// nameColumns gives titles unique names that are not empty.
func nameColumns(titles []string) []Column {
	columns := make([]Column, 0, len(titles))
	used := map[string]int{}
	for _, title := range titles {
		columns = append(columns, Column{Title: title, Name: uniqueName(used, title, len(columns))})
	}
	return columns
}

func uniqueName(used map[string]int, title string, at int) string {
	name := title
	if strings.TrimSpace(name) == "" {
		name = fmt.Sprintf("column %d", at+1)
	}
	base := name
	for used[name] > 0 {
		used[base]++
		name = fmt.Sprintf("%s (%d)", base, used[base])
	}
	used[name]++
	return name
}

// titleNotes says which titles are empty or repeated.
func titleNotes(columns []Column) []string {
	var notes []string
	empty, repeated := 0, 0
	for _, c := range columns {
		switch {
		case strings.TrimSpace(c.Title) == "":
			empty++
		case c.Name != c.Title:
			repeated++
		}
	}
	if empty > 0 {
		notes = append(notes, fmt.Sprintf("columns without a name, numbered: %d", empty))
	}
	if repeated > 0 {
		notes = append(notes, fmt.Sprintf("columns whose name was there before, numbered: %d", repeated))
	}
	return notes
}

// allColumns is what nil stands for where columns are named.
func allColumns(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// wanted checks the columns that a caller names.
func wanted(columns []int, have int) ([]int, error) {
	if columns == nil {
		return allColumns(have), nil
	}
	for _, c := range columns {
		if c < 0 || c >= have {
			return nil, fmt.Errorf("there is no column %d of %d", c, have)
		}
	}
	return columns, nil
}

// rowsByScan is Rows for a table that can scan.
func rowsByScan(ctx context.Context, t Table, columns []int, from int64, n int) ([][]Value, error) {
	if n <= 0 {
		return nil, nil
	}
	var rows [][]Value
	err := t.Scan(ctx, columns, from, func(_ int64, values []Value) (bool, error) {
		rows = append(rows, append([]Value(nil), values...))
		return len(rows) < n, nil
	})
	return rows, err
}
