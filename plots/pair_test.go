package plots_test

import (
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"benchside/plots"
	"benchside/plots/cell"
	"benchside/plots/scene"
)

func bins() *plots.Pair {
	return &plots.Pair{
		Names: [2]string{"reference", "current"}, Edges: []float64{0, 10, 20, 30},
		Shares: [2][]float64{{0.5, 0.5, 0}, {0, 0.25, 0.75}},
	}
}

func drawn(c plots.Chart, w, h int) string {
	set, _ := cell.Named("braille")
	f := plots.Frame{W: w, H: h}
	f.DotsX, f.DotsY = set.Size()
	var out []string
	for _, line := range new(cell.Canvas).Lines(c.Scene(f), set) {
		out = append(out, strings.TrimRight(ansi.Strip(line), " "))
	}
	return strings.Join(out, "\n")
}

func TestTwoDistributionsAreDrawnOverEachOther(t *testing.T) {
	beside := bins()
	beside.Beside = true
	labels := &plots.Pair{Names: [2]string{"reference", "current"}, Labels: []string{"north", "south"}, Shares: [2][]float64{{0.75, 0.25}, {0.25, 0.75}}}
	for what, c := range map[string]struct {
		chart plots.Chart
		w, h  int
		want  string
	}{
		"over each other": {bins(), 15, 4, "         ▇▇▇▇▇\n▅▅▅▅▅▅▅▅▅▒▒▒▒▒\n░░░░░▃▃▃▃▒▒▒▒▒\n░░░░░████▒▒▒▒▒"},
		"labels":          {labels, 15, 2, "█████▏░░░░░░░░▊\n█████▏▒▒▒▒▒▒▒▒▊"},
		"beside":          {beside, 15, 4, "           ▇▇▇\n▅▅   ▅▅    ▒▒▒\n░░   ░░▃▃  ▒▒▒\n░░   ░░▒▒  ▒▒▒"},
	} {
		got := drawn(c.chart, c.w, c.h)
		if got != c.want {
			t.Errorf("%s:\n%s", what, got)
		}
	}
}

func TestAPairSaysWhatIsAtAPlace(t *testing.T) {
	f := plots.Frame{W: 60, H: 12, DotsX: 2, DotsY: 4}
	d, ok := bins().Hit(f, scene.Point{X: 50, Y: 5})
	if !ok || d.Text != "20 to 30  reference 0.00 %  current 75.00 %" {
		t.Errorf("got %+v, %v", d, ok)
	}
	if _, ok := bins().Hit(f, scene.Point{X: 0, Y: 5}); ok {
		t.Error("there is something left of the axis")
	}
}

// TestAPairFitsAnyRoom draws degenerate pairs in every size: no panic, no line too long.
func TestAPairFitsAnyRoom(t *testing.T) {
	odd := []*plots.Pair{
		bins(),
		{},
		{Edges: []float64{}},
		{Edges: []float64{1, 1}, Shares: [2][]float64{{1}, nil}},
		{Edges: []float64{-math.MaxFloat64, math.MaxFloat64}, Shares: [2][]float64{{1}, {1}}},
		{Labels: make([]string, 40)},
	}
	for _, c := range odd {
		for w := range 40 {
			for h := range 14 {
				for _, view := range []plots.View{{}, {LogY: true}} {
					f := plots.Frame{W: w, H: h, DotsX: 2, DotsY: 4, View: view}
					set, _ := cell.Named("braille")
					for _, line := range new(cell.Canvas).Lines(c.Scene(f), set) {
						if ansi.StringWidth(line) != w {
							t.Fatalf("%d cells of %d", ansi.StringWidth(line), w)
						}
					}
				}
			}
		}
		c.Table()
	}
}
