package tables

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"
)

// mostDiffCells bounds the cells of the first table that Diff remembers, by a
// hash of 8 bytes each.
const mostDiffCells = 16 << 20

// ColumnDiff is a column of either table, or both.
type ColumnDiff struct {
	Name    string
	InA     bool
	InB     bool
	A, B    Type  // where it is
	Changed int64 // cells, in rows that are in both
}

// RowChange is what became of a row.
type RowChange uint8

// The changes of a row.
const (
	RowAdded RowChange = iota
	RowRemoved
	RowChanged
)

// RowDiff is a row that differs.
type RowDiff struct {
	Change  RowChange
	A, B    int64 // the row in either table, -1 where it is not
	Columns []int // that changed, as indexes of TableDiff.Columns
}

// TableDiff is how two tables differ.
type TableDiff struct {
	Columns []ColumnDiff
	Key     []string // the columns by which rows were found again; none: by their place

	RowsA, RowsB            int64
	Added, Removed, Changed int64
	Same                    int64
	RepeatedA, RepeatedB    int64 // rows whose key was there before: left out

	Rows []RowDiff // the first of them, in the order of B, then what was removed
	Cut  bool      // there are more
}

// Diff compares two tables by the columns that have the same name in both. Rows
// are the same if the values of the key columns are, or without a key if they
// stand at the same place. Values are equal if they mean the same: 1 and 1.0,
// or a date and its midnight. At most limit rows are listed; all are counted.
// If the first table has more than 16 Mi cells the error is ErrTooBig.
//
// Cells are compared by hashes of 64 bits, keys by 128: for a million cells that
// changed, the odds that one is taken for unchanged are 1 to 10^13.
func Diff(ctx context.Context, a, b Table, key []string, limit int) (TableDiff, error) {
	d := &differ{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, limit: limit, at: map[[2]uint64]int32{}}
	d.out.Key = slices.Clone(key)
	if err := d.match(a.Columns(), b.Columns()); err != nil {
		return TableDiff{}, fmt.Errorf("compare tables: %w", err)
	}
	if err := scanAny(ctx, a, d.common[0], d.remember); err != nil {
		return TableDiff{}, fmt.Errorf("compare tables: read the first: %w", err)
	}
	d.found = make([]bool, len(d.rows))
	if err := scanAny(ctx, b, d.common[1], d.compare); err != nil {
		return TableDiff{}, fmt.Errorf("compare tables: read the second: %w", err)
	}
	d.removed()
	return d.out, nil
}

type differ struct {
	out    TableDiff
	limit  int
	seeds  [2]maphash.Seed
	common [2][]int // the columns of a and b that both have
	shared []int    // the same in out.Columns
	keys   []int    // of common
	hashes []uint64 // of the cells of a, row by row
	at     map[[2]uint64]int32
	rows   []uint32 // of a, that hashes are of
	found  []bool   // rows that b has
	buffer []byte
}

// match finds the columns that both tables have.
func (d *differ) match(a, b []Column) error {
	inB := map[string]int{}
	for i, c := range b {
		inB[c.Name] = i
	}
	for i, c := range a {
		column := ColumnDiff{Name: c.Name, InA: true, A: c.Type}
		if j, ok := inB[c.Name]; ok {
			column.InB, column.B = true, b[j].Type
			d.common[0], d.common[1] = append(d.common[0], i), append(d.common[1], j)
			d.shared = append(d.shared, len(d.out.Columns))
			delete(inB, c.Name)
		}
		d.out.Columns = append(d.out.Columns, column)
	}
	for _, c := range b {
		if _, only := inB[c.Name]; only {
			d.out.Columns = append(d.out.Columns, ColumnDiff{Name: c.Name, InB: true, B: c.Type})
		}
	}
	for _, name := range d.out.Key {
		i := slices.IndexFunc(d.shared, func(at int) bool { return d.out.Columns[at].Name == name })
		if i < 0 {
			return fmt.Errorf("the key column %q is not in both tables", name)
		}
		d.keys = append(d.keys, i)
	}
	if d.common[0] == nil { // not nil, which would stand for all
		d.common = [2][]int{{}, {}}
	}
	return nil
}

// mark appends to b what makes values equal.
func mark(b []byte, v Value) []byte {
	b = append(b, byte(rank[v.Kind]))
	switch v.Kind {
	case Finite, PosInf, NegInf, Truth, Instant:
		x := v.Float()
		if v.Kind == Finite && math.Abs(x) >= 1<<53 && digits(strings.TrimPrefix(v.Text, "-")) {
			return append(b, strings.TrimLeft(v.Text, "-0")...)
		}
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(x+0)) // -0 is 0
	case Word, Structure, Picture:
		b = binary.LittleEndian.AppendUint64(b, uint64(len(v.Text)))
		b = append(b, v.Text...)
		return binary.LittleEndian.AppendUint64(b, uint64(v.Whole))
	}
	return b
}

