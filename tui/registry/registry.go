// Package registry is the screen that lists registered models: which versions are in
// use by stage and by alias, and when each model changed last. It shows no version's
// insides; what its keys change, the dialog of changes does.
package registry

import (
	"cmp"
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/store/search"
	"benchside/themes"
	"benchside/tui/filterbar"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View is the screen.
type View struct {
	reader store.RegistryReader
	theme  *themes.Theme
	loads  struct{ list, rows view.Loader }
	bar    *filterbar.Bar

	models []store.RegisteredModel // as light as a long list is
	whole  map[string]store.RegisteredModel
	order  order
	table  widget.Table
	height int
	err    error
	known  bool
	stale  bool   // the store changed while the list was read
	wanted string // the model that was created, to go to
	pace   view.Pace
	now    int64

	waiting waiting
}

// order is what the list is sorted by.
type order int

const (
	byName order = iota
	byChange
	byCreation
	orders
)

// orderNames are the orders in words, as a command line takes them.
var orderNames = [orders]string{"name", "change", "creation"}

// The columns.
const (
	name = iota
	production
	staging
	aliases
	versions
	changed
	about
)

// New returns the screen.
func New(r store.RegistryReader, theme *themes.Theme) *View {
	v := &View{reader: r, theme: theme, whole: map[string]store.RegisteredModel{}}
	v.bar = filterbar.New(keys{r}, "name LIKE 'churn%' AND tags.team = 'growth'", theme).Of(search.Models)
	v.table.Columns = []widget.Column{
		name:       {Title: "model", Width: 20, Min: 12, Max: 60, Share: 40, Keep: true},
		production: {Title: "Production", Width: 10, Min: 4},
		staging:    {Title: "Staging", Width: 7, Min: 4},
		aliases:    {Title: "aliases", Width: 14, Min: 8, Max: 44, Share: 26},
		versions:   {Title: "versions", Width: 8, Right: true, Min: 4},
		changed:    {Title: "changed", Width: 11, Min: 9},
		about:      {Title: "description", Width: 14, Min: 10, Max: 120},
	}
	v.headings()
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "models" }

// Typing implements view.View.
func (v *View) Typing() bool { return v.bar.Typing() }

// Status implements view.View.
func (v *View) Status() string {
	if !v.known && v.err == nil {
		return "reading"
	}
	return v.asked() + v.count()
}

func (v *View) count() string {
	if len(v.models) == 1 {
		return "1 model"
	}
	return widget.Count(len(v.models)) + " models"
}

// listed is what was read of all models, and the whole of those that come first.
type listed struct{ models, whole []store.RegisteredModel }

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	filter, ok := v.bar.Parse()
	if !ok {
		return nil
	}
	const usual = 60 // rows of a window whose height is not known yet
	r, q, first := v.reader, store.ModelQuery{Filter: filter, Light: true}, cmp.Or(v.height, usual)
	if v.known || v.order != byName {
		first = 0 // others may be in the window
	}
	v.stale = false
	return tea.Batch(v.loadWaiting(), view.Load(&v.loads.list, func(ctx context.Context) (out listed, err error) {
		if out.models, err = r.Models(ctx, q); err != nil {
			return out, err
		}
		var names []string
		for _, m := range out.models[:min(first, len(out.models))] {
			names = append(names, m.Name)
		}
		out.whole, err = rowsOf(ctx, r, names)
		return out, err
	}))
}

type rowsRead []store.RegisteredModel

// loadRows reads the rest of what the rows in the window show.
func (v *View) loadRows() tea.Cmd {
	var names []string
	from, to := v.table.Window()
	for _, m := range v.models[from:to] {
		if _, ok := v.whole[m.Name]; !ok {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 || v.loads.rows.Busy() {
		return nil
	}
	r := v.reader
	return view.Load(&v.loads.rows, func(ctx context.Context) (rowsRead, error) { return rowsOf(ctx, r, names) })
}

// rowsOf reads models whole, prompts among them.
func rowsOf(ctx context.Context, r store.RegistryReader, names []string) ([]store.RegisteredModel, error) {
	if len(names) == 0 {
		return nil, nil
	}
	found, err := r.Models(ctx, store.ModelQuery{Names: names})
	if err != nil || len(found) == len(names) {
		return found, err
	}
	prompt, err := search.Parse("tags.`"+search.PromptTag+"` = 'true'", search.Models)
	if err != nil {
		return nil, err
	}
	prompts, err := r.Models(ctx, store.ModelQuery{Names: names, Filter: prompt})
	return append(found, prompts...), err
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.height = m.Height
		v.table.Resize(m.Width-1, m.Height-v.above())
		return v.loadRows()
	case view.Clock:
		v.now = m.Now
	case view.Refresh:
		return v.Init()
	case view.Changed:
		v.wanted = made(m.Receipt)
		return v.Init()
	case view.StoreChanged:
		return v.heard(m.Change)
	case view.Look:
		if m.At == v {
			return v.pace.Now(v.again)
		}
	case view.Wheel:
		v.table.Scroll(m.Rows)
		return v.loadRows()
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.table.Pull(m.X)
		return v.loadRows()
	}
	return v.loaded(msg)
}

func (v *View) loaded(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Loaded[listed]:
		if m.Of(&v.loads.list) && !v.failed(m.Err) {
			return v.take(m.Value)
		}
		return nil
	case view.Loaded[requests]:
		if m.Of(&v.waiting.load) && m.Err == nil { // the inbox itself says what went wrong
			v.waiting.n = m.Value
		}
		return nil
	case view.Loaded[rowsRead]:
		if m.Of(&v.loads.rows) && !v.failed(m.Err) {
			v.learn(m.Value)
			return v.loadRows()
		}
		return nil
	}
	cmd, changed := v.bar.Update(msg)
	v.table.Resize(v.table.Width, v.height-v.above())
	if changed {
		return tea.Batch(cmd, v.Init())
	}
	return cmd
}

