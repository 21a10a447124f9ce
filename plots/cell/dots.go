package cell

import (
	"cmp"
	"math"

	"benchside/plots/scene"
)

func floor(v float64) int { return int(math.Floor(min(max(v, -1e9), 1e9))) }

// line draws the stretches of a line, a gap between them.
func (c *Canvas) line(l scene.Line, owner uint16) {
	dx, dy := c.set.Size()
	ink := dot{owner: owner, faint: l.Ink.Faint, color: l.Ink.Color, bold: l.Ink.Bold}
	pen := pen{canvas: c, ink: ink, dash: l.Ink.Dash}
	pen.x0, pen.y0 = int(math.Ceil(c.area.X0))*dx, int(math.Ceil(c.area.Y0))*dy
	pen.x1, pen.y1 = int(min(math.Ceil(c.area.X1), float64(c.w)))*dx, int(min(math.Ceil(c.area.Y1), float64(c.h)))*dy
	pen.x0, pen.y0 = max(pen.x0, 0), max(pen.y0, 0)
	c.signs[owner] = l.Sign
	drawn := false // the stretch has a point
	var last scene.Point
	for _, p := range l.Points {
		if math.IsNaN(p.X) || math.IsNaN(p.Y) {
			drawn = false
			continue
		}
		// Bounded, so that cutting the line loses no digits that count.
		const far = 1e6
		p = scene.Point{X: min(max(p.X*float64(dx), -far), far), Y: min(max(p.Y*float64(dy), -far), far)}
		if !drawn {
			pen.dot(floor(p.X), floor(p.Y))
		} else {
			pen.stroke(last, p)
		}
		last, drawn = p, true
	}
}

// pen draws dots within the area, leaving out those of its dashes.
type pen struct {
	canvas         *Canvas
	ink            dot
	dash           uint8
	drawn          int
	x0, y0, x1, y1 int // dots of the area; x1 and y1 are the first behind it
}

func (p *pen) dot(x, y int) {
	if x < p.x0 || x >= p.x1 || y < p.y0 || y >= p.y1 {
		return
	}
	p.drawn++
	if p.dash != 0 && p.dash>>(p.drawn%8)&1 == 0 {
		return
	}
	at := &p.canvas.dots[x*p.canvas.high+y]
	if at.owner != 0 && !at.faint && p.ink.faint {
		return
	}
	*at = p.ink
}

// stroke draws from one point to the next without the first, by Bresenham's
// algorithm on the dots that the points lie in. Where a point lies far outside,
// the line is cut first.
func (p *pen) stroke(from, to scene.Point) {
	from, to, ok := p.clip(from, to)
	if !ok {
		return
	}
	x, y, tx, ty := floor(from.X), floor(from.Y), floor(to.X), floor(to.Y)
	if x == tx {
		p.upright(x, y, ty)
		return
	}
	dx, dy := abs(tx-x), -abs(ty-y)
	sx, sy := sign(tx-x), sign(ty-y)
	for e := dx + dy; x != tx || y != ty; {
		twice := 2 * e
		if twice >= dy {
			e += dy
			x += sx
		}
		if twice <= dx {
			e += dx
			y += sy
		}
		p.dot(x, y)
	}
}

// upright is stroke within a column of dots, which most of a long series is.
func (p *pen) upright(x, y, ty int) {
	if x < p.x0 || x >= p.x1 || y == ty {
		return
	}
	step := sign(ty - y)
	y += step
	if step > 0 {
		y, ty = max(y, p.y0), min(ty, p.y1-1)
	} else {
		y, ty = min(y, p.y1-1), max(ty, p.y0)
	}
	for n, at := (ty-y)*step, x*p.canvas.high+y; n >= 0; n, at = n-1, at+step {
		p.drawn++
		if p.dash != 0 && p.dash>>(p.drawn%8)&1 == 0 {
			continue
		}
		if d := &p.canvas.dots[at]; d.owner == 0 || d.faint || !p.ink.faint {
			*d = p.ink
		}
	}
}

