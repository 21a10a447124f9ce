package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"benchside/store"
)

// The encoding of row changes and rows is JSON: objects with sorted keys and no
// blanks. Integers are numbers, texts are strings, NULL is null. What JSON has no
// room for is an object of one field in which the value is a text: {"float": as
// the shortest decimal that is read as the same}, {"blob": hexadecimal}, and
// {"text": hexadecimal} for a text that is not UTF-8. So everything that SQLite
// keeps comes back as it was.

type change struct {
	Table  string           `json:"table"`
	Key    map[string]value `json:"key"`
	Before map[string]value `json:"before"`
	After  map[string]value `json:"after"`
}

type value struct{ v any }

// MarshalJSON implements json.Marshaler.
func (v value) MarshalJSON() ([]byte, error) {
	switch v := v.v.(type) {
	case nil:
		return []byte("null"), nil
	case int64:
		return strconv.AppendInt(nil, v, 10), nil
	case string:
		if !utf8.ValidString(v) {
			return plain(map[string]string{"text": hex.EncodeToString([]byte(v))})
		}
		return plain(v)
	case float64:
		return plain(map[string]string{"float": strconv.FormatFloat(v, 'g', -1, 64)})
	case []byte:
		return plain(map[string]string{"blob": hex.EncodeToString(v)})
	}
	return nil, fmt.Errorf("a %T is no value of a row", v.v)
}

// plain leaves <, > and & as they are.
func plain(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *value) UnmarshalJSON(b []byte) error {
	switch {
	case string(b) == "null":
		v.v = nil
		return nil
	case b[0] == '"':
		var s string
		err := json.Unmarshal(b, &s)
		v.v = s
		return err
	case b[0] != '{':
		n, err := strconv.ParseInt(string(b), 10, 64)
		v.v = n
		return err
	}
	var o map[string]string
	if err := json.Unmarshal(b, &o); err != nil {
		return err
	}
	var err error
	for kind, s := range o {
		v.v, err = special(kind, s)
	}
	if len(o) != 1 {
		err = errors.New("not one value")
	}
	return err
}

func special(kind, s string) (any, error) {
	if kind == "float" {
		return strconv.ParseFloat(s, 64)
	}
	b, err := hex.DecodeString(s)
	switch {
	case err != nil:
		return nil, err
	case kind == "text":
		return string(b), nil
	case kind == "blob":
		return b, nil
	}
	return nil, fmt.Errorf("%q is no kind of value", kind)
}

func wrap(r map[string]any) map[string]value {
	if r == nil {
		return nil
	}
	w := make(map[string]value, len(r))
	for k, v := range r {
		w[k] = value{v}
	}
	return w
}

func unwrap(w map[string]value) map[string]any {
	if w == nil {
		return nil
	}
	r := make(map[string]any, len(w))
	for k, v := range w {
		r[k] = v.v
	}
	return r
}

// Encode returns changes as the ledger keeps them.
func Encode(changes []store.RowChange) (string, error) {
	all := make([]change, 0, len(changes))
	for _, c := range changes {
		all = append(all, change{c.Table, wrap(c.Key), wrap(c.Before), wrap(c.After)})
	}
	b, err := plain(all)
	return string(b), err
}

// Decode reads what Encode wrote.
func Decode(text string) ([]store.RowChange, error) {
	var all []change
	if err := strict(text, &all); err != nil {
		return nil, err
	}
	var changes []store.RowChange
	for _, c := range all {
		changes = append(changes, store.RowChange{Table: c.Table, Key: unwrap(c.Key), Before: unwrap(c.Before), After: unwrap(c.After)})
	}
	return changes, nil
}

// EncodeRow returns one row, or the key of one, in the same form.
func EncodeRow(r map[string]any) (string, error) {
	b, err := plain(wrap(r))
	return string(b), err
}

// DecodeRow reads what EncodeRow wrote.
func DecodeRow(text string) (map[string]any, error) {
	var w map[string]value
	err := strict(text, &w)
	return unwrap(w), err
}

func strict(text string, to any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(to)
}

// Same reports whether two values of a row are the same for SQLite, kind
// included. A column that is missing is NULL.
func Same(a, b any) bool {
	x, isBlob := a.([]byte)
	y, areBlobs := b.([]byte)
	if isBlob || areBlobs {
		return isBlob && areBlobs && bytes.Equal(x, y)
	}
	f, isFloat := a.(float64)
	g, areFloats := b.(float64)
	if isFloat && areFloats {
		return math.Float64bits(f) == math.Float64bits(g)
	}
	return a == b
}
