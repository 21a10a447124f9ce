package model

import (
	"context"
	"fmt"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/pages"
	"benchside/compare"
	"benchside/gates"
	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// fillDescription lays out what the model and the version say of themselves.
func (v *View) fillDescription() {
	style := pages.Dark
	switch {
	case v.theme.Colors == 0:
		style = pages.NoTTY
	case !v.theme.Dark:
		style = pages.Light
	}
	lay := func(head, text string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		v.addRow(row{cells: []widget.Cell{{Text: head, Style: v.theme.Accent}}, full: text})
		lines, err := pages.Markdown(context.Background(), text, min(v.size.width-4, 100), style)
		if err != nil { // too long to be laid out: as it is
			lines = strings.Split(sanitize.Text(text), "\n")
		}
		for _, l := range trimmed(lines) {
			v.addRow(row{styled: l + "\x1b[m"})
		}
	}
	v.side.table.Columns = []widget.Column{{Title: "", Width: 20, Max: 200, Keep: true}}
	if m := v.version(); m != nil {
		lay(fmt.Sprintf("v%d", m.Version), m.Description)
	}
	lay(sanitize.Line(v.asked.Name), v.model.Description)
}

// trimmed leaves out the blank lines at both ends.
func trimmed(lines []string) []string {
	blank := func(l string) bool { return strings.TrimSpace(sanitize.Line(l)) == "" }
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// fillLineage says where the version came from, from the data on, with links.
func (v *View) fillLineage() {
	m := v.version()
	if m == nil || v.side.of != m.Version {
		return
	}
	v.pairs()
	l := &v.side.line
	for _, in := range l.Inputs {
		text := strings.TrimSpace(in.Name + "  " + in.Digest + "  " + in.Context)
		v.pair("dataset", text, view.ShowRun{ID: l.Run.ID, Part: "Data"})
	}
	if l.Run != nil {
		v.pair("run", l.Run.Called()+"  "+string(l.Run.Status)+"  "+l.Run.ID, view.ShowRun{ID: l.Run.ID})
	} else {
		v.pair("run", "none: "+l.NoRun, nil)
	}
	if l.Logged != nil {
		v.pair("logged model", l.Logged.Name+"  "+l.Logged.Status+"  "+l.Logged.ID, v.filesOf())
	}
	v.pair("version", fmt.Sprintf("%s v%d", m.Name, m.Version), nil)
	if words := strings.TrimSpace(m.Stage + "  " + at(m.Aliases)); words != "" {
		v.pair("in use as", words, nil)
	}
	v.pair("source", m.Source, v.filesOf())
	if m.Location != "" && m.Location != m.Source {
		v.pair("files", m.Location, v.filesOf())
	}
	if m.RunLink != "" {
		v.pair("run link", m.RunLink, nil)
	}
	if m.StatusMessage != "" {
		v.pair("status", m.Status+": "+m.StatusMessage, nil)
	}
}

// filesOf asks for the files of the version that was followed; nil if they are not
// among those of its run.
func (v *View) filesOf() tea.Msg {
	l := &v.side.line
	folder := l.Folder()
	if folder == "" || l.Run == nil {
		return nil
	}
	return view.ShowArtifacts{Runs: []string{l.Run.ID}, Title: fmt.Sprintf("%s v%d", v.Title(), l.Version.Version), Path: path.Join(folder, "MLmodel")}
}

// fillSignature says what the model takes and gives, and how that differs from the
// version in Production.
func (v *View) fillSignature() {
	m := v.version()
	if m == nil || v.side.of != m.Version {
		return
	}
	v.pairs()
	signed := v.side.signed
	if signed == nil {
		v.wrapped("not read", v.side.unread)
		return
	}
	v.fillChanges(m)
	subject := v.side.line.Subject(signed)
	for _, kind := range []string{"input ", "output ", "param ", "flavors", "signature"} {
		for _, key := range sortedBy(signed.Inputs, kind, subject.Signature) {
			v.pair(key, subject.Signature[key], nil)
		}
	}
	if signed.Example.Path != "" {
		v.pair("example", signed.Example.Path+"  "+signed.Example.Kind, nil)
	}
	if signed.Environment.Python != "" {
		v.pair("python", signed.Environment.Python, nil)
	}
	v.pair("mlflow", signed.Version, nil)
}

// fillChanges says what the signature means to who calls the one in Production.
func (v *View) fillChanges(m *store.ModelVersion) {
	p, was := v.production(), v.side.champion
	switch {
	case p == nil || was == nil || p.Version == m.Version:
		return
	case !was.Signed || !v.side.signed.Signed:
		v.pair(fmt.Sprintf("against v%d", p.Version), "cannot be compared: a signature is missing", nil)
		return
	}
	breaks, eases := gates.Signatures(*was, *v.side.signed)
	if len(breaks)+len(eases) == 0 {
		v.pair(fmt.Sprintf("against v%d", p.Version), "unchanged", nil)
	}
	for i, texts := range [][]string{breaks, eases} {
		for _, text := range texts {
			v.pair(fmt.Sprintf("against v%d", p.Version), []string{"breaks callers: ", "eases: "}[i]+text, nil)
		}
	}
}

// fillTags lists the tags of the version and of the model.
func (v *View) fillTags() {
	v.side.table.Columns = []widget.Column{{Width: 8, Keep: true}, {Width: 12, Max: 40, Keep: true}, {Width: 20, Min: 8, Max: 200}}
	put := func(of string, tags map[string]string) {
		for _, key := range sortedKeys(tags) {
			v.addRow(row{full: tags[key], cells: []widget.Cell{
				{Text: of, Style: v.theme.Dim},
				{Text: sanitize.Line(key), Style: v.theme.Dim},
				{Text: sanitize.Line(tags[key])},
			}})
		}
	}
	if m := v.version(); m != nil {
		put(fmt.Sprintf("v%d", m.Version), m.Tags)
	}
	put("model", v.model.Tags)
}

// fillCompared says what tells the marked versions apart, or the one under the
// cursor from that in Production, in the registry itself.
func (v *View) fillCompared() {
	some := v.comparedVersions()
	if len(some) < 2 {
		return
	}
	v.side.table.Columns = []widget.Column{{Width: 12, Max: 32, Keep: true}}
	var subjects []compare.Subject
	head := row{cells: []widget.Cell{{}}}
	for _, m := range some {
		v.side.table.Columns = append(v.side.table.Columns, widget.Column{Width: 8, Min: 6, Max: 40})
		head.cells = append(head.cells, widget.Cell{Text: fmt.Sprintf("v%d", m.Version), Style: v.theme.Strong})
		subjects = append(subjects, v.subject(m))
	}
	v.addRow(head)
	table := compare.New(subjects, compare.Options{Directions: v.directions})
	section := compare.Section(-1)
	for _, r := range table.Differences() {
		if r.Section != section {
			section = r.Section
			v.addRow(row{cells: []widget.Cell{{Text: section.String(), Style: v.theme.Accent}}})
		}
		v.addRow(v.comparedRow(r))
	}
	if len(v.side.rows) == 1 {
		v.addRow(row{cells: []widget.Cell{{Text: "no difference", Style: v.theme.Dim}}})
	}
}

func (v *View) comparedRow(r compare.Row) row {
	out := row{cells: []widget.Cell{{Text: sanitize.Line(r.Key), Style: v.theme.Dim}}}
	for _, c := range r.Cells {
		out.full += c.Text + "  "
		switch {
		case c.Missing:
			out.cells = append(out.cells, widget.Cell{Text: v.theme.Glyphs.Missing, Style: v.theme.Dim})
		case c.Best:
			out.cells = append(out.cells, widget.Cell{Text: c.Text + " " + v.theme.Glyphs.Star, Style: v.theme.Good})
		default:
			out.cells = append(out.cells, widget.Cell{Text: sanitize.Line(c.Text)})
		}
	}
	return out
}

// subject is a version with the columns that are shown of its run. The signature is
// that of the version that was followed.
func (v *View) subject(m *store.ModelVersion) compare.Subject {
	line := v.side.line
	if v.side.of != m.Version {
		line.Version, line.Run, line.Inputs, line.Logged = *m, nil, nil, nil
	}
	s := line.Subject(nil)
	cells := v.runs.cells[m.RunID]
	s.Run.Params, s.Run.Metrics, s.Inputs = cells.Params, cells.Metrics, nil
	s.Run.Head = store.Head{ID: m.RunID, Name: s.Run.Name}
	s.Registered["run"] = v.runCell(m).Text
	return s
}
