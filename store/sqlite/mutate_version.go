package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"benchside/store"
	"benchside/store/ledger"
)

const (
	versionRow = `SELECT description, current_stage, storage_location, run_id, run_link FROM model_versions
		WHERE name = ?1 AND version = ?2 AND current_stage IS NOT 'Deleted_Internal'`
	lastVersion    = `SELECT coalesce(max(version), 0) FROM model_versions WHERE name = ?1`
	setVersionText = `UPDATE model_versions SET description = ?3, last_updated_time = ?4 WHERE name = ?1 AND version = ?2`
	versionTag     = `SELECT value FROM model_version_tags WHERE name = ?1 AND version = ?2 AND "key" = ?3`
	setVersionTag  = `UPDATE model_version_tags SET value = ?4 WHERE name = ?1 AND version = ?2 AND "key" = ?3`
	dropVersionTag = `DELETE FROM model_version_tags WHERE name = ?1 AND version = ?2 AND "key" = ?3`
	versionTags    = `SELECT "key", value FROM model_version_tags WHERE name = ?1 AND version = ?2`
	redact         = `UPDATE model_versions SET current_stage = 'Deleted_Internal', last_updated_time = ?3, description = NULL, user_id = NULL,
		source = 'REDACTED-SOURCE-PATH', run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK', status_message = NULL
		WHERE name = ?1 AND version = ?2`
	dropAliases = `DELETE FROM registered_model_aliases WHERE name = ?1 AND version = ?2`
	aliasRow    = `SELECT version FROM registered_model_aliases WHERE name = ?1 AND alias = ?2`
	setAlias    = `UPDATE registered_model_aliases SET version = ?3 WHERE name = ?1 AND alias = ?2`
	dropAlias   = `DELETE FROM registered_model_aliases WHERE name = ?1 AND alias = ?2`
	modelPlace  = `SELECT artifact_location, source_run_id, experiment_id FROM logged_models WHERE model_id = ?1`
	modelLinks  = `SELECT tag_value FROM logged_model_tags WHERE model_id = ?1 AND tag_key = 'mlflow.modelVersions'`
	setLinks    = `UPDATE logged_model_tags SET tag_value = ?2 WHERE model_id = ?1 AND tag_key = 'mlflow.modelVersions'`
)

func aboutVersion(name string, number int64) store.Subject {
	return store.Subject{Kind: store.VersionSubject, Name: name, Version: number}
}

// versionFound is a row of a version that was not deleted.
type versionFound struct{ description, stage, location, run, link any }

func (t *tx) version(ctx context.Context, name string, number int64) (versionFound, error) {
	row, ok, err := t.one(ctx, versionRow, name, number)
	if err == nil && !ok {
		err = fmt.Errorf("Model Version (name=%s, version=%d) %w", name, number, store.ErrNotFound)
	}
	if err != nil {
		return versionFound{}, err
	}
	return versionFound{row[0], row[1], row[2], row[3], row[4]}, nil
}

// loggedModel is the id of the model of MLflow 3 that a source names.
func loggedModel(source string) (id string, ok bool) {
	id, ok = strings.CutPrefix(source, "models:/")
	return id, ok && strings.HasPrefix(id, "m-") && !strings.Contains(id, "/")
}

// sourceVersion is the version that a source names.
func sourceVersion(source string) (name string, number int64, ok bool) {
	rest, ok := strings.CutPrefix(source, "models:/")
	at := strings.LastIndex(rest, "/")
	if !ok || at < 0 {
		return "", 0, false
	}
	number, err := strconv.ParseInt(rest[at+1:], 10, 64)
	return rest[:at], number, err == nil
}

// settled is where a new version's files are, and what it takes from its source.
func (t *tx) settled(ctx context.Context, m store.RegisterVersion) (_ store.RegisterVersion, location string, err error) {
	location = m.Source
	if id, ok := loggedModel(m.Source); ok {
		row, found, err := t.one(ctx, modelPlace, id)
		if err == nil && !found {
			err = fmt.Errorf("Logged model with ID '%s' %w", id, store.ErrNotFound)
		}
		if err != nil {
			return m, "", err
		}
		if m.RunID == "" {
			m.RunID = asText(row[1])
		}
		return m, asText(row[0]), nil
	}
	name, number, ok := sourceVersion(m.Source)
	if !ok {
		return m, location, nil
	}
	v, err := t.version(ctx, name, number)
	if err != nil {
		return m, "", err
	}
	if m.Description == "" && len(m.Tags) == 0 && m.RunID == "" { // a copy, as copy_model_version makes it
		m.Description, m.RunID, m.RunLink, m.Tags = asText(v.description), asText(v.run), asText(v.link), map[string]string{}
		err = t.c.query(ctx, versionTags, []any{name, number}, func(row []driver.Value) error {
			m.Tags[text(row[0])] = text(row[1])
			return nil
		})
	}
	return m, asText(v.location), err
}

