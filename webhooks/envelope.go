// Package webhooks tells subscribers what happened, as MLflow's server does: the
// same body, the same signature, the same retries. It makes no deliveries, which
// are written with each change, and sends none twice.
package webhooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// Envelope is what is told: the body of a request.
// mlflow/webhooks/delivery.py, _send_webhook_request.
type Envelope struct {
	Entity, Action string
	At             time.Time
	Data           json.RawMessage
}

// Body spells the envelope as Python's json.dumps does, with its separators, in
// ASCII, the fields of Data in their order.
func (e Envelope) Body() ([]byte, error) {
	if !json.Valid(e.Data) {
		return nil, errors.New("the data of the event is no JSON")
	}
	b := []byte(`{"entity": `)
	b = appendText(b, e.Entity)
	b = append(b, `, "action": `...)
	b = appendText(b, e.Action)
	b = append(b, `, "timestamp": `...)
	b = appendText(b, isoformat(e.At))
	b = append(b, `, "data": `...)
	b = appendValue(b, e.Data)
	return append(b, '}'), nil
}

// isoformat is Python's datetime.isoformat in UTC, which leaves out microseconds
// that are none.
func isoformat(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05-07:00")
	}
	return t.Format("2006-01-02T15:04:05.000000-07:00")
}

// Sign returns the signature of a body: of its delivery's id, the time of sending
// in seconds since the Unix epoch, and the body, joined by full stops.
func Sign(secret, id string, at int64, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%d.", id, at)
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// appendValue spells valid JSON anew: separators with a blank behind, texts in
// ASCII, numbers as they were.
func appendValue(b []byte, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case ' ', '\t', '\n', '\r':
		case ',', ':':
			b = append(b, c, ' ')
		case '"':
			end := closing(raw, i)
			b = appendUnits(b, units(raw[i+1:end]))
			i = end
		default:
			b = append(b, c)
		}
	}
	return b
}

// closing returns where a text ends that begins at i.
func closing(raw []byte, i int) int {
	for i++; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return min(i, len(raw))
}

// units decodes the inside of a JSON text. It keeps half a surrogate pair, which
// Python writes as it read it.
func units(text []byte) []uint16 {
	short := map[byte]uint16{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}
	var out []uint16
	for len(text) > 0 {
		if text[0] != '\\' || len(text) < 2 {
			r, n := utf8.DecodeRune(text)
			out, text = utf16.AppendRune(out, r), text[n:]
			continue
		}
		if text[1] == 'u' && len(text) >= 6 {
			unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
			if err != nil {
				unit = utf8.RuneError
			}
			out, text = append(out, uint16(unit)), text[6:]
			continue
		}
		unit, ok := short[text[1]]
		if !ok {
			unit = uint16(text[1])
		}
		out, text = append(out, unit), text[2:]
	}
	return out
}

func appendText(b []byte, text string) []byte {
	return appendUnits(b, utf16.Encode([]rune(text)))
}

// appendUnits writes a text as json.dumps does: all but what is printable in
// ASCII is escaped.
func appendUnits(b []byte, text []uint16) []byte {
	const short = "\"\\\b\f\n\r\t"
	const letters = `"\bfnrt`
	b = append(b, '"')
	for _, u := range text {
		at := -1
		if u < 0x80 {
			at = strings.IndexByte(short, byte(u))
		}
		switch {
		case at >= 0:
			b = append(b, '\\', letters[at])
		case u < ' ' || u > '~':
			b = fmt.Appendf(b, `\u%04x`, u)
		default:
			b = append(b, byte(u))
		}
	}
	return append(b, '"')
}
