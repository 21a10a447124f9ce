// Package stats has the tests, distributions and sums that comparing runs and
// watching data share, each with its source and held against scipy's numbers. It
// reads no files, knows no runs and no columns, and draws nothing.
package stats

import (
	"errors"
	"fmt"
)

// ErrCannot says that the numbers do not allow the answer; the error around it
// says why.
var ErrCannot = errors.New("cannot be computed")

// Cannot is an ErrCannot of one statistic with the reason.
func Cannot(what, format string, args ...any) error {
	return fmt.Errorf("%s %w: %s", what, ErrCannot, fmt.Sprintf(format, args...))
}
