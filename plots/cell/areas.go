package cell

import (
	"math"

	"benchside/plots/scene"
)

var (
	shades      = [...]string{" ", "·", "░", "▒", "▓", "█"}
	asciiShades = [...]string{" ", ".", ":", "+", "%", "#"}
	fromLeft    = [...]string{" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}
	fromBelow   = [...]string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
)

func (c *Canvas) shade(level float64) string {
	i := int(min(max(level, 0), 1)*float64(len(shades)-1) + 0.5)
	if c.set == ASCII {
		return asciiShades[i]
	}
	return shades[i]
}

// band tints the background between its edges, or shades it without colours.
func (c *Canvas) band(b scene.Band) {
	tint, tinted := tintOf(b.Ink.Color)
	for i := range b.X {
		until := b.X[i]
		if i+1 < len(b.X) {
			until = b.X[i+1]
		}
		if math.IsNaN(b.Low[i]) || math.IsNaN(b.High[i]) || math.IsNaN(b.X[i]) || math.IsNaN(until) {
			continue
		}
		for x := max(floor(b.X[i]), 0); x <= min(floor(until), c.w-1); x++ {
			for y := max(floor(b.High[i]), 0); y <= min(floor(b.Low[i]), c.h-1); y++ {
				p := c.inArea(x, y)
				switch {
				case p == nil:
				case tinted:
					p.bg = tint
				default:
					p.sign, p.fg = c.shade(0.4), b.Ink.Color
				}
			}
		}
	}
}

// tintOf is a quiet background of the hue of a colour of the cube, false for the
// terminal's own colours.
func tintOf(c scene.Color) (scene.Color, bool) {
	n, ok := c.Index()
	if !ok || n < 16 || n > 231 {
		return 0, false
	}
	r, g, b := (n-16)/36, (n-16)/6%6, (n-16)%6
	dim := func(v uint8) uint8 { return v / 4 }
	if r/4 == 0 && g/4 == 0 && b/4 == 0 {
		return scene.Palette(236), true
	}
	return scene.Palette(16 + 36*dim(r) + 6*dim(g) + dim(b)), true
}

// rect fills whole cells, and parts of cells at its right and its upper edge.
func (c *Canvas) rect(r scene.Rect) {
	if !ordered(r.Box) {
		return
	}
	full := "█"
	if r.Ink.Color == 0 {
		full = c.shade(0.4 + 0.6*r.Level)
	}
	if c.set == ASCII {
		full = asciiShades[len(asciiShades)-1]
	}
	for y := max(floor(r.Box.Y0), 0); y < min(int(math.Ceil(r.Box.Y1)), c.h); y++ {
		for x := max(floor(r.Box.X0), 0); x < min(int(math.Ceil(r.Box.X1)), c.w); x++ {
			p := c.inArea(x, y)
			if p == nil {
				continue
			}
			sign := full
			wide := min(r.Box.X1, float64(x+1)) - max(r.Box.X0, float64(x))
			high := min(r.Box.Y1, float64(y+1)) - max(r.Box.Y0, float64(y))
			lying := high >= 1 || wide < 1 && r.Box.X1-r.Box.X0 >= r.Box.Y1-r.Box.Y0
			switch {
			case wide <= 0 || high <= 0:
				continue
			case c.set == ASCII && (wide < 0.5 || high < 0.5):
				continue
			case c.set == ASCII:
			// There are no signs for the right part of a cell, and none for the upper one.
			case lying && wide < 1 && r.Box.X1 >= float64(x+1), !lying && high < 1 && r.Box.Y0 <= float64(y):
				if min(wide, high) < 0.5 {
					continue
				}
			case lying && wide < 1:
				sign = fromLeft[eighths(wide)]
			case !lying && high < 1:
				sign = fromBelow[eighths(high)]
			}
			if sign == " " {
				continue
			}
			if p.sign == "█" && sign != full { // what was drawn before is seen beside the part
				p.bg = p.fg
			}
			p.sign, p.fg, p.bold = sign, r.Ink.Color, r.Ink.Bold
		}
	}
}

func eighths(part float64) int { return int(min(max(part, 0), 1)*8 + 0.5) }

func ordered(b scene.Box) bool { return b.X0 <= b.X1 && b.Y0 <= b.Y1 }

// heat fills its box with two values a cell, one above the other, or with one as
// a shade without colours.
func (c *Canvas) heat(h scene.Heat) {
	if h.Cols <= 0 || len(h.Values) < h.Cols || !ordered(h.Box) || h.Box.X1 == h.Box.X0 || h.Box.Y1 == h.Box.Y0 {
		return
	}
	rows := len(h.Values) / h.Cols
	value := func(x, y float64) float64 {
		col := int((x - h.Box.X0) / (h.Box.X1 - h.Box.X0) * float64(h.Cols))
		row := int((y - h.Box.Y0) / (h.Box.Y1 - h.Box.Y0) * float64(rows))
		if col < 0 || row < 0 || col >= h.Cols || row >= rows {
			return math.NaN()
		}
		return h.Values[row*h.Cols+col]
	}
	for y := max(floor(h.Box.Y0), 0); y < min(int(math.Ceil(h.Box.Y1)), c.h); y++ {
		for x := max(floor(h.Box.X0), 0); x < min(int(math.Ceil(h.Box.X1)), c.w); x++ {
			p := c.inArea(x, y)
			if p == nil {
				continue
			}
			above, below := value(float64(x)+0.5, float64(y)+0.25), value(float64(x)+0.5, float64(y)+0.75)
			if len(h.Ramp) == 0 || c.set == ASCII {
				if v := greater(above, below); !math.IsNaN(v) {
					p.sign = c.shade(0.2 + 0.8*v)
				}
				continue
			}
			c.halves(p, h.Color(above), h.Color(below))
		}
	}
}

func (c *Canvas) halves(p *cell, above, below scene.Color) {
	switch {
	case above == 0 && below == 0:
	case above == below:
		p.sign, p.fg, p.bg = " ", 0, above
	case above == 0:
		p.sign, p.fg = "▄", below
	default:
		p.sign, p.fg, p.bg = "▀", above, below
	}
}

// greater is the greater of two numbers, either of which may be missing.
func greater(a, b float64) float64 {
	switch {
	case math.IsNaN(a):
		return b
	case math.IsNaN(b):
		return a
	}
	return max(a, b)
}
