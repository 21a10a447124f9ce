package tables

import (
	"context"
	"fmt"

	"benchside/artifacts/tally"
)

// Summarise reads one column of a table, once. Times count as seconds since
// 1970 UTC, true and false as texts. progress may be nil.
func Summarise(ctx context.Context, t Table, column int, progress func(rows int64)) (tally.Summary, error) {
	sum := tally.New()
	seen := int64(0)
	err := scanAny(ctx, t, []int{column}, func(_ int64, values []Value) (bool, error) {
		switch v := values[0]; {
		case v.Kind == Missing:
			sum.Missing()
		case v.Numeric(), v.Kind == NaN, v.Kind == Instant:
			sum.Number(v.Float())
		default:
			sum.Text(v.Text)
		}
		if seen++; seen%progressRows == 0 && progress != nil {
			progress(seen)
		}
		return true, nil
	})
	if err != nil {
		return tally.Summary{}, fmt.Errorf("summarise column %d: %w", column+1, err)
	}
	return sum.Summary(), nil
}
