package charts

import (
	"cmp"
	"fmt"
	"strings"

	"benchside/compare"
	"benchside/curves"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/plots/scene"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// A chart is at least so big.
const (
	leastWidth  = 44
	leastHeight = 9
)

// sections says whether charts stand under the names of their sections.
type sections int

const (
	asFits sections = iota
	named
	hidden
)

// section is what stands before the last slash of a metric.
func section(key string) string { return key[:max(strings.LastIndexByte(key, '/'), 0)] }

// headings are what the charts are grouped under, nil for none: the sections, if
// the user wants them, or unless most charts would stand alone under theirs.
func (v *View) headings() []string {
	const least = 20
	count := map[string]int{}
	for _, k := range v.keys {
		count[section(k)]++
	}
	fits := v.look.h >= least && len(v.keys) >= 2*len(count)
	if len(count) < 2 || v.look.sections == hidden || v.look.sections == asFits && !fits {
		return nil
	}
	heads := make([]string, len(v.keys))
	for i, k := range v.keys {
		heads[i] = fmt.Sprintf("%s (%d)", cmp.Or(sanitize.Line(section(k)), "other metrics"), count[section(k)])
	}
	return heads
}

// arrange lays the grid out anew.
func (v *View) arrange() {
	v.grid.Width, v.grid.Height = v.look.w, v.look.h-v.above()-v.below()
	v.grid.Arrange(len(v.keys), v.headings())
}

// above is the number of lines over the grid, and below those under it.
func (v *View) above() int {
	n := 0
	if v.pattern.typing || v.pattern.field.Text() != "" {
		n++
	}
	if v.err != nil {
		n++
	}
	return n
}

func (v *View) below() int {
	if v.names() && !v.look.zoomed && v.look.h-v.above() > leastHeight {
		return 1
	}
	return 0
}

// places are the charts and headings in view, in cells of the screen.
func (v *View) places(width, height int) []widget.Tile {
	if len(v.keys) == 0 {
		return nil
	}
	top, bottom := v.above(), v.below()
	if v.look.zoomed {
		return []widget.Tile{{Item: v.grid.Focus, Y: top, W: width, H: max(height-top, 1)}}
	}
	out := v.grid.Tiles(width, max(height-top-bottom, 1))
	for i := range out {
		out[i].Y += top
	}
	return out
}

// at is the chart at a cell, with its place.
func (v *View) at(x, y int) (widget.Tile, bool) {
	for _, p := range v.places(v.look.w, v.look.h) {
		if p.Item >= 0 && p.Over(x, y) {
			return p, true
		}
	}
	return widget.Tile{}, false
}

// shown are the metrics whose charts are in view.
func (v *View) shown() []string {
	var keys []string
	for _, p := range v.places(v.look.w, v.look.h) {
		if p.Item >= 0 {
			keys = append(keys, v.keys[p.Item])
		}
	}
	return keys
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	var lines []string
	if v.pattern.typing || v.pattern.field.Text() != "" {
		lines = append(lines, v.patternLine(width))
	}
	if v.err != nil {
		lines = append(lines, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Add(" "+sanitize.Line(v.err.Error()), v.theme.Bad).String())
	}
	if len(v.keys) == 0 {
		blank := widget.NewLine(width, themes.Style{}, v.theme.Glyphs).String()
		lines = append(lines, blank, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Add("  "+v.nothing(), v.theme.Dim).String())
		return widget.Fit(lines[:min(len(lines), height)], width, height)
	}
	v.scratch.traces.Next()
	lines = append(lines, v.charts(width, height)...)
	if v.below() > 0 {
		lines = append(lines, v.legend(width))
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// mostNamed is the number of curves up to which they are named below the grid.
const mostNamed = 12

// names reports whether there are several curves to tell apart, and few enough to
// name.
func (v *View) names() bool {
	n := len(v.runs)
	if v.look.band != single {
		n = len(v.groups.of)
	}
	return n > 1 && n <= mostNamed
}

// legend names the runs, or their groups, in one line for all charts of the grid.
func (v *View) legend(width int) string {
	var names []string
	slots := v.slots
	for _, r := range v.runs {
		names = append(names, sanitize.Line(r.Called()))
	}
	if v.look.band != single {
		names, slots = nil, v.groups.slots
		for _, g := range v.groups.of {
			names = append(names, g.Name)
		}
	}
	l := widget.NewLine(width, themes.Style{}, v.theme.Glyphs)
	look := plots.LookOf(v.theme)
	each := max(8, (width-1)/len(names)-4)
	names = look.Names(names, each)
	for i, name := range names {
		n, _ := look.Word(slots[i]).Color.Index()
		l.Add(" "+plots.Letter(slots[i])+" "+widget.Cut(name, each, v.theme.Glyphs.More)+" ", themes.Palette(n, look.Depth != plots.NoColor))
	}
	return l.String()
}

func (v *View) nothing() string {
	switch {
	case v.runsOf.Busy():
		return "reading"
	case v.pattern.field.Text() != "":
		return "no metric fits the pattern; / changes it"
	}
	return "these runs have logged no metric yet"
}

func (v *View) patternLine(width int) string {
	l := widget.NewLine(width, themes.Style{}, v.theme.Glyphs)
	l.Add(" metrics  ", v.theme.Accent)
	wrong := ""
	if v.pattern.err != nil {
		wrong = "no pattern: " + sanitize.Line(v.pattern.err.Error())
	}
	if v.pattern.typing {
		v.pattern.field.Draw(l, max(l.Left()-widget.Width(wrong)-1, l.Left()/3), v.theme)
	} else {
		l.Add(sanitize.Line(v.pattern.field.Text()), v.theme.Text)
	}
	l.Right(wrong, v.theme.Bad, 0)
	return l.String()
}

// charts draws what is in view, line by line.
func (v *View) charts(width, height int) []string {
	lines := make([]strings.Builder, max(height-v.above()-v.below(), 1))
	at := make([]int, len(lines)) // the cells that are written of each line
	for _, p := range v.places(width, height) {
		var drawn []string
		if p.Item < 0 {
			drawn = []string{widget.NewLine(p.W, themes.Style{}, v.theme.Glyphs).Add(" "+p.Head, v.theme.Accent).String()}
		} else {
			drawn = v.chart(p.Item, p.W, p.H)
		}
		for i, text := range drawn {
			if y := p.Y - v.above() + i; y < len(lines) {
				lines[y].WriteString(text)
				at[y] = p.X + p.W
			}
		}
	}
	out := make([]string, len(lines))
	for y := range lines {
		out[y] = lines[y].String() + strings.Repeat(" ", max(width-at[y], 0))
	}
	return out
}

// chart draws one metric, a cell of air at its right.
func (v *View) chart(i, width, height int) []string {
	key := v.keys[i]
	set, _ := cell.Named(v.theme.Glyphs.Dots)
	f := v.frame(key, max(width-1, 1), height, set)
	picture := v.plot(key).Scene(f)
	if i == v.grid.Focus && len(v.keys) > 1 && !v.look.zoomed {
		mark(picture)
	}
	lines := v.scratch.canvas.Lines(picture, set)
	for y := range lines {
		lines[y] += strings.Repeat(" ", width-f.W)
	}
	return lines
}

// frame is the room and the look of the chart of a metric.
func (v *View) frame(key string, width, height int, set cell.Dots) plots.Frame {
	f := plots.Frame{W: width, H: height, Look: plots.LookOf(v.theme), View: v.look.window, Cross: v.look.cross, Traces: &v.scratch.traces}
	f.DotsX, f.DotsY = set.Size()
	f.View.Y = v.look.pinned[key]
	return f
}

// mark puts the title of the chart that has the focus in brackets, which needs
// no colour.
func mark(s *scene.Scene) {
	for i, item := range s.Items {
		if t, ok := item.(scene.Text); ok && t.Y == 0 && t.X == 0 && t.Ink.Bold && s.H > 1 {
			t.Text = "[" + t.Text + "]"
			s.Items[i] = t
			return
		}
	}
}

// plot is the chart of a metric: bars where no run has more than one point, else
// lines.
func (v *View) plot(key string) plots.Chart {
	l := v.line(key)
	if v.look.over != "" || v.look.across != curves.Steps || len(l.Series) == 0 || len(l.Groups) > 0 {
		return l
	}
	b := &plots.Bars{Title: l.Title, Note: l.Note}
	for i, s := range l.Series {
		if len(s.Y) != 1 || i > 0 && s.X[0] != l.Series[0].X[0] {
			return l
		}
		b.Bars = append(b.Bars, plots.Bar{Name: plots.Letter(l.Slots[i]) + " " + s.Name, Value: s.Y[0], Slot: l.Slots[i]})
	}
	return b
}

// line is the chart of a metric over the steps of it.
func (v *View) line(key string) *plots.Line {
	l := &plots.Line{Title: sanitize.Line(key)}
	l.Best = map[compare.Direction]plots.Best{compare.Higher: plots.Greatest, compare.Lower: plots.Least}[v.better[key]]
	switch {
	case v.look.over != "":
		l.X = plots.Axis{Title: sanitize.Line(v.look.over)}
	case v.look.across == curves.Elapsed:
		l.X = plots.Axis{Title: "time", Unit: plots.Duration}
	case v.look.across == curves.Clock:
		l.X = plots.Axis{Title: "UTC", Unit: plots.Moment}
	default:
		l.X = plots.Axis{Title: "step"}
	}
	d := v.shelf.Draw(key, v.look.across, v.look.over, v.smoothing())
	l.Series, l.Smoothed, l.Note = d.Series, d.Smoothed, d.Note
	for k, i := range d.Runs {
		l.Slots = append(l.Slots, v.slots[i])
		l.Events = append(l.Events, v.end(i, l.Series[k])...)
		l.Live = l.Live || v.runs[i].Status == store.Running
	}
	if _, pinned := v.look.pinned[key]; pinned {
		l.Note = strings.TrimPrefix(l.Note+", y pinned", ", ")
	}
	if len(v.runs) > 1 && len(l.Series) == 1 {
		l.Note = strings.TrimPrefix(l.Note+", "+plots.Letter(l.Slots[0])+" "+l.Series[0].Name, ", ")
	}
	if v.look.band != single && len(l.Series) > 1 {
		v.join(key, l, d.Runs)
	}
	return l
}

// mostEnds is the number of runs up to which their ends are named.
const mostEnds = 6

// end marks where a run ended that did not finish.
func (v *View) end(run int, s plots.Series) []plots.Event {
	status := v.runs[run].Status
	if len(s.X) == 0 || v.look.over != "" || len(v.runs) > mostEnds || status != store.Failed && status != store.Killed {
		return nil
	}
	text := strings.ToLower(string(status))
	if len(v.runs) > 1 {
		text = plots.Letter(v.slots[run]) + " " + text
	}
	return []plots.Event{{X: s.X[len(s.X)-1], Text: text}}
}
