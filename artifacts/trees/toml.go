package trees

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/BurntSushi/toml"
)

// toml reads TOML. Its order is that of the text; its numbers are written as
// short as they can be, since the library does not keep their text.
func (b *builder) toml(data []byte) error {
	if err := shallow(data); err != nil {
		return err
	}
	var values map[string]any
	meta, err := toml.Decode(string(data), &values)
	if err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return fmt.Errorf("line %d: %s: %w", at.Position.Line, firstLine(err), ErrSyntax)
		}
		return fmt.Errorf("%s: %w", firstLine(err), ErrSyntax)
	}
	order := map[string]int{}
	for i, key := range meta.Keys() {
		if _, seen := order[key.String()]; !seen {
			order[key.String()] = i
		}
	}
	return b.tomlTable("", values, nil, order)
}

// shallow refuses what would nest the library's calls too deep: brackets, and
// keys of many dots. Strings count as if they were none, which refuses a few
// documents that could be read.
func shallow(data []byte) error {
	brackets := 0
	for _, line := range bytes.Split(data, []byte("\n")) {
		dots := 0
		for _, c := range line {
			switch c {
			case '[', '{':
				brackets++
			case ']', '}':
				brackets = max(brackets-1, 0)
			case '.':
				dots++
			}
		}
		const mostDots = 500
		if brackets > deepest || dots > mostDots {
			return fmt.Errorf("deeper than %d: %w", deepest, ErrBounds)
		}
	}
	return nil
}

func (b *builder) tomlTable(key string, table map[string]any, path toml.Key, order map[string]int) error {
	if err := b.add(key, Object, ""); err != nil {
		return err
	}
	for _, k := range ordered(table, path, order) {
		if err := b.tomlValue(k, table[k], append(path[:len(path):len(path)], k), order); err != nil {
			return err
		}
	}
	b.close()
	return nil
}

func (b *builder) tomlValue(key string, value any, path toml.Key, order map[string]int) error {
	switch v := value.(type) {
	case map[string]any:
		return b.tomlTable(key, v, path, order)
	case []map[string]any:
		if err := b.add(key, Array, ""); err != nil {
			return err
		}
		for _, t := range v {
			if err := b.tomlTable("", t, path, order); err != nil {
				return err
			}
		}
		b.close()
		return nil
	case []any:
		if err := b.add(key, Array, ""); err != nil {
			return err
		}
		for _, e := range v {
			if err := b.tomlValue("", e, path, order); err != nil {
				return err
			}
		}
		b.close()
		return nil
	case string:
		return b.add(key, String, v)
	case bool:
		return b.add(key, Bool, strconv.FormatBool(v))
	case int64:
		return b.add(key, Number, strconv.FormatInt(v, 10))
	case float64:
		return b.add(key, Number, tomlFloat(v))
	case time.Time:
		return b.add(key, Other, v.Format(tomlLayout(v)))
	}
	return b.add(key, Other, fmt.Sprint(value))
}

// tomlLayout is how a time was written: the library says by its zone what there is
// of it (toml.LocalDate and so on of its internal package).
func tomlLayout(t time.Time) string {
	switch t.Location().String() {
	case "date-local":
		return time.DateOnly
	case "time-local":
		return "15:04:05.999999999"
	case "datetime-local":
		return "2006-01-02T15:04:05.999999999"
	}
	return time.RFC3339Nano
}

func tomlFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if !bytes.ContainsAny([]byte(text), ".e") {
		text += ".0"
	}
	return text
}

// ordered lists the keys of a table as they stand in the text.
func ordered(table map[string]any, path toml.Key, order map[string]int) []string {
	keys := slices.Collect(maps.Keys(table))
	place := func(key string) int {
		if i, ok := order[append(path[:len(path):len(path)], key).String()]; ok {
			return i
		}
		return math.MaxInt // a table that is only named in the names of others
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
	return keys
}
