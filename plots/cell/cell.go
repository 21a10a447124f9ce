// Package cell draws a scene in the cells of a terminal: lines and markers as
// dots of braille, areas as blocks. It knows no chart and writes to no terminal.
package cell

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"benchside/plots/scene"
)

// Canvas holds the cells of a picture. It is reused from frame to frame by one
// goroutine. The zero value is ready.
type Canvas struct {
	set   Dots
	w, h  int
	cells []cell
	dots  []dot // column by column, as most of a long series is drawn
	high  int   // dots of a column
	area  scene.Box
	votes []vote
	signs []string // of the lines by owner, see scene.Line
	out   []byte
}

// cell is one cell of the screen without its dots.
type cell struct {
	sign       string // "" is blank
	fg, bg     scene.Color
	bold, over bool // over lies on top of dots
	wide       bool // the second half of a sign of two cells
}

// dot is who owns a dot: 0 for nobody.
type dot struct {
	color scene.Color
	owner uint16 // 1 + place in inks
	faint bool
	bold  bool
}

type vote struct {
	owner uint16
	n     int
	d     dot
}

// Lines draws a scene and returns its rows, each of exactly the scene's width.
// What they have of escape sequences selects colours and weight, and each row
// ends with a reset if it has any.
func (c *Canvas) Lines(s *scene.Scene, set Dots) []string {
	c.begin(s, set)
	c.signs = cleared(c.signs, min(len(s.Items)+1, 1<<16))
	for i, item := range s.Items {
		c.draw(item, uint16(min(i+1, 1<<16-1)))
	}
	rows, ends := make([]string, s.H), make([]int, s.H)
	c.out = c.out[:0]
	for y := range rows {
		c.row(y)
		ends[y] = len(c.out)
	}
	all, from := string(c.out), 0 // one string for all rows
	for y, end := range ends {
		rows[y], from = all[from:end], end
	}
	return rows
}

func (c *Canvas) begin(s *scene.Scene, set Dots) {
	c.set, c.w, c.h, c.area = set, max(s.W, 0), max(s.H, 0), s.Area
	dx, dy := set.Size()
	c.cells = cleared(c.cells, c.w*c.h)
	c.high = c.h * dy
	c.dots = cleared(c.dots, c.w*dx*c.high)
}

