package drift

import "time"

// intLevels is the number of distinct whole numbers up to which Evidently takes
// them for categories.
const intLevels = 10

// EvidentlyKind is what Evidently 0.7.23 takes a column for: floats are numbers
// whatever their values, whole numbers are categories up to 10 distinct ones,
// strings are text if more than half of the rows are distinct. Unsigned numbers,
// booleans with missing rows and columns without a value are unknown to it.
func EvidentlyKind(c Column) Kind {
	s := sample{rows: c.Len()}
	switch c.Storage {
	case Float, Time, Other:
	default:
		s = quickCount(&c)
	}
	return evidentlyKind(&c, &s)
}

// KindOf is what a column is compared as when it is the current: as EvidentlyKind
// has it, but for whole numbers without a sign and texts that are times.
func KindOf(c Column) Kind {
	s := sample{rows: c.Len()}
	switch c.Storage {
	case Float, Time, Other:
	default:
		s = quickCount(&c)
	}
	return kindOf(&c, &s)
}

// quickCount counts what the rule needs without sorting.
func quickCount(c *Column) sample {
	s := sample{rows: c.Len()}
	if c.Storage == String {
		s.countTexts(c)
		return s
	}
	seen := make(map[float64]bool)
	for row, v := range c.Numbers {
		if c.absent(row) {
			s.missing++
		} else if len(seen) <= intLevels {
			seen[v] = true
		}
	}
	s.distinct = len(seen)
	return s
}

func evidentlyKind(c *Column, s *sample) Kind {
	switch c.Storage {
	case Float:
		return Numeric
	case Int:
		if s.missing == 0 && s.distinct <= intLevels {
			return Categorical
		}
		return Numeric // with missing rows it is read as a float
	case Bool:
		if s.missing == 0 {
			return Categorical
		}
	case String:
		switch {
		case s.n() == 0:
			return Unknown
		case 2*s.distinct > s.n():
			return Text
		}
		return Categorical
	case Time:
		return Datetime
	}
	return Unknown
}

// kindOf is what a column is compared as: the caller's word, else Evidently's rule
// on the current side with two additions, whole numbers without a sign and texts
// that are times.
func kindOf(c *Column, s *sample) Kind {
	if c.Kind != Undecided {
		return c.Kind
	}
	if c.Storage == Uint {
		signed := Column{Storage: Int}
		return evidentlyKind(&signed, s)
	}
	if c.Storage == String && areTimes(c.Texts) {
		return Datetime
	}
	return evidentlyKind(c, s)
}

// timesLooked bounds the labels that are parsed to recognise times.
const timesLooked = 1000

func areTimes(t Texts) bool {
	for i, l := range t.Labels {
		if i == timesLooked {
			break
		}
		if _, ok := ParseTime(l); !ok {
			return false
		}
	}
	return len(t.Labels) > 0
}

// layouts of ISO 8601 that a cell may have; a fraction of seconds is taken anyway.
var layouts = [...]string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05-0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02", "20060102T150405Z",
}

// ParseTime reads an ISO 8601 date or time; without a zone it is UTC.
func ParseTime(s string) (time.Time, bool) {
	if len(s) < 10 || len(s) > 40 || s[0] < '0' || s[0] > '9' {
		return time.Time{}, false
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
