package cell_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"benchside/plots"
	"benchside/plots/cell"
	"benchside/plots/scene"
	"benchside/plots/svg"
)

// marks are the charts of some numbers, by name.
func marks(v []float64) map[string]plots.Chart {
	at := func(i int) float64 {
		if i < len(v) {
			return v[i]
		}
		return math.NaN()
	}
	var spots []plots.Spot
	var bars []plots.Bar
	var heights []plots.Height
	var paths []plots.Path
	for i := range v {
		name := fmt.Sprintf("run-%d", i)
		spots = append(spots, plots.Spot{Name: name, X: float64(i), Y: v[i], Slot: i, Front: i%2 == 0})
		bars = append(bars, plots.Bar{Name: name, Value: v[i], Low: at(i) - 1, High: at(i) + 1, Interval: i%2 == 1, Slot: i})
		heights = append(heights, plots.Height{Name: name, X: v[i], Y: at(i + 1), Z: float64(i)})
		paths = append(paths, plots.Path{Name: name, Values: []float64{float64(i % 2), v[i], at(i + 1)}})
	}
	side := int(math.Sqrt(float64(len(v))))
	names := make([]string, side)
	for i := range names {
		names[i] = fmt.Sprintf("key-%d", i)
	}
	half := len(v) / 2
	samples := []plots.Sampled{{Name: "one", Values: v[:half]}, {Name: "two", Values: v[half:], Slot: 1}}
	dims := []plots.Dimension{{Name: "opt", Words: []string{"adam", "sgd"}}, {Name: "lr", Keep: plots.Range{From: 0, To: 3}}, {Name: "auc"}}
	return map[string]plots.Chart{
		"scatter":   &plots.Scatter{X: plots.Axis{Title: "x"}, Y: plots.Axis{Title: "y"}, Spots: spots},
		"pareto":    &plots.Scatter{Title: "front", Spots: spots, Staircase: true},
		"bars":      &plots.Bars{Title: "bars", Bars: bars},
		"histogram": &plots.Histogram{Title: "histogram", Values: v},
		"boxes":     &plots.Boxes{Title: "boxes", Samples: samples},
		"violins":   &plots.Boxes{Title: "violins", Samples: samples, Violin: true},
		"heatmap":   &plots.Heatmap{Title: "heat", Cols: names, Rows: names, Values: v[:side*side]},
		"diverging": &plots.Heatmap{Title: "heat", Cols: names, Rows: names, Values: v[:side*side], Around0: true},
		"contour":   &plots.Contour{Title: "contour", Heights: heights},
		"parallel":  &plots.Parallel{Title: "parallel", Dimensions: dims, Paths: paths},
	}
}

// drawMark draws a chart in every way and holds it to its size.
func drawMark(t *testing.T, name string, c plots.Chart, w, h int, view plots.View) {
	t.Helper()
	for _, look := range []plots.Look{{}, {Dark: true, Depth: plots.Ansi256}, {Depth: plots.Ansi16}, {ASCII: true}} {
		set := cell.Braille
		if look.ASCII {
			set = cell.ASCII
		}
		f := plots.Frame{W: w, H: h, Look: look, View: view}
		f.DotsX, f.DotsY = set.Size()
		lines := new(cell.Canvas).Lines(c.Scene(f), set)
		if len(lines) != h {
			t.Fatalf("%s in %dx%d: %d lines", name, w, h, len(lines))
		}
		for _, line := range lines {
			if got := ansi.StringWidth(line); got != w {
				t.Fatalf("%s in %dx%d: a line of %d cells: %q", name, w, h, got, line)
			}
			if bare := ansi.Strip(line); strings.ContainsAny(bare, "\x1b\n\r\t\a") {
				t.Fatalf("%s: a control in %q", name, bare)
			}
			if look.Depth == plots.NoColor && strings.Contains(line, "38;") {
				t.Fatalf("%s: a colour where there is none: %q", name, line)
			}
			if look.ASCII && !ascii(ansi.Strip(line)) && !strings.ContainsAny(line, "≤…") {
				t.Fatalf("%s: not ASCII: %q", name, line)
			}
		}
		if picture := svg.Draw(c.Scene(f), true); strings.Contains(picture, "NaN\"") || strings.Contains(picture, "Inf\"") {
			t.Fatalf("%s: a place that is no number in the SVG", name)
		}
		for _, x := range []int{0, w / 2, w} {
			c.Hit(f, scene.Point{X: float64(x), Y: float64(h / 2)})
		}
	}
	c.Table()
}

func ascii(s string) bool {
	for _, r := range s {
		if r > 0x7e {
			return false
		}
	}
	return true
}

func TestMarksKeepTheirSize(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for what, v := range map[string][]float64{
		"nothing": {}, "one point": {1}, "constant": {2, 2, 2, 2}, "only NaN": {nan, nan, nan, nan},
		"infinities": {inf, -inf, 1, 2}, "huge": {1e300, -1e300, 1e308, -1e308, 5}, "tiny": {1e-300, 2e-300, 5e-324, 0},
		"usual": {0.1, 0.5, 0.3, 0.9, nan, -0.2, 4, 2, 1}, "negative": {-1, -2, -3},
	} {
		for name, c := range marks(v) {
			for _, size := range [][2]int{{1, 1}, {2, 3}, {15, 5}, {16, 7}, {40, 12}, {80, 24}, {200, 4}, {5, 50}} {
				drawMark(t, name+" of "+what, c, size[0], size[1], plots.View{})
				drawMark(t, name+" of "+what, c, size[0], size[1], plots.View{LogX: true, LogY: true})
			}
		}
	}
}

func FuzzMarks(f *testing.F) {
	f.Add([]byte("12345678abcdefgh"), uint8(40), uint8(12), false)
	f.Fuzz(func(t *testing.T, data []byte, w, h uint8, log bool) {
		var v []float64
		for len(data) >= 8 && len(v) < 64 {
			v = append(v, math.Float64frombits(binary.LittleEndian.Uint64(data)))
			data = data[8:]
		}
		for name, c := range marks(v) {
			drawMark(t, name, c, int(w)%120+1, int(h)%50+1, plots.View{LogX: log, LogY: log})
		}
	})
}
