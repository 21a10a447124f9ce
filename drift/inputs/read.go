package inputs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"slices"
	"strings"

	"benchside/artifacts/tables"
	"benchside/drift"
)

// reader reads a set once.
type reader struct {
	set     *Set
	options Options
	columns []*column
	notes   []string
}

// mostNotes bounds what is said of a table.
const mostNotes = 20

func (r *reader) read(ctx context.Context) (Table, error) {
	digest := make(chan hashed, 1)
	hashing, stop := context.WithCancel(ctx)
	defer stop()
	go func() { digest <- r.set.digest(hashing) }()
	todo := r.columns
	for pass := 0; pass == 0 || len(todo) > 0; pass++ {
		for i := range r.set.parts {
			var err error
			if todo, err = r.part(ctx, i, todo, pass > 0); err != nil {
				return Table{}, r.inPart(i, err)
			}
		}
		todo = r.settle()
	}
	if len(r.columns) == 0 || r.columns[0].rows == 0 {
		return Table{}, ErrEmpty
	}
	sum := <-digest
	if sum.err != nil {
		return Table{}, sum.err
	}
	return r.table(sum.text), nil
}

// inPart says in which of several files something went wrong.
func (r *reader) inPart(i int, err error) error {
	if len(r.set.parts) == 1 {
		return err
	}
	return fmt.Errorf("%s: %w", path.Base(r.set.parts[i].name), err)
}

// settle ends the columns and begins those again that turned out to be texts.
func (r *reader) settle() (again []*column) {
	for i, c := range r.columns {
		if c.finish(); c.again {
			r.columns[i] = c.restart(r.options)
			again = append(again, r.columns[i])
		}
	}
	return again
}

func (r *reader) table(digest string) Table {
	t := Table{Rows: r.columns[0].rows, Digest: digest, Notes: r.notes}
	for _, c := range r.columns {
		t.Columns = append(t.Columns, c.Column)
		t.Missing = append(t.Missing, c.missing)
		if c.why != "" {
			t.Notes = append(t.Notes, c.why)
		}
		if c.Kind == drift.Text {
			t.Notes = append(t.Notes, fmt.Sprintf("column %s has more texts than are told apart: it is free text", c.Name))
		}
		if c.missing == c.rows {
			t.Notes = append(t.Notes, fmt.Sprintf("column %s has no value in any row", c.Name))
		}
	}
	if len(t.Notes) > mostNotes {
		more := len(t.Notes) - mostNotes
		t.Notes = append(t.Notes[:mostNotes:mostNotes], fmt.Sprintf("%d notes more", more))
	}
	if kept := t.Kept(); kept < t.Rows {
		how := "a random choice"
		if r.options.First {
			how = "the first"
		}
		t.Notes = append([]string{fmt.Sprintf("%s of %d of %d rows is compared", how, kept, t.Rows)}, t.Notes...)
		if r.options.First {
			t.Notes[0] = fmt.Sprintf("the first %d of %d rows are compared", kept, t.Rows)
		}
	}
	return t
}

