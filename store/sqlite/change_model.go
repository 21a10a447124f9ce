package sqlite

import (
	"benchside/store"
	"benchside/store/ledger"
)

// The changes of MLflow's client to registered models
// (mlflow/store/model_registry/sqlalchemy_store.py).

func (w *work) createModel(m store.CreateModel) error {
	if err := checkModelName(m.Model, "name"); err != nil {
		return err
	}
	if err := checkTags(m.Tags); err != nil {
		return err
	}
	if _, there, err := w.find(registeredRows(), row{"name": m.Model}); err != nil {
		return err
	} else if there {
		return invalid("Registered Model (name=%s) already exists.", m.Model)
	}
	err := w.insert(registeredRows(), row{
		"name": m.Model, "creation_time": w.now, "last_updated_time": w.now, "description": orNull(m.Description),
	})
	for _, key := range sortedKeys(m.Tags) {
		if err == nil {
			err = w.insert(modelTagRows(), row{"name": m.Model, "key": key, "value": m.Tags[key]})
		}
	}
	if err != nil {
		return err
	}
	w.did(m)
	w.tell(modelCreated(m.Model, m.Tags, m.Description))
	return nil
}

// renameModel leaves the rest to the foreign keys, which carry the new name on.
func (w *work) renameModel(m store.RenameModel) error {
	if err := checkModelName(m.To, "new_name"); err != nil {
		return err
	}
	if _, err := w.wantModel(m.Model); err != nil {
		return err
	}
	if _, there, err := w.find(registeredRows(), row{"name": m.To}); err != nil {
		return err
	} else if there {
		return invalid("Registered Model (name=%s) already exists.", m.To)
	}
	if err := w.look(m.To); err != nil {
		return err
	}
	before, err := w.rows(m.Model)
	if err != nil {
		return err
	}
	if err := w.carry(m.Model, m.To); err != nil {
		return err
	}
	after, err := w.rows(m.To)
	if err != nil {
		return err
	}
	w.changes = append(w.changes, ledger.Diff(before, after)...)
	if err := w.renameGovernance(m.Model, m.To); err != nil {
		return err
	}
	w.did(m)
	w.tell(modelRenamed(m.Model, m.To))
	return nil
}

const (
	renameRow     = `UPDATE registered_models SET name = ?1, last_updated_time = ?2 WHERE name = ?3`
	renameDefault = renameRow + ` AND workspace = 'default'`
	touchVersions = `UPDATE model_versions SET last_updated_time = ?1 WHERE name = ?2`
	touchDefault  = touchVersions + ` AND workspace = 'default'`
)

func (w *work) carry(from, to string) error {
	rename, touch := renameRow, touchVersions
	if w.hasColumn("registered_models", workspace) {
		rename, touch = renameDefault, touchDefault
	}
	if err := w.exec(rename, to, w.now, from); err != nil {
		return err
	}
	return w.exec(touch, w.now, to)
}

func (w *work) describeModel(m store.DescribeModel) error {
	found, err := w.wantModel(m.Model)
	if err != nil {
		return err
	}
	if err := hold("the description", m.From, asText(found["description"]), true); err != nil {
		return err
	}
	w.did(m)
	w.tell(modelUpdated(m.Model, m.To))
	return w.update(registeredRows(), row{"name": m.Model}, row{"description": m.To, "last_updated_time": w.now})
}

func (w *work) tagModel(m store.TagModel) error {
	tag, err := w.wantModelTag(m.Model, m.Key, m.Value, m.From)
	if err != nil {
		return err
	}
	w.did(m)
	w.tell(w.modelTagSet(m.Model, m.Key, m.Value))
	tag["value"] = m.Value
	return w.put(modelTagRows(), tag)
}

func (w *work) untagModel(m store.UntagModel) error {
	tag, err := w.wantModelTag(m.Model, m.Key, "", m.From)
	if err != nil {
		return err
	}
	w.did(m)
	w.tell(w.modelTagDeleted(m.Model, m.Key))
	return w.remove(modelTagRows(), tag)
}

// wantModelTag returns the key of a tag of a model that is there, if the tag is what
// was seen.
func (w *work) wantModelTag(model, key, value string, from store.Seen[string]) (row, error) {
	if err := checkTag(key, value); err != nil {
		return nil, err
	}
	if _, err := w.wantModel(model); err != nil {
		return nil, err
	}
	return w.wantTag(modelTagRows(), row{"name": model, "key": key}, from)
}

// deleteModel deletes what was asked and granted for the model, too: another
// model may get its name.
func (w *work) deleteModel(m store.DeleteModel) error {
	if _, err := w.wantModel(m.Model); err != nil {
		return err
	}
	all, err := w.list(versionRows(), row{"name": m.Model})
	if err != nil {
		return err
	}
	count := 0
	for _, v := range all {
		if v["current_stage"] != deletedInternal {
			count++
		}
	}
	if err := hold("the number of versions", m.Versions, count, true); err != nil {
		return err
	}
	m.Versions = store.Saw(count)
	for _, k := range []kind{aliasRows(), versionTagRows(), modelTagRows(), versionRows(), registeredRows()} {
		if err := w.removeAll(k, m.Model); err != nil {
			return err
		}
	}
	w.did(m)
	w.tell(modelDeleted(m.Model))
	return w.dropGovernance(m.Model)
}

// removeAll deletes the rows that a model has in a table.
func (t *tx) removeAll(k kind, name string) error {
	found, err := t.list(k, row{k.model: name})
	for _, r := range found {
		if err == nil {
			err = t.remove(k, k.keyOf(r))
		}
	}
	return err
}

// dropGovernance deletes what benchside keeps of a model.
func (t *tx) dropGovernance(name string) error {
	for _, k := range governance() {
		if err := t.removeAll(k, name); err != nil {
			return err
		}
	}
	return nil
}

// renameGovernance gives what benchside keeps of a model its new name.
func (t *tx) renameGovernance(from, to string) error {
	for _, k := range governance() {
		found, err := t.list(k, row{k.model: from})
		if err != nil {
			return err
		}
		for _, r := range found {
			if k.table != ruleRows().table {
				if err := t.update(k, k.keyOf(r), row{k.model: to}); err != nil {
					return err
				}
				continue
			}
			// The name is part of its key.
			if err := t.remove(k, k.keyOf(r)); err != nil {
				return err
			}
			r[k.model] = to
			if err := t.insert(k, r); err != nil {
				return err
			}
		}
	}
	return t.carryMonitors(from, to)
}
