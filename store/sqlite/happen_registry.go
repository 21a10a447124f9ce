package sqlite

import (
	"database/sql/driver"
	"strings"

	"benchside/store"
)

// What is told of changes of the registry, in the fields of MLflow's payloads
// where it has one. Prompts, which MLflow keeps among the models, have events of
// their own.

const promptTag = "mlflow.prompt.is_prompt"

const (
	isPrompt        = `SELECT 1 FROM registered_model_tags WHERE name = ?1 AND key = 'mlflow.prompt.is_prompt' AND value = 'true'`
	isPromptDefault = isPrompt + ` AND workspace = 'default'`
)

// entity is the entity of an event about a model that may be a prompt.
func (w *work) entity(model, ofModel, ofPrompt string) string {
	statement := isPrompt
	if w.hasColumn("registered_model_tags", workspace) {
		statement = isPromptDefault
	}
	found := false
	err := w.query(statement, []any{model}, func([]driver.Value) error { found = true; return nil })
	if err == nil && found {
		return ofPrompt
	}
	return ofModel
}

func modelCreated(name string, tags map[string]string, description string) happening {
	entity := "registered_model"
	if strings.EqualFold(tags[promptTag], "true") {
		entity = "prompt"
		tags = lacking(tags, promptTag, "_mlflow_prompt_type")
	}
	return happened(entity, "created", field{"name", name}, field{"tags", filled(tags)}, field{"description", orNull(description)})
}

func (w *work) versionCreated(m store.RegisterVersion, number int64) happening {
	name, version := field{"name", m.Model}, field{"version", numbered(number)}
	description := field{"description", orNull(m.Description)}
	if w.entity(m.Model, "", "prompt") != "" {
		const template = "mlflow.prompt.text"
		tags := lacking(m.Tags, promptTag, "_mlflow_prompt_type", template)
		return happened("prompt_version", "created", name, version, field{"template", orNull(m.Tags[template])},
			field{"tags", tags}, description)
	}
	return happened("model_version", "created", name, version, field{"source", m.Source}, field{"run_id", orNull(m.RunID)},
		field{"tags", filled(m.Tags)}, description)
}

func lacking(tags map[string]string, keys ...string) map[string]string {
	left := map[string]string{}
	for k, v := range tags {
		left[k] = v
	}
	for _, k := range keys {
		delete(left, k)
	}
	return left
}

// filled is never nil, which would be null.
func filled(tags map[string]string) map[string]string { return lacking(tags) }

func (w *work) modelTagSet(model, key, value string) happening {
	return happened(w.entity(model, "registered_model_tag", "prompt_tag"), "set",
		field{"name", model}, field{"key", key}, field{"value", value})
}

func (w *work) modelTagDeleted(model, key string) happening {
	return happened(w.entity(model, "registered_model_tag", "prompt_tag"), "deleted", field{"name", model}, field{"key", key})
}

func (w *work) versionTagSet(model string, version int64, key, value string) happening {
	return happened(w.entity(model, "model_version_tag", "prompt_version_tag"), "set", field{"name", model},
		field{"version", numbered(version)}, field{"key", key}, field{"value", value})
}

func (w *work) versionTagDeleted(model string, version int64, key string) happening {
	return happened(w.entity(model, "model_version_tag", "prompt_version_tag"), "deleted", field{"name", model},
		field{"version", numbered(version)}, field{"key", key})
}

func (w *work) aliasCreated(model, alias string, version int64) happening {
	return happened(w.entity(model, "model_version_alias", "prompt_alias"), "created", field{"name", model},
		field{"alias", alias}, field{"version", numbered(version)})
}

func (w *work) aliasDeleted(model, alias string) happening {
	return happened(w.entity(model, "model_version_alias", "prompt_alias"), "deleted", field{"name", model}, field{"alias", alias})
}

func modelUpdated(name, description string) happening {
	return happened("registered_model", "updated", field{"name", name}, field{"description", description})
}

func modelRenamed(from, to string) happening {
	return happened("registered_model", "renamed", field{"name", from}, field{"new_name", to})
}

func modelDeleted(name string) happening {
	return happened("registered_model", "deleted", field{"name", name})
}

func versionUpdated(m store.DescribeVersion) happening {
	return happened("model_version", "updated", field{"name", m.Model}, field{"version", numbered(m.Version)},
		field{"description", m.To})
}

func versionDeleted(m store.DeleteVersion) happening {
	return happened("model_version", "deleted", field{"name", m.Model}, field{"version", numbered(m.Version)})
}

func versionMoved(model string, version int64, from, to string, archive bool) happening {
	return happened("model_version", "transitioned", field{"name", model}, field{"version", numbered(version)},
		field{"from_stage", from}, field{"to_stage", to}, field{"archive_existing_versions", archive})
}

// happenings are what row changes amount to, for changes that no mutation of its
// own makes.
func (w *work) happenings(changes []store.RowChange) []happening {
	var all []happening
	for _, c := range changes {
		name, version := asText(c.Key["name"]), asNumber(c.Key["version"])
		key := asText(c.Key["key"])
		switch {
		case c.Table == aliasRows().table && c.After == nil:
			all = append(all, w.aliasDeleted(name, asText(c.Key["alias"])))
		case c.Table == aliasRows().table:
			all = append(all, w.aliasCreated(name, asText(c.Key["alias"]), asNumber(c.After["version"])))
		case c.Table == modelTagRows().table && c.After == nil:
			all = append(all, w.modelTagDeleted(name, key))
		case c.Table == modelTagRows().table:
			all = append(all, w.modelTagSet(name, key, asText(c.After["value"])))
		case c.Table == versionTagRows().table && c.After == nil:
			all = append(all, w.versionTagDeleted(name, version, key))
		case c.Table == versionTagRows().table:
			all = append(all, w.versionTagSet(name, version, key, asText(c.After["value"])))
		case c.Table == versionRows().table && c.Before != nil && asText(c.After["current_stage"]) != "":
			all = append(all, versionMoved(name, version, asText(c.Before["current_stage"]), asText(c.After["current_stage"]), false))
		}
	}
	return all
}
