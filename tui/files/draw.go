package files

import (
	"errors"
	"fmt"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/described"
	"benchside/tui/picturepane"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Below so many columns the tree and the preview take turns.
const leastBeside = 60

func (v *View) beside() bool { return v.w >= leastBeside }

// treeWidth is what the tree has of the screen, its bar included.
func (v *View) treeWidth() int {
	const least, most = 24, 46
	if !v.beside() {
		return v.w
	}
	return min(max(v.w*7/20, least), most)
}

// top are the lines over tree and preview: the tabs of a narrow screen, the runs side
// by side, what is wrong and what to do about it.
func (v *View) top(width int) (lines []string) {
	t := v.theme
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs) }
	if !v.beside() && v.err == nil {
		lines = append(lines, v.tabs(line()))
	}
	if v.against > 0 {
		lines = append(lines, v.pair(line().Pad(1)))
	}
	add := func(text string, style themes.Style) {
		for _, words := range widget.Wrap(text, max(width-2, 1)) {
			lines = append(lines, line().Pad(1).Add(words, style).String())
		}
	}
	if lacks := v.lacks(); lacks != "" {
		add(lacks, t.Dim)
	}
	if v.err != nil {
		for i, words := range described.Trouble(v.err, !v.beside()) {
			style := t.Bad
			if i > 0 {
				style = themes.Style{}
			}
			add(words, style)
		}
	}
	return lines
}

func (v *View) above() int { return len(v.top(v.w)) }

// lacks names the runs that have no files to stand beside the others.
func (v *View) lacks() string {
	var names []string
	n := v.withFiles()
	if n == 0 {
		return ""
	}
	for _, r := range v.runs[n:] {
		why := "no artifacts"
		if !errors.Is(r.err, artifacts.ErrNone) {
			why = "not on this machine"
		}
		names = append(names, r.name+" ("+why+")")
	}
	const most = 3
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	if len(names) == 0 {
		return ""
	}
	return "without files: " + strings.Join(names, ", ")
}

// paneAt is where the part that shows the file is, and its size.
func (v *View) paneAt() (x, y, w, h int) {
	w = v.w
	if v.beside() {
		x = v.treeWidth() + 1
		w -= x
	}
	y = v.above() + len(v.head(w))
	return x, y, max(w, 1), max(v.h-y, 1)
}

// resize gives the parts their room.
func (v *View) resize() tea.Cmd {
	h := v.h - v.above()
	if v.tree.typing || v.tree.hits != nil {
		h--
	}
	v.tree.table.Resize(v.treeWidth()-1, h)
	_, _, w, h := v.paneAt()
	sized := view.Sized{Width: w, Height: h}
	if f := v.seen.front(); f != nil {
		return f.Update(sized)
	}
	return nil
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t := v.theme
	lines := v.top(width)
	lines = lines[:min(len(lines), height)]
	room := max(height-len(lines), 0)
	switch {
	case v.err != nil && v.withFiles() == 0: // there is no tree to stand beside it
	case v.beside():
		left, right := v.drawTree(v.treeWidth(), room), v.drawSeen(width-v.treeWidth()-1, room)
		rule := t.Rule.Text(t.Glyphs.Split)
		for i := range room {
			lines = append(lines, left[i]+rule+right[i])
		}
	case v.focused:
		lines = append(lines, v.drawSeen(width, room)...)
	default:
		lines = append(lines, v.drawTree(width, room)...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

func (v *View) tabs(l *widget.Line) string {
	files, preview := v.theme.Accent, v.theme.Dim
	if v.focused {
		files, preview = preview, files
	}
	name := path.Base(v.seen.path)
	if v.seen.path == "" {
		name = "nothing open"
	}
	if step := v.known.labels[v.seen.path]; step != "" {
		name = step
	}
	return l.Pad(1).Add("Files", files).Pad(3).Add(sanitize.Line(name), preview).String()
}

// pair names the runs that stand side by side.
func (v *View) pair(l *widget.Line) string {
	t := v.theme
	l.Add("A ", t.Dim).Add(v.runs[0].name, t.Strong).Add("   B ", t.Dim).Add(v.runs[v.against].name, t.Strong)
	if n := v.withFiles() - 1; n > 1 {
		l.Add(fmt.Sprintf("   %d of %d", v.against, n), t.Dim)
	}
	return l.String()
}

// drawTree returns the lines of the tree, exactly so many.
func (v *View) drawTree(width, height int) []string {
	t := v.theme
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs) }
	var lines []string
	from, to := v.tree.table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, v.treeRow(i, width))
	}
	if len(v.tree.lines) == 0 && v.err == nil {
		lines = append(lines, line().Pad(1).Add(v.empty(), t.Dim).String())
	}
	if !v.tree.typing && v.tree.hits == nil {
		return split(widget.Fit(lines, width, height), height)
	}
	l := line().Pad(1).Add("name  ", t.Dim)
	if v.tree.typing {
		v.tree.field.Draw(l, l.Left(), t)
	} else {
		l.Add(sanitize.Line(v.tree.field.Text()), t.Match).Right(widget.Several(len(v.tree.hits), "file"), t.Dim, 1)
	}
	lines = lines[:min(len(lines), max(height-1, 0))]
	return split(widget.Fit(append(split(widget.Fit(lines, width, height-1), height-1), l.String()), width, height), height)
}

