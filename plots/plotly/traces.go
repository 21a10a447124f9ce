package plotly

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"benchside/plots"
)

// place names the pair of axes of a trace.
func place(t object) string { return t.raw("xaxis") + "/" + t.raw("yaxis") }

// xy reads two columns of one length; a missing one counts.
func (r *reader) xy(t object) (x, y column) {
	x, y = r.column(t["x"]), r.column(t["y"])
	count := func(n int) column {
		c := column{numbers: make([]float64, n)}
		for i := range c.numbers {
			c.numbers[i] = float64(i)
		}
		return c
	}
	switch {
	case x.len() == 0:
		x = count(y.len())
	case y.len() == 0:
		y = count(x.len())
	}
	n := min(x.len(), y.len())
	x.numbers, y.numbers = x.numbers[:n], y.numbers[:n]
	if x.names != nil {
		x.names = x.names[:n]
	}
	if y.names != nil {
		y.names = y.names[:n]
	}
	return x, y
}

func (r *reader) scatter(t object, name string) {
	x, y := r.xy(t)
	mode := t.raw("mode")
	if fill := t.raw("fill"); fill != "" && fill != "none" {
		r.note("filled areas are drawn as their edges")
	}
	xAxis := plots.Axis{Title: r.axis(t, "x").title(), Unit: x.unit}
	yAxis := plots.Axis{Title: r.axis(t, "y").title(), Unit: y.unit}
	if x.names != nil {
		r.note("names of x are numbered")
	}
	if y.names != nil {
		r.note("names of y are numbered")
	}
	key := place(t)
	if strings.Contains(mode, "markers") && !strings.Contains(mode, "lines") || mode == "text" {
		c := r.spots[key]
		if c == nil {
			c = &plots.Scatter{Title: r.title, X: xAxis, Y: yAxis}
			r.spots[key] = c
			r.draw(c, r.window(t))
		}
		slot := len(slotsOf(c.Spots))
		for i := range x.numbers {
			c.Spots = append(c.Spots, plots.Spot{Name: name, X: x.numbers[i], Y: y.numbers[i], Slot: slot})
		}
		return
	}
	c := r.lines[key]
	if c == nil {
		c = &plots.Line{Title: r.title, X: xAxis, Y: yAxis}
		r.lines[key] = c
		r.draw(c, r.window(t))
	}
	if !slices.IsSorted(x.numbers) {
		r.note("%s goes back in x; it is drawn from left to right", name)
	}
	// A point without x has no place on a line.
	var xs, ys []float64
	for i, v := range x.numbers {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			xs, ys = append(xs, v), append(ys, y.numbers[i])
		}
	}
	c.Series = append(c.Series, plots.NewSeries(fmt.Sprint(len(c.Series)), name, xs, ys))
}

// slotsOf are the inks that are in use.
func slotsOf(spots []plots.Spot) map[int]bool {
	used := map[int]bool{}
	for _, s := range spots {
		used[s.Slot] = true
	}
	return used
}

func (r *reader) bar(t object, name string) {
	x, y := r.xy(t)
	if t.raw("orientation") == "h" {
		x, y = y, x
	}
	key := place(t)
	c := r.bars[key]
	if c == nil {
		c = &plots.Bars{Title: r.title}
		r.bars[key] = c
		r.draw(c, plots.View{})
	}
	several := t.raw("name") != ""
	slot := 0
	if n := len(c.Bars); n > 0 {
		slot = c.Bars[n-1].Slot + 1
		if mode := r.layout.raw("barmode"); mode == "stack" || mode == "relative" || mode == "overlay" {
			r.note("bars that are stacked are drawn beside each other")
		}
	}
	for i := range x.numbers {
		if len(c.Bars) >= mostNames {
			r.note("the first %d bars", mostNames)
			break
		}
		b := plots.Bar{Name: x.name(i), Value: y.numbers[i], Slot: slot}
		if several {
			b.Name += " · " + name
		}
		c.Bars = append(c.Bars, b)
	}
}

