// Package rundetail is the screen of one run: what it is, what it logged and
// what it is linked to. It compares it with no other and previews no artifact.
package rundetail

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Reader is what the screen reads of a store.
type Reader interface {
	store.RunReader
	store.MetricReader
	store.InputReader
	store.RunScanner
	store.RegistryReader
	store.Describer
}

// tab is one of the screen's parts.
type tab int

const (
	overview tab = iota
	metrics
	system
	params
	tags
	data
	models
	files
	tabs
)

var tabNames = [tabs]string{"Overview", "Metrics", "System", "Params", "Tags", "Data", "Models", "Artifacts"}

// View is the screen.
type View struct {
	reader Reader
	id     string
	places func(store.Run) artifacts.Places // of its files; nil: beside the store
	theme  *themes.Theme
	loads  struct{ run, links, versions, sums, files, change view.Loader }

	run    store.Run
	known  bool
	links  links
	sums   map[string]*summary
	stale  map[string]bool // metrics whose history grew in a way that must be read again
	folder listing
	tab    tab
	table  widget.Table
	lines  []line
	width  int
	height int
	err    error
	now    int64
	fresh  map[string]bool // metric keys
}

// links are what a run is connected to.
type links struct {
	parent   *store.Head
	children []store.Head
	inputs   []store.Input
	models   []store.LoggedModel
	versions []store.ModelVersion // of registered models
}

// New returns the screen of the run with the id.
func New(r Reader, id string, theme *themes.Theme) *View {
	return &View{reader: r, id: id, theme: theme, sums: map[string]*summary{}, stale: map[string]bool{}, fresh: map[string]bool{}}
}

// Within says where the files of runs lie, if not beside the store.
func (v *View) Within(places func(store.Run) artifacts.Places) *View {
	v.places = places
	return v
}

// At begins with a part, by its name; "" is the first.
func (v *View) At(part string) *View {
	for t, name := range tabNames {
		if name == part {
			v.tab = tab(t)
		}
	}
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	if name := sanitize.Line(v.run.Name); name != "" {
		return name
	}
	return "run " + widget.Cut(sanitize.Line(v.id), 8, "")
}

// Status implements view.View.
func (v *View) Status() string {
	if v.loads.run.Busy() && !v.known {
		return "reading"
	}
	if v.table.Cursor < len(v.lines) && v.lines[v.table.Cursor].full != "" {
		return sanitize.Line(v.lines[v.table.Cursor].full)
	}
	return v.run.ID
}

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	return tea.Batch(v.loadRun(), v.loadLinks(), v.loadVersions())
}

type registered []store.ModelVersion

// loadVersions reads which versions of registered models came from the run, which is
// a search through all of them.
func (v *View) loadVersions() tea.Cmd {
	r, id := v.reader, v.id
	return view.Load(&v.loads.versions, func(ctx context.Context) (registered, error) {
		found, err := store.IfKept(r.VersionsFrom(ctx, []string{id}))
		return found, err
	})
}

func (v *View) loadRun() tea.Cmd {
	r, id := v.reader, v.id
	return view.Load(&v.loads.run, func(ctx context.Context) (store.Run, error) { return r.Run(ctx, id) })
}

func (v *View) loadLinks() tea.Cmd {
	r, id := v.reader, v.id
	return view.Load(&v.loads.links, func(ctx context.Context) (links, error) {
		var out links
		run, err := r.Run(ctx, id)
		if err != nil {
			return out, err
		}
		if run.ParentID != "" {
			parents, err := r.HeadsOf(ctx, []string{run.ParentID})
			if err != nil {
				return out, err
			}
			if len(parents) > 0 {
				out.parent = &parents[0]
			}
		}
		if out.inputs, err = r.Inputs(ctx, id); err != nil {
			return out, err
		}
		if out.models, err = r.LoggedModels(ctx, id); err != nil {
			return out, err
		}
		out.children, err = r.Children(ctx, id)
		return out, err
	})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.width, v.height = m.Width, m.Height
		v.fill()
		return v.want()
	case view.Clock:
		v.now = m.Now
	case view.Refresh:
		clear(v.sums)
		return v.Init()
	case view.StoreChanged:
		return v.changed(m.Change)
	case view.Changed:
		return v.wrote(m)
	case view.Settled:
		clear(v.fresh)
		v.fill()
	case view.Wheel:
		v.table.Scroll(m.Rows)
		return v.want()
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.table.Pull(m.X)
	}
	return v.loaded(msg)
}

