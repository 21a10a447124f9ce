package cell_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"benchside/plots"
	"benchside/plots/cell"
)

// TestMarkPictures holds every mark to its pictures without colour.
func TestMarkPictures(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	cases := []struct {
		name   string
		values []float64
		w, h   int
		set    cell.Dots
	}{
		{"usual", []float64{0.1, 0.5, 0.3, 0.9, 0.2, 0.4, 0.7, 0.6, 0.8}, 60, 12, cell.Braille},
		{"ASCII", []float64{0.1, 0.5, 0.3, 0.9, 0.2, 0.4, 0.7, 0.6, 0.8}, 60, 12, cell.ASCII},
		{"empty", nil, 40, 8, cell.Braille},
		{"one point", []float64{2}, 40, 8, cell.Braille},
		{"constant", []float64{2, 2, 2, 2}, 40, 8, cell.Braille},
		{"NaN and infinities", []float64{1, nan, inf, -inf, 3, 2, nan, 5, 4}, 60, 10, cell.Braille},
		{"huge", []float64{1e300, -1e300, 5, 1e299}, 50, 8, cell.Braille},
		{"wide", []float64{-1, 2, -3, 4}, 100, 4, cell.Braille},
		{"narrow", []float64{-1, 2, -3, 4}, 12, 12, cell.Braille},
		{"one cell", []float64{1, 2, 3, 4}, 1, 1, cell.Braille},
	}
	for mark := range marks(nil) {
		t.Run(mark, func(t *testing.T) {
			var b strings.Builder
			for _, c := range cases {
				f := plots.Frame{W: c.w, H: c.h, Look: plots.Look{ASCII: c.set == cell.ASCII}}
				f.DotsX, f.DotsY = c.set.Size()
				fmt.Fprintf(&b, "%s, %d by %d\n", c.name, c.w, c.h)
				for _, line := range new(cell.Canvas).Lines(marks(c.values)[mark].Scene(f), c.set) {
					b.WriteString(line + "|\n")
				}
			}
			golden.RequireEqual(t, []byte(b.String()))
		})
	}
}
