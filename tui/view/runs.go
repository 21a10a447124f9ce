package view

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"benchside/sanitize"
	"benchside/store"
)

// The changes of runs and experiments that more than one screen asks for. Those
// that take several runs do the same with all of them, in one transaction.

// CalledRuns is how titles call some runs, of which there is one at least.
func CalledRuns(runs []store.Run) string {
	if len(runs) == 1 {
		return sanitize.Line(cmp.Or(runs[0].Name, runs[0].ID))
	}
	return fmt.Sprintf("%d runs", len(runs))
}

func eachRun(runs []store.Run, change func(r *store.Run, t store.Target) store.Mutation) []store.Mutation {
	out := make([]store.Mutation, len(runs))
	for i := range runs {
		out[i] = change(&runs[i], store.TargetOf(runs[i].Head))
	}
	return out
}

// RenameRun asks for another name of a run.
func RenameRun(r store.Run) Change {
	return Change{
		Title: "rename " + CalledRuns([]store.Run{r}), Fields: []Field{{Name: "new name", Value: r.Name}},
		Make: func(in Input) ([]store.Mutation, error) {
			if to := strings.TrimSpace(in.Texts[0]); to != "" && to != r.Name {
				return One(store.RenameRun{Run: store.TargetOf(r.Head), To: to, From: store.Saw(r.Name)})
			}
			return nil, errors.New("another name")
		},
	}
}

// TagRuns asks for a tag of runs.
func TagRuns(runs []store.Run) Change {
	return Change{
		Title: "tag " + CalledRuns(runs), Fields: []Field{{Name: "key"}, {Name: "value"}},
		Make: func(in Input) ([]store.Mutation, error) {
			key, value := in.Texts[0], in.Texts[1]
			if key == "" {
				return nil, errors.New("the key of the tag")
			}
			return eachRun(runs, func(r *store.Run, t store.Target) store.Mutation {
				return store.TagRun{Run: t, Key: key, Value: value, From: store.SawTag(r.Tags, key)}
			}), nil
		},
	}
}

