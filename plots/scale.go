package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Unit says what the numbers of an axis are.
type Unit int

// The units of an axis.
const (
	Number   Unit = iota
	Duration      // seconds
	Moment        // milliseconds since the Unix epoch, shown in UTC
)

// Scale maps the values of an axis to cells.
type Scale struct {
	Range Range   // of the values; From is at A
	A, B  float64 // cells
	Log   bool
	// Sym, if it is not 0, makes a symmetric logarithm of the scale, for numbers of
	// both signs: sgn(v)·log10(1+|v|/Sym), nearly linear within ±Sym (J. B. W. Webber,
	// Meas. Sci. Technol. 24 (2013) 027001).
	Sym float64
}

func symlog(v, sym float64) float64 { return math.Copysign(math.Log10(1+math.Abs(v)/sym), v) }

func unsymlog(v, sym float64) float64 {
	return math.Copysign(sym*(math.Pow(10, math.Abs(v))-1), v)
}

// At returns the cell of a value, NaN for one that has no place: NaN itself and,
// on a logarithmic scale, what is not positive.
func (s Scale) At(v float64) float64 {
	from, to := s.Range.From, s.Range.To
	if s.Log {
		if v <= 0 {
			return math.NaN()
		}
		v, from, to = math.Log10(v), math.Log10(from), math.Log10(to)
	} else if s.Sym > 0 {
		v, from, to = symlog(v, s.Sym), symlog(from, s.Sym), symlog(to, s.Sym)
	}
	if from == to {
		return s.A/2 + s.B/2
	}
	// Halves, so that the span of the largest numbers does not overflow.
	return s.A + (s.B-s.A)*((v/2-from/2)/(to/2-from/2))
}

// Value returns the value at a cell.
func (s Scale) Value(at float64) float64 {
	if s.A == s.B {
		return s.Range.From
	}
	part := (at - s.A) / (s.B - s.A)
	from, to := s.Range.From, s.Range.To
	if s.Log {
		from, to = math.Log10(from), math.Log10(to)
		return math.Pow(10, from*(1-part)+to*part)
	}
	if s.Sym > 0 {
		return unsymlog(symlog(from, s.Sym)*(1-part)+symlog(to, s.Sym)*part, s.Sym)
	}
	return from*(1-part) + to*part
}

// Tick is a place of an axis that is labelled.
type Tick struct {
	Value float64
	Label string
}

// rowTicks are the named rows, an even choice of them where not all have room.
func (a Axis) rowTicks(most int) []Tick {
	var ticks []Tick
	by := max(1, (len(a.Rows)+most-1)/most)
	for i := len(a.Rows) - 1; i >= 0; i -= by {
		if v := float64(i + 1); v >= a.Range.From && v <= a.Range.To {
			ticks = append(ticks, Tick{v, a.Rows[i]})
		}
	}
	return ticks
}

// Ticks returns at most so many ticks within a range: at 1, 2, 2.5 and 5 times a
// power of ten, at decades of a logarithmic axis, at round times.
func Ticks(r Range, most int, log bool, unit Unit) []Tick {
	return Axis{Range: r, Log: log, Unit: unit}.ticks(most)
}

func (a Axis) ticks(most int) []Tick {
	r := a.Range
	if most < 1 || !finite(r.From) || !finite(r.To) || r.From > r.To {
		return nil
	}
	if a.Rows != nil {
		return a.rowTicks(most)
	}
	var values []float64
	step := 0.0
	switch {
	case a.alone:
		values, step = []float64{a.only}, stepOf(a.only, a.Unit)
	case a.Log && r.From > 0:
		values, step = logTicks(r, most)
		if a.Whole {
			values = slices.DeleteFunc(values, func(v float64) bool { return v != math.Floor(v) })
		}
	case a.Sym > 0:
		values, step = symTicks(r, a.Sym, most)
	case a.Unit == Number:
		values, step = a.numberTicks(most)
	default:
		values, step = linearTicks(r, timeStep(r, most, a.Unit))
	}
	ticks := make([]Tick, len(values))
	labels := labelsOf(values, step, a.Unit)
	for i, v := range values {
		ticks[i] = Tick{v, labels[i]}
	}
	return ticks
}

// stepOf is the step to write one value by: to the minute or to the second, and no
// more exact than needed.
func stepOf(v float64, unit Unit) float64 {
	switch {
	case unit == Moment:
		return 60_000
	case v == math.Floor(v):
		return 1
	}
	return 1e-3
}

// numberTicks are ticks of a linear axis. Between whole numbers there are some only
// where no whole number lies in the range.
func (a Axis) numberTicks(most int) ([]float64, float64) {
	step := niceStep(a.Range, most)
	if a.Whole && step > 0 && step != math.Floor(step) {
		steps := []float64{1}
		if step > 1 {
			steps = []float64{5, 3} // for 2.5
		}
		for least := 2; least > 0; least-- {
			for _, whole := range steps {
				if values, _ := linearTicks(a.Range, whole); len(values) >= least {
					return values, whole
				}
			}
		}
	}
	return linearTicks(a.Range, step)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// niceStep is the least step of 1, 2, 2.5 or 5 times a power of ten that gives
// at most so many ticks.
func niceStep(r Range, most int) float64 {
	rough := (r.To/2 - r.From/2) / float64(most) * 2
	if rough <= 0 || !finite(rough) {
		return 0
	}
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		step := power * m
		if count(r, step) <= float64(most) {
			return step
		}
	}
	return power * 20
}

