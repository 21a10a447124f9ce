package drift

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"benchside/drift/distances"
	"benchside/stats"
)

// Summary is one column on its own. Numbers is nil of categories and texts, Labels
// of numbers, both of times and free texts.
type Summary struct {
	Rows     int    `json:"rows"`
	Missing  int    `json:"missing"`         // null and NaN
	NaN      int    `json:"nan,omitempty"`   // of these, not null at the source
	Distinct int    `json:"distinct"`        // of finite values or labels
	First    string `json:"first,omitempty"` // of times, ISO 8601 UTC
	Last     string `json:"last,omitempty"`
	*Numbers
	*Labels
}

// Numbers sums up the finite numbers of a column, each statistic in numpy's or
// scipy's convention; undefined where there are too few.
type Numbers struct {
	Inf              int       `json:"inf"`
	Zeros            int       `json:"zeros"`
	Mean             Number    `json:"mean"`
	Sum              Number    `json:"sum"`
	SD               Number    `json:"std"`  // divisor n-1
	SD0              Number    `json:"std0"` // divisor n
	Variance         Number    `json:"var"`  // divisor n-1
	Skew             Number    `json:"skew"` // biased
	SkewUnbiased     Number    `json:"skew_unbiased"`
	Kurtosis         Number    `json:"kurtosis"` // excess, biased
	KurtosisUnbiased Number    `json:"kurtosis_unbiased"`
	Min              Number    `json:"min"`
	Max              Number    `json:"max"`
	Quantiles        Quantiles `json:"quantiles"`
}

// Quantiles are type 7, numpy's linear ones.
type Quantiles struct {
	P01 Number `json:"0.01"`
	P05 Number `json:"0.05"`
	P25 Number `json:"0.25"`
	P50 Number `json:"0.5"`
	P75 Number `json:"0.75"`
	P95 Number `json:"0.95"`
	P99 Number `json:"0.99"`
}

// Labels sums up the categories of a column.
type Labels struct {
	Mode      string `json:"mode"` // of equally many rows the smallest by bytes
	ModeCount int    `json:"mode_count"`
	Entropy   Number `json:"entropy_bits"`
	Top       []Top  `json:"top"` // at most 20: most rows first, then by bytes
}

// Top is a label and its rows; in JSON a list of both.
type Top struct {
	Label string
	Rows  int
}

// topLabels bounds the lists of labels in a report.
const topLabels = 20

// Summarise sums up a column as a kind.
func Summarise(c Column, k Kind) Summary {
	s := clean(&c, new(stats.Sorter))
	return s.summary(&c, k)
}

func (s *sample) summary(c *Column, k Kind) Summary {
	out := Summary{Rows: s.rows, Missing: s.missing, NaN: s.nan, Distinct: s.distinct}
	switch {
	case k == Datetime:
		out.First, out.Last = s.span(c)
	case s.n() == 0 && c.Storage != String:
		out.Numbers = s.numbers()
	case k == Numeric && c.Storage != String:
		out.Numbers = s.numbers()
	case k != Text && s.n() > 0: // of free texts, each is its own
		out.Labels = summarise(labels(c, c, s, &sample{codes: make([]int, len(s.codes))}))
	}
	return out
}

func (s *sample) numbers() *Numbers {
	m := &s.moments
	q := func(at float64) Number { return Number(stats.Quantile(s.sorted, at)) }
	n := &Numbers{
		Inf: s.inf, Zeros: m.Zeros, Mean: Number(m.Mean()), Sum: Number(m.Sum()), SD: Number(m.SD()), SD0: Number(m.SD0()),
		Variance: Number(m.Variance()), Skew: Number(m.Skew()), SkewUnbiased: Number(m.SkewUnbiased()),
		Kurtosis: Number(m.Kurtosis()), KurtosisUnbiased: Number(m.KurtosisUnbiased()),
		Min: q(0), Max: q(1),
		Quantiles: Quantiles{q(0.01), q(0.05), q(0.25), q(0.5), q(0.75), q(0.95), q(0.99)},
	}
	return n
}

func summarise(all []label) *Labels {
	counts := make([]int, len(all))
	for i, l := range all {
		counts[i] = l.x
	}
	out := &Labels{Entropy: Number(distances.Entropy(counts)), Top: top(all, topLabels)}
	out.Mode, out.ModeCount = out.Top[0].Label, out.Top[0].Rows
	return out
}

// top lists labels by their rows on the first side, then by bytes.
func top(all []label, most int) []Top {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b label) int { return cmp.Or(b.x-a.x, strings.Compare(a.name, b.name)) })
	out := make([]Top, 0, min(most, len(all)))
	for _, l := range all[:min(most, len(all))] {
		out = append(out, Top{l.name, l.x})
	}
	return out
}

// span is the first and the last time of a column.
func (s *sample) span(c *Column) (first, last string) {
	var from, to time.Time
	see := func(t time.Time) {
		if from.IsZero() || t.Before(from) {
			from = t
		}
		if t.After(to) {
			to = t
		}
	}
	for code, n := range s.codes {
		if t, ok := ParseTime(c.Texts.Labels[code]); ok && n > 0 {
			see(t)
		}
	}
	for _, at := range []float64{0, 1} {
		if v := stats.Quantile(s.sorted, at); v > -1e16 && v < 1e16 {
			see(time.UnixMilli(int64(v)).UTC())
		}
	}
	if from.IsZero() {
		return "", ""
	}
	return from.Format(time.RFC3339), to.Format(time.RFC3339)
}
