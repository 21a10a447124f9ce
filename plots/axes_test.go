package plots

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"benchside/plots/scene"
)

// alongX are the words of the row below the axis, and where they begin and end.
func alongX(s *scene.Scene) (words []string, from, to []int) {
	row := int(s.Area.Y1) + 1
	for _, t := range textsOf(s) {
		if t.Y != row || t.X >= int(s.Area.X1) {
			continue
		}
		n := len([]rune(t.Text))
		x := t.X
		if t.Anchor == scene.End {
			x -= n - 1
		}
		words, from, to = append(words, t.Text), append(from, x), append(to, x+n)
	}
	return words, from, to
}

func TestTicksOfX(t *testing.T) {
	at := 1772323200000.0 // 2026-03-01
	for what, c := range map[string]struct {
		axis Axis
		x    []float64
		w    int
		want string
	}{
		"whole steps have no parts":        {Axis{Title: "step"}, []float64{0, 1, 2}, 100, "0 1 2 step"},
		"parts of a number":                {Axis{Title: "lr"}, []float64{0, 0.5, 2}, 60, "0.0 0.5 1.0 1.5 2.0 lr"},
		"one step":                         {Axis{Title: "step"}, []float64{0}, 60, "0 step"},
		"one step that is great":           {Axis{}, []float64{1500}, 60, "1500"},
		"one moment":                       {Axis{Title: "UTC", Unit: Moment}, []float64{at}, 60, "03-01 00:00 UTC"},
		"one time":                         {Axis{Title: "time", Unit: Duration}, []float64{95}, 60, "1:35 time"},
		"the title leaves the last number": {Axis{Title: "val/auc"}, []float64{0, 40}, 60, "0 10 20 30 40 val/auc"},
		"no room for the title":            {Axis{Title: "a title of a metric that is long"}, []float64{0, 40}, 60, "0 10 20 30 40"},
		"moments at even distances":        {Axis{Title: "UTC", Unit: Moment}, []float64{at, at + 480_000}, 42, "03-01 00:00 03-01 00:05 UTC"},
	} {
		y := make([]float64, len(c.x))
		l := &Line{X: c.axis, Series: []Series{NewSeries("a", "a", c.x, y)}}
		f := Frame{W: c.w, H: 10, DotsX: 2, DotsY: 4}
		s := l.Scene(f)
		words, from, to := alongX(s)
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%s: got %q, want %q", what, got, c.want)
		}
		for i := range words {
			for k := range words {
				if i != k && from[i] < to[k] && from[k] < to[i] {
					t.Errorf("%s: %s covers %s", what, words[i], words[k])
				}
			}
		}
	}
}

func TestTicksOfTimeAreEven(t *testing.T) {
	at := 1772323200000.0
	for minutes := 1.0; minutes < 5000; minutes *= 1.3 {
		for w := 20; w < 140; w += 7 {
			l := &Line{X: Axis{Unit: Moment}, Series: []Series{NewSeries("a", "a", []float64{at, at + minutes*60_000}, []float64{0, 1})}}
			s := l.Scene(Frame{W: w, H: 10, DotsX: 2, DotsY: 4})
			words, from, _ := alongX(s)
			for i := 2; i < len(words)-1; i++ { // those at the ends are kept inside
				if a, b := from[i]-from[i-1], from[i+1]-from[i]; i+2 < len(words) && max(a, b)-min(a, b) > 1 {
					t.Errorf("%.0f minutes in %d cells: %q at %v", minutes, w, words, from)
				}
			}
		}
	}
}

func TestLogarithmicAxesHaveTwoLabels(t *testing.T) {
	for _, r := range []Range{{0.5, 0.85}, {0.7, 0.72}, {0.11, 0.19}, {1, 9}, {3, 4}, {2e-5, 3e-5}, {900, 1100}, {0.04, 25}, {1e-9, 1e9}, {101, 102}} {
		for most := 2; most < 9; most++ {
			ticks := Ticks(r, most, true, Number)
			if len(ticks) < 2 || len(ticks) > 3*most {
				t.Errorf("%v, at most %d: %d ticks", r, most, len(ticks))
			}
			for i, k := range ticks {
				if k.Value < r.From || k.Value > r.To || i > 0 && k.Label == ticks[i-1].Label {
					t.Errorf("%v: a tick %q at %v", r, k.Label, k.Value)
				}
			}
		}
	}
}

// TestTicksOfAFileStandWhereTheirValuesAre compares marks and labels with the
// scales of the chart.
func TestTicksOfAFileStandWhereTheirValuesAre(t *testing.T) {
	l := &Line{X: Axis{Title: "x"}, Series: []Series{NewSeries("a", "a", []float64{0.03, 7.7}, []float64{0.11, 4.3})}}
	f := Frame{W: 80, H: 24, DotsX: 9, DotsY: 18}
	area, xs, ys := l.Scales(f)
	s := l.Scene(f)
	n := 0
	for _, item := range s.Items {
		rules, _ := item.(scene.Rules)
		for _, r := range rules {
			switch r.Sign {
			case '┤':
				n++
				if v := ys.Value(r.From.Y + 0.5); math.Abs(2*v-math.Round(2*v)) > 1e-6 {
					t.Errorf("a mark of y at %v", v)
				}
			case '┬':
				n++
				if v := xs.Value(r.From.X + 0.5); math.Abs(2*v-math.Round(2*v)) > 1e-6 {
					t.Errorf("a mark of x at %v", v)
				}
			}
		}
	}
	for _, text := range textsOf(s) {
		v, err := strconv.ParseFloat(text.Text, 64)
		if err != nil {
			continue
		}
		n++
		at, want := float64(text.Y)+text.Shift.Y+0.5, ys.At(v)
		if text.Y > int(area.Y1) {
			half := float64(len(text.Text)) / 2
			at, want = float64(text.X)+text.Shift.X+half, min(xs.At(v), area.X1-half)
		}
		if math.Abs(at-want) > 1e-9 {
			t.Errorf("%s stands at %v, its value is at %v", text.Text, at, want)
		}
	}
	if n < 16 {
		t.Errorf("%d marks and labels", n)
	}
}
