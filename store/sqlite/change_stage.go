package sqlite

import (
	"benchside/store"
)

// moveStage is the plain way, which a rule of the model may close.
func (w *work) moveStage(m store.MoveStage) error {
	to, err := canonicalStage(m.To)
	if err != nil {
		return err
	}
	rule, err := w.rule(m.Model, to)
	if err != nil {
		return err
	}
	if rule.NeedsApproval {
		return refuse(store.ErrDenied, "moving %s to %s needs an approval by somebody else: ask for it", m.Model, to)
	}
	if err := w.wantGate(rule, m.Model, m.Version); err != nil {
		return err
	}
	return w.move(m)
}

// move moves a version as MLflow does, whatever the rules.
func (w *work) move(m store.MoveStage) error {
	to, err := canonicalStage(m.To)
	if err != nil {
		return err
	}
	if m.ArchiveExisting && to != store.StageStaging && to != store.StageProduction {
		return invalid("Model version transition cannot archive existing model versions because '%s' is not an Active stage. "+
			"Valid stages are ['Staging', 'Production']", m.To)
	}
	found, err := w.wantVersion(m.Model, m.Version)
	if err != nil {
		return err
	}
	from := asText(found["current_stage"])
	if err := hold("the stage", m.From, from, true); err != nil {
		return err
	}
	if m.ArchiveExisting {
		if err := w.archive(m.Model, m.Version, to); err != nil {
			return err
		}
	}
	err = w.update(versionRows(), versionKey(m.Model, m.Version), row{"current_stage": to, "last_updated_time": w.now})
	if err != nil {
		return err
	}
	m.From, m.To = store.Saw(from), to
	w.did(m)
	if from != to {
		w.tell(versionMoved(m.Model, m.Version, from, to, m.ArchiveExisting))
	}
	return w.update(registeredRows(), row{"name": m.Model}, row{"last_updated_time": w.now})
}

// archive moves the other versions of a stage to Archived.
func (w *work) archive(name string, but int64, stage string) error {
	others, err := w.list(versionRows(), row{"name": name, "current_stage": stage})
	if err != nil {
		return err
	}
	for _, v := range others {
		if v["version"] == but {
			continue
		}
		key := versionRows().keyOf(v)
		if err := w.update(versionRows(), key, row{"current_stage": store.StageArchived, "last_updated_time": w.now}); err != nil {
			return err
		}
		w.tell(versionMoved(name, asNumber(v["version"]), stage, store.StageArchived, false))
	}
	return nil
}
