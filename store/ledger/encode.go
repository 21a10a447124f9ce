package ledger

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"benchside/store"
)

// The encoding of row changes and rows is JSON: objects with sorted keys and no
// blanks. Integers are numbers, texts are strings, NULL is null. What JSON has no
// room for is an object of one field whose value is a text: {"float": the
// shortest decimal that is read as the same}, {"blob": hexadecimal}, and {"text":
// hexadecimal} for a text that is not UTF-8. So everything that SQLite keeps comes
// back as it was, which encoding/json would not do of itself.

// Encode returns changes as the ledger keeps them.
func Encode(changes []store.RowChange) (string, error) {
	b := []byte{'['}
	for i, c := range changes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"table":`...)
		b = appendText(b, c.Table)
		for _, part := range []struct {
			name string
			row  map[string]any
		}{{"key", c.Key}, {"before", c.Before}, {"after", c.After}} {
			b = append(b, `,"`+part.name+`":`...)
			var err error
			if b, err = appendRow(b, part.row); err != nil {
				return "", fmt.Errorf("encode a row of %s: %w", c.Table, err)
			}
		}
		b = append(b, '}')
	}
	return string(append(b, ']')), nil
}

// EncodeRow returns one row, or the key of one, in the same form.
func EncodeRow(r map[string]any) (string, error) {
	b, err := appendRow(nil, r)
	return string(b), err
}

func appendRow(b []byte, r map[string]any) ([]byte, error) {
	if r == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '{')
	for i, name := range slices.Sorted(maps.Keys(r)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, name), ':')
		var err error
		if b, err = appendValue(b, r[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return append(b, '}'), nil
}

func appendValue(b []byte, v any) ([]byte, error) {
	special := func(kind, text string) ([]byte, error) {
		b = append(b, `{"`+kind+`":`...)
		return append(appendText(b, text), '}'), nil
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case string:
		if !utf8.ValidString(v) {
			return special("text", hex.EncodeToString([]byte(v)))
		}
		return appendText(b, v), nil
	case float64:
		return special("float", strconv.FormatFloat(v, 'g', -1, 64))
	case []byte:
		return special("blob", hex.EncodeToString(v))
	}
	return nil, fmt.Errorf("a %T is no value of a row", v)
}

// appendText writes a string of JSON that escapes only what it must.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if c < ' ' {
			b = fmt.Appendf(b, `\u%04x`, c)
		} else {
			b = append(b, '\\', c)
		}
	}
	return append(append(b, s[from:]...), '"')
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
