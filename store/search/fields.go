package search

import "slices"

// Field is a row of the language: what can be compared, and how.
type Field struct {
	Entity Entity
	// Name is that of an attribute or of a dataset's field, as MLflow writes it.
	// It is empty for metrics, params and tags: there any key is a field.
	Name   string
	Also   []string // other spellings of Name
	Spoken []string // other spellings of Name, in filters but not in orders
	Number bool     // compared with a number; else with a quoted text
	Time   bool     // the number is a moment, in milliseconds since the Unix epoch
	Ops    []Op     // none where it can only be ordered by
	Sorts  bool     // can be ordered by
}

var (
	numberOps = []Op{Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual}
	textOps   = []Op{Equal, NotEqual, Like, ILike}
	listOps   = []Op{Equal, NotEqual, Like, ILike, In, NotIn}
	keyOps    = []Op{Equal, NotEqual, Like, ILike, IsNull, IsNotNull}
	idOps     = []Op{Equal, NotEqual, In, NotIn}
)

var runFields = []Field{
	{Entity: Metric, Number: true, Ops: numberOps, Sorts: true},
	{Entity: Param, Ops: keyOps, Sorts: true},
	{Entity: Tag, Ops: keyOps, Sorts: true},
	{Entity: Attribute, Name: "run_id", Ops: listOps, Sorts: true},
	{Entity: Attribute, Name: "run_name", Spoken: []string{"run name", "Run name", "Run Name"}, Ops: textOps, Sorts: true},
	{Entity: Attribute, Name: "status", Ops: textOps, Sorts: true},
	{Entity: Attribute, Name: "start_time", Also: []string{"created", "Created"}, Number: true, Time: true, Ops: numberOps, Sorts: true},
	{Entity: Attribute, Name: "end_time", Number: true, Time: true, Ops: numberOps, Sorts: true},
	{Entity: Attribute, Name: "user_id", Ops: textOps, Sorts: true},
	{Entity: Attribute, Name: "artifact_uri", Ops: textOps, Sorts: true},
	{Entity: Dataset, Name: "name", Ops: listOps},
	{Entity: Dataset, Name: "digest", Ops: listOps},
	{Entity: Dataset, Name: "context", Ops: listOps},
}

var experimentFields = []Field{
	{Entity: Tag, Ops: keyOps},
	{Entity: Attribute, Name: "name", Ops: textOps, Sorts: true},
	{Entity: Attribute, Name: "experiment_id", Ops: idOps, Sorts: true},
	{Entity: Attribute, Name: "creation_time", Number: true, Time: true, Ops: numberOps, Sorts: true},
	{Entity: Attribute, Name: "last_update_time", Number: true, Time: true, Ops: numberOps, Sorts: true},
}

var modelFields = []Field{
	{Entity: Tag, Ops: textOps},
	{Entity: Attribute, Name: "name", Ops: listOps, Sorts: true},
	{Entity: Attribute, Name: "last_updated_timestamp", Also: []string{"timestamp"}, Number: true, Time: true, Sorts: true},
}

var versionFields = []Field{
	{Entity: Tag, Ops: textOps},
	{Entity: Attribute, Name: "name", Ops: listOps, Sorts: true},
	{Entity: Attribute, Name: "version_number", Number: true, Ops: numberOps, Sorts: true},
	{Entity: Attribute, Name: "run_id", Ops: listOps},
	{Entity: Attribute, Name: "source_path", Ops: textOps},
	{Entity: Attribute, Name: "creation_timestamp", Number: true, Time: true, Sorts: true},
	{Entity: Attribute, Name: "last_updated_timestamp", Number: true, Time: true, Sorts: true},
}

// Fields returns the fields of a kind of search.
func Fields(kind Kind) []Field {
	switch kind {
	case Experiments:
		return slices.Clone(experimentFields)
	case Models:
		return slices.Clone(modelFields)
	case Versions:
		return slices.Clone(versionFields)
	}
	return slices.Clone(runFields)
}

// Spelling is how an entity is written before the period of a field.
type Spelling struct {
	Entity Entity
	Names  []string // the usual one first
}

var runEntities = []Spelling{
	{Metric, []string{"metrics", "metric"}},
	{Param, []string{"params", "param", "parameters", "parameter"}},
	{Tag, []string{"tags", "tag"}},
	{Attribute, []string{"attributes", "attribute", "attr", "run"}},
	{Dataset, []string{"datasets", "dataset"}},
}

// otherEntities are those of everything but runs.
var otherEntities = []Spelling{
	{Tag, []string{"tags", "tag"}},
	{Attribute, []string{"attribute"}},
}

// Entities returns the entities of a kind of search and how they are spelled.
func Entities(kind Kind) []Spelling {
	if kind != Runs {
		return slices.Clone(otherEntities)
	}
	return slices.Clone(runEntities)
}

// comparators are the spellings of Op, in its order.
var comparators = [...]string{
	"=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL",
	"~", "!~", "NOT LIKE", "NOT ILIKE",
}

func (o Op) String() string { return comparators[o] }

func opOf(comparator string) (Op, bool) {
	i := slices.Index(comparators[:], comparator)
	return Op(i), i >= 0
}

func (e Entity) String() string {
	return [...]string{"attribute", "metric", "param", "tag", "dataset"}[e]
}

// entityOf finds an entity by one of its spellings.
func entityOf(kind Kind, name string) (Entity, bool) {
	for _, s := range Entities(kind) {
		if slices.Contains(s.Names, name) {
			return s.Entity, true
		}
	}
	return 0, false
}

// fieldOf finds the field of a key, in a filter or in an order.
func fieldOf(kind Kind, entity Entity, key string, order bool) (Field, bool) {
	for _, f := range Fields(kind) {
		if f.Entity != entity || !order && len(f.Ops) == 0 {
			continue
		}
		if f.Name == "" || f.Name == key || slices.Contains(f.Also, key) ||
			!order && slices.Contains(f.Spoken, key) {
			return f, true
		}
	}
	return Field{}, false
}
