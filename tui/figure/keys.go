package figure

import (
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/figures"
	"benchside/plots"
	"benchside/plots/scene"
	"benchside/sanitize"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "plot"
	then := func(do func()) func() tea.Cmd {
		return func() tea.Cmd { do(); v.show(); return nil }
	}
	role := func(n int) func() tea.Cmd { return func() tea.Cmd { return v.setRole(n) } }
	noRole := func(n int) func() string { return func() string { return v.noRole(n) } }
	end := func(low bool, by float64) func() tea.Cmd {
		return then(func() { v.narrow(low, by) })
	}
	keys := []view.Key{
		{Press: []string{"v"}, Name: "plot", Does: "the next kind of chart", Short: "kind", Group: group, Foot: true, Takes: "a kind", With: v.named, Run: func() tea.Cmd { return v.turn(1) }},
		{Press: []string{"V"}, Does: "the kind of chart before", Group: group, Run: func() tea.Cmd { return v.turn(-1) }},
		{Press: []string{"space"}, Name: "field", Does: "draw the field under the cursor, or leave it out", Short: "field", Group: group, Foot: true, Off: v.noToggle, Run: v.toggle},
		{Press: []string{"x"}, Name: "x", Does: "the field under the cursor as x", Short: "x", Group: group, Foot: true, Off: noRole(0), Run: role(0)},
		{Press: []string{"y"}, Name: "y", Does: "the field under the cursor as y", Short: "y", Group: group, Foot: true, Off: noRole(1), Run: role(1)},
		{Press: []string{"z"}, Name: "third", Does: "the field under the cursor as the third: a height, or one more objective", Group: group, Off: noRole(2), Run: role(2)},
		{Press: []string{"D"}, Name: "direction", Does: "higher is better, lower is better, or not said", Group: group, Off: v.noMetric, Run: v.turnDirection},
		{Press: []string{"g"}, Name: "grouping", Does: "boxes: of replicates (params but seeds alike), or of children of a parent", Group: group, Run: func() tea.Cmd {
			v.look.grouping = (v.look.grouping + 1) % len(groupings)
			return v.draw()
		}},
		{Press: []string{"L"}, Name: "log-y", Does: "logarithmic y", Group: group, Run: then(func() { v.look.window.LogY = !v.look.window.LogY })},
		{Press: []string{"X"}, Name: "log-x", Does: "logarithmic x, or params of parallel coordinates", Group: group, Run: func() tea.Cmd {
			v.look.window.LogX = !v.look.window.LogX
			return v.draw()
		}},
		{Press: []string{"]"}, Name: "from-up", Does: "brush: keep from higher on", Short: "brush", Group: group, Foot: true, Off: v.noBrush, Run: end(true, 1)},
		{Press: []string{"["}, Name: "from-down", Does: "brush: keep from lower on", Group: group, Off: v.noBrush, Run: end(true, -1)},
		{Press: []string{"}"}, Name: "to-up", Does: "brush: keep up to higher", Group: group, Off: v.noBrush, Run: end(false, 1)},
		{Press: []string{"{"}, Name: "to-down", Does: "brush: keep up to lower", Group: group, Off: v.noBrush, Run: end(false, -1)},
		{Press: []string{"0"}, Name: "no-brush", Does: "keep all runs again", Group: group, Run: then(func() { clear(v.brush); v.rebrush() })},
		{Press: []string{"n"}, Name: "next-run", Does: "point out the next run", Short: "run", Group: group, Foot: true, Off: v.noRuns, Run: then(func() { v.pick(1) })},
		{Press: []string{"N"}, Name: "run-before", Does: "point out the run before", Group: group, Off: v.noRuns, Run: then(func() { v.pick(-1) })},
		{Press: []string{"enter"}, Name: "open", Does: "open the run that is pointed out", Short: "open", Group: group, Foot: true, Off: v.noPick, Run: func() tea.Cmd {
			return view.Send(view.ShowRun{ID: v.runs[v.look.picked-1].Run.ID})
		}},
		{Press: []string{"c", "2"}, Name: "compare", Does: "compare the runs that are kept", Group: group, Off: v.noRuns, Run: func() tea.Cmd {
			return view.Send(view.ShowComparison{Runs: v.ids(), Title: v.titled(), Carry: v.ask.Carry})
		}},
		{Press: []string{"3"}, Name: "charts", Does: "charts of the runs that are kept", Group: group, Off: v.noRuns, Run: func() tea.Cmd {
			return view.Send(view.ShowCharts{Runs: v.ids(), Title: v.titled(), Carry: v.ask.Carry})
		}},
		{Press: []string{"4"}, Name: "artifacts", Does: "artifacts of the runs that are kept, side by side", Group: group, Off: v.noRuns, Run: func() tea.Cmd {
			return view.Artifacts(v.ids(), v.titled())
		}},
		{Press: []string{"C"}, Name: "copy", Does: "copy the data of the chart as CSV", Group: group, Off: v.noChart, Run: v.copyData},
		{Press: []string{"tab"}, Name: "fields", Does: "the fields or the chart, where there is no room for both", Group: group, Run: then(func() { v.look.listed = !v.look.listed })},
	}
	return append(keys, v.moves(then)...)
}

