// Package pace says how a run that is going on gets ahead: how often it logs, how many
// steps it does in a second, whether it has stalled, and when it will be done. It
// reads no clock and changes nothing.
package pace

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"benchside/store"
)

// kept is how many of the newest points a beat keeps.
const kept = 32

// Beat is the rhythm of one metric of a run. Its zero value has heard nothing.
type Beat struct {
	points []store.Point // the newest, by time; one for each moment
	every  float64       // milliseconds between points, where it was told; else 0
}

// Thin tells a beat of a long history: some points of it, by step, and how many it has.
func (b *Beat) Thin(points []store.Point, count int) {
	for _, p := range points {
		b.Add(p)
	}
	if n := len(points); n > 1 && count > 1 {
		b.every = float64(points[n-1].Timestamp-points[0].Timestamp) / float64(count-1)
	}
}

// Add takes one more point. One that is not later than the last counts only if it is
// of a higher step.
func (b *Beat) Add(p store.Point) {
	if n := len(b.points); n > 0 && p.Timestamp <= b.points[n-1].Timestamp {
		if p.Step.Compare(b.points[n-1].Step) > 0 && p.Timestamp == b.points[n-1].Timestamp {
			b.points[n-1] = p
		}
		return
	}
	if len(b.points) == kept {
		b.points = slices.Delete(b.points, 0, 1)
	}
	b.points = append(b.points, p)
}

// Last returns the newest point; false if there is none.
func (b *Beat) Last() (store.Point, bool) {
	if len(b.points) == 0 {
		return store.Point{}, false
	}
	return b.points[len(b.points)-1], true
}

// fewest is how many points a rhythm takes: the first interval is often a start.
const fewest = 3

// Every returns how long it usually is from point to point: the median of the newest
// intervals. False if too few points were logged to say.
func (b *Beat) Every() (time.Duration, bool) {
	if b.every > 0 {
		return time.Duration(b.every * float64(time.Millisecond)), true
	}
	if len(b.points) < fewest {
		return 0, false
	}
	var gaps []float64
	for i := 1; i < len(b.points); i++ {
		gaps = append(gaps, float64(b.points[i].Timestamp-b.points[i-1].Timestamp))
	}
	return time.Duration(median(gaps) * float64(time.Millisecond)), true
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// Speed returns the steps that are done in a second: the median over the newest
// intervals. False if the steps do not rise.
func (b *Beat) Speed() (perSecond float64, ok bool) {
	var speeds []float64
	for i := 1; i < len(b.points); i++ {
		steps := b.points[i].Step.Float() - b.points[i-1].Step.Float()
		speeds = append(speeds, steps/float64(b.points[i].Timestamp-b.points[i-1].Timestamp)*1000)
	}
	if len(speeds) < fewest-1 {
		return 0, false
	}
	v := median(speeds)
	return v, v > 0 && !math.IsInf(v, 0)
}

// quickest is the shortest silence that is a stall: a run that logs each millisecond may
// well evaluate for a minute.
const quickest = time.Minute

// Stalled returns how long nothing was logged, if that is longer than so many of the
// run's own intervals.
func (b *Beat) Stalled(now int64, times float64) (silent time.Duration, is bool) {
	last, ok := b.Last()
	every, known := b.Every()
	if !ok || !known {
		return 0, false
	}
	silent = time.Duration(now-last.Timestamp) * time.Millisecond
	return silent, silent > max(time.Duration(float64(every)*times), quickest)
}

// Left returns how long it is to the step total, at the speed of the beat.
func (b *Beat) Left(total float64, now int64) (time.Duration, bool) {
	speed, ok := b.Speed()
	last, there := b.Last()
	if !ok || !there || total <= last.Step.Float() {
		return 0, false
	}
	seconds := (total-last.Step.Float())/speed - float64(now-last.Timestamp)/1000
	const longest = 10 * 365 * 24 * time.Hour
	if seconds > longest.Seconds() {
		return 0, false
	}
	return time.Duration(max(seconds, 0) * float64(time.Second)), true
}

// Totals are the params and tags that usually say how many steps a run will do, those
// that count steps before those that count epochs.
func Totals() []string {
	return []string{
		"total_steps", "max_steps", "num_steps", "n_steps", "steps", "max_iter", "num_iterations", "iterations", "n_estimators",
		"max_epochs", "num_epochs", "num_train_epochs", "n_epochs", "epochs",
	}
}

// Total finds how many steps a run will do: the first of the names that is a param or a
// tag of it with a number that its step does not exceed.
func Total(params, tags map[string]string, names []string, step float64) (total float64, from string, ok bool) {
	for _, name := range names {
		for _, of := range []map[string]string{params, tags} {
			v, err := strconv.ParseFloat(strings.TrimSpace(of[name]), 64)
			if err == nil && v > 0 && v >= step && !math.IsInf(v, 0) {
				return v, name, true
			}
		}
	}
	return 0, "", false
}