// count is how many multiples of step lie in a range.
func count(r Range, step float64) float64 {
	return math.Floor(r.To/step) - math.Ceil(r.From/step) + 1
}

const mostTicks = 200

func linearTicks(r Range, step float64) ([]float64, float64) {
	if step <= 0 || !finite(step) {
		return []float64{r.From}, 0
	}
	values := make([]float64, 0, 16)
	for i := range mostTicks {
		v := (math.Ceil(r.From/step) + float64(i)) * step
		if v > r.To || !finite(v) {
			break
		}
		values = append(values, v+0) // no negative zero
	}
	return values, step
}

// logTicks are decades, with the numbers 2 and 5 or 3 between them where there is
// room. Where that leaves fewer than two they are those of a linear axis, with their
// step.
func logTicks(r Range, most int) (values []float64, step float64) {
	low, high := math.Floor(math.Log10(r.From)), math.Ceil(math.Log10(r.To))
	every := max(1, math.Ceil((high-low)/float64(most)))
	within := func(marks ...float64) []float64 {
		var values []float64
		for e := math.Ceil(low/every) * every; e <= high; e += every {
			for _, m := range marks {
				if v := m * math.Pow(10, e); v >= r.From && v <= r.To && len(values) < mostTicks {
					values = append(values, v)
				}
			}
		}
		return values
	}
	values = within(1)
	for ; len(values) < 2 && every > 1; every-- {
		values = within(1)
	}
	if every == 1 {
		for _, marks := range [][]float64{{1, 3}, {1, 2, 5}} {
			if all := within(marks...); len(all) <= most {
				values = all
			}
		}
	}
	const finer = 3
	for n := most; len(values) < 2 && n <= finer*most; n++ {
		if even, by := linearTicks(r, niceStep(r, n)); len(even) >= min(most, 2) {
			return even, by
		}
	}
	return values, 0
}

// symTicks are 0 and, on both sides of it, decades from the scale's constant on, with
// the numbers 2 and 5 between them where that leaves few; else those of a linear axis,
// with their step.
func symTicks(r Range, sym float64, most int) (values []float64, step float64) {
	const few = 3
	low := math.Floor(math.Log10(sym))
	high := math.Ceil(math.Log10(max(math.Abs(r.From), math.Abs(r.To), sym)))
	within := func(every float64, marks ...float64) []float64 {
		var values []float64
		for e := high; e >= low && len(values) < mostTicks; e -= every {
			for _, m := range marks {
				for _, v := range [...]float64{-m * math.Pow(10, e), m * math.Pow(10, e)} {
					if v >= r.From && v <= r.To {
						values = append(values, v)
					}
				}
			}
		}
		if r.From <= 0 && r.To >= 0 {
			values = append(values, 0)
		}
		slices.Sort(values)
		return values
	}
	every := 1.0
	values = within(every, 1)
	for len(values) > max(most, few) && every <= high-low {
		every++
		values = within(every, 1)
	}
	if len(values) >= min(few, most) {
		return values, 0
	}
	if finer := within(1, 1, 2, 5); len(finer) >= 2 && len(finer) <= max(most, few) {
		return finer, 0
	}
	return linearTicks(r, niceStep(r, most))
}

// symOf is the constant of a symmetric logarithm for numbers in a range: a
// thousandth of the greatest, as a power of ten.
func symOf(r Range) float64 {
	const decades = 3
	greatest := max(math.Abs(r.From), math.Abs(r.To))
	sym := math.Pow(10, math.Floor(math.Log10(greatest))-decades)
	if !finite(sym) || sym <= 0 {
		return 1
	}
	return sym
}

// Round steps of time, in seconds.
var timeSteps = [...]float64{
	1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
	86400, 2 * 86400, 7 * 86400, 14 * 86400, 30 * 86400, 90 * 86400, 365 * 86400,
}

func timeStep(r Range, most int, unit Unit) float64 {
	second := 1.0
	if unit == Moment {
		second = 1000
	}
	span := (r.To - r.From) / second
	if span < float64(most) {
		return niceStep(r, most)
	}
	for _, s := range timeSteps {
		if count(r, s*second) <= float64(most) {
			return s * second
		}
	}
	return niceStep(r, most)
}

