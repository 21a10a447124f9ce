package vector

import "math"

// stroker turns lines into the figures that their strokes cover. All of them
// turn the same way, so that the rasteriser adds what overlaps.
type stroker struct {
	pen
	half   float64
	corner int // corners of a circle
	out    []figure
	room   []point // for points of figures: millions of small ones are slow to allocate
	left   int
	over   bool
}

// stroked returns what the strokes of figures cover; fine is how many pixels a
// unit is, left how many points there may be.
func stroked(figures []figure, with pen, fine float64, left int) (out []figure, spent int, over bool) {
	k := &stroker{pen: with, half: with.width / 2, left: left}
	k.corner = min(max(int(4+2*math.Sqrt(max(k.half*fine, 0))*3), 6), 40)
	const finest = 0.05 // of a pixel: what is dashed finer looks solid
	period := 0.0
	for _, d := range with.dashes {
		period += d
	}
	for _, f := range figures {
		points := distinct(f.points)
		if f.closed && len(points) > 1 && points[0] == points[len(points)-1] {
			points = points[:len(points)-1]
		}
		if period*fine > finest {
			k.dash(points, f.closed)
		} else {
			k.run(points, f.closed && len(points) > 2)
		}
	}
	return k.out, left - k.left, k.over
}

// distinct leaves out points that are where the last one is.
func distinct(points []point) []point {
	out := make([]point, 0, len(points))
	for i, p := range points {
		if i == 0 || p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	return out
}

func (k *stroker) add(points ...point) {
	if k.left -= len(points); k.left < 0 {
		k.over = true
		return
	}
	const rooms = 4096
	if len(points) > cap(k.room)-len(k.room) {
		k.room = make([]point, 0, rooms)
	}
	at := len(k.room)
	k.room = append(k.room, points...)
	k.out = append(k.out, figure{points: k.room[at:len(k.room):len(k.room)], closed: true})
}

// run strokes points that are joined.
func (k *stroker) run(points []point, closed bool) {
	n := len(points)
	if n == 1 {
		k.dot(points[0])
		return
	}
	for i := 1; i < n && !k.over; i++ {
		a, b := points[i-1], points[i]
		if !closed && k.squareCap {
			d := k.along(a, b)
			if i == 1 {
				a = point{a.x - d.x, a.y - d.y}
			}
			if i == n-1 {
				b = point{b.x + d.x, b.y + d.y}
			}
		}
		k.segment(a, b)
		if i+1 < n {
			k.join(points[i-1], points[i], points[i+1])
		}
	}
	if closed {
		k.segment(points[n-1], points[0])
		k.join(points[n-2], points[n-1], points[0])
		k.join(points[n-1], points[0], points[1])
		return
	}
	if k.roundCap {
		k.circle(points[0])
		k.circle(points[n-1])
	}
}

// along is half the width in the direction from a to b.
func (k *stroker) along(a, b point) point {
	dx, dy := b.x-a.x, b.y-a.y
	long := math.Hypot(dx, dy)
	return point{dx / long * k.half, dy / long * k.half}
}

func (k *stroker) segment(a, b point) {
	d := k.along(a, b)
	k.add(point{a.x - d.y, a.y + d.x}, point{b.x - d.y, b.y + d.x}, point{b.x + d.y, b.y - d.x}, point{a.x + d.y, a.y - d.x})
}

func (k *stroker) circle(c point) {
	points := make([]point, k.corner)
	for i := range points {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / float64(k.corner))
		points[i] = point{c.x + k.half*cos, c.y + k.half*sin}
	}
	k.add(points...)
}

// dot is a line without length, which has caps only.
func (k *stroker) dot(c point) {
	switch h := k.half; {
	case k.roundCap:
		k.circle(c)
	case k.squareCap:
		k.add(point{c.x - h, c.y + h}, point{c.x + h, c.y + h}, point{c.x + h, c.y - h}, point{c.x - h, c.y - h})
	}
}

// join fills the gap on the outer side of a bend.
func (k *stroker) join(a, b, c point) {
	d, e := k.along(a, b), k.along(b, c)
	turn := d.x*e.y - d.y*e.x
	straight := (d.x*e.x + d.y*e.y) / (k.half * k.half) // the cosine of the bend
	if straight > 0.9999 || k.half == 0 {
		return
	}
	if k.roundJoin {
		k.circle(b)
		return
	}
	// The outer corners; the order makes them turn as segments do.
	from, to := point{b.x + d.y, b.y - d.x}, point{b.x + e.y, b.y - e.x}
	if turn < 0 {
		from, to = point{b.x - e.y, b.y + e.x}, point{b.x - d.y, b.y + d.x}
	}
	// The miter is 1/sin of half the angle between the lines.
	if sine := math.Sqrt(max((1+straight)/2, 0)); !k.bevelJoin && sine*k.miter >= 1 {
		mid := point{(from.x+to.x)/2 - b.x, (from.y+to.y)/2 - b.y}
		if long := math.Hypot(mid.x, mid.y); long > 0 {
			tip := k.half / sine / long
			k.add(b, to, point{b.x + mid.x*tip, b.y + mid.y*tip}, from)
			return
		}
	}
	k.add(b, to, from)
}

// dash strokes the parts of a line that the dashes leave.
func (k *stroker) dash(points []point, closed bool) {
	if closed && len(points) > 0 {
		points = append(points, points[0])
	}
	at, rest := k.begin()
	var part []point
	for i := 1; i < len(points) && !k.over; i++ {
		a, b := points[i-1], points[i]
		long, done := math.Hypot(b.x-a.x, b.y-a.y), 0.0
		if at%2 == 0 && len(part) == 0 {
			part = append(part, a)
		}
		for long-done > rest && !k.over {
			done += rest
			p := point{a.x + (b.x-a.x)*done/long, a.y + (b.y-a.y)*done/long}
			if at%2 == 0 {
				k.run(distinct(append(part, p)), false)
				part = nil
			} else {
				part = []point{p}
			}
			at = (at + 1) % len(k.dashes)
			rest = k.dashes[at]
			k.left-- // dashes without length end, too
			k.over = k.over || k.left < 0
		}
		rest -= long - done
		if at%2 == 0 {
			part = append(part, b)
		}
	}
	if len(part) > 1 {
		k.run(distinct(part), false)
	}
}

// begin returns the dash at which a line starts, and what is left of it.
func (k *stroker) begin() (at int, rest float64) {
	sum := 0.0
	for _, d := range k.dashes {
		sum += d
	}
	offset := math.Mod(k.dashed, sum)
	if offset < 0 {
		offset += sum
	}
	for at := range k.dashes {
		if offset < k.dashes[at] {
			return at, k.dashes[at] - offset
		}
		offset -= k.dashes[at]
	}
	return 0, k.dashes[0]
}
