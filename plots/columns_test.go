package plots

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestColumnsKeepSpikesAndGaps(t *testing.T) {
	level := func(n int) (x, y []float64) {
		for i := range n {
			x, y = append(x, float64(i)), append(y, 1)
		}
		return x, y
	}
	for what, c := range map[string]struct {
		change func(x, y []float64) ([]float64, []float64)
		log    bool
		want   string // of 10 columns: low, middle, high or a gap
	}{
		"level":                   {func(x, y []float64) ([]float64, []float64) { return x, y }, false, "----------"},
		"one sample stands out":   {func(x, y []float64) ([]float64, []float64) { y[550] = 9; return x, y }, false, "_____^____"},
		"a NaN that fills a part": {func(x, y []float64) ([]float64, []float64) { gap(y[500:700]); return x, y }, false, "-----  ---"},
		"few points are joined":   {func([]float64, []float64) ([]float64, []float64) { return []float64{0, 999}, []float64{0, 1} }, false, "____--^^^^"},
		"a power of ten":          {func(x, y []float64) ([]float64, []float64) { y[50] = 1e-6; return x, y }, true, "_^^^^^^^^^"},
		"below 0 has no place":    {func(x, y []float64) ([]float64, []float64) { y[50] = -1; return x, y }, true, "----------"},
	} {
		x, y := c.change(level(1000))
		l := Line{Title: "m", Series: []Series{NewSeries("a", "a", x, y)}}
		got := ""
		for _, v := range l.Columns(Frame{View: View{LogY: c.log}}, 10, 5).Values[0] {
			switch {
			case math.IsNaN(v):
				got += " "
			case v < 0.35:
				got += "_"
			case v > 0.65:
				got += "^"
			default:
				got += "-"
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", what, got, c.want)
		}
	}
}

func gap(y []float64) {
	for i := range y {
		y[i] = math.NaN()
	}
}

func TestColumnsEndWhereTheDataDo(t *testing.T) {
	for want, x := range map[string][2]float64{
		"3 27 50 74 97":      {3, 97},
		"0 250 500 750 1000": {0, 1000},
		"0 250 510 760 1010": {0, 1010},
		"0 3 6 9":            {0, 9},
		"0.9 1.0 1.1":        {1, 1},
	} {
		l := Line{Series: []Series{NewSeries("a", "a", x[:], []float64{0, 1})}}
		if got := strings.Join(l.Columns(Frame{}, 60, 9).X, " "); got != want {
			t.Errorf("%v: got %s, want %s", x, got, want)
		}
	}
	l := Line{Series: []Series{NewSeries("a", "a", []float64{3, 97}, []float64{-1, 1})}}
	c := l.Columns(Frame{}, 60, 9)
	if got := fmt.Sprintf("%q", c.Y); got != `["-1" "" "" "" "0" "" "" "" "1"]` {
		t.Errorf("y: %s", got)
	}
}

func FuzzColumns(f *testing.F) {
	f.Add(0.0, 1.0, 2.0, 3.0, 10, 5, false)
	f.Add(math.NaN(), math.Inf(1), -1e308, 1e308, 0, 0, true)
	f.Fuzz(func(t *testing.T, x0, x1, y0, y1 float64, n, rows int, log bool) {
		n, rows = 1+(n%200+200)%200, 1+(rows%60+60)%60
		if math.IsNaN(x0) || math.IsNaN(x1) {
			return
		}
		l := Line{Series: []Series{NewSeries("a", "a", []float64{x0, x1}, []float64{y0, y1})}}
		c := l.Columns(Frame{View: View{LogX: log, LogY: log}}, n, rows)
		if len(c.Values[0]) != n || len(c.Y) != rows {
			t.Fatalf("%d columns and %d rows, want %d and %d", len(c.Values[0]), len(c.Y), n, rows)
		}
		for _, v := range c.Values[0] {
			if math.IsInf(v, 0) {
				t.Fatalf("an infinite place")
			}
		}
	})
}
