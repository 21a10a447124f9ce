package plots

import "benchside/plots/scene"

// Traces keeps the lines of a frame for the next one, in most of which a crosshair
// moved or a legend changed but no line. Its owner calls Next before each frame; a
// scene is valid until the next but one. The zero value is ready.
type Traces struct {
	held map[traced]*kept
	free [][]scene.Point // of lines that are not drawn any more
}

// traced is all that the points of a line depend on.
type traced struct {
	x, y   *float64
	n      int
	xs, ys Scale
	dots   int
	w      int
}

type kept struct {
	points []scene.Point
	used   bool
}

// Next begins a frame: what the last one did not draw is forgotten.
func (t *Traces) Next() {
	for key, k := range t.held {
		if !k.used {
			t.free = append(t.free, k.points)
			delete(t.held, key)
		}
		k.used = false
	}
	t.free = t.free[:min(len(t.free), 2*len(t.held)+1)]
}

// of returns the points that are held under a key, or room for them.
func (t *Traces) of(key traced) (k *kept, there bool) {
	if k, there = t.held[key]; there {
		k.used = true
		return k, true
	}
	k = &kept{used: true}
	if n := len(t.free); n > 0 {
		k.points, t.free = t.free[n-1][:0], t.free[:n-1]
	}
	if t.held == nil {
		t.held = map[traced]*kept{}
	}
	t.held[key] = k
	return k, false
}

// trace returns the points of the line of a series.
func (f Frame) trace(s Series, xs, ys Scale) []scene.Point {
	if f.Traces == nil || len(s.X) == 0 {
		return f.reduce(nil, s, xs, ys)
	}
	k, there := f.Traces.of(traced{&s.X[0], &s.Y[0], len(s.X), xs, ys, f.DotsX, f.W})
	if !there {
		k.points = f.reduce(k.points, s, xs, ys)
	}
	return k.points
}
