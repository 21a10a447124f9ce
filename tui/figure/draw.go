package figure

import (
	"fmt"
	"slices"

	"benchside/compare"
	"benchside/figures"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/widget"
)

// The list of fields stands beside the chart on screens that are so wide.
const (
	besideWidth = 72
	listWidth   = 26
)

// layout says how wide the list of fields is, and where the chart lies.
func (v *View) layout(width, height int) (list, x, y, w, h int) {
	y = 1
	if v.err != nil {
		y++
	}
	h = max(height-y-1, 1) // without the line of the run
	switch {
	case width >= besideWidth:
		list = listWidth
	case v.look.listed:
		list = width
	}
	if list > 0 {
		x = min(list+1, width)
	}
	return list, x, y, max(width-x, 0), h
}

// show keeps the cursor in the list and in view.
func (v *View) show() {
	v.look.cursor = max(0, min(v.look.cursor, len(v.fields)-1))
	_, _, _, _, h := v.layout(v.look.w, v.look.h)
	v.look.top = max(min(v.look.top, v.look.cursor), v.look.cursor-h+1, 0)
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	line := func(w int) *widget.Line { return widget.NewLine(w, themes.Style{}, v.theme.Glyphs) }
	lines := []string{v.kinds(line(width).Pad(1))}
	if v.err != nil {
		lines = append(lines, line(width).Pad(1).Add(sanitize.Line(v.err.Error()), v.theme.Bad).String())
	}
	list, _, _, w, h := v.layout(width, height)
	var picture []string
	switch {
	case w == 0:
	case v.chart != nil:
		picture = v.canvas.Lines(v.chart.Scene(v.frame(w, h)), v.dots())
	default:
		picture = v.instead(w, line)
	}
	for row := range h {
		text := ""
		if list > 0 {
			text = v.listed(row, line(list))
			if w > 0 {
				text += line(1).Add(v.theme.Glyphs.Split, v.theme.Rule).String()
			}
		}
		if row < len(picture) {
			text += picture[row]
		} else if w > 0 {
			text += line(w).String()
		}
		lines = append(lines, text)
	}
	lines = append(lines, v.pointed(line(width).Pad(1)))
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// instead stands where the chart would be.
func (v *View) instead(w int, line func(int) *widget.Line) []string {
	said := v.lacks()
	if said == "" || v.loads.runs.Busy() {
		said = "reading"
	}
	lines := []string{line(w).String()}
	for _, words := range widget.Wrap(said, max(w-2, 8)) {
		lines = append(lines, line(w).Pad(1).Add(words, v.theme.Dim).String())
	}
	return lines
}

func (v *View) dots() cell.Dots {
	set, _ := cell.Named(v.theme.Glyphs.Dots)
	return set
}

func (v *View) frame(w, h int) plots.Frame {
	f := plots.Frame{W: w, H: h, Look: plots.LookOf(v.theme), View: v.look.window}
	f.DotsX, f.DotsY = v.dots().Size()
	if perRun(v.chart) {
		f.Focus = v.look.picked
	}
	return f
}

// kinds names the kinds of chart, the one that is shown told from the others;
// where there is no room, those around it.
func (v *View) kinds(l *widget.Line) string {
	from := 0
	wide := func(to int) int {
		n := 0
		for _, k := range figures.Kinds[from : to+1] {
			n += len(k.Name) + 3
		}
		return n
	}
	for from < v.kind && wide(v.kind) > l.Left()-2 {
		from++
	}
	if from > 0 {
		l.Add(v.theme.Glyphs.More+" ", v.theme.Dim)
	}
	for i, k := range figures.Kinds[from:] {
		if l.Left() < len(k.Name)+2 {
			break
		}
		if from+i == v.kind {
			l.Add("["+k.Name+"] ", v.theme.Accent)
		} else {
			l.Add(" "+k.Name+"  ", v.theme.Dim)
		}
	}
	return l.String()
}

// listed is one line of the fields: what part it has, its name, what is better.
func (v *View) listed(row int, l *widget.Line) string {
	at := v.look.top + row
	if at >= len(v.fields) {
		return l.String()
	}
	f := v.fields[at]
	base := themes.Style{}
	if at == v.look.cursor {
		base = v.theme.Cursor
		l = widget.NewLine(l.Left(), base, v.theme.Glyphs)
	}
	bar := " "
	if at == v.look.cursor {
		bar = v.theme.Glyphs.Bar
	}
	l.Add(bar, v.theme.Accent)
	l.Cell(v.part(f), 2, false, v.theme.Accent)
	name := f.Key
	style := v.theme.Text
	if f.Param {
		style = v.theme.Dim
	}
	arrow := v.arrow(v.better[f.Key], f)
	if _, on := v.brush[f]; on && v.of().Name == "parallel" {
		arrow += " " + v.theme.Glyphs.Mark
	}
	l.Cell(sanitize.Line(name), max(l.Left()-widget.Width(arrow), 1), false, style)
	l.Add(arrow, style)
	return l.String()
}

func (v *View) arrow(d compare.Direction, f figures.Field) string {
	switch {
	case f.Param || d == compare.Unknown:
		return ""
	case v.theme.Glyphs.ASCII:
		return " " + d.String()
	case d == compare.Higher:
		return " ↑"
	}
	return " ↓"
}

// part says what a field is in the chart.
func (v *View) part(f figures.Field) string {
	k := v.of()
	at := slices.Index(v.chosen[k.Name], f)
	switch {
	case at < 0:
		return ""
	case k.Most > 1 && k.Roles != nil:
		return "xyz"[at : at+1]
	case k.Name == "parallel" && at == len(v.chosen[k.Name])-1:
		return v.theme.Glyphs.Star
	}
	return v.theme.Glyphs.Finished
}

// pointed is the line of the run that is pointed out.
func (v *View) pointed(l *widget.Line) string {
	if v.noPick() != "" {
		switch name := v.of().Name; {
		case name == "parallel":
			l.Add(v.theme.Glyphs.Star+" colours the paths; [ ] { } or dragging on an axis keeps a part of it; c compares what is kept", v.theme.Dim)
		case name == "importance":
			l.Add("a random forest over the params: what it needs to predict the metric, which is no cause", v.theme.Dim)
		case v.chart != nil && perRun(v.chart):
			l.Add("n points out a run, a click does, too", v.theme.Dim)
		}
		return l.String()
	}
	s := v.runs[v.look.picked-1]
	l.Add(sanitize.Line(s.Name()), v.theme.Strong)
	for _, f := range v.chosen[v.of().Name] {
		text := v.theme.Glyphs.Missing
		if f.Param {
			if p, ok := s.Run.Params[f.Key]; ok {
				text = sanitize.Line(p)
			}
		} else if p, ok := s.Run.Metrics[f.Key]; ok {
			text = fmt.Sprintf("%.6g", p.Value)
		}
		l.Add("  "+sanitize.Line(f.Key)+" ", v.theme.Dim).Add(text, v.theme.Text)
	}
	return l.String()
}
