package tables

import (
	"cmp"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind is what a value is; a column may hold several.
type Kind uint8

// The kinds of values. Missing, NaN and the infinities are four facts.
const (
	Missing   Kind = iota
	Finite         // Number holds it, exactly if it is no integer beyond 2^53
	NaN            //
	PosInf         //
	NegInf         //
	Truth          // Number is 1 or 0
	Instant        // Number holds seconds since 1970 UTC
	Word           // text
	Structure      // a list, record or map: Text is JSON
	Picture        // an image that MLflow logged beside the table: Text is JSON
)

// Value is a cell.
type Value struct {
	Text   string  // as the file has it; binary formats, as they are usually written
	Number float64 // see Kind
	Whole  int64   // bytes of the cell if Text is only its beginning, else 0
	Kind   Kind
}

// Numeric reports whether the value takes part in sums: NaN and the infinities do.
func (v Value) Numeric() bool { return v.Kind >= Finite && v.Kind <= NegInf }

// Float returns the value as a number, NaN for what is none.
func (v Value) Float() float64 {
	switch v.Kind {
	case Finite, Truth, Instant:
		return v.Number
	case PosInf:
		return math.Inf(1)
	case NegInf:
		return math.Inf(-1)
	}
	return math.NaN()
}

// JSON writes the value as JSON: numbers with all their digits, NaN and the
// infinities as texts, what is missing as null, structures as what they are.
func (v Value) JSON() json.RawMessage {
	text := strings.TrimSpace(v.Text)
	switch {
	case v.Kind == Missing:
		return json.RawMessage("null")
	case v.Kind == NaN:
		return json.RawMessage(`"NaN"`)
	case v.Kind == PosInf:
		return json.RawMessage(`"Infinity"`)
	case v.Kind == NegInf:
		return json.RawMessage(`"-Infinity"`)
	case v.Kind == Truth:
		return strconv.AppendBool(nil, v.Number != 0)
	case v.Kind == Finite && json.Valid([]byte(text)), v.Kind >= Structure && v.Whole == 0 && json.Valid([]byte(text)):
		return json.RawMessage(text)
	case v.Kind == Finite:
		return strconv.AppendFloat(nil, v.Number, 'g', -1, 64) // such as +1 and .5
	}
	out, err := json.Marshal(v.Text)
	if err != nil {
		return json.RawMessage("null") // a text always is JSON
	}
	return out
}

// number makes the value of a number that was written as text.
func number(text string, x float64) Value {
	v := Value{Text: text}
	switch {
	case math.IsNaN(x):
		v.Kind = NaN
	case math.IsInf(x, 1):
		v.Kind = PosInf
	case math.IsInf(x, -1):
		v.Kind = NegInf
	default:
		v.Kind, v.Number = Finite, x
	}
	return v
}

func truth(b bool) Value {
	if b {
		return Value{Text: "true", Number: 1, Kind: Truth}
	}
	return Value{Text: "false", Kind: Truth}
}

func seconds(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

// rank orders the kinds that do not compare with each other.
var rank = [...]int{
	Missing: 6, Finite: 0, PosInf: 0, NegInf: 0, NaN: 1, Truth: 2, Instant: 3, Word: 4, Structure: 5, Picture: 5,
}

// Compare orders values: numbers by size, then NaN, false and true, times, text
// by its bytes, structures, and what is missing last.
func Compare(a, b Value) int {
	if c := cmp.Compare(rank[a.Kind], rank[b.Kind]); c != 0 {
		return c
	}
	switch a.Kind {
	case Finite, PosInf, NegInf, Truth, Instant:
		x, y := a.Float(), b.Float()
		if x == y && math.Abs(x) >= 1<<53 && a.Kind == Finite && b.Kind == Finite {
			return compareDigits(a.Text, b.Text)
		}
		return cmp.Compare(x, y)
	case Word, Structure, Picture:
		return strings.Compare(a.Text, b.Text)
	}
	return 0
}

// compareDigits orders integers that one float64 stands for; whatever is no
// plain integer counts as equal.
func compareDigits(a, b string) int {
	negative := strings.HasPrefix(a, "-")
	a, b = strings.TrimLeft(a, "+-0"), strings.TrimLeft(b, "+-0")
	if !digits(a) || !digits(b) {
		return 0
	}
	c := cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	if negative {
		return -c
	}
	return c
}

func digits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// merge is the type of a column that holds values of both types.
func merge(a, b Type) Type {
	switch {
	case a == Unknown || a == b:
		return b
	case b == Unknown:
		return a
	case a <= Number && b <= Number:
		return Number
	case a == Nested || b == Nested:
		return Nested
	}
	return Text
}

// mostNumberBytes is beyond what writes a number.
const mostNumberBytes = 400

// classify says which type the text of a cell would have on its own.
func classify(b []byte) Type {
	if len(b) == 0 || missingWord(b) {
		return Unknown
	}
	switch c := b[0]; {
	case c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.':
		if integral(b) {
			return Integer
		}
		if _, ok := parseNumber(b); ok {
			return Number
		}
		if _, ok := parseTime(string(b[:min(len(b), mostTimeBytes+1)])); ok {
			return Time
		}
	case c == 't' || c == 'T' || c == 'f' || c == 'F':
		if _, ok := parseTruth(b); ok {
			return Bool
		}
	case c == 'n' || c == 'N' || c == 'i' || c == 'I':
		if _, ok := parseNumber(b); ok {
			return Number
		}
	}
	return Text
}

// integral reports whether b is an integer whose digits an int64 may hold.
func integral(b []byte) bool {
	if b[0] == '-' || b[0] == '+' {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 19 {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// missingWord reports whether a cell says in a word that it is missing.
func missingWord(b []byte) bool {
	switch string(b) {
	case "null", "NULL", "NA", "N/A", "None", "<NA>", "NaT":
		return true
	}
	return false
}

// parseNumber reads decimals, NaN and infinities, and nothing else of what
// strconv would take.
func parseNumber(b []byte) (float64, bool) {
	switch string(b) {
	case "nan", "NaN", "NAN", "-nan", "-NaN":
		return math.NaN(), true
	case "inf", "Inf", "INF", "+inf", "+Inf", "Infinity", "+Infinity", "infinity":
		return math.Inf(1), true
	case "-inf", "-Inf", "-INF", "-Infinity", "-infinity":
		return math.Inf(-1), true
	}
	if len(b) == 0 || len(b) > mostNumberBytes {
		return 0, false
	}
	for _, c := range b {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	x, err := strconv.ParseFloat(string(b), 64)
	return x, err == nil
}

func parseTruth(b []byte) (value, ok bool) {
	switch string(b) {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return false, false
}

const mostTimeBytes = 40

// parseTime reads ISO 8601 dates, with or without a time of day; without a zone
// they count as UTC.
func parseTime(s string) (time.Time, bool) {
	if len(s) < 10 || len(s) > mostTimeBytes || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	if len(s) == 10 {
		t, err := time.Parse(time.DateOnly, s)
		return t, err == nil
	}
	layout := "2006-01-02" + s[10:11] + "15:04:05"
	if s[10] != ' ' && s[10] != 'T' {
		return time.Time{}, false
	}
	if len(s) == 16 {
		layout = layout[:16]
	}
	for _, zone := range [...]string{"", "Z07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout+zone, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// valueOf makes the value of a cell of a column of a type.
func valueOf(b []byte, whole int64, t Type) Value {
	text := string(b)
	if whole > 0 {
		return Value{Text: text, Whole: whole, Kind: Word}
	}
	if t == Text {
		return Value{Text: text, Kind: Word}
	}
	if missingWord(b) {
		return Value{Text: text}
	}
	switch t {
	case Bool:
		if v, ok := parseTruth(b); ok {
			made := truth(v)
			made.Text = text
			return made
		}
	case Time:
		if at, ok := parseTime(text); ok {
			return Value{Text: text, Number: seconds(at), Kind: Instant}
		}
	default:
		if x, ok := parseNumber(b); ok {
			return number(text, x)
		}
	}
	return Value{Text: text, Kind: Word}
}
