package plots

import (
	"fmt"
	"math"
	"slices"

	"benchside/plots/scene"
)

// Sampled is a named sample.
type Sampled struct {
	Name   string
	Values []float64
	Texts  int // values that are not here: params that are no numbers
	Slot   int
}

// Boxes shows how samples are spread, a row or several each.
type Boxes struct {
	Title   string
	X       Axis
	Samples []Sampled
	// Violin draws the density of a sample where there is room for it.
	Violin bool
	Note   string
}

// Five sums up a sample as J. W. Tukey did, Exploratory Data Analysis (1977):
// Low and High are the furthest values within 1.5 interquartile ranges of the
// box; what is beyond is in Outliers.
type Five struct {
	N                         int
	Low, Q1, Median, Q3, High float64
	Outliers                  []float64
}

// FiveOf sums up the finite values; all are NaN if there is none.
func FiveOf(values []float64) Five {
	var all []float64
	for _, v := range values {
		if finite(v) {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	f := Five{N: len(all), Q1: Quantile(all, 0.25), Median: Quantile(all, 0.5), Q3: Quantile(all, 0.75), Low: math.NaN(), High: math.NaN()}
	reach := 1.5 * (f.Q3 - f.Q1)
	for _, v := range all {
		if v < f.Q1-reach || v > f.Q3+reach {
			f.Outliers = append(f.Outliers, v)
			continue
		}
		if math.IsNaN(f.Low) {
			f.Low = v
		}
		f.High = v
	}
	return f
}

// boxed is a chart of boxes laid out for a frame.
type boxed struct {
	*Boxes
	*sheet
	xs     Scale
	each   float64
	shown  int
	of     []int // places of the samples that have values
	bodies bool  // there is room for violins
	odd    odd
}

func (c *Boxes) lay(s *sheet) boxed {
	b := boxed{Boxes: c, sheet: s}
	x := c.X
	// There is one axis of numbers, whichever is asked to be logarithmic.
	x.Log = s.f.View.LogX || s.f.View.LogY
	r := none
	var names []string
	for i, p := range c.Samples {
		n := 0
		b.odd.texts += p.Texts
		for _, v := range p.Values {
			if b.odd.place(v, x.Log) {
				r.add(v, x.Log)
				n++
			}
		}
		if n > 0 {
			b.of = append(b.of, i)
			names = append(names, fmt.Sprintf("%s (%d)", p.Name, n))
		}
	}
	x.Range = r.orUnit(x.Log).aired(x.Log)
	b.xs, b.each, b.shown = s.rows(names, &x, 0)
	roomy := 3.0 // rows, of which a body has an odd number
	if s.f.file() {
		roomy = 1.5
	}
	b.bodies = c.Violin && b.each >= roomy
	return b
}

// Scene implements Chart.
func (c *Boxes) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	b := c.lay(s)
	for k, i := range b.of[:b.shown] {
		b.box(i, s.middle(k, b.each))
	}
	kind := ""
	switch {
	case b.bodies:
		kind = "densities from least to greatest"
	case c.Violin && b.shown > 0:
		kind = "too low for violins: boxes"
	}
	s.head(c.Title, c.Note, kind, b.odd.said(), without(len(c.Samples)-len(b.of)), left(len(b.of)-b.shown, "sample"))
	return s.scene
}

// without counts groups that have nothing to draw.
func without(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 group without values"
	}
	return fmt.Sprintf("%d groups without values", n)
}

// box draws the five numbers of a sample around the middle of its rows, and its
// density if there is room.
func (b boxed) box(i int, middle float64) {
	p := b.Samples[i]
	values := placed(p.Values, b.xs.Log)
	five := FiveOf(values)
	ink := b.f.Look.Series(p.Slot)
	line, bar := '─', '┃'
	if b.f.Look.ASCII {
		line, bar = '-', '#'
	}
	body, bodied := scene.Band{}, false
	if b.bodies {
		const part = 0.95 // of half of the rows
		body, bodied = violin(values, b.xs, middle, part*min(b.each/2, math.Floor(b.each/2)+0.5))
		if body.Ink, body.ID = ink, i; bodied {
			b.add(body)
		}
	}
	b.rule(five.Low, five.High, middle, line, ink)
	if x0, x1 := b.xs.At(five.Q1), b.xs.At(five.Q3); !math.IsNaN(x0+x1) && !bodied {
		b.add(scene.Rect{Box: scene.Box{X0: x0, Y0: middle - 0.5, X1: max(x1, x0+0.5), Y1: middle + 0.5}, Ink: ink, Level: 0.5, ID: i})
	}
	b.rule(five.Median, five.Median, middle, bar, scene.Ink{Bold: true})
	for _, v := range five.Outliers {
		if x := b.xs.At(v); !math.IsNaN(x) {
			b.add(scene.Marker{At: scene.Point{X: x, Y: middle}, Shape: p.Slot, Ink: ink, ID: i})
		}
	}
}

