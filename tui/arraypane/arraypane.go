// Package arraypane shows the numbers of a NumPy array: a plane of it as a chart
// or in rows and columns, and a summary of all. It parses no file.
package arraypane

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/arrays"
	"benchside/artifacts/tally"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View is the pane.
type View struct {
	archive *arrays.Archive // nil for a single array
	which   int
	array   *arrays.Array
	theme   *themes.Theme
	loads   struct{ open, plane, sum view.Loader }

	plane   arrays.View
	axis    int // of those before the plane, that [ and ] walk along
	numbers bool
	chart   plots.Chart
	cells   [][]arrays.Value
	from    [2]int64 // of cells: row and column
	size    [2]int64 // of the plane
	sum     tally.Summary
	summed  bool
	resumed *View // a pane before, whose place is taken once the array is open
	w, h    int
	err     error
	canvas  *cell.Canvas // scratch of Draw
}

// New returns a pane of an array.
func New(a *arrays.Array, theme *themes.Theme) *View {
	return &View{array: a, plane: a.View(), theme: theme, w: 80, h: 24, canvas: &cell.Canvas{}, numbers: few(a)}
}

// few reports whether an array is so small that its numbers say more than a chart.
func few(a *arrays.Array) bool { return a.Count <= 24 }

// Several returns a pane of the arrays of an archive.
func Several(a *arrays.Archive, theme *themes.Theme) *View {
	return &View{archive: a, theme: theme, w: 80, h: 24, canvas: &cell.Canvas{}}
}

// Resume goes on where a pane of the same file was.
func (v *View) Resume(from view.View) {
	before, ok := from.(*View)
	if !ok || before.array == nil {
		return
	}
	if v.archive != nil {
		at := slices.Index(v.archive.Names(), before.named())
		if at < 0 {
			return
		}
		v.which, v.resumed = at, before // once it is open
		return
	}
	v.resume(before)
}

// resume takes the plane and the numbers of a pane before if the array has the same
// axes; what is behind the end of one is brought before it.
func (v *View) resume(before *View) {
	if len(before.array.Shape) != len(v.array.Shape) {
		return
	}
	v.plane, v.axis, v.numbers, v.from = before.plane, before.axis, before.numbers, before.from
	v.plane.At = slices.Clone(before.plane.At)
	for i, n := range v.array.Shape {
		v.plane.At[i] = max(min(v.plane.At[i], n-1), 0)
	}
}

// named is the array of an archive that is shown.
func (v *View) named() string {
	if v.archive == nil || v.which >= len(v.archive.Names()) {
		return ""
	}
	return v.archive.Names()[v.which]
}

// Title implements view.View.
func (v *View) Title() string { return "array" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	if v.loads.plane.Busy() || v.loads.open.Busy() {
		return "reading"
	}
	if v.numbers {
		return fmt.Sprintf("row %d, column %d of %d × %d", v.from[0], v.from[1], v.size[0], v.size[1])
	}
	return ""
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	if v.array == nil && v.archive != nil {
		return v.open()
	}
	return tea.Batch(v.load(), v.summarise())
}

// Leave implements view.Leaver.
func (v *View) Leave() {
	v.loads.open.Cancel()
	v.loads.plane.Cancel()
	v.loads.sum.Cancel()
}

func (v *View) open() tea.Cmd {
	a, which := v.archive, v.which
	if len(a.Names()) == 0 {
		return nil
	}
	return view.Load(&v.loads.open, func(context.Context) (*arrays.Array, error) { return a.Array(which) })
}

// read is a part of a plane.
type read struct {
	chart plots.Chart
	cells [][]arrays.Value
	from  [2]int64
	size  [2]int64
}

// A chart shows so much of a plane: more than a screen has cells.
const (
	mostSide   = 240 // rows and columns of a heat map
	mostPoints = 1 << 18
)

func (v *View) load() tea.Cmd {
	if v.array == nil {
		return nil
	}
	a, plane, numbers, from := v.array, v.plane, v.numbers, v.from
	plane.At = slices.Clone(plane.At)
	rows, columns := v.room()
	return view.Load(&v.loads.plane, func(ctx context.Context) (read, error) {
		var out read
		var err error
		if out.size[0], out.size[1], err = a.Size(plane); err != nil {
			return out, err
		}
		if numbers {
			out.from = [2]int64{max(min(from[0], out.size[0]-1), 0), max(min(from[1], out.size[1]-1), 0)}
			out.cells, err = a.Window(ctx, plane, out.from[0], out.from[1], rows, columns)
			return out, err
		}
		out.chart, err = draw(ctx, a, plane, out.size)
		return out, err
	})
}