func (t *tx) registerVersion(ctx context.Context, m store.RegisterVersion) (outcome, error) {
	if err := validTags(m.Tags); err != nil {
		return outcome{}, err
	}
	if strings.TrimSpace(m.Source) == "" {
		return outcome{}, fmt.Errorf("%w: a version needs a source", store.ErrInvalid)
	}
	var events []event
	_, ok, err := t.one(ctx, modelRow, m.Model)
	switch {
	case err != nil:
		return outcome{}, err
	case !ok && m.MakeModel:
		made, err := t.createModel(ctx, store.CreateModel{Model: m.Model})
		if err != nil {
			return outcome{}, err
		}
		events = made.events
	case !ok:
		return outcome{}, fmt.Errorf("Registered Model with name=%s %w", m.Model, store.ErrNotFound)
	}
	m, location, err := t.settled(ctx, m)
	if err != nil {
		return outcome{}, err
	}
	row, _, err := t.one(ctx, lastVersion, m.Model)
	if err != nil {
		return outcome{}, err
	}
	number := row[0].(int64) + 1
	err = t.insert(ctx, "model_versions", ledger.Row{
		"name": m.Model, "version": number, "creation_time": t.now, "last_updated_time": t.now, "description": orNull(m.Description),
		"current_stage": store.StageNone, "source": m.Source, "run_id": orNull(m.RunID), "status": "READY", "run_link": orNull(m.RunLink),
		"storage_location": location,
	})
	for _, key := range slices.Sorted(maps.Keys(m.Tags)) {
		if err == nil {
			err = t.insert(ctx, "model_version_tags", ledger.Row{"name": m.Model, "version": number, "key": key, "value": m.Tags[key]})
		}
	}
	err = errors.Join(err, t.run(ctx, touchModel, m.Model, t.now))
	if id, ok := loggedModel(m.Source); ok && m.MakeModel && err == nil { // as mlflow.register_model does
		err = t.link(ctx, id, m.Model, number)
	}
	return outcome{
		says: fmt.Sprintf("register %s v%d from %s", m.Model, number, m.Source), of: aboutVersion(m.Model, number),
		events: append(events, versionCreated(m, number)),
	}, err
}

// modelLink is how a model of MLflow 3 names the versions that were made of it.
type modelLink struct {
	Name    string `json:"name"`
	Version any    `json:"version"` // a number, or a text where the server wrote it
}

// link adds a version to the tag of the model that it was made of.
func (t *tx) link(ctx context.Context, id, name string, number int64) error {
	row, there, err := t.one(ctx, modelLinks, id)
	if err != nil {
		return err
	}
	var links []modelLink
	if there && json.Unmarshal([]byte(asText(row[0])), &links) != nil {
		return nil // somebody else's text is left alone
	}
	var parts []string
	for _, l := range append(links, modelLink{name, number}) {
		spelled, err := json.Marshal(l.Version)
		if err != nil {
			return err
		}
		parts = append(parts, fmt.Sprintf(`{"name": %s, "version": %s}`, pythonText(l.Name), spelled))
	}
	value := "[" + strings.Join(parts, ", ") + "]"
	if there {
		return t.run(ctx, setLinks, id, value)
	}
	of, _, err := t.one(ctx, modelPlace, id)
	if err != nil {
		return err
	}
	return t.insert(ctx, "logged_model_tags", ledger.Row{
		"model_id": id, "experiment_id": of[2], "tag_key": "mlflow.modelVersions", "tag_value": value,
	})
}

func (t *tx) describeVersion(ctx context.Context, m store.DescribeVersion) (outcome, error) {
	v, err := t.version(ctx, m.Model, m.Version)
	if err != nil {
		return outcome{}, err
	}
	if !m.From.Holds(asText(v.description), true) {
		return outcome{}, stale("the description is now %q", asText(v.description))
	}
	return outcome{says: m.Sentence(), of: m.Subject()}, t.run(ctx, setVersionText, m.Model, m.Version, m.To, t.now)
}

