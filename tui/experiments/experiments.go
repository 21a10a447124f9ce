// Package experiments is the screen that lists the experiments of a store, as
// a tree by their folders or flat. It counts no runs itself.
package experiments

import (
	"context"
	"errors"
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
	reader store.ExperimentReader
	theme  *themes.Theme
	load   view.Loader

	all      []store.Experiment
	activity map[string]store.Activity
	rows     []row
	paths    []string // of all, through their folders
	folders  Folders
	table    widget.Table
	back     string // where the user comes back to, until it was read
	folded   map[string]bool
	flat     bool
	deleted  bool
	err      error
	loaded   bool
	now      int64
	field    widget.Field
	typing   bool
}

// New returns the screen.
func New(r store.ExperimentReader, theme *themes.Theme) *View {
	v := &View{reader: r, theme: theme, folded: map[string]bool{}, field: widget.NewField("letters of a name")}
	v.table.Columns = []widget.Column{
		{Title: "experiment", Width: 24, Min: 12, Max: 60, Share: 45, Keep: true},
		{Title: "runs", Width: 6, Right: true, Keep: true},
		{Title: "running", Width: 7, Right: true, Min: 7},
		{Title: "failed", Width: 6, Right: true, Min: 6},
		{Title: "last activity", Width: 13, Min: 9},
		{Title: "created", Width: 10, Min: 9},
		{Title: "id", Width: 4, Max: 20, Min: 2},
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "experiments" }

// Typing implements view.View.
func (v *View) Typing() bool { return v.typing }

// Status implements view.View.
func (v *View) Status() string {
	if v.load.Busy() && !v.loaded {
		return "reading"
	}
	if len(v.all) == 1 {
		return "1 experiment"
	}
	return widget.Count(len(v.all)) + " experiments"
}

type listing struct {
	experiments []store.Experiment
	activity    map[string]store.Activity
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	r, q := v.reader, store.ExperimentQuery{}
	if v.deleted {
		q.Stage = store.AnyStage
	}
	return view.Stream(&v.load, func(ctx context.Context, emit func(listing) error) error {
		exps, err := r.Experiments(ctx, q)
		if err != nil {
			return err
		}
		if err := emit(listing{experiments: exps}); err != nil {
			return err
		}
		activity, err := r.Activity(ctx)
		if err != nil {
			return err
		}
		return emit(listing{exps, activity})
	})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.table.Resize(m.Width-1, m.Height-v.above())
	case view.Clock:
		v.now = m.Now
	case view.Refresh:
		return v.Init()
	case view.Changed:
		if m.TouchesRuns() {
			return v.Init()
		}
	case view.StoreChanged:
		return v.changed(m.Change)
	case view.Loaded[listing]:
		if !m.Of(&v.load) {
			return nil
		}
		return v.take(m)
	case view.Wheel:
		v.table.Scroll(m.Rows)
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.table.Pull(m.X)
	case tea.KeyPressMsg, tea.PasteMsg:
		if v.typing && v.field.Update(m) {
			v.arrange()
		}
	}
	return nil
}

func (v *View) changed(c store.Change) tea.Cmd {
	if c.Problem != nil {
		v.err = c.Problem
		return nil
	}
	for i := range c.Events {
		switch c.Events[i].Kind {
		case store.PointLogged, store.ParamLogged, store.TagSet:
		default:
			return v.Init()
		}
	}
	if c.Reload || v.err != nil {
		return v.Init()
	}
	return nil
}

func (v *View) take(m view.Loaded[listing]) tea.Cmd {
	if m.Err != nil && !errors.Is(m.Err, context.Canceled) {
		v.err = m.Err
		return m.Next
	}
	if m.Last {
		return nil
	}
	v.err, v.loaded, v.all = nil, true, m.Value.experiments
	if m.Value.activity != nil {
		v.activity = m.Value.activity
	}
	v.arrange()
	return m.Next
}

func (v *View) click(m view.Click) tea.Cmd {
	p := v.table.Press(m.X, m.Y-v.above(), 2, m.Double)
	if p.Row < 0 {
		return nil
	}
	v.table.To(p.Row)
	if m.Double {
		return v.open()
	}
	return nil
}

