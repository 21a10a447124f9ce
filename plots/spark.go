// Package plots reduces series to what a screen can show and draws them as
// text. It reads no store and knows no terminal.
package plots

import (
	"math"
	"strings"
)

var (
	blocks = []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
	marks  = []string{"_", ".", "-", "~", "=", "+", "*", "#"} // the same in ASCII
)

// Spark draws values in at most width cells, left to right. Several values that
// share a cell show the one farthest from the middle, so that no peak is lost; a
// cell of NaN alone is blank, one with an infinity shows ^ or v, and a constant
// series runs through the middle.
func Spark(values []float64, width int, ascii bool) string {
	if len(values) == 0 || width <= 0 {
		return ""
	}
	signs := blocks
	if ascii {
		signs = marks
	}
	low, high := extent(values)
	cells := min(width, len(values))
	var b strings.Builder
	for c := range cells {
		part := values[c*len(values)/cells : (c+1)*len(values)/cells]
		b.WriteString(sign(part, low, high, signs))
	}
	return b.String()
}

// extent returns the least and the greatest finite value.
func extent(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

func sign(part []float64, low, high float64, signs []string) string {
	middle := low/2 + high/2
	far, found := 0.0, false
	for _, v := range part {
		switch {
		case math.IsInf(v, 1):
			return "^"
		case math.IsInf(v, -1):
			return "v"
		case math.IsNaN(v):
		case !found || math.Abs(v-middle) > math.Abs(far-middle):
			far, found = v, true
		}
	}
	if !found {
		return " "
	}
	if low == high {
		return signs[len(signs)/2-1]
	}
	// In halves, since the distance of two huge numbers may overflow.
	share := (far/2 - low/2) / (high/2 - low/2)
	return signs[min(int(share*float64(len(signs))), len(signs)-1)]
}
