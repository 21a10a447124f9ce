// Package views is how a table of runs is set up: its columns, order, filter, groups and
// what is pinned, as text that people share. It draws nothing, and
// writes no file.
package views

import (
	"fmt"
	"strconv"
	"strings"

	"benchside/measures"
	"benchside/store"
)

// View is one table. The zero value is the usual one.
type View struct {
	Columns []Column `json:"columns,omitempty" toml:"columns"` // none for the usual ones
	Sort    []Sort   `json:"sort,omitempty" toml:"sort"`
	Filter  Filter   `json:"filter,omitempty" toml:"filter"`
	Group   Group    `json:"group,omitzero" toml:"group"`
	Pins    []string `json:"pins,omitempty" toml:"pins"` // ids of runs that stay on top
	Flat    bool     `json:"flat,omitempty" toml:"flat"`
	Faulty  bool     `json:"faulty,omitempty" toml:"faulty"` // only runs that failed or stalled
	Terse   bool     `json:"terse,omitempty" toml:"terse"`   // no columns that are the same in all runs, or empty
}

// Column is one column of a table.
type Column struct {
	Field   store.Field
	Measure measures.Measure
	Width   int // cells, as the user set it; 0 for what fits
	Pinned  bool
}

// Sort is one level of an order.
type Sort struct {
	Field   store.Field
	Measure measures.Measure
	Desc    bool
}

// Group is the field whose values the runs are grouped by; the zero value is none.
type Group struct{ store.Field }

// Dataset is the field that groups runs by the datasets that they read.
var Dataset = store.Field{Key: "dataset"}

// kinds are the fields as a filter spells them.
var kinds = []struct {
	word string
	kind store.FieldKind
}{{"metrics", store.MetricField}, {"params", store.ParamField}, {"tags", store.TagField}}

// Spell writes a field: name, metrics.loss, params.`learning rate`.
func Spell(f store.Field) string {
	for _, k := range kinds {
		if k.kind == f.Kind {
			return k.word + "." + quoted(f.Key)
		}
	}
	return quoted(f.Key)
}

// quoted writes a key in backquotes if it is no plain word; those in it are doubled.
func quoted(key string) string {
	plain := key != ""
	for _, r := range key {
		plain = plain && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./", r))
	}
	if plain {
		return key
	}
	return "`" + strings.ReplaceAll(key, "`", "``") + "`"
}

// attributes are the fields that every run has.
var attributes = []string{"name", "experiment", "status", "started", "duration", "user", "speed", "eta", "dataset"}

// Cut reads a field from the start of a text, and returns the rest.
func Cut(text string) (f store.Field, rest string, err error) {
	text = strings.TrimSpace(text)
	for _, k := range kinds {
		if key, ok := strings.CutPrefix(text, k.word+"."); ok {
			f.Kind = k.kind
			f.Key, rest, err = cutKey(key)
			return f, rest, err
		}
	}
	f.Key, rest, err = cutKey(text)
	if err != nil {
		return f, rest, err
	}
	for _, a := range attributes {
		if f.Key == a {
			return f, rest, nil
		}
	}
	return f, rest, fmt.Errorf("%q is no field: there are %s, and metrics.KEY, params.KEY and tags.KEY", f.Key, strings.Join(attributes, ", "))
}

// cutKey reads a key, in backquotes or up to a blank.
func cutKey(text string) (key, rest string, err error) {
	if !strings.HasPrefix(text, "`") {
		key, rest, _ = strings.Cut(text, " ")
		if key == "" {
			return "", "", fmt.Errorf("a field is missing")
		}
		return key, rest, nil
	}
	var b strings.Builder
	for at := 1; at < len(text); at++ {
		if text[at] != '`' {
			b.WriteByte(text[at])
			continue
		}
		if at+1 < len(text) && text[at+1] == '`' {
			b.WriteByte('`')
			at++
			continue
		}
		return b.String(), text[at+1:], nil
	}
	return "", "", fmt.Errorf("%.40s: the closing ` is missing", text)
}

// widest is how wide a column may be set, in cells.
const widest = 200