func (d *differ) hash(v Value) uint64 {
	d.buffer = mark(d.buffer[:0], v)
	return maphash.Bytes(d.seeds[0], d.buffer)
}

// key hashes what a row is found by.
func (d *differ) key(row int64, values []Value) [2]uint64 {
	if len(d.keys) == 0 {
		return [2]uint64{uint64(row)}
	}
	d.buffer = d.buffer[:0]
	for _, k := range d.keys {
		d.buffer = mark(d.buffer, values[k])
	}
	return [2]uint64{maphash.Bytes(d.seeds[0], d.buffer), maphash.Bytes(d.seeds[1], d.buffer)}
}

func (d *differ) remember(row int64, values []Value) (bool, error) {
	d.out.RowsA++
	key := d.key(row, values)
	if _, known := d.at[key]; known {
		d.out.RepeatedA++
		return true, nil
	}
	if len(d.hashes)+len(values) > mostDiffCells || len(d.rows) >= MostRows {
		return false, fmt.Errorf("%w: comparing is for at most %d rows and %d cells", ErrTooBig, MostRows, mostDiffCells)
	}
	d.at[key] = int32(len(d.rows))
	d.rows = append(d.rows, uint32(row))
	for _, v := range values {
		d.hashes = append(d.hashes, d.hash(v))
	}
	return true, nil
}

func (d *differ) compare(row int64, values []Value) (bool, error) {
	d.out.RowsB++
	at, known := d.at[d.key(row, values)]
	switch {
	case !known && len(d.keys) > 0:
		return true, d.added(row, values)
	case !known:
		d.out.Added++
		d.list(RowDiff{Change: RowAdded, A: -1, B: row})
		return true, nil
	case at < 0 || d.found[at]:
		d.out.RepeatedB++
		return true, nil
	}
	d.found[at] = true
	var changed []int
	n := len(values)
	for i, v := range values {
		if d.hashes[int(at)*n+i] != d.hash(v) {
			changed = append(changed, d.shared[i])
			d.out.Columns[d.shared[i]].Changed++
		}
	}
	if changed == nil {
		d.out.Same++
		return true, nil
	}
	d.out.Changed++
	d.list(RowDiff{Change: RowChanged, A: int64(d.rows[at]), B: row, Columns: changed})
	return true, nil
}

// added counts a row with a new key, and remembers the key: it may come again.
func (d *differ) added(row int64, values []Value) error {
	if len(d.at) >= 2*MostRows {
		return fmt.Errorf("%w: comparing is for at most %d rows", ErrTooBig, MostRows)
	}
	d.at[d.key(row, values)] = -1
	d.out.Added++
	d.list(RowDiff{Change: RowAdded, A: -1, B: row})
	return nil
}

func (d *differ) list(r RowDiff) {
	if len(d.out.Rows) >= d.limit {
		d.out.Cut = true
		return
	}
	d.out.Rows = append(d.out.Rows, r)
}

func (d *differ) removed() {
	for i, found := range d.found {
		if !found {
			d.out.Removed++
			d.list(RowDiff{Change: RowRemoved, A: int64(d.rows[i]), B: -1})
		}
	}
}

// Summary says in sentences how the tables differ.
func (d TableDiff) Summary() []string {
	how := "by their place"
	if len(d.Key) > 0 {
		how = "by " + strings.Join(d.Key, ", ")
	}
	out := []string{fmt.Sprintf("rows, %s: %d added, %d removed, %d changed, %d the same", how, d.Added, d.Removed, d.Changed, d.Same)}
	if d.RepeatedA+d.RepeatedB > 0 {
		out = append(out, fmt.Sprintf("rows whose key was there before, left out: %d of the first table, %d of the second", d.RepeatedA, d.RepeatedB))
	}
	for _, c := range d.Columns {
		switch {
		case !c.InA:
			out = append(out, fmt.Sprintf("column %s was added (%s)", c.Name, c.B))
		case !c.InB:
			out = append(out, fmt.Sprintf("column %s was removed (%s)", c.Name, c.A))
		case c.A != c.B && c.A != Unknown && c.B != Unknown:
			out = append(out, fmt.Sprintf("column %s was %s and is %s", c.Name, c.A, c.B))
		}
		if c.Changed > 0 {
			out = append(out, fmt.Sprintf("column %s changed in %d rows", c.Name, c.Changed))
		}
	}
	return out
}
