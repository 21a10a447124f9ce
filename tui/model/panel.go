package model

import (
	"context"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/pages"
	"benchside/compare"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// part is one of the panel's.
type part int

const (
	trend part = iota
	described
	lineageOf
	signature
	tagged
	compared
	reviewed
	parts
)

var partNames = [parts]string{"Trend", "Description", "Lineage", "Signature", "Tags", "Compare", "Review"}

// row is a line of the panel that the cursor can be on.
type row struct {
	cells  []widget.Cell
	styled string // a line that was laid out already, instead of cells
	full   string // for the status line and the clipboard
	goes   tea.Msg
}

// split says how many lines the table with its head has, and how many the panel
// below. Where there is no room for both, the one with the focus has it all.
func (v *View) split() (top, below int) {
	const least = 15
	h := v.size.height
	if h < least {
		if v.side.focus {
			return 0, h
		}
		return h, 0
	}
	below = max(h*45/100, 8)
	if rows := len(v.versions) + v.above(); rows < h-below { // few versions need no more
		below = h - max(rows, 6)
	}
	return h - below, below
}

// above counts the lines over the versions.
func (v *View) above() int {
	n := 3 // facts, heading, rule
	if v.err != nil {
		n++
	}
	return n
}

// sideHead counts the lines over the rows of the panel.
func (v *View) sideHead() int { return 1 }

func (v *View) arrange() {
	top, _ := v.split()
	v.table.Resize(v.size.width-1, max(top-v.above(), 0))
	v.fillSide()
}

// fillSide makes the rows of the part in front.
func (v *View) fillSide() {
	_, below := v.split()
	s := &v.side
	s.rows = nil
	s.table.Columns = nil
	switch s.part {
	case described:
		v.fillDescription()
	case lineageOf:
		v.fillLineage()
	case signature:
		v.fillSignature()
	case tagged:
		v.fillTags()
	case compared:
		v.fillCompared()
	case reviewed:
		v.fillReview()
	}
	s.table.Count = len(s.rows)
	for _, r := range s.rows {
		for i := range r.cells {
			s.table.Widen(i, r.cells[i].Whole())
		}
	}
	s.table.Resize(v.size.width-1, max(below-v.sideHead(), 0))
}

func (v *View) addRow(r row) { v.side.rows = append(v.side.rows, r) }

func (v *View) pair(key, value string, goes tea.Msg) {
	style := themes.Style{}
	if goes != nil {
		style = v.theme.Info
	}
	v.addRow(row{full: value, goes: goes, cells: []widget.Cell{{Text: sanitize.Line(key), Style: v.theme.Dim}, {Text: sanitize.Line(value), Style: style}}})
}

func (v *View) pairs() {
	v.side.table.Columns = []widget.Column{{Title: "", Width: 12, Max: 40, Keep: true}, {Title: "", Width: 20, Min: 8, Max: 200}}
}

// fillDescription lays out what the model and the version say of themselves.
func (v *View) fillDescription() {
	style := pages.Dark
	switch {
	case v.theme.Colors == 0:
		style = pages.NoTTY
	case !v.theme.Dark:
		style = pages.Light
	}
	lay := func(head, text string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		v.addRow(row{cells: []widget.Cell{{Text: head, Style: v.theme.Accent}}, full: text})
		lines, err := pages.Markdown(context.Background(), text, min(v.size.width-4, 100), style)
		if err != nil { // too long to be laid out: as it is
			lines = strings.Split(sanitize.Text(text), "\n")
		}
		for _, l := range trimmed(lines) {
			v.addRow(row{styled: l + "\x1b[m"})
		}
	}
	v.side.table.Columns = []widget.Column{{Title: "", Width: 20, Max: 200, Keep: true}}
	if m := v.version(); m != nil {
		lay(fmt.Sprintf("v%d", m.Version), m.Description)
	}
	lay(sanitize.Line(v.name), v.model.Description)
}

// trimmed leaves out the blank lines at both ends.
func trimmed(lines []string) []string {
	blank := func(l string) bool { return strings.TrimSpace(sanitize.Line(l)) == "" }
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// fillLineage says where the version came from, from the data on, with links.
func (v *View) fillLineage() {
	m := v.version()
	if m == nil || v.side.of != m.Version {
		return
	}
	v.pairs()
	l := &v.side.line
	for _, in := range l.Inputs {
		text := strings.TrimSpace(in.Name + "  " + in.Digest + "  " + in.Context)
		v.pair("dataset", text, view.ShowRun{ID: l.Run.ID, Part: "Data"})
	}
	if l.Run != nil {
		v.pair("run", l.Run.Called()+"  "+string(l.Run.Status)+"  "+l.Run.ID, view.ShowRun{ID: l.Run.ID})
	} else {
		v.pair("run", "none: "+l.NoRun, nil)
	}
	if l.Logged != nil {
		v.pair("logged model", l.Logged.Name+"  "+l.Logged.Status+"  "+l.Logged.ID, v.filesOf())
	}
	v.pair("version", fmt.Sprintf("%s v%d", m.Name, m.Version), nil)
	if words := strings.TrimSpace(m.Stage + "  " + at(m.Aliases)); words != "" {
		v.pair("in use as", words, nil)
	}
	v.pair("source", m.Source, v.filesOf())
	if m.Location != "" && m.Location != m.Source {
		v.pair("files", m.Location, v.filesOf())
	}
	if m.RunLink != "" {
		v.pair("run link", m.RunLink, nil)
	}
	if m.StatusMessage != "" {
		v.pair("status", m.Status+": "+m.StatusMessage, nil)
	}
}

// filesOf asks for the files of the version that was followed; nil if they are not
// among those of its run.
func (v *View) filesOf() tea.Msg {
	l := &v.side.line
	folder := l.Folder()
	if folder == "" || l.Run == nil {
		return nil
	}
	return view.ShowArtifacts{Runs: []string{l.Run.ID}, Title: fmt.Sprintf("%s v%d", v.Title(), l.Version.Version), Path: path.Join(folder, "MLmodel")}
}

// fillSignature says what the model takes and gives, and how that differs from the
// version in Production.
func (v *View) fillSignature() {
	m := v.version()
	if m == nil || v.side.of != m.Version {
		return
	}
	v.pairs()
	signed := v.side.signed
	if signed == nil {
		v.pair("not read", v.side.unread, nil)
		return
	}
	subject := v.side.line.Subject(signed)
	for _, kind := range []string{"input ", "output ", "param ", "flavors", "signature"} {
		for _, key := range sortedBy(signed.Inputs, kind, subject.Signature) {
			v.pair(key, subject.Signature[key], nil)
		}
	}
	if signed.Example.Path != "" {
		v.pair("example", signed.Example.Path+"  "+signed.Example.Kind, nil)
	}
	if signed.Environment.Python != "" {
		v.pair("python", signed.Environment.Python, nil)
	}
	v.pair("mlflow", signed.Version, nil)
}

// fillTags lists the tags of the version and of the model.
func (v *View) fillTags() {
	v.side.table.Columns = []widget.Column{{Width: 8, Keep: true}, {Width: 12, Max: 40, Keep: true}, {Width: 20, Min: 8, Max: 200}}
	put := func(of string, tags map[string]string) {
		for _, key := range sortedKeys(tags) {
			v.addRow(row{full: tags[key], cells: []widget.Cell{
				{Text: of, Style: v.theme.Dim},
				{Text: sanitize.Line(key), Style: v.theme.Dim},
				{Text: sanitize.Line(tags[key])},
			}})
		}
	}
	if m := v.version(); m != nil {
		put(fmt.Sprintf("v%d", m.Version), m.Tags)
	}
	put("model", v.model.Tags)
}

// drawSide draws the panel.
func (v *View) drawSide(width, height int) []string {
	s, t := &v.side, v.theme
	lines := []string{v.partLine(width)}
	switch {
	case s.part == trend:
		lines = append(lines, v.drawTrend(width, height-1)...)
	case len(s.rows) == 0:
		for _, text := range v.noRows() {
			lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+text, t.Dim).String())
		}
	}
	table := s.table
	if !s.focus {
		table.Cursor = -1
	}
	from, to := s.table.Window()
	for i := from; i < to && len(lines) < height; i++ {
		if r := s.rows[i]; r.styled != "" {
			lines = append(lines, v.styledRow(r.styled, width, s.focus && i == s.table.Cursor))
			continue
		}
		cells := s.rows[i].cells
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell {
			if col < len(cells) {
				return cells[col]
			}
			return widget.Cell{}
		}))
	}
	return strings.Split(widget.Fit(lines[:min(len(lines), height)], width, height), "\n")
}

