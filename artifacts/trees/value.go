package trees

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// JSON writes a node and all that is in it as JSON, which every notation can be
// written as: numbers with all their digits, NaN and the infinities as texts, and
// of a key that an object has twice the last value, as most readers have it. What
// only one notation has, such as a date, is a text.
func (t *Tree) JSON(of int) json.RawMessage {
	var out bytes.Buffer
	t.write(&out, of)
	return out.Bytes()
}

func (t *Tree) write(out *bytes.Buffer, of int) {
	switch n := t.Nodes[of]; n.Type {
	case Object:
		t.object(out, of)
	case Array:
		out.WriteByte('[')
		first := true
		t.Kids(of, func(i int) {
			if !first {
				out.WriteByte(',')
			}
			first = false
			t.write(out, i)
		})
		out.WriteByte(']')
	case Number:
		out.WriteString(numberJSON(n.Text))
	case Bool:
		out.WriteString(strconv.FormatBool(strings.EqualFold(n.Text, "true")))
	case Null:
		out.WriteString("null")
	default:
		quote(out, n.Text)
	}
}

func (t *Tree) object(out *bytes.Buffer, of int) {
	last := map[string]int{}
	t.Kids(of, func(i int) { last[t.Nodes[i].Key] = i })
	out.WriteByte('{')
	first := true
	t.Kids(of, func(i int) {
		key := t.Nodes[i].Key
		if last[key] != i {
			return
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		quote(out, key)
		out.WriteByte(':')
		t.write(out, i)
	})
	out.WriteByte('}')
}

func quote(out *bytes.Buffer, text string) {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a text into memory
	out.Truncate(out.Len() - 1)
}

// numberJSON writes a number of any notation as one of JSON: 0x1F, 0o17, 1_000,
// .5 and +3 are numbers of YAML or TOML only.
func numberJSON(text string) string {
	if json.Valid([]byte(text)) {
		return text
	}
	plain := strings.ToLower(strings.ReplaceAll(text, "_", ""))
	switch strings.TrimLeft(plain, "+-.") {
	case "nan":
		return `"NaN"`
	case "inf", "infinity":
		if strings.HasPrefix(plain, "-") {
			return `"-Infinity"`
		}
		return `"Infinity"`
	}
	const longest = 400 // beyond what writes a number of 64 bits
	if len(plain) <= longest {
		if i, ok := new(big.Int).SetString(plain, 0); ok { // 017 is 15, as YAML 1.1 has it
			return i.String()
		}
		if x, err := strconv.ParseFloat(plain, 64); err == nil {
			return strconv.FormatFloat(x, 'g', -1, 64)
		}
	}
	var out bytes.Buffer
	quote(&out, text)
	return out.String()
}
