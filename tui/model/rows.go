package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"benchside/compare"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// The columns before those of the source runs, and how many stand behind them.
const (
	number = iota
	stage
	aliases
	fixed
)

// The columns behind those of the source runs, counted from them.
const (
	status = iota
	run
	registered
	drifted
	tags
)

func isSystem(key string) bool { return strings.HasPrefix(key, store.SystemMetric) }

// field is what a column shows of the source runs: a field, or the change of the
// metric before it against the version in Production.
type field struct {
	store.Field
	delta bool
}

// shown are the columns of the source runs: the first metric has its change beside it.
func (v *View) shown() []field {
	var out []field
	metric := false
	for _, f := range v.fields {
		out = append(out, field{Field: f})
		if f.Kind == store.MetricField && !metric {
			metric = true
			out = append(out, field{Field: f, delta: true})
		}
	}
	return out
}

// columns makes those of the table.
func (v *View) columns() {
	v.decide()
	cols := []widget.Column{
		number:  {Title: "ver", Width: 5, Right: true, Keep: true},
		stage:   {Title: "stage", Width: 12, Min: 6, Keep: true},
		aliases: {Title: "aliases", Width: 8, Min: 6, Max: 30, Share: 22},
	}
	for _, f := range v.shown() {
		c := widget.Column{Title: sanitize.Line(f.Key), Width: 8, Min: 6, Max: 24, Right: f.Kind == store.MetricField}
		if f.delta {
			c.Title, c.Width = "Δ prod", 10
			if v.theme.Glyphs.ASCII {
				c.Title = "+- prod"
			}
		}
		cols = append(cols, c)
	}
	cols = append(cols,
		widget.Column{Title: "status", Width: 7, Min: 5, Max: 24},
		widget.Column{Title: "run", Width: 12, Min: 8, Max: 32, Share: 26},
		widget.Column{Title: "registered", Width: 10, Min: 9},
		widget.Column{Title: "drift", Width: 5, Min: 4, Max: 40},
		widget.Column{Title: "tags", Width: 10, Min: 8, Max: 60})
	v.table.Columns = cols
	for i := range v.versions {
		for col := range cols {
			if col != number {
				v.table.Widen(col, v.cell(i, col).Whole())
			}
		}
	}
}

// production is the version that the others are measured by: the highest there.
func (v *View) production() *store.ModelVersion {
	for i := range v.versions {
		if v.versions[i].Stage == store.StageProduction {
			return &v.versions[i]
		}
	}
	return nil
}

// metric is what the source run of a version has of a metric last.
func (v *View) metric(m *store.ModelVersion, key string) (float64, bool) {
	p, ok := v.runs.cells[m.RunID].Metrics[key]
	return p.Value, ok && m.RunID != ""
}

// decimals are those that tell the versions of a metric apart.
func (v *View) decimals(key string) int { return v.runs.decimals[key] }

// decide finds the decimals of the metrics that are shown.
func (v *View) decide() {
	v.runs.decimals = map[string]int{}
	for _, f := range v.fields {
		if f.Kind != store.MetricField {
			continue
		}
		var values []float64
		for i := range v.versions {
			if x, ok := v.metric(&v.versions[i], f.Key); ok {
				values = append(values, x)
			}
		}
		v.runs.decimals[f.Key] = compare.Decimals(values)
	}
}

func (v *View) cell(i, col int) widget.Cell {
	t, m := v.theme, &v.versions[i]
	switch col {
	case number:
		text := fmt.Sprint(m.Version)
		if v.marks[m.Version] {
			text = t.Glyphs.Mark + " " + text
			return widget.Cell{Text: text, Style: t.Mark}
		}
		return widget.Cell{Text: text, Style: t.Strong}
	case stage:
		return widget.Cell{Text: sanitize.Line(m.Stage), Style: v.stageStyle(m.Stage)}
	case aliases:
		return widget.Cell{Text: at(m.Aliases), Style: t.Accent}
	}
	shown := v.shown()
	if col -= fixed; col < len(shown) {
		return v.fieldCell(m, shown[col])
	}
	switch col - len(shown) {
	case status:
		style := t.Dim
		if m.Status != "READY" {
			style = t.Warn
		}
		return widget.Cell{Text: sanitize.Line(m.Status), Style: style}
	case run:
		return v.runCell(m)
	case registered:
		return widget.Cell{Text: widget.Ago(m.Created, v.now), Style: t.Dim}
	case drifted:
		return v.driftCell(m)
	}
	return widget.Cell{Text: tagWords(m.Tags), Style: t.Dim}
}

