package rundetail

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// line is one row of the part in front.
type line struct {
	cells   []widget.Cell
	full    string              // the whole value, for the status line and the clipboard
	metric  string              // the metric whose history fills the row
	run     string              // the run it leads to
	version *store.ModelVersion // of a registered model, that it leads to
	tab     tab                 // the part it leads to
	folder  string              // the artifact folder it unfolds
}

// fill makes the rows of the part in front, keeping the cursor where it is.
func (v *View) fill() {
	v.lines = nil
	width := v.width
	if v.wide() {
		width = v.split()
	}
	v.table.Resize(width-1, v.height-v.above())
	switch v.tab {
	case overview:
		v.fillOverview()
	case metrics:
		v.fillMetrics(func(key string) bool { return !isSystem(key) })
	case system:
		v.fillMetrics(isSystem)
	case params:
		v.fillPairs("param", v.run.Params)
	case tags:
		v.fillPairs("tag", v.run.Tags)
	case data:
		v.fillInputs()
	case models:
		v.fillModels()
	case files:
		v.fillFiles()
	}
	v.table.Count = len(v.lines)
	v.table.Move(0)
	for i := range v.table.Columns {
		for _, l := range v.lines {
			if i < len(l.cells) {
				v.table.Widen(i, l.cells[i].Text)
			}
		}
	}
	if v.tab == metrics || v.tab == system {
		v.table.Fill(trend, 12, 40)
	}
}

// trend is the column of the sparklines.
const trend = 9

func (v *View) columns(columns ...widget.Column) { v.table.Columns = columns }

func (v *View) add(l line) { v.lines = append(v.lines, l) }

func (v *View) fillMetrics(wanted func(key string) bool) {
	v.columns(
		widget.Column{Title: "metric", Width: 16, Max: 40, Keep: true}, widget.Column{Title: "last", Width: 9, Right: true, Keep: true},
		widget.Column{Title: "min", Width: 9, Min: 7, Right: true, From: 59}, widget.Column{Title: "@step", Width: 6, Min: 5, Right: true, From: 99},
		widget.Column{Title: "max", Width: 9, Min: 7, Right: true, From: 59}, widget.Column{Title: "@step", Width: 6, Min: 5, Right: true, From: 99},
		widget.Column{Title: "mean", Width: 9, Min: 7, Right: true, From: 99}, widget.Column{Title: "first", Width: 9, Min: 7, Right: true, From: 109},
		widget.Column{Title: "n", Width: 6, Min: 3, Right: true, From: 99}, widget.Column{Title: "trend", Width: 24, Min: 6}, widget.Column{Title: "", Min: 6, Max: 40},
	)
	for _, key := range v.run.MetricKeys() {
		if wanted(key) {
			v.add(v.metricLine(key))
		}
	}
}

func (v *View) metricLine(key string) line {
	t := v.theme
	last := v.run.Metrics[key]
	s := v.sums[key]
	if s == nil || s.reading {
		return line{metric: key, full: key + " " + widget.Full(last.Value), cells: []widget.Cell{
			{Text: sanitize.Line(key)}, {Text: widget.Number(last.Value, widget.Digits([]float64{last.Value}))}, {Text: t.Glyphs.More, Style: t.Dim},
		}}
	}
	digits := widget.Digits([]float64{last.Value, s.Min.Value, s.Max.Value})
	number := func(x float64) widget.Cell {
		c := widget.Cell{Text: widget.Number(x, digits)}
		if strings.HasSuffix(c.Text, "Inf") || c.Text == "NaN" {
			c.Style = t.Warn
		}
		return c
	}
	finite := func(x float64) widget.Cell {
		if s.Finite == 0 {
			return widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
		}
		return number(x)
	}
	now := number(last.Value)
	if v.fresh[key] {
		now.Style = t.Fresh
	}
	return line{metric: key, full: fmt.Sprintf("%s %s at step %s", key, widget.Full(last.Value), last.Step), cells: []widget.Cell{
		{Text: sanitize.Line(key)},
		now, finite(s.Min.Value),
		{Text: s.Min.Step.String(), Style: t.Dim},
		finite(s.Max.Value),
		{Text: s.Max.Step.String(), Style: t.Dim},
		finite(s.Mean()), number(s.First.Value),
		{Text: widget.Count(s.Points), Style: t.Dim},
		{Style: t.Info}, // drawn when its room is known
		{Text: oddities(s.Summary), Style: t.Warn},
	}}
}

