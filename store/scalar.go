package store

import (
	"cmp"
	"math"
	"strconv"
	"time"
)

// Time is a moment as MLflow keeps it, in milliseconds since the Unix epoch,
// UTC. The zero value is "not set", which is another fact than 1970.
type Time struct {
	ms  int64
	set bool
}

// At returns the moment ms milliseconds after the Unix epoch.
func At(ms int64) Time { return Time{ms: ms, set: true} }

// AtTime returns t cut to milliseconds.
func AtTime(t time.Time) Time { return At(t.UnixMilli()) }

// Set reports whether the moment is known.
func (t Time) Set() bool { return t.set }

// Millis returns the milliseconds since the Unix epoch, 0 if not set.
func (t Time) Millis() int64 { return t.ms }

// Time returns the moment in UTC; the zero time.Time if not set.
func (t Time) Time() time.Time {
	if !t.set {
		return time.Time{}
	}
	return time.UnixMilli(t.ms).UTC()
}

// Compare orders moments; one that is not set is before all others.
func (t Time) Compare(u Time) int {
	switch {
	case t.set != u.set && u.set:
		return -1
	case t.set != u.set:
		return 1
	}
	return cmp.Compare(t.ms, u.ms)
}

// MarshalJSON writes the milliseconds, or null.
func (t Time) MarshalJSON() ([]byte, error) {
	if !t.set {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, t.ms, 10), nil
}

// Step is the step of a metric point. MLflow means an integer of 64 bits, but
// its direct client also stores a float that a training passes; both are kept
// exactly as Whole + Part.
type Step struct {
	Whole int64
	Part  float64 // in [0, 1)
}

// StepOf returns an integer step.
func StepOf(n int64) Step { return Step{Whole: n} }

// StepFloat returns the step of a number that was stored as a float.
func StepFloat(f float64) Step {
	whole := math.Floor(f)
	return Step{Whole: int64(whole), Part: f - whole}
}

// Float returns the step as a number, exact within 2^53.
func (s Step) Float() float64 { return float64(s.Whole) + s.Part }

// Compare orders steps.
func (s Step) Compare(u Step) int {
	if c := cmp.Compare(s.Whole, u.Whole); c != 0 {
		return c
	}
	return cmp.Compare(s.Part, u.Part)
}

func (s Step) String() string {
	if s.Part == 0 {
		return strconv.FormatInt(s.Whole, 10)
	}
	return strconv.FormatFloat(s.Float(), 'g', -1, 64)
}

// MarshalJSON writes the step as a number.
func (s Step) MarshalJSON() ([]byte, error) { return []byte(s.String()), nil }
