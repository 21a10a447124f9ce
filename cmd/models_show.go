package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"benchside/artifacts/mlmodel"
	"benchside/lineage"
	"benchside/store"
)

// shownModelJSON is a model as models show prints it: that of models list, all its
// versions, and one of them with what it was made of.
type shownModelJSON struct {
	registeredJSON
	All   []versionJSON     `json:"all_versions"` // the highest first
	Shown *shownVersionJSON `json:"version"`      // null for a model without versions
}

type shownVersionJSON struct {
	listedVersionJSON
	Datasets  []datasetJSON  `json:"datasets"` // that its run read
	Logged    *modelJSON     `json:"logged_model"`
	Signature *signatureJSON `json:"signature"`
	Flavors   []string       `json:"flavors"`
	Note      *string        `json:"signature_note"` // why there is none
	NoRun     *string        `json:"run_note"`       // why there is no run
}

func (s *session) modelsShow() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "show MODEL", Short: "Show a registered model: stages, aliases, what a version was made of, its signature",
		Long: "Shows a registered model and one of its versions: the one in Production, else the highest, or that which is named:\n" +
			"MODEL/VERSION, MODEL/STAGE, MODEL/latest or MODEL@ALIAS. Of the files only MLmodel is read.",
		Args: takes(1, "one model: its whole name, or a version of it"),
	}, func(ctx context.Context, args []string) error { return s.showRegistered(ctx, args[0]) })
	s.forms.add(c)
	return c
}

// registeredName splits MODEL/VERSION and MODEL@ALIAS.
func registeredName(text string) (name, wanted string) {
	text = strings.TrimPrefix(text, "models:/")
	at := strings.LastIndexAny(text, "/@")
	if at < 0 {
		return text, ""
	}
	return text[:at], strings.TrimPrefix(text[at:], "/")
}

// knownModel is a model with its versions, one of them followed to its sources.
type knownModel struct {
	model    store.RegisteredModel
	versions []store.ModelVersion
	line     *lineage.Line // nil for a model without versions
	signed   *mlmodel.Model
	unread   string
}

func (s *session) showRegistered(ctx context.Context, text string) error {
	name, wanted := registeredName(text)
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	k := knownModel{}
	if k.model, err = st.Model(ctx, name); err != nil {
		return err
	}
	if k.versions, err = st.ModelVersions(ctx, name); err != nil {
		return err
	}
	v, ok := lineage.Named(k.versions, cmp.Or(wanted, store.StageProduction))
	if !ok && wanted == "" {
		v, ok = lineage.Named(k.versions, "latest")
	}
	if !ok && wanted != "" {
		return fmt.Errorf("model %s: %w: it has no version, stage or alias %s", name, store.ErrNotFound, wanted)
	}
	if ok {
		if err := s.trace(ctx, st, &k, v); err != nil {
			return err
		}
	}
	if s.form == asJSON {
		return newJSONWriter(s.out).value(k.json())
	}
	return k.print(s)
}

// trace reads what a version was made of. Files that cannot be read are no error:
// they may well be elsewhere.
func (s *session) trace(ctx context.Context, st store.Store, k *knownModel, v store.ModelVersion) error {
	l, err := lineage.Of(ctx, st, v)
	if err != nil {
		return err
	}
	k.line = &l
	m, err := l.MLmodel(ctx, st, s.places(s.configured()))
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case err != nil:
		k.unread = err.Error()
	default:
		k.signed = &m
	}
	return nil
}

func (k *knownModel) json() shownModelJSON {
	out := shownModelJSON{registeredJSON: registeredOf(&k.model), All: []versionJSON{}}
	for i := range k.versions {
		out.All = append(out.All, *versionOf(&k.versions[i]))
	}
	if k.line == nil {
		return out
	}
	l := k.line
	shown := shownVersionJSON{
		listedVersionJSON: listedOf(&l.Version, l.Run), Datasets: datasetsJSON(l.Inputs), Flavors: []string{},
		Note: orNull(k.unread), NoRun: orNull(l.NoRun),
	}
	if l.Logged != nil {
		shown.Logged = &modelsJSON([]store.LoggedModel{*l.Logged})[0]
	}
	if k.signed != nil {
		m := modelFileJSON(k.signed)
		shown.Signature = m.Signature
		shown.Flavors = slices.AppendSeq(shown.Flavors, maps.Keys(m.Flavors))
		slices.Sort(shown.Flavors)
		if m.Signature == nil {
			shown.Note = orNull("the model was logged without one")
		}
	}
	out.Shown = &shown
	return out
}

// print says all as rows of part, key and value.
func (k *knownModel) print(s *session) error {
	rows := &modelRows{form: s.form}
	m := &k.model
	rows.add("model", "name", m.Name)
	rows.add("model", "description", firstLine(m.Description))
	rows.add("model", "created", s.form.moment(m.Created))
	rows.add("model", "last updated", s.form.moment(m.Updated))
	rows.add("model", "versions", strconv.Itoa(m.Versions))
	for _, key := range slices.Sorted(maps.Keys(m.Tags)) {
		rows.add("tag", key, m.Tags[key])
	}
	for _, stage := range []string{store.StageProduction, store.StageStaging, store.StageArchived, store.StageNone} {
		if v, ok := m.At(stage); ok {
			rows.add("stage", stage, versionWords(k.versions, stage, v.Version))
		}
	}
	for _, a := range m.Aliases {
		rows.add("alias", "@"+a.Name, fmt.Sprintf("v%d", a.Version))
	}
	if k.line != nil {
		k.printVersion(rows)
	}
	return rows.print(s)
}

// versionWords are the versions of a stage, the highest first.
func versionWords(versions []store.ModelVersion, stage string, highest int64) string {
	words := []string{fmt.Sprintf("v%d", highest)}
	for _, v := range versions {
		if v.Stage == stage && v.Version != highest {
			words = append(words, fmt.Sprintf("v%d", v.Version))
		}
	}
	return strings.Join(words, ", ")
}

// printVersion says where a version came from, from the data on.
func (k *knownModel) printVersion(rows *modelRows) {
	l := k.line
	v := &l.Version
	part := fmt.Sprintf("v%d", v.Version)
	rows.add(part, "stage", v.Stage)
	rows.add(part, "aliases", strings.Join(v.Aliases, ", "))
	rows.add(part, "status", strings.TrimSpace(v.Status+" "+v.StatusMessage))
	rows.add(part, "registered", rows.form.moment(v.Created))
	rows.add(part, "description", firstLine(v.Description))
	rows.add(part, "tags", tagWords(v.Tags))
	for _, in := range l.Inputs {
		rows.add("lineage", "dataset", strings.TrimSpace(in.Name+" "+in.Digest+" "+in.Context))
	}
	if l.Run != nil {
		rows.add("lineage", "run", l.Run.Called()+" "+l.Run.ID)
	} else {
		rows.add("lineage", "run", "none: "+l.NoRun)
	}
	if l.Logged != nil {
		rows.add("lineage", "logged model", l.Logged.Name+" "+l.Logged.ID)
	}
	rows.add("lineage", "source", v.Source)
	if k.signed == nil {
		rows.add("signature", "not read", k.unread)
		return
	}
	rows.signature(k.signed)
}
