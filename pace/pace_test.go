package pace

import (
	"math/rand/v2"
	"testing"
	"time"

	"benchside/store"
)

const start = 1_700_000_000_000

// logged is a beat of points of a step each so many milliseconds.
func logged(ms ...int64) *Beat {
	b := &Beat{}
	at := int64(start)
	for i, gap := range ms {
		at += gap
		b.Add(store.Point{Step: store.StepOf(int64(i)), Timestamp: at})
	}
	return b
}

func steady(n int, every int64) *Beat {
	gaps := make([]int64, n)
	for i := range gaps {
		gaps[i] = every
	}
	return logged(gaps...)
}

func TestTheRhythmIsTheUsualInterval(t *testing.T) {
	for name, c := range map[string]struct {
		beat *Beat
		want time.Duration
		ok   bool
	}{
		"nothing":                      {&Beat{}, 0, false},
		"two points are too few":       {logged(0, 1000), 0, false},
		"steady":                       {steady(10, 1000), time.Second, true},
		"one long pause is not it":     {logged(0, 1000, 1000, 90_000, 1000), time.Second, true},
		"the newest decide":            {logged(append(make60(1000), make60(5000)...)...), 5 * time.Second, true},
		"points of one moment are one": {logged(0, 0, 0, 1000, 0, 1000), time.Second, true},
	} {
		got, ok := c.beat.Every()
		if got != c.want || ok != c.ok {
			t.Errorf("%s: got %v %v, want %v %v", name, got, ok, c.want, c.ok)
		}
	}
}

func make60(every int64) []int64 {
	out := make([]int64, 60)
	for i := range out {
		out[i] = every
	}
	return out
}

func TestStalledIsLongerThanItsOwnRhythm(t *testing.T) {
	for name, c := range map[string]struct {
		beat   *Beat
		silent time.Duration
		want   bool
	}{
		"just logged":                       {steady(10, 60_000), time.Second, false},
		"a little late":                     {steady(10, 60_000), 5 * time.Minute, false},
		"ten intervals":                     {steady(10, 60_000), 11 * time.Minute, true},
		"a slow run may be silent for long": {steady(10, 3_600_000), 5 * time.Hour, false},
		"a quick one gets a minute":         {steady(10, 100), 50 * time.Second, false},
		"and no more":                       {steady(10, 100), 61 * time.Second, true},
		"nobody knows without a rhythm":     {logged(0), 24 * time.Hour, false},
		"a clock that is behind":            {steady(10, 60_000), -time.Hour, false},
	} {
		last, _ := c.beat.Last()
		if _, got := c.beat.Stalled(last.Timestamp+c.silent.Milliseconds(), 10); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestSpeedAndTheTimeLeft(t *testing.T) {
	b := steady(11, 500) // step 10 at the end
	speed, ok := b.Speed()
	if speed != 2 || !ok {
		t.Errorf("got %v steps a second, %v; want 2", speed, ok)
	}
	last, _ := b.Last()
	for name, c := range map[string]struct {
		total float64
		after int64
		want  time.Duration
		ok    bool
	}{
		"from the last point":     {110, 0, 50 * time.Second, true},
		"less what has gone by":   {110, 10_000, 40 * time.Second, true},
		"never less than nothing": {110, 100_000, 0, true},
		"it is done":              {10, 0, 0, false},
		"beyond all lives":        {1e18, 0, 0, false},
	} {
		if got, ok := b.Left(c.total, last.Timestamp+c.after); got != c.want || ok != c.ok {
			t.Errorf("%s: got %v %v, want %v %v", name, got, ok, c.want, c.ok)
		}
	}
	back := &Beat{}
	for i := range 10 {
		back.Add(store.Point{Step: store.StepOf(int64(-i)), Timestamp: start + int64(i)*1000})
	}
	if speed, ok := back.Speed(); ok {
		t.Errorf("steps that fall have a speed of %v", speed)
	}
}

func TestALongHistoryIsToldThinned(t *testing.T) {
	b := &Beat{}
	var some []store.Point
	for i := range 50 {
		some = append(some, store.Point{Step: store.StepOf(int64(i) * 100), Timestamp: start + int64(i)*100_000})
	}
	b.Thin(some, 4901)
	if every, ok := b.Every(); every != time.Second || !ok {
		t.Errorf("got %v %v between points, want 1s", every, ok)
	}
	if speed, _ := b.Speed(); speed != 1 {
		t.Errorf("got %v steps a second, want 1", speed)
	}
}

func TestTheTotalIsAParamOrATag(t *testing.T) {
	for name, c := range map[string]struct {
		params, tags map[string]string
		step         float64
		want         float64
		from         string
	}{
		"a param":                        {map[string]string{"max_steps": "500"}, nil, 3, 500, "max_steps"},
		"a tag":                          {nil, map[string]string{"epochs": " 20 "}, 3, 20, "epochs"},
		"steps before epochs":            {map[string]string{"epochs": "20", "max_steps": "500"}, nil, 3, 500, "max_steps"},
		"no more than the step is at":    {map[string]string{"epochs": "20", "max_steps": "500"}, nil, 600, 0, ""},
		"epochs where steps are passed":  {map[string]string{"epochs": "900", "max_steps": "500"}, nil, 600, 900, "epochs"},
		"-1 is how some say without end": {map[string]string{"max_steps": "-1"}, nil, 3, 0, ""},
		"no number":                      {map[string]string{"max_steps": "many", "epochs": "NaN", "steps": "inf"}, nil, 3, 0, ""},
	} {
		if got, from, ok := Total(c.params, c.tags, Totals(), c.step); got != c.want || from != c.from || ok != (c.from != "") {
			t.Errorf("%s: got %v by %q, want %v by %q", name, got, from, c.want, c.from)
		}
	}
}

func TestAnyPointsGiveNoNonsense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := &Beat{}
		for range r.IntN(80) {
			b.Add(store.Point{Step: store.StepOf(r.Int64N(100) - 50), Timestamp: r.Int64N(10_000)})
		}
		if every, ok := b.Every(); ok && every <= 0 {
			t.Fatalf("an interval of %v", every)
		}
		if speed, ok := b.Speed(); ok && speed <= 0 {
			t.Fatalf("a speed of %v", speed)
		}
		if left, ok := b.Left(1000, 20_000); ok && left < 0 {
			t.Fatalf("%v are left", left)
		}
	}
}