func (r *reader) histogram(t object, name string) {
	v, letter := r.column(t["x"]), "x"
	if v.len() == 0 {
		v, letter = r.column(t["y"]), "y"
	}
	if v.names != nil { // how often each name occurs
		r.counts(v)
		return
	}
	title := r.title
	if t.raw("name") != "" {
		title = strings.TrimSpace(title + " " + name)
	}
	r.draw(&plots.Histogram{Title: title, X: plots.Axis{Title: r.axis(t, letter).title(), Unit: v.unit}, Values: v.numbers}, plots.View{})
}

func (r *reader) counts(v column) {
	c := &plots.Bars{Title: r.title}
	for i, at := range v.numbers {
		switch place := int(at); {
		case place < len(c.Bars):
			c.Bars[place].Value++
		case place < mostNames:
			c.Bars = append(c.Bars, plots.Bar{Name: v.names[i], Value: 1})
		default:
			r.note("the first %d names", mostNames)
		}
	}
	r.draw(c, plots.View{})
}

// heat draws a grid. Plotly's rows go up unless the axis is reversed; ours go
// down.
func (r *reader) heat(t object, contour bool) {
	values, rows, cols := r.grid(t["z"])
	if rows == 0 || cols == 0 {
		r.note("a grid without values is not drawn")
		return
	}
	x, y := r.column(t["x"]), r.column(t["y"])
	const mostHeights = 2000 // that plots.Contour takes
	if contour && rows*cols <= mostHeights && x.names == nil && y.names == nil {
		c := &plots.Contour{Title: r.title, X: plots.Axis{Title: r.axis(t, "x").title(), Unit: x.unit}, Y: plots.Axis{Title: r.axis(t, "y").title(), Unit: y.unit}}
		for i, v := range values {
			c.Heights = append(c.Heights, plots.Height{X: x.at(i % cols), Y: y.at(i / cols), Z: v})
		}
		r.draw(c, r.window(t))
		return
	}
	if contour {
		r.note("contours are drawn as a heat map")
	}
	if rows > mostNames || cols > mostNames {
		r.note("a grid of %d by %d is not drawn", rows, cols)
		return
	}
	c := &plots.Heatmap{Title: r.title}
	for i := range cols {
		c.Cols = append(c.Cols, x.label(i))
	}
	up := r.axis(t, "y").raw("autorange") != "reversed"
	for i := range rows {
		row := i
		if up {
			row = rows - 1 - i
		}
		c.Rows = append(c.Rows, y.label(row))
		c.Values = append(c.Values, values[row*cols:(row+1)*cols]...)
	}
	r.draw(c, plots.View{})
}

// at is a place along a grid; without a column it is the number of the place.
func (c column) at(i int) float64 {
	if i < c.len() {
		return c.numbers[i]
	}
	return float64(i)
}

func (c column) label(i int) string {
	if i < c.len() {
		return c.name(i)
	}
	return fmt.Sprint(i)
}

func (r *reader) box(t object, name string, violin bool) {
	values, groups := r.column(t["y"]), r.column(t["x"])
	if t.raw("orientation") == "h" || values.len() == 0 {
		values, groups = groups, values
	}
	if values.len() == 0 || values.names != nil {
		r.note("a %s of no values is not drawn", map[bool]string{false: "box", true: "violin"}[violin])
		return
	}
	key := place(t) + fmt.Sprint(violin)
	c := r.boxes[key]
	if c == nil {
		c = &plots.Boxes{Title: r.title, Violin: violin}
		r.boxes[key] = c
		r.draw(c, plots.View{})
	}
	if groups.len() != values.len() {
		c.Samples = append(c.Samples, plots.Sampled{Name: name, Values: values.numbers, Slot: len(c.Samples)})
		return
	}
	places := map[string]int{}
	for i, v := range values.numbers {
		group := groups.name(i)
		at, seen := places[group]
		if !seen {
			if len(c.Samples) >= mostNames {
				r.note("the first %d samples", mostNames)
				continue
			}
			at = len(c.Samples)
			places[group] = at
			label := group
			if t.raw("name") != "" {
				label += " · " + name
			}
			c.Samples = append(c.Samples, plots.Sampled{Name: label, Slot: at})
		}
		c.Samples[at].Values = append(c.Samples[at].Values, v)
	}
}