func split(text string, height int) []string {
	if height <= 0 {
		return nil
	}
	return strings.Split(text, "\n")
}

func (v *View) empty() string {
	switch {
	case v.loads.runs.Busy() || v.loads.list.Busy() || v.loads.find.Busy():
		return "reading"
	case v.tree.hits != nil:
		return "no file is called so"
	}
	return "no artifacts"
}

func (v *View) treeRow(i, width int) string {
	t := v.theme
	at := v.tree.lines[i]
	base, bar, style := themes.Style{}, " ", themes.Style{}
	if i == v.tree.table.Cursor {
		bar, style = t.Glyphs.Bar, t.Dim
		if !v.focused {
			base, style = t.Cursor, t.Accent
		}
	}
	l := widget.NewLine(width, base, t.Glyphs)
	l.Cell(bar, 1, false, style)
	const deepest = 12 // levels that are indented
	l.Pad(2 * min(at.depth, deepest))
	if at.more {
		f := v.tree.folders[at.folder]
		return l.Add(fmt.Sprintf("%s %s more", t.Glyphs.More, widget.Count(f.total-len(f.entries))), t.Dim).String()
	}
	sign, name, look := "  ", sanitize.Line(at.entry.Name), themes.Style{}
	if v.tree.hits != nil {
		name = sanitize.Line(at.path)
	}
	if at.entry.Label != "" {
		name = at.entry.Label // the file's own begins alike for all
	}
	switch {
	case at.entry.Folder && v.tree.folders[at.path].unfolded:
		sign, name = t.Glyphs.Unfolded+" ", name+"/"
	case at.entry.Folder:
		sign, name = t.Glyphs.Folded+" ", name+"/"
	}
	mark, markLook := v.badge(at.path)
	if v.against > 0 {
		mark, look = v.compared(&at.entry)
		markLook = look
	}
	size := v.weight(&at.entry)
	spare := widget.Width(sign) + widget.Width(mark) // a name is cut before the mark is
	room := max(l.Left()-spare-widget.Width(size)-2, 1)
	if size != "" && widget.Width(name) > room {
		size, room = "", max(l.Left()-spare-1, 1) // it stands over the preview, too
	}
	if w := widget.Width(name); v.tree.hits != nil && w > room {
		name = ansi.TruncateLeft(name, w-room+1, t.Glyphs.More) // the end tells paths apart
	}
	l.Add(sign, t.Dim).Cell(name, min(room, widget.Width(name)), false, look).Add(mark, markLook)
	return l.Right(size, t.Dim, 1).String()
}

// weight is what stands at the right of an entry.
func (v *View) weight(e *previews.Listed) string {
	switch {
	case e.Special != "":
		return sanitize.Line(e.Special)
	case e.Folder:
		return ""
	case e.Where == previews.OnlySecond:
		return widget.Bytes(e.Other)
	}
	return widget.Bytes(e.Bytes)
}

// compared marks what is in one of two runs, or has another size there.
func (v *View) compared(e *previews.Listed) (mark string, look themes.Style) {
	t := v.theme
	switch {
	case v.tree.hits != nil:
		return "", themes.Style{}
	case e.Where == previews.OnlyFirst:
		return "  only A", t.Bad
	case e.Where == previews.OnlySecond:
		return "  only B", t.Good
	case !e.Folder && e.Bytes != e.Other:
		return "  ≠", t.Warn
	}
	return "", themes.Style{}
}

// head are the lines over the part that shows the file: its name, what it is, and
// what is unusual about it, as far as that leaves room for the file.
func (v *View) head(width int) []string {
	lines := v.said(width)
	most := v.mostSaid()
	if v.unfolded || len(lines) <= most {
		return lines
	}
	rest := fmt.Sprintf("and %d more lines: ! shows all", len(lines)-most+1)
	return append(lines[:most-1:most-1], widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(1).Add(rest, v.theme.Warn).String())
}

// mostSaid is how many lines are said of a file before it is asked for all.
func (v *View) mostSaid() int {
	const least, part = 3, 2 // half of the pane
	return max((v.h-v.above())/part, least)
}

// cut reports whether more is said of the file than there is room for.
func (v *View) cut() bool { return len(v.said(v.paneWidth())) > v.mostSaid() }

func (v *View) paneWidth() int {
	if v.beside() {
		return max(v.w-v.treeWidth()-1, 1)
	}
	return v.w
}

