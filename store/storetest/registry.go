package storetest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/search"
)

// model and version of the registry, as make.py writes them.
type registeredModel struct {
	Name, Description string
	Created, Updated  *int64
	Tags              map[string]string
	Aliases           []alias
	Latest            []int64
}

// alias is [name, version].
type alias store.Alias

func (a *alias) UnmarshalJSON(text []byte) error {
	return row(text, []any{&a.Name, &a.Version}, func() error { return nil })
}

type modelVersion struct {
	Name                    string
	Version                 int64
	Stage, Status, Message  string
	Source, Download, Run   string
	Link, User, Description string
	Created, Updated        *int64
	Tags                    map[string]string
}

func (m *registeredModel) fact(versions []store.ModelVersion) store.RegisteredModel {
	f := store.RegisteredModel{
		Name: m.Name, Description: m.Description, Created: moment(m.Created), Updated: moment(m.Updated), Tags: m.Tags,
	}
	for _, a := range m.Aliases {
		f.Aliases = append(f.Aliases, store.Alias(a))
	}
	for _, v := range versions {
		if v.Name != m.Name {
			continue
		}
		f.Versions++
		if slices.Contains(m.Latest, v.Version) {
			f.Latest = append(f.Latest, v)
		}
	}
	slices.SortFunc(f.Latest, func(a, b store.ModelVersion) int { return cmp.Compare(a.Version, b.Version) })
	return f
}

// fact has as Location where MLflow says that the files are.
// MLflow's own search leaves aliases out: they are those of the models.
func (v *modelVersion) fact(models []registeredModel) store.ModelVersion {
	aliases := []string{}
	for _, m := range models {
		for _, a := range m.Aliases {
			if m.Name == v.Name && a.Version == v.Version {
				aliases = append(aliases, a.Name)
			}
		}
	}
	return store.ModelVersion{
		Name: v.Name, Version: v.Version, Stage: v.Stage, Status: v.Status, StatusMessage: v.Message, Source: v.Source, Location: v.Download,
		RunID: v.Run, RunLink: v.Link, UserID: v.User, Description: v.Description, Created: moment(v.Created), Updated: moment(v.Updated),
		Aliases: aliases, Tags: v.Tags,
	}
}

// placed fills the location of a version as MLflow does.
func placed(versions []store.ModelVersion) []store.ModelVersion {
	for i := range versions {
		v := &versions[i]
		v.Location = cmp.Or(v.Location, v.Source)
		if v.Aliases == nil {
			v.Aliases = []string{}
		}
	}
	return versions
}

// registry holds a backend that keeps one to what MLflow says of it.
func (c contract) registry(t *testing.T) {
	r := c.Store
	models := must[[]store.RegisteredModel](t)(r.Models(t.Context(), store.ModelQuery{}))
	if len(models) != len(c.facts.Registered) {
		t.Fatalf("got %d models, want %d", len(models), len(c.facts.Registered))
	}
	for i, want := range c.facts.Registered {
		c.oneModel(t, r, models[i], want)
	}
	same(t, "all versions", placed(must[[]store.ModelVersion](t)(r.Versions(t.Context(), store.VersionQuery{}))), c.facts.Versions)
	light := must[[]store.RegisteredModel](t)(r.Models(t.Context(), store.ModelQuery{Light: true, Limit: 1}))
	if n := min(1, len(models)); len(light) != n || n == 1 && (light[0].Name != models[0].Name || light[0].Tags != nil || light[0].Versions != 0) {
		t.Errorf("one model, light: got %+v", light)
	}
	if _, err := r.Model(t.Context(), "nothing"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown model: got %v, want %v", err, store.ErrNotFound)
	}
	if _, err := r.ModelVersions(t.Context(), "nothing"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the versions of an unknown model: got %v, want %v", err, store.ErrNotFound)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := r.Models(ctx, store.ModelQuery{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want %v", err, context.Canceled)
	}
}

// oneModel compares a model as it is listed, and as it is read alone.
func (c contract) oneModel(t *testing.T, r store.RegistryReader, listed, want store.RegisteredModel) {
	whole := must[store.RegisteredModel](t)(r.Model(t.Context(), want.Name))
	whole.Latest, want.Latest = placed(whole.Latest), placed(want.Latest)
	same(t, want.Name, whole, want)
	brief := want
	brief.Latest = nil
	for _, v := range want.Latest {
		brief.Latest = append(brief.Latest, store.ModelVersion{Name: v.Name, Version: v.Version, Stage: v.Stage, Aliases: v.Aliases})
	}
	for i := range listed.Latest {
		if listed.Latest[i].Aliases == nil {
			listed.Latest[i].Aliases = []string{}
		}
	}
	same(t, want.Name+" in the list", listed, brief)
	named := must[[]store.RegisteredModel](t)(r.Models(t.Context(), store.ModelQuery{Names: []string{want.Name, "nothing"}}))
	if len(named) != 1 || named[0].Name != want.Name {
		t.Errorf("%s by its name: got %+v", want.Name, named)
	}
	var own []store.ModelVersion
	for _, v := range c.facts.Versions {
		if v.Name == want.Name {
			own = append(own, v)
		}
	}
	slices.SortFunc(own, func(a, b store.ModelVersion) int { return cmp.Compare(b.Version, a.Version) })
	same(t, "the versions of "+want.Name, placed(must[[]store.ModelVersion](t)(r.ModelVersions(t.Context(), want.Name))), own)
	c.someVersions(t, r, want.Name, own)
}

// someVersions asks for versions of a model by a filter and by their runs.
func (c contract) someVersions(t *testing.T, r store.RegistryReader, name string, own []store.ModelVersion) {
	spelled, ok := search.SpellText(name)
	filter, err := search.Parse("name = "+spelled+" AND version_number > 1", search.Versions)
	if err != nil || !ok {
		t.Fatal(err)
	}
	order, err := search.ParseOrder([]string{"version_number ASC"}, search.Versions)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(slices.Clone(own), func(v store.ModelVersion) bool { return v.Version <= 1 })
	slices.Reverse(want)
	got := must[[]store.ModelVersion](t)(r.Versions(t.Context(), store.VersionQuery{Filter: filter, Order: order}))
	same(t, "filtered versions of "+name, placed(got), want)
	for _, v := range own {
		if v.RunID == "" {
			continue
		}
		from := must[[]store.ModelVersion](t)(r.VersionsFrom(t.Context(), []string{v.RunID, "unknown"}))
		if !slices.ContainsFunc(from, func(f store.ModelVersion) bool { return f.Name == v.Name && f.Version == v.Version }) {
			t.Errorf("%s v%d does not come from its run %s", v.Name, v.Version, v.RunID)
		}
	}
	for _, v := range own {
		if id, ok := strings.CutPrefix(v.Source, "models:/"); ok {
			m := must[store.LoggedModel](t)(r.LoggedModel(t.Context(), id))
			if m.ID != id || m.SourceRunID != v.RunID {
				t.Errorf("the source of %s v%d: got %s of run %s", v.Name, v.Version, m.ID, m.SourceRunID)
			}
		}
	}
}
