package plots

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"benchside/plots/scene"
)

// atLeast is how many runs are told from each other.
const atLeast = 24

func TestManyRunsAreToldApart(t *testing.T) {
	for name, look := range map[string]Look{
		"256 colours": {Depth: Ansi256, Dark: true}, "256 colours on white": {Depth: Ansi256}, "16 colours": {Depth: Ansi16, Dark: true},
		"no colour": {}, "ASCII": {ASCII: true}, "ASCII with colours": {ASCII: true, Depth: Ansi256},
	} {
		inks, letters, marks := map[scene.Ink]bool{}, map[string]bool{}, map[string]bool{}
		for slot := range atLeast {
			inks[look.Series(slot)], letters[Letter(slot)], marks[look.Mark(slot)] = true, true, true
		}
		if len(letters) < atLeast || len(marks) < atLeast {
			t.Errorf("%s: %d letters and %d markers of %d runs, without any colour", name, len(letters), len(marks), atLeast)
		}
		if look.Depth != NoColor && len(inks) < atLeast {
			t.Errorf("%s: %d colours with dashes of %d runs", name, len(inks), atLeast)
		}
	}
}

// ranks is a chart of n runs whose lines lie apart, or end at one place.
func ranks(n int, together bool) *Line {
	l := &Line{Title: "loss", X: Axis{Title: "step"}}
	for i := range n {
		end := float64(i)
		if together {
			end = 0
		}
		l.Series = append(l.Series, NewSeries(fmt.Sprint(i), fmt.Sprint("run-", i), []float64{0, 50, 100}, []float64{float64(i), float64(i), end}))
	}
	return l
}

// lettersOf are the letters in the area of a scene, and those at its right edge.
func lettersOf(s *scene.Scene) (all, ends map[string]int) {
	all, ends = map[string]int{}, map[string]int{}
	for _, text := range textsOf(s) {
		if float64(text.X) >= s.Area.X0 && float64(text.X) < s.Area.X1 && float64(text.Y) >= s.Area.Y0 && float64(text.Y) < s.Area.Y1 && text.Text == strings.ToLower(text.Text) && len(text.Text) == 1 {
			if all[text.Text]++; float64(text.X) > s.Area.X1-42 {
				ends[text.Text]++
			}
		}
	}
	return all, ends
}

func TestLettersAtTheEndsOfLines(t *testing.T) {
	colours, none, ascii := Look{Depth: Ansi256, Dark: true}, Look{}, Look{ASCII: true}
	for name, c := range map[string]struct {
		n        int
		together bool
		look     Look
		want     int // lines with a letter at their end
	}{
		"few in colours":           {8, false, colours, 0},
		"more than colours":        {9, false, colours, 9},
		"many in colours":          {24, false, colours, 24},
		"many that end together":   {24, true, colours, 24},
		"two without colours":      {2, false, none, 2},
		"many without colours":     {24, false, none, 24},
		"one without colours":      {1, false, none, 0},
		"lines that are letters":   {24, false, ascii, 0},
		"so many that none can be": {25, false, colours, 0},
	} {
		f := Frame{W: 120, H: 40, DotsX: 2, DotsY: 4, Look: c.look}
		if c.look.ASCII {
			f.DotsX, f.DotsY = 1, 1
		}
		if _, ends := lettersOf(ranks(c.n, c.together).Scene(f)); len(ends) != c.want {
			t.Errorf("%s: %d lines have their letter at the end, want %d: %v", name, len(ends), c.want, ends)
		}
	}
}

func TestTheLegendShowsLetterDashAndMarker(t *testing.T) {
	l := ranks(10, false)
	l.Best = Greatest
	f := Frame{W: 120, H: 40, DotsX: 2, DotsY: 4, Look: Look{Depth: Ansi256, Dark: true}}
	rows := map[int][]string{}
	s := l.Scene(f)
	for _, text := range textsOf(s) {
		if float64(text.X) >= s.Area.X1 && text.Y > 0 {
			rows[text.Y] = append(rows[text.Y], text.Text)
		}
	}
	for y, want := range map[int][]string{1: {"a", "──", "●", "run-0", "0"}, 9: {"i", "─ ", "i", "run-8", "8"}} {
		if !slices.Equal(rows[y], want) {
			t.Errorf("row %d of the legend: got %q, want %q", y, rows[y], want)
		}
	}
}
