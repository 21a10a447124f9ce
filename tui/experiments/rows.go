package experiments

import (
	"fmt"
	"slices"
	"strings"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// row is one line: an experiment, a folder, or both.
type row struct {
	path       string
	label      string
	depth      int
	experiment int // index into all; -1 for a folder that is none
	folder     bool
	sum        store.Activity
}

// arrange makes the rows of what is to be shown and keeps the cursor on its
// experiment.
func (v *View) arrange() {
	at := ""
	if v.table.Cursor < len(v.rows) {
		at = v.rows[v.table.Cursor].path
	}
	if v.back != "" && v.loaded {
		at, v.back = v.back, ""
	}
	want := strings.ToLower(v.field.Text())
	var list []int
	v.paths = make([]string, len(v.all))
	for i, e := range v.all {
		v.paths[i] = v.folders.path(e)
		if strings.Contains(strings.ToLower(e.Name), want) {
			list = append(list, i)
		}
	}
	v.rows = v.rows[:0]
	if v.flat {
		for _, i := range list {
			e := v.all[i]
			v.rows = append(v.rows, row{path: e.Name, label: e.Name, experiment: i, sum: v.activity[e.ID]})
		}
	} else {
		slices.SortStableFunc(list, func(a, b int) int { return strings.Compare(v.paths[a], v.paths[b]) })
		v.branch(list, "", 0)
	}
	v.table.Count = len(v.rows)
	if i := slices.IndexFunc(v.rows, func(r row) bool { return r.path == at }); i >= 0 {
		v.table.To(i)
	}
	v.table.Move(0)
	for _, r := range v.rows {
		v.table.Widen(0, v.label(r))
		v.table.Widen(1, widget.Count(r.sum.Runs))
		if r.experiment >= 0 {
			v.table.Widen(6, v.all[r.experiment].ID)
		}
	}
}

// branch appends the rows of the sorted experiments whose names start with
// prefix.
func (v *View) branch(list []int, prefix string, depth int) {
	for len(list) > 0 {
		name := strings.TrimPrefix(v.paths[list[0]], prefix)
		head, _, nested := strings.Cut(name, sep)
		path := prefix + head
		n := 1
		for n < len(list) && inside(v.paths[list[n]], path) {
			n++
		}
		group := list[:n]
		list = list[n:]
		r := row{path: path, label: head, depth: depth, experiment: -1}
		below := group
		if !nested {
			r.experiment, below = group[0], group[1:]
		}
		for _, i := range group {
			r.sum = add(r.sum, v.activity[v.all[i].ID])
		}
		if n == 1 && nested {
			r.label, r.experiment, below = v.folders.join(name), group[0], nil
			r.path = v.paths[group[0]]
		}
		r.folder = len(below) > 0
		v.rows = append(v.rows, r)
		if r.folder && !v.folded[path] {
			v.branch(below, path+sep, depth+1)
		}
	}
}

func inside(name, path string) bool { return name == path || strings.HasPrefix(name, path+sep) }

func add(a, b store.Activity) store.Activity {
	a.Runs += b.Runs
	a.Deleted += b.Deleted
	a.Running += b.Running
	a.Failed += b.Failed
	if b.Newest.Compare(a.Newest) > 0 {
		a.Newest = b.Newest
	}
	return a
}

func (v *View) label(r row) string {
	g := v.theme.Glyphs
	sign := "  "
	if r.folder {
		sign = g.Unfolded + " "
		if v.folded[r.path] {
			sign = g.Folded + " "
		}
	}
	return strings.Repeat("  ", r.depth) + sign + sanitize.Line(r.label)
}

func (v *View) above() int {
	n := 2
	if v.typing || v.field.Text() != "" {
		n++
	}
	if v.err != nil {
		n++
	}
	return n
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t := v.theme
	table := v.table
	table.Resize(width-1, height-v.above())
	var lines []string
	if v.typing || v.field.Text() != "" {
		l := widget.NewLine(width, themes.Style{}, t.Glyphs)
		l.Add(" find  ", t.Dim)
		if v.typing {
			v.field.Draw(l, width-7, t)
		} else {
			l.Add(sanitize.Line(v.field.Text()), t.Match)
		}
		lines = append(lines, l.String())
	}
	if v.err != nil {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(" "+sanitize.Line(v.err.Error()), t.Bad).String())
	}
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	if len(v.rows) == 0 {
		lines = append(lines, strings.Repeat(" ", width), widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+v.nothing(), t.Dim).String())
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell { return v.cell(v.rows[i], col) }))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// nothing says why there are no rows and what brings some.
func (v *View) nothing() string {
	switch {
	case !v.loaded:
		return "reading"
	case v.field.Text() != "":
		return "no such name; / then esc clears the find"
	}
	return "none: mlflow.set_experiment makes one"
}

func (v *View) cell(r row, col int) widget.Cell {
	t := v.theme
	var e store.Experiment
	if r.experiment >= 0 {
		e = v.all[r.experiment]
	}
	count := func(n int, style themes.Style) widget.Cell {
		if n == 0 {
			return widget.Cell{Text: "·", Style: t.Dim}
		}
		return widget.Cell{Text: widget.Count(n), Style: style}
	}
	switch col {
	case 0:
		style := themes.Style{}
		if r.experiment < 0 || e.Stage == store.Deleted {
			style = t.Dim
		}
		text := v.label(r)
		if e.Stage == store.Deleted {
			text += " (deleted)"
		}
		return widget.Cell{Text: text, Style: style}
	case 1:
		if v.activity == nil {
			return widget.Cell{Text: t.Glyphs.More, Style: t.Dim}
		}
		return count(r.sum.Runs, themes.Style{})
	case 2:
		if r.sum.Running > 0 {
			return widget.Cell{Text: fmt.Sprintf("%s %d", t.Glyphs.Running, r.sum.Running), Style: t.Info}
		}
		return count(0, t.Dim)
	case 3:
		return count(r.sum.Failed, t.Bad)
	case 4:
		return widget.Cell{Text: widget.Ago(r.sum.Newest, v.now), Style: t.Dim}
	case 5:
		return widget.Cell{Text: widget.Ago(e.Created, v.now), Style: t.Dim}
	}
	return widget.Cell{Text: e.ID, Style: t.Dim}
}
