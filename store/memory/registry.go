package memory

import (
	"cmp"
	"slices"

	"benchside/store"
	"benchside/store/search"
)

// modelSubject is a registered model as the search language sees it.
type modelSubject store.RegisteredModel

func (*modelSubject) Metric(string) (float64, bool)   { return 0, false }
func (*modelSubject) Param(string) (string, bool)     { return "", false }
func (*modelSubject) Datasets() []search.DatasetInput { return nil }
func (m *modelSubject) Tag(key string) (string, bool) {
	text, ok := m.Tags[key]
	return text, ok
}

func (m *modelSubject) Text(attribute string) (string, bool) {
	if attribute == "description" {
		return m.Description, true
	}
	return m.Name, attribute == "name"
}

func (m *modelSubject) Number(attribute string) (int64, bool) {
	if attribute == "creation_timestamp" {
		return m.Created.Millis(), m.Created.Set()
	}
	return m.Updated.Millis(), attribute == "last_updated_timestamp" && m.Updated.Set()
}

func (*modelSubject) Several(string) []string                        { return nil }
func (*modelSubject) Summary(string, search.Summary) (float64, bool) { return 0, false }
func (m *modelSubject) Words() (name string, texts []string) {
	return m.Name, append(wordsOf(m.Tags), m.Description)
}

// versionSubject is a version of a model as the search language sees it. A text
// that is empty is missing: MLflow's server writes the one, its client the other.
type versionSubject store.ModelVersion

func (*versionSubject) Metric(string) (float64, bool)   { return 0, false }
func (*versionSubject) Param(string) (string, bool)     { return "", false }
func (*versionSubject) Datasets() []search.DatasetInput { return nil }
func (v *versionSubject) Tag(key string) (string, bool) {
	text, ok := v.Tags[key]
	return text, ok
}

func (v *versionSubject) Text(attribute string) (string, bool) {
	switch attribute {
	case "name":
		return v.Name, true
	case "run_id":
		return v.RunID, v.RunID != ""
	case "source_path":
		return v.Source, v.Source != ""
	case "stage":
		return v.Stage, true
	case "status":
		return v.Status, true
	case "description":
		return v.Description, true
	case "user_id":
		return v.UserID, true
	}
	return "", false
}

func (v *versionSubject) Several(attribute string) []string {
	if attribute == "alias" {
		return v.Aliases
	}
	return nil
}

func (*versionSubject) Summary(string, search.Summary) (float64, bool) { return 0, false }
func (v *versionSubject) Words() (name string, texts []string) {
	return v.Name, append(append(wordsOf(v.Tags), v.Aliases...), v.Description)
}

func (v *versionSubject) Number(attribute string) (int64, bool) {
	switch attribute {
	case "version_number":
		return v.Version, true
	case "creation_timestamp":
		return v.Created.Millis(), v.Created.Set()
	case "last_updated_timestamp":
		return v.Updated.Millis(), v.Updated.Set()
	}
	return 0, false
}

// FindModels returns the models of a query in its order. They must have their tags.
func FindModels(all []store.RegisteredModel, q store.ModelQuery) []store.RegisteredModel {
	prompts, filter := q.Filter.Prompts()
	matches := search.Matcher(settled(filter))
	var found []store.RegisteredModel
	for i := range all {
		m := &all[i]
		named := q.Names == nil || slices.Contains(q.Names, m.Name)
		if named && (prompts || m.Tags[search.PromptTag] != "true") && matches((*modelSubject)(m)) {
			found = append(found, *m)
		}
	}
	return OrderModels(found, q)
}

// OrderModels brings models into the order of a query and cuts them to its limit.
func OrderModels(found []store.RegisteredModel, q store.ModelQuery) []store.RegisteredModel {
	compare := search.Sequence(q.Order, search.Models)
	return ordered(found, q.Limit, func(a, b int) int {
		return compare((*modelSubject)(&found[a]), (*modelSubject)(&found[b]))
	})
}

// ordered sorts by places, since models and versions are long and places are not.
func ordered[T any](found []T, limit int, compare func(a, b int) int) []T {
	order := make([]int, len(found))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, compare)
	if limit > 0 && len(order) > limit {
		order = order[:limit]
	}
	sorted := make([]T, len(order))
	for i, at := range order {
		sorted[i] = found[at]
	}
	return sorted
}

// FindVersions returns the versions of a query in its order. All that there are
// must be given, with their tags: one that is a prompt makes all of its model so.
func FindVersions(all []store.ModelVersion, q store.VersionQuery) []store.ModelVersion {
	asked, filter := q.Filter.Prompts()
	prompts := map[string]bool{}
	for i := range all {
		if all[i].Tags[search.PromptTag] == "true" {
			prompts[all[i].Name] = true
		}
	}
	matches := search.Matcher(settled(filter))
	var found []store.ModelVersion
	for i := range all {
		v := &all[i]
		if (asked || !prompts[v.Name]) && matches((*versionSubject)(v)) {
			found = append(found, *v)
		}
	}
	return OrderVersions(found, q)
}

// OrderVersions brings versions into the order of a query and cuts them to its
// limit.
func OrderVersions(found []store.ModelVersion, q store.VersionQuery) []store.ModelVersion {
	compare := search.Sequence(q.Order, search.Versions)
	return ordered(found, q.Limit, func(a, b int) int {
		return compare((*versionSubject)(&found[a]), (*versionSubject)(&found[b]))
	})
}

// NewestVersion orders versions by their creation, the newest first, then by name
// and number.
func NewestVersion(a, b store.ModelVersion) int {
	return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.Name, b.Name), cmp.Compare(b.Version, a.Version))
}