func cleared[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func (c *Canvas) draw(item scene.Item, owner uint16) {
	switch i := item.(type) {
	case scene.Line:
		c.line(i, owner)
	case scene.Band:
		c.band(i)
	case scene.Rect:
		c.rect(i)
	case scene.Heat:
		c.heat(i)
	case scene.Marker:
		c.marker(i)
	case scene.Rule:
		c.rule(i)
	case scene.Text:
		c.text(i)
	case scene.Rules:
		for _, r := range i {
			c.rule(r)
		}
	case scene.Texts:
		for _, t := range i {
			c.text(t)
		}
	}
}

// at returns a cell to write into. Half of a wide sign does not stay.
func (c *Canvas) at(x, y int) *cell {
	if x < 0 || y < 0 || x >= c.w || y >= c.h {
		return nil
	}
	row := c.cells[y*c.w : (y+1)*c.w]
	if row[x].wide {
		row[x-1].sign, row[x].wide = "", false
	}
	if x+1 < c.w && row[x+1].wide {
		row[x+1].wide, row[x].sign = false, ""
	}
	return &row[x]
}

// inArea is at for what is cut at the edges of the data.
func (c *Canvas) inArea(x, y int) *cell {
	if float64(x) < c.area.X0 || float64(y) < c.area.Y0 || float64(x) >= c.area.X1 || float64(y) >= c.area.Y1 {
		return nil
	}
	return c.at(x, y)
}

func (c *Canvas) rule(r scene.Rule) {
	x0, y0, x1, y1 := int(r.From.X), int(r.From.Y), int(r.To.X), int(r.To.Y)
	sign := string(r.Sign)
	for y := max(y0, 0); y <= min(y1, c.h-1); y++ {
		for x := max(x0, 0); x <= min(x1, c.w-1); x++ {
			p := c.at(x, y)
			p.sign, p.fg, p.bold = sign, r.Ink.Color, r.Ink.Bold
		}
	}
}

// text writes words sign by sign, so that a wide one takes two cells and what is
// beyond the edges is cut. Controls are left out.
func (c *Canvas) text(t scene.Text) {
	x := t.X
	switch wide := ansi.StringWidth(t.Text); t.Anchor {
	case scene.Middle:
		x -= wide / 2
	case scene.End:
		x -= wide - 1
	}
	rest := strings.ToValidUTF8(t.Text, "\uFFFD")
	for rest != "" {
		sign, wide := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		if sign == "" {
			return
		}
		rest = rest[len(sign):]
		if wide <= 0 || sign[0] < ' ' || sign[0] == 0x7f {
			continue
		}
		c.put(x, t.Y, sign, wide, t)
		x += wide
	}
}

func (c *Canvas) put(x, y int, sign string, wide int, t scene.Text) {
	if x < 0 || x+wide > c.w {
		return
	}
	for i := range wide {
		p := c.at(x+i, y)
		if p == nil {
			return
		}
		back := p.bg
		if t.Back != 0 {
			back = t.Back
		}
		*p = cell{fg: t.Ink.Color, bg: back, bold: t.Ink.Bold, over: true, wide: i > 0}
		if i == 0 {
			p.sign = sign
		}
	}
}

func (c *Canvas) marker(m scene.Marker) {
	if m.At.X != m.At.X || m.At.Y != m.At.Y { // NaN
		return
	}
	p := c.inArea(floor(m.At.X), floor(m.At.Y))
	if p == nil {
		return
	}
	if m.Sign != "" {
		c.text(m.Text())
		return
	}
	p.sign, p.fg, p.bold, p.over = scene.Shape(m.Shape, c.set == ASCII), m.Ink.Color, m.Ink.Bold, true
}

// style is what a cell looks like, to be changed only where it differs.
type style struct {
	fg, bg scene.Color
	bold   bool
}

func (c *Canvas) row(y int) {
	var now style
	for x := range c.w {
		p := &c.cells[y*c.w+x]
		if p.wide {
			continue
		}
		sign, want := p.sign, style{p.fg, p.bg, p.bold}
		if !p.over {
			if s, ink, back, ok := c.dotted(x, y); ok {
				if back == 0 {
					back = p.bg
				}
				sign, want = s, style{ink.color, back, ink.bold}
			}
		}
		if sign == "" {
			sign, want = " ", style{bg: p.bg}
		}
		if want != now {
			c.out = now.change(c.out, want)
			now = want
		}
		c.out = append(c.out, sign...)
	}
	if now != (style{}) {
		c.out = append(c.out, "\x1b[m"...)
	}
}

// change appends the escape sequence that leads from one style to the next.
func (s style) change(b []byte, to style) []byte {
	b = append(b, "\x1b["...)
	if to == (style{}) {
		return append(b, 'm')
	}
	start := len(b)
	param := func(text string) {
		if len(b) > start {
			b = append(b, ';')
		}
		b = append(b, text...)
	}
	if s.bold && !to.bold || s.fg != 0 && to.fg == 0 || s.bg != 0 && to.bg == 0 {
		param("0")
		s = style{}
	}
	if to.bold && !s.bold {
		param("1")
	}
	if to.fg != s.fg {
		param(selector(to.fg, &textParams, "38;2;"))
	}
	if to.bg != s.bg {
		param(selector(to.bg, &backParams, "48;2;"))
	}
	return append(b, 'm')
}

// selector returns the parameters that select a colour.
func selector(c scene.Color, palette *[256]string, long string) string {
	if n, ok := c.Index(); ok || c == 0 {
		return palette[n]
	}
	r, g, b, _ := c.RGB()
	return long + strconv.Itoa(int(r)) + ";" + strconv.Itoa(int(g)) + ";" + strconv.Itoa(int(b))
}

// These are the parameters that select each colour of the palette as text and
// as background.
var textParams, backParams = selectors(30, 90, "38;5;"), selectors(40, 100, "48;5;")

func selectors(plain, bright int, long string) (params [256]string) {
	for n := range params {
		switch {
		case n < 8:
			params[n] = strconv.Itoa(plain + n)
		case n < 16:
			params[n] = strconv.Itoa(bright + n - 8)
		default:
			params[n] = long + strconv.Itoa(n)
		}
	}
	return params
}
