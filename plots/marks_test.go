package plots

import (
	"math"
	"slices"
	"strings"
	"testing"

	"benchside/plots/scene"
)

var (
	terminal = Frame{W: 80, H: 24, DotsX: 2, DotsY: 4}
	picture  = Frame{W: 80, H: 24, DotsX: 9, DotsY: 18}
)

// headOf are the words of the first row behind the title.
func headOf(s *scene.Scene) string {
	for _, t := range textsOf(s) {
		if t.Y == 0 && t.Anchor == scene.End {
			return t.Text
		}
	}
	return ""
}

func rects(s *scene.Scene) (out []scene.Box) {
	for _, item := range s.Items {
		if r, ok := item.(scene.Rect); ok {
			out = append(out, r.Box)
		}
	}
	return out
}

func TestWhatHasNoPlaceIsCounted(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	logX, logY, log := terminal, terminal, terminal
	logX.View.LogX, logY.View.LogY, log.View.LogX, log.View.LogY = true, true, true, true
	steps := &Line{Series: []Series{NewSeries("a", "a", []float64{-1, 0, 1, 2}, []float64{1, 1, 0, 1}), NewSeries("b", "b", []float64{0, 5}, []float64{1, 1})}}
	paths := []Path{{Values: []float64{nan, nan, nan}}, {Values: []float64{1, inf, nan}}, {Values: []float64{1, 2, 3}}, {Values: []float64{1}}}
	spots := []Spot{{X: 1, Y: 1}, {X: nan, Y: 1, Text: true}, {X: nan, Y: 2}, {X: 0, Y: 3}}
	values := []float64{1, 10, 0, -1, nan, inf}
	bars := &Bars{Bars: []Bar{{Value: 1}, {Value: 0}, {Value: nan}, {Value: nan, Text: true}}}
	samples := []Sampled{{Name: "a", Values: []float64{1, 2, 0}}, {Name: "none"}, {Name: "b", Values: []float64{nan}, Texts: 2}}
	for what, c := range map[string]struct {
		chart Chart
		frame Frame
		want  string
	}{
		"points of a line on a log x":   {steps, logX, "1 negative x, 3 of 6 ≤ 0 hidden"},
		"points of a line on both":      {steps, log, "1 negative x, 4 of 6 ≤ 0 hidden"},
		"runs of parallel coordinates":  {&Parallel{Dimensions: make([]Dimension, 3), Paths: paths}, terminal, "4 runs, 3 with NaN or missing, 1 with Inf"},
		"cells of a heatmap":            {&Heatmap{Cols: []string{"a", "b"}, Rows: []string{"a"}, Values: []float64{1, nan}}, terminal, "from 0.9 to 1.1, 1 of 2 cells empty"},
		"texts beside what is missing":  {&Scatter{Spots: spots}, terminal, "1 NaN or missing, 1 is text"},
		"spots on a log x":              {&Scatter{Spots: spots}, logX, "1 NaN or missing, 1 ≤ 0 hidden, 1 is text"},
		"values of a histogram":         {&Histogram{Values: values, Texts: 3}, logX, "n 2, 1 NaN or missing, 1 Inf, 2 ≤ 0 hidden, 3 are text"},
		"values of bars":                {bars, terminal, "1 NaN or missing, 1 is text"},
		"values of bars on a log axis":  {bars, logY, "logarithmic, bars from 0.1, 1 NaN or missing, 1 ≤ 0 hidden, 1 is text"},
		"groups without values":         {&Boxes{Samples: samples}, terminal, "1 NaN or missing, 2 are text, 2 groups without values"},
		"values of boxes on a log axis": {&Boxes{Samples: samples[:2]}, logX, "1 ≤ 0 hidden, 1 group without values"},
		"heights":                       {&Contour{Heights: []Height{{Z: 1}, {Z: 2, Text: true}, {Z: nan}}}, terminal, "1 run at 1 of the 3 places that it takes to interpolate, 1 NaN or missing, 1 i…"},
	} {
		if got := headOf(c.chart.Scene(c.frame)); got != c.want {
			t.Errorf("%s: got %q, want %q", what, got, c.want)
		}
	}
}