// part reads the columns of one file. The first one decides which there are.
func (r *reader) part(ctx context.Context, i int, todo []*column, again bool) (_ []*column, err error) {
	p := r.set.parts[i]
	file, err := r.set.files.OpenFile(p.name)
	if err != nil {
		return nil, cause(err)
	}
	if file.Size() == 0 {
		return nil, errors.Join(ErrEmpty, file.Close())
	}
	table, err := tables.Open(ctx, p.name, file, file.Size())
	if err != nil {
		return nil, errors.Join(opened(err, p.name), file.Close())
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	have, notes, err := header(ctx, table)
	if err != nil {
		return nil, err
	}
	if r.columns == nil {
		if err := r.choose(have); err != nil {
			return nil, err
		}
		todo = r.columns
	}
	if !again {
		r.noteAll(p, notes)
	}
	at, err := r.match(have, p, todo)
	if err != nil {
		return nil, err
	}
	switch t := table.(type) {
	case tables.Columnar:
		err = r.columnar(ctx, t, p, todo, at)
	case tables.Delimited:
		err = r.delimited(ctx, t, file.Size(), todo, at, again)
	default:
		err = r.rows(ctx, t, todo, at)
	}
	return todo, err
}

// header returns the columns of a table, and what is unusual about it. Rows of JSON
// may bring columns, so they are looked through.
func header(ctx context.Context, table tables.Table) ([]tables.Column, []string, error) {
	switch t := table.(type) {
	case tables.Delimited:
		columns, notes := t.Header()
		return columns, notes, nil
	case tables.Growing:
		if err := t.Index(ctx, nil); err != nil {
			return nil, nil, err
		}
	}
	return table.Columns(), table.Notes(), nil
}

// opened says what it means that a file is no table.
func opened(err error, name string) error {
	if errors.Is(err, tables.ErrNotTable) && !tables.Reads(name) && path.Ext(name) != ".txt" {
		return fmt.Errorf("%w: the name ends in none of .csv, .tsv, .psv, .txt, .parquet, .json, .jsonl", tables.ErrNotTable)
	}
	if below := errors.Unwrap(err); below != nil && strings.HasPrefix(err.Error(), "open table ") {
		return below
	}
	return err
}

func (r *reader) noteAll(p part, notes []string) {
	for _, n := range notes {
		if len(r.set.parts) > 1 {
			n = path.Base(p.name) + ": " + n
		}
		if len(r.notes) <= mostNotes {
			r.notes = append(r.notes, n)
		}
	}
}

// choose makes the columns that were asked for, as a table has them.
func (r *reader) choose(columns []tables.Column) error {
	var have []string
	for _, c := range columns {
		have = append(have, c.Name)
	}
	if r.set.fields != nil { // a Delta log says it
		have = nil
		for _, f := range r.set.fields {
			have = append(have, f.Name)
		}
	}
	wanted := have
	if r.options.Columns != nil {
		wanted = nil
		for _, name := range r.options.Columns {
			if !slices.Contains(have, name) {
				return missingColumn(name, have)
			}
			if !slices.Contains(wanted, name) {
				wanted = append(wanted, name)
			}
		}
	}
	for _, name := range wanted {
		if slices.Contains(r.options.Leave, name) || r.options.Columns == nil && rowNumbers(name) {
			continue
		}
		r.columns = append(r.columns, newColumn(name, 0, r.options))
	}
	if len(r.columns) == 0 {
		return fmt.Errorf("%w: none of %d is asked for", ErrNoColumn, len(have))
	}
	limit := r.options.Rows
	if limit <= 0 {
		limit = max(mostCells/len(r.columns), 1000)
	}
	for _, c := range r.columns {
		c.choice.Limit = limit
		for _, f := range r.set.fields {
			if f.Name == c.Name {
				if err := c.typeAs(f.storage()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// rowNumbers reports whether pandas wrote its index as this column of Parquet: it
// reads it back as no column.
func rowNumbers(name string) bool { return strings.HasPrefix(name, "__index_level_") }

// missingColumn says which column was perhaps meant.
func missingColumn(name string, have []string) error {
	for _, h := range have {
		if strings.EqualFold(strings.TrimSpace(h), strings.TrimSpace(name)) {
			return fmt.Errorf("%w: %q; there is %q", ErrNoColumn, name, h)
		}
	}
	list := strings.Join(have[:min(len(have), 10)], ", ")
	if len(have) > 10 {
		list += ", …"
	}
	return fmt.Errorf("%w: %q; there are %s", ErrNoColumn, name, list)
}

// match finds the place of each column in a file; -1 for one that it lacks.
func (r *reader) match(have []tables.Column, p part, todo []*column) ([]int, error) {
	at := make([]int, len(todo))
	for i, c := range todo {
		at[i] = slices.IndexFunc(have, func(h tables.Column) bool { return h.Name == c.Name })
		if _, fixed := p.fixed[c.Name]; at[i] < 0 && !fixed && r.set.fields == nil {
			return nil, fmt.Errorf("%w: %q, which the files before have", ErrNoColumn, c.Name)
		}
	}
	return at, nil
}

// hashed is the digest of a set.
type hashed struct {
	text string
	err  error
}

// digest hashes the bytes of the files. A version of a Delta table does not
// change, so its name is enough.
func (s *Set) digest(ctx context.Context) hashed {
	if s.id != "" {
		return hashed{text: fmt.Sprintf("delta:%s@v%d", s.id, s.version)}
	}
	all := sha256.New()
	for _, p := range s.parts {
		one, err := s.digestOf(ctx, p.name)
		if err != nil {
			return hashed{err: err}
		}
		if len(s.parts) == 1 {
			all = one
			break
		}
		fmt.Fprintf(all, "%s\x00%x\n", path.Base(p.name), one.Sum(nil))
	}
	return hashed{text: "sha256:" + hex.EncodeToString(all.Sum(nil))}
}

func (s *Set) digestOf(ctx context.Context, name string) (_ hash.Hash, err error) {
	const step = 1 << 20
	file, err := s.files.OpenFile(name)
	if err != nil {
		return nil, cause(err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	buffer := make([]byte, step)
	for at := int64(0); at < file.Size(); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := file.ReadAt(buffer[:min(step, file.Size()-at)], at)
		if n == 0 {
			if errors.Is(err, io.EOF) {
				err = tables.ErrChanged
			}
			return nil, err
		}
		sum.Write(buffer[:n])
		at += int64(n)
	}
	return sum, nil
}
