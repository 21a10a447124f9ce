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

func (c *Boxes) lay(s *sheet) (xs Scale, each float64, shown int, o odd) {
	x := c.X
	x.Log = s.f.View.LogX
	r := none
	names := make([]string, len(c.Samples))
	for i, p := range c.Samples {
		n := 0
		for _, v := range p.Values {
			if o.place(v, x.Log) {
				r.add(v, x.Log)
				n++
			}
		}
		names[i] = fmt.Sprintf("%s (%d)", p.Name, n)
	}
	x.Range = r.orUnit(x.Log).aired(x.Log)
	xs, each, shown = s.rows(names, &x, 0)
	return xs, each, shown, o
}

// Scene implements Chart.
func (c *Boxes) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	xs, each, shown, o := c.lay(s)
	for i, p := range c.Samples[:shown] {
		from := s.scene.Area.Y0 + float64(i)*each
		const roomy = 3
		if c.Violin && each >= roomy {
			s.add(violin(p, xs, from, from+each-1, f.Look.Series(p.Slot), i))
		}
		c.box(s, i, xs, from, each)
	}
	s.head(c.Title, c.Note, o.said(), left(len(c.Samples)-shown, "samples"))
	return s.scene
}

// box draws the five numbers of a sample in the middle of its rows.
func (c *Boxes) box(s *sheet, i int, xs Scale, from, each float64) {
	p := c.Samples[i]
	five := FiveOf(p.Values)
	if five.N == 0 {
		return
	}
	row := math.Floor(from + each/2)
	ink := s.f.Look.Series(p.Slot)
	line, bar := '─', '┃'
	if s.f.Look.ASCII {
		line, bar = '-', '#'
	}
	rule := func(a, b float64, sign rune, ink scene.Ink) {
		x0, x1 := xs.At(a), xs.At(b)
		if !math.IsNaN(x0 + x1) {
			s.add(scene.Rule{From: scene.Point{X: math.Floor(x0), Y: row}, To: scene.Point{X: math.Floor(x1), Y: row}, Sign: sign, Ink: ink})
		}
	}
	rule(five.Low, five.High, line, ink)
	if x0, x1 := xs.At(five.Q1), xs.At(five.Q3); !math.IsNaN(x0+x1) && !(c.Violin && each >= 3) {
		s.add(scene.Rect{Box: scene.Box{X0: x0, Y0: row, X1: max(x1, x0+0.5), Y1: row + 1}, Ink: ink, Level: 0.5, ID: i})
	}
	rule(five.Median, five.Median, bar, scene.Ink{Bold: true})
	for _, v := range five.Outliers {
		if x := xs.At(v); !math.IsNaN(x) {
			s.add(scene.Marker{At: scene.Point{X: x, Y: row + 0.5}, Shape: p.Slot, Ink: ink, ID: i})
		}
	}
}

// violin is the density of a sample by a Gaussian kernel, mirrored, as high as
// its rows at its greatest. The bandwidth is that of B. W. Silverman, Density
// Estimation (1986), formula 3.31.
func violin(p Sampled, xs Scale, from, to float64, ink scene.Ink, id int) scene.Band {
	five := FiveOf(p.Values)
	band := scene.Band{Ink: ink, ID: id}
	var all []float64
	mean, sum := 0.0, 0.0
	for _, v := range p.Values {
		if finite(v) {
			all = append(all, v)
			mean += (v - mean) / float64(len(all))
		}
	}
	for _, v := range all {
		sum += (v - mean) * (v - mean)
	}
	width := math.Sqrt(sum / float64(max(len(all)-1, 1)))
	if iqr := (five.Q3 - five.Q1) / 1.34; iqr > 0 {
		width = min(width, iqr)
	}
	width *= 0.9 * math.Pow(float64(max(len(all), 1)), -0.2)
	if !(width > 0) || math.IsInf(width, 0) || len(all) > 20_000 {
		return band
	}
	const steps = 100
	greatest := 0.0
	density := make([]float64, steps+1)
	at := make([]float64, steps+1)
	for k := range density {
		at[k] = xs.A + (xs.B-xs.A)*float64(k)/steps
		v := xs.Value(at[k])
		for _, x := range all {
			z := (v - x) / width
			density[k] += math.Exp(-z * z / 2)
		}
		greatest = max(greatest, density[k])
	}
	middle, half := (from+to)/2, (to-from)/2
	for k, d := range density {
		band.X = append(band.X, at[k])
		if d < greatest/200 {
			band.Low, band.High = append(band.Low, math.NaN()), append(band.High, math.NaN())
			continue
		}
		band.Low = append(band.Low, middle+half*d/greatest)
		band.High = append(band.High, middle-half*d/greatest)
	}
	return band
}

// Hit implements Chart.
func (c *Boxes) Hit(f Frame, at scene.Point) (Datum, bool) {
	s := newSheet(f)
	_, each, shown, _ := c.lay(s)
	i := int(math.Floor((at.Y - s.scene.Area.Y0) / each))
	if i < 0 || i >= shown {
		return Datum{}, false
	}
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
