package widget

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"benchside/store"
	"benchside/themes"
)

// Digits returns the decimals that tell the values of a column apart, at least
// three significant digits of the largest: -1 asks for an exponent.
func Digits(values []float64) int {
	top, spread := 0.0, math.Inf(1)
	last, whole := math.NaN(), true
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		whole = whole && v == math.Trunc(v)
		top = max(top, math.Abs(v))
		if d := math.Abs(v - last); d > 0 {
			spread = min(spread, d)
		}
		last = v
	}
	switch {
	case top == 0:
		return 0
	case top >= 1e7 || top < 1e-4:
		return -1
	case whole:
		return 0
	}
	need := 2 - int(math.Floor(math.Log10(top)))
	if !math.IsInf(spread, 0) {
		need = max(need, min(-int(math.Floor(math.Log10(spread*1.001))), 4-int(math.Floor(math.Log10(top)))))
	}
	return min(max(need, 1), 7)
}

// Number formats a metric's value with so many decimals; NaN and the
// infinities look like what they are.
func Number(v float64, digits int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	case digits < 0 || v != 0 && (math.Abs(v) >= 1e9 || math.Abs(v) < 0.5*math.Pow10(-digits)):
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// Full formats a value with all its digits.
func Full(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Number(v, 0)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// Count formats a number of things with thousands apart: 41,203.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Ago says how long before now (milliseconds since the epoch) t was.
func Ago(t store.Time, now int64) string {
	if !t.Set() {
		return ""
	}
	d := time.Duration(now-t.Millis()) * time.Millisecond
	if d < 0 {
		return Stamp(t)
	}
	for _, u := range ages {
		if d >= u.from {
			return fmt.Sprintf("%d %s ago", d/u.unit, u.name)
		}
	}
	return "just now"
}

var ages = []struct {
	from, unit time.Duration
	name       string
}{
	{2 * 365 * 24 * time.Hour, 365 * 24 * time.Hour, "y"},
	{60 * 24 * time.Hour, 30 * 24 * time.Hour, "mo"},
	{14 * 24 * time.Hour, 7 * 24 * time.Hour, "wk"},
	{24 * time.Hour, 24 * time.Hour, "d"},
	{time.Hour, time.Hour, "h"},
	{time.Minute, time.Minute, "min"},
	{10 * time.Second, time.Second, "s"},
}

// Stamp formats a moment in local time.
func Stamp(t store.Time) string {
	if !t.Set() {
		return ""
	}
	return t.Time().Local().Format("2006-01-02 15:04:05")
}

// Lasted formats the time from start to end, or to now while it runs: 2:31,
// 1:42:10, 3 d 4 h.
func Lasted(start, end store.Time, now int64) string {
	if !start.Set() {
		return ""
	}
	until := now
	if end.Set() {
		until = end.Millis()
	}
	ms := until - start.Millis()
	sec := ms / 1000
	switch {
	case ms < 0:
		return "?"
	case ms < 10_000:
		return fmt.Sprintf("%.1f s", float64(ms)/1000)
	case sec < 3600:
		return fmt.Sprintf("%d:%02d", sec/60, sec%60)
	case sec < 86_400:
		return fmt.Sprintf("%d:%02d:%02d", sec/3600, sec/60%60, sec%60)
	}
	return fmt.Sprintf("%d d %d h", sec/86_400, sec/3600%24)
}

// Bytes formats a size: 312 B, 4.7 kB, 2.9 GB.
func Bytes(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n), 0
	for v >= 999.5 && unit < 5 {
		v, unit = v/1000, unit+1
	}
	return strings.Replace(fmt.Sprintf("%.1f %cB", v, " kMGTP"[unit]), ".0 ", " ", 1)
}

// Status returns the glyph and the style of a run's status.
func Status(s store.Status, t *themes.Theme) (glyph string, style themes.Style) {
	switch s {
	case store.Finished:
		return t.Glyphs.Finished, t.Good
	case store.Running:
		return t.Glyphs.Running, t.Info
	case store.Failed:
		return t.Glyphs.Failed, t.Bad
	case store.Killed:
		return t.Glyphs.Killed, t.Warn
	case store.Scheduled:
		return t.Glyphs.Scheduled, t.Dim
	}
	return "?", t.Dim
}

// Several is a number of things, in words: "1 run", "2 runs". A thing whose plural is
// more than an s is not for it.
func Several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
