package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"benchside/plots/scene"
)

// Histogram is the chart of how often numbers occur.
type Histogram struct {
	Title  string
	X      Axis
	Values []float64
	Texts  int // values that are not here: params that are no numbers
	Note   string
}

// Bin is one bar of a histogram: From is in it, To is not but in the last.
type Bin struct {
	From, To float64
	Count    int
}

// Bins counts finite values in at most so many bins of one width, chosen by
// Freedman & Diaconis, Zeitschrift für Wahrscheinlichkeitstheorie 57 (1981).
func Bins(values []float64, most int) []Bin {
	var all []float64
	for _, v := range values {
		if finite(v) {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	low, high := all[0], all[len(all)-1]
	if low == high {
		r := Range{low, high}.orUnit(false)
		return []Bin{{From: r.From, To: r.To, Count: len(all)}}
	}
	// Halved, so that the widest range does not overflow.
	span := high/2 - low/2
	n := 1
	if iqr := Quantile(all, 0.75)/2 - Quantile(all, 0.25)/2; iqr > 0 {
		n = int(min(math.Ceil(span/(2*iqr/math.Cbrt(float64(len(all))))), float64(most)))
	} else {
		n = int(math.Ceil(math.Log2(float64(len(all)))) + 1)
	}
	n = max(1, min(n, most))
	bins := make([]Bin, n)
	for i := range bins {
		a, b := float64(i)/float64(n), float64(i+1)/float64(n)
		bins[i].From, bins[i].To = low*(1-a)+high*a, low*(1-b)+high*b
	}
	for _, v := range all {
		at := int((v/2 - low/2) / span * float64(n))
		bins[min(max(at, 0), n-1)].Count++
	}
	return bins
}

// Quantile returns the q quantile of sorted finite values by linear
// interpolation (Hyndman & Fan's type 7, numpy's default); NaN of nothing.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	part := at - float64(i)
	return sorted[i]*(1-part) + sorted[i+1]*part
}

// lay finds the bins, which have one width on the axis: on a logarithmic one, each is
// so many times as wide as the one before it.
func (c *Histogram) lay(s *sheet) (bins []Bin, xs, ys Scale, o odd) {
	x, y := c.X, Axis{Log: s.f.View.LogY, Whole: true}
	x.Log = s.f.View.LogX
	o.texts = c.Texts
	var values []float64
	for _, v := range c.Values {
		switch {
		case !o.place(v, x.Log):
		case x.Log:
			values = append(values, math.Log10(v))
		default:
			values = append(values, v)
		}
	}
	bins = Bins(values, max(s.f.W/2, 1))
	r, most := none, 1
	for i, b := range bins {
		if x.Log {
			bins[i].From, bins[i].To = math.Pow(10, b.From), math.Pow(10, b.To)
		}
		r.add(bins[i].From, x.Log)
		r.add(bins[i].To, x.Log)
		most = max(most, b.Count)
	}
	x.Range, y.Range = r.orUnit(x.Log), Range{0, float64(most)}
	if y.Log {
		y.Range.From = 0.5 // so that a count of 1 has a bar
	}
	xs, ys = s.axes(x, y)
	return bins, xs, ys, o
}

// Scene implements Chart.
func (c *Histogram) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	bins, xs, ys, o := c.lay(s)
	n := 0
	for i, b := range bins {
		n += b.Count
		if b.Count == 0 {
			continue
		}
		x0, x1 := xs.At(b.From), xs.At(b.To)
		if x1-x0 > 3 {
			x1-- // air between broad bars
		}
		s.add(scene.Rect{Box: scene.Box{X0: x0, Y0: ys.At(float64(b.Count)), X1: x1, Y1: s.scene.Area.Y1}, Ink: f.Look.Series(0), Level: 1, ID: i})
	}
	s.head(cmp.Or(c.Title, c.X.Title), c.Note, fmt.Sprintf("n %d", n), o.said())
	return s.scene
}

// Hit implements Chart.
func (c *Histogram) Hit(f Frame, at scene.Point) (Datum, bool) {
	bins, xs, _, _ := c.lay(newSheet(f))
	for i, b := range bins {
		if at.X >= xs.At(b.From) && at.X < xs.At(b.To) {
			return Datum{Series: i, X: b.From, Y: float64(b.Count), Text: fmt.Sprintf("%s to %s  %d", short(b.From), short(b.To), b.Count)}, true
		}
	}
	return Datum{}, false
}

// Table implements Chart.
func (c *Histogram) Table() Table {
	t := Table{Columns: []string{"from", "to", "count"}}
	const most = 100
	for _, b := range Bins(c.Values, most) {
		t.Rows = append(t.Rows, []any{b.From, b.To, int64(b.Count)})
	}
	return t
}