// rule draws whiskers, or a median: over whole cells, in a file from place to place.
func (b boxed) rule(from, to, middle float64, sign rune, ink scene.Ink) {
	x0, x1 := b.xs.At(from), b.xs.At(to)
	switch {
	case math.IsNaN(x0 + x1):
	case !b.f.file():
		b.add(scene.Rule{From: scene.Point{X: math.Floor(x0), Y: middle - 0.5}, To: scene.Point{X: math.Floor(x1), Y: middle - 0.5}, Sign: sign, Ink: ink})
	case from == to:
		at := scene.Point{X: x0 - 0.5, Y: middle - 0.5}
		b.add(scene.Rule{From: at, To: at, Sign: sign, Ink: ink})
	default:
		b.add(scene.Line{Points: []scene.Point{{X: x0, Y: middle}, {X: x1, Y: middle}}, Ink: ink, ID: -1})
	}
}

// placed are the values that have a place on an axis.
func placed(values []float64, log bool) []float64 {
	var o odd
	return slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !o.place(v, log) })
}

// mostDense bounds the work of a density; of more values an even choice counts.
const mostDense = 20_000

// violin is the density of values by a Gaussian kernel on the axis, mirrored, from
// the least to the greatest of them; false if they are all the same. The bandwidth is
// that of B. W. Silverman, Density Estimation (1986), formula 3.31.
func violin(values []float64, xs Scale, middle, half float64) (scene.Band, bool) {
	var band scene.Band
	at := make([]float64, 0, min(len(values), mostDense)) // in cells, which is to scale
	for i := 0; i < len(values); i += (len(values) + mostDense - 1) / mostDense {
		at = append(at, xs.At(values[i]))
	}
	slices.Sort(at)
	mean, sum := 0.0, 0.0
	for i, x := range at {
		mean += (x - mean) / float64(i+1)
	}
	for _, x := range at {
		sum += (x - mean) * (x - mean)
	}
	width := math.Sqrt(sum / float64(max(len(at)-1, 1)))
	if iqr := (Quantile(at, 0.75) - Quantile(at, 0.25)) / 1.34; iqr > 0 {
		width = min(width, iqr)
	}
	width *= 0.9 * math.Pow(float64(max(len(at), 1)), -0.2)
	if !(width > 0) || !finite(width) {
		return band, false
	}
	const steps = 100
	density := make([]float64, steps+1)
	for k := range density {
		x := at[0] + (at[len(at)-1]-at[0])*float64(k)/steps
		for _, v := range at {
			z := (x - v) / width
			density[k] += math.Exp(-z * z / 2)
		}
		band.X = append(band.X, x)
	}
	greatest := slices.Max(density)
	for _, d := range density {
		band.Low = append(band.Low, middle+half*d/greatest)
		band.High = append(band.High, middle-half*d/greatest)
	}
	return band, true
}

// Hit implements Chart.
func (c *Boxes) Hit(f Frame, at scene.Point) (Datum, bool) {
	s := newSheet(f)
	b := c.lay(s)
	k := int(math.Floor((at.Y - s.scene.Area.Y0) / b.each))
	if k < 0 || k >= b.shown {
		return Datum{}, false
	}
	i := b.of[k]
	five := FiveOf(c.Samples[i].Values)
	text := fmt.Sprintf("%s  n %d  median %s  quartiles %s and %s", c.Samples[i].Name, five.N, short(five.Median), short(five.Q1), short(five.Q3))
	return Datum{Series: i, Name: c.Samples[i].Name, X: five.Median, Y: float64(i), Text: text}, true
}

// Table implements Chart.
func (c *Boxes) Table() Table {
	t := Table{Columns: []string{"name", "value"}}
	for _, p := range c.Samples {
		for _, v := range p.Values {
			t.Rows = append(t.Rows, []any{p.Name, v})
		}
	}
	return t
}
