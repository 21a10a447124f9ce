package rundetail

import (
	"context"
	"errors"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/sanitize"
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

// list reads one folder of the artifacts, beside those that are open.
func (v *View) list(folder string) tea.Cmd {
	r, uri, home := v.reader, v.run.ArtifactURI, v.run.Store.Path
	was := v.folder
	return view.Load(&v.loads.files, func(ctx context.Context) (listing, error) {
		out := listing{open: map[string][]artifacts.Entry{}, cut: map[string]bool{}}
		for k, entries := range was.open {
			out.open[k], out.cut[k] = entries, was.cut[k]
		}
		if home == "" {
			about, err := r.About(ctx)
			if err != nil {
				return out, err
			}
			home = about.Path
		}
		root, err := artifacts.Open(home, uri)
		if err != nil {
			return out, err
		}
		defer root.Close()
		entries, cut, err := root.List(folder)
		if err != nil {
			return out, err
		}
		out.open[folder], out.cut[folder] = entries, cut
		return out, nil
	})
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
		v.add(line{cells: []widget.Cell{{Text: strings.Repeat("  ", depth) + "more are not shown", Style: t.Dim}}})
	}
}
