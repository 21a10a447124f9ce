package ledger

import (
	"cmp"
	"maps"
	"slices"

	"benchside/store"
)

// MLflow's tables, as the row changes of a line name them.
const (
	tableModels      = "registered_models"
	tableTags        = "registered_model_tags"
	tableAliases     = "registered_model_aliases"
	tableVersions    = "model_versions"
	tableVersionTags = "model_version_tags"
)

// Registry returns the models and versions that rows are, models by name and
// versions by model and the newest first. Versions that were deleted are left
// out.
func Registry(rows Rows) ([]store.RegisteredModel, []store.ModelVersion) {
	models := map[string]*store.RegisteredModel{}
	for _, r := range rows[tableModels] {
		name := text(r.Key["name"])
		models[name] = &store.RegisteredModel{
			Name: name, Description: text(r.Values["description"]), Tags: map[string]string{},
			Created: moment(r.Values["creation_time"]), Updated: moment(r.Values["last_updated_time"]),
		}
	}
	for _, r := range rows[tableTags] {
		if m := models[text(r.Key["name"])]; m != nil {
			m.Tags[text(r.Key["key"])] = text(r.Values["value"])
		}
	}
	versions := versionsOf(rows)
	for _, r := range rows[tableAliases] {
		name, number := text(r.Key["name"]), integer(r.Values["version"])
		alias := text(r.Key["alias"])
		if m := models[name]; m != nil {
			m.Aliases = append(m.Aliases, store.Alias{Name: alias, Version: number})
		}
		if v := versions[versionKey{name, number}]; v != nil {
			v.Aliases = append(v.Aliases, alias)
		}
	}
	all := make([]store.ModelVersion, 0, len(versions))
	for _, v := range versions {
		slices.Sort(v.Aliases)
		all = append(all, *v)
	}
	slices.SortFunc(all, func(a, b store.ModelVersion) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(b.Version, a.Version))
	})
	return sum(models, all), all
}

// sum completes the models with what their versions, the newest first, add up to.
func sum(models map[string]*store.RegisteredModel, versions []store.ModelVersion) []store.RegisteredModel {
	for _, v := range versions {
		m := models[v.Name]
		if m == nil {
			continue
		}
		m.Versions++
		if !slices.ContainsFunc(m.Latest, func(l store.ModelVersion) bool { return l.Stage == v.Stage }) {
			m.Latest = append(m.Latest, v)
		}
	}
	all := make([]store.RegisteredModel, 0, len(models))
	for _, name := range slices.Sorted(maps.Keys(models)) {
		m := *models[name]
		slices.SortFunc(m.Aliases, func(a, b store.Alias) int { return cmp.Compare(a.Name, b.Name) })
		slices.SortFunc(m.Latest, func(a, b store.ModelVersion) int { return cmp.Compare(a.Version, b.Version) })
		all = append(all, m)
	}
	return all
}

type versionKey struct {
	name   string
	number int64
}

func versionsOf(rows Rows) map[versionKey]*store.ModelVersion {
	versions := map[versionKey]*store.ModelVersion{}
	for _, r := range rows[tableVersions] {
		v := r.Values
		if text(v["current_stage"]) == deletedStage {
			continue
		}
		key := versionKey{text(r.Key["name"]), integer(r.Key["version"])}
		versions[key] = &store.ModelVersion{
			Name: key.name, Version: key.number, Stage: text(v["current_stage"]), Status: text(v["status"]),
			StatusMessage: text(v["status_message"]), Source: text(v["source"]), Location: text(v["storage_location"]),
			RunID: text(v["run_id"]), RunLink: text(v["run_link"]), UserID: text(v["user_id"]),
			Description: text(v["description"]), Tags: map[string]string{},
			Created: moment(v["creation_time"]), Updated: moment(v["last_updated_time"]),
		}
	}
	for _, r := range rows[tableVersionTags] {
		if v := versions[versionKey{text(r.Key["name"]), integer(r.Key["version"])}]; v != nil {
			v.Tags[text(r.Key["key"])] = text(r.Values["value"])
		}
	}
	return versions
}

func integer(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	}
	return 0
}

func moment(v any) store.Time {
	if v == nil {
		return store.Time{}
	}
	return store.At(integer(v))
}
