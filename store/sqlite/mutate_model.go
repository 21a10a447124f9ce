package sqlite

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"benchside/store"
	"benchside/store/ledger"
)

const (
	modelRow      = `SELECT description FROM registered_models WHERE name = ?1`
	touchModel    = `UPDATE registered_models SET last_updated_time = ?2 WHERE name = ?1`
	setModelText  = `UPDATE registered_models SET description = ?2, last_updated_time = ?3 WHERE name = ?1`
	renameModel   = `UPDATE registered_models SET name = ?2, last_updated_time = ?3 WHERE name = ?1`
	touchAll      = `UPDATE model_versions SET last_updated_time = ?2 WHERE name = ?1`
	modelTag      = `SELECT value FROM registered_model_tags WHERE name = ?1 AND "key" = ?2`
	setModelTag   = `UPDATE registered_model_tags SET value = ?3 WHERE name = ?1 AND "key" = ?2`
	dropModelTag  = `DELETE FROM registered_model_tags WHERE name = ?1 AND "key" = ?2`
	countVersions = `SELECT count(*) FROM model_versions WHERE name = ?1 AND current_stage IS NOT 'Deleted_Internal'`
)

// dropModel are the statements that delete a model, children first.
var dropModel = []string{
	`DELETE FROM model_version_tags WHERE name = ?1`,
	`DELETE FROM model_versions WHERE name = ?1`,
	`DELETE FROM registered_model_aliases WHERE name = ?1`,
	`DELETE FROM registered_model_tags WHERE name = ?1`,
	`DELETE FROM registered_models WHERE name = ?1`,
}

// ownOfModel are benchside's tables whose rows take a model's new name. Those of a
// model that was deleted stay, as the ledger does.
var ownOfModel = []string{"benchside_rules", "benchside_requests", "benchside_comments", "benchside_gates"}

// model checks that a model exists, and returns its description.
func (t *tx) model(ctx context.Context, name string) (any, error) {
	row, ok, err := t.one(ctx, modelRow, name)
	if err == nil && !ok {
		err = fmt.Errorf("Registered Model with name=%s %w", name, store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return row[0], nil
}

func about(name string) store.Subject { return store.Subject{Kind: store.ModelSubject, Name: name} }

func (t *tx) createModel(ctx context.Context, m store.CreateModel) (outcome, error) {
	if err := validModel(m.Model); err != nil {
		return outcome{}, err
	}
	if err := validTags(m.Tags); err != nil {
		return outcome{}, err
	}
	if _, ok, err := t.one(ctx, modelRow, m.Model); err != nil || ok {
		if ok {
			err = fmt.Errorf("%w: Registered Model (name=%s) already exists", store.ErrInvalid, m.Model)
		}
		return outcome{}, err
	}
	err := t.insert(ctx, "registered_models", ledger.Row{
		"name": m.Model, "creation_time": t.now, "last_updated_time": t.now, "description": orNull(m.Description),
	})
	for _, key := range slices.Sorted(maps.Keys(m.Tags)) {
		if err == nil {
			err = t.insert(ctx, "registered_model_tags", ledger.Row{"name": m.Model, "key": key, "value": m.Tags[key]})
		}
	}
	return outcome{says: m.Sentence(), of: about(m.Model), events: []event{modelCreated(m)}}, err
}

// orNull is NULL for no text, as MLflow's own client writes it.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (t *tx) renameModel(ctx context.Context, m store.RenameModel) (outcome, error) {
	if err := validModel(m.To); err != nil {
		return outcome{}, err
	}
	if _, err := t.model(ctx, m.Model); err != nil {
		return outcome{}, err
	}
	if _, ok, err := t.one(ctx, modelRow, m.To); err != nil || ok {
		if ok {
			err = fmt.Errorf("%w: Registered Model (name=%s) already exists", store.ErrInvalid, m.To)
		}
		return outcome{}, err
	}
	if err := t.run(ctx, renameModel, m.Model, m.To, t.now); err != nil { // the rest follows by ON UPDATE CASCADE
		return outcome{}, err
	}
	if err := t.run(ctx, touchAll, m.To, t.now); err != nil {
		return outcome{}, err
	}
	for _, table := range ownOfModel {
		if err := t.run(ctx, `UPDATE `+table+` SET name = ?2 WHERE name = ?1`, m.Model, m.To); err != nil {
			return outcome{}, err
		}
	}
	return outcome{says: m.Sentence(), of: about(m.Model), renamed: m.To, events: []event{modelRenamed(m)}}, nil
}

func (t *tx) describeModel(ctx context.Context, m store.DescribeModel) (outcome, error) {
	was, err := t.model(ctx, m.Model)
	if err != nil {
		return outcome{}, err
	}
	if !m.From.Holds(asText(was), true) {
		return outcome{}, stale("the description is now %q", asText(was))
	}
	return outcome{says: m.Sentence(), of: about(m.Model)}, t.run(ctx, setModelText, m.Model, m.To, t.now)
}

func asText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// stale says what the store says now.
func stale(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{store.ErrStale}, args...)...)
}

// seenTag checks a tag against what was seen of it.
func (t *tx) seenTag(ctx context.Context, from store.Seen[string], sql string, args ...any) (there bool, err error) {
	row, there, err := t.one(ctx, sql, args...)
	if err != nil {
		return false, err
	}
	now := ""
	if there {
		now = asText(row[0])
	}
	switch {
	case from.Holds(now, there):
		return there, nil
	case there:
		return there, stale("the tag is now %q", now)
	default:
		return there, stale("the tag is not there any more")
	}
}

func (t *tx) tagModel(ctx context.Context, m store.TagModel) (outcome, error) {
	if err := validTags(map[string]string{m.Key: m.Value}); err != nil {
		return outcome{}, err
	}
	if _, err := t.model(ctx, m.Model); err != nil {
		return outcome{}, err
	}
	there, err := t.seenTag(ctx, m.From, modelTag, m.Model, m.Key)
	switch {
	case err != nil:
	case there:
		err = t.run(ctx, setModelTag, m.Model, m.Key, m.Value)
	default:
		err = t.insert(ctx, "registered_model_tags", ledger.Row{"name": m.Model, "key": m.Key, "value": m.Value})
	}
	return outcome{says: m.Sentence(), of: about(m.Model)}, err
}

func (t *tx) untagModel(ctx context.Context, m store.UntagModel) (outcome, error) {
	if err := validKey(m.Key); err != nil {
		return outcome{}, err
	}
	if _, err := t.model(ctx, m.Model); err != nil {
		return outcome{}, err
	}
	if _, err := t.seenTag(ctx, m.From, modelTag, m.Model, m.Key); err != nil {
		return outcome{}, err
	}
	return outcome{says: m.Sentence(), of: about(m.Model)}, t.run(ctx, dropModelTag, m.Model, m.Key)
}

func (t *tx) deleteModel(ctx context.Context, m store.DeleteModel) (outcome, error) {
	if _, err := t.model(ctx, m.Model); err != nil {
		return outcome{}, err
	}
	row, _, err := t.one(ctx, countVersions, m.Model)
	if err != nil {
		return outcome{}, err
	}
	if n := int(row[0].(int64)); !m.Versions.Holds(n, true) {
		return outcome{}, stale("it has %d versions now", n)
	}
	for _, statement := range dropModel {
		if err := t.run(ctx, statement, m.Model); err != nil {
			return outcome{}, err
		}
	}
	return outcome{says: m.Sentence(), of: about(m.Model), events: []event{modelDeleted(m)}}, nil
}
