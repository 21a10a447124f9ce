// Package palette is the dialog that finds anything by a few letters: actions,
// screens, sets of runs, experiments and runs. Started with a colon it takes commands.
package palette

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Reader is what the palette reads of a store.
type Reader interface {
	store.ExperimentReader
	store.RunScanner
	store.RegistryReader
}

// recent bounds the runs and models that the palette offers by name; any other is
// found by its id or in its table.
const recent = 2000

// View is the dialog.
type View struct {
	reader Reader
	theme  *themes.Theme
	load   view.Loader
	field  widget.Field
	keys   []view.Key // that take words
	all    items
	shown  fuzzy.Matches
	table  widget.Table
	err    error
}

type item struct {
	kind, text, hint string
	search           string
	run              func() tea.Cmd
}

type items []item

func (s items) String(i int) string { return s[i].search }
func (s items) Len() int            { return len(s) }

// New returns the palette over the keys of what has the focus and over named sets
// of runs. A start of ":" asks for a command.
func New(r Reader, keys []view.Key, sets map[string][]string, start string, theme *themes.Theme) *View {
	v := &View{reader: r, theme: theme, field: widget.NewField("action, experiment, model, run")}
	for _, k := range keys {
		if k.Run == nil || k.Name == "" {
			continue
		}
		if k.With != nil {
			v.keys = append(v.keys, k)
		}
		v.all = append(v.all, item{
			kind: "action", text: k.Does, hint: hintOf(k), search: ":" + k.Name + " " + k.Does,
			run: func() tea.Cmd {
				if why := k.Why(); why != "" {
					return view.Send(view.Say{Text: k.Does + ": " + why, Bad: true})
				}
				return k.Run()
			},
		})
	}
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		shown := sanitize.Line(name)
		v.all = append(v.all, item{kind: "set", text: shown, hint: widget.Several(len(sets[name]), "run"), search: shown, run: func() tea.Cmd {
			return view.Send(view.ShowCharts{Runs: sets[name], Title: name})
		}})
	}
	v.field.Set(start)
	v.narrow()
	return v
}

// hintOf is how else a key is asked for: by its command and its first press.
func hintOf(k view.Key) string {
	hint := ":" + k.Command()
	if len(k.Press) > 0 {
		hint += "   " + widget.Spell(k.Press[0])
	}
	return hint
}

// Title implements view.View.
func (v *View) Title() string { return "find" }

// Status implements view.View.
func (v *View) Status() string { return "" }

// Typing implements view.View.
func (v *View) Typing() bool { return true }

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	move := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Move(n); return nil }
	}
	return []view.Key{
		{Press: []string{"up", "ctrl+k"}, Does: "up", Group: "palette", Run: move(-1)},
		{Press: []string{"down", "ctrl+j"}, Does: "down", Group: "palette", Run: move(1)},
		{Press: []string{"pgup"}, Does: "page up", Group: "palette", Run: move(-10)},
		{Press: []string{"pgdown"}, Does: "page down", Group: "palette", Run: move(10)},
		{Press: []string{"enter"}, Does: "go", Group: "palette", Foot: true, Run: v.pick},
		{Press: []string{"esc"}, Does: "close", Group: "palette", Foot: true, Run: func() tea.Cmd { return view.Send(view.Close{}) }},
	}
}

type found struct {
	experiments []store.Experiment
	runs        []store.Head
	models      []store.RegisteredModel
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	r := v.reader
	return view.Load(&v.load, func(ctx context.Context) (found, error) {
		exps, err := r.Experiments(ctx, store.ExperimentQuery{})
		if err != nil {
			return found{}, err
		}
		page, err := r.Recent(ctx, store.RunQuery{}, recent)
		if err != nil {
			return found{}, err
		}
		models, err := store.IfKept(r.Models(ctx, store.ModelQuery{Light: true, Limit: recent}))
		return found{exps, page.Heads, models}, err
	})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.table.Resize(m.Width-1, m.Height-2)
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		if row, _ := v.table.At(m.X, m.Y-2); row >= 0 {
			v.table.To(row)
			return v.pick()
		}
	case view.Loaded[found]:
		if m.Of(&v.load) {
			v.take(m)
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		if v.field.Update(m) {
			v.narrow()
		}
	}
	return nil
}

