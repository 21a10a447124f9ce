package plots

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestSparkPictures(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		values []float64
		width  int
		want   string
	}{
		"gap":                {[]float64{0, nan, 1}, 3, "▁ █"},
		"rising":             {[]float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"},
		"constant":           {[]float64{5, 5, 5}, 3, "▄▄▄"},
		"one point":          {[]float64{1}, 9, "▄"},
		"infinities":         {[]float64{0, inf, 1, -inf}, 4, "▁^█v"},
		"a peak is not lost": {[]float64{0, 0, 9, 0, 0, 0}, 3, "▁█▁"},
		"huge numbers":       {[]float64{-1e308, 1e308}, 2, "▁█"},
		"only NaN":           {[]float64{nan, nan}, 2, "  "},
		"nothing":            {nil, 5, ""},
		"no room":            {[]float64{1}, 0, ""},
	} {
		if got := Spark(c.values, c.width, false); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got, want := Spark([]float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, true), "_.-~=+*#"; got != want {
		t.Errorf("ASCII: got %q, want %q", got, want)
	}
}

func TestReduceKeepsWhatCanBeSeen(t *testing.T) {
	values := make([]float64, 10_000)
	for i := range values {
		values[i] = math.Sin(float64(i) / 50)
	}
	values[1234], values[4321] = 9, -9
	values[7777], values[7778], values[7779] = math.NaN(), math.Inf(1), math.Inf(-1)
	for _, n := range []int{8, 50, 100, 777} {
		got := Reduce(values, n)
		if len(got) > n || !slices.IsSorted(got) {
			t.Fatalf("%d: got %d places, sorted %v; want at most %d that rise", n, len(got), slices.IsSorted(got), n)
		}
		if n >= 50 && len(got) < n/4 {
			t.Errorf("%d: got %d places, want no fewer than a quarter", n, len(got))
		}
		for _, place := range []int{0, 1234, 4321, 7777, 7778, 7779, 9999} {
			if !slices.Contains(got, place) {
				t.Errorf("%d: place %d is lost, got %v", n, place, got)
			}
		}
	}
}

func TestReduceOfFew(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		values []float64
		n      int
		want   []int
	}{
		"no more than asked for":          {[]float64{1, 2, 3}, 3, []int{0, 1, 2}},
		"room for four":                   {[]float64{3, 9, 5, -2, 4, 3}, 4, []int{0, 1, 3, 5}},
		"room for the ends":               {[]float64{3, 9, 5, -2, 4, 3}, 2, []int{0, 5}},
		"room for one":                    {[]float64{3, 9, 5}, 1, []int{0}},
		"no room":                         {[]float64{3, 9, 5}, 0, nil},
		"nothing":                         {nil, 5, nil},
		"only NaN":                        {[]float64{nan, nan, nan, nan}, 3, []int{0, 3}},
		"the earliest of equal extrema":   {[]float64{5, 1, 9, 1, 9, 5, 5, 5, 5}, 4, []int{0, 1, 2, 8}},
		"extrema that are the ends, once": {[]float64{1, 2, 3, 4, 5, 6, 7, 8}, 2, []int{0, 7}},
	} {
		if got := Reduce(c.values, c.n); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// TestReduceIsExactInEachStretch compares with the definition: of each stretch
// of the length that was reached, first, last, least and greatest.
func TestReduceIsExactInEachStretch(t *testing.T) {
	values := make([]float64, 5000)
	for i := range values {
		values[i] = math.Sin(float64(i*i) / 3e5)
	}
	r := NewReducer[int](400)
	for i, v := range values {
		r.Add(i, v)
	}
	got := r.Points()
	for size := 1; size <= 4096; size *= 2 {
		var want []int
		for from := 0; from < len(values); from += size {
			part := values[from:min(from+size, len(values))]
			low, high := 0, 0
			for i, v := range part {
				if v < part[low] {
					low = i
				}
				if v > part[high] {
					high = i
				}
			}
			marks := []int{from, from + low, from + high, from + len(part) - 1}
			slices.Sort(marks)
			want = append(want, slices.Compact(marks)...)
		}
		if len(want) > 400 {
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("stretches of %d: got %d places %v, want %d %v", size, len(got), got, len(want), want)
		}
		return
	}
}

// TestBlocksChangeNoPoint compares what is drawn of a long series with what is
// drawn of the same one without its blocks.
func TestBlocksChangeNoPoint(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for round := range 40 {
		x, y := make([]float64, 5000), make([]float64, 5000)
		for i := range x {
			x[i] = float64(i/(1+round%3)) + float64(round%2)*r.Float64()/2
			y[i] = math.Sin(float64(i)/100) + r.NormFloat64()
			switch r.IntN(900) {
			case 0:
				y[i] = math.NaN()
			case 1:
				y[i] = math.Inf(1 - 2*r.IntN(2))
			}
		}
		s := NewSeries("a", "a", x, y)
		plain := s
		plain.blocks = summaries{}
		for _, f := range []Frame{
			{W: 80, H: 20, DotsX: 2, DotsY: 4},
			{W: 7, H: 3, DotsX: 1, DotsY: 1, View: View{LogY: true}},
			{W: 30, H: 9, DotsX: 2, DotsY: 4, View: View{X: Range{100, 2000}, LogX: true}},
			{W: 30, H: 9, DotsX: 2, DotsY: 4, View: View{X: Range{4000, 4800}, NoOutliers: true}},
		} {
			with := (&Line{Series: []Series{s}, Best: Greatest}).Scene(f)
			without := (&Line{Series: []Series{plain}, Best: Greatest}).Scene(f)
			if !reflect.DeepEqual(with, without) && fmt.Sprint(with) != fmt.Sprint(without) {
				t.Fatalf("round %d, %+v: the scenes differ", round, f)
			}
		}
	}
}

func TestAddedPointsAreAsIfTheyHadBeenThere(t *testing.T) {
	nan := math.NaN()
	var s Series
	var x, y []float64
	for i := range 300 {
		v := float64(i * i % 17)
		if i == 70 {
			v = nan
		}
		x, y = append(x, float64(i/2)), append(y, v)
		if !s.Extend(x, y) {
			t.Fatalf("point %d was refused", i)
		}
	}
	want := NewSeries("", "", x, y)
	if fmt.Sprint(s) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", s, want)
	}
	if s.Extend(append(x, 3), append(y, 1)) || len(s.X) != 300 {
		t.Error("a point before the last one was taken")
	}
}

// TestLiveAxesKeepStill appends points to a live line: its axes move a few times
// and not with each point, and always hold all points.
func TestLiveAxesKeepStill(t *testing.T) {
	f := Frame{W: 100, H: 30, DotsX: 2, DotsY: 4}
	var x, y []float64
	moves := 0
	var last [2]Range
	for i := range 1000 {
		x, y = append(x, float64(i)), append(y, 5+float64(i)/997)
		l := &Line{Series: []Series{NewSeries("a", "a", x, y)}, Live: true}
		_, xs, ys := l.Scales(f)
		if now := [2]Range{xs.Range, ys.Range}; now != last {
			last = now
			moves++
		}
		if i > 0 && (xs.Range.From != 0 || xs.Range.To < x[i] || ys.Range.From > 5 || ys.Range.To < y[i]) {
			t.Fatalf("%d points: the axes are %v and %v", i+1, xs.Range, ys.Range)
		}
		if span := xs.Range.To - xs.Range.From; i > 20 && span > 1.5*x[i] {
			t.Fatalf("%d points take %g of an axis of %g", i+1, x[i], span)
		}
	}
	if moves > 120 {
		t.Errorf("1000 points moved the axes %d times", moves)
	}
}

func TestGroupsOfManyPointsAreChosenEvenly(t *testing.T) {
	n := 3 * JoinedPlaces
	x, low, high := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], low[i], high[i] = float64(i), float64(i), float64(i)+2
	}
	shared := []Series{NewSeries("a", "a", x, low), NewSeries("b", "b", x, high)}
	g := Join("g", "g", shared, Extremes)
	if got := len(g.Mean.X); got != JoinedPlaces+1 {
		t.Errorf("%d places, want %d and the last", got, JoinedPlaces)
	}
	if last := g.Mean.X[len(g.Mean.X)-1]; last != float64(n-1) {
		t.Errorf("it ends at %g, want %d", last, n-1)
	}
	for i, at := range g.Mean.X {
		if g.Mean.Y[i] != at+1 || g.Low[i] != at || g.High[i] != at+2 {
			t.Fatalf("at %g: %g between %g and %g", at, g.Mean.Y[i], g.Low[i], g.High[i])
		}
	}
}