// draw makes a chart of a plane: a line of a vector, else heat.
func draw(ctx context.Context, a *arrays.Array, plane arrays.View, size [2]int64) (plots.Chart, error) {
	if size[0] == 1 || size[1] == 1 {
		return line(ctx, a, plane, size)
	}
	rows, columns := min(size[0], mostSide), min(size[1], mostSide)
	cells, err := a.Window(ctx, plane, 0, 0, int(rows), int(columns))
	if err != nil {
		return nil, err
	}
	h := &plots.Heatmap{}
	if rows < size[0] || columns < size[1] {
		h.Note = fmt.Sprintf("the first %d × %d of %d × %d", rows, columns, size[0], size[1])
	}
	for c := range columns {
		h.Cols = append(h.Cols, fmt.Sprint(c))
	}
	negative := false
	for r, row := range cells {
		h.Rows = append(h.Rows, fmt.Sprint(r))
		for _, c := range row {
			h.Values = append(h.Values, c.Number)
			negative = negative || c.Number < 0
		}
	}
	h.Around0 = negative
	return h, nil
}

func line(ctx context.Context, a *arrays.Array, plane arrays.View, size [2]int64) (plots.Chart, error) {
	n := min(max(size[0], size[1]), mostPoints)
	cells, err := a.Window(ctx, plane, 0, 0, int(min(size[0], n)), int(min(size[1], n)))
	if err != nil {
		return nil, err
	}
	var x, y []float64
	for _, row := range cells {
		for _, c := range row {
			x, y = append(x, float64(len(x))), append(y, c.Number)
		}
	}
	l := &plots.Line{X: plots.Axis{Title: "place"}, Series: []plots.Series{plots.NewSeries("values", "values", x, y)}}
	if n < max(size[0], size[1]) {
		l.Note = fmt.Sprintf("the first %d of %d", n, max(size[0], size[1]))
	}
	return l, nil
}

func (v *View) summarise() tea.Cmd {
	if v.array == nil || v.summed {
		return nil
	}
	a := v.array
	return view.Load(&v.loads.sum, func(ctx context.Context) (tally.Summary, error) { return a.Summarise(ctx, nil) })
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.w, v.h = m.Width, m.Height
		if v.numbers {
			return v.load()
		}
	case view.Wheel:
		return v.move(int64(m.Rows), 0)
	case view.Loaded[*arrays.Array]:
		if m.Of(&v.loads.open) && !v.failed(m.Err) {
			v.array, v.plane, v.summed, v.from, v.axis = m.Value, m.Value.View(), false, [2]int64{}, 0
			v.numbers = few(m.Value)
			if v.resumed != nil {
				v.resume(v.resumed)
				v.resumed = nil
			}
			return tea.Batch(v.load(), v.summarise())
		}
	case view.Loaded[read]:
		if m.Of(&v.loads.plane) && !v.failed(m.Err) {
			v.chart, v.cells, v.from, v.size = m.Value.chart, m.Value.cells, m.Value.from, m.Value.size
		}
	case view.Loaded[tally.Summary]:
		if m.Of(&v.loads.sum) && !v.failed(m.Err) {
			v.sum, v.summed = m.Value, true
		}
	}
	return nil
}

func (v *View) failed(err error) bool {
	if err == nil {
		v.err = nil
		return false
	}
	if !errors.Is(err, context.Canceled) {
		v.err = err
	}
	return true
}

// cellWidth is what a number takes.
const cellWidth = 11

// room is how many numbers fit below the lines that describe the array.
func (v *View) room() (rows, columns int) {
	return max(v.h-len(v.about())-1, 1), max((v.w-8)/cellWidth, 1)
}

func (v *View) move(rows, columns int64) tea.Cmd {
	if !v.numbers {
		return nil
	}
	v.from[0] = max(min(v.from[0]+rows, v.size[0]-1), 0)
	v.from[1] = max(min(v.from[1]+columns, v.size[1]-1), 0)
	return v.load()
}

