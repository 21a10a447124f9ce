package store

import (
	"context"
	"io"

	"benchside/store/search"
)

// Lifecycle chooses records by stage; the zero value is the active ones.
type Lifecycle int

// What a query may see.
const (
	ActiveOnly Lifecycle = iota
	DeletedOnly
	AnyStage
)

// Sees reports whether a record of stage s is among those chosen.
func (l Lifecycle) Sees(s Stage) bool {
	return l == AnyStage || (s == Deleted) == (l == DeletedOnly)
}

// ExperimentQuery asks for experiments. The zero value asks for all active
// ones in MLflow's order: newest first, then by id.
type ExperimentQuery struct {
	Filter search.Filter // parsed for search.Experiments
	Order  []search.Order
	Stage  Lifecycle
	Limit  int // 0 means no limit
}

// RunQuery asks for runs. The zero value asks for all active runs in MLflow's
// order: latest start first, then by id.
type RunQuery struct {
	Experiments []string      // ids; nil means every experiment
	Filter      search.Filter // parsed for search.Runs
	Order       []search.Order
	Stage       Lifecycle
	Limit       int // 0 means no limit
}

// ExperimentReader reads experiments.
type ExperimentReader interface {
	Experiments(ctx context.Context, q ExperimentQuery) ([]Experiment, error)
	// Activity sums up the runs of every experiment, by experiment id.
	// Experiments without runs are absent.
	Activity(ctx context.Context) (map[string]Activity, error)
}

// RunReader reads whole runs.
type RunReader interface {
	// Run returns one run of any stage, or ErrNotFound. An id may be cut short
	// to a prefix of at least four characters; ErrAmbiguous if it fits several.
	Run(ctx context.Context, id string) (Run, error)
	// Runs returns the runs of a query, in its order, with all their params,
	// tags and latest metrics.
	Runs(ctx context.Context, q RunQuery) ([]Run, error)
	// RunsOf returns the given runs of any stage, in the order of ids; unknown
	// ids are absent.
	RunsOf(ctx context.Context, ids []string) ([]Run, error)
	// Children returns the heads of the runs that name id as their parent,
	// oldest first.
	Children(ctx context.Context, id string) ([]Head, error)
}

// Page is a part of the heads of a query, as Heads finds them.
type Page struct {
	Heads []Head
	Total int // of the query's experiments and stage; 0 while not known
}

// RunScanner reads many runs lightly. It is what the run table stands on:
// nothing is read of a run that is not shown but its head.
type RunScanner interface {
	// Recent returns the heads of the newest runs of a query, latest start
	// first, at most n, together with all their ancestors of whatever stage
	// (behind them, in no order). It ignores Filter and Order and is meant for
	// the first frame: it does not depend on the number of runs.
	Recent(ctx context.Context, q RunQuery, n int) (Page, error)
	// Heads streams the heads of all runs of the query's experiments and stage,
	// newest rows first; it ignores Filter, Order and Limit. No lock is held
	// while yield runs. An error of yield ends the scan and is returned.
	Heads(ctx context.Context, q RunQuery, yield func(Page) error) error
	// HeadsOf returns the heads of the given runs of any stage, in no order;
	// unknown ids are absent.
	HeadsOf(ctx context.Context, ids []string) ([]Head, error)
	// Match returns the ids of the runs of a query in its order.
	Match(ctx context.Context, q RunQuery) ([]string, error)
	// Cells returns what the table shows of the given runs. Only the fields
	// asked for are read.
	Cells(ctx context.Context, ids []string, fields []Field) (map[string]Cells, error)
	// Column returns one field of every run in the experiments (nil: all) that
	// has it, by run id: the key to sort by.
	Column(ctx context.Context, experiments []string, field Field) (Column, error)
}

// FieldKind says where the value of a table column comes from.
type FieldKind int

// The places a column's value comes from.
const (
	AttributeField FieldKind = iota
	MetricField
	ParamField
	TagField
)

// Field names one column of the run table: a metric, a param, a tag or an
// attribute of the run.
type Field struct {
	Kind FieldKind
	Key  string
}

// Cells are the values of one run under the fields that were asked for; a
// missing value is absent.
type Cells struct {
	Metrics map[string]Point
	Params  map[string]string
	Tags    map[string]string
}

