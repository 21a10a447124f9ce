// Package inputs reads the two samples that drift compares: CSV, Parquet, JSON
// tables, Delta tables and folders of batches, column by column and within
// bounded memory. It finds nothing in a store, follows no path out of the folder
// that it is given, and never changes a file.
package inputs

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"benchside/artifacts"
	"benchside/artifacts/tables"
	"benchside/drift"
)

// The kinds of error.
var (
	ErrNoColumn    = errors.New("no such column")
	ErrEmpty       = errors.New("there are no rows")
	ErrUnsupported = errors.New("not read")
)

// Files are what tables lie in: a folder of files that is never left.
type Files interface {
	OpenFile(name string) (*artifacts.File, error)
	Entry(name string) (artifacts.Entry, error)
	Page(ctx context.Context, folder string, from, most int) (artifacts.Page, error)
}

// mostCells is the usual bound of what is kept of one table: 192 MB of numbers.
const mostCells = 24 << 20

// Options say what is read of a table. The zero value is the usual: all columns,
// as many rows as fit.
type Options struct {
	Columns []string // nil means all
	Leave   []string // columns that are not read
	Rows    int      // kept at most; 0 means as many as 24 million cells hold
	First   bool     // keep the first rows rather than a random choice of all
	Seed    uint64   // of the choice
	Workers int      // columns at a time; 0 means as many as processors
}

// Table is what was read.
type Table struct {
	Columns []drift.Column
	Rows    int // of the source; Columns have fewer if it is longer than what is kept
	// Missing counts the rows of the source without a value, by column.
	Missing []int
	Digest  string   // of the bytes, "sha256:…"
	Notes   []string // sentences about what is unusual
}

// Kept is the number of rows that the columns have.
func (t *Table) Kept() int {
	if len(t.Columns) == 0 {
		return 0
	}
	return t.Columns[0].Len()
}

// Set is the files of one table, in order.
type Set struct {
	Name    string // as the user knows it
	files   Files
	parts   []part
	kind    string // "file", "folder of N files", "Delta table, version 3"
	fields  []field
	version int64 // of a Delta table
	id      string
	notes   []string
}

// part is one file.
type part struct {
	name string
	// fixed are the columns whose value is not in the file but the same in all of
	// its rows, nil standing for missing.
	fixed map[string]*string
}

// Kind says what the table is in.
func (s *Set) Kind() string { return s.kind }

// mostParts bounds the files of a table.
const mostParts = 100_000

// Open finds the files of a table: a file, a Delta table or a folder of batches.
// A name that ends in @vN or ?version=N is a version of a Delta table.
func Open(ctx context.Context, files Files, name string) (*Set, error) {
	s := &Set{Name: name, files: files, version: -1}
	if err := s.find(ctx, name); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return s, nil
}

func (s *Set) find(ctx context.Context, name string) error {
	e, err := s.files.Entry(strings.TrimSuffix(name, "/"))
	if err != nil {
		base, version, ok := Version(name)
		if !ok {
			return cause(err)
		}
		if e, err = s.files.Entry(base); err != nil {
			return cause(err)
		}
		name, s.version = base, version
	}
	name = strings.TrimSuffix(name, "/")
	switch {
	case e.Special != "":
		return fmt.Errorf("%w but a %s", artifacts.ErrNotFile, e.Special)
	case !e.Folder && s.version >= 0:
		return fmt.Errorf("only a Delta table has versions")
	case !e.Folder:
		s.kind, s.parts = "file", []part{{name: name}}
		return s.known(name)
	}
	if log, err := s.files.Entry(path.Join(name, deltaLog)); err == nil && log.Folder {
		return s.delta(ctx, name)
	}
	if s.version >= 0 {
		return fmt.Errorf("only a Delta table has versions, and this folder is none")
	}
	return s.batches(ctx, name)
}

// known refuses a file whose name says that it is no table.
func (s *Set) known(name string) error {
	ext := strings.ToLower(path.Ext(name))
	if slices.Contains([]string{".gz", ".zip", ".bz2", ".xz", ".zst"}, ext) {
		return fmt.Errorf("%w: it is packed (%s): unpack it first", ErrUnsupported, ext)
	}
	return nil
}

// cause takes the path off an error that will name it anyhow.
func cause(err error) error {
	for {
		below := errors.Unwrap(err)
		if below == nil {
			return err
		}
		err = below
	}
}

// batches finds the files of a folder, which have one schema, by name.
func (s *Set) batches(ctx context.Context, folder string) error {
	entries, err := list(ctx, s.files, folder)
	if err != nil {
		return err
	}
	ext := ""
	for _, e := range entries {
		own := strings.ToLower(path.Ext(e.Name))
		if e.Folder || e.Special != "" || strings.HasPrefix(e.Name, ".") || strings.HasPrefix(e.Name, "_") || !tables.Reads(e.Name) {
			continue
		}
		if ext != "" && own != ext {
			return fmt.Errorf("%w: the folder has both %s and %s files", tables.ErrNotTable, ext, own)
		}
		ext = own
		s.parts = append(s.parts, part{name: path.Join(folder, e.Name)})
	}
	if len(s.parts) == 0 {
		return fmt.Errorf("%w: the folder has no CSV, Parquet or JSON file, and no %s", tables.ErrNotTable, deltaLog)
	}
	s.kind = fmt.Sprintf("folder of %d files", len(s.parts))
	return nil
}

// list reads a whole folder, in the order of names.
func list(ctx context.Context, files Files, folder string) ([]artifacts.Entry, error) {
	const step = 10_000
	var all []artifacts.Entry
	for {
		page, err := files.Page(ctx, folder, len(all), step)
		if err != nil {
			return nil, cause(err)
		}
		all = append(all, page.Entries...)
		if len(all) > mostParts || page.Cut {
			return nil, fmt.Errorf("%w: the folder has more than %d entries", tables.ErrTooBig, mostParts)
		}
		if len(page.Entries) == 0 || len(all) >= page.Total {
			return all, nil
		}
	}
}

// Read reads the table.
func (s *Set) Read(ctx context.Context, o Options) (Table, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	r := &reader{set: s, options: o, notes: slices.Clone(s.notes)}
	t, err := r.read(ctx)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return Table{}, fmt.Errorf("read %s: %w", s.Name, err)
	}
	return t, nil
}

// Version takes @vN or ?version=N off a name.
func Version(name string) (base string, version int64, ok bool) {
	for _, mark := range []string{"?version=", "@v"} {
		at := strings.LastIndex(name, mark)
		if at <= 0 {
			continue
		}
		digits := name[at+len(mark):]
		var n int64
		if len(digits) == 0 || len(digits) > 18 || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		for _, d := range digits {
			n = 10*n + int64(d-'0')
		}
		return strings.TrimSuffix(name[:at], "/"), n, true
	}
	return name, -1, false
}
