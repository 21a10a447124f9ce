// Package stats has the tests, distributions and sums that comparing runs and
// watching data share, each with its source and held against scipy's numbers. It
// reads no files, knows no runs and no columns, and draws nothing.
package stats

import (
	"errors"
	"fmt"
	"math"
)

// ErrCannot says that the numbers do not allow the answer; the error around it
// says why.
var ErrCannot = errors.New("cannot be computed")

// Cannot is an ErrCannot of one statistic with the reason.
func Cannot(what, format string, args ...any) error {
	return fmt.Errorf("%s %w: %s", what, ErrCannot, fmt.Sprintf(format, args...))
}

// checked returns a number, or why it is none: a sum that ran over.
func checked(what string, v float64) (float64, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, Cannot(what, "the values are too large")
	}
	return v, nil
}