// said is all that stands over the file.
func (v *View) said(width int) []string {
	t, s := v.theme, &v.seen
	if s.path == "" {
		return nil
	}
	lines := v.named(width)
	add := func(text string, style themes.Style) {
		for _, words := range widget.Wrap(text, max(width-2, 1)) {
			lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(words, style).String())
		}
	}
	if s.changed != "" {
		add(s.changed, t.Warn)
	}
	for _, n := range v.hints() {
		add(n, t.Info)
	}
	for _, n := range s.notes {
		add(n, t.Warn)
	}
	return lines
}

// named is the name of the file and what it is, in one line or two.
func (v *View) named(width int) []string {
	t, s := v.theme, &v.seen
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1) }
	about := s.about
	if s.preview == nil {
		about = ""
		if s.err == nil && s.diff == nil {
			about = "reading"
		}
	}
	name := ""
	if v.beside() {
		name = sanitize.Line(s.path)
		if step := v.known.labels[s.path]; step != "" {
			name = step
		}
	}
	const gap, most = 2, 2 // cells between them; lines of what it is
	if name != "" && widget.Width(name)+gap+widget.Width(about)+2 <= width {
		return []string{line().Add(name, t.Strong).Pad(gap).Add(about, t.Dim).String()}
	}
	var lines []string
	if name != "" {
		if w := widget.Width(name); w > width-2 {
			name = ansi.TruncateLeft(name, w-width+3, t.Glyphs.More)
		}
		lines = append(lines, line().Add(name, t.Strong).String())
	}
	for i, words := range widget.Wrap(about, max(width-2, 1)) {
		if words != "" && i < most {
			lines = append(lines, line().Add(words, t.Dim).String())
		}
	}
	return lines
}

// hints are what else could be shown of the file.
func (v *View) hints() (hints []string) {
	s := &v.seen
	switch {
	case s.charts == nil || s.diff != nil && !s.alone:
	case s.itself:
		hints = append(hints, "p: "+s.charts.Title()+", from the numbers logged")
	default:
		hints = append(hints, s.charts.Title()+", from the numbers logged; p: the file")
	}
	if mark, _ := v.badge(s.path); mark != "" && s.preview != nil {
		hints = append(hints, strings.TrimSpace(mark)+"; R opens the report")
	}
	if _, picture := s.front().(*picturepane.View); picture && v.paint.Choice().Why != "" {
		hints = append(hints, v.paint.Choice().Why)
	}
	return hints
}

// drawSeen returns the lines of what the file shows, exactly so many.
func (v *View) drawSeen(width, height int) []string {
	t := v.theme
	lines := v.head(width)
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1) }
	front := v.seen.front()
	switch {
	case v.seen.err != nil:
		for _, words := range widget.Wrap(sanitize.Line(v.seen.err.Error()), max(width-2, 1)) {
			lines = append(lines, line().Add(words, t.Bad).String())
		}
	case v.seen.path == "":
		said := "what the file under the cursor shows stands here"
		switch {
		case v.err != nil || v.loads.runs.Busy() || v.loads.list.Busy():
			said = ""
		case len(v.tree.lines) == 0 && v.tree.hits == nil:
			said = "no artifacts: mlflow.log_artifact brings them"
		}
		lines = append(lines, line().String(), line().Add(said, t.Dim).String())
	case front != nil && height > len(lines):
		lines = append(lines, strings.Split(front.Draw(width, height-len(lines)), "\n")...)
	}
	return split(widget.Fit(lines[:min(len(lines), max(height, 0))], width, height), height)
}

// wheel scrolls what the mouse is over.
func (v *View) wheel(m view.Wheel) tea.Cmd {
	x, y, _, _ := v.paneAt()
	if f := v.seen.front(); f != nil && (v.beside() && m.X >= x || !v.beside() && v.focused) {
		m.X, m.Y = m.X-x, m.Y-y
		return f.Update(m)
	}
	v.tree.table.Scroll(m.Rows)
	return v.follow()
}

// drag is for the part in which it began.
func (v *View) drag(m view.Drag) tea.Cmd {
	x, y, _, _ := v.paneAt()
	f := v.seen.front()
	if f == nil || v.beside() && m.FromX < x || !v.beside() && !v.focused {
		return nil
	}
	m.X, m.FromX, m.Y, m.FromY = m.X-x, m.FromX-x, m.Y-y, m.FromY-y
	return f.Update(m)
}

func (v *View) click(m view.Click) tea.Cmd {
	if !v.beside() && m.Y == 0 && v.err == nil {
		v.focused = !v.focused
		return v.resize()
	}
	x, y, _, _ := v.paneAt()
	if v.beside() && m.X >= x || !v.beside() && v.focused {
		v.focused = v.seen.front() != nil
		if v.focused {
			m.X, m.Y = m.X-x, m.Y-y
			return v.seen.front().Update(m)
		}
		return nil
	}
	v.focused = false
	row, _ := v.tree.table.At(m.X+1, m.Y-v.above())
	if row < 0 {
		return nil
	}
	v.tree.table.To(row)
	if m.Double {
		return v.enterLine()
	}
	return v.follow()
}
