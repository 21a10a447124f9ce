package drift

import "math"

// Role is what a column is to the model.
type Role int

// The roles. Timestamps and ignored columns are left out of a report, identifiers
// are listed and not compared.
const (
	Feature Role = iota
	Target
	Prediction
	Probability
	Metric
	Param
	Timestamp
	ID
	Ignore
)

var roleNames = names[Role]{"feature", "target", "prediction", "probability", "metric", "param", "timestamp", "id", "ignore"}

func (r Role) String() string { return roleNames.of(r) }

// RoleNamed is the role of a name, as String writes it.
func RoleNamed(name string) (Role, bool) { return roleNames.value(name) }

// reported is a role as a report knows it, which has none for identifiers.
func (r Role) reported() string {
	if r > Param {
		return Feature.String()
	}
	return r.String()
}

// Kind is how a column is compared.
type Kind int

// The kinds. Undecided lets the values decide; the last three are not tested.
const (
	Undecided Kind = iota
	Numeric
	Categorical
	Datetime
	Text
	Unknown
)

var kindNames = names[Kind]{"", "num", "cat", "datetime", "text", "unknown"}

func (k Kind) String() string { return kindNames.of(k) }

// KindNamed is the kind of a name, as String writes it; "" is Undecided.
func KindNamed(name string) (Kind, bool) { return kindNames.value(name) }

// Storage is what the values were where they came from.
type Storage int

// The storages. Float, Int, Uint, Bool and Time have Numbers, String has Texts,
// Other has neither: lists, structs, bytes.
const (
	Float Storage = iota
	Int
	Uint
	Bool
	Time // Numbers are milliseconds since 1970, UTC
	String
	Other
)

var storageNames = names[Storage]{"float64", "int64", "uint64", "bool", "datetime", "string", "other"}

func (s Storage) String() string { return storageNames.of(s) }

// names are the spellings of a small enumeration.
type names[T ~int] []string

func (n names[T]) of(v T) string {
	if v < 0 || int(v) >= len(n) {
		return "?"
	}
	return n[v]
}

func (n names[T]) value(name string) (T, bool) {
	for i, own := range n {
		if own == name {
			return T(i), true
		}
	}
	return 0, false
}

// Column is one column of a table, a row an element.
type Column struct {
	Name    string
	Role    Role
	Kind    Kind // Undecided: by storage and values
	Storage Storage
	// Numbers has a number a row; NaN is a missing one. Booleans are 0 and 1.
	// Whole numbers beyond 2^53 are rounded.
	Numbers []float64
	// Nulls says how many of the NaN were null at the source; the others were
	// written as NaN.
	Nulls int
	Texts Texts
	Rows  int // of a column of Other, whose values are not here
}

// Len is the number of rows.
func (c *Column) Len() int {
	switch c.Storage {
	case String:
		return len(c.Texts.Codes)
	case Other:
		return c.Rows
	}
	return len(c.Numbers)
}

// Missing is the code of a row without a text.
const Missing = -1

// Texts are strings by dictionary. Its zero value is empty and ready. Who fills
// Codes and Labels without Append keeps the labels distinct.
type Texts struct {
	Codes  []int32 // a row: index into Labels, or Missing
	Labels []string
	known  map[string]int32
}

// Append adds a row. The label is copied if it is new, so that a reader may use
// its buffer again.
func (t *Texts) Append(label []byte) {
	code, ok := t.known[string(label)]
	if !ok {
		code = t.learn(string(label))
	}
	t.Codes = append(t.Codes, code)
}

func (t *Texts) learn(label string) int32 {
	if t.known == nil {
		t.known = make(map[string]int32)
		for i, l := range t.Labels {
			t.known[l] = int32(i)
		}
	}
	if code, ok := t.known[label]; ok {
		return code
	}
	code := int32(len(t.Labels))
	t.Labels = append(t.Labels, label)
	t.known[label] = code
	return code
}

// AppendMissing adds a row without a text.
func (t *Texts) AppendMissing() { t.Codes = append(t.Codes, Missing) }

// pick returns the rows of a column, for a window or a slice; it shares nothing
// that either may change.
func (c *Column) pick(rows []int) Column {
	out := *c
	out.Nulls, out.Rows = 0, len(rows)
	out.Numbers, out.Texts.Codes = nil, nil
	switch c.Storage {
	case String:
		out.Texts.known = nil
		out.Texts.Codes = make([]int32, len(rows))
		for i, row := range rows {
			out.Texts.Codes[i] = c.Texts.Codes[row]
		}
	case Other:
	default:
		out.Numbers = make([]float64, len(rows))
		for i, row := range rows {
			out.Numbers[i] = c.Numbers[row]
		}
	}
	return out
}

// absent says that a row has no value, or an infinite one.
func (c *Column) absent(row int) bool {
	switch c.Storage {
	case String:
		return c.Texts.Codes[row] < 0
	case Other:
		return true
	}
	v := c.Numbers[row]
	return math.IsNaN(v) || math.IsInf(v, 0)
}

// finite are the numbers that a test sees, in the order of the rows.
func (c *Column) finite() []float64 {
	out := make([]float64, 0, len(c.Numbers))
	for row, v := range c.Numbers {
		if !c.absent(row) {
			out = append(out, v)
		}
	}
	return out
}
