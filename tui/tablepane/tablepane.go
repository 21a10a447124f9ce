// Package tablepane shows a table of a file: the rows and columns on the screen
// are read and no others; sorted, filtered, and summed up by column. It reads no
// format itself.
package tablepane

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/tables"
	"benchside/artifacts/tally"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View is the pane.
type View struct {
	base  tables.Table // as the file has it
	now   tables.Table // what is shown of it
	theme *themes.Theme
	loads struct{ rows, order, sum, count view.Loader }

	table  widget.Table
	read   window
	digits map[int]int // decimals of columns whose numbers are rounded
	order  order
	filter filter
	again  bool // the order is that of a pane before, and not that of the rows yet
	goal   int  // the row that the cursor goes to once they are ordered
	sum    summed
	whole  bool // all of the cell under the cursor is shown below
	w, h   int
	err    error
	canvas *cell.Canvas // scratch of Draw
}

// window is what was read of the table.
type window struct {
	from    int
	columns []int // nil means all
	rows    [][]tables.Value
	numbers []int64 // of the rows in the file
	count   int64
	whole   bool
}

// order is how the rows are sorted and which are let through.
type order struct {
	column     int // -1: as the file has them
	descending bool
	condition  string
}

type filter struct {
	field  widget.Field
	typing bool
}

// summed is the panel about one column.
type summed struct {
	open   bool
	column int
	top    int // lines scrolled away where the panel is in the place of the table
	tally.Summary
	known bool
}

// New returns a pane over a table.
func New(t tables.Table, theme *themes.Theme) *View {
	v := &View{base: t, now: t, theme: theme, w: 80, h: 24, canvas: &cell.Canvas{}, digits: map[int]int{}}
	v.order.column = -1
	v.filter.field = widget.NewField("age > 30 and plan = 'gold'")
	v.table.Pick = true
	v.columns()
	v.resize()
	return v
}

// columns makes the columns of the screen: the number of the row, then the table's.
func (v *View) columns() {
	v.table.Columns = []widget.Column{{Width: 3, Right: true, Keep: true}}
	const most = 40 // cells of a text
	for _, c := range v.base.Columns() {
		title := sanitize.Line(c.Title)
		if title == "" {
			title = sanitize.Line(c.Name)
		}
		v.table.Columns = append(v.table.Columns, widget.Column{Title: title, Width: max(widget.Width(title), 3), Min: 3, Max: most, Right: right(c.Type)})
	}
	v.table.Col = min(1, len(v.table.Columns)-1)
}

func right(t tables.Type) bool { return t == tables.Integer || t == tables.Number }

// Title implements view.View.
func (v *View) Title() string { return "table" }

// Typing implements view.View.
func (v *View) Typing() bool { return v.filter.typing }

// Status implements view.View.
func (v *View) Status() string {
	said := widget.Count(int(v.read.count)) + " rows"
	if v.read.count == 1 {
		said = "1 row"
	}
	if !v.read.whole {
		said = "more than " + said
	}
	switch {
	case v.loads.order.Busy():
		said = "sorting and filtering   " + said
	case v.loads.count.Busy():
		said = "counting   " + said
	}
	if v.order.condition != "" {
		said = "filtered   " + said
	}
	c := v.column()
	if c < 0 {
		return said
	}
	about := v.base.Columns()[c]
	typed := about.Type.String()
	const long = 20 // cells of a type that leave room for the value
	if stored := sanitize.Line(about.Stored); stored != "" && stored != typed && widget.Width(stored) <= long {
		typed = stored
	}
	said = fmt.Sprintf("%s   %s: %s", said, sanitize.Line(about.Name), typed)
	if value, ok := v.value(v.table.Cursor, c); ok {
		said = shown(value) + "   " + said
	}
	return said
}

// column is the table's column under the cursor, -1 if there is none.
func (v *View) column() int {
	if c := v.table.Col - 1; c >= 0 && c < len(v.table.Columns)-1 {
		return c
	}
	return -1
}

// value is a cell, if it was read.
func (v *View) value(row, column int) (tables.Value, bool) {
	i := row - v.read.from
	if i < 0 || i >= len(v.read.rows) {
		return tables.Value{}, false
	}
	if v.read.columns == nil {
		if column < len(v.read.rows[i]) {
			return v.read.rows[i][column], true
		}
		return tables.Value{}, false
	}
	for at, c := range v.read.columns {
		if c == column && at < len(v.read.rows[i]) {
			return v.read.rows[i][at], true
		}
	}
	return tables.Value{}, false
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	if v.again {
		return tea.Batch(v.reorder(v.order), v.summarise(false))
	}
	return tea.Batch(v.load(), v.summarise(true))
}

