package charts

import (
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
	"benchside/tui/view"
	"benchside/tui/widget"
)

// A chart is at least so big.
const (
	leastWidth  = 44
	leastHeight = 9
)

// grid is where the charts are.
type grid struct {
	width, height int
	count         int // charts
	focus         int // the chart that keys are for
	top           int // the first row of charts that is shown
}

// size returns the charts side by side and one above the other.
func (g *grid) size() (cols, rows int) {
	cols = max(1, min(g.width/leastWidth, 4))
	cols = min(cols, max(g.count, 1))
	rows = max(1, g.height/leastHeight)
	return cols, min(rows, max(1, (g.count+cols-1)/cols))
}

// show scrolls to the chart that has the focus.
func (g *grid) show() {
	g.focus = max(0, min(g.focus, g.count-1))
	cols, rows := g.size()
	row := g.focus / cols
	g.top = max(min(g.top, row), row-rows+1)
	g.top = max(0, min(g.top, (g.count+cols-1)/cols-rows))
}

// shown are the metrics whose charts are in view.
func (v *View) shown() []string {
	if len(v.keys) == 0 {
		return nil
	}
	if v.look.zoomed {
		return v.keys[v.grid.focus : v.grid.focus+1]
	}
	cols, rows := v.grid.size()
	from := min(v.grid.top*cols, len(v.keys))
	return v.keys[from:min(from+cols*rows, len(v.keys))]
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
	room := max(height-len(lines), 1)
	switch {
	case len(v.keys) == 0:
		blank := widget.NewLine(width, themes.Style{}, v.theme.Glyphs).String()
		lines = append(lines, blank, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Add("  "+v.nothing(), v.theme.Dim).String())
	case v.look.zoomed:
		lines = append(lines, v.chart(v.grid.focus, width, room)...)
	case v.names() && room > leastHeight:
		lines = append(lines, v.charts(width, room-1)...)
		lines = append(lines, v.legend(width))
	default:
		lines = append(lines, v.charts(width, room)...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// names reports whether there are several runs to tell apart, and few enough to
// name.
func (v *View) names() bool { return len(v.runs) > 1 && len(v.runs) <= 12 && !v.look.band }

// legend names the runs in one line for all charts of the grid.
func (v *View) legend(width int) string {
	l := widget.NewLine(width, themes.Style{}, v.theme.Glyphs)
	look := plots.LookOf(v.theme)
	each := max(8, (width-1)/len(v.runs)-4)
	for i, r := range v.runs {
		name := sanitize.Line(r.Name)
		if name == "" {
			name = r.ID
		}
		n, _ := look.Series(v.slots[i]).Color.Index()
		l.Add(" "+plots.Letter(v.slots[i])+" "+widget.Cut(name, each, v.theme.Glyphs.More)+" ", themes.Palette(n, look.Depth != plots.NoColor))
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

// charts draws the grid, each row of it as high as the others.
func (v *View) charts(width, height int) []string {
	cols, rows := v.grid.size()
	rows = max(1, min(rows, height/min(leastHeight, height)))
	var lines []string
	for row := range rows {
		high := height*(row+1)/rows - height*row/rows
		var beside [][]string
		for col := range cols {
			i := (v.grid.top+row)*cols + col
			wide := width*(col+1)/cols - width*col/cols
			if i < len(v.keys) {
				beside = append(beside, v.chart(i, wide, high))
			}
		}
		for y := range high {
			var b strings.Builder
			for _, chart := range beside {
				b.WriteString(chart[y])
			}
			b.WriteString(strings.Repeat(" ", width-width*len(beside)/cols)) // where there is no chart
			lines = append(lines, b.String())
		}
	}
	return lines
}

// chart draws one metric, a cell of air at its right.
func (v *View) chart(i, width, height int) []string {
	key := v.keys[i]
	set, _ := cell.Named(v.theme.Glyphs.Dots)
	f := v.frame(key, max(width-1, 1), height, set)
	picture := v.line(key).Scene(f)
	if i == v.grid.focus && len(v.keys) > 1 && !v.look.zoomed {
		mark(picture)
	}
	lines := v.canvas.Lines(picture, set)
	for y := range lines {
		lines[y] += strings.Repeat(" ", width-f.W)
	}
	return lines
}

// frame is the room and the look of the chart of a metric.
func (v *View) frame(key string, width, height int, set cell.Dots) plots.Frame {
	f := plots.Frame{W: width, H: height, Look: plots.LookOf(v.theme), View: v.look.window, Cross: v.look.cross}
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

// line is the chart of a metric.
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
	d := v.shelf.Draw(key, v.look.across, v.look.over, weights[v.look.smooth])
	l.Series, l.Smoothed, l.Note = d.Series, d.Smoothed, d.Note
	for k, i := range d.Runs {
		l.Slots = append(l.Slots, v.slots[i])
		l.Events = append(l.Events, v.end(i, l.Series[k])...)
	}
	if _, pinned := v.look.pinned[key]; pinned {
		l.Note = strings.TrimPrefix(l.Note+", y pinned", ", ")
	}
	if v.look.band && len(l.Series) > 1 {
		l.Groups = []plots.Group{plots.Join("mean", "mean", l.Series, plots.Deviation)}
		l.Note = strings.TrimPrefix(fmt.Sprintf("%s, mean ± sd of %d runs", l.Note, len(l.Series)), ", ")
		l.Series, l.Smoothed, l.Slots = nil, nil, nil
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

func (v *View) click(m view.Click) {
	cols, rows := v.grid.size()
	if v.look.zoomed || v.grid.count == 0 {
		return
	}
	col, row := m.X*cols/max(v.grid.width, 1), m.Y*rows/max(v.grid.height, 1)
	if i := (v.grid.top+row)*cols + col; i >= 0 && i < v.grid.count {
		v.look.zoomed = m.Double
		v.grid.focus = i
		v.grid.show()
	}
}
