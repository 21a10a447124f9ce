package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"benchside/store"
)

// Row is one row of a table: its values by column, as nil, an int64, a float64 or a
// text.
type Row = map[string]any

// table is what is known of a table whose rows are recorded.
type table struct {
	name string
	key  []string // its primary key; a workspace is left out where there is none
}

// tables are those that a change may touch, in the order in which they may be
// filled: a row stands behind those that it refers to.
var tables = []table{
	{"registered_models", []string{"workspace", "name"}},
	{"registered_model_tags", []string{"workspace", "key", "name"}},
	{"registered_model_aliases", []string{"workspace", "name", "alias"}},
	{"model_versions", []string{"workspace", "name", "version"}},
	{"model_version_tags", []string{"workspace", "key", "name", "version"}},
	{"logged_model_tags", []string{"model_id", "tag_key"}},
	{"benchside_rules", []string{"name", "stage"}},
	{"benchside_requests", []string{"id"}},
	{"benchside_comments", []string{"id"}},
	{"benchside_gates", []string{"id"}},
}

// place is the position of a table among those that a change may touch, -1 for
// another one.
func place(name string) int {
	return slices.IndexFunc(tables, func(t table) bool { return t.name == name })
}

// Key returns the primary key of a row.
func Key(name string, r Row) map[string]any {
	key := map[string]any{}
	if at := place(name); at >= 0 {
		for _, column := range tables[at].key {
			if value, ok := r[column]; ok {
				key[column] = value
			}
		}
	}
	return key
}

// spelled is a primary key as a text, by which rows are told apart.
func spelled(name string, key map[string]any) string {
	var b strings.Builder
	for _, column := range tables[place(name)].key {
		if value, ok := key[column]; ok {
			fmt.Fprintf(&b, "%T %q ", value, fmt.Sprint(value))
		}
	}
	return b.String()
}

// State is rows by table and primary key.
type State struct{ rows map[string]map[string]Row }

// Add puts a row into the state, in place of one with the same key.
func (s *State) Add(name string, r Row) {
	if place(name) < 0 {
		return
	}
	if s.rows == nil {
		s.rows = map[string]map[string]Row{}
	}
	if s.rows[name] == nil {
		s.rows[name] = map[string]Row{}
	}
	s.rows[name][spelled(name, Key(name, r))] = r
}

// Rows returns the rows of a table, in the order of their keys.
func (s State) Rows(name string) []Row {
	var out []Row
	for _, key := range sorted(s.rows[name]) {
		out = append(out, s.rows[name][key])
	}
	return out
}

// Empty reports whether there is no row.
func (s State) Empty() bool {
	for _, rows := range s.rows {
		if len(rows) > 0 {
			return false
		}
	}
	return true
}

func sorted(rows map[string]Row) []string {
	keys := make([]string, 0, len(rows))
	for key := range rows {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Diff returns what became of the rows of a state, in the order of the tables.
func Diff(before, after State) []store.RowChange {
	var out []store.RowChange
	for _, t := range tables {
		was, is := before.rows[t.name], after.rows[t.name]
		for _, key := range sorted(was) {
			now, there := is[key]
			switch {
			case !there:
				out = append(out, store.RowChange{Table: t.name, Key: Key(t.name, was[key]), Before: was[key]})
			default:
				if from, to := differing(was[key], now); len(to) > 0 {
					out = append(out, store.RowChange{Table: t.name, Key: Key(t.name, now), Before: from, After: to})
				}
			}
		}
		for _, key := range sorted(is) {
			if _, there := was[key]; !there {
				out = append(out, store.RowChange{Table: t.name, Key: Key(t.name, is[key]), After: is[key]})
			}
		}
	}
	return out
}

// differing returns the columns in which two rows differ, of either.
func differing(was, is Row) (from, to Row) {
	from, to = Row{}, Row{}
	for column, value := range is {
		if was[column] != value {
			from[column], to[column] = was[column], value
		}
	}
	return from, to
}

// Apply makes the changes of a line to the state.
func (s *State) Apply(changes []store.RowChange) {
	for _, c := range changes {
		if place(c.Table) < 0 {
			continue
		}
		key := spelled(c.Table, c.Key)
		switch row := s.rows[c.Table][key]; {
		case c.After == nil:
			delete(s.rows[c.Table], key)
		case c.Before == nil || row == nil:
			s.Add(c.Table, merged(c.Key, c.After))
		default:
			s.rows[c.Table][key] = merged(row, c.After)
		}
	}
}

func merged(a, b Row) Row {
	out := make(Row, len(a)+len(b))
	for column, value := range a {
		out[column] = value
	}
	for column, value := range b {
		out[column] = value
	}
	return out
}

// Reversed returns the changes that take some changes back, in an order in which
// they can be made: deleted before what they refer to, made after it.
func Reversed(changes []store.RowChange) []store.RowChange {
	var out []store.RowChange
	for _, c := range changes {
		out = append(out, store.RowChange{Table: c.Table, Key: c.Key, Before: c.After, After: c.Before})
	}
	slices.SortStableFunc(out, func(a, b store.RowChange) int { return turn(a) - turn(b) })
	return out
}

// turn is when a change is made among others.
func turn(c store.RowChange) int {
	at := place(c.Table)
	if c.After == nil {
		return -1 - at // the last tables first
	}
	return at
}

// Encode writes changes as the JSON that is kept and hashed.
func Encode(changes []store.RowChange) (string, error) {
	text, err := json.Marshal(changes)
	return string(text), err
}

// Decode reads changes that were kept. Numbers without a point are integers.
func Decode(text string) ([]store.RowChange, error) {
	var out []store.RowChange
	if err := decode(text, &out); err != nil {
		return nil, err
	}
	for i := range out {
		for _, row := range []Row{out[i].Key, out[i].Before, out[i].After} {
			if err := settle(row); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func decode(text string, into any) error {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: changes that are no JSON: %w", store.ErrBroken, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: changes with something behind them", store.ErrBroken)
	}
	return nil
}

// settle makes numbers of JSON those of a row.
func settle(row Row) error {
	for column, value := range row {
		n, ok := value.(json.Number)
		if !ok {
			continue
		}
		if whole, err := n.Int64(); err == nil {
			row[column] = whole
			continue
		}
		real, err := n.Float64()
		if err != nil {
			return fmt.Errorf("%w: %s is no number", store.ErrBroken, n)
		}
		row[column] = real
	}
	return nil
}

// MarshalJSON writes the rows by table.
func (s State) MarshalJSON() ([]byte, error) {
	out := map[string][]Row{}
	for _, t := range tables {
		if rows := s.Rows(t.name); len(rows) > 0 {
			out[t.name] = rows
		}
	}
	return json.Marshal(out)
}

// ParseState reads rows that MarshalJSON wrote.
func ParseState(text string) (State, error) {
	var held map[string][]Row
	if err := decode(text, &held); err != nil {
		return State{}, err
	}
	var s State
	for name, rows := range held {
		for _, row := range rows {
			if err := settle(row); err != nil {
				return State{}, err
			}
			s.Add(name, row)
		}
	}
	return s, nil
}

// Known reports whether rows of a table are recorded.
func Known(name string) bool { return place(name) >= 0 }

// KeyColumns are the columns of a table's primary key; none for another table.
func KeyColumns(name string) []string {
	if at := place(name); at >= 0 {
		return slices.Clone(tables[at].key)
	}
	return nil
}
