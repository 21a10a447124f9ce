package rundetail

import (
	"cmp"
	"context"
	"errors"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// listing is the part of a run's artifact tree that is unfolded.
type listing struct {
	open map[string][]artifacts.Entry // by folder; "" is the root
	cut  map[string]bool
	err  error
}

func (l listing) nothing() string {
	switch {
	case errors.Is(l.err, artifacts.ErrNone):
		return "no artifacts: mlflow.log_artifact brings them"
	case l.err != nil:
		return sanitize.Line(l.err.Error())
	case l.open == nil:
		return "reading"
	}
	return "no artifacts: mlflow.log_artifact brings them"
}

// pageEntries is how many entries of a folder are listed here; the screen of
// artifacts lists them all.
const pageEntries = 200

// list reads one folder of the artifacts, beside those that are open.
func (v *View) list(folder string) tea.Cmd {
	r, run, places := v.reader, v.run, v.places
	was := v.folder
	return view.Load(&v.loads.files, func(ctx context.Context) (listing, error) {
		out := listing{open: map[string][]artifacts.Entry{}, cut: map[string]bool{}}
		for k, entries := range was.open {
			out.open[k], out.cut[k] = entries, was.cut[k]
		}
		files, err := openFiles(ctx, r, run, places)
		if err != nil {
			return out, err
		}
		defer files.Close()
		page, err := files.Page(ctx, folder, 0, pageEntries)
		if err != nil {
			return out, err
		}
		out.open[folder], out.cut[folder] = page.Entries, page.Cut || page.Total > len(page.Entries)
		return out, nil
	})
}

// openFiles finds a run's artifacts, those of its models included.
func openFiles(ctx context.Context, r Reader, run store.Run, places func(store.Run) artifacts.Places) (*previews.Run, error) {
	about, err := r.About(ctx)
	if err != nil {
		return nil, err
	}
	models, err := r.LoggedModels(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	var p artifacts.Places
	if places != nil {
		p = places(run)
	}
	p.Store = cmp.Or(p.Store, run.Store.Path, about.Path)
	return previews.OpenRun(p, run, models)
}

// flip unfolds a folder, or folds it again.
func (v *View) flip(folder string) tea.Cmd {
	if _, open := v.folder.open[folder]; !open {
		return v.list(folder)
	}
	delete(v.folder.open, folder)
	v.fill()
	return nil
}

func (v *View) fillFiles() {
	v.columns(widget.Column{Title: "artifact", Width: 24, Max: 100, Keep: true}, widget.Column{Title: "size", Width: 9, Right: true, Keep: true})
	v.branch("", 0)
}

func (v *View) branch(folder string, depth int) {
	t := v.theme
	const deepest = 64
	for _, e := range v.folder.open[folder] {
		full := path.Join(folder, e.Name)
		sign, size := "  ", ""
		l := line{full: full}
		_, open := v.folder.open[full]
		switch {
		case e.Folder && open:
			sign, l.folder = t.Glyphs.Unfolded+" ", full
		case e.Folder:
			sign, l.folder = t.Glyphs.Folded+" ", full
		default:
			size = widget.Bytes(e.Bytes)
		}
		name := sanitize.Line(e.Name)
		if e.Folder {
			name += "/"
		}
		l.cells = []widget.Cell{{Text: strings.Repeat("  ", depth) + sign + name}, {Text: size, Style: t.Dim}}
		v.add(l)
		if open && depth < deepest {
			v.branch(full, depth+1)
		}
	}
	if v.folder.cut[folder] {
		v.add(line{cells: []widget.Cell{{Text: strings.Repeat("  ", depth) + "there are more (4)", Style: t.Dim}}})
	}
}
