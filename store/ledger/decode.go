package ledger

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"benchside/store"
)

// Decode reads what Encode wrote, and nothing else. What it returns holds on to
// the text.
func Decode(text string) ([]store.RowChange, error) {
	d := decoder{text: text}
	var changes []store.RowChange
	d.want("[")
	for d.err == nil && !d.next("]") {
		if len(changes) > 0 {
			d.want(",")
		}
		var c store.RowChange
		d.want(`{"table":`)
		c.Table = d.string()
		d.want(`,"key":`)
		c.Key = d.row()
		d.want(`,"before":`)
		c.Before = d.row()
		d.want(`,"after":`)
		c.After = d.row()
		d.want("}")
		changes = append(changes, c)
	}
	return changes, d.end()
}

// DecodeRow reads what EncodeRow wrote.
func DecodeRow(text string) (map[string]any, error) {
	d := decoder{text: text}
	r := d.row()
	return r, d.end()
}

// decoder reads a text from left to right. After an error it reads nothing more.
type decoder struct {
	text string
	at   int
	err  error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("not an encoded row at byte %d: %s", d.at, what)
	}
}

func (d *decoder) end() error {
	if d.err == nil && d.at < len(d.text) {
		d.fail("there is more")
	}
	return d.err
}

// next reads a token if it is the next one.
func (d *decoder) next(token string) bool {
	if d.err != nil || !strings.HasPrefix(d.text[d.at:], token) {
		return false
	}
	d.at += len(token)
	return true
}

func (d *decoder) want(token string) {
	if !d.next(token) {
		d.fail("no " + token)
	}
}

func (d *decoder) row() map[string]any {
	if d.next("null") {
		return nil
	}
	r := map[string]any{}
	d.want("{")
	for d.err == nil && !d.next("}") {
		if len(r) > 0 {
			d.want(",")
		}
		name := d.string()
		d.want(":")
		if _, twice := r[name]; twice {
			d.fail("a column twice")
		}
		r[name] = d.value()
	}
	return r
}

func (d *decoder) value() any {
	switch {
	case d.next("null"):
		return nil
	case d.next(`{"float":`):
		f, err := strconv.ParseFloat(d.string(), 64)
		if err != nil {
			d.fail("no number")
		}
		d.want("}")
		return f
	case d.next(`{"blob":`):
		return d.hex()
	case d.next(`{"text":`):
		return string(d.hex())
	case strings.HasPrefix(d.text[d.at:], `"`):
		return d.string()
	}
	end := d.at
	for end < len(d.text) && (d.text[end] == '-' || d.text[end] >= '0' && d.text[end] <= '9') {
		end++
	}
	n, err := strconv.ParseInt(d.text[d.at:end], 10, 64)
	if err != nil {
		d.fail("no value")
	}
	d.at = end
	return n
}

func (d *decoder) hex() []byte {
	b, err := hex.DecodeString(d.string())
	if err != nil {
		d.fail("no hexadecimal")
	}
	d.want("}")
	return b
}

func (d *decoder) string() string {
	d.want(`"`)
	if d.err != nil {
		return ""
	}
	rest := d.text[d.at:]
	end := strings.IndexAny(rest, `"\`)
	if end < 0 {
		d.fail("an open text")
		return ""
	}
	if rest[end] == '"' {
		d.at += end + 1
		return rest[:end]
	}
	return d.escaped()
}

// escaped reads a text with escapes, up to its end.
func (d *decoder) escaped() string {
	var b strings.Builder
	for d.at < len(d.text) {
		c := d.text[d.at]
		d.at++
		switch {
		case c == '"':
			return b.String()
		case c != '\\':
			b.WriteByte(c)
		case d.next("u00"):
			if d.at+2 > len(d.text) {
				d.fail("an open escape")
				return ""
			}
			n, err := strconv.ParseUint(d.text[d.at:d.at+2], 16, 8)
			if err != nil || n >= ' ' {
				d.fail("no escape")
				return ""
			}
			d.at += 2
			b.WriteByte(byte(n))
		case d.next(`"`):
			b.WriteByte('"')
		case d.next(`\`):
			b.WriteByte('\\')
		default:
			d.fail("no escape")
			return ""
		}
	}
	d.fail("an open text")
	return ""
}
