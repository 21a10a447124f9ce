package trees

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// jsonReader reads JSON as Python writes it: with NaN and infinities, and with
// numbers and repeated keys that a decoder into Go's values would lose.
type jsonReader struct {
	*builder
	data []byte
	at   int
}

func (b *builder) json(data []byte) error {
	r := jsonReader{builder: b, data: data}
	if err := r.value(""); err != nil {
		return err
	}
	if r.space(); r.at < len(r.data) {
		return r.wrong("something behind the end")
	}
	return nil
}

// jsonLines reads a value a line, as an array.
func (b *builder) jsonLines(data []byte) error {
	if err := b.add("", Array, ""); err != nil {
		return err
	}
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		r := jsonReader{builder: b, data: line}
		err := r.value("")
		if r.space(); err == nil && r.at < len(r.data) {
			err = r.wrong("something behind the end")
		}
		if err != nil {
			return fmt.Errorf("value %d: %w", n+1, err)
		}
	}
	b.close()
	return nil
}

func (r *jsonReader) wrong(what string) error {
	before := r.data[:min(r.at, len(r.data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, byte %d: %s: %w", line, column, what, ErrSyntax)
}

func (r *jsonReader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return
		}
	}
}

// peek skips space and returns the next byte, 0 at the end.
func (r *jsonReader) peek() byte {
	if r.space(); r.at < len(r.data) {
		return r.data[r.at]
	}
	return 0
}

// value reads one value; add bounds the depth of the recursion.
func (r *jsonReader) value(key string) error {
	switch c := r.peek(); c {
	case '{', '[':
		return r.container(key, c)
	case '"':
		text, err := r.text()
		if err != nil {
			return err
		}
		return r.add(key, String, text)
	default:
		return r.word(key)
	}
}

func (r *jsonReader) container(key string, opening byte) error {
	t, closing := Object, byte('}')
	if opening == '[' {
		t, closing = Array, ']'
	}
	if err := r.add(key, t, ""); err != nil {
		return err
	}
	r.at++
	for first := true; ; first = false {
		c := r.peek()
		switch {
		case c == closing && first:
			r.at++
			r.close()
			return nil
		case c == 0:
			return r.wrong("the end is missing")
		}
		inner := ""
		if t == Object {
			var err error
			if inner, err = r.key(); err != nil {
				return err
			}
		}
		if err := r.value(inner); err != nil {
			return err
		}
		switch r.peek() {
		case ',':
			r.at++
		case closing:
			r.at++
			r.close()
			return nil
		default:
			return r.wrong("a comma or the end is missing")
		}
	}
}

func (r *jsonReader) key() (string, error) {
	if r.peek() != '"' {
		return "", r.wrong("a key is missing")
	}
	key, err := r.text()
	if err == nil && r.peek() != ':' {
		err = r.wrong("a colon is missing")
	}
	r.at++
	return key, err
}

// text reads a string.
func (r *jsonReader) text() (string, error) {
	from := r.at
	for r.at++; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '\\':
			r.at++
		case c < 0x20:
			return "", r.wrong("a control in a string")
		case c == '"':
			r.at++
			raw := r.data[from:r.at]
			if bytes.IndexByte(raw, '\\') < 0 {
				return strings.ToValidUTF8(string(raw[1:len(raw)-1]), "\ufffd"), nil
			}
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return "", r.wrong("an unknown escape")
			}
			return text, nil
		}
	}
	return "", r.wrong("a string has no end")
}

// word reads a number or a name of a value.
func (r *jsonReader) word(key string) error {
	from := r.at
	for r.at < len(r.data) && !bytes.ContainsRune([]byte(" \t\r\n,:]}[{\""), rune(r.data[r.at])) {
		r.at++
	}
	word := string(r.data[from:r.at])
	switch word {
	case "true", "false":
		return r.add(key, Bool, word)
	case "null":
		return r.add(key, Null, word)
	case "NaN", "Infinity", "-Infinity":
		return r.add(key, Number, word)
	}
	if word == "" || !json.Valid([]byte(word)) {
		r.at = from
		return r.wrong("no value")
	}
	return r.add(key, Number, word)
}
