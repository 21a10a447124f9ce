package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func many(n int, name func(int) string) *Line {
	l := &Line{Title: "val/auc"}
	for i := range n {
		l.Series = append(l.Series, NewSeries(name(i), name(i), []float64{0, 1}, []float64{0, float64(i)}))
	}
	return l
}

func TestLegendsTellNamesApart(t *testing.T) {
	l := many(40, func(i int) string { return fmt.Sprintf("a-long-name-of-a-run-t%02d", i) })
	f := Frame{W: 90, H: 16, DotsX: 2, DotsY: 4}
	texts := textsOf(l.Scene(f))
	left := f.W - (&drawn{Line: l, f: f}).legendWidth() + 1
	rows := make([]string, f.H)
	seen := map[string]bool{}
	for _, text := range texts {
		if text.X < left || text.Y == 0 || text.Y >= f.H || text.Text == "val/auc" {
			continue
		}
		rows[text.Y] += "|" + text.Text
		if strings.Contains(text.Text, "…") {
			if seen[text.Text] {
				t.Errorf("two runs are called %s", text.Text)
			}
			seen[text.Text] = true
			if !strings.Contains(text.Text, "-t") {
				t.Errorf("what differs is cut: %s", text.Text)
			}
		}
		if text.X == left+2 {
			t.Errorf("%s touches the letters", text.Text)
		}
	}
	if len(seen) != f.H-2 {
		t.Errorf("%d names in %d rows", len(seen), f.H-1)
	}
	if want := fmt.Sprintf("|and %d more", 40-(f.H-2)); rows[f.H-1] != want {
		t.Errorf("the last row is %q, want %q", rows[f.H-1], want)
	}
}

func TestReadoutsNameTheirValues(t *testing.T) {
	at := 1.0
	for what, c := range map[string]struct {
		n, width int
		want     string
	}{
		"all":       {3, 40, "val/auc|a 0|b 1|c 2"},
		"the first": {9, 24, "val/auc|a 0|b 1|…"},
		"none":      {3, 11, "val/auc|…"},
	} {
		l := many(c.n, func(int) string { return "run" })
		s := l.Scene(Frame{W: c.width, H: 10, DotsX: 2, DotsY: 4, Cross: &at})
		var got []string
		end := -2
		for _, text := range textsOf(s) {
			if text.Y != 0 {
				continue
			}
			if text.X < end+2 {
				t.Errorf("%s: %q touches what is before it", what, text.Text)
			}
			got, end = append(got, text.Text), text.X+len([]rune(text.Text))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: got %q, want %q", what, strings.Join(got, "|"), c.want)
		}
	}
}

func TestTheCrosshairReadsTheMeanThatIsDrawn(t *testing.T) {
	nan := math.NaN()
	g := Join("g", "g", []Series{NewSeries("a", "a", []float64{0, 10, 20, 30}, []float64{1, 100, nan, 7})}, Extremes)
	for _, c := range []struct {
		x    float64
		log  bool
		want string
	}{{0, false, "1"}, {5, false, "50.5"}, {5, true, "10"}, {10, true, "100"}, {15, false, "—"}, {30, false, "7"}, {31, false, "—"}} {
		l := &Line{Groups: []Group{g, g}}
		s := l.Scene(Frame{W: 90, H: 12, DotsX: 2, DotsY: 4, Cross: &c.x, View: View{LogY: c.log, X: Range{-5, 40}}})
		if got := wordsIn(s); !slices.Contains(got, c.want) {
			t.Errorf("at %v, log %t: %q is not in %q", c.x, c.log, c.want, got)
		}
	}
}