func (v *View) moves(then func(func()) func() tea.Cmd) []view.Key {
	const group = "move"
	by := func(n int) func() tea.Cmd { return then(func() { v.look.cursor += n }) }
	page := max(v.look.h-2, 1)
	return []view.Key{
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: by(1)},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: by(-1)},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: by(page)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: by(-page)},
		{Press: []string{"home"}, Does: "first", Group: group, Run: by(-len(v.fields))},
		{Press: []string{"G", "end"}, Does: "last", Group: group, Run: by(len(v.fields))},
	}
}

// field is the one under the cursor.
func (v *View) field() (figures.Field, bool) {
	if v.look.cursor < 0 || v.look.cursor >= len(v.fields) {
		return figures.Field{}, false
	}
	return v.fields[v.look.cursor], true
}

func (v *View) turn(by int) tea.Cmd {
	v.kind = (v.kind + by + len(figures.Kinds)) % len(figures.Kinds)
	return v.turned()
}

func (v *View) turned() tea.Cmd {
	v.chart, v.look.picked = nil, 0
	return v.draw()
}

// named takes a kind by its name, or the start of it.
func (v *View) named(words string) tea.Cmd {
	at := slices.IndexFunc(figures.Kinds, func(k figures.Kind) bool { return words != "" && strings.HasPrefix(k.Name, words) })
	if at < 0 {
		var names []string
		for _, k := range figures.Kinds {
			names = append(names, k.Name)
		}
		return view.Send(view.Say{Text: "no such kind; there are " + strings.Join(names, ", "), Bad: true})
	}
	v.kind = at
	return v.turned()
}

func (v *View) noRole(n int) string {
	k := v.of()
	if _, ok := v.field(); !ok {
		return "there is no field"
	}
	if k.Most < 2 || k.Roles == nil {
		return "space chooses the field of this kind of chart"
	}
	if n >= len(k.Roles) {
		return fmt.Sprintf("%s takes %d fields", k.Name, len(k.Roles))
	}
	return ""
}

// setRole gives the field under the cursor a part; who had it takes the part that
// the field had.
func (v *View) setRole(n int) tea.Cmd {
	f, _ := v.field()
	name := v.of().Name
	fields := slices.Clone(v.chosen[name])
	had := slices.Index(fields, f)
	switch {
	case n >= len(fields) && had < 0:
		fields = append(fields, f)
	case n >= len(fields):
	case had >= 0:
		fields[had], fields[n] = fields[n], fields[had]
	default:
		fields[n] = f
	}
	v.chosen[name] = fields
	return v.draw()
}

