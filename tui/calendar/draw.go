package calendar

import (
	"fmt"
	"math"
	"strings"

	"benchside/plots"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/widget"
)

const maxNames = 18 // cells of the names at most

// names are the cells that the names of rows take.
func (v *View) names() int {
	w := 11
	for _, r := range v.grid.rows {
		w = max(w, min(widget.Width(r.name), maxNames))
	}
	return min(w, max(v.size.width/3, 1))
}

// wide are the cells of a slot: as many as fit, up to three.
func (v *View) wide() int {
	room := v.size.width - v.names() - 2
	if n := len(v.grid.slots); n > 0 {
		return min(max(room/n, 1), 3)
	}
	return 1
}

// shown is how many slots the window has.
func (v *View) shown() int { return max((v.size.width-v.names()-2)/v.wide(), 1) }

// above counts the lines over the rows: the legend, bands, the dates and a rule.
func (v *View) above() int {
	n := 3
	if v.size.height >= 8 {
		n += len(v.kept.bands)
	}
	if v.err != nil {
		n++
	}
	return n
}

// below counts those under the rows: the metric, what came first, the batch.
func (v *View) below() int {
	switch {
	case v.size.height < 9:
		return 0
	case len(v.kept.values) == 0:
		return 2
	}
	return 3
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t := v.theme
	var lines []string
	if v.err != nil {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(" "+sanitize.Line(v.err.Error()), t.Bad).String())
	}
	if len(v.grid.slots) == 0 {
		return widget.Fit(append(lines, v.nothing(width)...)[:min(len(lines)+len(v.nothing(width)), height)], width, height)
	}
	to := min(v.left+v.shown(), len(v.grid.slots))
	lines = append(lines, v.legend(width), v.dates(width, to))
	if height >= 8 {
		for _, b := range v.kept.bands {
			lines = append(lines, v.band(b, width, to))
		}
	}
	lines = append(lines, v.pointer(width))
	from, last := v.table.Window()
	for i := from; i < last; i++ {
		lines = append(lines, v.row(i, width, to))
	}
	if below := v.below(); below > 0 {
		for len(lines) < height-below {
			lines = append(lines, strings.Repeat(" ", width))
		}
		lines = append(lines, v.under3(width, to)...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// nothing says why there is no calendar yet.
func (v *View) nothing(width int) (lines []string) {
	says := "nothing was compared yet: benchside monitor run compares what arrived"
	switch {
	case v.means.Monitors == nil:
		says = "this store keeps no monitors"
	case !v.known:
		says = "reading"
	case v.err != nil:
		return nil
	}
	lines = append(lines, strings.Repeat(" ", width))
	for _, part := range widget.Wrap(says, max(width-3, 1)) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(2).Add(part, v.theme.Dim).String())
	}
	return lines
}

// sign is a mark as a glyph in a style: the glyph alone tells it.
func (v *View) sign(m mark) (string, themes.Style) {
	t := v.theme
	glyphs := [...]string{none: " ", few: "·", faint: ".", near: "░", over: "▒", far: "▓", wide: "█"}
	if t.Glyphs.ASCII {
		glyphs = [...]string{none: " ", few: "?", faint: ".", near: ":", over: "x", far: "X", wide: "#"}
	}
	styles := [...]themes.Style{few: t.Dim, faint: t.Dim, near: t.Dim, over: t.Warn, far: t.Bad, wide: t.Bad}
	return glyphs[m], styles[m]
}

func (v *View) legend(width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1)
	l.Add("a "+unitNames[v.grid.unit]+" a cell  of the limit: ", t.Dim)
	for _, one := range []struct {
		mark mark
		says string
	}{{faint, "<½"}, {near, "½"}, {over, "1"}, {far, "2"}, {wide, "5"}, {few, "not judged (n<30)"}} {
		says := one.says
		if t.Glyphs.ASCII {
			says = strings.ReplaceAll(says, "½", ".5")
		}
		glyph, style := v.sign(one.mark)
		l.Add(glyph, style).Add(" "+says+"  ", t.Dim)
	}
	if v.grid.left > 0 {
		l.Add(fmt.Sprintf("%d older ones are left out", v.grid.left), t.Warn)
	}
	return l.String()
}

