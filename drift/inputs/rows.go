package inputs

import (
	"context"

	"benchside/artifacts/tables"
)

// rows reads a table of values row by row: JSON.
func (r *reader) rows(ctx context.Context, t tables.Table, todo []*column, at []int) error {
	return t.Scan(ctx, at, 0, func(_ int64, values []tables.Value) (bool, error) {
		for i, v := range values {
			todo[i].value(v)
		}
		return true, nil
	})
}

// value takes a value in that has a type of its own: "1" is a text and 1 a number.
func (c *column) value(v tables.Value) {
	if c.again {
		return
	}
	switch v.Kind {
	case tables.Missing:
		c.absent(true)
	case tables.NaN:
		c.absent(false)
	case tables.Finite, tables.PosInf, tables.NegInf:
		text := []byte(v.Text)
		if v.Kind != tables.Finite {
			text = []byte("inf") // JSON has no spelling of its own
		}
		c.sniffer.Take(text)
		c.number(v.Float(), numbers, []byte(v.Text))
	case tables.Truth:
		c.sniffer.Take([]byte("true"))
		c.number(v.Number, truths, []byte(v.Text))
	case tables.Structure, tables.Picture:
		c.structure([]byte(v.Text))
	default:
		c.word([]byte(v.Text))
	}
}
