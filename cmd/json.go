package cmd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"benchside/sanitize"
)

// number is a metric's value in JSON: NaN and the infinities are texts.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	s := decimal(float64(n))
	if c := s[len(s)-1]; c == 'N' || c == 'y' {
		s = `"` + s + `"`
	}
	return []byte(s), nil
}

// jsonWriter prints JSON in which nothing can act on a terminal: what JSON lets
// stand but a terminal obeys is written as \u. Errors of the writer below stay
// until the end tells them.
type jsonWriter struct {
	out   *bufio.Writer
	buf   bytes.Buffer
	begun bool // an array has its first element
}

func newJSONWriter(out io.Writer) *jsonWriter {
	return &jsonWriter{out: bufio.NewWriterSize(out, 64<<10)}
}

// text returns v as JSON in one line; it is valid until the next call.
func (w *jsonWriter) text(v any, indent string) ([]byte, error) {
	w.buf.Reset()
	e := json.NewEncoder(&w.buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return escaped(bytes.TrimSuffix(w.buf.Bytes(), []byte("\n"))), nil
}

// value prints v alone, indented.
func (w *jsonWriter) value(v any) error {
	b, err := w.text(v, "  ")
	if err != nil {
		return err
	}
	w.out.Write(b)
	w.out.WriteByte('\n')
	return w.out.Flush()
}

// line prints v alone, in one line.
func (w *jsonWriter) line(v any) error {
	b, err := w.text(v, "")
	if err != nil {
		return err
	}
	w.out.Write(b)
	_, err = w.out.WriteString("\n")
	return err
}

// element prints v as the next one of an array, in one line.
func (w *jsonWriter) element(v any) error {
	b, err := w.text(v, "")
	if err != nil {
		return err
	}
	if w.begun {
		w.out.WriteString(",\n")
	} else {
		w.out.WriteString("[\n")
	}
	w.begun = true
	_, err = w.out.Write(b)
	return err
}

// end closes the array.
func (w *jsonWriter) end() error {
	if w.begun {
		w.out.WriteString("\n]\n")
	} else {
		w.out.WriteString("[]\n")
	}
	return w.out.Flush()
}

// printArray prints all elements of an array.
func printArray[T any](out io.Writer, all []T) error {
	w := newJSONWriter(out)
	for i := range all {
		if err := w.element(&all[i]); err != nil {
			return err
		}
	}
	return w.end()
}

// escaped writes the controls and hidden characters that encoding/json leaves as
// they are with \u. In JSON they can only stand in strings.
func escaped(b []byte) []byte {
	at := firstHidden(b)
	if at < 0 {
		return b
	}
	out := append(make([]byte, 0, len(b)+64), b[:at]...)
	for rest := b[at:]; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		switch {
		case r != 0x7f && !sanitize.Hidden(r):
			out = append(out, rest[:n]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		rest = rest[n:]
	}
	return out
}

// firstHidden returns where the first character stands that must be escaped, -1
// if there is none.
func firstHidden(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == 0x7f || sanitize.Hidden(r) {
			return i
		}
		i += n
	}
	return -1
}
