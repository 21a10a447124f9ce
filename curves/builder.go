package curves

import (
	"benchside/plots"
	"benchside/store"
)

// perChunk is how many points a builder takes at a time: columns that double
// would hold up to twice of what they need.
const perChunk = 1 << 16

// kept is how many points a curve is reduced to that has no room: some for each
// column of the widest screen, and of a picture that is zoomed into.
const kept = 1 << 16

// Builder makes a curve of points that come part by part. With more than Room
// points it thins them and keeps the picture of all.
type Builder struct {
	Room int

	chunks []chunk
	count  int
	thin   *plots.Reducer[store.Point]
}

type chunk struct {
	steps, values []float64
	times         []int64
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
		if b.count > max(b.Room, kept) {
			b.reduce()
			b.thin.Add(p, p.Value)
			continue
		}
		b.put(p)
	}
}

func (b *Builder) put(p store.Point) {
	if n := len(b.chunks); n == 0 || len(b.chunks[n-1].steps) == perChunk {
		size := perChunk
		if n == 0 {
			size = 0 // most metrics are short
		}
		b.chunks = append(b.chunks, chunk{make([]float64, 0, size), make([]float64, 0, size), make([]int64, 0, size)})
	}
	c := &b.chunks[len(b.chunks)-1]
	c.steps, c.values, c.times = append(c.steps, p.Step.Float()), append(c.values, p.Value), append(c.times, p.Timestamp)
}

// reduce begins to thin, with what is there.
func (b *Builder) reduce() {
	b.thin = plots.NewReducer[store.Point](kept)
	for _, c := range b.chunks {
		for i := range c.steps {
			b.thin.Add(store.Point{Step: store.StepFloat(c.steps[i]), Timestamp: c.times[i], Value: c.values[i]}, c.values[i])
		}
	}
	b.chunks = nil
}

// Count is the number of points so far.
func (b *Builder) Count() int { return b.count }

// Curve returns what was added.
func (b *Builder) Curve() *Curve {
	c := &Curve{State: Whole, Total: b.count}
	if b.thin != nil {
		c.State = Reduced
		points := b.thin.Points()
		b.chunks, b.thin = nil, nil
		for _, p := range points {
			b.put(p)
		}
	}
	n := 0
	for _, k := range b.chunks {
		n += len(k.steps)
	}
	c.Steps, c.Values, c.Times = make([]float64, 0, n), make([]float64, 0, n), make([]int64, 0, n)
	for i, k := range b.chunks {
		c.Steps, c.Values, c.Times = append(c.Steps, k.steps...), append(c.Values, k.values...), append(c.Times, k.times...)
		b.chunks[i] = chunk{}
	}
	c.order()
	return c
}
