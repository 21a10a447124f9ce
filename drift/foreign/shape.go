package foreign

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"benchside/drift"
)

// What is kept of a distribution.
const (
	mostLabels = 20      // in the histogram; the others are added up
	mostListed = 1000    // new and vanished ones
	mostBins   = 100_000 // of numbers
)

// small is a distribution as Evidently has it: of numbers the edges and densities of
// bins, each side in its own; of labels the labels and their rows.
type small struct {
	X []any     `json:"x"`
	Y []float64 `json:"y"`
}

// distribute gives a finding its distribution, if both sides have one.
func distribute(f *drift.Finding, reference, current json.RawMessage) {
	var x, y small
	loose(reference, &x)
	loose(current, &y)
	if len(x.X) == len(x.Y) && len(y.X) == len(y.Y) && len(x.X)+len(y.X) > 0 {
		labelled(f, x, y)
		return
	}
	r, ok := x.shape()
	c, also := y.shape()
	if ok && also {
		f.Shapes = &drift.Shapes{Reference: r, Current: c}
	}
}

// shape makes shares of densities.
func (s small) shape() (out drift.Shape, ok bool) {
	if len(s.X) != len(s.Y)+1 || len(s.Y) == 0 || len(s.Y) > mostBins {
		return out, false
	}
	for _, edge := range s.X {
		v, number := edge.(float64)
		if !number {
			return out, false
		}
		out.Edges = append(out.Edges, v)
	}
	sum := 0.0
	for i, density := range s.Y {
		wide := out.Edges[i+1] - out.Edges[i]
		if len(s.Y) == 1 { // all at one value, which has no width
			wide = 1
		}
		out.Shares = append(out.Shares, density*wide)
		sum += density * wide
	}
	for i := range out.Shares {
		out.Shares[i] /= sum
	}
	return out, !math.IsInf(sum, 0) && sum > 0 && out.Sound()
}

// label is a label and its rows on both sides.
type label struct {
	name string
	x, y int
}

// labelled counts labels, most rows first, and lists those that are on one side only.
func labelled(f *drift.Finding, x, y small) {
	at := map[string]int{}
	var all []label
	count := func(s small, add func(l *label, rows int)) bool {
		for i, value := range s.X {
			name, ok := nameOf(value)
			rows := s.Y[i]
			if !ok || rows < 0 || rows > 1<<52 || rows != math.Trunc(rows) {
				return false // no rows of labels
			}
			if _, there := at[name]; !there {
				at[name] = len(all)
				all = append(all, label{name: name})
			}
			add(&all[at[name]], int(rows))
		}
		return true
	}
	if !count(x, func(l *label, rows int) { l.x += rows }) || !count(y, func(l *label, rows int) { l.y += rows }) {
		return
	}
	slices.SortStableFunc(all, func(a, b label) int { return cmp.Or((b.x+b.y)-(a.x+a.y), strings.Compare(a.name, b.name)) })
	h := &drift.Histogram{Labels: []string{}, Reference: []int{}, Current: []int{}}
	for i, l := range all {
		switch {
		case l.x == 0 && l.y > 0 && len(f.Measures.NewLabels) < mostListed:
			f.Measures.NewLabels = append(f.Measures.NewLabels, l.name)
		case l.y == 0 && l.x > 0 && len(f.Measures.GoneLabels) < mostListed:
			f.Measures.GoneLabels = append(f.Measures.GoneLabels, l.name)
		}
		if i >= mostLabels {
			h.OtherReference, h.OtherCurrent = h.OtherReference+l.x, h.OtherCurrent+l.y
			continue
		}
		h.Labels, h.Reference, h.Current = append(h.Labels, l.name), append(h.Reference, l.x), append(h.Current, l.y)
	}
	f.Histogram = h
}

// nameOf is a value as a label.
func nameOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	case nil:
		return "null", true
	}
	return "", false
}