// styledRow is a line of its own styles, behind the cursor's bar.
func (v *View) styledRow(text string, width int, cursor bool) string {
	bar := " "
	if cursor {
		bar = v.theme.Accent.Text(v.theme.Glyphs.Bar)
	}
	text = widget.Cut(text, width-2, v.theme.Glyphs.More)
	return bar + text + strings.Repeat(" ", max(width-1-widget.Width(text), 0))
}

// noRows says why a part is empty, and what would fill it.
func (v *View) noRows() []string {
	m := v.version()
	switch {
	case m == nil && v.side.part != described && v.side.part != tagged:
		return []string{"no version"}
	case v.side.gone != nil:
		return []string{sanitize.Line(v.side.gone.Error())}
	case v.side.part == described:
		return []string{"no description: client.update_model_version(…, description=\"…\") writes one, in Markdown"}
	case v.side.part == tagged:
		return []string{"no tags: client.set_model_version_tag sets them"}
	case v.side.part == reviewed && (v.side.review.of == m.Version || !v.governed()):
		return []string{"no request, no comment and no gate card: C comments, m moves it or asks for it"}
	case v.side.part == compared:
		return []string{"mark versions with space: what tells them apart would be here; c compares their source runs"}
	}
	return []string{"reading"}
}

func (v *View) partLine(width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	l.Add(strings.Repeat(t.Glyphs.Rule, 1), t.Rule)
	for p := range parts {
		style := t.Dim
		if p == v.side.part {
			style = t.Accent
		}
		l.Add(" ", t.Rule).Add(partNames[p], style).Add(" ", t.Rule).Add(t.Glyphs.Rule, t.Rule)
	}
	if m := v.version(); m != nil && v.side.part != trend && v.side.part != compared {
		l.Add(fmt.Sprintf(" v%d ", m.Version), t.Strong)
	}
	return l.Add(strings.Repeat(t.Glyphs.Rule, max(l.Left(), 0)), t.Rule).String()
}

