package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"benchside/store"
)

const (
	setStage     = `UPDATE model_versions SET current_stage = ?3, last_updated_time = ?4 WHERE name = ?1 AND version = ?2`
	othersIn     = `SELECT group_concat('v' || version, ', ') FROM model_versions WHERE name = ?1 AND version <> ?2 AND current_stage = ?3`
	archiveOther = `UPDATE model_versions SET current_stage = 'Archived', last_updated_time = ?4
		WHERE name = ?1 AND version <> ?2 AND current_stage = ?3`
	ruleOf = `SELECT approval, gate FROM benchside_rules WHERE name = ?1 AND stage = ?2`
	// leadsNowhere finds a row whose model or version is not there.
	leadsNowhere = `SELECT 1 FROM pragma_foreign_key_check('registered_model_tags') UNION ALL
		SELECT 1 FROM pragma_foreign_key_check('registered_model_aliases') UNION ALL
		SELECT 1 FROM pragma_foreign_key_check('model_versions') UNION ALL
		SELECT 1 FROM pragma_foreign_key_check('model_version_tags') LIMIT 1`
	lastGate = `SELECT verdict FROM benchside_gates WHERE name = ?1 AND version = ?2 AND stage = ?3 ORDER BY id DESC LIMIT 1`
)

// moveStage moves a version where no rule of its model forbids it.
func (t *tx) moveStage(ctx context.Context, m store.MoveStage) (outcome, error) {
	stage, err := stageNamed(m.To)
	if err != nil {
		return outcome{}, err
	}
	if err := t.allowed(ctx, m.Model, m.Version, stage, false); err != nil {
		return outcome{}, err
	}
	return t.transition(ctx, m)
}

// allowed holds a move to the rule of the stage.
func (t *tx) allowed(ctx context.Context, model string, version int64, stage string, approved bool) error {
	rule, ok, err := t.one(ctx, ruleOf, model, stage)
	if err != nil || !ok {
		return err
	}
	if rule[0].(int64) != 0 && !approved {
		return fmt.Errorf("%w: moving a version of %s to %s needs an approval by somebody else; request it", store.ErrDenied, model, stage)
	}
	if rule[1].(int64) == 0 {
		return nil
	}
	card, ok, err := t.one(ctx, lastGate, model, version, stage)
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("%w: moving a version of %s to %s needs a gate, and v%d was not checked", store.ErrDenied, model, stage, version)
	case card[0] != string(store.Passed) && card[0] != string(store.Waived):
		return fmt.Errorf("%w: moving a version of %s to %s needs a gate, and v%d did not pass it", store.ErrDenied, model, stage, version)
	}
	return nil
}

// transition moves a version as MLflow's client does.
func (t *tx) transition(ctx context.Context, m store.MoveStage) (outcome, error) {
	stage, err := stageNamed(m.To)
	if err != nil {
		return outcome{}, err
	}
	if m.ArchiveExisting && stage != store.StageStaging && stage != store.StageProduction {
		return outcome{}, invalid("Model version transition cannot archive existing model versions because '%s' is not an Active stage. Valid stages are Staging and Production.", m.To)
	}
	v, err := t.version(ctx, m.Model, m.Version)
	if err != nil {
		return outcome{}, err
	}
	was := asText(v.stage)
	if !m.From.Holds(was, true) {
		return outcome{}, stale("it is in stage %s now", was)
	}
	says := fmt.Sprintf("move %s from %s to %s", m.Subject(), was, stage)
	if m.ArchiveExisting {
		others, _, err := t.one(ctx, othersIn, m.Model, m.Version, stage)
		if err != nil {
			return outcome{}, err
		}
		if names := asText(others[0]); names != "" {
			says += " and archive " + names
		}
		if err := t.run(ctx, archiveOther, m.Model, m.Version, stage, t.now); err != nil {
			return outcome{}, err
		}
	}
	err = errors.Join(t.run(ctx, setStage, m.Model, m.Version, stage, t.now), t.run(ctx, touchModel, m.Model, t.now))
	return outcome{says: says, of: m.Subject(), events: []event{transitioned(store.TransitionedEvent, m, was, stage)}}, err
}

