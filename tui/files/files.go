// Package files is the screen of what runs logged as files: a tree of them, and
// beside it what the one under the cursor shows; of several runs, how they
// differ. It decodes nothing itself and changes no file of the store.
package files

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/artifacts/originals"
	"benchside/artifacts/previews"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/copies"
	"benchside/tui/painter"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Reader is what the screen reads of a store.
type Reader interface {
	store.RunReader
	store.InputReader
	store.Describer
}

// View is the screen.
type View struct {
	reader Reader
	places func(store.Run) artifacts.Places // nil: beside the store
	paint  *painter.Painter
	theme  *themes.Theme
	ask    view.ShowArtifacts
	loads  struct{ runs, list, find, open, known, stat, copy, reports view.Loader }

	runs    []run
	against int // the run that the first one is held against, 0 for none
	tree    tree
	known   known
	seen    seen
	reports reports
	behind  *seen // the table that the picture shown was opened from, nil if it was not
	state
	w, h int
	err  error
}

// state is what the screen is doing.
type state struct {
	focused  bool // the preview has the focus
	unfolded bool // all that is said of the file is shown
	away     bool // another screen is in front
	watched  int  // how often it was asked to look at the file again
	served   bool // the user sits elsewhere
}

// run is one of the runs, and its files if they are there.
type run struct {
	id, name string // the name is safe to show
	files    *previews.Run
	err      error
}

// known is what is known of all the files of the first run.
type known struct {
	originals []originals.Original
	logged    []originals.Images
	labels    map[string]string // of the files of logged images
}

// New returns the screen.
func New(r Reader, places func(store.Run) artifacts.Places, ask view.ShowArtifacts, paint *painter.Painter, theme *themes.Theme) *View {
	v := &View{reader: r, places: places, paint: paint, theme: theme, ask: ask, w: 80, h: 24}
	v.tree, v.reports = newTree(), reports{}
	v.focused = ask.Path != ""
	return v
}

// Served has the screen run no program and write no file: the user sits at another
// machine.
func (v *View) Served(elsewhere bool) *View {
	v.served = elsewhere
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	switch {
	case len(v.ask.Runs) > 1:
		return "artifacts of " + widget.Several(len(v.ask.Runs), "run")
	case v.ask.Title != "":
		return "artifacts of " + sanitize.Line(v.ask.Title)
	case len(v.runs) > 0:
		return "artifacts of " + v.runs[0].name
	}
	return "artifacts"
}

// Status implements view.View.
func (v *View) Status() string {
	if v.focused && v.seen.front() != nil {
		return v.seen.front().Status()
	}
	switch {
	case v.loads.runs.Busy() || v.loads.list.Busy() || v.loads.find.Busy():
		return "reading"
	case v.tree.cut:
		return "more than the first " + widget.Count(mostFound) + " match"
	}
	if l := v.tree.current(); l != nil {
		return cmp.Or(l.entry.Label, sanitize.Line(l.path))
	}
	return ""
}

// Typing implements view.View.
func (v *View) Typing() bool {
	if v.focused && v.seen.front() != nil {
		return v.seen.front().Typing()
	}
	return v.tree.typing
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	v.away = false
	if len(v.runs) > 0 {
		if f := v.seen.front(); f != nil {
			return tea.Batch(f.Init(), v.watch())
		}
		return nil
	}
	return v.loadRuns()
}

func (v *View) loadRuns() tea.Cmd {
	r, places, ids := v.reader, v.places, v.ask.Runs
	return view.Load(&v.loads.runs, func(ctx context.Context) ([]run, error) {
		about, err := r.About(ctx)
		if err != nil {
			return nil, err
		}
		var out []run
		for _, id := range ids {
			one, err := r.Run(ctx, id)
			if err != nil {
				return nil, err
			}
			models, err := r.LoggedModels(ctx, id)
			if err != nil {
				return nil, err
			}
			var p artifacts.Places
			if places != nil {
				p = places(one)
			}
			p.Store = cmp.Or(p.Store, one.Store.Path, about.Path)
			files, err := previews.OpenRun(p, one, models)
			out = append(out, run{id: one.ID, name: sanitize.Line(cmp.Or(one.Name, one.ID)), files: files, err: err})
		}
		return out, nil
	})
}

// Leave implements view.Leaver.
func (v *View) Leave() {
	v.away = true
	for _, l := range []*view.Loader{&v.loads.list, &v.loads.find, &v.loads.open, &v.loads.known, &v.loads.stat, &v.loads.reports} {
		l.Cancel()
	}
	leave(v.seen.front())
}