func (v *View) loaded(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Loaded[store.Run]:
		if m.Of(&v.loads.run) && !v.failed(m.Err) {
			v.run, v.known, v.id = m.Value, true, m.Value.ID
			v.fill()
			return v.want()
		}
	case view.Loaded[links]:
		if m.Of(&v.loads.links) && !v.failed(m.Err) {
			versions := v.links.versions
			v.links = m.Value
			v.links.versions = versions
			v.fill()
			return v.want()
		}
	case view.Loaded[registered]:
		if m.Of(&v.loads.versions) && m.Err == nil { // an error of the run itself stays
			v.links.versions = m.Value
			v.fill()
		}
	case view.Loaded[sumRead]:
		if m.Of(&v.loads.sums) {
			return v.takeSum(m)
		}
	case view.Loaded[view.Chosen]:
		if m.Of(&v.loads.change) {
			return m.Value.Answer(m.Err)
		}
	case view.Loaded[listing]:
		if m.Of(&v.loads.files) {
			v.folder = m.Value
			v.folder.err = m.Err
			v.fill()
		}
	}
	return nil
}

func (v *View) failed(err error) bool {
	if err == nil {
		v.err = nil
		return false
	}
	if !errors.Is(err, context.Canceled) {
		v.err = err
	}
	return true
}

// changed reads the run again when somebody wrote to it, and takes its new
// points into the summaries without reading their history again.
func (v *View) changed(c store.Change) tea.Cmd {
	if c.Problem != nil {
		v.err = c.Problem
		return nil
	}
	v.err = nil
	if c.Reload {
		clear(v.sums)
		return v.Init()
	}
	related := false
	for i := range c.Events {
		e := &c.Events[i]
		related = related || e.Head.ParentID == v.id
		if e.Head.ID != v.id || e.Kind != store.PointLogged {
			continue
		}
		v.fresh[e.Key] = true
		if s := v.sums[e.Key]; s != nil && !s.reading {
			s.add(e.Point)
		} else if s != nil {
			v.stale[e.Key] = true
		}
	}
	if related || c.Touches(v.id) {
		if related {
			return tea.Batch(v.loadRun(), v.loadLinks())
		}
		return v.loadRun()
	}
	return nil
}

func (v *View) click(m view.Click) tea.Cmd {
	if m.Y == 0 {
		for _, p := range v.tabPlaces(v.width) {
			if m.X >= p.x && m.X < p.x+p.w {
				return v.show(p.tab)
			}
		}
		return nil
	}
	if v.wide() && m.X > v.split() {
		return v.clickAside(m.Y - v.above())
	}
	p := v.table.Press(m.X, m.Y-v.above(), v.headed(), m.Double)
	if p.Row < 0 {
		return nil
	}
	v.table.To(p.Row)
	if m.Double {
		return v.open()
	}
	return nil
}

func (v *View) show(t tab) tea.Cmd {
	v.tab = (t + tabs) % tabs
	v.table.Cursor, v.table.Top, v.table.Col, v.table.First = 0, 0, 0, 0
	v.fill()
	return v.want()
}

// want starts what the part in front needs and does not have.
func (v *View) want() tea.Cmd {
	switch v.tab {
	case overview, metrics, system:
		return v.nextSum()
	case files:
		if v.folder.open == nil && !v.loads.files.Busy() {
			return v.list("")
		}
	}
	return nil
}

// open follows the line under the cursor to another run, or into a folder.
func (v *View) open() tea.Cmd {
	if v.table.Cursor >= len(v.lines) {
		return nil
	}
	l := v.lines[v.table.Cursor]
	switch {
	case l.run != "":
		return view.Send(view.ShowRun{ID: l.run})
	case l.version != nil:
		return view.Send(view.ShowModel{Name: l.version.Name, Version: l.version.Version})
	case l.tab > 0:
		return v.show(l.tab)
	case l.folder != "":
		return v.flip(l.folder)
	case v.tab == files && l.full != "":
		return v.artifacts(l.full)
	}
	return nil
}

// artifacts shows the run's files, beginning with one of them.
func (v *View) artifacts(name string) tea.Cmd {
	return view.Send(view.ShowArtifacts{Runs: []string{v.id}, Title: v.Title(), Path: name})
}

