package drift

import (
	"context"
	"fmt"
	"math"

	"benchside/drift/distances"
	"benchside/stats"
)

// ChunkOptions says how a column is cut, in the order of its rows.
type ChunkOptions struct {
	Size   int    // rows a chunk; 0 means by Count
	Count  int    // chunks a side; 0 means 10; what is left over is one more
	Method string // jensen_shannon (also ""), hellinger, l_infinity, chi2, kolmogorov_smirnov, wasserstein
	Kind   Kind
}

// Chunked is a column as NannyML watches it: chunk by chunk, with a limit from the
// reference's own chunks.
type Chunked struct {
	Reference, Current []float64 // a score a chunk; NaN of one without values
	// Upper is the mean of the reference's scores and three deviations (n).
	Upper  float64
	Alerts []bool // of the current chunks: above Upper, or for chi2 p below 0.05
}

// Chunks scores the chunks of both sides against the whole reference, as NannyML
// 0.13 does.
func Chunks(ctx context.Context, ref, cur Column, o ChunkOptions) (Chunked, error) {
	out := Chunked{}
	kind := o.Kind
	var sorter stats.Sorter
	x := clean(&ref, &sorter)
	if kind == Undecided {
		kind = Numeric
		if ref.Storage == String || ref.Storage == Bool {
			kind = Categorical
		}
	}
	cut := func(c *Column, alerts *[]bool) ([]float64, error) {
		var scores []float64
		for _, rows := range o.cut(c.Len()) {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("score chunks of %s: %w", c.Name, err)
			}
			part := c.pick(rows)
			score, alert, err := o.score(&ref, &part, kind, x, &sorter)
			if err != nil {
				return nil, fmt.Errorf("score a chunk of %s: %w", c.Name, err)
			}
			scores = append(scores, score)
			if alerts != nil {
				*alerts = append(*alerts, alert)
			}
		}
		return scores, nil
	}
	var err error
	if out.Reference, err = cut(&ref, nil); err != nil {
		return out, err
	}
	if out.Current, err = cut(&cur, &out.Alerts); err != nil {
		return out, err
	}
	out.Upper = o.upper(out.Reference)
	if o.Method != "chi2" {
		for i, score := range out.Current {
			out.Alerts[i] = score > out.Upper
		}
	}
	return out, nil
}

// cut lists the rows of each chunk; the last one may be shorter.
func (o ChunkOptions) cut(rows int) [][]int {
	size := o.Size
	if size <= 0 {
		count := o.Count
		if count <= 0 {
			count = 10
		}
		size = max(rows/count, 1)
	}
	var chunks [][]int
	for from := 0; from < rows; from += size {
		chunk := make([]int, 0, min(size, rows-from))
		for row := from; row < min(from+size, rows); row++ {
			chunk = append(chunk, row)
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

func (o ChunkOptions) score(ref, part *Column, kind Kind, x sample, sorter *stats.Sorter) (score float64, alert bool, err error) {
	y := clean(part, sorter)
	if y.n() == 0 {
		return math.NaN(), false, nil
	}
	p, err := newPair(ref, part, kind, x, y)
	if err != nil {
		return 0, false, err
	}
	switch o.Method {
	case "", "jensen_shannon", "hellinger":
		n, err := p.nanny()
		if o.Method == "hellinger" {
			return n.Hellinger(), false, err
		}
		return n.JensenShannon(), false, err
	case "l_infinity":
		return p.levels().LInfinity(), false, nil
	case "chi2":
		b := p.levels()
		c, err := stats.Contingency(b.X, b.Y, true)
		return c.Statistic, c.P < 0.05, err
	}
	if kind != Numeric {
		return 0, false, fmt.Errorf("method %q does not fit categories", o.Method)
	}
	switch o.Method {
	case "kolmogorov_smirnov":
		return distances.NannyKS(x.sorted, y.sorted), false, nil
	case "wasserstein":
		return distances.NannyWasserstein(x.sorted, y.sorted), false, nil
	}
	return 0, false, fmt.Errorf("method %q is unknown", o.Method)
}

// upper is NannyML's StandardDeviationThreshold with 3; a Kolmogorov–Smirnov
// distance is at most 1.
func (o ChunkOptions) upper(scores []float64) float64 {
	var m stats.Moments
	for _, s := range scores {
		if !math.IsNaN(s) {
			m.Add([]float64{s})
		}
	}
	upper := m.Mean() + 3*m.SD0()
	if o.Method == "kolmogorov_smirnov" {
		upper = min(upper, 1)
	}
	return upper
}
