package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"benchside/store"
)

// deletedStage is what MLflow calls the stage of a version that was deleted.
const deletedStage = "Deleted_Internal"

// Registry reads the models and versions out of a state.
func Registry(s State) ([]store.RegisteredModel, []store.ModelVersion) {
	models := map[string]*store.RegisteredModel{}
	var names []string
	for _, r := range s.Rows("registered_models") {
		m := &store.RegisteredModel{
			Name: word(r["name"]), Description: word(r["description"]), Created: moment(r["creation_time"]),
			Updated: moment(r["last_updated_time"]), Tags: map[string]string{},
		}
		models[m.Name] = m
		names = append(names, m.Name)
	}
	for _, r := range s.Rows("registered_model_tags") {
		if m := models[word(r["name"])]; m != nil {
			m.Tags[word(r["key"])] = word(r["value"])
		}
	}
	versions := versionsOf(s)
	for _, r := range s.Rows("registered_model_aliases") {
		alias, of := word(r["alias"]), number(r["version"])
		if m := models[word(r["name"])]; m != nil {
			m.Aliases = append(m.Aliases, store.Alias{Name: alias, Version: of})
		}
		for i := range versions {
			if versions[i].Name == word(r["name"]) && versions[i].Version == of {
				versions[i].Aliases = append(versions[i].Aliases, alias)
			}
		}
	}
	out := make([]store.RegisteredModel, 0, len(names))
	slices.Sort(names)
	for _, name := range names {
		m := models[name]
		slices.SortFunc(m.Aliases, func(a, b store.Alias) int { return strings.Compare(a.Name, b.Name) })
		latest(m, versions)
		out = append(out, *m)
	}
	return out, versions
}

// versionsOf are the versions of a state that were not deleted, by model, the newest
// first.
func versionsOf(s State) []store.ModelVersion {
	type id struct {
		name    string
		version int64
	}
	tags := map[id]map[string]string{}
	for _, r := range s.Rows("model_version_tags") {
		of := id{word(r["name"]), number(r["version"])}
		if tags[of] == nil {
			tags[of] = map[string]string{}
		}
		tags[of][word(r["key"])] = word(r["value"])
	}
	var out []store.ModelVersion
	for _, r := range s.Rows("model_versions") {
		v := store.ModelVersion{
			Name: word(r["name"]), Version: number(r["version"]), Stage: word(r["current_stage"]), Status: word(r["status"]),
			StatusMessage: word(r["status_message"]), Source: word(r["source"]), Location: word(r["storage_location"]),
			RunID: word(r["run_id"]), RunLink: word(r["run_link"]), UserID: word(r["user_id"]), Description: word(r["description"]),
			Created: moment(r["creation_time"]), Updated: moment(r["last_updated_time"]),
		}
		v.Tags = tags[id{v.Name, v.Version}]
		if v.Stage != deletedStage {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b store.ModelVersion) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(b.Version, a.Version))
	})
	return out
}

// latest counts the versions of a model and finds the highest of each stage.
func latest(m *store.RegisteredModel, versions []store.ModelVersion) {
	seen := map[string]bool{}
	for _, v := range versions {
		if v.Name != m.Name {
			continue
		}
		m.Versions++
		if !seen[v.Stage] {
			seen[v.Stage] = true
			m.Latest = append(m.Latest, v)
		}
	}
	slices.Reverse(m.Latest)
}

func word(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}

func moment(v any) store.Time {
	if n, ok := v.(int64); ok {
		return store.At(n)
	}
	return store.Time{}
}
