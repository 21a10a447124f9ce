package vector

import "math"

// figure is a part of a path: points joined by lines.
type figure struct {
	points []point
	closed bool
}

// outline collects the figures of a path. Curves become lines while they are
// read; fine is how many pixels a unit is, so that they look round.
type outline struct {
	figures []figure
	fine    float64
	left    int // points that may still be added
	over    bool
	at      point // where the pen is
	turn    point // the last control point of a curve, for S and T
}

func (o *outline) move(p point) {
	o.at, o.turn = p, p
	o.figures = append(o.figures, figure{points: []point{p}})
	o.left--
}

func (o *outline) line(p point) {
	if o.left <= 0 || len(o.figures) == 0 {
		o.over = o.over || o.left <= 0
		return
	}
	last := &o.figures[len(o.figures)-1]
	if last.closed { // what follows a close begins where that ended
		o.figures = append(o.figures, figure{points: []point{o.at}})
		last = &o.figures[len(o.figures)-1]
	}
	last.points = append(last.points, p)
	o.at, o.turn = p, p
	o.left--
}

func (o *outline) close() {
	if len(o.figures) == 0 {
		return
	}
	last := &o.figures[len(o.figures)-1]
	last.closed = true
	o.at, o.turn = last.points[0], last.points[0]
}

// steps is how many lines a curve of a length becomes.
func (o *outline) steps(long float64) int {
	const most = 128
	n := math.Sqrt(long*o.fine) * 3 // off by a twentieth of a pixel at most
	if !(n < most) {
		return most
	}
	return max(int(n), 4)
}

func (o *outline) cube(b, c, d point) {
	a := o.at
	n := o.steps(math.Hypot(b.x-a.x, b.y-a.y) + math.Hypot(c.x-b.x, c.y-b.y) + math.Hypot(d.x-c.x, d.y-c.y))
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		p, q, r, s := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		o.line(point{p*a.x + q*b.x + r*c.x + s*d.x, p*a.y + q*b.y + r*c.y + s*d.y})
	}
	o.turn = c
}

func (o *outline) quad(b, c point) {
	a := o.at
	third := func(p point) point { return point{p.x + 2*(b.x-p.x)/3, p.y + 2*(b.y-p.y)/3} }
	o.cube(third(a), third(c), c)
	o.turn = b
}

// arc draws a part of an ellipse: SVG 1.1, appendix F.6.
func (o *outline) arc(rx, ry, turned float64, large, sweep bool, to point) {
	from := o.at
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || from == to {
		o.line(to)
		return
	}
	sin, cos := math.Sincos(turned * math.Pi / 180)
	dx, dy := (from.x-to.x)/2, (from.y-to.y)/2
	x, y := cos*dx+sin*dy, -sin*dx+cos*dy
	if over := x*x/(rx*rx) + y*y/(ry*ry); over > 1 {
		rx, ry = rx*math.Sqrt(over), ry*math.Sqrt(over)
	}
	rest := rx*rx*ry*ry - rx*rx*y*y - ry*ry*x*x
	root := math.Sqrt(max(rest, 0) / (rx*rx*y*y + ry*ry*x*x))
	if large == sweep {
		root = -root
	}
	cx, cy := root*rx*y/ry, -root*ry*x/rx
	mid := point{cos*cx - sin*cy + (from.x+to.x)/2, sin*cx + cos*cy + (from.y+to.y)/2}
	start := math.Atan2((y-cy)/ry, (x-cx)/rx)
	swept := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - start
	if sweep && swept < 0 {
		swept += 2 * math.Pi
	}
	if !sweep && swept > 0 {
		swept -= 2 * math.Pi
	}
	n := o.steps(math.Abs(swept) * max(rx, ry))
	for i := 1; i < n; i++ {
		s, c := math.Sincos(start + swept*float64(i)/float64(n))
		o.line(point{cos*rx*c - sin*ry*s + mid.x, sin*rx*c + cos*ry*s + mid.y})
	}
	o.line(to)
}

// arguments is how many numbers a command takes.
var arguments = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'T': 2, 'A': 7, 'Z': 0}

// data reads the commands of a path up to the first that is wrong, as browsers
// do.
func (o *outline) data(text string) {
	s := scanner{text}
	command := byte(0)
	for !o.over {
		s.blanks()
		if s.s == "" {
			return
		}
		if c := s.s[0] &^ 0x20; c >= 'A' && c <= 'Z' {
			command = s.s[0]
			s.s = s.s[1:]
		} else if command&^0x20 == 'Z' || command == 0 {
			return
		}
		n, known := arguments[command&^0x20]
		if !known || len(o.figures) == 0 && command&^0x20 != 'M' {
			return
		}
		var v [7]float64
		if !s.arguments(command, v[:n]) {
			return
		}
		o.command(command, v)
		if command&^0x20 == 'M' { // further points are lines
			command = command - 'M' + 'L'
		}
	}
}

func (s *scanner) arguments(command byte, v []float64) bool {
	for i := range v {
		var ok bool
		if command&^0x20 == 'A' && (i == 3 || i == 4) {
			var set bool
			if set, ok = s.flag(); set {
				v[i] = 1
			}
		} else {
			v[i], ok = s.number()
		}
		if !ok {
			return false
		}
	}
	return true
}

func (o *outline) command(command byte, v [7]float64) {
	var from point
	if command >= 'a' {
		from = o.at
	}
	at := func(i int) point { return point{from.x + v[i], from.y + v[i+1]} }
	mirrored := point{2*o.at.x - o.turn.x, 2*o.at.y - o.turn.y}
	switch command &^ 0x20 {
	case 'M':
		o.move(at(0))
	case 'L':
		o.line(at(0))
	case 'H':
		o.line(point{from.x + v[0], o.at.y})
	case 'V':
		o.line(point{o.at.x, from.y + v[0]})
	case 'C':
		o.cube(at(0), at(2), at(4))
	case 'S':
		o.cube(mirrored, at(0), at(2))
	case 'Q':
		o.quad(at(0), at(2))
	case 'T':
		o.quad(mirrored, at(0))
	case 'A':
		o.arc(v[0], v[1], v[2], v[3] != 0, v[4] != 0, at(5))
	case 'Z':
		o.close()
	}
}

func (o *outline) ellipse(c point, rx, ry float64) {
	if !(rx > 0 && ry > 0) {
		return
	}
	o.move(point{c.x + rx, c.y})
	o.arc(rx, ry, 0, false, true, point{c.x - rx, c.y})
	o.arc(rx, ry, 0, false, true, point{c.x + rx, c.y})
	o.close()
}

func (o *outline) rect(b box, rx, ry float64) {
	if !(b.w > 0 && b.h > 0) {
		return
	}
	rx, ry = min(max(rx, 0), b.w/2), min(max(ry, 0), b.h/2)
	x, y, right, low := b.x, b.y, b.x+b.w, b.y+b.h
	o.move(point{x + rx, y})
	corner := func(to, end point) {
		o.line(to)
		if rx > 0 && ry > 0 {
			o.arc(rx, ry, 0, false, true, end)
		}
	}
	corner(point{right - rx, y}, point{right, y + ry})
	corner(point{right, low - ry}, point{right - rx, low})
	corner(point{x + rx, low}, point{x, low - ry})
	corner(point{x, y + ry}, point{x + rx, y})
	o.close()
}
