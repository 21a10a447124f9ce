package drift

import (
	"math"
	"slices"
	"strconv"

	"benchside/drift/distances"
	"benchside/stats"
)

// sample is one side of a column, cleaned: missing and infinite rows counted and
// left out.
type sample struct {
	rows, missing, nan, inf int
	infinities              int // distinct ones: 0 to 2
	sorted                  []float64
	moments                 stats.Moments
	distinct                int
	codes                   []int // of texts: rows a label
}

// n is the number of rows that a test sees.
func (s *sample) n() int { return s.rows - s.missing - s.inf }

// clean sorts the numbers of a column or counts its texts.
func clean(c *Column, sorter *stats.Sorter) sample {
	s := sample{rows: c.Len()}
	switch c.Storage {
	case String:
		s.countTexts(c)
	case Other:
		s.missing = s.rows
	default:
		s.sortNumbers(c, sorter)
	}
	return s
}

func (s *sample) countTexts(c *Column) {
	s.codes = make([]int, len(c.Texts.Labels))
	for _, code := range c.Texts.Codes {
		if code < 0 || int(code) >= len(s.codes) {
			s.missing++
			continue
		}
		s.codes[code]++
	}
	for _, n := range s.codes {
		if n > 0 {
			s.distinct++
		}
	}
}

func (s *sample) sortNumbers(c *Column, sorter *stats.Sorter) {
	s.sorted = make([]float64, 0, len(c.Numbers))
	var up, down int
	for _, v := range c.Numbers {
		switch {
		case math.IsNaN(v):
			s.missing++
		case math.IsInf(v, 1):
			up++
		case math.IsInf(v, -1):
			down++
		default:
			s.sorted = append(s.sorted, v)
		}
	}
	s.nan, s.inf = max(s.missing-c.Nulls, 0), up+down
	s.infinities = min(up, 1) + min(down, 1)
	s.moments.Add(s.sorted)
	sorter.Sort(s.sorted)
	for i, v := range s.sorted {
		if i == 0 || v != s.sorted[i-1] {
			s.distinct++
		}
	}
}

// label is a category of two samples and its rows on both sides.
type label struct {
	name string
	x, y int
}

// labels are the categories of two samples, by bytes; of numbers, by value.
func labels(ref, cur *Column, x, y *sample) []label {
	if ref.Storage != String || cur.Storage != String {
		return numberLabels(ref, cur, x, y)
	}
	all := make(map[string]*label, len(ref.Texts.Labels))
	var out []*label
	at := func(name string) *label {
		l := all[name]
		if l == nil {
			l = &label{name: name}
			all[name], out = l, append(out, l)
		}
		return l
	}
	for code, n := range x.codes {
		if n > 0 {
			at(ref.Texts.Labels[code]).x += n
		}
	}
	for code, n := range y.codes {
		if n > 0 {
			at(cur.Texts.Labels[code]).y += n
		}
	}
	slices.SortFunc(out, func(a, b *label) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	flat := make([]label, len(out))
	for i, l := range out {
		flat[i] = *l
	}
	return flat
}

func numberLabels(ref, cur *Column, x, y *sample) []label {
	boolean := ref.Storage == Bool && cur.Storage == Bool
	whole := ref.whole() && cur.whole()
	var out []label
	for _, g := range stats.Groups(x.sorted, y.sorted) {
		out = append(out, label{numberName(g.Value, boolean, whole), g.X, g.Y})
	}
	return out
}

func (c *Column) whole() bool { return c.Storage == Int || c.Storage == Uint || c.Storage == Bool }

// numberName is how a number is written as a label.
func numberName(v float64, boolean, whole bool) string {
	switch {
	case v == 0 && !boolean:
		return "0" // -0 as well
	case boolean && v == 0:
		return "false"
	case boolean:
		return "true"
	case whole:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// binnedLabels are labels as the measures take them.
func binnedLabels(all []label, n1, n2 int) distances.Binned {
	b := distances.Binned{N1: n1, N2: n2, X: make([]int, len(all)), Y: make([]int, len(all))}
	for i, l := range all {
		b.X[i], b.Y[i] = l.x, l.y
	}
	return b
}