// Column is one field over many runs: numbers for a metric, texts for a param
// or a tag.
type Column struct {
	Numbers map[string]float64 // NaN is a value; a missing metric is absent
	Texts   map[string]string
}

// MetricReader reads the history of metrics.
type MetricReader interface {
	// History streams all points of a metric of a run in MLflow's order:
	// timestamp, step, value. No lock is held while yield runs.
	History(ctx context.Context, runID, key string, yield func([]Point) error) error
	// Scan streams the same points in the order in which the store has them at
	// hand, keeping none: for long metrics. The points are valid until yield
	// returns. No lock is held while yield runs.
	Scan(ctx context.Context, runID, key string, yield func([]Point) error) error
	// Glance returns all points of a metric of a run if they are at most n, in
	// MLflow's order; then whole is true. Else it returns some n of them, even
	// over the steps and in their order, the first and the last among them, in a
	// time that does not depend on how many there are: none where the store has
	// no index for that.
	Glance(ctx context.Context, runID, key string, n int) (points []Point, whole bool, err error)
	// Count returns the number of points of a metric of a run.
	Count(ctx context.Context, runID, key string) (int, error)
}

// InputReader reads what runs are linked to.
type InputReader interface {
	// Inputs returns the datasets that a run read, by name and digest.
	Inputs(ctx context.Context, runID string) ([]Input, error)
	// InputsOf is Inputs of many runs, by run id; those without any are absent.
	InputsOf(ctx context.Context, ids []string) (map[string][]Input, error)
	// LoggedModels returns the models that a run read or wrote, oldest first.
	LoggedModels(ctx context.Context, runID string) ([]LoggedModel, error)
	// LoggedModelsOf is LoggedModels of many runs, by run id; those without any are
	// absent.
	LoggedModelsOf(ctx context.Context, ids []string) (map[string][]LoggedModel, error)
}

// ModelSources finds the models that models:/ URIs name. Not every store keeps
// them: ErrUnsupported.
type ModelSources interface {
	// ModelVersions returns the versions of a registered model, the newest first,
	// without those that were deleted; ErrNotFound if there is no such model.
	ModelVersions(ctx context.Context, name string) ([]ModelVersion, error)
	// LoggedModel returns a model of MLflow 3 by its whole id, or ErrNotFound.
	LoggedModel(ctx context.Context, id string) (LoggedModel, error)
}

// KeyReader finds the keys and values that there are, for column choice and
// completion.
type KeyReader interface {
	// Keys returns the distinct keys of a kind in the store, sorted.
	Keys(ctx context.Context, kind FieldKind) ([]string, error)
	// Values returns up to limit distinct values of a field that contain part.
	Values(ctx context.Context, field Field, part string, limit int) ([]string, error)
}

// QueryExplainer says how a query is asked of a store that is a database.
type QueryExplainer interface {
	// Statement returns a statement of SQL that finds what Match does; ErrUnsupported
	// if the store is no database.
	Statement(ctx context.Context, q RunQuery) (string, error)
}

// Describer says what the store is.
type Describer interface {
	About(ctx context.Context) (About, error)
}

// About describes a store for people.
type About struct {
	URI         string // as MLflow would spell it
	Path        string // of the file or folder
	Kind        string // "sqlite", "mlruns", "memory"
	Revision    string // alembic revision, empty if none
	Release     string // the MLflow releases of that revision, e.g. "3.17"
	Journal     string // journal mode of an SQLite store
	Bytes       int64
	Experiments int
	Runs        int
	Points      int64 // metric points; -1 if not counted
	Writable    bool
	Why         string   // why it is not writable, and what to do
	Notes       []string // what else a reader should know
}

// Quieter lets a program stop without holding a lock: Quiet waits for the
// reads under way and keeps new ones waiting until resume is called.
type Quieter interface {
	Quiet(ctx context.Context) (resume func(), err error)
}

// Store is everything a backend does. Screens take the roles they use.
type Store interface {
	ExperimentReader
	RunReader
	RunScanner
	QueryExplainer
	MetricReader
	InputReader
	KeyReader
	RegistryReader
	Describer
	Watcher
	Quieter
	io.Closer
}
