package search

import (
	"math"
	"strings"
	"time"
)

// moment reads what a time is compared with: milliseconds, a date, or how long ago.
func (r *reader) moment(f Field, c Compare, t token) (Expr, error) {
	switch {
	case t.shape == bare && isDecimal(t.text):
		c.Number, _ = Decimal(t.text)
		if math.Abs(c.Number) > 1<<62 {
			return nil, r.failAt(t, "%s is beyond the whole numbers of 64 bits", t.text)
		}
		return c, nil
	case t.shape == bare && strings.EqualFold(t.text, "now"):
		c.Relative = true
		return c, nil
	case t.shape == bare:
		ago, ok := Span(t.text)
		if !ok {
			return nil, r.failAt(t, "%s is no time; write -2d, '2026-05-01', '2026-05-01 12:30' or milliseconds", show(t.text))
		}
		c.Number, c.Relative = ago, true
		return c, nil
	case t.shape != quotation:
		return nil, r.failAt(t, "%s is compared with one time, such as -2d or '2026-05-01'", f.Name)
	}
	start, end, ok := readDate(t.text[1 : len(t.text)-1])
	if !ok {
		return nil, r.failAt(t, "%s is no date; write '2026-05-01' or '2026-05-01 12:30'", show(t.text))
	}
	from, to := c, c
	from.Number, to.Number = float64(start.UnixMilli()), float64(end.UnixMilli())
	switch {
	case end.Equal(start):
		return from, nil
	case c.Op == Equal:
		from.Op, to.Op = GreaterEqual, Less
		return And{from, to}, nil
	case c.Op == NotEqual:
		from.Op, to.Op = Less, GreaterEqual
		return Or{from, to}, nil
	}
	return from, nil
}

// Span reads how far a time is from now, in milliseconds: -2d, -90m, 1w.
func Span(text string) (float64, bool) {
	units := map[string]time.Duration{
		"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
	}
	at := strings.LastIndexAny(text, "0123456789.") + 1
	unit, known := units[text[at:]]
	n, ok := Decimal(text[:at])
	ms := n * float64(unit.Milliseconds())
	return ms, known && ok && isDecimal(text[:at]) && math.Abs(ms) < 1<<52
}

// readDate reads a day or a moment of one, in the zone of this machine unless it
// names another. What is named is the time from start to end, which are the same but
// for a day.
func readDate(text string) (start, end time.Time, ok bool) {
	text = strings.TrimSpace(text)
	if t, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return t, t.AddDate(0, 0, 1), true
	}
	for _, layout := range []string{
		time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", time.RFC3339,
	} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, t, true
		}
	}
	return start, end, false
}
