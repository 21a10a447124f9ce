package drift

import "time"

// Schema names the form of a report's JSON.
const Schema = "benchside-drift-report/1"

// Report is what a comparison found, and what its interchange JSON holds. Times,
// identity and sources are the caller's to set.
type Report struct {
	Schema   string     `json:"schema"`
	ID       string     `json:"report_id"`
	Name     *string    `json:"name"`
	Created  time.Time  `json:"created"`
	Engine   Engine     `json:"engine"`
	Profile  Profile    `json:"profile"`
	Sources  Sources    `json:"sources"`
	Config   Config     `json:"config"`
	Verdict  Verdict    `json:"verdict"`
	Features []Finding  `json:"features"` // worst first
	Quality  *Quality   `json:"quality"`
	Fairness []Fairness `json:"fairness"`
	Alerts   []Alert    `json:"alerts"`
	Notes    []string   `json:"notes"`
}

// Engine is what computed a report.
type Engine struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Sources are where the two samples came from.
type Sources struct {
	Reference Source  `json:"reference"`
	Current   Source  `json:"current"`
	RunID     *string `json:"run_id"`
	Model     *string `json:"model"`
}

// Source is where a sample came from: a file, an artifact, a dataset, runs or a
// window.
type Source struct {
	Kind         string `json:"kind"`
	Path         string `json:"path,omitempty"`
	RunID        string `json:"run_id,omitempty"`
	ArtifactPath string `json:"artifact_path,omitempty"`
	DatasetName  string `json:"dataset_name,omitempty"`
	Digest       string `json:"digest,omitempty"`
	Rows         int    `json:"rows,omitempty"` // 0 if that is not said
}

// Config is how the samples were compared.
type Config struct {
	DriftShare float64                 `json:"drift_share"` // 0 if that is not said
	Dataset    string                  `json:"dataset"`     // evidently: all tested columns; features
	Correction string                  `json:"correction,omitempty"`
	Alpha      float64                 `json:"alpha,omitzero"`
	MinRows    int                     `json:"min_rows"`
	Timestamp  string                  `json:"timestamp,omitempty"`
	Period     string                  `json:"period,omitempty"`
	Slices     []string                `json:"slices,omitempty"`
	Groups     []string                `json:"groups,omitempty"`
	Roles      map[string]string       `json:"roles,omitempty"` // role: column
	Columns    map[string]ColumnConfig `json:"columns,omitempty"`
}

// ColumnConfig is what was set for one column.
type ColumnConfig struct {
	Kind      string  `json:"kind,omitempty"`
	Test      string  `json:"test,omitempty"`
	Threshold float64 `json:"threshold,omitempty"`
}

// Status is what became of a column.
type Status string

// The statuses of a column. Possible is a colour and a mark, never a verdict.
const (
	Drifted   Status = "drift"
	Possible  Status = "possible"
	OK        Status = "ok"
	Undefined Status = "undefined"
	Skipped   Status = "skipped"
)

// The statuses of a data set: warn is some drifted columns, and too few for drift.
const (
	VerdictOK        = "ok"
	VerdictWarn      = "warn"
	VerdictDrift     = "drift"
	VerdictUndefined = "undefined"
)

// Verdict is on the whole data set: drift if the share of drifted columns among
// those that could be judged is at least the threshold.
type Verdict struct {
	Status    string  `json:"status"`
	Columns   int     `json:"columns"` // compared or skipped
	Tested    int     `json:"tested"`  // judged; undefined ones are not
	Drifted   int     `json:"drifted"`
	Undefined int     `json:"undefined"`
	Share     Number  `json:"share"`
	Threshold float64 `json:"share_threshold"` // 0 if that is not said
	Line      string  `json:"line"`
}

// Finding is one column on both sides.
type Finding struct {
	Name      string      `json:"name"`
	Role      string      `json:"role"`
	Kind      string      `json:"kind"`
	DataType  string      `json:"data_type"`
	Status    Status      `json:"status"`
	Reason    string      `json:"reason,omitempty"` // why it is undefined or skipped
	Test      *TestResult `json:"test"`
	PAdjusted Number      `json:"p_adjusted"` // over the columns with a p value
	Reference Summary     `json:"reference"`
	Current   Summary     `json:"current"`
	Measures  Measures    `json:"measures"`
	Histogram *Histogram  `json:"histogram"`
	Shapes    *Shapes     `json:"shapes,omitempty"` // in the place of a histogram
	Windows   []Window    `json:"windows"`
	Slices    []Window    `json:"slices,omitempty"`
	Notes     []string    `json:"notes,omitempty"`
}

// TestResult is the chosen test's answer. Compare spells the direction: p<t, p<=t,
// s>=t, s>t is drift; it is empty where another program does not say.
type TestResult struct {
	Name      string `json:"name"`
	Display   string `json:"display"`
	Score     Number `json:"score"`
	Threshold Number `json:"threshold"`
	Compare   string `json:"compare"`
	PValue    bool   `json:"is_p_value"`
	Decimals  int    `json:"score_decimals,omitempty"` // to which the score was rounded; 0 means not
}