func (v *View) charts() tea.Cmd {
	ids := []string{v.id}
	if len(v.run.Metrics) == 0 && len(v.links.children) > 0 {
		ids = nil
		for _, c := range v.links.children {
			ids = append(ids, c.ID)
		}
	}
	return view.Send(view.ShowCharts{Runs: ids, Title: v.Title()})
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "run"
	move := func(n func() int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Move(n()); return v.want() }
	}
	by := func(n int) func() int { return func() int { return n } }
	page := func(sign int) func() int { return func() int { return sign * max(v.table.Height-1, 1) } }
	side := func(n int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Side(n); return nil }
	}
	keys := []view.Key{
		{Press: []string{"]", "tab"}, Name: "next-part", Does: "next part", Group: group, Foot: true, Run: func() tea.Cmd { return v.show(v.tab + 1) }},
		{Press: []string{"[", "shift+tab"}, Name: "previous-part", Does: "previous part", Group: group, Foot: true, Run: func() tea.Cmd { return v.show(v.tab - 1) }},
		{Press: []string{"enter"}, Name: "follow", Does: "follow or unfold", Short: "follow", Group: group, Foot: true, Run: v.open},
		{Press: []string{"p"}, Name: "parent", Does: "parent run", Short: "parent", Group: group, Foot: true, Off: v.noParent, Run: func() tea.Cmd { return view.Send(view.ShowRun{ID: v.run.ParentID}) }},
		{Press: []string{"3"}, Name: "charts", Does: "charts of its metrics, or of its children if it has none", Short: "charts", Group: group, Foot: true, Run: v.charts},
		{Press: []string{"4"}, Name: "files", Does: "artifacts, and what they show", Short: "artifacts", Group: group, Foot: v.tab == files, Run: func() tea.Cmd { return v.artifacts("") }},
		{Press: []string{"d"}, Name: "drift", Does: "its drift report", Group: group, Run: func() tea.Cmd { return view.Send(view.ShowDriftReport{Run: v.id}) }},
		{Press: []string{"e"}, Name: "explain", Does: "explain it by the run before it", Short: "explain", Group: group, Foot: true, Run: func() tea.Cmd { return v.explain(view.Previous) }},
		{Press: []string{"E"}, Name: "explain-parent", Does: "explain it by its parent", Group: group, Off: v.noParent, Run: func() tea.Cmd { return v.explain(view.Parent) }},
		{Press: []string{"y"}, Name: "copy", Does: "copy the line", Short: "copy", Group: group, Foot: true, Run: v.copyLine},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: move(by(1))},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: move(by(-1))},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: move(page(1))},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: move(page(-1))},
		{Press: []string{"g", "home"}, Does: "first", Group: group, Run: func() tea.Cmd { v.table.To(0); return v.want() }},
		{Press: []string{"G", "end"}, Does: "last", Group: group, Run: func() tea.Cmd { v.table.To(len(v.lines)); return v.want() }},
		{Press: []string{"l", "right"}, Does: "columns to the right", Group: group, Run: side(1)},
		{Press: []string{"h", "left"}, Does: "columns to the left", Group: group, Run: side(-1)},
	}
	for t := range tabs {
		keys = append(keys, view.Key{Name: strings.ToLower(tabNames[t]), Does: "part " + tabNames[t], Group: group, Press: []string{fmt.Sprintf("alt+%d", t+1)}, Run: func() tea.Cmd { return v.show(t) }})
	}
	return append(keys, v.writeKeys()...)
}

// explain puts the run beside a relative.
func (v *View) explain(by view.Relative) tea.Cmd {
	return view.Send(view.ShowComparison{Runs: []string{v.id}, Against: by, Title: v.run.Name})
}

func (v *View) noParent() string {
	switch {
	case v.run.ParentID == "":
		return "this run has no parent"
	case v.links.parent == nil:
		return "the parent is not in the store"
	}
	return ""
}

func (v *View) copyLine() tea.Cmd {
	if v.table.Cursor < len(v.lines) && v.lines[v.table.Cursor].full != "" {
		return view.Send(view.Copy{Text: v.lines[v.table.Cursor].full, What: "the line"})
	}
	return view.Send(view.Copy{Text: v.run.ID, What: "the run's id"})
}
