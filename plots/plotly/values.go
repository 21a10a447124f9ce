package plotly

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"benchside/plots"
)

// column is an array of a trace: numbers, with the names of what is no number.
type column struct {
	numbers []float64 // milliseconds since 1970 of moments; the place of a name
	names   []string  // of each value; nil where all are numbers or moments
	unit    plots.Unit
}

// len is the number of values.
func (c column) len() int { return len(c.numbers) }

// name is a value in words.
func (c column) name(i int) string {
	switch {
	case c.names != nil:
		return c.names[i]
	case c.unit == plots.Moment:
		return time.UnixMilli(int64(c.numbers[i])).UTC().Format("2006-01-02 15:04:05")
	}
	return strconv.FormatFloat(c.numbers[i], 'g', 6, 64)
}

// column reads an array as plotly does: text that is a number is one, text that
// is a date is one if all are.
func (r *reader) column(raw json.RawMessage) column {
	if len(raw) == 0 {
		return column{}
	}
	if raw[0] == '{' {
		numbers, _ := typed(raw)
		r.points += len(numbers)
		return column{numbers: numbers}
	}
	var values []any
	if json.Unmarshal(raw, &values) != nil {
		return column{}
	}
	r.points += len(values)
	if c, ok := numbers(values); ok {
		return c
	}
	if c, ok := moments(values); ok {
		return c
	}
	c := column{numbers: make([]float64, len(values)), names: make([]string, len(values))}
	places := map[string]int{}
	for i, v := range values {
		c.names[i] = inWords(v)
		at, seen := places[c.names[i]]
		if !seen {
			at = len(places)
			places[c.names[i]] = at
		}
		c.numbers[i] = float64(at)
	}
	return c
}

func inWords(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return words(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return "…"
}

func numbers(values []any) (column, bool) {
	c := column{numbers: make([]float64, len(values))}
	for i, v := range values {
		switch v := v.(type) {
		case float64:
			c.numbers[i] = v
		case nil:
			c.numbers[i] = math.NaN()
		case string:
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return c, false
			}
			c.numbers[i] = n
		default:
			return c, false
		}
	}
	return c, true
}

var layouts = []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01"}

func moment(s string) (float64, bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, s); err == nil {
			return float64(at.UnixMilli()), true
		}
	}
	return 0, false
}

func moments(values []any) (column, bool) {
	c := column{numbers: make([]float64, len(values)), unit: plots.Moment}
	for i, v := range values {
		if v == nil {
			c.numbers[i] = math.NaN()
			continue
		}
		s, ok := v.(string)
		if !ok {
			return c, false
		}
		if c.numbers[i], ok = moment(s); !ok {
			return c, false
		}
	}
	return c, true
}

// typed reads an array of plotly 6: base64 of little-endian numbers, and a shape
// "rows, columns" where there are two dimensions.
func typed(raw json.RawMessage) (numbers []float64, cols int) {
	var a struct {
		DType string          `json:"dtype"`
		Data  string          `json:"bdata"`
		Shape json.RawMessage `json:"shape"`
	}
	if json.Unmarshal(raw, &a) != nil {
		return nil, 0
	}
	b, err := base64.StdEncoding.DecodeString(a.Data)
	read, size := dtype(a.DType)
	if err != nil || size == 0 {
		return nil, 0
	}
	numbers = make([]float64, len(b)/size)
	for i := range numbers {
		numbers[i] = read(b[i*size:])
	}
	shape := strings.Trim(string(a.Shape), `"`)
	if _, last, two := strings.Cut(shape, ","); two {
		cols, _ = strconv.Atoi(strings.TrimSpace(last))
	}
	return numbers, cols
}

func dtype(name string) (read func([]byte) float64, size int) {
	le := binary.LittleEndian
	switch name {
	case "i1":
		return func(b []byte) float64 { return float64(int8(b[0])) }, 1
	case "u1", "u1c":
		return func(b []byte) float64 { return float64(b[0]) }, 1
	case "i2":
		return func(b []byte) float64 { return float64(int16(le.Uint16(b))) }, 2
	case "u2":
		return func(b []byte) float64 { return float64(le.Uint16(b)) }, 2
	case "i4":
		return func(b []byte) float64 { return float64(int32(le.Uint32(b))) }, 4
	case "u4":
		return func(b []byte) float64 { return float64(le.Uint32(b)) }, 4
	case "f4":
		return func(b []byte) float64 { return float64(math.Float32frombits(le.Uint32(b))) }, 4
	case "f8":
		return func(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) }, 8
	}
	return nil, 0
}

// grid reads an array of two dimensions row by row; short rows are filled with
// NaN.
func (r *reader) grid(raw json.RawMessage) (values []float64, rows, cols int) {
	if len(raw) == 0 {
		return nil, 0, 0
	}
	if raw[0] == '{' {
		values, cols = typed(raw)
		if cols <= 0 {
			return nil, 0, 0
		}
		rows = len(values) / cols
		r.points += len(values)
		return values[:rows*cols], rows, cols
	}
	var lines []json.RawMessage
	if json.Unmarshal(raw, &lines) != nil {
		return nil, 0, 0
	}
	columns := make([]column, len(lines))
	for i, line := range lines {
		columns[i] = r.column(line)
		cols = max(cols, columns[i].len())
	}
	// Few long rows among many short ones would make a grid of their product.
	if cols > 0 && len(lines) > mostPoints/cols {
		r.points = mostPoints + 1
		return nil, 0, 0
	}
	for _, c := range columns {
		for i := range cols {
			v := math.NaN()
			if i < c.len() && c.names == nil {
				v = c.numbers[i]
			}
			values = append(values, v)
		}
	}
	return values, len(lines), cols
}

// axis reads what the layout says of an axis of a trace: "x2" is of "xaxis2".
func (r *reader) axis(t object, letter string) object {
	name := t.raw(letter + "axis")
	if name == "" {
		name = letter
	}
	return r.layout.object(letter + "axis" + strings.TrimPrefix(name, letter))
}

// window reads scales and ranges of the axes of a trace.
func (r *reader) window(t object) plots.View {
	x, y := r.axis(t, "x"), r.axis(t, "y")
	v := plots.View{LogX: x.raw("type") == "log", LogY: y.raw("type") == "log"}
	v.X, v.Y = span(x["range"], v.LogX), span(y["range"], v.LogY)
	return v
}

// span reads a range; of a logarithmic axis it is in powers of ten.
func span(raw json.RawMessage, log bool) plots.Range {
	var ends []any
	if json.Unmarshal(raw, &ends) != nil || len(ends) != 2 {
		return plots.Range{}
	}
	c, ok := numbers(ends)
	if !ok {
		if c, ok = moments(ends); !ok {
			return plots.Range{}
		}
	}
	from, to := min(c.numbers[0], c.numbers[1]), max(c.numbers[0], c.numbers[1])
	if log {
		from, to = math.Pow(10, from), math.Pow(10, to)
	}
	if math.IsNaN(from) || math.IsInf(from, 0) || math.IsNaN(to) || math.IsInf(to, 0) {
		return plots.Range{}
	}
	return plots.Range{From: from, To: to}
}