func (t *tx) tagVersion(ctx context.Context, m store.TagVersion) (outcome, error) {
	if err := validTags(map[string]string{m.Key: m.Value}); err != nil {
		return outcome{}, err
	}
	if _, err := t.version(ctx, m.Model, m.Version); err != nil {
		return outcome{}, err
	}
	there, err := t.seenTag(ctx, m.From, versionTag, m.Model, m.Version, m.Key)
	switch {
	case err != nil:
	case there:
		err = t.run(ctx, setVersionTag, m.Model, m.Version, m.Key, m.Value)
	default:
		err = t.insert(ctx, "model_version_tags", ledger.Row{"name": m.Model, "version": m.Version, "key": m.Key, "value": m.Value})
	}
	return outcome{says: m.Sentence(), of: m.Subject(), events: []event{tagSet(m)}}, err
}

func (t *tx) untagVersion(ctx context.Context, m store.UntagVersion) (outcome, error) {
	if err := validKey(m.Key); err != nil {
		return outcome{}, err
	}
	if _, err := t.version(ctx, m.Model, m.Version); err != nil {
		return outcome{}, err
	}
	if _, err := t.seenTag(ctx, m.From, versionTag, m.Model, m.Version, m.Key); err != nil {
		return outcome{}, err
	}
	return outcome{says: m.Sentence(), of: m.Subject(), events: []event{tagDeleted(m)}},
		t.run(ctx, dropVersionTag, m.Model, m.Version, m.Key)
}

func (t *tx) deleteVersion(ctx context.Context, m store.DeleteVersion) (outcome, error) {
	v, err := t.version(ctx, m.Model, m.Version)
	if err != nil {
		return outcome{}, err
	}
	if stage := asText(v.stage); !m.From.Holds(stage, true) {
		return outcome{}, stale("it is in stage %s now", stage)
	}
	err = errors.Join(
		t.run(ctx, touchModel, m.Model, t.now), t.run(ctx, redact, m.Model, m.Version, t.now), t.run(ctx, dropAliases, m.Model, m.Version),
	)
	return outcome{says: "delete " + m.Subject().String() + " of stage " + asText(v.stage), of: m.Subject(), events: []event{versionDeleted(m)}}, err
}

// seenAlias checks an alias against what was seen of it.
func (t *tx) seenAlias(ctx context.Context, model, alias string, from store.Seen[int64]) (now int64, there bool, err error) {
	row, there, err := t.one(ctx, aliasRow, model, alias)
	if err != nil {
		return 0, false, err
	}
	if there {
		now, _ = row[0].(int64)
	}
	switch {
	case from.Holds(now, there):
	case there:
		err = stale("the alias points to v%d now", now)
	default:
		err = stale("the alias is not there any more")
	}
	return now, there, err
}

func (t *tx) setAlias(ctx context.Context, m store.SetAlias) (outcome, error) {
	if err := validAlias(m.Alias); err != nil {
		return outcome{}, err
	}
	if _, err := t.version(ctx, m.Model, m.Version); err != nil {
		return outcome{}, err
	}
	was, there, err := t.seenAlias(ctx, m.Model, m.Alias, m.From)
	switch {
	case err != nil:
	case there:
		m.From = store.Saw(was)
		err = t.run(ctx, setAlias, m.Model, m.Alias, m.Version)
	default:
		err = t.insert(ctx, "registered_model_aliases", ledger.Row{"name": m.Model, "alias": m.Alias, "version": m.Version})
	}
	return outcome{says: m.Sentence(), of: m.Subject(), events: []event{aliasSet(m)}}, err
}

func (t *tx) deleteAlias(ctx context.Context, m store.DeleteAlias) (outcome, error) {
	if err := validAlias(m.Alias); err != nil {
		return outcome{}, err
	}
	if _, err := t.model(ctx, m.Model); err != nil {
		return outcome{}, err
	}
	if _, _, err := t.seenAlias(ctx, m.Model, m.Alias, m.From); err != nil {
		return outcome{}, err
	}
	return outcome{says: m.Sentence(), of: about(m.Model), events: []event{aliasDeleted(m)}}, t.run(ctx, dropAlias, m.Model, m.Alias)
}
