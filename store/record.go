package store

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Stage is the lifecycle stage of an experiment or a run.
type Stage string

// The two lifecycle stages that MLflow knows.
const (
	Active  Stage = "active"
	Deleted Stage = "deleted"
)

// Status is the state of a run, spelled as MLflow spells it.
type Status string

// The five run statuses of MLflow.
const (
	Scheduled Status = "SCHEDULED"
	Running   Status = "RUNNING"
	Finished  Status = "FINISHED"
	Failed    Status = "FAILED"
	Killed    Status = "KILLED"
)

// Live reports whether a run of this status may still log.
func (s Status) Live() bool { return s == Running || s == Scheduled }

// What benchside logs of a drift report.
const (
	TagDriftVerdict    = "benchside.drift.verdict"
	MetricDriftShare   = "drift/share"   // of the columns that were tested
	MetricDriftColumns = "drift/columns" // that drifted
)

// The tags of MLflow that mean something to benchside.
const (
	TagRunName     = "mlflow.runName"
	TagParent      = "mlflow.parentRunId"
	TagUser        = "mlflow.user"
	TagNote        = "mlflow.note.content"
	TagSourceName  = "mlflow.source.name"
	TagSourceType  = "mlflow.source.type"
	TagGitCommit   = "mlflow.source.git.commit"
	TagGitBranch   = "mlflow.source.git.branch"
	TagDataContext = "mlflow.data.context"
	TagModels      = "mlflow.log-model.history" // JSON, of MLflow before 3
)

// SystemMetric is the prefix of the metric keys that MLflow samples from the
// machine rather than the training.
const SystemMetric = "system/"

// Experiment is one row of experiments with its tags.
type Experiment struct {
	ID               string
	Name             string
	ArtifactLocation string
	Stage            Stage
	Created, Updated Time
	Tags             map[string]string
}

// Activity is what the runs of one experiment add up to.
type Activity struct {
	Runs    int  // active runs
	Deleted int  // deleted runs
	Running int  // active runs of status RUNNING
	Failed  int  // active runs of status FAILED
	Newest  Time // latest start or end of an active run
}

// Head is the light part of a run: what the run table needs of every run in
// view, without params, metrics and tags.
type Head struct {
	ID           string
	Name         string // runs.name, else the tag mlflow.runName; may be empty
	ExperimentID string
	ParentID     string // the tag mlflow.parentRunId; empty for a root; the run may be missing
	UserID       string
	Status       Status
	Stage        Stage
	Start, End   Time // End is unset while the run is live
}

// Run is one run with its params, tags and latest metrics.
type Run struct {
	Head
	ExperimentName string
	ArtifactURI    string
	Params         map[string]string
	Tags           map[string]string
	Metrics        map[string]Point // by key: the latest point by MLflow's rule
	Store          Origin           // set where several stores are open together
}

// Origin says which of several stores a record is of. The zero value is the only
// one.
type Origin struct {
	Label string // what people call the store
	Path  string // of its file or folder
}

// Called is what people call the run: its name, else its id, with its store where
// there are several.
func (r Run) Called() string {
	name := cmp.Or(r.Name, r.ID)
	if r.Store.Label != "" {
		name += " @" + r.Store.Label
	}
	return name
}

// Note returns the run's description, which MLflow keeps in a tag.
func (r Run) Note() string { return r.Tags[TagNote] }

// MetricKeys returns the run's metric keys, sorted.
func (r Run) MetricKeys() []string { return slices.Sorted(maps.Keys(r.Metrics)) }

// Point is one logged value of a metric. Value is NaN where MLflow flags it
// so, and infinite where MLflow stores the largest finite number for it.
type Point struct {
	Step      Step
	Timestamp int64 // milliseconds since the Unix epoch
	Value     float64
}

// Infinity maps the largest finite numbers, which is how MLflow stores the
// infinities, back to them.
func Infinity(v float64) float64 {
	switch v {
	case math.MaxFloat64:
		return math.Inf(1)
	case -math.MaxFloat64:
		return math.Inf(-1)
	}
	return v
}

// Input is a dataset that a run read.
type Input struct {
	Name, Digest string
	SourceType   string
	Source       string // JSON
	Schema       string // JSON; may be empty
	Profile      string // JSON; may be empty
	Context      string // the input tag mlflow.data.context
	Tags         map[string]string
}

// LoggedModel is a model of MLflow 3 that a run read or wrote.
type LoggedModel struct {
	ID               string
	Name             string
	ExperimentID     string
	ArtifactLocation string
	Status           string // UNSPECIFIED, PENDING, READY or FAILED
	StatusMessage    string
	Type             string
	SourceRunID      string
	Stage            Stage
	Created, Updated Time
	Output           bool // the run wrote it; else it was an input
	Step             int64
	Params, Tags     map[string]string
	Metrics          []ModelMetric
}

// ModelMetric is a metric value that a run logged about a model.
type ModelMetric struct {
	Key                        string
	Value                      float64
	Step, Timestamp            int64
	RunID                      string
	DatasetName, DatasetDigest string
}

// ModelVersion is one version of a registered model.
type ModelVersion struct {
	Name             string
	Version          int64
	Stage            string // StageNone, StageStaging, StageProduction or StageArchived
	Status           string
	StatusMessage    string
	Source           string // as the client gave it: models:/m-…, runs:/…, or where the files are
	Location         string // where the files are, if the store knows better than Source; else empty
	RunID            string
	RunLink          string
	UserID           string // MLflow itself never fills it
	Description      string
	Created, Updated Time
	Aliases          []string // sorted
	Tags             map[string]string
}