func TestHistogramsHaveLogarithmicBins(t *testing.T) {
	f := terminal
	f.View.LogX = true
	c := &Histogram{}
	for i := range 100 {
		c.Values = append(c.Values, math.Pow(10, float64(i)/25))
	}
	bins, xs, _, _ := c.lay(newSheet(f))
	if len(bins) < 3 {
		t.Fatalf("%d bins", len(bins))
	}
	for i, b := range bins {
		if got, want := xs.At(b.To)-xs.At(b.From), xs.At(bins[0].To)-xs.At(bins[0].From); math.Abs(got-want) > 1e-6 {
			t.Errorf("bin %d is %.3f cells wide, the first %.3f", i, got, want)
		}
		if b.Count < 10 {
			t.Errorf("bin %d from %v to %v has %d of even values", i, b.From, b.To, b.Count)
		}
	}
	f = picture
	f.View.LogY = true
	c = &Histogram{Values: []float64{1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}}
	boxes := rects(c.Scene(f))
	low, high := boxes[0].Y1-boxes[0].Y0, boxes[len(boxes)-1].Y1-boxes[len(boxes)-1].Y0
	// From 0.5: a count of 1 is a factor of 2, one of 10 of 20.
	if want := math.Log(2) / math.Log(20); math.Abs(low/high-want) > 0.01 {
		t.Errorf("counts of 1 and 10 are as high as %.3f to 1, want %.3f", low/high, want)
	}
}

func TestBarsBeginAtTheLowEndOfALogarithmicAxis(t *testing.T) {
	f := picture
	f.View.LogX = true
	s := (&Bars{Bars: []Bar{{Value: 1}, {Value: 10}, {Value: 100}}}).Scene(f)
	boxes := rects(s)
	for i, b := range boxes {
		if b.X0 != s.Area.X0 || b.X1 <= b.X0 {
			t.Errorf("bar %d reaches from %v to %v", i, b.X0, b.X1)
		}
	}
	if a, b := boxes[1].X1-boxes[0].X1, boxes[2].X1-boxes[1].X1; math.Abs(a-b) > 1e-9 {
		t.Errorf("decades are %v and %v wide", a, b)
	}
}

// TestBarsStandOnTheirScale: what is drawn of a count ends where the axis has it.
func TestBarsStandOnTheirScale(t *testing.T) {
	c := &Histogram{Values: []float64{1, 2, 2, 2}}
	_, _, ys, _ := c.lay(newSheet(picture))
	s := c.Scene(picture)
	for _, b := range rects(s) {
		if n := ys.Value(b.Y0); math.Abs(n-math.Round(n)) > 1e-9 || n < 0.5 {
			t.Errorf("a bar ends at %v", n)
		}
		if px := (b.Y1 - ys.At(0)) * 18; math.Abs(px) > 1 {
			t.Errorf("a bar begins %v pixels below 0", px)
		}
	}
}

func TestBarsLeaveAirAndStandBesideTheirNames(t *testing.T) {
	for n := 1; n < 11; n++ { // of more, in cells, each has a row without air
		c := &Bars{}
		for range n {
			c.Bars = append(c.Bars, Bar{Name: "name", Value: 1})
		}
		for _, f := range []Frame{terminal, picture} {
			s := c.Scene(f)
			boxes := rects(s)
			var names []float64
			for _, text := range textsOf(s) {
				if text.Text == "name" {
					names = append(names, float64(text.Y)+text.Shift.Y+0.5)
				}
			}
			for i, b := range boxes {
				if middle := (b.Y0 + b.Y1) / 2; math.Abs(middle-names[i]) > 1e-9 {
					t.Errorf("%d bars: the middle of a bar is at %v, its name at %v", n, middle, names[i])
				}
				if i > 0 && b.Y0-boxes[i-1].Y1 < 0.2 {
					t.Errorf("%d bars in a frame of %d dots: %v between two", n, f.DotsY, b.Y0-boxes[i-1].Y1)
				}
			}
		}
	}
}

