package tables

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// picked is some rows of a table in some order. It holds their numbers.
type picked struct {
	base Table // never another picked
	rows []uint32
}

// pick makes a table of the rows of t with these numbers.
func pick(t Table, rows []uint32) *picked {
	if p, ok := t.(*picked); ok {
		for i, row := range rows {
			rows[i] = p.rows[row]
		}
		t = p.base
	}
	return &picked{base: t, rows: rows}
}

// Columns implements Table.
func (p *picked) Columns() []Column { return p.base.Columns() }

// Count implements Table.
func (p *picked) Count() (int64, bool) { return int64(len(p.rows)), true }

// Notes implements Table.
func (p *picked) Notes() []string { return p.base.Notes() }

// Close does nothing: the table that was picked from stays open for others.
func (p *picked) Close() error { return nil }

// closeRows is how far apart rows may lie to be read in one go.
const closeRows = 64

// Rows implements Table.
func (p *picked) Rows(ctx context.Context, columns []int, from int64, n int) ([][]Value, error) {
	if from < 0 {
		return nil, fmt.Errorf("there is no row %d", from)
	}
	from = min(from, int64(len(p.rows)))
	rows := p.rows[from:min(from+int64(max(n, 0)), int64(len(p.rows)))]
	order := ascending(rows)
	out := make([][]Value, len(rows))
	for i := 0; i < len(order); {
		end := i + 1
		for end < len(order) && rows[order[end]]-rows[order[end-1]] <= closeRows {
			end++
		}
		first := int64(rows[order[i]])
		read, err := p.base.Rows(ctx, columns, first, int(int64(rows[order[end-1]])-first)+1)
		if err != nil {
			return nil, err
		}
		for ; i < end; i++ {
			at := int64(rows[order[i]]) - first
			if at >= int64(len(read)) {
				return nil, fmt.Errorf("read row %d: %w: it is gone", first+at+1, ErrChanged)
			}
			out[order[i]] = read[at]
		}
	}
	return out, nil
}

// Scan implements Table.
func (p *picked) Scan(ctx context.Context, columns []int, from int64, each Each) error {
	for from < int64(len(p.rows)) {
		rows, err := p.Rows(ctx, columns, from, batchRows)
		if err != nil {
			return err
		}
		for _, values := range rows {
			if more, err := each(from, values); err != nil || !more {
				return err
			}
			from++
		}
	}
	return nil
}

// ascending orders the places of rows by the rows' numbers.
func ascending(rows []uint32) []uint32 {
	order := make([]uint32, len(rows))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(rows[a], rows[b]) })
	return order
}

// visit reads the rows of a table at the places in order, which ascend, in one
// pass.
func visit(ctx context.Context, t Table, columns []int, rows, order []uint32, each func(at uint32, values []Value) (bool, error)) error {
	if len(order) == 0 {
		return nil
	}
	i := 0
	err := t.Scan(ctx, columns, int64(rows[order[0]]), func(row int64, values []Value) (bool, error) {
		for i < len(order) && int64(rows[order[i]]) == row {
			more, err := each(order[i], values)
			i++
			if err != nil || !more {
				i = len(order)
				return false, err
			}
		}
		return i < len(order), nil
	})
	if err == nil && i < len(order) {
		return fmt.Errorf("read row %d: %w: it is gone", rows[order[i]]+1, ErrChanged)
	}
	return err
}

// scanAny scans all rows in the order in which they are read best.
func scanAny(ctx context.Context, t Table, columns []int, each Each) error {
	p, ok := t.(*picked)
	if !ok {
		return t.Scan(ctx, columns, 0, each)
	}
	return visit(ctx, p.base, columns, p.rows, ascending(p.rows), func(at uint32, values []Value) (bool, error) {
		return each(int64(at), values)
	})
}

// mostSortBytes bounds the text that Sort holds.
const mostSortBytes = 256 << 20

// Sort returns the rows of a table ordered by a column, as Compare orders
// values; equal ones keep their order. NaN and what is missing come last in
// either direction. Of more than MostRows rows, or more text than 256 MB, the
// error is ErrTooBig. It reads the one column, once.
func Sort(ctx context.Context, t Table, column int, descending bool) (Table, error) {
	s := &sorter{descending: descending}
	if n, _ := t.Count(); n > MostRows {
		return nil, s.tooMany()
	}
	err := scanAny(ctx, t, []int{column}, s.add)
	if err != nil {
		return nil, fmt.Errorf("sort by column %d: %w", column+1, err)
	}
	return pick(t, s.order()), nil
}