// MarshalText implements encoding.TextMarshaler: metrics.loss best width 12 pinned.
func (c Column) MarshalText() ([]byte, error) {
	s := spelled(c.Field, c.Measure)
	if c.Width > 0 {
		s += " width " + strconv.Itoa(c.Width)
	}
	if c.Pinned {
		s += " pinned"
	}
	return []byte(s), nil
}

func spelled(f store.Field, m measures.Measure) string {
	s := Spell(f)
	if m.Kind != measures.Last {
		s += " " + m.String()
	}
	return s
}

// cutMeasured reads a field and its measure, and returns the words behind them.
func cutMeasured(text string) (f store.Field, m measures.Measure, words []string, err error) {
	f, rest, err := Cut(text)
	if err != nil {
		return f, m, nil, err
	}
	m, words, err = measures.Take(strings.Fields(rest))
	if err == nil && m.Kind != measures.Last && f.Kind != store.MetricField {
		err = fmt.Errorf("%s: only metrics have a %s", Spell(f), m)
	}
	return f, m, words, err
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Column) UnmarshalText(text []byte) error {
	f, m, words, err := cutMeasured(string(text))
	if err != nil {
		return err
	}
	*c = Column{Field: f, Measure: m}
	for len(words) > 0 {
		switch {
		case words[0] == "pinned":
			c.Pinned, words = true, words[1:]
		case words[0] == "width" && len(words) > 1:
			if c.Width, err = strconv.Atoi(words[1]); err != nil || c.Width < 1 || c.Width > widest {
				return fmt.Errorf("width %s: wants cells from 1 to %d", words[1], widest)
			}
			words = words[2:]
		default:
			return fmt.Errorf("%q behind a column: there are a measure such as best, width CELLS, and pinned", words[0])
		}
	}
	return nil
}

// MarshalText implements encoding.TextMarshaler: metrics.loss best desc.
func (s Sort) MarshalText() ([]byte, error) {
	return []byte(spelled(s.Field, s.Measure) + map[bool]string{true: " desc", false: " asc"}[s.Desc]), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Sort) UnmarshalText(text []byte) error {
	f, m, words, err := cutMeasured(string(text))
	if err != nil {
		return err
	}
	*s = Sort{Field: f, Measure: m}
	switch {
	case m.Kind == measures.Trend:
		return fmt.Errorf("%s: a trend has no order", Spell(f))
	case len(words) == 0, len(words) == 1 && strings.EqualFold(words[0], "asc"):
		return nil
	case len(words) == 1 && strings.EqualFold(words[0], "desc"):
		s.Desc = true
		return nil
	}
	return fmt.Errorf("%q behind a level of the sort: there are asc and desc", strings.Join(words, " "))
}

// IsZero reports whether there is no group.
func (g Group) IsZero() bool { return g.Field == store.Field{} }

// MarshalText implements encoding.TextMarshaler.
func (g Group) MarshalText() ([]byte, error) {
	if g.IsZero() {
		return nil, nil
	}
	return []byte(Spell(g.Field)), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (g *Group) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*g = Group{}
		return nil
	}
	f, rest, err := Cut(string(text))
	switch {
	case err != nil:
		return err
	case strings.TrimSpace(rest) != "":
		return fmt.Errorf("%q behind the field of the group", strings.TrimSpace(rest))
	case f.Kind == store.MetricField || !Groups(f):
		return fmt.Errorf("%s: runs are grouped by params.KEY, tags.KEY, dataset, experiment, status or user", Spell(f))
	}
	*g = Group{f}
	return nil
}

// Groups reports whether runs can be grouped by a field: numbers and moments are too
// many.
func Groups(f store.Field) bool {
	switch f.Kind {
	case store.ParamField, store.TagField:
		return true
	case store.MetricField:
		return false
	}
	switch f.Key {
	case "dataset", "experiment", "status", "user":
		return true
	}
	return false
}

// Left is how a table was left: as a view of a name, or changed since.
type Left struct {
	Name string `json:"name,omitempty"`
	View View   `json:"view"`
}