// Measures are shown beside the verdict whatever the test was; those that do not
// fit the kind are undefined and left out.
type Measures struct {
	KS              *Statistic `json:"ks,omitempty"`
	Chi2            *Statistic `json:"chi2,omitempty"` // contingency, without correction
	Wasserstein     Number     `json:"wasserstein,omitzero"`
	WassersteinNorm Number     `json:"wasserstein_norm,omitzero"`
	PSI             Number     `json:"psi,omitzero"`
	JS              Number     `json:"js,omitzero"` // base e
	Hellinger       Number     `json:"hellinger,omitzero"`
	TotalVariation  Number     `json:"tv,omitzero"`
	LInfinity       Number     `json:"linf,omitzero"`
	CramersV        Number     `json:"cramers_v,omitzero"`
	NewLabels       []string   `json:"new_labels,omitempty"` // at most 1000
	GoneLabels      []string   `json:"gone_labels,omitempty"`
}

// Statistic is a test's statistic and p value.
type Statistic struct {
	Statistic Number `json:"statistic"`
	P         Number `json:"p_value"`
	DF        int    `json:"df,omitempty"`
	At        Number `json:"at,omitzero"` // the value where the statistic is, of KS
}

// Histogram counts both sides in the same edges or labels.
type Histogram struct {
	Edges          []float64 `json:"edges,omitempty"`
	Labels         []string  `json:"labels,omitempty"`
	Reference      []int     `json:"reference"`
	Current        []int     `json:"current"`
	OtherReference int       `json:"other_reference,omitempty"` // labels beyond the list
	OtherCurrent   int       `json:"other_current,omitempty"`
}

// Shapes are the distributions of numbers of a report that bins each side by its own
// range.
type Shapes struct {
	Reference Shape `json:"reference"`
	Current   Shape `json:"current"`
}

// Shape is a share of the rows for each bin.
type Shape struct {
	Edges  []float64 `json:"edges"`
	Shares []float64 `json:"shares"`
}

// Window is one column in one period, or in one slice of both sides.
type Window struct {
	Label     string `json:"label"` // of a slice: column=value
	StartMS   int64  `json:"start_ms,omitempty"`
	Rows      int    `json:"rows"` // of the current
	Status    Status `json:"status"`
	Reason    string `json:"reason,omitempty"`
	Test      string `json:"test,omitempty"`
	Score     Number `json:"score,omitzero"`
	Threshold Number `json:"threshold,omitzero"`
	PSI       Number `json:"psi,omitzero"`
	JS        Number `json:"js,omitzero"`
}

// Alert is a rule and what it did, by window.
type Alert struct {
	Rule   string      `json:"rule"`
	Events [][2]string `json:"events"` // window, fired or resolved
}

// Quality is how well the model did on both sides.
type Quality struct {
	Task      string       `json:"task"` // binary, multiclass, regression
	Threshold Number       `json:"threshold,omitzero"`
	Reference *QualityRow  `json:"reference"`
	Current   *QualityRow  `json:"current,omitempty"`
	Windows   []QualityRow `json:"windows"`
	Concept   *Concept     `json:"concept,omitempty"`
}

// QualityRow is the quality of some rows; in JSON one object of all.
type QualityRow struct {
	Label   string
	N       int
	Metrics map[string]Number
}

// Concept is the change of what comes true at equal scores.
type Concept struct {
	Change Number       `json:"change"` // mean |change| of the share, weighed by rows
	Drift  bool         `json:"drift"`
	Bins   []ConceptBin `json:"bins"`
}

// ConceptBin is one of ten bins of the score.
type ConceptBin struct {
	From        float64 `json:"from"` // exclusive but for 0
	To          float64 `json:"to"`
	Reference   int     `json:"reference"` // rows
	Current     int     `json:"current"`
	ReferenceOf Number  `json:"reference_rate"`
	CurrentOf   Number  `json:"current_rate"`
	P           Number  `json:"p_value"`
	PAdjusted   Number  `json:"p_adjusted"`
}

// Fairness is how a model treats the groups of a column.
type Fairness struct {
	Column      string     `json:"column"`
	Label       string     `json:"label"` // reference, current or a window
	Groups      []GroupRow `json:"groups"`
	ParityGap   Number     `json:"demographic_parity_difference"`
	ParityRatio Number     `json:"demographic_parity_ratio"`
	OddsGap     Number     `json:"equalized_odds_difference"`
	OddsRatio   Number     `json:"equalized_odds_ratio"`
	ChanceGap   Number     `json:"equal_opportunity_difference"`
	ChanceRatio Number     `json:"equal_opportunity_ratio"`
	Notes       []string   `json:"notes,omitempty"`
}

// GroupRow is one group of rows.
type GroupRow struct {
	Group     string `json:"group"`
	N         int    `json:"n"`
	Compared  bool   `json:"compared"` // false of a group with few rows
	BaseRate  Number `json:"base_rate"`
	Selection Number `json:"selection_rate"`
	TPR       Number `json:"tpr"`
	FPR       Number `json:"fpr"`
	Precision Number `json:"precision"`
	Accuracy  Number `json:"accuracy"`
	Impact    Number `json:"disparate_impact"` // against the group with the highest selection rate
}