func (v *View) noToggle() string {
	if _, ok := v.field(); !ok {
		return "there is no field"
	}
	if k := v.of(); k.Roles != nil && k.Most == 2 || k.Name == "contour" {
		return "x, y and z say where the field goes"
	}
	return ""
}

// toggle takes a field in or leaves it out; where there is one only, it takes its
// place. The last one, which colours parallel coordinates, stays the last.
func (v *View) toggle() tea.Cmd {
	f, _ := v.field()
	k := v.of()
	fields := slices.Clone(v.chosen[k.Name])
	at := slices.Index(fields, f)
	switch {
	case k.Most == 1:
		fields = []figures.Field{f}
	case at >= 0 && len(fields) <= k.Least:
		return view.Send(view.Say{Text: fmt.Sprintf("%s takes at least %d fields", k.Name, k.Least), Bad: true})
	case at >= 0:
		fields = slices.Delete(fields, at, at+1)
		delete(v.brush, f)
	case len(fields) >= k.Most:
		return view.Send(view.Say{Text: fmt.Sprintf("%s takes at most %d fields", k.Name, k.Most), Bad: true})
	case k.Roles == nil && len(fields) > 0:
		fields = slices.Insert(fields, len(fields)-1, f)
	default:
		fields = append(fields, f)
	}
	v.chosen[k.Name] = fields
	return v.draw()
}

func (v *View) noMetric() string {
	if f, ok := v.field(); !ok || f.Param {
		return "the cursor is on no metric"
	}
	return ""
}

func (v *View) turnDirection() tea.Cmd {
	f, _ := v.field()
	d := (v.better[f.Key] + 1) % (compare.Lower + 1)
	v.better[f.Key] = d
	keep := v.keep
	return tea.Batch(v.draw(), func() tea.Msg {
		if keep == nil {
			return nil
		}
		if err := keep.Keep(f.Key, d); err != nil {
			return view.Say{Text: "the direction holds for this session only: " + err.Error(), Bad: true}
		}
		return nil
	})
}

// axis is the dimension of parallel coordinates under the cursor, -1 for none.
func (v *View) axis() int {
	f, ok := v.field()
	c, parallel := v.chart.(*plots.Parallel)
	at := slices.Index(v.chosen[v.of().Name], f)
	if !ok || !parallel || at >= len(c.Dimensions) {
		return -1
	}
	return at
}

func (v *View) noBrush() string {
	switch {
	case v.of().Name != "parallel":
		return "parallel coordinates have brushes"
	case v.axis() < 0:
		return "the field under the cursor is no axis; space makes it one"
	}
	return ""
}

// narrow moves an end of the brush by a twentieth of its axis, or to the next
// word. At both ends of the axis the brush is gone.
func (v *View) narrow(low bool, by float64) {
	at := v.axis()
	if at < 0 {
		return
	}
	c := v.chart.(*plots.Parallel)
	whole, ok := c.Extent(at)
	if !ok {
		return
	}
	f := v.chosen[v.of().Name][at]
	r, set := v.brush[f]
	if !set {
		r = whole
	}
	const steps = 20
	move := func(value float64) float64 {
		if len(c.Dimensions[at].Words) > 0 {
			return value + by
		}
		s := plots.Scale{Range: whole, A: 0, B: steps, Log: c.Dimensions[at].Log}
		return s.Value(math.Round(s.At(value)) + by)
	}
	if low {
		r.From = min(max(move(r.From), whole.From), r.To)
	} else {
		r.To = max(min(move(r.To), whole.To), r.From)
	}
	v.setBrush(f, r, whole)
}

func (v *View) setBrush(f figures.Field, r, whole plots.Range) {
	switch {
	case r.From <= whole.From && r.To >= whole.To:
		delete(v.brush, f)
	case r.From == r.To: // a range of one value is still a range
		v.brush[f] = plots.Range{From: math.Nextafter(r.From, math.Inf(-1)), To: math.Nextafter(r.To, math.Inf(1))}
	default:
		v.brush[f] = r
	}
	v.rebrush()
}

