package store

import "strings"

// Mutation is one change to a store. It is a value: what it says is checked and
// done by a Writer, inside one transaction with everything that depends on it.
type Mutation interface {
	// Subject is what the mutation changes.
	Subject() Subject
	// Name is what the ledger calls it: move_stage, set_alias, …
	Name() string
	// Sentence says what it does, for the user to read before it is done: "move
	// churn v3 from Staging to Production and archive the other versions there".
	Sentence() string
}

// SubjectKind says what a Subject names.
type SubjectKind string

// What can be changed.
const (
	ModelSubject      SubjectKind = "model"
	VersionSubject    SubjectKind = "version"
	RunSubject        SubjectKind = "run"
	ExperimentSubject SubjectKind = "experiment"
	// LoggedModelSubject is a model of MLflow 3 that a run wrote.
	LoggedModelSubject SubjectKind = "logged_model"
	StoreSubject       SubjectKind = "store"
)

// Subject names the record that a mutation changes.
type Subject struct {
	Kind    SubjectKind
	Name    string // of the model; the id of a run or an experiment
	Version int64  // of a VersionSubject
}

// Seen is what the user saw when deciding on a mutation. Where the store says
// something else by then, the mutation is refused with ErrStale. The zero value
// saw nothing and is held to nothing.
type Seen[T comparable] struct {
	Value  T
	There  bool // there was such a value
	Looked bool
}

// Saw is having seen a value.
func Saw[T comparable](v T) Seen[T] { return Seen[T]{Value: v, There: true, Looked: true} }

// SawNone is having seen that there is no value.
func SawNone[T comparable]() Seen[T] { return Seen[T]{Looked: true} }

// SawTag is having seen the tags of a model or a version, of which one is meant.
func SawTag(tags map[string]string, key string) Seen[string] {
	value, there := tags[key]
	return Seen[string]{Value: value, There: there, Looked: true}
}

// SawAlias is having seen the aliases of the model, of which one is meant.
func (m RegisteredModel) SawAlias(name string) Seen[int64] {
	for _, a := range m.Aliases {
		if a.Name == name {
			return Saw(a.Version)
		}
	}
	return SawNone[int64]()
}

// Holds reports whether the value is still what was seen.
func (s Seen[T]) Holds(now T, there bool) bool {
	return !s.Looked || s.There == there && (!there || s.Value == now)
}

// CreateModel makes a registered model without versions.
type CreateModel struct {
	Model       string
	Description string // "" leaves it unset
	Tags        map[string]string
}

// RenameModel renames a model with everything that hangs on it.
type RenameModel struct{ Model, To string }

// DescribeModel sets the description of a model.
type DescribeModel struct {
	Model, To string
	From      Seen[string]
}

// TagModel sets a tag of a model.
type TagModel struct {
	Model, Key, Value string
	From              Seen[string]
}

// UntagModel takes a tag from a model.
type UntagModel struct {
	Model, Key string
	From       Seen[string]
}

// DeleteModel deletes a model with all its versions, tags and aliases.
type DeleteModel struct {
	Model    string
	Versions Seen[int] // how many there were
}

// RegisterVersion makes the next version of a model.
type RegisterVersion struct {
	Model       string
	Source      string // runs:/…, models:/m-…, models:/NAME/VERSION or where the files are
	RunID       string // "" is taken from a source that names a model of MLflow 3
	RunLink     string
	Description string
	Tags        map[string]string
	MakeModel   bool // make the model if it is missing
}

// NewVersion is the next version of a model, which is made if it is missing, from a
// source; one of runs:/ names its run.
func NewVersion(model, source string) RegisterVersion {
	m := RegisterVersion{Model: model, Source: source, MakeModel: true}
	if rest, ok := strings.CutPrefix(source, "runs:/"); ok {
		m.RunID, _, _ = strings.Cut(strings.TrimLeft(rest, "/"), "/")
	}
	return m
}

// DescribeVersion sets the description of a version.
type DescribeVersion struct {
	Model   string
	Version int64
	To      string
	From    Seen[string]
}

// TagVersion sets a tag of a version.
type TagVersion struct {
	Model      string
	Version    int64
	Key, Value string
	From       Seen[string]
}

// UntagVersion takes a tag from a version.
type UntagVersion struct {
	Model   string
	Version int64
	Key     string
	From    Seen[string]
}

// DeleteVersion deletes a version; its number is not given again.
type DeleteVersion struct {
	Model   string
	Version int64
	From    Seen[string] // the stage
}

// SetAlias points an alias to a version.
type SetAlias struct {
	Model, Alias string
	Version      int64
	From         Seen[int64] // the version it pointed to
}

// DeleteAlias takes an alias away.
type DeleteAlias struct {
	Model, Alias string
	From         Seen[int64]
}

// MoveStage moves a version to another stage.
type MoveStage struct {
	Model   string
	Version int64
	To      string
	// ArchiveExisting archives the other versions of the stage, which must be
	// Staging or Production.
	ArchiveExisting bool
	From            Seen[string]
}

// RequestStage asks that somebody move a version to a stage.
type RequestStage struct {
	Model           string
	Version         int64
	To              string
	ArchiveExisting bool
	From            Seen[string]
}

// Decision is what becomes of a request.
type Decision string

// The states of a request.
const (
	Waiting   Decision = "waiting"
	Approved  Decision = "approved"
	Rejected  Decision = "rejected"
	Cancelled Decision = "cancelled"
)

// DecideRequest approves a request, which moves the version in the same
// transaction, or rejects or cancels it. Only who asked may cancel.
type DecideRequest struct {
	Request  int64 // its ID
	Decision Decision
	Comment  string
	Of       Subject // the version of the request, as it was seen
}

// CommentVersion adds a comment to a version.
type CommentVersion struct {
	Model   string
	Version int64
	Text    string
}

// SetRule sets what a stage of a model asks for; a zero Rule takes it away.
type SetRule struct {
	Model string
	Rule  Rule
}

// RecordGate keeps the card that was shown before a promotion.
type RecordGate struct{ Card GateCard }

// Observe writes into the ledger what others changed in a model since it was last
// looked at, a line for each model that changed and none for itself. An empty name
// means every model; alone in its intent it takes them some at a time, so that
// nobody is held up.
type Observe struct{ Model string }

// Undo takes back one line of the ledger: the rows become what they were, if
// nobody changed them since.
type Undo struct {
	Line int64
	Of   Subject
	Did  string // the sentence of the line, for people; "" if it is not known
}

// RollBack moves a stage or points an alias back to what one line of the ledger
// says that it was before, as a new change.
type RollBack struct {
	Line int64
	Of   Subject
}
