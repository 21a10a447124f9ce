package plots

import (
	"fmt"
	"math"
)

// Columned is a line chart as one value for each column of text.
type Columned struct {
	Title, Note string
	Names       []string
	Values      [][]float64 // of each series, by column: from 0 to 1 of the rows; NaN where it is not
	X, Y        []string    // labels of equal parts of the width, and of each row from the bottom
}

// Columns reduces a line chart to n columns and so many rows, at least one each. A column has the
// mean of its values, or, where one of them stands out, that one: else a spike
// would vanish.
func (l *Line) Columns(f Frame, n, rows int) Columned {
	n, rows = max(n, 1), max(rows, 1)
	d := &drawn{Line: l, f: f, lines: l.Series}
	if len(l.Smoothed) == len(l.Series) {
		d.lines = l.Smoothed
	}
	out := Columned{Title: l.Title}
	x, logX, logY := l.X, f.View.LogX, f.View.LogY
	x.Range, x.Log = d.rangeX(logX), logX
	var xs Scale
	xs, out.X = x.parts(n)
	y := l.Y
	y.Range, y.Log = d.rangeY(xs.Range, logY), logY
	if f.View.SymY && !logY {
		y.Sym = symOf(y.Range)
	}
	ys := Scale{Range: y.Range, A: 0, B: 1, Log: logY, Sym: y.Sym}
	for i, s := range d.lines {
		name := s.Name
		if at := l.Best.of(l.Series[i]); l.Best != NoBest && at >= 0 {
			name += fmt.Sprintf(" (best %s at %s)", short(l.Series[i].Y[at]), labelsOf(l.Series[i].X[at:at+1], 1, l.X.Unit)[0])
		}
		out.Names = append(out.Names, name)
		out.Values = append(out.Values, s.columns(xs, ys, n))
	}
	out.Y = make([]string, rows)
	for _, t := range y.ticks(max(1, rows/3+1)) {
		if row := math.Round(ys.At(t.Value) * float64(rows-1)); row >= 0 && row < float64(rows) {
			out.Y[int(row)] = t.Label
		}
	}
	out.Note = d.said()
	return out
}

// parts cuts an axis of n columns into equal parts, from the first point to the last,
// and labels their ends: of numbers, into as many as have short labels.
func (a Axis) parts(n int) (Scale, []string) {
	const each = 14 // columns of a part
	count := max(1, n/each)
	s := Scale{Range: a.Range, A: 0, B: float64(n), Log: a.Log}
	if a.Unit != Number || a.Log {
		values := s.parts(count)
		if a.Unit != Number {
			return s, labelsOf(values, (a.Range.To-a.Range.From)/float64(count), a.Unit)
		}
		labels := make([]string, len(values))
		for i, v := range values {
			labels[i] = short(v)
		}
		return s, labels
	}
	var best []string
	for c := count; c >= max(1, count/2); c-- {
		values := s.parts(c)
		for i := 1; i < c; i++ {
			values[i] = rounded(values[i], (a.Range.To-a.Range.From)/float64(n))
		}
		labels := labelsOf(values, (a.Range.To-a.Range.From)/float64(c), a.Unit)
		if best == nil || longest(labels) < longest(best) {
			best = labels
		}
	}
	return s, best
}

// parts are the values at the ends of so many equal parts.
func (s Scale) parts(count int) []float64 {
	values := make([]float64, count+1)
	for i := range values {
		values[i] = s.Value(s.A + (s.B-s.A)*float64(i)/float64(count))
	}
	values[0], values[count] = s.Range.From, s.Range.To // as they are
	return values
}

// rounded is a number with few digits, at most half a column away.
func rounded(v, column float64) float64 {
	to := math.Pow(10, math.Floor(math.Log10(column)))
	if r := math.Round(v/to) * to; to > 0 && finite(r) {
		return r
	}
	return v
}

// columns are the values of a series in n columns.
func (s Series) columns(xs, ys Scale, n int) []float64 {
	held := make([][]float64, n)
	gap := make([]bool, n)
	for i, x := range s.X {
		at, v := xs.At(x), math.NaN()
		if finite(s.Y[i]) {
			v = ys.At(s.Y[i])
		}
		if !(at >= 0 && at <= float64(n)) {
			continue
		}
		col := min(int(at), n-1)
		if gap[col] = gap[col] || !finite(v); finite(v) {
			held[col] = append(held[col], v)
		}
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = representative(held[i])
	}
	bridge(out, gap)
	return out
}

// representative is the mean of values, or the farthest of them if it stands out:
// if it is more than 2.6 standard deviations away.
func representative(values []float64) float64 {
	const standsOut = 2.6
	mean, sd := 0.0, 0.0
	for i, v := range values {
		mean += (v - mean) / float64(i+1)
	}
	far := math.NaN()
	for _, v := range values {
		sd += (v - mean) * (v - mean) / float64(len(values))
		if !(math.Abs(v-mean) <= math.Abs(far-mean)) {
			far = v
		}
	}
	switch {
	case len(values) == 0:
		return math.NaN()
	case math.Abs(far-mean) > standsOut*math.Sqrt(sd):
		return far
	}
	return mean
}

// bridge joins columns that no point is in with a straight line, where no value
// between them is missing.
func bridge(values []float64, gap []bool) {
	last := -1
	for i, v := range values {
		switch {
		case gap[i] && math.IsNaN(v):
			last = -1
		case !math.IsNaN(v):
			for k := last + 1; last >= 0 && k < i; k++ {
				part := float64(k-last) / float64(i-last)
				values[k] = values[last]*(1-part) + v*part
			}
			last = i
		}
	}
}
