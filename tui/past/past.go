// Package past is the screen of the registry as it was at a time: models, and the
// stages and aliases that their versions had. It knows what the ledger saw and no more,
// and changes nothing.
package past

import (
	"context"
	"errors"
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

// View is the screen.
type View struct {
	reader store.LedgerReader // nil: the store keeps no ledger
	at     store.Time
	theme  *themes.Theme
	load   view.Loader

	since  store.Time // the first line of the ledger; not set where it is empty
	rows   []row
	models int
	known  bool
	table  widget.Table
	size   struct{ width, height int }
	err    error
}

// row is a model, or a version of the one above it.
type row struct {
	model   *store.RegisteredModel
	version store.ModelVersion
}

// The columns.
const (
	name = iota
	stage
	aliases
	run
)

// New returns the screen.
func New(r store.LedgerReader, m view.ShowPast, theme *themes.Theme) *View {
	v := &View{reader: r, at: m.At, theme: theme}
	v.table.Columns = []widget.Column{
		name:    {Title: "model", Width: 20, Min: 10, Max: 60, Share: 50, Keep: true},
		stage:   {Title: "stage", Width: 10, Min: 4},
		aliases: {Title: "aliases", Width: 12, Min: 6, Max: 40},
		run:     {Title: "run", Width: 32, Min: 8},
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "models on " + widget.Stamp(v.at) }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	if !v.known {
		return "reading"
	}
	return widget.Several(v.models, "model")
}

type read struct {
	since    store.Time
	models   []store.RegisteredModel
	versions []store.ModelVersion
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	if v.reader == nil {
		v.known = true
		return nil
	}
	r, at := v.reader, v.at
	return view.Load(&v.load, func(ctx context.Context) (out read, err error) {
		first, err := store.IfKept(r.Lines(ctx, store.LineQuery{Before: 2, Limit: 1}))
		if err != nil {
			return out, err
		}
		if len(first) > 0 {
			out.since = first[0].At
		}
		out.models, out.versions, err = r.RegistryAt(ctx, at)
		if errors.Is(err, store.ErrUnsupported) {
			err = nil
		}
		return out, err
	})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.size.width, v.size.height = m.Width, m.Height
		v.arrange()
	case view.Refresh:
		return v.Init()
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		if p := v.table.Press(m.X, m.Y-v.above(), 2, m.Double); p.Row >= 0 {
			v.table.To(p.Row)
			if m.Double {
				return v.open()
			}
		}
	case view.Drag:
		v.table.Pull(m.X)
	case view.Loaded[read]:
		if m.Of(&v.load) && !errors.Is(m.Err, context.Canceled) {
			if v.err = m.Err; m.Err == nil {
				v.take(m.Value)
			}
			v.arrange()
		}
	}
	return nil
}

// take puts the versions below their models.
func (v *View) take(m read) {
	v.since, v.known, v.models, v.rows = m.since, true, len(m.models), nil
	for i := range m.models {
		of := &m.models[i]
		v.rows = append(v.rows, row{model: of})
		for _, version := range m.versions {
			if version.Name == of.Name {
				v.rows = append(v.rows, row{version: version})
			}
		}
	}
	v.table.Count = len(v.rows)
	for i := range v.rows {
		v.table.Widen(name, v.cell(i, name).Text)
		v.table.Widen(aliases, v.cell(i, aliases).Text)
	}
}

func (v *View) arrange() { v.table.Resize(v.size.width-1, v.size.height-v.above()) }

// above counts the lines over the rows.
func (v *View) above() int { return 3 }

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "past"
	return append([]view.Key{
		{Press: []string{"enter"}, Name: "open", Does: "open the model as it is now", Short: "open", Group: group, Foot: true, Off: v.noRow, Run: v.open},
	}, view.Moves(group, v.table.Height, func(rows int) tea.Cmd { v.table.Move(rows); return nil })...)
}

func (v *View) noRow() string {
	if v.table.Cursor >= len(v.rows) {
		return "there is no model here"
	}
	return ""
}

func (v *View) open() tea.Cmd {
	r := v.rows[v.table.Cursor]
	if r.model != nil {
		return view.Send(view.ShowModel{Name: r.model.Name})
	}
	return view.Send(view.ShowModel{Name: r.version.Name, Version: r.version.Version})
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t, table := v.theme, v.table
	lines := []string{v.head(width), table.Heading(t, 1), widget.Rule(width, t)}
	if len(v.rows) == 0 && v.err == nil {
		for _, part := range widget.Wrap(v.nothing(), max(width-3, 1)) {
			lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(2).Add(part, t.Dim).String())
		}
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell { return v.cell(i, col) }))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// head says how far back the ledger goes.
func (v *View) head(width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1)
	switch {
	case v.err != nil:
		return l.Add(sanitize.Line(v.err.Error()), t.Bad).String()
	case !v.since.Set():
		return l.String()
	case v.at.Compare(v.since) < 0:
		return l.Add("the ledger begins only on "+widget.Stamp(v.since), t.Warn).String()
	}
	return l.Add("the ledger begins on "+widget.Stamp(v.since), t.Dim).String()
}

// nothing says why there are no models.
func (v *View) nothing() string {
	switch {
	case v.reader == nil:
		return "this store keeps no ledger, which alone knows the past"
	case !v.known:
		return "reading"
	case !v.since.Set():
		return "the ledger is empty: it begins with the first change of a model that is made here"
	}
	return "no model was known at that time"
}

func (v *View) cell(i, col int) widget.Cell {
	t, r := v.theme, &v.rows[i]
	if r.model != nil {
		if col == name {
			return widget.Cell{Text: sanitize.Line(r.model.Name), Style: t.Strong}
		}
		return widget.Cell{}
	}
	switch col {
	case name:
		return widget.Cell{Text: fmt.Sprintf("  v%d", r.version.Version)}
	case stage:
		return widget.Cell{Text: sanitize.Line(r.version.Stage), Style: v.style(r.version.Stage)}
	case aliases:
		words := slices.Clone(r.version.Aliases)
		for i := range words {
			words[i] = "@" + sanitize.Line(words[i])
		}
		return widget.Cell{Text: strings.Join(words, " "), Style: t.Accent}
	}
	return widget.Cell{Text: sanitize.Line(r.version.RunID), Style: t.Dim}
}

func (v *View) style(of string) themes.Style {
	switch of {
	case store.StageProduction:
		return v.theme.Good
	case store.StageStaging:
		return v.theme.Info
	}
	return v.theme.Dim
}
