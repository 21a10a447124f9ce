// Package measures says what stands for the history of a metric in one cell of a
// table: its last value, its best, its mean, its value at a step, or its shape. It
// draws nothing, and keeps nothing of a history but a sketch.
package measures

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is what a measure takes of a history. The zero value is the last value, which
// MLflow keeps apart, so that no history is read for it.
type Kind int

// The kinds of measure.
const (
	Last Kind = iota
	Best      // the least or the greatest, as the metric's direction says
	Min
	Max
	Mean
	At    // the last value up to a step
	Trend // the shape, as a line of blocks
)

var words = [...]string{"last", "best", "min", "max", "mean", "at", "trend"}

// Measure is a kind, and the step of At.
type Measure struct {
	Kind Kind
	Step int64
}

// Stored reports whether the store has the measure at hand, without the history.
func (m Measure) Stored() bool { return m.Kind == Last }

// String spells the measure as Parse reads it: "best", "at 100".
func (m Measure) String() string {
	if m.Kind == At {
		return "at " + strconv.FormatInt(m.Step, 10)
	}
	return words[m.Kind]
}

// Take reads a measure from the start of some words, and returns what is left. Words
// that begin with none are the last value.
func Take(in []string) (m Measure, rest []string, err error) {
	if len(in) == 0 {
		return m, in, nil
	}
	for i, w := range words {
		if strings.ToLower(in[0]) != w {
			continue
		}
		m.Kind, rest = Kind(i), in[1:]
		if m.Kind != At {
			return m, rest, nil
		}
		if len(rest) > 0 {
			m.Step, err = strconv.ParseInt(rest[0], 10, 64)
		}
		if len(rest) == 0 || err != nil {
			return Measure{}, in, fmt.Errorf("at: wants a step, such as at 100")
		}
		return m, rest[1:], nil
	}
	return m, in, nil
}

// Parse reads a measure.
func Parse(text string) (Measure, error) {
	m, rest, err := Take(strings.Fields(text))
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%s: there are last, best, min, max, mean, at STEP and trend", rest[0])
	}
	return m, err
}

// Next is the kind after this one, as a key goes through them: at comes only with its
// step, so that it is passed over, and min and max are what best means.
func (m Measure) Next() Measure {
	order := []Kind{Last, Best, Mean, Trend}
	for i, k := range order {
		if k == m.Kind {
			return Measure{Kind: order[(i+1)%len(order)]}
		}
	}
	return Measure{}
}
