package tables

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sort"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
)

const (
	batchRows    = 1024     // read at once in a scan
	nestedRows   = 64       // the same where rows are structures
	keptBytes    = 24 << 20 // of pages that stay decoded between two windows
	scannedBytes = 96 << 20 // of pages that a scan keeps decoded
)

// parquetTable reads the pages that hold the rows asked for, of the columns
// asked for.
type parquetTable struct {
	r       io.ReaderAt
	decoder *parquet.File // see decoderFile
	zstd    *zstd.Decoder
	leaves  []*part
	tops    []*part // a column each
	columns []Column
	groups  []group
	rows    int64
	notes   []string

	mu   sync.Mutex // guards kept
	kept map[int]*cursor

	spare sync.Pool // of *[]byte; see room
}

// room is a buffer for a page that is not needed once it was decoded: a page of
// each of many columns is read for a few rows, mostly a dictionary of a megabyte.
func (t *parquetTable) room(n int) []byte {
	if b, ok := t.spare.Get().(*[]byte); ok && cap(*b) >= n {
		return (*b)[:n]
	}
	return make([]byte, n)
}

// free takes a buffer back. Nobody may hold on to it.
func (t *parquetTable) free(b []byte) {
	const least = 4 << 10 // smaller ones are cheap
	if cap(b) >= least {
		t.spare.Put(&b)
	}
}

// OpenParquet opens a Parquet file: its footer is read, no page.
func OpenParquet(ctx context.Context, r io.ReaderAt, size int64) (Columnar, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	meta, err := readFooter(r, size)
	if err != nil {
		return nil, err
	}
	root, leaves, err := buildSchema(meta.Schema)
	if err != nil {
		return nil, err
	}
	if len(root.parts) > MostColumns {
		return nil, fmt.Errorf("%w: %d columns; the bound is %d", ErrTooBig, len(root.parts), MostColumns)
	}
	t := &parquetTable{r: r, leaves: leaves, tops: root.parts, kept: map[int]*cursor{}}
	if t.groups, t.rows, err = readGroups(meta, leaves, size); err != nil {
		return nil, err
	}
	if t.decoder, err = decoderFile(meta.Schema, leaves); err != nil {
		return nil, err
	}
	t.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(mostPageBytes))
	if err != nil {
		return nil, fmt.Errorf("prepare zstd: %w", err)
	}
	t.name()
	if meta.NumRows != t.rows {
		t.notes = append(t.notes, fmt.Sprintf("the footer claims %d rows, its row groups hold %d", meta.NumRows, t.rows))
	}
	return t, nil
}

// name makes the columns.
func (t *parquetTable) name() {
	var titles []string
	for _, p := range t.tops {
		titles = append(titles, p.element.Name)
	}
	t.columns = nameColumns(titles)
	t.notes = titleNotes(t.columns)
	for i, p := range t.tops {
		c := &t.columns[i]
		c.Type, c.Stored, c.Unsigned = p.kind, p.stored, p.unsigned
		if !p.leaf() || p.repeated {
			c.Type, c.Stored, c.Unsigned = Nested, p.shape(), false
		}
	}
}

// Columns implements Table.
func (t *parquetTable) Columns() []Column { return slices.Clone(t.columns) }

// Count implements Table.
func (t *parquetTable) Count() (int64, bool) { return t.rows, true }

// Notes implements Table.
func (t *parquetTable) Notes() []string { return slices.Clone(t.notes) }

// Close implements Table.
func (t *parquetTable) Close() error {
	t.zstd.Close()
	return closeFile(t.r)
}

// Rows implements Table.
func (t *parquetTable) Rows(ctx context.Context, columns []int, from int64, n int) ([][]Value, error) {
	columns, err := wanted(columns, len(t.columns))
	if err != nil {
		return nil, err
	}
	if from < 0 {
		return nil, fmt.Errorf("there is no row %d", from)
	}
	cursors := map[int]*cursor{}
	if t.mu.TryLock() { // somebody else reads: then without what was kept
		defer t.mu.Unlock()
		cursors = t.kept
	}
	var rows [][]Value
	for n > 0 && from < t.rows {
		g := t.group(from)
		take := int(min(int64(min(n, batchRows)), t.groups[g].first+t.groups[g].rows-from))
		part, err := t.read(ctx, cursors, keptBytes, columns, g, from, take, nil)
		if err != nil {
			return rows, err
		}
		rows = append(rows, part...)
		from, n = from+int64(take), n-take
		forget(cursors, keptBytes)
	}
	return rows, nil
}

// Scan implements Table.
func (t *parquetTable) Scan(ctx context.Context, columns []int, from int64, each Each) error {
	columns, err := wanted(columns, len(t.columns))
	if err != nil {
		return err
	}
	if from < 0 {
		return fmt.Errorf("there is no row %d", from)
	}
	size := batchRows
	for _, c := range columns {
		if t.columns[c].Type == Nested {
			size = nestedRows
		}
	}
	cursors := map[int]*cursor{}
	var rows [][]Value
	for from < t.rows {
		g := t.group(from)
		take := int(min(int64(size), t.groups[g].first+t.groups[g].rows-from))
		if rows, err = t.read(ctx, cursors, scannedBytes, columns, g, from, take, rows); err != nil {
			return err
		}
		for i, values := range rows {
			if more, err := each(from+int64(i), values); err != nil || !more {
				return err
			}
		}
		from += int64(take)
		forget(cursors, scannedBytes)
	}
	return nil
}

// group finds the row group of a row.
func (t *parquetTable) group(row int64) int {
	return sort.Search(len(t.groups), func(i int) bool { return t.groups[i].first+t.groups[i].rows > row })
}

// forget drops cursors when their pages take too much memory.
func forget(cursors map[int]*cursor, most int) {
	total := 0
	for _, c := range cursors {
		total += c.bytes
	}
	if total > most {
		clear(cursors)
	}
}

// read reads n rows of one row group, column by column, into rows if it has
// the room. Of what it decodes it keeps no more than most bytes.
func (t *parquetTable) read(ctx context.Context, cursors map[int]*cursor, most int, columns []int, g int, from int64, n int, rows [][]Value) ([][]Value, error) {
	if cap(rows) < n {
		cells := make([]Value, n*len(columns))
		rows = make([][]Value, n)
		for i := range rows {
			rows[i] = cells[i*len(columns) : (i+1)*len(columns)]
		}
	}
	rows = rows[:n]
	from -= t.groups[g].first
	for slot, column := range columns {
		p := t.tops[column]
		var err error
		if p.leaf() && !p.repeated {
			c := t.cursor(cursors, p.first, g, from)
			err = c.rows(ctx, from, n, func(i int, values []parquet.Value) error {
				rows[i][slot] = p.cell(values[0])
				return nil
			})
		} else {
			err = t.readNested(ctx, cursors, p, g, from, n, func(i int, v Value) { rows[i][slot] = v })
		}
		if err != nil {
			return nil, fmt.Errorf("read rows %d to %d: %w", t.groups[g].first+from+1, t.groups[g].first+from+int64(n), err)
		}
		forget(cursors, most)
	}
	return rows, nil
}

func (p *part) cell(v parquet.Value) Value {
	if v.IsNull() {
		return Value{}
	}
	return p.value(v)
}

// cursor returns a cursor for a leaf that can reach a row of a row group.
func (t *parquetTable) cursor(cursors map[int]*cursor, leaf, g int, row int64) *cursor {
	c := cursors[leaf]
	if c == nil || c.group != g || !c.reaches(row) {
		c = newCursor(t, leaf, g)
		cursors[leaf] = c
	}
	return c
}