func (v *View) noRuns() string {
	if len(v.runs) == 0 {
		return "there is no run"
	}
	return ""
}

func (v *View) noPick() string {
	if v.look.picked < 1 || v.look.picked > len(v.runs) {
		return "no run is pointed out; n does"
	}
	return ""
}

func (v *View) noChart() string {
	if v.chart == nil {
		return "there is no chart"
	}
	return ""
}

// pick points out the next of the runs that are kept.
func (v *View) pick(by int) {
	kept := v.kept()
	if len(kept) == 0 {
		return
	}
	at := slices.Index(kept, v.look.picked-1)
	if at < 0 && by < 0 {
		at = 0
	}
	v.look.picked = kept[(at+by+len(kept))%len(kept)] + 1
}

func (v *View) ids() []string {
	var ids []string
	for _, i := range v.kept() {
		ids = append(ids, v.runs[i].Run.ID)
	}
	return ids
}

func (v *View) copyData() tea.Cmd {
	t := v.chart.Table()
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(t.Columns); err != nil {
		return view.Send(view.Say{Text: err.Error(), Bad: true})
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			if c != nil {
				cells[i] = fmt.Sprint(c)
			}
		}
		if err := w.Write(cells); err != nil {
			return view.Send(view.Say{Text: err.Error(), Bad: true})
		}
	}
	w.Flush()
	return view.Send(view.Copy{Text: b.String(), What: fmt.Sprintf("%d rows of the chart", len(t.Rows))})
}

// click points out the run of the datum, or moves to the field.
func (v *View) click(m view.Click) tea.Cmd {
	listWidth, chartX, chartY, w, h := v.layout(v.look.w, v.look.h)
	if m.X < listWidth && m.Y >= chartY {
		if at := v.look.top + m.Y - chartY; at < len(v.fields) {
			v.look.cursor = at
			v.show()
		}
		return nil
	}
	if v.chart == nil {
		return nil
	}
	d, ok := v.chart.Hit(v.frame(w, h), scene.Point{X: float64(m.X-chartX) + 0.5, Y: float64(m.Y-chartY) + 0.5})
	if !ok {
		return nil
	}
	if perRun(v.chart) && d.Series >= 0 && d.Series < len(v.runs) {
		v.look.picked = d.Series + 1
		if m.Double {
			return view.Send(view.ShowRun{ID: v.runs[d.Series].Run.ID})
		}
	}
	return view.Send(view.Say{Text: sanitize.Line(d.Text)})
}

// perRun reports whether the series of a chart are the runs.
func perRun(c plots.Chart) bool {
	switch c := c.(type) {
	case *plots.Scatter, *plots.Parallel, *plots.Contour:
		return true
	case *plots.Bars:
		return !slices.ContainsFunc(c.Bars, func(b plots.Bar) bool { return b.Interval })
	}
	return false
}

// drag brushes the axis of parallel coordinates on which it began.
func (v *View) drag(m view.Drag) tea.Cmd {
	c, ok := v.chart.(*plots.Parallel)
	_, x, y, w, h := v.layout(v.look.w, v.look.h)
	if !ok || m.FromX < x {
		return nil
	}
	f := v.frame(w, h)
	at, from, begun := c.Axis(f, scene.Point{X: float64(m.FromX-x) + 0.5, Y: float64(m.FromY-y) + 0.5})
	_, to, ended := c.Axis(f, scene.Point{X: float64(m.FromX-x) + 0.5, Y: float64(m.Y-y) + 0.5})
	whole, some := c.Extent(at)
	if fields := v.chosen[v.of().Name]; begun && ended && some && at < len(fields) {
		v.look.cursor = max(slices.Index(v.fields, fields[at]), 0)
		v.setBrush(fields[at], plots.Range{From: min(from, to), To: max(from, to)}, whole)
		v.show()
	}
	return nil
}
