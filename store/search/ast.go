// Package search is MLflow's search language: filters and orders as an AST, its
// parser, and evaluation in memory. It knows no store and compiles to nothing;
// backends do that.
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

// Expr is a node of a filter: And or Compare today; more are to come.
type Expr interface{ expr() }

// And matches where all its parts do.
type And []Expr

func (And) expr() {}

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
)

// Compare matches where the field stands in the relation Op to the value.
type Compare struct {
	Entity Entity
	Key    string // canonical: for attributes MLflow's own name, such as "start_time"
	Op     Op
	Text   string   // the value of a text comparison
	Number float64  // the value of a metric, a time or a version's number
	Texts  []string // the values of In and NotIn
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
