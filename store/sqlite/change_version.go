package sqlite

import (
	"database/sql/driver"
	"net/url"
	"strconv"
	"strings"

	"benchside/store"
)

// The changes of MLflow's client to the versions of models.

const (
	lastVersion        = `SELECT coalesce(max(version), 0) FROM model_versions WHERE name = ?1`
	lastVersionDefault = lastVersion + ` AND workspace = 'default'`
	loggedModelFiles   = `SELECT artifact_location, source_run_id FROM logged_models WHERE model_id = ?1 AND lifecycle_stage = 'active'`
)

func (w *work) registerVersion(m store.RegisterVersion) error {
	if err := checkModelName(m.Model, "name"); err != nil {
		return err
	}
	if err := checkTags(m.Tags); err != nil {
		return err
	}
	if m.Source == "" {
		return invalid("Missing value for required parameter 'source'.")
	}
	location, err := w.resolve(&m)
	if err != nil {
		return err
	}
	if err := w.makeModel(m); err != nil {
		return err
	}
	statement := lastVersion
	if w.hasColumn("model_versions", workspace) {
		statement = lastVersionDefault
	}
	last, err := w.one(statement, m.Model)
	if err != nil {
		return err
	}
	if err := w.addVersion(m, last+1, location); err != nil {
		return err
	}
	w.of = store.Subject{Kind: store.VersionSubject, Name: m.Model, Version: last + 1}
	w.says = "register " + m.Source + " as " + w.of.String()
	w.tell(w.versionCreated(m, last+1))
	return nil
}

// makeModel finds the model, or makes it if that was asked for.
func (w *work) makeModel(m store.RegisterVersion) error {
	_, there, err := w.find(registeredRows(), row{"name": m.Model})
	switch {
	case err != nil:
		return err
	case there:
		return w.update(registeredRows(), row{"name": m.Model}, row{"last_updated_time": w.now})
	case m.MakeModel:
		return w.createModel(store.CreateModel{Model: m.Model})
	}
	return refuse(store.ErrNotFound, "Registered Model with name=%s not found", m.Model)
}

func (w *work) addVersion(m store.RegisterVersion, number int64, location string) error {
	err := w.insert(versionRows(), row{
		"name": m.Model, "version": number, "creation_time": w.now, "last_updated_time": w.now,
		"description": orNull(m.Description), "user_id": nil, "current_stage": store.StageNone, "source": m.Source,
		"run_id": orNull(m.RunID), "status": "READY", "status_message": nil, "run_link": orNull(m.RunLink),
		"storage_location": location,
	})
	for _, key := range sortedKeys(m.Tags) {
		if err == nil {
			err = w.insert(versionTagRows(), row{"name": m.Model, "version": number, "key": key, "value": m.Tags[key]})
		}
	}
	return err
}

// resolve finds where the files of a source are. A source that names a model of
// MLflow 3 also names the run, if nobody else did.
func (w *work) resolve(m *store.RegisterVersion) (location string, err error) {
	u, err := url.Parse(m.Source)
	if err != nil || u.Scheme != "models" {
		return m.Source, nil
	}
	cannot := func(why string) error {
		return refuse(store.ErrInvalid, "Unable to fetch model from model URI source artifact location '%s'. Error: %s", m.Source, why)
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch {
	case u.Host != "":
		return "", cannot("a URI of another registry is not resolved here")
	case len(parts) == 1 && strings.HasPrefix(parts[0], "m-"):
		found := false
		if w.has("logged_models") {
			err = w.query(loggedModelFiles, []any{parts[0]}, func(v []driver.Value) error {
				found, location = true, text(v[0])
				if m.RunID == "" {
					m.RunID = text(v[1])
				}
				return nil
			})
		}
		if err == nil && !found {
			err = cannot("Logged model with ID '" + parts[0] + "' not found.")
		}
		return location, err
	case len(parts) != 2:
		return "", cannot("it names no version of a model")
	}
	number, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return "", cannot("it names no version of a model by its number")
	}
	v, err := w.wantVersion(parts[0], number)
	if err != nil {
		return "", cannot(err.Error())
	}
	if location = asText(v["storage_location"]); location == "" {
		location = asText(v["source"])
	}
	return location, nil
}

func (w *work) describeVersion(m store.DescribeVersion) error {
	found, err := w.wantVersion(m.Model, m.Version)
	if err != nil {
		return err
	}
	if err := hold("the description", m.From, asText(found["description"]), true); err != nil {
		return err
	}
	w.did(m)
	w.tell(versionUpdated(m))
	return w.update(versionRows(), keyOfVersion(m.Model, m.Version), row{"description": m.To, "last_updated_time": w.now})
}