// clip cuts a line to a box a good way around the area (Liang and Barsky), so
// that points inside of it stay what they are.
func (p *pen) clip(a, b scene.Point) (scene.Point, scene.Point, bool) {
	const margin = 64 // dots
	left, right, top, bottom := float64(p.x0-margin), float64(p.x1+margin), float64(p.y0-margin), float64(p.y1+margin)
	if min(a.X, b.X) >= left && max(a.X, b.X) <= right && min(a.Y, b.Y) >= top && max(a.Y, b.Y) <= bottom {
		return a, b, true // as most are
	}
	t0, t1 := 0.0, 1.0
	dx, dy := b.X-a.X, b.Y-a.Y
	for _, edge := range [...][2]float64{{-dx, a.X - left}, {dx, right - a.X}, {-dy, a.Y - top}, {dy, bottom - a.Y}} {
		switch d, q := edge[0], edge[1]; {
		case d == 0 && q < 0:
			return a, b, false
		case d < 0:
			t0 = max(t0, q/d)
		case d > 0:
			t1 = min(t1, q/d)
		}
	}
	if t0 > t1 {
		return a, b, false
	}
	if t1 < 1 {
		b = scene.Point{X: a.X + t1*dx, Y: a.Y + t1*dy}
	}
	if t0 > 0 {
		a = scene.Point{X: a.X + t0*dx, Y: a.Y + t0*dy}
	}
	return a, b, true
}

func abs(n int) int { return max(n, -n) }

func sign(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}

// dotted returns the sign of the dots of a cell and the ink of whoever has most
// of them; of equals whoever was drawn last. Faint dots are not shown beside
// others.
func (c *Canvas) dotted(x, y int) (sign string, ink dot, back scene.Color, ok bool) {
	mask, best, mixed := c.cellDots(x, y)
	if mask == 0 {
		return "", dot{}, 0, false
	}
	if mixed {
		mask, best = c.elect(x, y)
	}
	if c.set == ASCII {
		if best.faint {
			return ".", best, 0, true
		}
		return cmp.Or(c.signs[best.owner], "*"), best, 0, true
	}
	if mixed && len(c.votes) == 2 && c.set == HalfBlock && c.votes[1].d.color != 0 {
		return "▀", c.votes[0].d, c.votes[1].d.color, true
	}
	return c.set.Sign(mask), best, 0, true
}

// cellDots sums up the dots of a cell; mixed, if not all have one owner and strength.
func (c *Canvas) cellDots(x, y int) (mask int, one dot, mixed bool) {
	dx, dy := c.set.Size()
	for i := range dx {
		from := (x*dx+i)*c.high + y*dy
		for j, d := range c.dots[from : from+dy] {
			if d.owner == 0 {
				continue
			}
			mixed = mixed || mask != 0 && (d.owner != one.owner || d.faint != one.faint)
			mask |= c.set.Bit(i, j)
			one = d
		}
	}
	return mask, one, mixed
}

// elect finds the ink of a cell in which several have dots, and the dots that are
// shown of it.
func (c *Canvas) elect(x, y int) (mask int, ink dot) {
	dx, dy := c.set.Size()
	c.votes = c.votes[:0]
	strong := false
	for i := range dx {
		from := (x*dx+i)*c.high + y*dy
		for _, d := range c.dots[from : from+dy] {
			strong = strong || d.owner != 0 && !d.faint
		}
	}
	for i := range dx {
		from := (x*dx+i)*c.high + y*dy
		for j, d := range c.dots[from : from+dy] {
			if d.owner == 0 || strong && d.faint {
				continue
			}
			mask |= c.set.Bit(i, j)
			c.vote(d)
		}
	}
	best := c.votes[0]
	for _, v := range c.votes[1:] {
		if v.n > best.n || v.n == best.n && v.owner > best.owner {
			best = v
		}
	}
	return mask, best.d
}

func (c *Canvas) vote(d dot) {
	for i := range c.votes {
		if c.votes[i].owner == d.owner {
			c.votes[i].n++
			return
		}
	}
	c.votes = append(c.votes, vote{d.owner, 1, d})
}