// dates labels the slots, as many as have room.
func (v *View) dates(width, to int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1 + v.names() + 1)
	wide, at := v.wide(), 0
	for i := v.left; i < to; i++ {
		label := v.grid.unit.label(v.grid.slots[i])
		x := (i - v.left) * wide
		if x < at || x+len(label) > (to-v.left)*wide && i > v.left {
			continue
		}
		l.Pad(x-at).Add(label, t.Dim)
		if at = x + len(label); at < (to-v.left)*wide {
			l.Add(" ", t.Dim)
			at++
		}
	}
	return l.String()
}

// band draws what was so over time; a new one begins with its name.
func (v *View) band(b band, width, to int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Cell(b.title, v.names(), false, t.Dim).Pad(1)
	wide := v.wide()
	line := "─"
	if t.Glyphs.ASCII {
		line = "-"
	}
	for i := v.left; i < to; {
		says := b.at(v.grid.unit.next(v.grid.slots[i]).Add(-1))
		next := i + 1
		for next < to && b.at(v.grid.unit.next(v.grid.slots[next]).Add(-1)) == says {
			next++
		}
		cells := (next - i) * wide
		text := sanitize.Line(says)
		if says == "" {
			l.Pad(cells)
		} else {
			text += strings.Repeat(line, max(cells-widget.Width(text), 0))
			l.Cell(widget.Cut(text, cells, ""), cells, false, t.Info)
		}
		i = next
	}
	return l.String()
}

// row draws one column; the cell under the cursor is set off.
func (v *View) row(i, width, to int) string {
	t, r := v.theme, &v.grid.rows[i]
	base, bar, style := themes.Style{}, " ", themes.Style{}
	if i == v.table.Cursor {
		base, bar, style = t.Cursor, t.Glyphs.Bar, t.Accent
	}
	l := widget.NewLine(width, base, t.Glyphs).Cell(bar, 1, false, style)
	name := themes.Style{}
	if i == 0 {
		name = t.Strong
	}
	l.Cell(sanitize.Line(r.name), v.names(), false, name).Pad(1)
	wide := v.wide()
	for at := v.left; at < to; {
		glyph, style := v.sign(r.spots[at].mark)
		if i == v.table.Cursor && at == v.slot {
			l.Add(strings.Repeat(glyph, wide), t.Column)
			at++
			continue
		}
		// Cells of one kind are sent as one piece.
		next := at + 1
		for next < to && r.spots[next].mark == r.spots[at].mark && (i != v.table.Cursor || next != v.slot) {
			next++
		}
		l.Add(strings.Repeat(glyph, (next-at)*wide), style)
		at = next
	}
	return l.String()
}

// times says how far a column is from its limit.
func times(ratio float64) string {
	const most = 999
	if ratio > most {
		return fmt.Sprintf("over %d times the limit", most)
	}
	return fmt.Sprintf("%.3g of the limit", ratio)
}

// pointer is a rule that points at the slot under the cursor.
func (v *View) pointer(width int) string {
	t := v.theme
	x, wide := 1+v.names()+1+(v.slot-v.left)*v.wide(), v.wide()
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Add(strings.Repeat(t.Glyphs.Rule, min(x, width)), t.Rule)
	l.Add(strings.Repeat(t.Glyphs.Down, wide), t.Accent)
	return l.Add(strings.Repeat(t.Glyphs.Rule, max(l.Left(), 0)), t.Rule).String()
}

// under3 are the lines below: the metric, what came first, and the batch.
func (v *View) under3(width, to int) (lines []string) {
	t := v.theme
	if len(v.kept.values) > 0 {
		values := v.metric[v.left:to]
		l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Cell(sanitize.Line(v.kept.metric), v.names(), false, t.Strong).Pad(1)
		lines = append(lines, l.Add(stretched(values, v.wide(), t.Glyphs.ASCII), t.Info).String())
	}
	lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(v.grid.order(sanitize.Line(v.kept.metric), v.metric), t.Dim).String())
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1)
	s, r := v.under()
	if r == nil {
		return append(lines, l.Add(v.Status(), t.Dim).String())
	}
	glyph, style := v.sign(s.mark)
	l.Add(glyph+" ", style)
	if !math.IsNaN(s.ratio) {
		l.Add(times(s.ratio)+"  ", style)
	}
	return append(lines, l.Add(sanitize.Line(r.Batch.Name+"  "+r.Says), themes.Style{}).String())
}

// stretched is a line of values with so many cells each; a gap stays one.
func stretched(values []float64, wide int, ascii bool) string {
	drawn := plots.Spark(values, len(values), ascii)
	var b strings.Builder
	for _, r := range drawn {
		b.WriteString(strings.Repeat(string(r), wide))
	}
	return b.String()
}
