// Package chartpane shows charts that were made of a file. It reads none.
package chartpane

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Drawn is a chart and the window that it is seen through.
type Drawn struct {
	Chart plots.Chart
	View  plots.View
}

// View is the pane.
type View struct {
	title  string // safe to show
	charts []Drawn
	theme  *themes.Theme
	top    int  // the first chart that is shown
	alone  bool // one chart at a time
	w, h   int
	canvas *cell.Canvas // scratch of Draw
}

// New returns a pane of charts, at least one.
func New(title string, charts []Drawn, theme *themes.Theme) *View {
	return &View{title: sanitize.Line(title), charts: charts, theme: theme, w: 80, h: 24, canvas: &cell.Canvas{}}
}

// Resume goes on where a pane of the same charts was.
func (v *View) Resume(from view.View) {
	if before, ok := from.(*View); ok {
		v.w, v.h, v.alone, v.top = before.w, before.h, before.alone, before.top
		v.move(0)
	}
}

// Title implements view.View.
func (v *View) Title() string { return v.title }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	if n := len(v.charts); n > v.shown() {
		return fmt.Sprintf("chart %d of %d", v.top+1, n)
	}
	return widget.Several(len(v.charts), "chart")
}

// Init implements view.View.
func (v *View) Init() tea.Cmd { return nil }

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.w, v.h = m.Width, m.Height
		v.move(0)
	case view.Wheel:
		v.move(max(min(m.Rows, 1), -1))
	}
	return nil
}

// shown is how many charts there is room for.
func (v *View) shown() int {
	const least = 14 // lines of a chart that can be read
	if v.alone {
		return 1
	}
	return max(min(v.h/least, len(v.charts)), 1)
}

func (v *View) move(n int) { v.top = min(max(v.top+n, 0), max(len(v.charts)-v.shown(), 0)) }

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	set, _ := cell.Named(v.theme.Glyphs.Dots)
	n := v.shown()
	var lines []string
	for i, c := range v.charts[v.top : v.top+n] {
		h := height*(i+1)/n - height*i/n
		f := plots.Frame{W: width, H: h, Look: plots.LookOf(v.theme), View: c.View}
		if bars, ok := c.Chart.(*plots.Bars); ok { // thick ones say no more
			f.H = bars.Height(h)
		}
		f.DotsX, f.DotsY = set.Size()
		lines = append(lines, v.canvas.Lines(c.Chart.Scene(f), set)...)
		for range h - f.H {
			lines = append(lines, strings.Repeat(" ", width))
		}
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "charts"
	by := func(n int) func() tea.Cmd { return func() tea.Cmd { v.move(n); return nil } }
	one := func() string {
		if len(v.charts) < 2 {
			return "there is one chart"
		}
		return ""
	}
	return []view.Key{
		{Press: []string{"j", "down", "n", "l", "right"}, Does: "next chart", Short: "next", Group: group, Foot: true, Off: one, Run: by(1)},
		{Press: []string{"k", "up", "N", "h", "left"}, Does: "chart before", Group: group, Off: one, Run: by(-1)},
		{Press: []string{"z", "enter"}, Name: "zoom", Does: "one chart, or as many as fit", Short: "zoom", Group: group, Foot: true, Off: one, Run: func() tea.Cmd {
			v.alone = !v.alone
			v.move(0)
			return nil
		}},
		{Press: []string{"y"}, Name: "copy", Does: "copy the numbers of the chart", Short: "copy", Group: group, Foot: true, Run: func() tea.Cmd {
			return view.Send(view.Copy{Text: tabbed(v.charts[v.top].Chart.Table()), What: "the chart's numbers"})
		}},
	}
}

// tabbed is a table as text, with tabs.
func tabbed(t plots.Table) string {
	var b strings.Builder
	b.WriteString(strings.Join(t.Columns, "\t") + "\n")
	for _, row := range t.Rows {
		for i, c := range row {
			if i > 0 {
				b.WriteByte('\t')
			}
			if c != nil {
				fmt.Fprint(&b, c)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