// Resume goes on where a pane of the same table was: its cursor, order, filter and
// summary.
func (v *View) Resume(from view.View) {
	before, ok := from.(*View)
	if !ok || !slices.EqualFunc(v.base.Columns(), before.base.Columns(), func(a, b tables.Column) bool { return a.Name == b.Name }) {
		return
	}
	v.table, v.order, v.digits = before.table, before.order, before.digits
	v.w, v.h, v.goal = before.w, before.h, before.table.Cursor
	v.again = v.order.column >= 0 || v.order.condition != ""
	v.filter.field, v.whole = before.filter.field, before.whole
	v.sum.open, v.sum.column = before.sum.open, before.sum.column
}

// Leave implements view.Leaver.
func (v *View) Leave() {
	for _, l := range []*view.Loader{&v.loads.rows, &v.loads.order, &v.loads.sum, &v.loads.count} {
		l.Cancel()
	}
}

// wide is how many columns are read at once where a table has more.
const wide = 64

func (v *View) wanted() []int {
	n := len(v.table.Columns) - 1
	if n <= wide {
		return nil
	}
	from := max(min(v.table.First-1, n-wide), 0)
	columns := make([]int, 0, wide)
	for c := from; c < from+wide; c++ {
		columns = append(columns, c)
	}
	return columns
}

// load reads the rows on the screen, and as many before and behind.
func (v *View) load() tea.Cmd {
	t, h := v.now, max(v.table.Height, 1)
	from, columns := max(v.table.Top-h, 0), v.wanted()
	return view.Load(&v.loads.rows, func(ctx context.Context) (window, error) {
		rows, err := t.Rows(ctx, columns, int64(from), 3*h)
		if err != nil {
			return window{}, err
		}
		w := window{from: from, columns: columns, rows: rows}
		for i := range rows {
			n, err := tables.Picked(t, int64(from+i))
			if err != nil {
				return window{}, err
			}
			w.numbers = append(w.numbers, n)
		}
		w.count, w.whole = t.Count()
		return w, nil
	})
}

// have reports whether what is on the screen was read.
func (v *View) have() bool {
	from, to := v.table.Window()
	if from < v.read.from || to > v.read.from+len(v.read.rows) {
		return false
	}
	if v.read.columns == nil {
		return true
	}
	for _, p := range v.table.Layout(v.table.Width) {
		if c := p.Col - 1; c >= 0 && (c < v.read.columns[0] || c > v.read.columns[len(v.read.columns)-1]) {
			return false
		}
	}
	return true
}

