package sqlite

import (
	"fmt"
	"strings"

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
	says := fmt.Sprintf("move %s from %s to %s", m.Subject(), from, to)
	if m.ArchiveExisting {
		archived, err := w.archive(m.Model, m.Version, to)
		if err != nil {
			return err
		}
		if len(archived) > 0 {
			says += " and archive " + strings.Join(archived, ", ")
		}
	}
	err = w.update(versionRows(), keyOfVersion(m.Model, m.Version), row{"current_stage": to, "last_updated_time": w.now})
	if err != nil {
		return err
	}
	m.From, m.To = store.Saw(from), to
	w.did(m)
	w.says = says
	if from != to {
		w.tell(versionMoved(m.Model, m.Version, from, to, m.ArchiveExisting))
	}
	return w.update(registeredRows(), row{"name": m.Model}, row{"last_updated_time": w.now})
}

// archive moves the other versions of a stage to Archived, and names them.
func (w *work) archive(name string, but int64, stage string) (archived []string, err error) {
	others, err := w.list(versionRows(), row{"name": name, "current_stage": stage})
	if err != nil {
		return nil, err
	}
	for _, v := range others {
		if v["version"] == but {
			continue
		}
		key := versionRows().keyOf(v)
		if err := w.update(versionRows(), key, row{"current_stage": store.StageArchived, "last_updated_time": w.now}); err != nil {
			return nil, err
		}
		archived = append(archived, fmt.Sprintf("v%d", asNumber(v["version"])))
		w.tell(versionMoved(name, asNumber(v["version"]), stage, store.StageArchived, false))
	}
	return archived, nil
}
