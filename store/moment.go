package store

import (
	"fmt"
	"time"
)

// Until reads a time that somebody names to ask for what was then: a day, which
// means its end, a minute or a second of it, in a zone, or a time with its own.
func Until(words string, zone *time.Location) (Time, error) {
	if day, err := time.ParseInLocation(time.DateOnly, words, zone); err == nil {
		return AtTime(day.AddDate(0, 0, 1).Add(-time.Millisecond)), nil
	}
	if at, err := time.ParseInLocation("2006-01-02 15:04", words, zone); err == nil {
		return AtTime(at.Add(time.Minute - time.Millisecond)), nil
	}
	if at, err := time.ParseInLocation(time.DateTime, words, zone); err == nil {
		return AtTime(at.Add(time.Second - time.Millisecond)), nil
	}
	if at, err := time.Parse(time.RFC3339, words); err == nil {
		return AtTime(at), nil
	}
	return Time{}, fmt.Errorf("time %q: a date such as 2026-05-01, or 2026-05-01 14:30", words)
}