func (r *reader) parallel(t object) {
	var dims []object
	if json.Unmarshal(t["dimensions"], &dims) != nil || len(dims) == 0 {
		r.note("parallel coordinates without dimensions are not drawn")
		return
	}
	const mostDims, mostPaths = 64, 20_000
	c := &plots.Parallel{Title: r.title}
	for k, d := range dims[:min(len(dims), mostDims)] {
		v := r.column(d["values"])
		dim := plots.Dimension{Name: d.words("label"), Keep: span(d["constraintrange"], false)}
		if v.names != nil {
			dim.Words = places(v)
		}
		c.Dimensions = append(c.Dimensions, dim)
		for i, n := range v.numbers[:min(v.len(), mostPaths)] {
			if i == len(c.Paths) {
				c.Paths = append(c.Paths, plots.Path{Name: fmt.Sprint(i)})
			}
			for len(c.Paths[i].Values) < k {
				c.Paths[i].Values = append(c.Paths[i].Values, math.NaN())
			}
			c.Paths[i].Values = append(c.Paths[i].Values, n)
		}
		if v.len() > mostPaths {
			r.note("the first %d paths of %d", mostPaths, v.len())
		}
	}
	r.draw(c, plots.View{})
}

// places lists the names of a column in the order of their numbers.
func places(v column) []string {
	var out []string
	for i, at := range v.numbers {
		if int(at) == len(out) {
			out = append(out, v.names[i])
		}
	}
	return out
}

func (r *reader) pie(t object) {
	labels, values := r.column(t["labels"]), r.column(t["values"])
	r.note("a pie is drawn as bars")
	c := &plots.Bars{Title: r.title}
	for i := range values.numbers[:min(values.len(), mostNames)] {
		c.Bars = append(c.Bars, plots.Bar{Name: labels.label(i), Value: values.numbers[i]})
	}
	r.draw(c, plots.View{})
}

func (r *reader) table(t object) {
	var header []json.RawMessage
	_ = json.Unmarshal(t.object("header")["values"], &header) // a table may have none
	var cells []json.RawMessage
	if json.Unmarshal(t.object("cells")["values"], &cells) != nil {
		r.note("a table without cells is not shown")
		return
	}
	const mostColumns, mostRows = 200, 10_000
	var table plots.Table
	for k, raw := range cells[:min(len(cells), mostColumns)] {
		title := fmt.Sprint(k)
		if k < len(header) {
			title = heading(header[k])
		}
		table.Columns = append(table.Columns, title)
		var values []any
		if json.Unmarshal(raw, &values) != nil {
			for _, n := range r.column(raw).numbers {
				values = append(values, n)
			}
		}
		for i, v := range values[:min(len(values), mostRows)] {
			if i == len(table.Rows) {
				table.Rows = append(table.Rows, make([]any, min(len(cells), mostColumns)))
			}
			table.Rows[i][k] = cellOf(v)
		}
	}
	r.figure.Tables = append(r.figure.Tables, table)
}

// heading is a text, or lines of it.
func heading(raw json.RawMessage) string {
	var lines []any
	if json.Unmarshal(raw, &lines) == nil {
		var out []string
		for _, l := range lines {
			out = append(out, inWords(l))
		}
		return strings.Join(out, " ")
	}
	var one any
	_ = json.Unmarshal(raw, &one) // it is JSON already
	return inWords(one)
}

func cellOf(v any) any {
	switch v := v.(type) {
	case nil, float64:
		return v
	}
	return inWords(v)
}