// oddities names what a plain number would hide.
func oddities(s store.Summary) string {
	var out []string
	for _, o := range []struct {
		n    int
		word string
	}{{s.NaNs, "NaN"}, {s.Infs, "Inf"}, {s.Repeated, "repeated"}, {s.Negative, "negative"}} {
		if o.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", o.n, o.word))
		}
	}
	return strings.Join(out, ", ")
}

func (v *View) fillPairs(title string, pairs map[string]string) {
	v.columns(widget.Column{Title: title, Width: 16, Max: 48, Keep: true}, widget.Column{Title: "value", Width: 20, Min: 8, Max: 160})
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		v.add(line{full: pairs[key], cells: []widget.Cell{{Text: sanitize.Line(key), Style: v.theme.Dim}, {Text: sanitize.Line(pairs[key])}}})
	}
}

func (v *View) fillInputs() {
	v.columns(widget.Column{Title: "dataset", Width: 16, Max: 40, Keep: true}, widget.Column{Title: "digest", Width: 10, Min: 8},
		widget.Column{Title: "context", Width: 10, Min: 6}, widget.Column{Title: "source", Width: 10, Min: 6}, widget.Column{Title: "profile", Width: 20, Min: 8, Max: 60},
		widget.Column{Title: "location", Width: 20, Min: 8, Max: 80})
	for _, in := range v.links.inputs {
		v.add(line{full: in.Source, cells: []widget.Cell{
			{Text: sanitize.Line(in.Name)},
			{Text: sanitize.Line(in.Digest), Style: v.theme.Dim},
			{Text: sanitize.Line(in.Context)},
			{Text: sanitize.Line(in.SourceType), Style: v.theme.Dim},
			{Text: sanitize.Line(in.Profile), Style: v.theme.Dim},
			{Text: sanitize.Line(in.Source), Style: v.theme.Dim},
		}})
	}
}

func (v *View) fillModels() {
	v.columns(widget.Column{Title: "model", Width: 16, Max: 40, Keep: true}, widget.Column{Title: "as", Width: 6, Min: 6, Max: 10}, widget.Column{Title: "status", Width: 8, Min: 6},
		widget.Column{Title: "type", Width: 10, Min: 6, Max: 40}, widget.Column{Title: "created", Width: 19, Min: 10}, widget.Column{Title: "id", Width: 34, Min: 8},
		widget.Column{Title: "location", Width: 20, Min: 8, Max: 90})
	for _, m := range v.links.models {
		as := "input"
		if m.Output {
			as = "output"
		}
		v.add(line{full: m.ArtifactLocation, cells: []widget.Cell{
			{Text: sanitize.Line(m.Name)},
			{Text: as},
			{Text: m.Status},
			{Text: sanitize.Line(m.Type), Style: v.theme.Dim},
			{Text: widget.Stamp(m.Created), Style: v.theme.Dim},
			{Text: m.ID, Style: v.theme.Dim},
			{Text: sanitize.Line(m.ArtifactLocation), Style: v.theme.Dim},
		}})
	}
	for i := range v.links.versions {
		m := &v.links.versions[i]
		used := m.Stage
		for _, a := range m.Aliases {
			used += " @" + a
		}
		v.add(line{full: fmt.Sprintf("models:/%s/%d", m.Name, m.Version), version: m, cells: []widget.Cell{
			{Text: sanitize.Line(fmt.Sprintf("%s v%d", m.Name, m.Version)), Style: v.theme.Info},
			{Text: "registered"},
			{Text: sanitize.Line(m.Status)},
			{Text: sanitize.Line(used), Style: v.theme.Accent},
			{Text: widget.Stamp(m.Created), Style: v.theme.Dim},
			{Text: sanitize.Line(m.Source), Style: v.theme.Dim},
			{Text: sanitize.Line(m.Location), Style: v.theme.Dim},
		}})
	}
}

func (v *View) tabName(t tab) string {
	n := 0
	switch t {
	case overview:
		return tabNames[t]
	case metrics, system:
		for key := range v.run.Metrics {
			if isSystem(key) == (t == system) {
				n++
			}
		}
	case params:
		n = len(v.run.Params)
	case tags:
		n = len(v.run.Tags)
	case data:
		n = len(v.links.inputs)
	case models:
		n = len(v.links.models) + len(v.links.versions)
	case files:
		return tabNames[t]
	}
	return fmt.Sprintf("%s %d", tabNames[t], n)
}

