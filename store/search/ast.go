// Package search is MLflow's search language and what we add to it: filters and
// orders as an AST, their parsers, and evaluation in memory. It knows no store and
// compiles to nothing; backends do that.
package search

// Kind says what is searched, since the language differs between them.
type Kind int

// The kinds of record that can be searched. Models and Versions are those of the
// registry.
const (
	Runs Kind = iota
	Experiments
	Models
	Versions
)

// Filter is a parsed filter. The zero value matches everything.
type Filter struct {
	Expr Expr // nil matches everything
}

// Expr is a node of a filter: And, Or, Not, Compare or Words. MLflow's own language
// has And and Compare only.
type Expr interface{ expr() }

// And matches where all its parts do.
type And []Expr

func (And) expr() {}

// Or matches where one of its parts does.
type Or []Expr

func (Or) expr() {}

// Not matches where its expression does not: also where that has nothing to compare.
type Not struct{ Expr Expr }

func (Not) expr() {}

// Words matches where a text of the record contains Text, or where its name has the
// letters of Text in their order, unless Exact. ASCII letters match in any case.
type Words struct {
	Text  string
	Exact bool
}

func (Words) expr() {}

// Entity says what kind of field a comparison looks at.
type Entity int

// The entities of the language.
const (
	Attribute Entity = iota
	Metric
	Param
	Tag
	Dataset
)

// Op is a comparison.
type Op int

// The comparisons of the language.
const (
	Equal Op = iota
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
	Like
	ILike
	In
	NotIn
	IsNull
	IsNotNull
	Matches // a regular expression of RE2, anywhere in the text
	MatchesNot
	NotLike
	NotILike
)

// Summary is what of a metric's points is compared.
type Summary int

// The summaries of a metric. Of these only Latest is MLflow's.
const (
	Latest  Summary = iota
	Minimum         // of the finite values, as Maximum and Mean
	Maximum
	Mean
	First // by step, then timestamp, then value
	Count // of the points
)

// Compare matches where the field stands in the relation Op to the value.
type Compare struct {
	Entity Entity
	Key    string // canonical: for attributes MLflow's own name, such as "start_time"
	Op     Op
	Text   string   // the value of a text comparison
	Number float64  // the value of a metric, a time or a version's number
	Texts  []string // the values of In and NotIn

	Summary  Summary // of a metric
	Whole    string  // the key as written, if a metric may be called so; Resolve decides
	Numeric  bool    // a param or a tag is compared with Number, if it is a number
	Relative bool    // Number is to be added to the time that it is; see Resolve
}

func (Compare) expr() {}

// Order is one sort key.
type Order struct {
	Entity Entity
	Key    string
	Desc   bool
}

// Error says what is wrong with a filter or an order, and where.
type Error struct {
	Text     string // the whole filter or order
	Pos, Len int    // the offending bytes of Text; Len 0 where it is about all of it
	Reason   string
}

func (e *Error) Error() string { return e.Reason }
