package pictures

import (
	"image/color"
	"strconv"
)

// Colours says what colours a terminal has.
type Colours int

// The zero value is 16 million.
const (
	TrueColour Colours = iota
	Colours256         // the 240 fixed ones of xterm
	Colours16          // the terminal's own, taken to be xterm's
	NoColours
)

// Color is a colour of a cell: none, which is the terminal's own, a place in
// xterm's palette, or red, green and blue.
type Color uint32

const (
	indexed Color = 1 << 24
	direct  Color = 2 << 24
)

// Index returns the place in the palette, false if it is none of it.
func (c Color) Index() (n uint8, ok bool) { return uint8(c), c&^0xff == indexed }

// RGBA returns the colour as xterm shows it, false for none.
func (c Color) RGBA() (rgb color.RGBA, ok bool) {
	if n, ok := c.Index(); ok {
		s := xterm(n)
		return color.RGBA{uint8(s[0]), uint8(s[1]), uint8(s[2]), 255}, true
	}
	return color.RGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 255}, c&direct != 0
}

// steps are the levels of xterm's cube of colours.
var steps = [6]int32{0, 95, 135, 175, 215, 255}

// first16 are the first colours of xterm.
var first16 = [16]sample{
	{0, 0, 0},
	{205, 0, 0},
	{0, 205, 0},
	{205, 205, 0},
	{0, 0, 238},
	{205, 0, 205},
	{0, 205, 205},
	{229, 229, 229},
	{127, 127, 127},
	{255, 0, 0},
	{0, 255, 0},
	{255, 255, 0},
	{92, 92, 255},
	{255, 0, 255},
	{0, 255, 255},
	{255, 255, 255},
}

func xterm(n uint8) sample {
	switch {
	case n < 16:
		return first16[n]
	case n >= 232:
		v := 8 + 10*int32(n-232)
		return sample{v, v, v}
	}
	n -= 16
	return sample{steps[n/36], steps[n/6%6], steps[n%6]}
}

// near returns the colour of a terminal that is nearest to a sample; the last
// one if no channel is farther from it than so many levels.
func (c Colours) near(s sample, last Color, levels int32) Color {
	switch c {
	case Colours256:
		return indexed | Color(nearest256(s))
	case Colours16:
		best := 0
		for i, t := range first16 {
			if apart(s, t) < apart(s, first16[best]) {
				best = i
			}
		}
		return indexed | Color(best)
	}
	if last&direct != 0 {
		l := sample{int32(last >> 16 & 0xff), int32(last >> 8 & 0xff), int32(last & 0xff)}
		if max(s[0]-l[0], l[0]-s[0], s[1]-l[1], l[1]-s[1], s[2]-l[2], l[2]-s[2]) <= levels {
			return last
		}
	}
	return direct | Color(s[0])<<16 | Color(s[1])<<8 | Color(s[2])
}

// nearest256 looks at the corners of the cube around a sample and at the grey of
// its lightness. A wrong hue is worse than a wrong lightness: a thin blue line
// must not turn grey where it is dark.
func nearest256(s sample) uint8 {
	var low [3]int
	for k, v := range s {
		for low[k] < len(steps)-2 && steps[low[k]+1] <= v {
			low[k]++
		}
	}
	grey := min(max((s[0]+s[1]+s[2])/3-3, 0)/10, 23)
	best := uint8(232 + grey)
	least := unlike(s, xterm(best))
	for corner := range 8 {
		n := uint8(16 + 36*(low[0]+corner>>2) + 6*(low[1]+corner>>1&1) + low[2] + corner&1)
		if d := unlike(s, xterm(n)); d < least {
			best, least = n, d
		}
	}
	return best
}

// unlike is apart with thrice the weight on what is not lightness.
func unlike(a, b sample) int32 {
	r, g, b2 := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	light := (2*r + 4*g + b2) / 7
	r, g, b2 = r-light, g-light, b2-light
	return 7*light*light + 3*(2*r*r+3*g*g+2*b2*b2)
}

// Lines returns the rows of a mosaic. What they have of escape sequences selects
// colours, and each row ends with a reset if it has any.
func (m Mosaic) Lines() []string {
	lines := make([]string, m.Rows)
	var b []byte
	for y := range lines {
		b = b[:0]
		var now Cell
		for _, c := range m.Cells[y*m.Cols : (y+1)*m.Cols] {
			if c.Rune == ' ' {
				c.Fg = now.Fg
			}
			b = now.change(b, c)
			now = c
			b = append(b, string(c.Rune)...)
		}
		if now.Fg != 0 || now.Bg != 0 {
			b = append(b, "\x1b[m"...)
		}
		lines[y] = string(b)
	}
	return lines
}

// change appends what leads from the colours of one cell to those of another.
func (c Cell) change(b []byte, to Cell) []byte {
	if c.Fg == to.Fg && c.Bg == to.Bg {
		return b
	}
	b = append(b, "\x1b["...)
	if c.Fg != to.Fg {
		b = to.Fg.selects(b, 30)
		if c.Bg != to.Bg {
			b = append(b, ';')
		}
	}
	if c.Bg != to.Bg {
		b = to.Bg.selects(b, 40)
	}
	return append(b, 'm')
}

// selects appends the parameters of a colour: base is 30 for text, 40 for the
// background.
func (c Color) selects(b []byte, base int64) []byte {
	n, ok := c.Index()
	switch {
	case c == 0:
		return strconv.AppendInt(b, base+9, 10)
	case ok && n < 8:
		return strconv.AppendInt(b, base+int64(n), 10)
	case ok && n < 16:
		return strconv.AppendInt(b, base+60+int64(n)-8, 10)
	case ok:
		b = strconv.AppendInt(b, base+8, 10)
		return strconv.AppendInt(append(b, ";5;"...), int64(n), 10)
	}
	b = append(strconv.AppendInt(b, base+8, 10), ";2"...)
	for shift := 16; shift >= 0; shift -= 8 {
		b = strconv.AppendInt(append(b, ';'), int64(c>>shift&0xff), 10)
	}
	return b
}