// TestLinesOfTheFrameBefore draws frames with the lines of those before, and again
// without.
func TestLinesOfTheFrameBefore(t *testing.T) {
	x, y := make([]float64, 3000), make([]float64, 3000)
	for i := range x {
		x[i], y[i] = float64(i), math.Sin(float64(i)/100)
	}
	l := &Line{Series: []Series{NewSeries("a", "a", x[:2000], y[:2000])}}
	f := Frame{W: 60, H: 20, DotsX: 2, DotsY: 4, Traces: &Traces{}}
	at := 700.0
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"the first", func() {}},
		{"a crosshair", func() { f.Cross = &at }},
		{"another window", func() { f.View.X = Range{100, 300} }},
		{"a logarithm", func() { f.View.LogY = true }},
		{"another width", func() { f.W = 40 }},
		{"more points", func() {
			if !l.Series[0].Extend(x, y) {
				t.Fatal("the series does not go on")
			}
		}},
		{"all of them", func() { f.View = View{} }},
	} {
		step.do()
		f.Traces.Next()
		alone := f
		alone.Traces = nil
		if got, want := l.Scene(f), l.Scene(alone); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the frame differs from one that is drawn anew", step.what)
		}
	}
	f.Traces.Next()
	l.Scene(f)
	n := testing.AllocsPerRun(10, func() {
		f.Traces.Next()
		l.Series[0].Y[0]++
		f.trace(l.Series[0], Scale{Range: Range{0, 1}, B: 1}, Scale{Range: Range{0, l.Series[0].Y[0]}, B: 1})
	})
	const most = 2 // what says that the line is held, and where
	if n > most {
		t.Errorf("a line that takes the place of another one makes %.0f allocations, want at most %d", n, most)
	}
}