func (v *View) failed(err error) bool {
	if err != nil && !errors.Is(err, context.Canceled) {
		v.err = err
	}
	if err == nil {
		v.err = nil
	}
	return err != nil
}

// heard reads again whatever was committed: at once, but not with every point that a
// training logs.
func (v *View) heard(c store.Change) tea.Cmd {
	if c.Problem != nil {
		v.err = c.Problem
		return nil
	}
	return v.pace.Hear(v, c, v.again)
}

// again reads what is shown once more, after what is being read.
func (v *View) again() tea.Cmd {
	if v.loads.list.Busy() {
		v.stale = true
		return nil
	}
	return v.Init()
}

// learn keeps models that were read whole.
func (v *View) learn(whole []store.RegisteredModel) {
	for _, w := range whole {
		v.whole[w.Name] = w
		v.fit(&w)
	}
}

func (v *View) take(read listed) tea.Cmd {
	old := cmp.Or(v.wanted, v.current())
	v.wanted, v.models, v.known = "", read.models, true
	clear(v.whole)
	v.learn(read.whole)
	v.loads.rows.Cancel()
	v.sort()
	if old != "" {
		v.toModel(old)
	}
	for i := range v.models {
		v.table.Widen(name, sanitize.Line(v.models[i].Name))
	}
	v.table.Resize(v.table.Width, v.height-v.above())
	if v.stale {
		return tea.Batch(v.loadRows(), v.Init())
	}
	return v.loadRows()
}

// fit makes the columns wide enough for a model that was read whole.
func (v *View) fit(m *store.RegisteredModel) {
	v.table.Widen(aliases, aliasWords(m.Aliases))
	v.table.Fill(about, 14, 120)
}

// current is the name of the model under the cursor, "" if there is none.
func (v *View) current() string {
	if v.table.Cursor >= len(v.models) {
		return ""
	}
	return v.models[v.table.Cursor].Name
}

func (v *View) toModel(name string) {
	if i := slices.IndexFunc(v.models, func(m store.RegisteredModel) bool { return m.Name == name }); i >= 0 {
		v.table.To(i)
	}
}

// sort brings the models into the order that was chosen.
func (v *View) sort() {
	slices.SortStableFunc(v.models, func(a, b store.RegisteredModel) int {
		switch v.order {
		case byChange:
			return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(a.Name, b.Name))
		case byCreation:
			return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.Name, b.Name))
		}
		return cmp.Compare(a.Name, b.Name)
	})
	v.table.Count = len(v.models)
	v.table.Move(0)
}

func (v *View) sortBy(o order) tea.Cmd {
	v.order = o
	at := v.current()
	v.sort()
	v.toModel(at)
	v.headings()
	return v.loadRows()
}

// headings mark the column that the list is sorted by.
func (v *View) headings() {
	v.table.Columns[name].Title, v.table.Columns[changed].Title = "model", "changed"
	g := v.theme.Glyphs
	switch v.order {
	case byName:
		v.table.Columns[name].Title += " " + g.Up
	case byChange:
		v.table.Columns[changed].Title += " " + g.Down
	case byCreation:
		v.table.Columns[changed].Title = "created " + g.Down
	}
}

// sortTitle sorts by the column of a title; that of times has two orders.
func (v *View) sortTitle(col int) tea.Cmd {
	switch {
	case col == name:
		return v.sortBy(byName)
	case col == changed && v.order == byChange:
		return v.sortBy(byCreation)
	case col == changed:
		return v.sortBy(byChange)
	}
	return nil
}

func (v *View) click(m view.Click) tea.Cmd {
	p := v.table.Press(m.X, m.Y-v.above(), 2, m.Double)
	if p.Head {
		return v.sortTitle(p.Col)
	}
	if p.Row < 0 {
		return nil
	}
	v.table.To(p.Row)
	if m.Double {
		return v.open()
	}
	return v.loadRows()
}

func (v *View) open() tea.Cmd { return view.Send(view.ShowModel{Name: v.current()}) }

// keys are what completes a filter of models: their names, tags and values.
type keys struct{ reader store.RegistryReader }

// mostKnown bounds the models whose tags complete a filter.
const mostKnown = 1000

// Keys implements store.KeyReader.
func (k keys) Keys(ctx context.Context, kind store.FieldKind) ([]string, error) {
	if kind != store.TagField {
		return nil, nil
	}
	found := map[string]bool{}
	models, err := k.reader.Models(ctx, store.ModelQuery{Limit: mostKnown})
	var out []string
	for _, m := range models {
		for key := range m.Tags {
			if !found[key] {
				found[key] = true
				out = append(out, key)
			}
		}
	}
	slices.Sort(out)
	return out, err
}

// Values implements store.KeyReader.
func (k keys) Values(ctx context.Context, field store.Field, part string, limit int) ([]string, error) {
	models, err := k.reader.Models(ctx, store.ModelQuery{Limit: mostKnown, Light: field.Kind == store.AttributeField})
	if err != nil {
		return nil, err
	}
	return valuesOf(models, field, part, limit), nil
}