// open shows the runs of the experiment, or of all below a folder.
func (v *View) open() tea.Cmd {
	if len(v.rows) == 0 {
		return nil
	}
	r := v.rows[v.table.Cursor]
	if r.experiment >= 0 {
		e := v.all[r.experiment]
		return view.Send(view.ShowRuns{Experiments: []string{e.ID}, Title: e.Name})
	}
	var ids []string
	for _, e := range v.all {
		if strings.HasPrefix(v.folders.path(e), r.path+sep) {
			ids = append(ids, e.ID)
		}
	}
	return view.Send(view.ShowRuns{Experiments: ids, Title: v.folders.join(r.path) + "/"})
}

func (v *View) fold(folded bool) tea.Cmd {
	if len(v.rows) == 0 {
		return nil
	}
	r := v.rows[v.table.Cursor]
	if folded && (!r.folder || v.folded[r.path]) {
		v.up(r.depth)
		return nil
	}
	if !r.folder {
		return nil
	}
	v.folded[r.path] = folded
	v.arrange()
	return nil
}

// up goes to the folder that a row of a depth is in.
func (v *View) up(depth int) {
	for at := v.table.Cursor - 1; at >= 0; at-- {
		if v.rows[at].depth < depth {
			v.table.To(at)
			return
		}
	}
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	if v.typing {
		return v.typingKeys()
	}
	move := func(n func() int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Move(n()); return nil }
	}
	by := func(n int) func() int { return func() int { return n } }
	page := func(sign int) func() int { return func() int { return sign * max(v.table.Height-1, 1) } }
	const group = "experiments"
	return append([]view.Key{
		{Press: []string{"enter"}, Name: "open", Does: "open its runs", Short: "open", Group: group, Foot: true, Run: v.open},
		{Press: []string{"/"}, Name: "find", Does: "find", Group: group, Foot: true, Run: func() tea.Cmd { v.typing = true; return nil }},
		{Press: []string{"t"}, Name: "tree", Does: "tree or flat", Group: group, Foot: true, Run: func() tea.Cmd { v.flat = !v.flat; v.arrange(); return nil }},
		{
			Press: []string{"F"}, Name: "folders", Does: "folders by a delimiter in the names, or by a tag", Group: group, Takes: "a delimiter, or tags.KEY",
			Run: func() tea.Cmd { return view.Send(view.Prompt{Text: ":folders "}) }, With: v.foldersBy,
		},
		{Press: []string{"D"}, Name: "deleted", Does: "show or hide deleted", Short: "deleted", Group: group, Foot: true, Run: func() tea.Cmd { v.deleted = !v.deleted; return v.Init() }},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: move(by(1))},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: move(by(-1))},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: move(page(1))},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: move(page(-1))},
		{Press: []string{"g", "home"}, Does: "first", Group: group, Run: func() tea.Cmd { v.table.To(0); return nil }},
		{Press: []string{"G", "end"}, Does: "last", Group: group, Run: func() tea.Cmd { v.table.To(len(v.rows)); return nil }},
		{Press: []string{"l", "right"}, Does: "unfold", Group: group, Run: func() tea.Cmd { return v.fold(false) }},
		{Press: []string{"h", "left"}, Does: "fold, or go to the folder", Group: group, Run: func() tea.Cmd { return v.fold(true) }},
		{Press: []string{"y"}, Name: "copy", Does: "copy the id", Group: group, Run: v.copyID},
	}, v.writeKeys()...)
}

func (v *View) typingKeys() []view.Key {
	const group = "find"
	done := func(keep bool) func() tea.Cmd {
		return func() tea.Cmd {
			v.typing = false
			if !keep {
				v.field.Set("")
				v.arrange()
			}
			return nil
		}
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "keep", Group: group, Foot: true, Run: done(true)},
		{Press: []string{"esc"}, Does: "clear", Group: group, Foot: true, Run: done(false)},
		{Press: []string{"down"}, Does: "down", Group: group, Run: func() tea.Cmd { v.table.Move(1); return nil }},
		{Press: []string{"up"}, Does: "up", Group: group, Run: func() tea.Cmd { v.table.Move(-1); return nil }},
	}
}

func (v *View) copyID() tea.Cmd {
	if len(v.rows) == 0 || v.rows[v.table.Cursor].experiment < 0 {
		return nil
	}
	e := v.all[v.rows[v.table.Cursor].experiment]
	return view.Send(view.Copy{Text: e.ID, What: "the id of " + sanitize.Line(e.Name)})
}