// labelsOf writes ticks with the fewest digits that tell them apart.
func labelsOf(values []float64, step float64, unit Unit) []string {
	labels := make([]string, len(values))
	for i, v := range values {
		switch unit {
		case Duration:
			labels[i] = clock(v, step)
		case Moment:
			labels[i] = moment(v, step)
		}
	}
	if unit != Number || len(values) == 0 {
		return labels
	}
	greatest := 0.0
	for _, v := range values {
		greatest = max(greatest, math.Abs(v))
	}
	switch {
	case step == 0 && greatest < 1e15:
		for i, v := range values {
			labels[i] = decade(v)
		}
	case greatest >= 1e15 || greatest > 0 && greatest < 1e-4:
		inPowers(labels, values)
	default:
		inDecimals(labels, values, step, greatest)
	}
	if step > 0 && len(values) > 1 && longest(labels) > mostSigns {
		offsets(labels, values, step)
	}
	return labels
}

// mostSigns is how long a label is at most, unless it is an offset from a long number.
const mostSigns = 10

func longest(labels []string) int {
	n := 0
	for _, l := range labels {
		n = max(n, utf8.RuneCountInString(l))
	}
	return n
}

// offsets writes the ticks of a short range far from 0 as what is added to a rounder
// number, which the first one names: 1e+15+2, +4, +6.
func offsets(labels []string, values []float64, step float64) {
	power := math.Pow(10, math.Ceil(math.Log10(step*float64(len(values)))))
	base := math.Floor(values[0]/power) * power
	added := make([]float64, len(values))
	for i, v := range values {
		if added[i] = v - base; !finite(added[i]) || math.Abs(added[i]) > math.Abs(base) {
			return
		}
	}
	out := labelsOf(added, step, Number)
	if !differ(out) {
		return
	}
	for i := range out {
		labels[i] = "+" + out[i]
	}
	const digits = 15 // that every float64 has, without what its rounding adds
	text := strconv.FormatFloat(base, 'g', digits, 64)
	if back, err := strconv.ParseFloat(text, 64); err != nil || math.Abs(back-base) > step/1000 {
		text = strconv.FormatFloat(base, 'g', -1, 64)
	}
	labels[0] = text + labels[0]
}

func inPowers(labels []string, values []float64) {
	for digits := 1; digits <= 17; digits++ {
		for i, v := range values {
			labels[i] = strconv.FormatFloat(v, 'g', digits, 64)
		}
		if differ(labels) {
			return
		}
	}
}

func inDecimals(labels []string, values []float64, step, greatest float64) {
	divisor, suffix := prefixOf(greatest)
	for digits := range 13 {
		exact := true
		for i, v := range values {
			labels[i] = strconv.FormatFloat(v/divisor, 'f', digits, 64)
			back, err := strconv.ParseFloat(labels[i], 64)
			exact = exact && err == nil && math.Abs(back*divisor-v) <= step*1e-6
			if v != 0 {
				labels[i] += suffix
			}
		}
		if exact {
			return
		}
	}
}

// prefixOf is the SI prefix in which a number of five digits or more is short.
func prefixOf(v float64) (unit float64, suffix string) {
	switch {
	case v >= 1e12:
		return 1e12, "T"
	case v >= 1e9:
		return 1e9, "G"
	case v >= 1e6:
		return 1e6, "M"
	case v >= 1e4:
		return 1e3, "k"
	}
	return 1, ""
}

// decade writes a tick of a logarithmic axis by itself: 100, 20k, 1e-07.
func decade(v float64) string {
	if unit, suffix := prefixOf(math.Abs(v)); unit > 1 {
		return strconv.FormatFloat(v/unit, 'g', 4, 64) + suffix
	}
	if math.Abs(v) >= 1e-4 {
		// 3 times a power of ten is not always a short number.
		if short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64); err == nil {
			v = short
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

func differ(labels []string) bool {
	for i := 1; i < len(labels); i++ {
		if labels[i] == labels[i-1] {
			return false
		}
	}
	return true
}

// clock writes seconds as 90.5 s, 1:30 or 2:05:00, and days.
func clock(seconds, step float64) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	switch {
	case seconds >= 1e9:
		return sign + strconv.FormatFloat(seconds/86400, 'g', 3, 64) + "d"
	case step >= 86400:
		return fmt.Sprintf("%s%dd", sign, int64(seconds)/86400)
	case step < 1 && seconds < 60:
		return sign + strings.TrimRight(strings.TrimRight(strconv.FormatFloat(seconds, 'f', 3, 64), "0"), ".") + "s"
	case seconds < 60:
		return fmt.Sprintf("%s%ds", sign, int64(seconds))
	case seconds < 3600:
		return fmt.Sprintf("%s%d:%02d", sign, int64(seconds)/60, int64(seconds)%60)
	}
	n := int64(seconds)
	return fmt.Sprintf("%s%d:%02d:%02d", sign, n/3600, n/60%60, n%60)
}

func moment(ms, step float64) string {
	if math.Abs(ms) > 1e15 {
		return strconv.FormatFloat(ms, 'g', 3, 64)
	}
	t := time.UnixMilli(int64(ms)).UTC()
	switch {
	case step >= 86400_000:
		return t.Format("2006-01-02")
	case step >= 60_000:
		return t.Format("01-02 15:04")
	case step > 0 && step < 1000:
		return t.Format("15:04:05.000")
	}
	return t.Format("15:04:05")
}
