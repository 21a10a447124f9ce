package files

import (
	"errors"
	"fmt"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"benchside/artifacts"
	"benchside/sanitize"
	"benchside/themes"
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

// above are the lines over tree and preview: the tabs of a narrow screen, the
// runs side by side, an error.
func (v *View) above() int {
	n := 0
	if !v.beside() {
		n++
	}
	if v.against > 0 {
		n++
	}
	if v.err != nil {
		n++
	}
	return n
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
	line := func(w int) *widget.Line { return widget.NewLine(w, themes.Style{}, t.Glyphs) }
	var lines []string
	if !v.beside() {
		lines = append(lines, v.tabs(line(width)))
	}
	if v.against > 0 {
		lines = append(lines, v.pair(line(width).Pad(1)))
	}
	if v.err != nil {
		for _, words := range widget.Wrap(v.trouble(), max(width-2, 1)) {
			lines = append(lines, line(width).Pad(1).Add(words, t.Bad).String())
		}
	}
	room := max(height-len(lines), 0)
	switch {
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

func (v *View) trouble() string {
	if errors.Is(v.err, artifacts.ErrNone) {
		return "no artifacts: mlflow.log_artifact brings them"
	}
	said := v.err.Error()
	if at := strings.Index(said, artifacts.ErrRemote.Error()); at > 0 && errors.Is(v.err, artifacts.ErrRemote) {
		said = "the artifacts are " + said[at:] // what to do comes first
	}
	return sanitize.Line(said)
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
	return l.Pad(1).Add("Files", files).Pad(3).Add(sanitize.Line(name), preview).String()
}

// pair names the runs that stand side by side.
func (v *View) pair(l *widget.Line) string {
	t := v.theme
	l.Add("A ", t.Dim).Add(v.runs[0].name, t.Strong).Add("   B ", t.Dim).Add(v.runs[v.against].name, t.Strong)
	if n := len(v.runs) - 1; n > 1 {
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
	if step := v.known.steps[at.path]; step != "" {
		name = step // the file's own begins alike for all
	}
	switch {
	case at.entry.Folder && v.tree.folders[at.path].unfolded:
		sign, name = t.Glyphs.Unfolded+" ", name+"/"
	case at.entry.Folder:
		sign, name = t.Glyphs.Folded+" ", name+"/"
	}
	if v.against > 0 {
		look = v.compared(&at.entry, &name)
	}
	size := v.weight(&at.entry)
	room := max(l.Left()-widget.Width(sign)-widget.Width(size)-2, 1)
	if size != "" && widget.Width(name) > room {
		size, room = "", max(l.Left()-widget.Width(sign)-1, 1) // it stands over the preview, too
	}
	if w := widget.Width(name); v.tree.hits != nil && w > room {
		name = ansi.TruncateLeft(name, w-room+1, t.Glyphs.More) // the end tells paths apart
	}
	l.Add(sign, t.Dim).Cell(name, room, false, look)
	return l.Right(size, t.Dim, 1).String()
}

// weight is what stands at the right of an entry.
func (v *View) weight(e *entry) string {
	switch {
	case e.Special != "":
		return sanitize.Line(e.Special)
	case e.Folder:
		return ""
	case e.where == onlySecond:
		return widget.Bytes(e.other)
	}
	return widget.Bytes(e.Bytes)
}

// compared marks what is in one of two runs, or has another size there.
func (v *View) compared(e *entry, name *string) themes.Style {
	t := v.theme
	switch {
	case v.tree.hits != nil:
		return themes.Style{}
	case e.where == onlyFirst:
		*name += "  only A"
		return t.Bad
	case e.where == onlySecond:
		*name += "  only B"
		return t.Good
	case !e.Folder && e.Bytes != e.other:
		*name += "  ≠"
		return t.Warn
	}
	return themes.Style{}
}

// head are the lines over the part that shows the file.
func (v *View) head(width int) []string {
	t := v.theme
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1) }
	s := &v.seen
	if s.path == "" {
		return nil
	}
	l := line()
	if v.beside() {
		name := sanitize.Line(s.path)
		if step := v.known.steps[s.path]; step != "" {
			name = step
		}
		if w, most := widget.Width(name), max(width*3/5, 12); w > most {
			name = ansi.TruncateLeft(name, w-most+1, t.Glyphs.More)
		}
		l.Add(name, t.Strong).Pad(2)
	}
	switch {
	case s.preview != nil:
		l.Add(s.about, t.Dim)
	case s.err == nil && s.diff == nil:
		l.Add("reading", t.Dim)
	}
	lines := []string{l.String()}
	for _, n := range v.hints() {
		lines = append(lines, line().Add(n, t.Info).String())
	}
	const most = 2
	notes := v.notes()
	for i, n := range notes {
		if i == most && len(notes) > most+1 {
			lines = append(lines, line().Add(fmt.Sprintf("and %d more notes", len(notes)-most), t.Warn).String())
			break
		}
		lines = append(lines, line().Add(n, t.Warn).String())
	}
	return lines
}

// notes are what is unusual about the file.
func (v *View) notes() []string {
	if v.seen.changed != "" {
		return append([]string{v.seen.changed}, v.seen.notes...)
	}
	return v.seen.notes
}

// hints are what else could be shown of the file.
func (v *View) hints() (hints []string) {
	s := &v.seen
	if _, picture := s.front().(*picturepane.View); picture && v.paint.Choice().Why != "" {
		hints = append(hints, v.paint.Choice().Why)
	}
	switch {
	case s.charts == nil || s.diff != nil && !s.alone:
	case s.itself:
		hints = append(hints, "p: "+s.charts.Title()+", from the numbers logged")
	default:
		hints = append(hints, s.charts.Title()+", from the numbers logged; p: the file")
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
		lines = append(lines, line().Add(sanitize.Line(v.seen.err.Error()), t.Bad).String())
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

func (v *View) click(m view.Click) tea.Cmd {
	if !v.beside() && m.Y == 0 {
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
