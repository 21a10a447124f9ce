package files

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/artifacts/originals"
	"benchside/artifacts/pages"
	"benchside/artifacts/previews"
	"benchside/drift"
	"benchside/sanitize"
	"benchside/tui/arraypane"
	"benchside/tui/chartpane"
	"benchside/tui/described"
	"benchside/tui/picturepane"
	"benchside/tui/tablepane"
	"benchside/tui/textpane"
	"benchside/tui/treepane"
	"benchside/tui/view"
)

// seen is what stands beside the tree.
type seen struct {
	path    string
	preview *previews.Preview
	about   string   // what is known of it at once, safe to show
	notes   []string // safe to show
	file    view.View
	charts  view.View // of the numbers that the file shows or is; nil if there are none
	itself  bool      // the file is in front of its charts
	diff    view.View // how the file differs between two runs; nil if that is not asked
	alone   bool      // the file of the first run is in front of the difference
	err     error
	changed string // how the file changed since
}

// front is the part that is shown, nil if there is none.
func (s *seen) front() view.View {
	switch {
	case s.diff != nil && (!s.alone || s.file == nil):
		return s.diff
	case s.charts != nil && !s.itself:
		return s.charts
	case s.file != nil:
		return s.file
	}
	return nil
}

// tell gives a message to the parts.
func (s *seen) tell(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, pane := range []view.View{s.file, s.charts, s.diff} {
		if pane != nil {
			if _, clock := msg.(view.Clock); !clock {
				cmds = append(cmds, pane.Update(msg))
			}
		}
	}
	return tea.Batch(cmds...)
}

// opened is a file that was opened.
type opened struct {
	path    string
	preview *previews.Preview
	about   string
	charts  []chartpane.Drawn
	kind    string // of the numbers behind it
	notes   []string
	diff    *described.Difference
	verdict *drift.Verdict // nil: it is no drift report
}

// open opens a file of the first run, and of the second one if there is one.
func (v *View) open(name string) tea.Cmd {
	if name == "" || len(v.runs) == 0 {
		return nil
	}
	first, second := v.runs[0].files, v.second()
	behind, has := previews.Behind(v.known.originals, name)
	names := [2]string{v.runs[0].name, v.runs[v.against].name}
	v.seen.path = name
	return view.Load(&v.loads.open, func(ctx context.Context) (opened, error) {
		out := opened{path: name}
		if second != nil {
			out.diff = described.Compare(ctx, first, second, name, names)
		}
		var err error
		if out.preview, err = previews.Open(ctx, first, name); err != nil {
			if second != nil && errors.Is(err, fs.ErrNotExist) {
				return out, nil
			}
			return out, err
		}
		out.about = described.About(out.preview)
		if out.preview.Kind.Form == artifacts.Report {
			if r, err := previews.DriftReport(ctx, first, name); err == nil && len(r.Features) > 0 { // else it is shown as what it is
				out.verdict = &r.Verdict
			}
		}
		if has && out.diff == nil {
			out.draw(ctx, first, behind)
		}
		return out, nil
	})
}

// draw makes charts of the numbers that are logged beside a picture, or notes why
// there are none.
func (o *opened) draw(ctx context.Context, files *previews.Run, behind originals.Original) {
	charts, err := previews.Charts(ctx, files, behind)
	if err != nil {
		o.notes = append(o.notes, sanitize.Line("its numbers are not drawn: "+err.Error()))
		return
	}
	for _, c := range charts {
		o.charts = append(o.charts, chartpane.Drawn{Chart: c})
	}
	o.kind = behind.Kind.String()
}

// resumer is a part that goes on where another one of its kind was.
type resumer interface{ Resume(from view.View) }

// take shows what was opened. What cannot be read again stays, and is said to.
func (v *View) take(m view.Loaded[opened]) tea.Cmd {
	if errors.Is(m.Err, context.Canceled) {
		return nil
	}
	o, before := m.Value, v.seen
	again := before.preview != nil && before.preview.Path == o.path
	if again && m.Err != nil {
		v.seen.changed = described.Unread(m.Err)
		return tea.Batch(v.resize(), v.watch())
	}
	leave(before.front())
	gone := v.paint.Hide()
	v.close()
	v.seen = seen{path: before.path, err: m.Err, alone: before.alone}
	if m.Err != nil {
		return tea.Batch(gone, v.resize())
	}
	v.seen.preview, v.seen.about, v.seen.notes = o.preview, o.about, o.notes
	v.reports[o.path] = o.verdict
	if o.preview != nil {
		v.seen.notes = append(slices.Clone(o.preview.Notes), o.notes...)
		v.seen.file = v.pane(o.preview)
	}
	if len(o.charts) > 0 {
		v.seen.charts = chartpane.New(o.kind, o.charts, v.theme)
		v.seen.itself = before.itself && again // another file begins with its chart
	}
	if o.diff != nil {
		v.seen.diff = v.differs(o.diff)
	}
	if again || sameSeries(before.file, v.seen.file) {
		v.seen.resume(&before)
	}
	return tea.Batch(gone, v.resize(), v.enter(), v.watch())
}

// resume has the parts go on where those before were.
func (s *seen) resume(before *seen) {
	for _, p := range [][2]view.View{{s.file, before.file}, {s.charts, before.charts}, {s.diff, before.diff}} {
		if r, ok := p[0].(resumer); ok && p[1] != nil {
			r.Resume(p[1])
		}
	}
}

// sameSeries reports whether two parts show steps of one series.
func sameSeries(a, b view.View) bool {
	x, ok := a.(*picturepane.View)
	y, same := b.(*picturepane.View)
	return ok && same && x.Key() != "" && x.Key() == y.Key()
}

