package curves

import (
	"math"
	"slices"
	"testing"

	"benchside/store"
)

func TestCurvesAreAligned(t *testing.T) {
	points := []store.Point{
		{Step: store.StepOf(3), Timestamp: 9_000, Value: 1}, {Step: store.StepFloat(1.5), Timestamp: 4_000, Value: 2}, {Step: store.StepOf(-1), Timestamp: 4_500, Value: math.Inf(1)},
	}
	for by, want := range map[Across][]float64{Steps: {-1, 1.5, 3}, Elapsed: {0, 0.5, 5}, Clock: {4_000, 4_500, 9_000}} {
		values := []float64{math.Inf(1), 2, 1}
		if by != Steps {
			values = []float64{2, math.Inf(1), 1}
		}
		s := New(points, Whole).Series("a", "a", by)
		if !slices.Equal(s.X, want) || !slices.Equal(s.Y, values) {
			t.Errorf("by %d: got %v, %v; want %v, %v", by, s.X, s.Y, want, values)
		}
	}
	if s := New(nil, Whole).Series("a", "a", Elapsed); len(s.X)+len(s.Y) > 0 {
		t.Errorf("of nothing: %v, %v", s.X, s.Y)
	}
}

func point(step, time int64, value float64) store.Point {
	return store.Point{Step: store.StepOf(step), Timestamp: time, Value: value}
}

func TestPointsThatCome(t *testing.T) {
	c := New([]store.Point{point(1, 10, 1), point(2, 20, 2), point(2, 30, 3), point(4, 40, math.NaN())}, Whole)
	c.Series("a", "a", Steps)
	for _, p := range []store.Point{point(4, 40, math.NaN()), point(2, 20, 2), point(5, 50, 5), point(2, 25, 9), point(0, 60, 0)} {
		c.Add(p)
	}
	got := c.Series("a", "a", Steps)
	if want := []float64{0, 1, 2, 2, 2, 4, 5}; !slices.Equal(got.X, want) || c.Total != len(want) {
		t.Errorf("steps %v of %d, want %v", got.X, c.Total, want)
	}
	if want := []float64{0, 1, 2, 9, 3}; !slices.Equal(got.Y[:5], want) {
		t.Errorf("values %v, want %v first: equal steps by time", got.Y, want)
	}
	if got.Facts.Repeated != 2 || got.Facts.NaNs != 1 {
		t.Errorf("facts %+v", got.Facts)
	}
}

func TestSharedColumnsCountOnceAndStayApart(t *testing.T) {
	of := func(scale float64) *Curve {
		var b Builder
		b.Room = 1000
		for i := range int64(1000) {
			b.Add([]store.Point{point(i, i, float64(i)*scale)})
		}
		return b.Curve()
	}
	a, b := of(1), of(2)
	apart := Bytes([]*Curve{a, b})
	b.Share(a)
	if together := Bytes([]*Curve{a, b}); apart != 48_000 || together != 32_000 {
		t.Errorf("%d bytes apart, %d together; want 48000 and 32000", apart, together)
	}
	a.Add(point(1000, 1000, 7))
	b.Add(point(2000, 2000, 8))
	if a.Steps[1000] != 1000 || b.Steps[1000] != 2000 {
		t.Errorf("a point of one curve is in the other: %v, %v", a.Steps[1000], b.Steps[1000])
	}
}

func TestABuilderSharesColumnsAsFarAsTheyAreAlike(t *testing.T) {
	const n = 3*perChunk + 7
	of := func(value float64, apartFrom int64, length int64) []store.Point {
		var points []store.Point
		for i := range length {
			p := point(i, 10*i, value)
			if i >= apartFrom {
				p = point(i+1, 10*i+5, value)
			}
			points = append(points, p)
		}
		return points
	}
	first := New(of(1, n, n), Whole)
	for what, c := range map[string]struct {
		points []store.Point
		bytes  int // beside those of the first
	}{
		"all alike":          {of(2, n, n), 8 * n},
		"shorter":            {of(2, n, n/2), 8 * (n / 2)},
		"longer":             {of(2, n, n+1), 24 * (n + 1)},
		"parting at the end": {of(2, n-1, n), 24 * n},
		"parting in between": {of(2, perChunk, n), 24 * n},
		"another start":      {of(2, 0, n), 24 * n},
	} {
		b := Builder{Room: math.MaxInt}
		b.Share(first)
		b.Add(c.points)
		got, alone := b.Curve(), New(c.points, Whole)
		if !slices.Equal(got.Steps, alone.Steps) || !slices.Equal(got.Values, alone.Values) || !slices.Equal(got.Times, alone.Times) {
			t.Errorf("%s: the points are not those that were added", what)
		}
		if more := Bytes([]*Curve{first, got}) - Bytes([]*Curve{first}); more != c.bytes {
			t.Errorf("%s: %d bytes more, want %d", what, more, c.bytes)
		}
		before := slices.Clone(first.Steps)
		got.Add(point(3, 31, 9)) // into the middle
		if !slices.Equal(before, first.Steps) {
			t.Errorf("%s: a point of one curve moved those of another", what)
		}
	}
}

func TestSharedColumnsTakeNoRoom(t *testing.T) {
	const n = 2 * kept
	var points []store.Point
	for i := range int64(n) {
		points = append(points, point(i, i, 1))
	}
	first := New(points, Whole)
	for what, c := range map[string]struct {
		share bool
		want  State
	}{"with columns of its own": {false, Reduced}, "with those of another": {true, Whole}} {
		b := Builder{Room: 10 * n} // bytes: of one column, not of three
		if c.share {
			b.Share(first)
		}
		b.Add(points)
		if got := b.Curve(); got.State != c.want || got.Total != n {
			t.Errorf("%s: state %v of %d points, want %v", what, got.State, got.Total, c.want)
		}
	}
}

func TestWithoutRoomThePictureStays(t *testing.T) {
	b := Builder{Room: 10}
	const n = 300_000
	for i := range int64(n) {
		v := math.Sin(float64(i) / 1000)
		switch i {
		case 123_456:
			v = 99
		case 200_001:
			v = math.NaN()
		}
		b.Add([]store.Point{point(i, i, v)})
	}
	c := b.Curve()
	if c.State != Reduced || c.Total != n || len(c.Steps) > kept || len(c.Steps) < kept/4 {
		t.Fatalf("state %v, %d of %d points", c.State, len(c.Steps), c.Total)
	}
	if !slices.Contains(c.Values, 99) || c.Series("a", "a", Steps).Facts.NaNs != 1 || c.Steps[len(c.Steps)-1] != n-1 {
		t.Error("the peak, the NaN or the end is lost")
	}
}

func TestOverAnotherMetric(t *testing.T) {
	y := New([]store.Point{point(1, 1, 10), point(2, 2, 20), point(3, 3, 30)}, Whole)
	x := New([]store.Point{point(0, 0, 9), point(2, 2, 8), point(3, 3, 7)}, Whole)
	s := y.Over(x, "a", "a")
	if !slices.Equal(s.X, []float64{7, 8}) || !slices.Equal(s.Y, []float64{30, 20}) {
		t.Errorf("got %v, %v", s.X, s.Y)
	}
}