// tagKeys are the keys of all tags, the user's own before MLflow's.
func tagKeys(tags ...map[string]string) []string {
	all := map[string]bool{}
	for _, t := range tags {
		for key := range t {
			all[key] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
}

func rank(key string) int {
	if strings.HasPrefix(key, "mlflow.") {
		return 1
	}
	return 0
}

// UntagRuns asks which tag is taken from those of the runs that have it; ok is
// false where none has any.
func UntagRuns(runs []store.Run) (c Change, ok bool) {
	var tags []map[string]string
	for i := range runs {
		tags = append(tags, runs[i].Tags)
	}
	keys := tagKeys(tags...)
	if len(keys) == 0 {
		return c, false
	}
	return Change{
		Title: "take a tag from " + CalledRuns(runs), Fields: []Field{{Name: "key", Value: keys[0], Choices: keys}},
		Make: func(in Input) ([]store.Mutation, error) {
			having := slices.DeleteFunc(slices.Clone(runs), func(r store.Run) bool { _, has := r.Tags[in.Texts[0]]; return !has })
			if len(having) == 0 {
				return nil, errors.New("one of " + strings.Join(keys, ", "))
			}
			return eachRun(having, func(r *store.Run, t store.Target) store.Mutation {
				return store.UntagRun{Run: t, Key: in.Texts[0], From: store.SawTag(r.Tags, in.Texts[0])}
			}), nil
		},
	}, true
}

// NoteRuns asks for the note of runs, and begins with the one that they share.
func NoteRuns(runs []store.Run) Change {
	shared := runs[0].Note()
	note := ""
	for i := range runs {
		if runs[i].Note() != shared {
			shared, note = "", "Their notes differ: this one takes the place of all."
		}
	}
	return Change{
		Title: "note of " + CalledRuns(runs), Note: note, Fields: []Field{{Name: "text", Value: shared, Hint: "may be Markdown", Lines: true}},
		Make: func(in Input) ([]store.Mutation, error) {
			return eachRun(runs, func(r *store.Run, t store.Target) store.Mutation {
				return store.NoteRun{Run: t, To: in.Texts[0], From: store.SawTag(r.Tags, store.TagNote)}
			}), nil
		},
	}
}

// DeleteRuns asks to mark runs as deleted.
func DeleteRuns(runs []store.Run) Change {
	note, live := "They can be restored until somebody purges them.", 0
	for i := range runs {
		if runs[i].Status.Live() {
			live++
		}
	}
	if live > 0 {
		note += fmt.Sprintf(" Still %s or %s: %d. What goes on logging to them will fail.", store.Running, store.Scheduled, live)
	}
	return Change{
		Title: "delete " + CalledRuns(runs), Note: note, Reason: AskReason,
		Make: func(Input) ([]store.Mutation, error) {
			return eachRun(runs, func(r *store.Run, t store.Target) store.Mutation {
				return store.DeleteRun{Run: t, From: store.Saw(r.Stage)}
			}), nil
		},
	}
}

// RestoreRuns asks to bring deleted runs back.
func RestoreRuns(runs []store.Run) Change {
	return Change{
		Title: "restore " + CalledRuns(runs), Reason: AskReason,
		Make: func(Input) ([]store.Mutation, error) {
			return eachRun(runs, func(r *store.Run, t store.Target) store.Mutation {
				return store.RestoreRun{Run: t, From: store.Saw(r.Stage)}
			}), nil
		},
	}
}

// EndRuns asks how runs ended whose process is gone.
func EndRuns(runs []store.Run) Change {
	ends := []string{string(store.Killed), string(store.Failed)}
	return Change{
		Title: "end " + CalledRuns(runs), Reason: AskReason, Fields: []Field{{Name: "status", Value: ends[0], Choices: ends}},
		Note: "For runs whose process is gone: no process is ended. Their end is now.",
		Make: func(in Input) ([]store.Mutation, error) {
			to := strings.ToUpper(in.Texts[0])
			if !slices.Contains(ends, to) {
				return nil, errors.New("one of " + strings.Join(ends, ", "))
			}
			return eachRun(runs, func(r *store.Run, t store.Target) store.Mutation {
				return store.EndRun{Run: t, To: store.Status(to), From: store.Saw(r.Status)}
			}), nil
		},
	}
}

// NewExperiment asks for the name of a new experiment, which may begin with that
// of a folder.
func NewExperiment(folder string) Change {
	return Change{
		Title: "new experiment", Fields: []Field{{Name: "name", Value: folder}},
		Make: func(in Input) ([]store.Mutation, error) {
			if name := strings.TrimSpace(in.Texts[0]); name != "" && name != folder {
				return One(store.CreateExperiment{Called: name})
			}
			return nil, errors.New("the name of the experiment")
		},
	}
}

func target(e store.Experiment) (store.Target, string) {
	return store.Target{ID: e.ID, Name: e.Name}, sanitize.Line(e.Name)
}

// RenameExperiment asks for another name of an experiment.
func RenameExperiment(e store.Experiment) Change {
	t, called := target(e)
	return Change{
		Title: "rename " + called, Fields: []Field{{Name: "new name", Value: e.Name}}, Reason: AskReason,
		Note: "Scripts that name it must use the new name, or they make another one.",
		Make: func(in Input) ([]store.Mutation, error) {
			if to := strings.TrimSpace(in.Texts[0]); to != "" && to != e.Name {
				return One(store.RenameExperiment{Experiment: t, To: to, From: store.Saw(e.Name)})
			}
			return nil, errors.New("another name")
		},
	}
}

// TagExperiment asks for a tag of an experiment.
func TagExperiment(e store.Experiment) Change {
	t, called := target(e)
	return SetTag("tag "+called, e.Tags, func(key, value string, from store.Seen[string]) store.Mutation {
		return store.TagExperiment{Experiment: t, Key: key, Value: value, From: from}
	})
}

// UntagExperiment asks which tag is taken from an experiment that has one.
func UntagExperiment(e store.Experiment) Change {
	t, called := target(e)
	return TakeTag("take a tag from "+called, e.Tags, func(key string, from store.Seen[string]) store.Mutation {
		return store.UntagExperiment{Experiment: t, Key: key, From: from}
	})
}

// NoteExperiment asks for the note of an experiment.
func NoteExperiment(e store.Experiment) Change {
	t, called := target(e)
	return Change{
		Title:  "note of " + called,
		Fields: []Field{{Name: "text", Value: e.Tags[store.TagNote], Hint: "may be Markdown", Lines: true}},
		Make: func(in Input) ([]store.Mutation, error) {
			return One(store.NoteExperiment{Experiment: t, To: in.Texts[0], From: store.SawTag(e.Tags, store.TagNote)})
		},
	}
}

// DeleteExperiment asks to mark an experiment and its active runs as deleted.
func DeleteExperiment(e store.Experiment, runs int) Change {
	t, called := target(e)
	return Change{
		Title: "delete " + called, Reason: AskReason, Note: "Its runs go with it. They can be restored until somebody purges them.",
		Make: func(Input) ([]store.Mutation, error) {
			return One(store.DeleteExperiment{Experiment: t, Runs: store.Saw(runs)})
		},
	}
}

// RestoreExperiment asks to bring a deleted experiment back.
func RestoreExperiment(e store.Experiment) Change {
	t, called := target(e)
	return Change{
		Title: "restore " + called, Reason: AskReason,
		Note: "All its runs come back, also those that had been deleted one by one before: so MLflow does it.",
		Make: func(Input) ([]store.Mutation, error) { return One(store.RestoreExperiment{Experiment: t}) },
	}
}
