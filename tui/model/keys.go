package model

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/mlmodel"
	"benchside/compare"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/columns"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "model"
	keys := []view.Key{
		{Press: []string{"enter"}, Name: "follow", Does: "open the source run, or follow the link", Short: "open", Group: group, Foot: true, Run: v.openOrFollow},
		{Press: []string{"tab"}, Name: "focus", Does: "to the panel and back", Short: "panel", Group: group, Foot: true, Run: v.flipFocus},
		{Press: []string{"]"}, Name: "next-part", Does: "next part of the panel", Short: "part", Group: group, Foot: true, Run: func() tea.Cmd { return v.show((v.side.part + 1) % parts) }},
		{Press: []string{"["}, Name: "previous-part", Does: "previous part of the panel", Group: group, Run: func() tea.Cmd { return v.show((v.side.part + parts - 1) % parts) }},
		{Press: []string{"space"}, Name: "mark", Does: "mark", Group: group, Foot: true, Off: v.noVersion, Run: v.mark},
		{Press: []string{"c", "2"}, Name: "compare", Does: "compare the source runs of the marked versions, or with Production's", Short: "compare", Group: group, Foot: true, Off: v.noComparison, Run: v.compare},
		{Press: []string{"o"}, Name: "columns", Does: "columns of the source runs", Short: "columns", Group: group, Foot: true, Run: v.pickColumns},
		{Press: []string{"4"}, Name: "artifacts", Does: "files of the version", Short: "files", Group: group, Off: v.noFiles, Run: v.files},
		{Press: []string{"v"}, Name: "drift", Does: "the drift report of the version", Short: "drift", Group: group, Off: v.noDrift, Run: v.openDrift},
		{Press: []string{"y"}, Name: "copy", Does: "copy the URI of the version, or the line", Group: group, Run: v.copyLine},
	}
	for p := range parts {
		keys = append(keys, view.Key{
			Press: []string{fmt.Sprintf("alt+%d", p+1)}, Name: strings.ToLower(partNames[p]), Does: "part " + partNames[p], Group: group,
			Run: func() tea.Cmd { return v.show(p) },
		})
	}
	return append(append(keys, v.writes(group)...), v.moves(group)...)
}

func (v *View) moves(group string) []view.Key {
	table, then := &v.table, v.moved
	if v.side.focus {
		table, then = &v.side.table, func() tea.Cmd { return nil }
	}
	keys := view.Moves(group, table.Height, func(rows int) tea.Cmd { table.Move(rows); return then() })
	side := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Side(n); v.table.Pick = v.table.Col > 0; return nil }
	}
	return append(keys, []view.Key{
		{Press: []string{"l", "right"}, Does: "next column; the trend is of its metric", Group: group, Run: side(1)},
		{Press: []string{"h", "left"}, Does: "previous column", Group: group, Run: side(-1)},
	}...)
}

func (v *View) noVersion() string {
	if v.version() == nil {
		return "there is no version here"
	}
	return ""
}

func (v *View) show(p part) tea.Cmd {
	v.side.part = p
	v.side.table.Cursor, v.side.table.Top = 0, 0
	v.arrange()
	return tea.Batch(v.loadLine(), v.loadReview())
}

func (v *View) flipFocus() tea.Cmd {
	v.side.focus = !v.side.focus
	v.arrange()
	return nil
}

func (v *View) openOrFollow() tea.Cmd {
	if v.side.focus {
		return v.follow()
	}
	return v.open()
}

// open shows the source run of the version under the cursor.
func (v *View) open() tea.Cmd {
	m := v.version()
	switch {
	case m == nil:
		return nil
	case m.RunID == "":
		return view.Send(view.Say{Text: fmt.Sprintf("v%d was registered without a run", m.Version), Bad: true})
	}
	if _, there := v.runs.heads[m.RunID]; !there && v.runs.heads != nil {
		return view.Send(view.Say{Text: "the run of v" + fmt.Sprint(m.Version) + " is not in the store: " + sanitize.Line(m.RunID), Bad: true})
	}
	return view.Send(view.ShowRun{ID: m.RunID})
}

func (v *View) noDrift() string {
	m := v.version()
	if m == nil {
		return v.noVersion()
	}
	if _, there := v.runs.drifts.Logged[m.Version]; !there {
		return "its source run has no drift report; benchside drift run --log-to RUN logs one"
	}
	return ""
}

func (v *View) openDrift() tea.Cmd { return view.Send(view.ShowDriftReport{Run: v.version().RunID}) }

// follow goes where the line under the panel's cursor leads.
func (v *View) follow() tea.Cmd {
	if v.side.table.Cursor < len(v.side.rows) {
		if goes := v.side.rows[v.side.table.Cursor].goes; goes != nil {
			return view.Send(goes)
		}
	}
	return nil
}

func (v *View) mark() tea.Cmd {
	m := v.version()
	if v.marks[m.Version] {
		delete(v.marks, m.Version)
	} else {
		v.marks[m.Version] = true
	}
	v.table.Move(1)
	return v.moved()
}

// comparedVersions are the marked ones, else the one under the cursor and that in
// Production.
func (v *View) comparedVersions() []*store.ModelVersion {
	var out []*store.ModelVersion
	for i := range v.versions {
		if v.marks[v.versions[i].Version] {
			out = append(out, &v.versions[i])
		}
	}
	if len(out) > 0 {
		slices.Reverse(out)
		return out
	}
	at, p := v.version(), v.production()
	if at != nil && p != nil && at.Version != p.Version {
		return []*store.ModelVersion{p, at}
	}
	return nil
}