func (v *View) loadMissing() tea.Cmd {
	_, to := v.table.Window()
	if v.have() && (v.read.whole || to+v.table.Height < v.read.from+len(v.read.rows)) {
		return nil
	}
	return v.load()
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.w, v.h = m.Width, m.Height
		v.resize()
		return v.loadMissing()
	case view.Wheel:
		v.table.Scroll(m.Rows)
		v.resize()
		return v.loadMissing()
	case view.Click:
		return v.click(m)
	case view.Drag:
		v.table.Pull(m.X)
		v.resize()
		return v.loadMissing()
	case tea.KeyPressMsg, tea.PasteMsg:
		v.filter.field.Update(m)
	case view.Loaded[window]:
		if m.Of(&v.loads.rows) && !v.failed(m.Err) {
			v.take(m.Value)
			v.resize()
		}
	case view.Loaded[ordered]:
		if m.Of(&v.loads.order) && !v.failed(m.Err) {
			v.now, v.order = m.Value.table, m.Value.order
			v.table.Count = max(v.table.Count, v.goal+1) // until it is read
			v.table.To(v.goal)
			v.read, v.goal, v.again = window{}, 0, false
			v.titles()
			return tea.Batch(v.load(), v.summarise(false))
		}
	case view.Loaded[counted]:
		if m.Of(&v.loads.count) && !v.failed(m.Err) {
			v.table.Count = int(m.Value.rows)
			v.read.count, v.read.whole = m.Value.rows, true
			v.table.To(v.table.Count)
			return v.load()
		}
	case view.Loaded[tally.Summary]:
		if m.Of(&v.loads.sum) && !v.failed(m.Err) {
			v.sum.Summary, v.sum.known = m.Value, true
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

func (v *View) take(w window) {
	v.read = w
	v.table.Count = max(int(w.count), w.from+len(w.rows))
	v.table.Columns[0].Width = max(v.table.Columns[0].Width, len(fmt.Sprint(v.table.Count)))
	for c := range len(v.table.Columns) - 1 {
		v.round(c)
		for i := range w.rows {
			if value, ok := v.value(w.from+i, c); ok {
				v.table.Widen(c+1, v.brief(value, c))
			}
		}
	}
	v.table.Move(0)
}

// shown is what stands in a cell.
func shown(v tables.Value) string {
	switch v.Kind {
	case tables.NaN:
		return "NaN"
	case tables.PosInf:
		return "+Inf"
	case tables.NegInf:
		return "-Inf"
	case tables.Missing:
		return ""
	case tables.Picture:
		if p, ok := tables.PictureOf(v); ok {
			return "image " + sanitize.Line(p.Path[strings.LastIndexByte(p.Path, '/')+1:])
		}
	}
	text := sanitize.Line(v.Text)
	if v.Whole > 0 {
		text += fmt.Sprintf(" … %s in all", widget.Bytes(v.Whole))
	}
	return text
}

// round decides how many decimals of a column are shown if some of its numbers are
// long. They become more and never fewer, so that scrolling changes nothing.
func (v *View) round(column int) {
	const long = 9 // signs
	var numbers []float64
	rounded := false
	for i := range v.read.rows {
		value, ok := v.value(v.read.from+i, column)
		if ok && value.Kind == tables.Finite {
			numbers = append(numbers, value.Number)
			rounded = rounded || len(value.Text) > long && strings.ContainsAny(value.Text, ".eE")
		}
	}
	if !rounded {
		return
	}
	if before, ok := v.digits[column]; ok {
		v.digits[column] = max(before, widget.Digits(numbers))
		return
	}
	v.digits[column] = widget.Digits(numbers)
}

// brief is what stands in a cell: numbers rounded, the whole value is on the status
// line.
func (v *View) brief(value tables.Value, column int) string {
	if digits, rounded := v.digits[column]; rounded && value.Kind == tables.Finite {
		return widget.Number(value.Number, digits)
	}
	return shown(value)
}

// ordered is the table as it was asked for.
type ordered struct {
	table tables.Table
	order order
}

// reorder filters and sorts from the file on.
func (v *View) reorder(o order) tea.Cmd {
	base := v.base
	return view.Load(&v.loads.order, func(ctx context.Context) (ordered, error) {
		t := base
		if o.condition != "" {
			c, err := tables.ParseCondition(o.condition, base.Columns())
			if err != nil {
				return ordered{}, err
			}
			if t, err = tables.Filter(ctx, t, c); err != nil {
				return ordered{}, err
			}
		}
		if o.column >= 0 {
			var err error
			if t, err = tables.Sort(ctx, t, o.column, o.descending); err != nil {
				return ordered{}, err
			}
		}
		return ordered{t, o}, nil
	})
}

// sort orders by the column under the cursor: rising, falling, not at all.
func (v *View) sort() tea.Cmd {
	o, c := v.order, v.column()
	switch {
	case o.column != c:
		o.column, o.descending = c, false
	case !o.descending:
		o.descending = true
	default:
		o.column, o.descending = -1, false
	}
	return v.reorder(o)
}

type counted struct{ rows int64 }

// end goes to the last row, for which a file may have to be read.
func (v *View) end() tea.Cmd {
	if v.read.whole {
		v.table.To(v.table.Count)
		return v.loadMissing()
	}
	t := v.now
	return view.Load(&v.loads.count, func(ctx context.Context) (counted, error) {
		if g, ok := t.(tables.Growing); ok {
			if err := g.Index(ctx, nil); err != nil {
				return counted{}, err
			}
		}
		n, _ := t.Count()
		return counted{n}, nil
	})
}

// summarise sums up the column under the cursor if the panel is open and about
// another one, or again where the rows are others.
func (v *View) summarise(same bool) tea.Cmd {
	c := v.column()
	if !v.sum.open || c < 0 || same && v.sum.column == c && (v.sum.known || v.loads.sum.Busy()) {
		return nil
	}
	t := v.now
	v.sum.column, v.sum.known = c, false
	return view.Load(&v.loads.sum, func(ctx context.Context) (tally.Summary, error) {
		return tables.Summarise(ctx, t, c, nil)
	})
}