func (v *View) clickPart(x int) tea.Cmd {
	at := 1
	for p := range parts {
		w := widget.Width(partNames[p]) + 3
		if x >= at && x < at+w {
			return v.show(p)
		}
		at += w
	}
	return nil
}

// trended is the metric that is drawn over the versions: that under the column
// cursor, else the first.
func (v *View) trended() (string, bool) {
	shown := v.shown()
	if i := v.table.Col - fixed; i >= 0 && i < len(shown) && shown[i].Kind == store.MetricField {
		return shown[i].Key, true
	}
	for _, f := range v.fields {
		if f.Kind == store.MetricField {
			return f.Key, true
		}
	}
	return "", false
}

// values are a metric by version, the lowest first; NaN where a version has none.
func (v *View) values(key string) (numbers, values []float64) {
	for i := range slices.Backward(v.versions) {
		x, ok := v.metric(&v.versions[i], key)
		if !ok {
			x = math.NaN()
		}
		numbers, values = append(numbers, float64(v.versions[i].Version)), append(values, x)
	}
	return numbers, values
}

// drawTrend draws a metric over the versions as steps, and below it the stages that
// they are in.
func (v *View) drawTrend(width, height int) []string {
	t := v.theme
	line := func(text string) []string {
		return []string{widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+text, t.Dim).String()}
	}
	key, ok := v.trended()
	switch {
	case len(v.versions) == 0:
		return line(v.noVersions())
	case v.runs.heads == nil && !v.failedRuns():
		return line("reading")
	case !ok:
		return line("no metric of the source runs is shown: o chooses one")
	}
	numbers, values := v.values(key)
	if !slices.ContainsFunc(values, func(x float64) bool { return !math.IsNaN(x) }) {
		return line("no source run of these versions has " + sanitize.Line(key) + ": o chooses another")
	}
	const least = 6
	if height < least {
		return line(sanitize.Line(key) + "  " + plots.Spark(values, min(width-30, 60), t.Glyphs.ASCII))
	}
	chart := &plots.Line{Title: sanitize.Line(key), X: plots.Axis{Title: "version"}, Series: []plots.Series{steps(numbers, values)}}
	chart.Best = map[compare.Direction]plots.Best{compare.Higher: plots.Greatest, compare.Lower: plots.Least}[v.directions[key]]
	set, _ := cell.Named(t.Glyphs.Dots)
	f := plots.Frame{W: width, H: height - 1, Look: plots.LookOf(t)}
	f.DotsX, f.DotsY = set.Size()
	out := append([]string(nil), v.side.canvas.Lines(chart.Scene(f), set)...)
	area, xs, _ := chart.Scales(f)
	return append(out, v.bands(int(area.X0), int(area.X1), xs, width))
}

