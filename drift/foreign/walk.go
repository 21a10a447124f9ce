package foreign

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// mostItems bounds the parts of a list that are looked at: columns, metrics, tests and
// widgets are some hundreds at most.
const mostItems = 100_000

// The functions here walk over JSON that was checked before: they find where values
// end and decode none.

// blank is the place of the next sign.
func blank(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// quoted is the place behind a string that begins at i.
func quoted(b []byte, i int) int {
	for i++; i < len(b); {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return len(b)
		}
		i += n
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		i++
		if slashes%2 == 0 {
			return i
		}
	}
	return len(b)
}

// behind is the place behind a value that begins at i.
func behind(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i = quoted(b, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			if depth == 0 { // it ends what the value is in
				return i
			}
			depth--
			i++
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i++
			continue
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

// elements calls see with the elements of a list, at most so many. What is no list has
// none.
func elements(ctx context.Context, list json.RawMessage, see func(value json.RawMessage) error) error {
	i := blank(list, 0)
	if i >= len(list) || list[i] != '[' {
		return ctx.Err()
	}
	for n, i := 0, blank(list, i+1); n < mostItems && i < len(list) && list[i] != ']'; n++ {
		end := behind(list, i)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := see(list[i:end]); err != nil {
			return err
		}
		if i = blank(list, end); i < len(list) && list[i] == ',' {
			i = blank(list, i+1)
		}
	}
	return ctx.Err()
}

// ordered calls see with the members of an object in their order. What is no object has
// none.
func ordered(ctx context.Context, object json.RawMessage, see func(key string, value json.RawMessage) error) error {
	i := blank(object, 0)
	if i >= len(object) || object[i] != '{' {
		return ctx.Err()
	}
	for i = blank(object, i+1); i < len(object) && object[i] == '"'; {
		end := quoted(object, i)
		var key string
		if err := json.Unmarshal(object[i:end], &key); err != nil {
			return fmt.Errorf("%w: %w", ErrNone, err)
		}
		i = blank(object, blank(object, end)+1) // behind the colon
		end = behind(object, i)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := see(key, object[i:end]); err != nil {
			return err
		}
		if i = blank(object, end); i < len(object) && object[i] == ',' {
			i = blank(object, i+1)
		}
	}
	return ctx.Err()
}

// shallow reads members of an object; what is no object has none.
func shallow(ctx context.Context, raw json.RawMessage, into map[string]any) {
	_ = ordered(ctx, raw, func(key string, value json.RawMessage) error {
		switch v := into[key].(type) {
		case nil:
		case *json.RawMessage:
			*v = value
		default:
			loose(value, v)
		}
		return nil
	}) // what is broken is left out
}