func (w *work) tagVersion(m store.TagVersion) error {
	tag, err := w.wantVersionTag(m.Model, m.Version, m.Key, m.Value, m.From)
	if err != nil {
		return err
	}
	w.did(m)
	w.tell(w.versionTagSet(m.Model, m.Version, m.Key, m.Value))
	tag["value"] = m.Value
	return w.put(versionTagRows(), tag)
}

func (w *work) untagVersion(m store.UntagVersion) error {
	tag, err := w.wantVersionTag(m.Model, m.Version, m.Key, "", m.From)
	if err != nil {
		return err
	}
	w.did(m)
	w.tell(w.versionTagDeleted(m.Model, m.Version, m.Key))
	return w.remove(versionTagRows(), tag)
}

// wantVersionTag returns the key of a tag of a version that is there, if the tag is
// what was seen.
func (w *work) wantVersionTag(model string, version int64, key, value string, from store.Seen[string]) (row, error) {
	if err := checkTag(key, value); err != nil {
		return nil, err
	}
	if _, err := w.wantVersion(model, version); err != nil {
		return nil, err
	}
	return w.wantTag(versionTagRows(), row{"name": model, "version": version, "key": key}, from)
}

// wantTag returns the key of a tag if it is what was seen.
func (w *work) wantTag(k kind, tag row, from store.Seen[string]) (row, error) {
	old, there, err := w.find(k, tag)
	if err != nil {
		return nil, err
	}
	return tag, hold("tag "+asText(tag["key"]), from, asText(old["value"]), there)
}

// deleteVersion keeps the row and its tags, so that the number is not given
// again.
func (w *work) deleteVersion(m store.DeleteVersion) error {
	found, err := w.wantVersion(m.Model, m.Version)
	if err != nil {
		return err
	}
	if err := hold("the stage", m.From, asText(found["current_stage"]), true); err != nil {
		return err
	}
	pointing, err := w.list(aliasRows(), row{"name": m.Model, "version": m.Version})
	for _, a := range pointing {
		if err == nil {
			err = w.remove(aliasRows(), aliasRows().keyOf(a))
		}
	}
	if err != nil {
		return err
	}
	err = w.update(versionRows(), keyOfVersion(m.Model, m.Version), row{
		"current_stage": deletedInternal, "last_updated_time": w.now, "description": nil, "user_id": nil,
		"source": "REDACTED-SOURCE-PATH", "run_id": "REDACTED-RUN-ID", "run_link": "REDACTED-RUN-LINK",
		"status_message": nil,
	})
	if err != nil {
		return err
	}
	if err := w.closeRequests(m.Model, m.Version); err != nil {
		return err
	}
	w.did(m)
	w.tell(versionDeleted(m))
	return w.update(registeredRows(), row{"name": m.Model}, row{"last_updated_time": w.now})
}

func (w *work) setAlias(m store.SetAlias) error {
	if err := checkNewAlias(m.Alias); err != nil {
		return err
	}
	if _, err := w.wantVersion(m.Model, m.Version); err != nil {
		return err
	}
	alias := row{"name": m.Model, "alias": m.Alias}
	old, there, err := w.find(aliasRows(), alias)
	if err != nil {
		return err
	}
	if err := hold("alias "+m.Alias, m.From, asNumber(old["version"]), there); err != nil {
		return err
	}
	if m.From = store.SawNone[int64](); there {
		m.From = store.Saw(asNumber(old["version"]))
	}
	w.did(m)
	w.tell(w.aliasCreated(m.Model, m.Alias, m.Version))
	alias["version"] = m.Version
	return w.put(aliasRows(), alias)
}

func (w *work) deleteAlias(m store.DeleteAlias) error {
	if err := checkAlias(m.Alias); err != nil {
		return err
	}
	if _, err := w.wantModel(m.Model); err != nil {
		return err
	}
	alias := row{"name": m.Model, "alias": m.Alias}
	old, there, err := w.find(aliasRows(), alias)
	if err != nil {
		return err
	}
	if err := hold("alias "+m.Alias, m.From, asNumber(old["version"]), there); err != nil {
		return err
	}
	w.did(m)
	w.tell(w.aliasDeleted(m.Model, m.Alias))
	return w.remove(aliasRows(), alias)
}
