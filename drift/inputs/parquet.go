package inputs

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"sync"

	"benchside/artifacts/tables"
	"benchside/drift"
)

// mostRows bounds the rows that a file may claim: a few bytes can claim any number
// of rows without a value.
const mostRows = 1 << 31

// columnar reads columns by themselves, some at a time.
func (r *reader) columnar(ctx context.Context, t tables.Columnar, p part, todo []*column, at []int) error {
	have := t.Columns()
	rows, _ := t.Count()
	if rows > mostRows {
		return fmt.Errorf("%w: it claims %d rows; the bound is %d", tables.ErrTooBig, rows, mostRows)
	}
	for i, c := range todo {
		if at[i] >= 0 {
			if err := c.typeAs(storageOf(have[at[i]])); err != nil {
				return err
			}
		}
		c.hint = int(min(int64(c.choice.Limit), rows*int64(len(r.set.parts))))
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan int)
	var group sync.WaitGroup
	for range min(r.options.Workers, len(todo)) {
		group.Go(func() {
			var codes []int32
			for i := range next {
				if err := r.oneColumn(ctx, t, p, todo[i], at[i], rows, &codes); err != nil {
					stop(fmt.Errorf("column %s: %w", todo[i].Name, err))
				}
			}
		})
	}
	for i := range todo {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
	return context.Cause(ctx)
}

func (r *reader) oneColumn(ctx context.Context, t tables.Columnar, p part, c *column, at int, rows int64, codes *[]int32) error {
	if value, ok := p.fixed[c.Name]; ok {
		return c.constant(ctx, value, rows)
	}
	if c.mode == other { // it is not compared: its rows are counted
		c.rows += int(rows)
		if at < 0 {
			c.missing += int(rows)
		}
		return nil
	}
	if at < 0 { // a column that was added later
		return repeat(ctx, rows, func() { c.absent(true) })
	}
	*codes = (*codes)[:0]
	return t.Chunks(ctx, at, func(k *tables.Chunk) error {
		c.chunk(k, codes)
		return nil
	})
}

// storageOf is what a column of a file is for drift.
func storageOf(c tables.Column) drift.Storage {
	switch c.Type {
	case tables.Integer:
		if c.Unsigned {
			return drift.Uint
		}
		return drift.Int
	case tables.Number, tables.Unknown:
		return drift.Float
	case tables.Bool:
		return drift.Bool
	case tables.Time:
		return drift.Time
	case tables.Text:
		return drift.String
	}
	return drift.Other
}

// constant takes rows in that have one value, which a Delta log writes as text.
func (c *column) constant(ctx context.Context, value *string, rows int64) error {
	v := math.NaN()
	if value != nil && c.mode != texts {
		var err error
		switch c.Storage {
		case drift.Bool:
			var b bool
			if b, err = strconv.ParseBool(*value); b {
				v = 1
			} else {
				v = 0
			}
		case drift.Time:
			at, ok := drift.ParseTime(*value)
			if !ok {
				return fmt.Errorf("its value %.40q is no time", *value)
			}
			v = float64(at.UnixMilli())
		default:
			v, err = strconv.ParseFloat(*value, 64)
		}
		if err != nil {
			return fmt.Errorf("its value %.40q is no %s", *value, c.Storage)
		}
	}
	return repeat(ctx, rows, func() {
		switch {
		case value == nil:
			c.absent(true)
		case c.mode == texts:
			c.label([]byte(*value))
		default:
			c.put(c.place(), v)
		}
	})
}

// repeat does something for each of many rows, until the context ends.
func repeat(ctx context.Context, rows int64, do func()) error {
	const step = 1 << 20
	for row := range rows {
		if row%step == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		do()
	}
	return nil
}
