package store

import "fmt"

// Target is a run or an experiment that is changed. Only the id counts; the name
// is what people call it, which the ledger fills in as it was at the time.
type Target struct{ ID, Name string }

// TargetOf is the run of a head.
func TargetOf(h Head) Target { return Target{h.ID, h.Name} }

// String is the name with the start of the id behind it, since names repeat.
func (t Target) String() string {
	const enough = 8 // digits of an id that people tell apart
	if t.Name == "" || t.Name == t.ID {
		return t.ID
	}
	return t.Name + " (" + t.ID[:min(len(t.ID), enough)] + ")"
}

func (t Target) run() Subject { return Subject{Kind: RunSubject, Name: t.ID} }

func (t Target) experiment() Subject { return Subject{Kind: ExperimentSubject, Name: t.ID} }

// RenameRun gives a run another name.
type RenameRun struct {
	Run  Target
	To   string
	From Seen[string]
}

// TagRun sets a tag of a run. The tag of its name renames it, as in MLflow.
type TagRun struct {
	Run        Target
	Key, Value string
	From       Seen[string]
}

// UntagRun takes a tag from a run.
type UntagRun struct {
	Run  Target
	Key  string
	From Seen[string]
}

// NoteRun sets the description of a run, which may be Markdown.
type NoteRun struct {
	Run  Target
	To   string
	From Seen[string]
}

// DeleteRun marks a run as deleted. Its rows and files stay until it is purged.
type DeleteRun struct {
	Run  Target
	From Seen[Stage]
}

// RestoreRun takes the mark of DeleteRun away.
type RestoreRun struct {
	Run  Target
	From Seen[Stage]
}

// EndRun gives a run whose process is gone the status that it ended with, and now
// as its end.
type EndRun struct {
	Run  Target
	To   Status // Killed, Failed or Finished
	From Seen[Status]
}

// CreateExperiment makes an experiment without runs.
type CreateExperiment struct {
	Called string
	// Location is where its artifacts go; "" is beside those of the others.
	Location string
	Tags     map[string]string
}

// RenameExperiment gives an experiment another name.
type RenameExperiment struct {
	Experiment Target
	To         string
	From       Seen[string]
}

// DeleteExperiment marks an experiment and all its runs as deleted.
type DeleteExperiment struct {
	Experiment Target
	Runs       Seen[int] // the active runs that it had
}

// RestoreExperiment takes the mark of DeleteExperiment away, also from runs that
// had been deleted one by one before, as MLflow does.
type RestoreExperiment struct{ Experiment Target }

// TagExperiment sets a tag of an experiment.
type TagExperiment struct {
	Experiment Target
	Key, Value string
	From       Seen[string]
}

// UntagExperiment takes a tag from an experiment.
type UntagExperiment struct {
	Experiment Target
	Key        string
	From       Seen[string]
}

// NoteExperiment sets the description of an experiment, which may be Markdown.
type NoteExperiment struct {
	Experiment Target
	To         string
	From       Seen[string]
}

// Subject implements Mutation.
func (m RenameRun) Subject() Subject { return m.Run.run() }

// Name implements Mutation.
func (m RenameRun) Name() string { return "rename_run" }

// Sentence implements Mutation.
func (m RenameRun) Sentence() string { return "rename run " + m.Run.String() + " to " + m.To }

// Subject implements Mutation.
func (m TagRun) Subject() Subject { return m.Run.run() }

// Name implements Mutation.
func (m TagRun) Name() string { return "tag_run" }

// Sentence implements Mutation.
func (m TagRun) Sentence() string {
	return "tag run " + m.Run.String() + " with " + m.Key + " = " + m.Value
}

// Subject implements Mutation.
func (m UntagRun) Subject() Subject { return m.Run.run() }

// Name implements Mutation.
func (m UntagRun) Name() string { return "untag_run" }

// Sentence implements Mutation.
func (m UntagRun) Sentence() string { return "take tag " + m.Key + " from run " + m.Run.String() }