func TestViolins(t *testing.T) {
	c := &Boxes{Violin: true}
	for i := range 5 {
		c.Samples = append(c.Samples, Sampled{Name: "s", Values: []float64{1, 2, 2, 3, float64(4 + i)}})
	}
	low := terminal
	low.H = 14
	for what, k := range map[string]struct {
		frame  Frame
		bodies int
		note   string
	}{
		"with room":  {terminal, 5, "densities from least to greatest"},
		"too low":    {low, 0, "too low for violins: boxes"},
		"in a file":  {picture, 5, "densities from least to greatest"},
		"low, there": {Frame{W: 80, H: 14, DotsX: 9, DotsY: 18}, 5, "densities from least to greatest"},
	} {
		s := c.Scene(k.frame)
		if got := headOf(s); got != k.note {
			t.Errorf("%s: %q", what, got)
		}
		var bands []scene.Band
		var rows []float64
		for _, item := range s.Items {
			if b, ok := item.(scene.Band); ok {
				bands = append(bands, b)
			}
			if r, ok := item.(scene.Rule); ok && r.Sign == '┃' {
				rows = append(rows, r.From.Y+0.5)
			}
		}
		if len(bands) != k.bodies || k.bodies == 0 && len(rects(s)) != len(c.Samples) {
			t.Errorf("%s: %d bodies", what, len(bands))
		}
		for i, b := range bands {
			if middle := (b.Low[50] + b.High[50]) / 2; math.Abs(middle-rows[i]) > 1e-9 {
				t.Errorf("%s: the body is around %v, the median at %v", what, middle, rows[i])
			}
			if b.X[0] < s.Area.X0 || b.X[len(b.X)-1] > s.Area.X1 || slices.Min(b.High) < s.Area.Y0 {
				t.Errorf("%s: the body is cut at the edge", what)
			}
		}
	}
}

func TestWhiskersOfAFileEndAtTheirValues(t *testing.T) {
	c := &Boxes{Samples: []Sampled{{Name: "s", Values: []float64{1, 2, 3, 4, 5}}}}
	xs := c.lay(newSheet(picture)).xs
	points := linesOf(c.Scene(picture))[0].Points
	if points[0].X != xs.At(1) || points[1].X != xs.At(5) {
		t.Errorf("from %v to %v, want %v to %v", points[0].X, points[1].X, xs.At(1), xs.At(5))
	}
}

func TestEndsOfAxesAreNotUnderPaths(t *testing.T) {
	c := &Parallel{Dimensions: []Dimension{{Name: "opt", Words: []string{"adam", "lbfgs", "sgd"}}, {Name: "auc"}}}
	for i := range 3 {
		c.Paths = append(c.Paths, Path{Values: []float64{float64(i), float64(i)}})
	}
	for _, f := range []Frame{terminal, picture, {W: 40, H: 9, DotsX: 2, DotsY: 4}} {
		s := c.Scene(f)
		words := wordsIn(s)
		for _, want := range []string{"adam", " lbfgs ", "sgd", "0", "2", "opt", "auc"} {
			if !slices.Contains(words, want) {
				t.Errorf("%d rows: %q is not in %q", f.H, want, words)
			}
		}
		for _, text := range textsOf(s) {
			if inside := text.Y >= int(s.Area.Y0) && text.Y < int(s.Area.Y1); inside != (text.Text == " lbfgs ") || inside && !text.Over {
				t.Errorf("%d rows: %q is among the paths: %t", f.H, text.Text, inside)
			}
		}
	}
}

func TestFewPlacesAreNotInterpolated(t *testing.T) {
	for n, want := range map[int]int{1: 0, 2: 0, 3: 1, 4: 1} {
		c := &Contour{}
		for i := range 8 {
			c.Heights = append(c.Heights, Height{X: float64(i % n), Y: float64(i % n * i % n), Z: float64(i)})
		}
		s := c.Scene(terminal)
		if got := len(heats(s)); got != want {
			t.Errorf("%d places: %d heats", n, got)
		}
		if said := strings.Contains(headOf(s), "interpolated between"); said != (want == 1) {
			t.Errorf("%d places: %q", n, headOf(s))
		}
	}
}

func TestBarsBelowZeroHaveAZero(t *testing.T) {
	for _, values := range [][]float64{{-3, 4}, {-0.02, 1}, {-1, -2, -3}, {-1e5, 2}, {5}} {
		c := &Bars{}
		for _, v := range values {
			c.Bars = append(c.Bars, Bar{Name: "run", Value: v})
		}
		for w := 24; w < 120; w += 7 {
			words, _, _ := alongX(c.Scene(Frame{W: w, H: 12, DotsX: 2, DotsY: 4}))
			if !slices.ContainsFunc(words, func(s string) bool { return strings.Trim(s, "0.") == "" }) {
				t.Errorf("%v in %d cells: %q", values, w, words)
			}
		}
	}
}
