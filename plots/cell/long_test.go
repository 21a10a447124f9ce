package cell_test

import (
	"math"
	"testing"

	"benchside/plots"
	"benchside/plots/cell"
)

// BenchmarkLong draws 5 series of 1,000,000 points: all of them, and windows.
func BenchmarkLong(b *testing.B) {
	l := &plots.Line{Title: "loss", X: plots.Axis{Title: "step"}}
	for i := range 5 {
		var x, y []float64
		for k := range 1_000_000 {
			x, y = append(x, float64(k)), append(y, math.Sin(float64(k)/1e5+float64(i))+math.Sin(float64(k*(i+7))))
		}
		l.Series = append(l.Series, plots.NewSeries("s", "s", x, y))
	}
	for name, window := range map[string]plots.Range{"all": {}, "half": {From: 250_123, To: 750_456}, "tenth": {From: 450_000, To: 550_000}, "a hundredth": {From: 450_000, To: 460_000}} {
		b.Run(name, func(b *testing.B) {
			var c cell.Canvas
			f := plots.Frame{W: 200, H: 46, DotsX: 2, DotsY: 4, Look: plots.Look{Dark: true, Depth: plots.Ansi256}, View: plots.View{X: window}}
			b.ReportAllocs()
			for b.Loop() {
				c.Lines(l.Scene(f), cell.Braille)
			}
		})
	}
}