func (v *View) failedRuns() bool { return v.err != nil }

// steps is a series that keeps the value of a version up to the next one.
func steps(numbers, values []float64) plots.Series {
	var x, y []float64
	for i, n := range numbers {
		x, y = append(x, n), append(y, values[i])
		if i+1 < len(numbers) {
			x, y = append(x, numbers[i+1]), append(y, values[i])
		}
	}
	return plots.NewSeries("versions", "", x, y)
}

// bands names below the chart the stage of each version, over its steps.
func (v *View) bands(from, to int, xs plots.Scale, width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	l.Cell("stage", max(from-1, 0), true, t.Dim).Pad(1)
	for i := range slices.Backward(v.versions) {
		m := &v.versions[i]
		start := min(max(int(xs.At(float64(m.Version))), from), to)
		end := to
		if i > 0 {
			end = min(int(xs.At(float64(v.versions[i-1].Version))), to)
		}
		l.Pad(start - (width - l.Left()))
		room := end - start
		if i == 0 {
			room = max(l.Left()-1, 0)
		}
		if room <= 0 {
			continue
		}
		word := m.Stage
		if widget.Width(word)+1 > room {
			word = widget.Cut(word, max(room-1, 1), "")
		}
		l.Add(sanitize.Line(word), v.stageStyle(m.Stage))
	}
	return l.String()
}

// fillCompared says what tells the marked versions apart, or the one under the
// cursor from that in Production, in the registry itself.
func (v *View) fillCompared() {
	some := v.comparedVersions()
	if len(some) < 2 {
		return
	}
	v.side.table.Columns = []widget.Column{{Width: 12, Max: 32, Keep: true}}
	var subjects []compare.Subject
	head := row{cells: []widget.Cell{{}}}
	for _, m := range some {
		v.side.table.Columns = append(v.side.table.Columns, widget.Column{Width: 8, Min: 6, Max: 40})
		head.cells = append(head.cells, widget.Cell{Text: fmt.Sprintf("v%d", m.Version), Style: v.theme.Strong})
		subjects = append(subjects, v.subject(m))
	}
	v.addRow(head)
	table := compare.New(subjects, compare.Options{Directions: v.directions})
	section := compare.Section(-1)
	for _, r := range table.Differences() {
		if r.Section != section {
			section = r.Section
			v.addRow(row{cells: []widget.Cell{{Text: section.String(), Style: v.theme.Accent}}})
		}
		v.addRow(v.comparedRow(r))
	}
	if len(v.side.rows) == 1 {
		v.addRow(row{cells: []widget.Cell{{Text: "no difference", Style: v.theme.Dim}}})
	}
}

func (v *View) comparedRow(r compare.Row) row {
	out := row{cells: []widget.Cell{{Text: sanitize.Line(r.Key), Style: v.theme.Dim}}}
	for _, c := range r.Cells {
		out.full += c.Text + "  "
		switch {
		case c.Missing:
			out.cells = append(out.cells, widget.Cell{Text: v.theme.Glyphs.Missing, Style: v.theme.Dim})
		case c.Best:
			out.cells = append(out.cells, widget.Cell{Text: c.Text + " " + v.theme.Glyphs.Star, Style: v.theme.Good})
		default:
			out.cells = append(out.cells, widget.Cell{Text: sanitize.Line(c.Text)})
		}
	}
	return out
}

// subject is a version with the columns that are shown of its run. The signature is
// that of the version that was followed.
func (v *View) subject(m *store.ModelVersion) compare.Subject {
	line := v.side.line
	if v.side.of != m.Version {
		line.Version, line.Run, line.Inputs, line.Logged = *m, nil, nil, nil
	}
	s := line.Subject(nil)
	cells := v.runs.cells[m.RunID]
	s.Run.Params, s.Run.Metrics, s.Inputs = cells.Params, cells.Metrics, nil
	s.Run.Head = store.Head{ID: m.RunID, Name: s.Run.Name}
	s.Registered["run"] = v.runCell(m).Text
	return s
}
