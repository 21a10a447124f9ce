package curves

import (
	"slices"

	"benchside/plots"
	"benchside/store"
)

// perChunk is how many points a builder takes at a time: columns that double
// would hold up to twice of what they need.
const perChunk = 1 << 16

// kept is how many points a curve is reduced to that has no room: some for each
// column of the widest screen, and of a picture that is zoomed into.
const kept = 1 << 16

// Builder makes a curve of points that come part by part. Where they take more than
// Room it thins them and keeps the picture of all.
type Builder struct {
	Room int // bytes; columns that are shared take none

	steps, values column[float64]
	times         column[int64]
	thin          *plots.Reducer[store.Point]
	count         int
}

// Share lets the curve use the columns of others as far as its own are like them:
// runs that log at the same steps, metrics that are logged together.
func (b *Builder) Share(others ...*Curve) {
	for _, o := range others {
		b.steps.likely = append(b.steps.likely, o.Steps)
		b.times.likely = append(b.times.likely, o.Times)
	}
}

// Add takes points, in any order unless they are thinned: then in that of their
// steps.
func (b *Builder) Add(points []store.Point) {
	for _, p := range points {
		b.count++
		if b.thin != nil {
			b.thin.Add(p, p.Value)
			continue
		}
		b.put(p)
		if b.count > kept && b.bytes() > b.Room {
			b.reduce()
		}
	}
}

func (b *Builder) bytes() int { return 8 * (b.steps.own() + b.values.own() + b.times.own()) }

func (b *Builder) put(p store.Point) {
	b.steps.add(p.Step.Float())
	b.values.add(p.Value)
	b.times.add(p.Timestamp)
}

// reduce begins to thin, with what is there.
func (b *Builder) reduce() {
	b.thin = plots.NewReducer[store.Point](kept)
	for i := range b.values.n {
		v := b.values.at(i)
		b.thin.Add(store.Point{Step: store.StepFloat(b.steps.at(i)), Timestamp: b.times.at(i), Value: v}, v)
	}
	b.steps, b.values, b.times = column[float64]{}, column[float64]{}, column[int64]{}
}

// Count is the number of points so far.
func (b *Builder) Count() int { return b.count }

// Curve returns what was added.
func (b *Builder) Curve() *Curve {
	c := &Curve{State: Whole, Total: b.count}
	if b.thin != nil {
		c.State = Reduced
		points := b.thin.Points()
		b.thin = nil
		for _, p := range points {
			b.put(p)
		}
	}
	c.Steps, c.Values, c.Times = b.steps.all(), b.values.all(), b.times.all()
	c.order()
	return c
}

// column collects numbers in chunks, or, as long as they are those of another
// column, only counts them.
type column[T int64 | float64] struct {
	likely [][]T // columns that it may be like
	like   []T   // that which it was like so far
	chunks [][]T
	n      int
}

func (c *column[T]) add(v T) {
	if c.n == 0 {
		for _, o := range c.likely {
			if len(o) > len(c.like) && o[0] == v {
				c.like = o
			}
		}
	}
	if c.like != nil {
		if c.n < len(c.like) && c.like[c.n] == v {
			c.n++
			return
		}
		c.leave()
	}
	if c.n%perChunk == 0 {
		size := perChunk
		if c.n == 0 {
			size = 0 // most metrics are short
		}
		c.chunks = append(c.chunks, make([]T, 0, size))
	}
	last := &c.chunks[len(c.chunks)-1]
	*last = append(*last, v)
	c.n++
}

// leave ends the likeness and copies what was like.
func (c *column[T]) leave() {
	like := c.like[:c.n]
	c.like, c.likely, c.n = nil, nil, 0
	for _, v := range like {
		c.add(v)
	}
}

// own is how many numbers the column does not share.
func (c *column[T]) own() int {
	if c.like != nil {
		return 0
	}
	return c.n
}

func (c *column[T]) at(i int) T {
	if c.like != nil {
		return c.like[i]
	}
	return c.chunks[i/perChunk][i%perChunk]
}

// all is the column in one piece; the builder has it no longer.
func (c *column[T]) all() []T {
	if c.like != nil {
		return slices.Clip(c.like[:c.n])
	}
	out := make([]T, 0, c.n)
	for i, k := range c.chunks {
		out = append(out, k...)
		c.chunks[i] = nil
	}
	return out
}