type sortNumber struct {
	x   float64
	row uint32
}

type sortText struct {
	text string
	row  uint32
}

// sorter holds the values of a column by kind.
type sorter struct {
	descending bool
	rows       int
	bytes      int
	numbers    [4][]sortNumber   // by rank
	texts      [6][]sortText     // by rank
	exact      map[uint32]string // integers that are not one with their float64
	nan        []uint32
	missing    []uint32
}

func (s *sorter) tooMany() error {
	return fmt.Errorf("%w: sorting is for at most %d rows: filter first", ErrTooBig, MostRows)
}

func (s *sorter) add(at int64, values []Value) (bool, error) {
	v, row := values[0], uint32(at)
	if s.rows++; s.rows > MostRows {
		return false, s.tooMany()
	}
	switch v.Kind {
	case NaN:
		s.nan = append(s.nan, row)
	case Missing:
		s.missing = append(s.missing, row)
	case Word, Structure, Picture:
		s.bytes += len(v.Text)
		r := rank[v.Kind]
		s.texts[r] = append(s.texts[r], sortText{v.Text, row})
	default:
		r := rank[v.Kind]
		s.numbers[r] = append(s.numbers[r], sortNumber{v.Float(), row})
		if v.Kind == Finite && math.Abs(v.Number) >= 1<<53 {
			if s.exact == nil {
				s.exact = map[uint32]string{}
			}
			s.exact[row] = v.Text
			s.bytes += len(v.Text) + 64
		}
	}
	if s.bytes > mostSortBytes {
		return false, fmt.Errorf("%w: sorting is for at most %d bytes of text", ErrTooBig, mostSortBytes)
	}
	return true, nil
}

// order returns the rows in order.
func (s *sorter) order() []uint32 {
	sign := 1
	if s.descending {
		sign = -1
	}
	out := make([]uint32, 0, s.rows)
	for i := range s.texts { // by rank, numbers and texts apart
		r := i
		if s.descending {
			r = len(s.texts) - 1 - i
		}
		if r < len(s.numbers) {
			slices.SortFunc(s.numbers[r], func(a, b sortNumber) int {
				c := cmp.Compare(a.x, b.x)
				if c == 0 && s.exact != nil {
					c = compareDigits(s.exact[a.row], s.exact[b.row])
				}
				return cmp.Or(sign*c, cmp.Compare(a.row, b.row))
			})
			for _, n := range s.numbers[r] {
				out = append(out, n.row)
			}
		}
		slices.SortFunc(s.texts[r], func(a, b sortText) int {
			return cmp.Or(sign*cmp.Compare(a.text, b.text), cmp.Compare(a.row, b.row))
		})
		for _, n := range s.texts[r] {
			out = append(out, n.row)
		}
	}
	slices.Sort(s.nan)
	slices.Sort(s.missing)
	return append(append(out, s.nan...), s.missing...)
}

// Filter returns the rows of a table that a condition holds for, in their order.
// Of more than MostRows such rows the error is ErrTooBig. It reads the columns
// of the condition, once.
func Filter(ctx context.Context, t Table, c Condition) (Table, error) {
	var rows []uint32
	err := scanAny(ctx, t, c.columns, func(row int64, values []Value) (bool, error) {
		switch {
		case row > math.MaxUint32:
			return false, fmt.Errorf("%w: filtering is for at most %d rows", ErrTooBig, uint32(math.MaxUint32))
		case !c.holds(values):
		case len(rows) == MostRows:
			return false, fmt.Errorf("%w: the filter keeps more than %d rows: narrow it", ErrTooBig, MostRows)
		default:
			rows = append(rows, uint32(row))
		}
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	slices.Sort(rows)
	return pick(t, rows), nil
}

// Picked returns the number that a row of a sorted or filtered table has in the
// table it was made from, and the row itself for any other table.
func Picked(t Table, row int64) (int64, error) {
	p, ok := t.(*picked)
	if !ok {
		return row, nil
	}
	if row < 0 || row >= int64(len(p.rows)) {
		return 0, errors.New("there is no such row")
	}
	return int64(p.rows[row]), nil
}