// comparedRuns are their source runs, each once.
func (v *View) comparedRuns() []string {
	var ids []string
	for _, m := range v.comparedVersions() {
		if _, there := v.runs.heads[m.RunID]; there && !slices.Contains(ids, m.RunID) {
			ids = append(ids, m.RunID)
		}
	}
	return ids
}

func (v *View) noComparison() string {
	switch some := v.comparedVersions(); {
	case len(some) < 2:
		return "mark two versions first (space), or go to one that is not in Production"
	case len(v.comparedRuns()) < 2:
		return "these versions come from one run; part Compare says what tells them apart"
	}
	return ""
}

func (v *View) compare() tea.Cmd {
	carry := view.Carry{}
	if p := v.production(); p != nil && slices.Contains(v.comparedRuns(), p.RunID) {
		carry.Baseline = p.RunID
	}
	return view.Send(view.ShowComparison{Runs: v.comparedRuns(), Title: v.Title(), Carry: carry})
}

// pickColumns asks which fields of the source runs are columns.
func (v *View) pickColumns() tea.Cmd {
	version := store.Field{Kind: store.AttributeField, Key: "version"}
	chosen := append([]store.Field{version}, v.fields...)
	return view.Send(view.Ask{Dialog: columns.New(v.reader, v, []store.Field{version}, chosen, v.theme)})
}

func (v *View) noFiles() string {
	m := v.version()
	switch {
	case m == nil:
		return "there is no version here"
	case m.RunID == "":
		return "its files are not those of a run: " + sanitize.Line(m.Source)
	}
	return ""
}

// files shows those of the version, beginning with its MLmodel where that is known.
func (v *View) files() tea.Cmd {
	m := v.version()
	if v.side.of == m.Version {
		if goes := v.filesOf(); goes != nil {
			return view.Send(goes)
		}
	}
	return view.Send(view.ShowArtifacts{Runs: []string{m.RunID}, Title: fmt.Sprintf("%s v%d", v.Title(), m.Version)})
}

func (v *View) copyLine() tea.Cmd {
	if v.side.focus && v.side.table.Cursor < len(v.side.rows) {
		return view.Send(view.Copy{Text: v.side.rows[v.side.table.Cursor].full, What: "the line"})
	}
	if m := v.version(); m != nil {
		return view.Send(view.Copy{Text: fmt.Sprintf("models:/%s/%d", m.Name, m.Version), What: "the URI of the version"})
	}
	return view.Send(view.Copy{Text: v.asked.Name, What: "the name"})
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// sortedBy are the keys of a kind in a signature: inputs in the model's own order.
func sortedBy(inputs []mlmodel.Column, kind string, of map[string]string) []string {
	place := map[string]int{}
	for i, c := range inputs {
		place["input "+c.Name] = i
	}
	var keys []string
	for key := range of {
		if strings.HasPrefix(key, kind) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(place[a], place[b]), cmp.Compare(a, b)) })
	return keys
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	top, below := v.split()
	var lines []string
	if top > 0 {
		lines = v.drawVersions(width, top)
	}
	if below > 0 {
		lines = append(lines, v.drawSide(width, below)...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

func (v *View) drawVersions(width, height int) []string {
	t, table := v.theme, v.table
	lines := []string{v.factLine(width)}
	if v.err != nil {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(" "+sanitize.Line(v.err.Error()), t.Bad).String())
	}
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	if len(v.versions) == 0 && v.err == nil {
		lines = append(lines, strings.Repeat(" ", width), widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+v.noVersions(), t.Dim).String())
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell { return v.cell(i, col) }))
	}
	return strings.Split(widget.Fit(lines[:min(len(lines), height)], width, height), "\n")
}

func (v *View) noVersions() string {
	if !v.known {
		return "reading"
	}
	return "no versions: mlflow.register_model(\"runs:/RUN/model\", \"" + v.Title() + "\") makes one"
}

// factLine says which versions are in use, and how the metric went.
func (v *View) factLine(width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1)
	if !v.known {
		return l.String()
	}
	for _, s := range []string{store.StageProduction, store.StageStaging} {
		if m, ok := v.model.At(s); ok {
			l.Add(fmt.Sprintf("%s v%d", s, m.Version), v.stageStyle(s)).Pad(3)
		}
	}
	for _, a := range v.model.Aliases {
		l.Add("@"+sanitize.Line(a.Name), t.Accent).Add(fmt.Sprintf(" v%d", a.Version), themes.Style{}).Pad(3)
	}
	l.Add(widget.Several(v.model.Versions, "version"), t.Dim).Pad(3)
	if v.model.Updated.Set() {
		l.Add("changed "+widget.Ago(v.model.Updated, v.now), t.Dim)
	}
	key, ok := v.trended()
	if !ok || v.runs.heads == nil {
		return l.String()
	}
	_, values := v.values(key)
	known := finite(values)
	if len(known) == 0 {
		return l.String()
	}
	decimals := v.decimals(key)
	words := fmt.Sprintf("%s  %s  %s", sanitize.Line(key), plots.Spark(values, min(len(values), 24), t.Glyphs.ASCII), firstToLast(known, decimals, t.Glyphs))
	if widget.Width(words)+4 <= l.Left() {
		l.Right(words, t.Dim, 1)
	}
	return l.String()
}

func finite(values []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

// firstToLast says how far a metric came over the versions.
func firstToLast(values []float64, decimals int, g themes.Glyphs) string {
	first, last := compare.Fixed(values[0], decimals), compare.Fixed(values[len(values)-1], decimals)
	if first == last {
		return last
	}
	if g.ASCII {
		return first + " -> " + last
	}
	return first + " → " + last
}