func (v *View) above() int {
	n := 4 // parts, the line of facts, heading, rule
	if v.tab == overview {
		n-- // its columns have no titles
	}
	if v.err != nil {
		n++
	}
	return n
}

// headed is how far the heading is above the rows, 0 for none.
func (v *View) headed() int {
	if v.tab == overview {
		return 0
	}
	return 2
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	rows := height - v.above()
	room := width
	if v.wide() {
		room = v.split()
	}
	table.Resize(room-1, rows)
	lines := []string{v.tabLine(width), v.factLine(width)}
	if v.err != nil {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(" "+sanitize.Line(v.err.Error()), t.Bad).String())
	}
	if v.tab != overview {
		lines = append(lines, table.Heading(t, 1))
	}
	lines = append(lines, widget.Rule(width, t))
	if len(v.lines) == 0 && v.known {
		lines = append(lines, strings.Repeat(" ", width), widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+v.nothing(), t.Dim).String())
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		cells, sum := v.lines[i].cells, v.sums[v.lines[i].metric]
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell {
			if col == trend && sum != nil && col < len(cells) {
				return widget.Cell{Text: sum.spark(table.Shown(trend), t.Glyphs.ASCII), Style: t.Info}
			}
			if col < len(cells) {
				return cells[col]
			}
			return widget.Cell{}
		}))
	}
	if v.wide() && rows > 0 {
		lines = v.beside(to-from, lines, width, rows)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

func (v *View) nothing() string {
	switch v.tab {
	case metrics:
		return "no metrics: mlflow.log_metric brings them"
	case system:
		return "no system metrics: mlflow.enable_system_metrics_logging() brings them"
	case params:
		return "no params: mlflow.log_param brings them"
	case data:
		return "no datasets: mlflow.log_input brings them"
	case models:
		return "no models: log_model of MLflow 3 brings them, register_model makes versions of them"
	case files:
		return v.folder.nothing()
	}
	return "nothing here"
}

// tabPlace is where the name of a part stands.
type tabPlace struct {
	tab  tab
	x, w int
}

// tabPlaces says where the names of the parts stand: closer together where they
// would not fit, and only those up to the one in front where not even that helps.
func (v *View) tabPlaces(width int) []tabPlace {
	gap, all := 3, 1
	for t := range tabs {
		all += widget.Width(v.tabName(t)) + 3
	}
	if all-3 > width {
		gap = 2
	}
	var places []tabPlace
	x := 1
	for t := range tabs {
		w := widget.Width(v.tabName(t))
		for t <= v.tab && x+w > width && len(places) > 0 {
			first := places[0].w + gap
			places = places[1:]
			for i := range places {
				places[i].x -= first
			}
			x -= first
		}
		places = append(places, tabPlace{t, x, w})
		x += w + gap
	}
	return places
}

func (v *View) tabLine(width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	for _, p := range v.tabPlaces(width) {
		style := t.Dim
		if p.tab == v.tab {
			style = t.Accent
		}
		l.Pad(p.x-width+l.Left()).Add(v.tabName(p.tab), style)
	}
	return l.String()
}

func (v *View) factLine(width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	if !v.known {
		return l.String()
	}
	glyph, style := widget.Status(v.run.Status, t)
	l.Pad(1).Add(glyph+" "+string(v.run.Status), style).Pad(3)
	l.Add(widget.Lasted(v.run.Start, v.run.End, v.now), t.Strong).Pad(3)
	l.Add("started "+widget.Ago(v.run.Start, v.now), t.Dim).Pad(3)
	by := sanitize.Line(v.run.UserID)
	if source := sanitize.Line(v.run.Tags[store.TagSourceName]); source != "" {
		by += " @ " + source
	}
	l.Add(by, t.Dim).Pad(3)
	if commit := sanitize.Line(v.run.Tags[store.TagGitCommit]); commit != "" {
		l.Add("git "+widget.Cut(commit, 7, ""), t.Dim).Pad(3)
	}
	if n := len(v.links.children); n > 0 {
		l.Add(fmt.Sprintf("%d children", n), t.Dim)
	}
	return l.String()
}
