package sqlite

import (
	"fmt"
	"maps"
	"slices"

	"benchside/store"
)

// change does a mutation, and says in says what it did and in of to what.
func (w *work) change(m store.Mutation) error {
	switch m := m.(type) {
	case store.CreateModel:
		return w.createModel(m)
	case store.RenameModel:
		return w.renameModel(m)
	case store.DescribeModel:
		return w.describeModel(m)
	case store.TagModel:
		return w.tagModel(m)
	case store.UntagModel:
		return w.untagModel(m)
	case store.DeleteModel:
		return w.deleteModel(m)
	case store.RegisterVersion:
		return w.registerVersion(m)
	case store.DescribeVersion:
		return w.describeVersion(m)
	case store.TagVersion:
		return w.tagVersion(m)
	case store.UntagVersion:
		return w.untagVersion(m)
	case store.DeleteVersion:
		return w.deleteVersion(m)
	case store.SetAlias:
		return w.setAlias(m)
	case store.DeleteAlias:
		return w.deleteAlias(m)
	case store.MoveStage:
		return w.moveStage(m)
	case store.Undo:
		return w.undo(m)
	case store.RollBack:
		return w.rollBack(m)
	case store.LogBatch:
		return w.logBatch(m)
	case store.AddMonitor, store.PauseMonitor, store.RemoveMonitor, store.RecordBatch, store.AcknowledgeAlert:
		return w.watch(m)
	}
	return w.changeTracking(m)
}

// did notes what the mutation at hand turned out to do.
func (w *work) did(m store.Mutation) { w.says = m.Sentence() }

// wantModel returns the row of a model, as MLflow would find it.
func (w *work) wantModel(name string) (row, error) {
	if err := checkModelName(name, "name"); err != nil {
		return nil, err
	}
	found, there, err := w.find(registeredRows(), row{"name": name})
	if err == nil && !there {
		err = refuse(store.ErrNotFound, "Registered Model with name=%s not found", name)
	}
	return found, err
}

// wantVersion returns the row of a version that was not deleted.
func (w *work) wantVersion(name string, number int64) (row, error) {
	if err := checkModelName(name, "name"); err != nil {
		return nil, err
	}
	found, there, err := w.find(versionRows(), keyOfVersion(name, number))
	if err == nil && (!there || found["current_stage"] == deletedInternal) {
		err = refuse(store.ErrNotFound, "Model Version (name=%s, version=%d) not found", name, number)
	}
	return found, err
}

func keyOfVersion(name string, number int64) row { return row{"name": name, "version": number} }

// deletedInternal is the stage of a version that was deleted; its row stays.
const deletedInternal = "Deleted_Internal"

// hold compares what the user saw with what there is.
func hold[T comparable](what string, saw store.Seen[T], now T, there bool) error {
	if saw.Holds(now, there) {
		return nil
	}
	shown := func(v T, there bool) string {
		if there {
			return fmt.Sprintf("%v", v)
		}
		return "not there"
	}
	return refuse(store.ErrStale, "%v: %s was %s and is %s now", store.ErrStale, what,
		shown(saw.Value, saw.There), shown(now, there))
}

// asText is a text column, "" if it is NULL.
func asText(v any) string {
	s, _ := v.(string)
	return s
}

// asNumber is an integer column.
func asNumber(v any) int64 {
	n, _ := v.(int64)
	return n
}

// orNull is NULL for the empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