// about describes the array in a few lines of text and style.
func (v *View) about() []string {
	t := v.theme
	line := func() *widget.Line { return widget.NewLine(v.w, themes.Style{}, t.Glyphs).Pad(1) }
	var lines []string
	if v.archive != nil {
		l := line()
		for i, name := range v.archive.Names() {
			style := t.Dim
			if i == v.which {
				style = t.Accent
			}
			l.Add(sanitize.Line(name), style).Pad(2)
		}
		if len(v.archive.Names()) == 0 {
			l.Add("no array in it", t.Dim)
		}
		lines = append(lines, l.String())
	}
	if v.err != nil {
		for _, part := range widget.Wrap(sanitize.Line(v.err.Error()), max(v.w-2, 1)) {
			lines = append(lines, line().Add(part, t.Bad).String())
		}
	}
	if v.array == nil {
		return lines
	}
	a := v.array
	elements := widget.Count(int(a.Count)) + " elements"
	if a.Count == 1 {
		elements = "1 element"
	}
	l := line().Add(a.Type, t.Strong).Add("  "+shape(a.Shape), themes.Style{}).Add("  "+elements, t.Dim)
	if a.Fortran {
		l.Add("  Fortran order", t.Dim)
	}
	lines = append(lines, l.String())
	if s := v.spread(); s != "" {
		for _, part := range widget.Wrap(s, max(v.w-2, 1)) {
			lines = append(lines, line().Add(part, t.Dim).String())
		}
	}
	if len(a.Shape) > 2 {
		lines = append(lines, line().Add("plane ", t.Dim).Add(v.place(), themes.Style{}).String())
	}
	return lines
}

// spread sums the numbers up in a line.
func (v *View) spread() string {
	if !v.summed {
		if v.loads.sum.Busy() {
			return "adding up"
		}
		return ""
	}
	s := &v.sum
	if s.Numbers == 0 {
		return fmt.Sprintf("%d different values", s.Distinct)
	}
	text := fmt.Sprintf("least %.4g   median %.4g   greatest %.4g   mean %.4g", s.Min, s.Quartiles[1], s.Max, s.Mean)
	if s.Numbers == 1 { // it is all of these, and has no sd
		text = fmt.Sprintf("the only number is %.6g", s.Mean)
	} else if narrow := 60; v.w < narrow {
		text = fmt.Sprintf("least %.3g  greatest %.3g  mean %.3g  sd %.3g", s.Min, s.Max, s.Mean, s.SD)
	} else {
		text += fmt.Sprintf("   sd %.4g", s.SD)
	}
	if s.NaN > 0 {
		text += fmt.Sprintf("   %d NaN", s.NaN)
	}
	if n := s.PosInf + s.NegInf; n > 0 {
		text += fmt.Sprintf("   %d infinite", n)
	}
	return text
}

// place names the plane: [3, :, :], the axis that is walked marked.
func (v *View) place() string {
	parts := make([]string, len(v.array.Shape))
	for i := range parts {
		switch {
		case i == v.plane.RowAxis || i == v.plane.ColumnAxis:
			parts[i] = ":"
		case i == v.axis:
			parts[i] = fmt.Sprintf("‹%d›", v.plane.At[i])
		default:
			parts[i] = fmt.Sprint(v.plane.At[i])
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func shape(axes []int64) string {
	parts := make([]string, len(axes))
	for i, n := range axes {
		parts[i] = fmt.Sprint(n)
	}
	return "(" + strings.Join(parts, " × ") + ")"
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	lines := v.about()
	room := height - len(lines)
	switch {
	case room < 1:
	case v.numbers:
		lines = append(lines, v.grid(width)...)
	case v.chart != nil && room > 2:
		set, _ := cell.Named(v.theme.Glyphs.Dots)
		f := plots.Frame{W: width, H: room, Look: plots.LookOf(v.theme)}
		f.DotsX, f.DotsY = set.Size()
		lines = append(lines, v.canvas.Lines(v.chart.Scene(f), set)...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// grid draws the numbers from a place of the plane on.
func (v *View) grid(width int) []string {
	t := v.theme
	_, columns := v.room()
	head := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(7)
	for c := range columns {
		if at := v.from[1] + int64(c); at < v.size[1] {
			head.Cell(fmt.Sprint(at), cellWidth, true, t.Dim)
		}
	}
	lines := []string{head.String()}
	for r, row := range v.cells {
		l := widget.NewLine(width, themes.Style{}, t.Glyphs)
		l.Cell(fmt.Sprint(v.from[0]+int64(r)), 7, true, t.Dim)
		for _, c := range row {
			text, style := sanitize.Line(c.Text), themes.Style{}
			if !math.IsNaN(c.Number) && len(text) > cellWidth-1 {
				text = fmt.Sprintf("%.4g", c.Number)
			}
			if math.IsNaN(c.Number) || math.IsInf(c.Number, 0) {
				style = t.Warn
			}
			l.Add(" ", themes.Style{}).Cell(text, cellWidth-1, true, style)
		}
		lines = append(lines, l.String())
	}
	return lines
}
