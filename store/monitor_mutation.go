package store

import (
	"fmt"
	"slices"
	"strings"
)

// MonitorSubject is a monitor, by its name.
const MonitorSubject SubjectKind = "monitor"

func monitor(name string) Subject { return Subject{Kind: MonitorSubject, Name: name} }

// AddMonitor adds a monitor; its ID, By and Added are the store's to set.
type AddMonitor struct{ Monitor Monitor }

// PauseMonitor pauses a monitor, or has it go on.
type PauseMonitor struct {
	Monitor string
	Paused  bool
	From    Seen[bool]
}

// RemoveMonitor removes a monitor with its results, reports and alerts.
type RemoveMonitor struct{ Monitor string }

// RecordBatch keeps what a monitor found of a batch, with what that makes of its
// rules: all of it, once. It is refused with ErrStale if another result was recorded
// since Last, so that of two programs that watch the same batches one tells of them.
// A digest that is known of the monitor is refused so, too.
type RecordBatch struct {
	Monitor string
	Result  BatchResult
	Report  []byte // JSON; nil for none
	Last    int64  // the last result that was seen, 0 for none
	States  []RuleState
	Changes []AlertChange
}

// AlertChange is a rule that fired or that ended with a batch.
type AlertChange struct {
	Rule     string
	Resolved bool // else it fired
	Says     string
	Value    float64
}

// AcknowledgeAlert says that somebody knows of an alert.
type AcknowledgeAlert struct {
	Alert   int64
	Comment string
	Of      Subject // its monitor, as it was seen
}

// LogBatch logs metrics and tags to a run as MLflow's client does.
type LogBatch struct {
	Run     string
	Metrics []LoggedPoint
	Tags    map[string]string
	What    string // of what they are: "drift report data/oct.csv"; "" for nothing more than metrics
}

// LoggedPoint is a point of a metric. Its Timestamp 0 means now.
type LoggedPoint struct {
	Key   string
	Point Point
}

// Subject implements Mutation.
func (m AddMonitor) Subject() Subject { return monitor(m.Monitor.Name) }

// Name implements Mutation.
func (m AddMonitor) Name() string { return "add_monitor" }

// Sentence implements Mutation.
func (m AddMonitor) Sentence() string {
	return fmt.Sprintf("watch %s as monitor %s against %s", m.Monitor.Arrives, m.Monitor.Name, m.Monitor.Reference)
}

// String is where batches arrive, in words.
func (a Arrival) String() string {
	if a.Kind == InExperiment {
		return "experiment " + a.Experiment
	}
	return strings.TrimSuffix(a.Folder+"/"+a.Pattern, "/")
}

// String is the table in words.
func (d DataSource) String() string {
	if d.Kind == FromArtifact {
		return "runs:/" + d.Run + "/" + d.Path
	}
	return d.Path
}

// Subject implements Mutation.
func (m PauseMonitor) Subject() Subject { return monitor(m.Monitor) }

// Name implements Mutation.
func (m PauseMonitor) Name() string {
	if m.Paused {
		return "pause_monitor"
	}
	return "resume_monitor"
}

// Sentence implements Mutation.
func (m PauseMonitor) Sentence() string {
	if m.Paused {
		return "pause monitor " + m.Monitor
	}
	return "have monitor " + m.Monitor + " go on"
}

// Subject implements Mutation.
func (m RemoveMonitor) Subject() Subject { return monitor(m.Monitor) }

// Name implements Mutation.
func (m RemoveMonitor) Name() string { return "remove_monitor" }

// Sentence implements Mutation.
func (m RemoveMonitor) Sentence() string {
	return "remove monitor " + m.Monitor + " with its results, reports and alerts"
}

// Subject implements Mutation.
func (m RecordBatch) Subject() Subject { return monitor(m.Monitor) }

// Name implements Mutation.
func (m RecordBatch) Name() string { return "record_batch" }

// Sentence implements Mutation.
func (m RecordBatch) Sentence() string {
	says := fmt.Sprintf("monitor %s: %s %s", m.Monitor, m.Result.Batch.Name, m.Result.State)
	if m.Result.Verdict != "" {
		says += ", " + m.Result.Verdict
	}
	for _, c := range m.Changes {
		if c.Resolved {
			says += "; rule " + c.Rule + " ended"
			continue
		}
		says += "; rule " + c.Rule + " fired: " + c.Says
	}
	return says
}

// Subject implements Mutation.
func (m AcknowledgeAlert) Subject() Subject { return m.Of }

// Name implements Mutation.
func (m AcknowledgeAlert) Name() string { return "acknowledge_alert" }

// Sentence implements Mutation.
func (m AcknowledgeAlert) Sentence() string {
	if m.Of.Name == "" {
		return fmt.Sprintf("acknowledge alert %d", m.Alert)
	}
	return fmt.Sprintf("acknowledge alert %d of monitor %s", m.Alert, m.Of.Name)
}

// Subject implements Mutation.
func (m LogBatch) Subject() Subject { return Subject{Kind: RunSubject, Name: m.Run} }

// Name implements Mutation.
func (m LogBatch) Name() string { return "log_batch" }

// Sentence implements Mutation.
func (m LogBatch) Sentence() string {
	var parts []string
	for _, of := range []struct {
		n    int
		what string
	}{{len(m.Metrics), "metric"}, {len(m.Tags), "tag"}} {
		switch {
		case of.n == 1:
			parts = append(parts, "1 "+of.what)
		case of.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", of.n, of.what))
		}
	}
	what := strings.Join(parts, " and ")
	if m.What != "" {
		what = m.What + " (" + what + ")"
	}
	return "log " + what + " to run " + m.Run
}

// MonitorNamed finds a monitor by its name.
func MonitorNamed(all []Monitor, name string) (Monitor, error) {
	i := slices.IndexFunc(all, func(m Monitor) bool { return m.Name == name })
	if i < 0 {
		return Monitor{}, fmt.Errorf("monitor %s: %w", name, ErrNotFound)
	}
	return all[i], nil
}