func (v *View) stageStyle(stage string) themes.Style {
	switch stage {
	case store.StageProduction:
		return v.theme.Good
	case store.StageStaging:
		return v.theme.Info
	}
	return v.theme.Dim
}

func at(names []string) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = "@" + sanitize.Line(n)
	}
	return strings.Join(words, " ")
}

func tagWords(tags map[string]string) string {
	var words []string
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		words = append(words, sanitize.Line(key)+"="+sanitize.Line(tags[key]))
	}
	return strings.Join(words, "  ")
}

func (v *View) runCell(m *store.ModelVersion) widget.Cell {
	t := v.theme
	h, ok := v.runs.heads[m.RunID]
	switch {
	case m.RunID == "":
		return widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
	case !ok && v.runs.heads == nil:
		return widget.Cell{Text: t.Glyphs.More, Style: t.Dim}
	case !ok:
		return widget.Cell{Text: widget.Cut(sanitize.Line(m.RunID), 8, "") + " gone", Style: t.Dim}
	case h.Name == "":
		return widget.Cell{Text: widget.Cut(sanitize.Line(h.ID), 8, "")}
	}
	return widget.Cell{Text: sanitize.Line(h.Name)}
}

func (v *View) fieldCell(m *store.ModelVersion, f field) widget.Cell {
	t := v.theme
	missing := widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
	cells := v.runs.cells[m.RunID]
	switch {
	case v.runs.heads == nil:
		return widget.Cell{Text: t.Glyphs.More, Style: t.Dim}
	case f.delta:
		return v.deltaCell(m, f.Key)
	case f.Kind == store.ParamField || f.Kind == store.TagField:
		texts := cells.Params
		if f.Kind == store.TagField {
			texts = cells.Tags
		}
		if text, ok := texts[f.Key]; ok {
			return widget.Cell{Text: sanitize.Line(text)}
		}
		return missing
	}
	x, ok := v.metric(m, f.Key)
	if !ok {
		return missing
	}
	c := widget.Cell{Text: compare.Fixed(x, v.decimals(f.Key))}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		c.Style = t.Warn
	}
	return c
}

// driftCell is the latest drift report: that of the source run, or what the model's
// monitors found since, for the version in Production, whose data they watch.
func (v *View) driftCell(m *store.ModelVersion) widget.Cell {
	t := v.theme
	report, there := v.runs.drifts.Logged[m.Version]
	if p := v.production(); p != nil && p.Version == m.Version {
		if latest := v.runs.drifts.Of(m.Version); latest != nil {
			report, there = *latest, true
		}
	}
	switch {
	case !there:
		return widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
	case report.Drifted:
		return widget.Cell{Text: t.Glyphs.Up + " " + sanitize.Line(report.Says), Style: t.Warn}
	}
	return widget.Cell{Text: "ok", Style: t.Good}
}

// deltaCell is how far a metric is from that of the version in Production: good or
// bad only where the user said which way is better.
func (v *View) deltaCell(m *store.ModelVersion, key string) widget.Cell {
	t := v.theme
	p := v.production()
	if p == nil {
		return widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
	}
	x, ok := v.metric(m, key)
	base, there := v.metric(p, key)
	d := x - base
	if !ok || !there || m.Version == p.Version || math.IsNaN(d) || math.IsInf(d, 0) {
		return widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
	}
	text := fmt.Sprintf("%+.*f", max(v.decimals(key), 0), d)
	if v.decimals(key) < 0 {
		text = fmt.Sprintf("%+.3g", d)
	}
	direction := v.directions[key]
	switch {
	case direction.Better(x, base):
		return widget.Cell{Text: t.Glyphs.Up + " " + text, Style: t.Good}
	case direction.Better(base, x):
		return widget.Cell{Text: t.Glyphs.Down + " " + text, Style: t.Bad}
	}
	return widget.Cell{Text: text}
}
