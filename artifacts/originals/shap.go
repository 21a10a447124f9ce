package originals

import (
	"context"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"benchside/plots"
)

const (
	mostFeatures = 500    // that are looked at
	mostShown    = 20     // of a chart, as shap's own
	mostRowsSHAP = 20_000 // of a beeswarm
	mostOutputs  = 10     // classes
)

// explained are SHAP's values of one output: rows by features.
type explained struct {
	values     []float64
	rows, cols int
	features   []string
	inputs     []float64 // of the same shape; nil if they were not logged
	base       float64   // NaN if it is not known
	output     string    // which class, "" if there is one only
}

func (o Original) shap(ctx context.Context, files Files) ([]plots.Chart, error) {
	if files.Matrix == nil {
		return nil, ErrNumbers
	}
	m, err := files.Matrix(ctx, o.Names[0])
	if err != nil {
		return nil, err
	}
	shape := m.Shape()
	if len(shape) != 2 && len(shape) != 3 || slices.Min(shape) < 1 || shape[1] > mostFeatures {
		return nil, fmt.Errorf("an array of %v: %w", shape, ErrNumbers)
	}
	e := explained{rows: min(shape[0], mostRowsSHAP), cols: shape[1]}
	e.name(ctx, o, files)
	base := o.baseValues(ctx, files)
	outputs := 1
	if len(shape) == 3 {
		outputs = min(shape[2], mostOutputs)
	}
	var out []plots.Chart
	for k := range outputs {
		of := e
		of.values = make([]float64, e.rows*e.cols)
		of.base = math.NaN()
		if k < len(base) {
			of.base = base[k]
		}
		if len(shape) == 3 {
			of.output = fmt.Sprintf("class %d", k)
		}
		for i := range of.values {
			if len(shape) == 3 {
				of.values[i] = m.At(i*shape[2] + k)
			} else {
				of.values[i] = m.At(i)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out = append(out, of.charts()...)
	}
	return out, nil
}

// name finds the names of the features, and their values, in what lies beside.
func (e *explained) name(ctx context.Context, o Original, files Files) {
	for i := range e.cols {
		e.features = append(e.features, fmt.Sprintf("feature %d", i))
	}
	for _, name := range o.Names[1:] {
		if files.Read == nil || path.Ext(name) == ".npy" {
			continue
		}
		data, err := files.Read(ctx, name, mostBytes)
		if err != nil {
			continue // the values are drawn without names
		}
		t, err := readTable(ctx, name, data)
		if err != nil {
			continue
		}
		if path.Base(name) == "importance.json" {
			if len(t.rows) == e.cols {
				for i := range t.rows {
					e.features[i] = label(t.cell(i, 0))
				}
			}
			continue
		}
		if len(t.columns) != e.cols {
			continue
		}
		for i, c := range t.columns {
			e.features[i] = label(c)
		}
		if len(t.rows) >= e.rows {
			e.inputs = make([]float64, e.rows*e.cols)
			for i := range e.inputs {
				e.inputs[i] = number(t.cell(i/e.cols, i%e.cols))
			}
		}
		return
	}
}

// baseValues are what the model says on average, a number an output.
func (o Original) baseValues(ctx context.Context, files Files) []float64 {
	for _, name := range o.Names[1:] {
		if path.Base(name) != "base_values.npy" {
			continue
		}
		m, err := files.Matrix(ctx, name)
		if err != nil {
			return nil // it is only said, not drawn
		}
		n := 1
		for _, s := range m.Shape() {
			n *= s
		}
		var out []float64
		for i := range min(n, mostOutputs) {
			out = append(out, m.At(i))
		}
		return out
	}
	return nil
}

// charts draws the mean of the sizes as bars, then each value as a point: shap's
// bar and beeswarm.
func (e explained) charts() []plots.Chart {
	note := fmt.Sprintf("%d rows", e.rows)
	if !math.IsNaN(e.base) {
		note += fmt.Sprintf("; from a base of %.4g", e.base)
	}
	title := strings.TrimSpace("mean |SHAP value| " + e.output)
	bars := &plots.Bars{Title: title, Note: note}
	for i, mean := range e.means() {
		bars.Bars = append(bars.Bars, plots.Bar{Name: e.features[i], Value: mean})
	}
	order := make([]int, e.cols)
	for i := range order {
		order[i] = i
	}
	means := e.means()
	slices.SortStableFunc(order, func(a, b int) int { return compareDown(means[a], means[b]) })
	byValue(bars.Bars)
	if e.cols > mostShown {
		bars.Bars = bars.Bars[:mostShown]
		bars.Note += fmt.Sprintf("; the first %d features of %d", mostShown, e.cols)
	}
	order = order[:min(len(order), mostShown)]
	return []plots.Chart{bars, e.spread(order, note), e.swarm(order, note)}
}

func compareDown(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// means are the mean sizes of the values of each feature.
func (e explained) means() []float64 {
	out := make([]float64, e.cols)
	for i, v := range e.values {
		out[i%e.cols] += math.Abs(v) / float64(e.rows)
	}
	return out
}

// spread names the features, which a swarm has no room for.
func (e explained) spread(order []int, note string) *plots.Boxes {
	c := &plots.Boxes{Title: strings.TrimSpace("SHAP values " + e.output), X: plots.Axis{Title: "SHAP value"}, Violin: true, Note: note}
	for _, k := range order {
		s := plots.Sampled{Name: e.features[k]}
		for i := range e.rows {
			s.Values = append(s.Values, e.values[i*e.cols+k])
		}
		c.Samples = append(c.Samples, s)
	}
	return c
}

// swarm draws a point a value, a feature a row, the most important on top. The
// ink says whether the feature's own value is in its lowest, middle or highest
// third.
func (e explained) swarm(order []int, note string) *plots.Scatter {
	c := &plots.Scatter{
		Title: strings.TrimSpace("beeswarm of SHAP values " + e.output), Note: note,
		X: plots.Axis{Title: "SHAP value"}, Y: plots.Axis{Rows: make([]string, len(order))}, Unnamed: true,
	}
	if e.inputs != nil {
		c.Note = strings.TrimPrefix(c.Note+"; the feature's own value: ● low, ■ middle, ▲ high", "; ")
	}
	for place, k := range order {
		column := make([]float64, e.rows)
		for i := range column {
			column[i] = e.values[i*e.cols+k]
		}
		c.Y.Rows[len(order)-place-1] = e.features[k]
		offsets := jitter(column)
		low, high := e.thirds(k)
		for i, v := range column {
			s := plots.Spot{Name: e.features[k], X: v, Y: float64(len(order)-place) + offsets[i]}
			if e.inputs != nil {
				in := e.inputs[i*e.cols+k]
				s.Name += fmt.Sprintf(" = %.4g", in)
				switch {
				case in > high:
					s.Slot = 2
				case in > low:
					s.Slot = 1
				}
			}
			c.Spots = append(c.Spots, s)
		}
	}
	return c
}

// thirds are the values that part a feature's own values in three.
func (e explained) thirds(k int) (low, high float64) {
	if e.inputs == nil {
		return math.NaN(), math.NaN()
	}
	var all []float64
	for i := range e.rows {
		if v := e.inputs[i*e.cols+k]; !math.IsNaN(v) {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return plots.Quantile(all, 1.0/3), plots.Quantile(all, 2.0/3)
}

// jitter moves points that lie close together apart, up and down in turn, by the
// same rule each time.
func jitter(values []float64) []float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	const bins = 50
	seen := map[int]int{}
	out := make([]float64, len(values))
	most := 1
	for i, v := range values {
		at := 0
		if high > low && !math.IsNaN(v) {
			at = int(min(max((v-low)/(high-low), 0), 1) * bins)
		}
		n := seen[at]
		seen[at]++
		most = max(most, n+1)
		out[i] = float64((n+1)/2) * float64(1-2*(n%2)) // 0, -1, 1, -2, 2 …
	}
	for i := range out {
		out[i] *= 0.8 / float64(most) // within 0.4 of the row
	}
	return out
}