func transitioned(name string, m store.MoveStage, from, to string) event {
	return eventOf(name, pair{"name", m.Model}, pair{"version", numbered(m.Version)}, pair{"from_stage", from}, pair{"to_stage", to},
		pair{"archive_existing_versions", m.ArchiveExisting})
}

// undo makes the rows of a line what they were, if they are still what it left.
func (t *tx) undo(ctx context.Context, m store.Undo) (outcome, error) {
	l, err := t.line(ctx, m.Line)
	if err != nil {
		return outcome{}, err
	}
	if l.What == store.Observed {
		return outcome{}, invalid("line %d is about what another program did; rollback or a change of your own is the way", l.Seq)
	}
	if err := t.run(ctx, `PRAGMA defer_foreign_keys = ON`); err != nil {
		return outcome{}, err
	}
	if err := t.takeBack(ctx, l); err != nil {
		return outcome{}, err
	}
	if _, broken, err := t.one(ctx, leadsNowhere); err != nil || broken {
		if broken {
			err = stale("something was added since that belongs to it")
		}
		return outcome{}, err
	}
	return outcome{says: fmt.Sprintf("take back line %d (%s)", l.Seq, l.Sentence), of: l.Of, renamed: renamedIn(l)}, nil
}

// renamedIn is the other name of a model that a line renamed.
func renamedIn(l store.Line) string {
	for _, c := range l.Changes {
		if name := asText(c.Key["name"]); c.Table == "registered_models" && name != l.Of.Name {
			return name
		}
	}
	return ""
}

// rollBack moves a stage or an alias back as an ordinary change.
func (t *tx) rollBack(ctx context.Context, i store.Intent, m store.RollBack) (outcome, error) {
	if strings.TrimSpace(i.Reason) == "" {
		return outcome{}, invalid("rolling back takes a reason")
	}
	l, err := t.line(ctx, m.Line)
	if err != nil {
		return outcome{}, err
	}
	var out outcome
	out.of = l.Of
	var says []string
	for _, c := range l.Changes {
		one, err := t.backOne(ctx, c)
		if err != nil {
			return outcome{}, err
		}
		if one.says != "" {
			says = append(says, one.says)
			out.events = append(out.events, one.events...)
		}
	}
	if len(says) == 0 {
		return outcome{}, invalid("line %d moved no stage and no alias", l.Seq)
	}
	out.says = fmt.Sprintf("roll back line %d: %s", l.Seq, strings.Join(says, ", "))
	return out, nil
}

// backOne takes back what one row of a line says of a stage or an alias; nothing
// for another row.
func (t *tx) backOne(ctx context.Context, c store.RowChange) (outcome, error) {
	name, number := asText(c.Key["name"]), int64(0)
	switch c.Table {
	case "model_versions":
		from, moved := c.Before["current_stage"]
		if !moved || c.After == nil || c.After["current_stage"] == deletedStage || from == deletedStage {
			return outcome{}, nil
		}
		number, _ = c.Key["version"].(int64)
		move := store.MoveStage{Model: name, Version: number, To: asText(from), From: store.Saw(asText(c.After["current_stage"]))}
		if err := t.allowed(ctx, name, number, move.To, false); err != nil {
			return outcome{}, err
		}
		out, err := t.transition(ctx, move)
		out.events = []event{transitioned(store.RolledBackEvent, move, move.From.Value, move.To)}
		return out, err
	case "registered_model_aliases":
		alias := asText(c.Key["alias"])
		seen := store.SawNone[int64]()
		if c.After != nil {
			now, _ := c.After["version"].(int64)
			seen = store.Saw(now)
		}
		if c.Before == nil {
			return t.deleteAlias(ctx, store.DeleteAlias{Model: name, Alias: alias, From: seen})
		}
		number, _ = c.Before["version"].(int64)
		return t.setAlias(ctx, store.SetAlias{Model: name, Alias: alias, Version: number, From: seen})
	}
	return outcome{}, nil
}

const deletedStage = "Deleted_Internal"