func (v *View) take(m view.Loaded[found]) {
	v.err = m.Err
	for _, e := range m.Value.experiments {
		v.all = append(v.all, item{kind: "experiment", text: sanitize.Line(e.Name), hint: e.ID, search: sanitize.Line(e.Name), run: func() tea.Cmd {
			return view.Send(view.ShowRuns{Experiments: []string{e.ID}, Title: e.Name})
		}})
	}
	for _, model := range m.Value.models {
		name := sanitize.Line(model.Name)
		v.all = append(v.all, item{kind: "model", text: name, hint: "models:/" + name, search: name, run: func() tea.Cmd {
			return view.Send(view.ShowModel{Name: model.Name})
		}})
	}
	for _, h := range m.Value.runs {
		name := cmp.Or(sanitize.Line(h.Name), "(no name)")
		v.all = append(v.all, item{kind: "run", text: name, hint: h.ID, search: name, run: func() tea.Cmd {
			return view.Send(view.ShowRun{ID: h.ID})
		}})
	}
	v.narrow()
}

// commands are a typed command with its words, or with each of the words there are to
// choose from that fit; none if no command is typed.
func (v *View) commands() []item {
	name, words, ok := strings.Cut(strings.TrimPrefix(v.field.Text(), ":"), " ")
	i := slices.IndexFunc(v.keys, func(k view.Key) bool { return k.Name == name })
	if words = strings.TrimSpace(words); !ok || i < 0 {
		return nil
	}
	k := v.keys[i]
	if k.Among == nil {
		if words == "" {
			return nil
		}
		return []item{commandOf(k, words)}
	}
	var out []item
	fits := fuzzy.Find(words, k.Among())
	if words == "" {
		for _, there := range k.Among() {
			fits = append(fits, fuzzy.Match{Str: there})
		}
	}
	for _, m := range fits {
		out = append(out, commandOf(k, m.Str))
	}
	if len(out) == 0 { // which it will say
		out = append(out, commandOf(k, words))
	}
	return out
}

// commandOf is a command with its words.
func commandOf(k view.Key, words string) item {
	return item{kind: "command", text: k.Name + " " + sanitize.Line(words), hint: k.Takes, run: func() tea.Cmd {
		if why := k.Why(); why != "" {
			return view.Send(view.Say{Text: k.Does + ": " + why, Bad: true})
		}
		return k.With(words)
	}}
}

func (v *View) narrow() {
	want := strings.TrimSpace(v.field.Text())
	v.all = slices.DeleteFunc(v.all, func(it item) bool { return it.kind == "command" })
	if its := v.commands(); len(its) > 0 {
		v.shown = nil
		for i := range its {
			v.shown = append(v.shown, fuzzy.Match{Index: len(v.all) + i})
		}
		v.all = append(v.all, its...)
		v.table.Count = len(v.shown)
		v.table.To(0)
		return
	}
	if want == "" {
		v.shown = make(fuzzy.Matches, len(v.all))
		for i := range v.all {
			v.shown[i].Index = i
		}
	} else {
		v.shown = fuzzy.FindFrom(want, v.all)
		for i, it := range v.all { // an id is found by its beginning alone
			if it.kind != "action" && strings.HasPrefix(it.hint, want) {
				v.shown = append(fuzzy.Matches{{Index: i}}, slices.DeleteFunc(v.shown, func(m fuzzy.Match) bool { return m.Index == i })...)
			}
		}
	}
	v.table.Count = len(v.shown)
	v.table.To(0)
}

func (v *View) pick() tea.Cmd {
	if len(v.shown) == 0 {
		return view.Send(view.Say{Text: fmt.Sprintf("nothing is called %q", v.field.Text()), Bad: true})
	}
	chosen := v.all[v.shown[v.table.Cursor].Index]
	// Only the closed palette leaves the place to what was chosen.
	return tea.Sequence(view.Send(view.Close{}), view.Send(view.Do{Run: chosen.run}))
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t := v.theme
	head := widget.NewLine(width, themes.Style{}, t.Glyphs)
	head.Add("> ", t.Accent)
	v.field.Draw(head, width-2, t)
	lines := []string{head.String(), widget.Rule(width, t)}
	from, to := v.table.Window()
	for i := from; i < to && len(lines) < height; i++ {
		lines = append(lines, v.line(i, width))
	}
	switch {
	case v.err != nil:
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(v.err.Error(), t.Bad).String())
	case len(v.shown) == 0:
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add("nothing by that name", t.Dim).String())
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

func (v *View) line(i, width int) string {
	t, m := v.theme, v.shown[i]
	it := v.all[m.Index]
	base, bar := themes.Style{}, " "
	if i == v.table.Cursor {
		base, bar = t.Cursor, t.Glyphs.Bar
	}
	l := widget.NewLine(width, base, t.Glyphs)
	l.Cell(bar, 1, false, t.Accent).Cell(it.kind, 11, false, t.Dim).Pad(1)
	room := l.Left()
	if need := widget.Width(it.hint) + 2; need+min(widget.Width(it.text), 16) <= room {
		room -= need
	} else {
		it.hint = "" // the text comes first
	}
	l.Cell(it.text, room, false, themes.Style{})
	l.Right(it.hint, t.Dim, 0)
	return l.String()
}
