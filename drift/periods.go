package drift

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Periods are the calendar units that a timestamp may be cut by.
func Periods() []string { return []string{"hour", "day", "week", "month", "quarter", "year"} }

// Slot is one period of a table, UTC.
type Slot struct {
	Label string // 2025-10, 2025-W44, 2025-Q4, 2025-10-05, 2025-10-05T13, 2025
	Start time.Time
	Rows  []int // of the table, in order
}

// Slots cuts rows by the period of their timestamp, in milliseconds or as ISO 8601
// texts. Rows without one are counted apart. Weeks are ISO's, from Monday.
func Slots(timestamps Column, period string) (slots []Slot, without int, err error) {
	if !slices.Contains(Periods(), period) {
		return nil, 0, fmt.Errorf("period %q is not one of %v", period, Periods())
	}
	if timestamps.Storage != Time && timestamps.Storage != String {
		return nil, 0, fmt.Errorf("column %s has no times, but %s", timestamps.Name, timestamps.Storage)
	}
	at := map[int64]int{}
	parsed := make([]time.Time, len(timestamps.Texts.Labels))
	known := make([]bool, len(parsed))
	for i, l := range timestamps.Texts.Labels {
		parsed[i], known[i] = ParseTime(l)
	}
	for row := range timestamps.Len() {
		t, ok := time.Time{}, false
		if timestamps.Storage == String {
			if code := timestamps.Texts.Codes[row]; code >= 0 && int(code) < len(parsed) {
				t, ok = parsed[code], known[code]
			}
		} else if v := timestamps.Numbers[row]; math.Abs(v) < 1e16 { // years beyond 300,000 are no times
			t, ok = time.UnixMilli(int64(math.Floor(v))).UTC(), true
		}
		if !ok {
			without++
			continue
		}
		start := startOf(t, period)
		i, seen := at[start.UnixMilli()]
		if !seen {
			i = len(slots)
			at[start.UnixMilli()] = i
			slots = append(slots, Slot{Label: labelOf(start, period), Start: start})
		}
		slots[i].Rows = append(slots[i].Rows, row)
	}
	slices.SortFunc(slots, func(a, b Slot) int { return a.Start.Compare(b.Start) })
	return slots, without, nil
}

func startOf(t time.Time, period string) time.Time {
	year, month, day := t.Date()
	hour := 0
	switch period {
	case "hour":
		hour = t.Hour()
	case "week":
		day -= (int(t.Weekday()) + 6) % 7
	case "month":
		day = 1
	case "quarter":
		month, day = (month-1)/3*3+1, 1
	case "year":
		month, day = 1, 1
	}
	return time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
}

func labelOf(start time.Time, period string) string {
	switch period {
	case "hour":
		return start.Format("2006-01-02T15")
	case "week":
		year, week := start.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case "month":
		return start.Format("2006-01")
	case "quarter":
		return fmt.Sprintf("%04d-Q%d", start.Year(), (int(start.Month())+2)/3)
	case "year":
		return start.Format("2006")
	}
	return start.Format("2006-01-02")
}