// Subject implements Mutation.
func (m NoteRun) Subject() Subject { return m.Run.run() }

// Name implements Mutation.
func (m NoteRun) Name() string { return "note_run" }

// Sentence implements Mutation.
func (m NoteRun) Sentence() string { return "write the note of run " + m.Run.String() }

// Subject implements Mutation.
func (m DeleteRun) Subject() Subject { return m.Run.run() }

// Name implements Mutation.
func (m DeleteRun) Name() string { return "delete_run" }

// Sentence implements Mutation.
func (m DeleteRun) Sentence() string { return "delete run " + m.Run.String() }

// Subject implements Mutation.
func (m RestoreRun) Subject() Subject { return m.Run.run() }

// Name implements Mutation.
func (m RestoreRun) Name() string { return "restore_run" }

// Sentence implements Mutation.
func (m RestoreRun) Sentence() string { return "restore run " + m.Run.String() }

// Subject implements Mutation.
func (m EndRun) Subject() Subject { return m.Run.run() }

// Name implements Mutation.
func (m EndRun) Name() string { return "end_run" }

// Sentence implements Mutation.
func (m EndRun) Sentence() string {
	says := "set run " + m.Run.String()
	if m.From.There {
		says += " from " + string(m.From.Value)
	}
	return says + " to " + string(m.To)
}

// Subject implements Mutation. The id is not known before it is made.
func (m CreateExperiment) Subject() Subject { return Target{ID: m.Called}.experiment() }

// Name implements Mutation.
func (m CreateExperiment) Name() string { return "create_experiment" }

// Sentence implements Mutation.
func (m CreateExperiment) Sentence() string { return "create experiment " + m.Called }

// Subject implements Mutation.
func (m RenameExperiment) Subject() Subject { return m.Experiment.experiment() }

// Name implements Mutation.
func (m RenameExperiment) Name() string { return "rename_experiment" }

// Sentence implements Mutation.
func (m RenameExperiment) Sentence() string {
	return "rename experiment " + m.Experiment.String() + " to " + m.To
}

// Subject implements Mutation.
func (m DeleteExperiment) Subject() Subject { return m.Experiment.experiment() }

// Name implements Mutation.
func (m DeleteExperiment) Name() string { return "delete_experiment" }

// Sentence implements Mutation.
func (m DeleteExperiment) Sentence() string {
	what := "its runs"
	if m.Runs.Looked {
		what = fmt.Sprintf("its %d active runs", m.Runs.Value)
	}
	return "delete experiment " + m.Experiment.String() + " with " + what
}

// Subject implements Mutation.
func (m RestoreExperiment) Subject() Subject { return m.Experiment.experiment() }

// Name implements Mutation.
func (m RestoreExperiment) Name() string { return "restore_experiment" }

// Sentence implements Mutation.
func (m RestoreExperiment) Sentence() string {
	return "restore experiment " + m.Experiment.String() + " with all its runs"
}

// Subject implements Mutation.
func (m TagExperiment) Subject() Subject { return m.Experiment.experiment() }

// Name implements Mutation.
func (m TagExperiment) Name() string { return "tag_experiment" }

// Sentence implements Mutation.
func (m TagExperiment) Sentence() string {
	return "tag experiment " + m.Experiment.String() + " with " + m.Key + " = " + m.Value
}

// Subject implements Mutation.
func (m UntagExperiment) Subject() Subject { return m.Experiment.experiment() }

// Name implements Mutation.
func (m UntagExperiment) Name() string { return "untag_experiment" }

// Sentence implements Mutation.
func (m UntagExperiment) Sentence() string {
	return "take tag " + m.Key + " from experiment " + m.Experiment.String()
}

// Subject implements Mutation.
func (m NoteExperiment) Subject() Subject { return m.Experiment.experiment() }

// Name implements Mutation.
func (m NoteExperiment) Name() string { return "note_experiment" }

// Sentence implements Mutation.
func (m NoteExperiment) Sentence() string {
	return "write the note of experiment " + m.Experiment.String()
}