// showFile opens another file that the part in front refers to. A table stays behind
// it, and the cursor on the table, so that one can go back to the cell.
func (v *View) showFile(name string) tea.Cmd {
	if _, table := v.seen.front().(*tablepane.View); !table {
		return v.goTo(name)
	}
	v.forget()
	leave(v.seen.front())
	kept := v.seen
	v.behind, v.seen = &kept, seen{}
	return tea.Batch(v.paint.Hide(), v.open(name))
}

// back shows the table again that the picture was opened from.
func (v *View) back() tea.Cmd {
	v.loads.open.Cancel()
	leave(v.seen.front())
	v.close()
	v.seen, v.behind = *v.behind, nil
	return tea.Batch(v.paint.Hide(), v.resize(), v.enter(), v.watch())
}

// forget lets go of the table behind a picture.
func (v *View) forget() {
	if v.behind == nil {
		return
	}
	if p := v.behind.preview; p != nil {
		_ = p.Close() // nobody reads it any more
	}
	v.behind = nil
}

// enter begins what the part in front reads.
func (v *View) enter() tea.Cmd {
	if f := v.seen.front(); f != nil {
		return f.Init()
	}
	return nil
}

// close lets go of the file; what still reads it gets an error that nobody hears.
func (v *View) close() {
	if p := v.seen.preview; p != nil {
		_ = p.Close()
	}
}

// knows opens the picture that is shown once more, since the numbers behind it
// are known now, or which step it is.
func (v *View) knows() tea.Cmd {
	if v.seen.path == "" || v.seen.charts != nil {
		return nil
	}
	_, has := previews.Behind(v.known.originals, v.seen.path)
	_, step := v.series(v.seen.path)
	if has || step {
		return v.open(v.seen.path)
	}
	return nil
}

// pane makes the part that shows a preview.
func (v *View) pane(p *previews.Preview) view.View {
	switch b := p.Body.(type) {
	case *previews.Text:
		return textpane.New(textpane.Text(b), v.theme)
	case *previews.Log:
		return textpane.New(textpane.Log(b), v.theme)
	case *previews.Page:
		return textpane.New(textpane.Laid(b, v.pageStyle()), v.theme)
	case *previews.Tree:
		return treepane.New(b.Tree, v.theme)
	case *previews.Table:
		return tablepane.New(b.Table, v.theme)
	case *previews.Array:
		return arraypane.New(b.Array, v.theme)
	case *previews.Archive:
		return arraypane.Several(b.Archive, v.theme)
	case *previews.Picture:
		s, _ := v.series(p.Path)
		return picturepane.New(b, s, v.paint, v.theme)
	case *previews.Figure:
		return v.figure(b)
	case *previews.ModelFile:
		return textpane.New(described.Model(&b.Model), v.theme).Wrapped()
	case *previews.PDF:
		return textpane.New(described.Document(&b.PDF), v.theme).Wrapped()
	}
	return textpane.New(textpane.Bytes(p), v.theme)
}

// differs makes the part that shows a difference.
func (v *View) differs(d *described.Difference) view.View {
	if d.A != nil {
		return picturepane.Beside(d.A, d.B, d.Names, v.paint, v.theme)
	}
	rows := textpane.New(d.Rows, v.theme)
	if d.Long {
		return rows.Wrapped()
	}
	return rows
}

func (v *View) figure(f *previews.Figure) view.View {
	if len(f.Charts) == 0 {
		return textpane.New(described.Tables(f.Tables), v.theme)
	}
	var charts []chartpane.Drawn
	for _, c := range f.Charts {
		charts = append(charts, chartpane.Drawn{Chart: c.Chart, View: c.View})
	}
	return chartpane.New(f.Title, charts, v.theme)
}

func (v *View) pageStyle() pages.Style {
	switch {
	case v.theme.Colors == 0:
		return pages.NoTTY
	case v.theme.Dark:
		return pages.Dark
	}
	return pages.Light
}

// series are the steps of which a picture is one.
func (v *View) series(name string) (s picturepane.Series, ok bool) {
	images, paths, at, ok := previews.Beside(v.known.logged, name)
	if !ok {
		return s, false
	}
	s = picturepane.Series{Key: images.Key, Paths: paths, At: at}
	for _, i := range images.Steps {
		s.Steps = append(s.Steps, i.Step)
	}
	return s, true
}

// stat is the time to look whether the file is as it was.
type stat struct {
	at   *View
	turn int // of the watch
}

// changed says how.
type changed struct{ said string }

// lookPause is how long a change of the file that is shown may go unseen.
const lookPause = 3 * time.Second

func (v *View) watch() tea.Cmd {
	if v.away || v.seen.preview == nil {
		return nil
	}
	v.watched++
	return view.Send(view.Wait{For: lookPause, Then: stat{v, v.watched}})
}

// stat looks at the file that is shown. A log follows its end by itself.
func (v *View) stat(m stat) tea.Cmd {
	p := v.seen.preview
	if m.at != v || v.away || m.turn != v.watched || p == nil {
		return nil
	}
	files, name := v.runs[0].files, v.seen.path
	_, follows := p.Body.(*previews.Log)
	var size int64
	var at time.Time
	if !follows { // of a log they change while it is followed
		size, at = p.Size, p.Modified
	}
	look := view.Load(&v.loads.stat, func(context.Context) (changed, error) {
		f, err := files.OpenFile(name)
		if err != nil {
			return changed{described.Unread(err)}, nil
		}
		defer f.Close()
		return changed{described.Since(p, f, size, at, follows)}, nil
	})
	return tea.Batch(look, v.watch())
}