func leave(pane view.View) {
	if l, ok := pane.(view.Leaver); ok {
		l.Leave()
	}
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.w, v.h = m.Width, m.Height
		return v.resize()
	case view.Wheel:
		return v.wheel(m)
	case view.Click:
		return v.click(m)
	case view.Drag:
		return v.drag(m)
	case view.ShowFile:
		if v.away {
			return nil
		}
		return v.showFile(m.Path)
	case view.Refresh:
		return v.refresh()
	case tea.KeyPressMsg, tea.PasteMsg:
		if f := v.seen.front(); v.focused && f != nil {
			return f.Update(msg)
		}
		if v.tree.field.Update(msg) {
			return v.search()
		}
		return nil
	case stat:
		return v.stat(m)
	}
	return tea.Batch(v.loaded(msg), v.seen.tell(msg))
}

func (v *View) loaded(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Loaded[[]run]:
		if m.Of(&v.loads.runs) && !v.failed(m.Err) {
			v.runs = m.Value
			return v.begin()
		}
	case view.Loaded[listed]:
		if m.Of(&v.loads.list) && !v.failed(m.Err) {
			v.tree.take(m.Value)
			return tea.Batch(v.resize(), v.follow(), v.lookForReports())
		}
	case view.Loaded[reports]:
		if m.Of(&v.loads.reports) {
			maps.Copy(v.reports, m.Value)
		}
	case view.Loaded[[]listed]:
		if m.Of(&v.loads.list) && !v.failed(m.Err) {
			v.tree.replace(m.Value)
			return v.resize()
		}
	case view.Loaded[found]:
		if m.Of(&v.loads.find) && !v.failed(m.Err) {
			v.tree.found(m.Value)
			return v.follow()
		}
	case view.Loaded[known]:
		if m.Of(&v.loads.known) && m.Err == nil { // without them pictures are pictures
			v.known = m.Value
			return v.knows()
		}
	case view.Loaded[opened]:
		if m.Of(&v.loads.open) {
			return v.take(m)
		}
	case view.Loaded[changed]:
		if m.Of(&v.loads.stat) && m.Err == nil {
			v.seen.changed = m.Value.said
			return v.resize()
		}
	case view.Loaded[copies.Copied]:
		if m.Of(&v.loads.copy) {
			return m.Value.Say(m.Err)
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

// begin lists the files once the runs are known. Those that have files come first.
func (v *View) begin() tea.Cmd {
	slices.SortStableFunc(v.runs, func(a, b run) int {
		switch {
		case a.files != nil && b.files == nil:
			return -1
		case a.files == nil && b.files != nil:
			return 1
		}
		return 0
	})
	if v.withFiles() == 0 {
		if len(v.runs) > 0 {
			v.err = v.runs[0].err
		}
		return nil
	}
	v.against = min(v.withFiles()-1, 1)
	if v.ask.Path != "" {
		return tea.Batch(v.learn(), v.goTo(v.ask.Path))
	}
	return tea.Batch(v.learn(), v.list("", 0))
}

// withFiles is how many of the runs have files; they are the first ones.
func (v *View) withFiles() (n int) {
	for n < len(v.runs) && v.runs[n].files != nil {
		n++
	}
	return n
}

// learn looks at the names of all files, for numbers behind pictures and series
// of images.
func (v *View) learn() tea.Cmd {
	files := v.runs[0].files
	return view.Load(&v.loads.known, func(ctx context.Context) (known, error) {
		var k known
		var err error
		if k.originals, err = previews.Originals(ctx, files); err != nil {
			return k, err
		}
		k.logged, err = previews.Logged(ctx, files)
		k.labels = previews.Labels(k.logged)
		return k, err
	})
}

// refresh reads the folders that are unfolded and the file again. Cursor, folds and
// the place in the file stay.
func (v *View) refresh() tea.Cmd {
	if v.withFiles() == 0 {
		return v.loadRuns()
	}
	clear(v.reports)
	again := []tea.Cmd{v.learn(), v.relist(), v.open(v.seen.path), v.lookForReports()}
	if v.tree.hits != nil {
		again = append(again, v.search())
	}
	return tea.Batch(again...)
}

// goTo unfolds the folders of a path, puts the cursor there and opens it.
func (v *View) goTo(name string) tea.Cmd {
	name, err := previews.Clean(name)
	if err != nil || name == "" {
		return nil
	}
	v.tree.goal = name
	v.tree.clear()
	var cmds []tea.Cmd
	if next, ok := v.tree.missing(); ok {
		cmds = append(cmds, v.list(next, 0))
	}
	v.tree.reach()
	return tea.Batch(append(cmds, v.open(name))...)
}

// follow opens the file under the cursor, and reads what the tree lacks on the
// way to where it was to go.
func (v *View) follow() tea.Cmd {
	if v.tree.goal != "" {
		if next, ok := v.tree.missing(); ok {
			return v.list(next, 0)
		}
		v.tree.reach()
		v.tree.goal = "" // it may not be there
		return nil
	}
	l := v.tree.current()
	switch {
	case l == nil:
		return nil
	case l.more:
		return v.list(path.Dir(strings.TrimSuffix(l.path, "/")), v.tree.folders[l.folder].read)
	case l.entry.Folder || l.path == v.seen.path:
		return nil
	}
	v.forget()
	return v.open(l.path)
}
