package words

import (
	"fmt"
	"math"

	"benchside/drift"
)

// Measure is one of the measures beside a verdict.
type Measure struct {
	Name   string
	Value  drift.Number
	P      drift.Number // its p value, where it has one
	How    string       // its convention
	Reads  string       // the value as people read it
	PReads string
}

// MeasuresOf are the measures of a finding that are there, each with its convention.
func MeasuresOf(f drift.Finding) []Measure {
	m, bins := f.Measures, "labels"
	if h := f.Histogram; h != nil && len(h.Edges) > 0 {
		bins = fmt.Sprintf("Sturges, %d bins", len(h.Edges)-1)
	}
	var out []Measure
	add := func(name string, v drift.Number, how string) {
		if v.Defined() {
			out = append(out, Measure{Name: name, Value: v, P: drift.Number(math.NaN()), How: how, Reads: Number(v)})
		}
	}
	test := func(name string, s *drift.Statistic, how string) {
		if s == nil || !s.Statistic.Defined() {
			return
		}
		out = append(out, Measure{
			Name: name, Value: s.Statistic, P: s.P, How: how, Reads: Number(s.Statistic), PReads: pValue(s.P, 0),
		})
	}
	at := ""
	if m.KS != nil && m.KS.At.Defined() {
		at = "at " + Number(m.KS.At) + ", "
	}
	test("K-S D", m.KS, at+"two-sided, as scipy has it")
	df := 0
	if m.Chi2 != nil {
		df = m.Chi2.DF
	}
	test("chi²", m.Chi2, fmt.Sprintf("contingency, %d degrees of freedom, no correction", df))
	add("W1/sd", m.WassersteinNorm, "over the deviation (n) of the reference, at least 0.001")
	add("Wasserstein", m.Wasserstein, "in the column's unit")
	add("PSI", m.PSI, bins+"; no share below 0.0001")
	add("JS", m.JS, bins+"; distance, base e, at most 0.833")
	add("Hellinger", m.Hellinger, "bins by the distinct values")
	add("total variation", m.TotalVariation, bins+"; half of the changes of shares")
	add("L∞", m.LInfinity, "the largest change of a share")
	add("Cramér's V", m.CramersV, "of chi², no correction")
	if f.PAdjusted.Defined() && f.Test != nil && f.Test.PValue {
		add("corrected p", f.PAdjusted, "over all columns with a p value")
	}
	return out
}

// Compared is a statistic of a column on both sides.
type Compared struct {
	Name               string
	Reference, Current drift.Number
	X, Y               string // as people read them
	Change             string
}

// Summaries are the statistics of a finding that are known, side by side.
func Summaries(f drift.Finding) []Compared {
	x, y := f.Reference, f.Current
	if !x.Known() || !y.Known() {
		return nil
	}
	out := []Compared{counted("n", seen(x), seen(y)), shared("missing", x, y)}
	out = append(out, counted("distinct", x.Distinct, y.Distinct))
	if x.Numbers != nil && y.Numbers != nil {
		out = append(out, numbers(x.Numbers, y.Numbers)...)
	}
	if x.Labels != nil && y.Labels != nil {
		out = append(out, Compared{Name: "mode", Reference: nan(), Current: nan(), X: Line(x.Mode), Y: Line(y.Mode)}, plainly("entropy, bits", x.Entropy, y.Entropy))
	}
	if x.First != "" || y.First != "" {
		out = append(out, Compared{Name: "first", Reference: nan(), Current: nan(), X: Line(x.First), Y: Line(y.First)})
		out = append(out, Compared{Name: "last", Reference: nan(), Current: nan(), X: Line(x.Last), Y: Line(y.Last)})
	}
	return out
}

func nan() drift.Number { return drift.Number(math.NaN()) }

func counted(name string, x, y int) Compared {
	return Compared{Name: name, Reference: drift.Number(x), Current: drift.Number(y), X: count(x), Y: count(y)}
}

func shared(name string, x, y drift.Summary) Compared {
	rate := func(s drift.Summary) float64 {
		if s.Rows == 0 {
			return math.NaN()
		}
		return float64(s.Missing) / float64(s.Rows)
	}
	a, b := rate(x), rate(y)
	c := Compared{Name: name, Reference: drift.Number(a), Current: drift.Number(b), X: percent(a) + " %", Y: percent(b) + " %"}
	if by := 100 * (b - a); math.Abs(by) >= 0.05 {
		c.Change = fmt.Sprintf("%+.1f", by)
	}
	return c
}

func plainly(name string, x, y drift.Number) Compared {
	return Compared{Name: name, Reference: x, Current: y, X: Number(x), Y: Number(y)}
}

func numbers(x, y *drift.Numbers) []Compared {
	changed := func(name string, a, b drift.Number) Compared {
		c := plainly(name, a, b)
		if by := b - a; by.Defined() && by != 0 {
			c.Change = fmt.Sprintf("%+.3g", float64(by))
		}
		return c
	}
	mean, sd := changed("mean", x.Mean, y.Mean), plainly("std", x.SD, y.SD)
	if far := (y.Mean - x.Mean) / x.SD; far.Defined() && mean.Change != "" {
		mean.Change += fmt.Sprintf(" (%.2f sd)", math.Abs(float64(far)))
	}
	if times := y.SD / x.SD; times.Defined() {
		sd.Change = fmt.Sprintf("×%.2f", float64(times))
	}
	p, q := x.Quantiles, y.Quantiles
	out := []Compared{
		mean, sd, plainly("skew", x.Skew, y.Skew), plainly("kurtosis", x.Kurtosis, y.Kurtosis), changed("min", x.Min, y.Min),
		changed("1 %", p.P01, q.P01), changed("5 %", p.P05, q.P05), changed("25 %", p.P25, q.P25), changed("median", p.P50, q.P50),
		changed("75 %", p.P75, q.P75), changed("95 %", p.P95, q.P95), changed("99 %", p.P99, q.P99), changed("max", x.Max, y.Max),
	}
	if x.Zeros+y.Zeros > 0 {
		out = append(out, counted("zeros", x.Zeros, y.Zeros))
	}
	if x.Inf+y.Inf > 0 {
		out = append(out, counted("infinite", x.Inf, y.Inf))
	}
	return out
}
