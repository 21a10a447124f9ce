package registry

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// valuesOf are the values of a tag, or the names, that contain a part.
func valuesOf(models []store.RegisteredModel, field store.Field, part string, limit int) []string {
	var out []string
	for _, m := range models {
		text, ok := m.Name, field.Key == "name"
		if field.Kind == store.TagField {
			text, ok = m.Tags[field.Key]
		}
		if ok && strings.Contains(text, part) && !slices.Contains(out, text) {
			out = append(out, text)
		}
		if len(out) == limit {
			break
		}
	}
	slices.Sort(out)
	return out
}

func aliasWords(aliases []store.Alias) string {
	words := make([]string, len(aliases))
	for i, a := range aliases {
		words[i] = fmt.Sprintf("@%s v%d", sanitize.Line(a.Name), a.Version)
	}
	return strings.Join(words, "  ")
}

// firstLine is the first line of a description in Markdown, without the signs of a
// heading.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "#")); line != "" {
			return sanitize.Line(line)
		}
	}
	return ""
}

// above counts the lines over the rows.
func (v *View) above() int {
	n := 2 + len(v.bar.Draw(v.table.Width+1, ""))
	if v.err != nil {
		n++
	}
	return n
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t := v.theme
	table := v.table
	lines := v.bar.Draw(width, v.count())
	if v.err != nil {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(" "+sanitize.Line(v.err.Error()), t.Bad).String())
	}
	table.Resize(width-1, height-len(lines)-2)
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	if len(v.models) == 0 && v.err == nil {
		lines = append(lines, strings.Repeat(" ", width))
		for _, text := range v.nothing() {
			lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+text, t.Dim).String())
		}
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		light := &v.models[i]
		whole, ok := v.whole[light.Name]
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell { return v.cell(light, &whole, ok, col) }))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// nothing says why there are no rows and what brings some.
func (v *View) nothing() []string {
	switch {
	case !v.known:
		return []string{"reading"}
	case v.bar.Text() != "":
		return []string{"no model matches; f then esc clears the filter"}
	}
	return []string{
		"no registered models: their stages, aliases and versions would be here",
		"mlflow.register_model(\"runs:/RUN/model\", \"NAME\") makes one",
	}
}

func (v *View) cell(light, whole *store.RegisteredModel, known bool, col int) widget.Cell {
	t := v.theme
	switch col {
	case name:
		return widget.Cell{Text: sanitize.Line(light.Name)}
	case changed:
		when := light.Updated
		if v.order == byCreation {
			when = light.Created
		}
		return widget.Cell{Text: widget.Ago(when, v.now), Style: t.Dim}
	case about:
		return widget.Cell{Text: firstLine(light.Description), Style: t.Dim}
	}
	if !known {
		return widget.Cell{Text: t.Glyphs.More, Style: t.Dim}
	}
	switch col {
	case production:
		return v.staged(whole, store.StageProduction, t.Good)
	case staging:
		return v.staged(whole, store.StageStaging, t.Info)
	case aliases:
		return widget.Cell{Text: aliasWords(whole.Aliases), Style: t.Accent}
	}
	if whole.Versions == 0 {
		return widget.Cell{Text: "none", Style: t.Dim}
	}
	return widget.Cell{Text: widget.Count(whole.Versions)}
}

func (v *View) staged(m *store.RegisteredModel, stage string, style themes.Style) widget.Cell {
	version, ok := m.At(stage)
	if !ok {
		return widget.Cell{Text: v.theme.Glyphs.Missing, Style: v.theme.Dim}
	}
	return widget.Cell{Text: fmt.Sprintf("v%d", version.Version), Style: style}
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	if v.bar.Typing() {
		return v.bar.Keys(v.Init)
	}
	const group = "models"
	keys := []view.Key{
		{Press: []string{"enter"}, Name: "open", Does: "open the model", Short: "open", Group: group, Foot: true, Off: v.noModel, Run: v.open},
		{Press: []string{"f", "/"}, Name: "filter", Does: "filter by MLflow's language", Short: "filter", Group: group, Foot: true, Run: v.bar.Open, With: v.filterBy, Takes: "a filter"},
		{Press: []string{"s"}, Name: "sort", Does: "sort by name, change or creation", Short: "sort", Group: group, Foot: true, Run: func() tea.Cmd { return v.sortBy((v.order + 1) % orders) }, With: v.sortNamed, Takes: "name, change or creation"},
		{Press: []string{"y"}, Name: "copy", Does: "copy the name", Group: group, Off: v.noModel, Run: v.copyName},
	}
	keys = append(keys, view.Moves(group, v.table.Height, func(rows int) tea.Cmd { v.table.Move(rows); return v.loadRows() })...)
	return append(keys, v.writes(group)...)
}

func (v *View) noModel() string {
	if v.current() == "" {
		return "there is no model here"
	}
	return ""
}

func (v *View) filterBy(words string) tea.Cmd {
	v.bar.Set(words)
	return v.Init()
}

func (v *View) sortNamed(words string) tea.Cmd {
	for i, n := range orderNames {
		if n == strings.TrimSpace(words) {
			return v.sortBy(order(i))
		}
	}
	return view.Send(view.Say{Text: "sort by " + strings.Join(orderNames[:], ", "), Bad: true})
}

func (v *View) copyName() tea.Cmd {
	return view.Send(view.Copy{Text: v.current(), What: "the name of " + sanitize.Line(v.current())})
}
