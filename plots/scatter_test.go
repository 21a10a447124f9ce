package plots

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"benchside/plots/scene"
)

// textsOf are all texts of a scene.
func textsOf(s *scene.Scene) (out []scene.Text) {
	for _, item := range s.Items {
		switch i := item.(type) {
		case scene.Text:
			out = append(out, i)
		case scene.Texts:
			out = append(out, i...)
		}
	}
	return out
}

// wordsIn are the words of the texts of a scene.
func wordsIn(s *scene.Scene) (out []string) {
	for _, t := range textsOf(s) {
		out = append(out, t.Text)
	}
	return out
}

func linesOf(s *scene.Scene) (out []scene.Line) {
	for _, item := range s.Items {
		if l, ok := item.(scene.Line); ok {
			out = append(out, l)
		}
	}
	return out
}

// TestTheStaircasePassesWhatTheFrontBeats holds each corner to what it is: a place
// that two runs of the front are no worse than.
func TestTheStaircasePassesWhatTheFrontBeats(t *testing.T) {
	for what, c := range map[string]struct {
		best   Best
		higher bool // y is better
		front  [][2]float64
		want   [][2]float64 // corners
	}{
		"x max, y min": {Greatest, false, [][2]float64{{3, 9}, {1, 1}, {2, 4}}, [][2]float64{{1, 4}, {2, 9}}},
		"x max, y max": {Greatest, true, [][2]float64{{1, 9}, {2, 4}, {3, 1}}, [][2]float64{{1, 4}, {2, 1}}},
		"x min, y min": {Least, false, [][2]float64{{1, 9}, {2, 4}, {3, 1}}, [][2]float64{{2, 9}, {3, 4}}},
		"x min, y max": {Least, true, [][2]float64{{1, 1}, {2, 4}, {3, 9}}, [][2]float64{{2, 1}, {3, 4}}},
	} {
		chart := &Scatter{Staircase: true, Best: c.best}
		for _, p := range c.front {
			chart.Spots = append(chart.Spots, Spot{X: p[0], Y: p[1], Front: true})
		}
		f := Frame{W: 80, H: 24, DotsX: 2, DotsY: 4}
		s := newSheet(f)
		places, _ := chart.lay(s)
		line := linesOf(chart.Scene(f))[0]
		var got [][2]float64
		for i := 1; i < len(line.Points); i += 2 {
			x, y := nearestOf(c.front, places, line.Points[i])
			got = append(got, [2]float64{x, y})
			beaten := 0
			for _, p := range c.front {
				if (p[0] >= x || c.best == Least) && (p[0] <= x || c.best == Greatest) && (p[1] >= y || !c.higher) && (p[1] <= y || c.higher) {
					beaten++
				}
			}
			if beaten < 2 {
				t.Errorf("%s: %d runs are no worse than the corner at %v, %v", what, beaten, x, y)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", what, got, c.want)
		}
	}
}

// nearestOf are the x and the y of the data that a place has.
func nearestOf(data [][2]float64, places []scene.Point, at scene.Point) (x, y float64) {
	x, y = math.NaN(), math.NaN()
	for i, p := range places {
		if p.X == at.X {
			x = data[i][0]
		}
		if p.Y == at.Y {
			y = data[i][1]
		}
	}
	return x, y
}

func TestTheFrontIsNamedFirst(t *testing.T) {
	c := &Scatter{Spots: []Spot{{Name: "beaten", X: 1, Y: 1}, {Name: "the-front", X: 1.05, Y: 1, Front: true}, {Name: "far", X: 9, Y: 5}}}
	got := wordsIn(c.Scene(Frame{W: 30, H: 12, DotsX: 2, DotsY: 4}))
	if !slices.Contains(got, "the-front") || slices.Contains(got, "beaten") {
		t.Errorf("where one name has room: %q", got)
	}
}

func TestSpotsUnderOthersAreCounted(t *testing.T) {
	c := &Scatter{X: Axis{Title: "x"}, Y: Axis{Title: "y"}, Spots: []Spot{
		{Name: "first", X: 1, Y: 1}, {Name: "second", X: 1, Y: 1, Slot: 1}, {Name: "third", X: 1, Y: 1, Slot: 2}, {Name: "far", X: 9, Y: 9, Slot: 3},
	}}
	f := Frame{W: 60, H: 20, DotsX: 2, DotsY: 4}
	for focus, want := range map[int]string{0: "third +2", 1: "first +2", 4: "third +2"} {
		f.Focus = focus
		if got := wordsIn(c.Scene(f)); !slices.Contains(got, want) || slices.Contains(got, "second") {
			t.Errorf("focus on %d: got %q, want %q among them", focus, got, want)
		}
	}
	f.Focus = 0
	s := newSheet(f)
	places, _ := c.lay(s)
	for at, want := range map[int]string{0: "third  x 1  y 1  over 2: second, first", 3: "far  x 9  y 9"} {
		if d, ok := c.Hit(f, places[at]); !ok || d.Text != want {
			t.Errorf("hit: got %q, want %q", d.Text, want)
		}
	}
}

func TestTheKeyOfAScatter(t *testing.T) {
	c := &Scatter{X: Axis{Title: "x"}, Y: Axis{Title: "y"}}
	for i := range 24 {
		c.Spots = append(c.Spots, Spot{Name: fmt.Sprint("run-", i), X: float64(i), Y: float64(i), Slot: i})
	}
	f := Frame{W: 100, H: 30, DotsX: 2, DotsY: 4}
	got := wordsIn(c.Scene(f))
	for _, want := range []string{"a ●", "h ◇", "i", "x", "run-23"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is not in the key: %q", want, got)
		}
	}
	f.H = 12
	if got := wordsIn(c.Scene(f)); !slices.Contains(got, "and 14 more") {
		t.Errorf("runs without a row are not counted: %q", got)
	}
	c.Unnamed = true
	if got := wordsIn(c.Scene(f)); slices.Contains(got, "a ●") {
		t.Error("spots without names have a key")
	}
}
