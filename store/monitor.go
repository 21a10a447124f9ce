package store

import "context"

// Monitor watches where batches of data arrive, and has each compared with a
// reference.
type Monitor struct {
	ID        int64 // of the store's choice
	Name      string
	Model     string // the registered model that the data is of; "" for none
	Metric    string // of the model's runs or of Arrives.Experiment, shown below its drift; "" for none
	Reference DataSource
	Arrives   Arrival
	Comparing Comparing
	Rules     []AlertRule
	Paused    bool
	By        string // who added it
	Added     Time
}

// The kinds of a DataSource.
const (
	FromFile     = "file"     // a table on this machine
	FromArtifact = "artifact" // a table that a run logged
)

// DataSource is a table of data.
type DataSource struct {
	Kind string `json:"kind"`
	Path string `json:"path"`          // of a file: absolute; of an artifact: below the run's root
	Run  string `json:"run,omitempty"` // of an artifact
}

// The kinds of an Arrival.
const (
	InFolder     = "folder"
	InExperiment = "experiment" // every run of it brings a table
)

// Arrival is where batches arrive.
type Arrival struct {
	Kind       string `json:"kind"`
	Folder     string `json:"folder,omitempty"`  // absolute
	Pattern    string `json:"pattern,omitempty"` // of the files' names; "" means every table
	Experiment string `json:"experiment,omitempty"`
	// Artifact is a pattern of the path of the table that a run logs; "" means the
	// only one below data/, or the local file of its data set.
	Artifact string `json:"artifact,omitempty"`
}

// Comparing is how a monitor compares; what is empty is as usual.
type Comparing struct {
	Profile      string                     `json:"profile,omitempty"`
	Share        float64                    `json:"share,omitempty"` // of drifted columns from which the data drifts
	FeaturesOnly bool                       `json:"features_only,omitempty"`
	MinRows      int                        `json:"min_rows,omitempty"`
	Roles        map[string]string          `json:"roles,omitempty"` // by column
	Columns      map[string]ColumnComparing `json:"columns,omitempty"`
	Positive     string                     `json:"positive,omitempty"` // the label that is true
}

// ColumnComparing is what is set for one column.
type ColumnComparing struct {
	Kind      string  `json:"kind,omitempty"` // num, cat
	Test      string  `json:"test,omitempty"`
	Threshold float64 `json:"threshold,omitempty"`
}

// AlertRule says when somebody is told of what a monitor found: Value Op Threshold
// in Breaches of the last Of batches; Clear batches in a row that keep it end it.
type AlertRule struct {
	Name      string  `json:"name"`
	Value     string  `json:"value"` // share, score:COLUMN, psi:COLUMN, psi, quality:METRIC, fall:METRIC
	Op        string  `json:"op"`    // < <= > >=
	Threshold float64 `json:"threshold"`
	Breaches  int     `json:"breaches"`
	Of        int     `json:"of"`
	Clear     int     `json:"clear"`
}

// RuleState is what a rule of a monitor remembers; State is the JSON of who
// evaluates it.
type RuleState struct {
	Rule   string
	Firing bool
	State  string
}

// BatchState says what became of a batch.
type BatchState string

// The states of a batch. Only one that was compared counts for the rules; what came
// late, or again under its name, is compared and shown, but the rules have gone on.
const (
	BatchCompared   BatchState = "compared"
	BatchLate       BatchState = "late"       // its data ends before data that was counted
	BatchRewritten  BatchState = "rewritten"  // another content under a name that was compared
	BatchDuplicate  BatchState = "duplicate"  // the content of another batch: not compared
	BatchUnreadable BatchState = "unreadable" // complete, but no table
)

// Batch is what arrived.
type Batch struct {
	Name       string // of the file within its folder, or the run's id
	Digest     string // SHA-256 of the content, hexadecimal
	Rows       int
	Bytes      int64
	Modified   Time // of its file, to know it again without reading it
	Start, End Time // of its data
}

// BatchResult is what a monitor found of a batch.
type BatchResult struct {
	ID      int64 // of the store's choice, rising
	Monitor int64
	Batch   Batch
	At      Time // when it was compared
	State   BatchState
	Verdict string // ok, warn, drift, undefined; "" of one that was not compared
	Says    string // the verdict's line, or why it was not compared
	Share   float64
	Limit   float64 // the share from which the data drifts
	Tested  int
	Drifted int
	Schema  []string // how its columns differ from the reference's
	Columns ColumnScores
	Metrics map[string]float64 // quality of the model on the batch, if the data says it
	Report  int                // bytes of its report; 0 means none is kept
}

// Counted reports whether the rules took it in.
func (r BatchResult) Counted() bool { return r.State == BatchCompared }

// ColumnScores are the columns of a report beside each other: one element each. A
// score that is undefined is NaN.
type ColumnScores struct {
	Names      []string
	Statuses   []string // drift, possible, ok, undefined, skipped
	Tests      []string
	Compares   []string // p<t, p<=t, s>=t, s>t
	Scores     []float64
	Thresholds []float64
	PSI        []float64
	Rows       []int // of the batch
}

// ResultQuery asks for results, the latest data first.
type ResultQuery struct {
	Monitor    int64 // 0 means of all
	Since      Time  // whose data ends then or later
	Until      Time  // whose data ends before; not set means no end
	Limit      int   // 0 means no limit
	WithScores bool  // Columns are read, too
}

// Alert is one time that a rule fired.
type Alert struct {
	ID           int64
	Monitor      int64
	Rule         string
	Says         string // "share 0.56 >= 0.5"
	Value        float64
	Result       int64 // on which it fired
	Batch        string
	Fired        Time
	Resolved     Time // not set while it fires
	Acknowledged Time
	By           string // who acknowledged it
	Comment      string
}

// Open reports whether somebody should look at the alert.
func (a Alert) Open() bool { return !a.Acknowledged.Set() && !a.Resolved.Set() }

// AlertQuery asks for alerts, the latest first.
type AlertQuery struct {
	Monitor int64 // 0 means of all
	Open    bool  // only those that nobody acknowledged and that still fire
	Limit   int   // 0 means no limit
}

// MonitorReader reads monitors and what they found.
type MonitorReader interface {
	Monitors(ctx context.Context) ([]Monitor, error) // by name
	Results(ctx context.Context, q ResultQuery) ([]BatchResult, error)
	// Report returns the JSON of the report of a result, or ErrNotFound.
	Report(ctx context.Context, result int64) ([]byte, error)
	Alerts(ctx context.Context, q AlertQuery) ([]Alert, error)
	// RuleStates returns what the rules of a monitor remember, and the last result
	// that they took in: what RecordBatch is to have seen.
	RuleStates(ctx context.Context, monitor int64) (states []RuleState, last int64, err error)
}
