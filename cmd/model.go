package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"benchside/artifacts"
	"benchside/artifacts/mlmodel"
	"benchside/artifacts/previews"
	"benchside/store"
	"benchside/tui/widget"
)

// mlmodelJSON is what the file MLmodel says.
type mlmodelJSON struct {
	ModelID      *string              `json:"model_id"`
	ModelUUID    *string              `json:"model_uuid"`
	RunID        *string              `json:"run_id"`
	ArtifactPath *string              `json:"artifact_path"`
	Version      *string              `json:"mlflow_version"`
	Created      store.Time           `json:"creation_time"`
	Size         *int64               `json:"model_size_bytes"`
	Flavors      map[string]fieldsMap `json:"flavors"`
	Signature    *signatureJSON       `json:"signature"`
	Example      *exampleJSON         `json:"input_example"`
	Environment  environmentJSON      `json:"environment"`
	Rest         fieldsMap            `json:"rest"`
	Notes        []string             `json:"notes"`
}

// fieldsMap are values with the types that the file gives them.
type fieldsMap map[string]json.RawMessage

type signatureJSON struct {
	Inputs   []signedJSON `json:"inputs"`
	Outputs  []signedJSON `json:"outputs"`
	Params   []paramJSON  `json:"params"`
	TypeHint bool         `json:"from_type_hints"`
}

type signedJSON struct {
	Name     string  `json:"name"`
	Type     string  `json:"type"`
	Optional bool    `json:"optional,omitempty"`
	Shape    []int64 `json:"shape,omitempty"`
}

// paramJSON is a parameter of a prediction. Shape is null for a single value.
type paramJSON struct {
	Name    string          `json:"name"`
	Type    string          `json:"type"`
	Default json.RawMessage `json:"default"`
	Shape   json.RawMessage `json:"shape"`
}

type exampleJSON struct {
	Path    string  `json:"path"`
	Serving *string `json:"serving_path"`
	Kind    *string `json:"type"`
	Orient  *string `json:"pandas_orient"`
}

type environmentJSON struct {
	Python     *string `json:"python_version"`
	Conda      *string `json:"conda"`
	Virtualenv *string `json:"virtualenv"`
}

func modelFileJSON(m *mlmodel.Model) mlmodelJSON {
	out := mlmodelJSON{
		ModelID: orNull(m.ID), ModelUUID: orNull(m.UUID), RunID: orNull(m.RunID), ArtifactPath: orNull(m.ArtifactPath), Version: orNull(m.Version),
		Flavors: map[string]fieldsMap{}, Rest: fieldMap(m.Rest), Notes: append([]string{}, m.Notes...),
		Environment: environmentJSON{orNull(m.Environment.Python), orNull(m.Environment.Conda), orNull(m.Environment.Virtualenv)},
	}
	if !m.Created.IsZero() {
		out.Created = store.AtTime(m.Created)
	}
	if m.Bytes > 0 {
		out.Size = &m.Bytes
	}
	for _, f := range m.Flavors {
		out.Flavors[f.Name] = fieldMap(f.Fields)
	}
	if m.Signed {
		out.Signature = &signatureJSON{Inputs: signed(m.Inputs), Outputs: signed(m.Outputs), Params: []paramJSON{}, TypeHint: m.TypeHint}
		for _, p := range m.Params {
			out.Signature.Params = append(out.Signature.Params, paramJSON{p.Name, p.Type, p.JSON.Default, p.JSON.Shape})
		}
	}
	if m.Example.Path != "" {
		out.Example = &exampleJSON{m.Example.Path, orNull(m.Example.Serving), orNull(m.Example.Kind), orNull(m.Example.Orient)}
	}
	return out
}

func fieldMap(fields []mlmodel.Field) fieldsMap {
	out := fieldsMap{}
	for _, f := range fields {
		out[f.Key] = f.JSON
	}
	return out
}

func signed(columns []mlmodel.Column) []signedJSON {
	out := make([]signedJSON, 0, len(columns))
	for _, c := range columns {
		out = append(out, signedJSON{Name: c.Name, Type: c.Type, Optional: c.Optional, Shape: c.Shape})
	}
	return out
}

// describedJSON is a model as model show prints it: MLmodel, and what the store
// and the folder say besides.
type describedJSON struct {
	mlmodelJSON
	URI      string       `json:"uri"`
	Bytes    *int64       `json:"bytes"` // of all files
	Files    int          `json:"files"`
	Logged   *modelJSON   `json:"logged_model"`
	Registry *versionJSON `json:"registered_version"`
}

// versionJSON is a version of a registered model.
type versionJSON struct {
	Name        string     `json:"name"`
	Version     int64      `json:"version"`
	Stage       string     `json:"current_stage"`
	Aliases     []string   `json:"aliases"`
	Status      string     `json:"status"`
	Source      string     `json:"source"`
	RunID       *string    `json:"run_id"`
	Description *string    `json:"description"`
	Created     store.Time `json:"creation_time"`
	Updated     store.Time `json:"last_updated_time"`
}

func versionOf(v *store.ModelVersion) *versionJSON {
	return &versionJSON{
		Name: v.Name, Version: v.Version, Stage: v.Stage, Aliases: append([]string{}, v.Aliases...), Status: v.Status, Source: v.Source,
		RunID: orNull(v.RunID), Description: orNull(v.Description), Created: v.Created, Updated: v.Updated,
	}
}

func (s *session) modelShow() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "show RUN|URI", Short: "Show a model: flavors, signature, input example, environment, size, lineage",
		Long: "Shows the model of a run, or the one that a URI names: models:/NAME/VERSION, models:/NAME@ALIAS, models:/NAME/latest,\n" +
			"models:/NAME/STAGE, models:/m-ID, or runs:/RUN/PATH. Nothing is loaded: only the file MLmodel is read.",
		Args: takes(1, "one run or one URI of a model"),
	}, func(ctx context.Context, args []string) error { return s.showModel(ctx, args[0]) })
	s.forms.add(c)
	return c
}

// source is where a model's files are, and what the store says of it.
type source struct {
	uri     string
	files   *previews.Run
	folder  string // of the model in the files
	logged  *store.LoggedModel
	version *store.ModelVersion
}

func (s *session) showModel(ctx context.Context, name string) error {
	c := s.configured()
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	f := modelFinder{session: s, st: st, config: c}
	src, err := f.find(ctx, name)
	if err != nil {
		return err
	}
	defer src.files.Close()
	p, err := previews.Open(ctx, src.files, path.Join(src.folder, "MLmodel"))
	if err != nil {
		return fmt.Errorf("model %s: %w", name, err)
	}
	defer p.Close()
	m, ok := p.Body.(*previews.ModelFile)
	if !ok {
		return fmt.Errorf("model %s: its MLmodel cannot be read: %s", name, strings.Join(p.Notes, "; "))
	}
	used, err := src.files.Du(ctx, src.folder)
	if err != nil {
		return fmt.Errorf("model %s: %w", name, err)
	}
	return s.printModel(&m.Model, src, used)
}

func (s *session) printModel(m *mlmodel.Model, src source, used artifacts.Usage) error {
	out := describedJSON{mlmodelJSON: modelFileJSON(m), URI: src.uri, Bytes: &used.Bytes, Files: used.Files}
	if src.logged != nil {
		out.Logged = &modelsJSON([]store.LoggedModel{*src.logged})[0]
	}
	if src.version != nil {
		out.Registry = versionOf(src.version)
	}
	if s.form == asJSON {
		return newJSONWriter(s.out).value(out)
	}
	sh := &modelRows{form: s.form}
	if v := src.version; v != nil {
		sh.add("registry", "name", v.Name)
		sh.add("registry", "version", strconv.FormatInt(v.Version, 10))
		sh.add("registry", "stage", v.Stage)
		sh.add("registry", "aliases", strings.Join(v.Aliases, ", "))
		sh.add("registry", "source", v.Source)
		sh.add("registry", "description", v.Description)
	}
	if l := src.logged; l != nil {
		sh.add("logged", "model_id", l.ID)
		sh.add("logged", "name", l.Name)
		sh.add("logged", "status", l.Status)
		sh.add("logged", "source_run_id", l.SourceRunID)
	}
	sh.add("files", "size", sizeIn(s.form, used.Bytes))
	sh.add("files", "count", strconv.Itoa(used.Files))
	sh.model(m)
	return sh.print(s)
}

// tableOfModel prints an MLmodel as rows of part, key and value.
func (s *session) tableOfModel(m *mlmodel.Model) error {
	rows := &modelRows{form: s.form}
	rows.model(m)
	return rows.print(s)
}

// modelRows are what is said of a model.
type modelRows struct {
	form form
	rows [][]cell
}

func (r *modelRows) add(part, key, value string) {
	if value != "" {
		r.rows = append(r.rows, texts(part, key, value))
	}
}

func (r *modelRows) model(m *mlmodel.Model) {
	r.add("model", "model_id", m.ID)
	r.add("model", "model_uuid", m.UUID)
	r.add("model", "run_id", m.RunID)
	r.add("model", "artifact_path", m.ArtifactPath)
	r.add("model", "mlflow_version", m.Version)
	if !m.Created.IsZero() {
		r.add("model", "created", r.form.moment(store.AtTime(m.Created)))
	}
	if m.Bytes > 0 {
		r.add("model", "size", sizeIn(r.form, m.Bytes))
	}
	for _, f := range m.Flavors {
		if len(f.Fields) == 0 {
			r.add("flavor", f.Name, "yes")
		}
		for _, field := range f.Fields {
			r.add("flavor "+f.Name, field.Key, field.Value)
		}
	}
	for _, c := range m.Inputs {
		r.add("input", widget.Cut(c.Name, usualText, "…"), columnWords(c))
	}
	for _, c := range m.Outputs {
		r.add("output", orElse(c.Name, "(unnamed)"), columnWords(c))
	}
	for _, p := range m.Params {
		r.add("param", p.Name, p.Type+" = "+p.Default)
	}
	if !m.Signed {
		r.add("signature", "none", "the model was logged without one")
	}
	r.add("example", "path", m.Example.Path)
	r.add("example", "type", m.Example.Kind)
	r.add("environment", "python", m.Environment.Python)
	r.add("environment", "conda", m.Environment.Conda)
	r.add("environment", "virtualenv", m.Environment.Virtualenv)
	for _, f := range m.Rest {
		r.add("other", f.Key, f.Value)
	}
	for _, n := range m.Notes {
		r.add("note", "", n)
	}
}

func columnWords(c mlmodel.Column) string {
	words := c.Type
	if len(c.Shape) > 0 {
		words += " " + fmt.Sprint(c.Shape)
	}
	if c.Optional {
		words += ", optional"
	}
	return words
}

func (r *modelRows) print(s *session) error {
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "part", whole: true}, column{head: "key"}, column{head: "value"})
	for _, row := range r.rows {
		if err := t.row(row...); err != nil {
			return err
		}
	}
	return t.end()
}

// modelFinder finds the files of a model.
type modelFinder struct {
	*session
	st     store.Store
	config config
}

var errModels = errors.New("a model is named models:/NAME/VERSION, models:/NAME@ALIAS, models:/NAME/latest, models:/NAME/STAGE, models:/m-ID, runs:/RUN/PATH or by its run")

func (f *modelFinder) find(ctx context.Context, name string) (source, error) {
	if rest, ok := strings.CutPrefix(name, "models:"); ok {
		return f.byURI(ctx, name, strings.TrimLeft(rest, "/"))
	}
	if rest, ok := strings.CutPrefix(name, "runs:"); ok {
		return f.inRun(ctx, name, strings.TrimLeft(rest, "/"))
	}
	if strings.Contains(name, "://") {
		return source{}, usage("%s: %s", name, errModels)
	}
	return f.ofRun(ctx, name)
}

// inRun finds a model by runs:/RUN/PATH.
func (f *modelFinder) inRun(ctx context.Context, uri, rest string) (source, error) {
	run, folder, ok := strings.Cut(rest, "/")
	if !ok || run == "" || folder == "" {
		return source{}, usage("%s: %s", uri, errModels)
	}
	files, _, err := f.filesOf(ctx, f.st, f.config, run)
	if err != nil {
		return source{}, err
	}
	src := source{uri: uri, files: files, folder: folder}
	for _, m := range files.Models() {
		if m.Folder == folder {
			src.logged = &m.LoggedModel
		}
	}
	return src, nil
}

// ofRun finds the only model of a run: a logged one, or a folder with an MLmodel.
func (f *modelFinder) ofRun(ctx context.Context, name string) (source, error) {
	files, r, err := f.filesOf(ctx, f.st, f.config, name)
	if err != nil {
		return source{}, err
	}
	var found []source
	for _, m := range files.Models() {
		found = append(found, source{uri: "models:/" + m.ID, files: files, folder: m.Folder, logged: &m.LoggedModel})
	}
	_, err = files.Walk(ctx, "", func(name string, e artifacts.Entry) error {
		folder := path.Dir(name)
		known := slices.ContainsFunc(found, func(s source) bool { return folder == s.folder || strings.HasPrefix(folder, s.folder+"/") })
		if !e.Folder && e.Name == "MLmodel" && !known {
			found = append(found, source{uri: "runs:/" + r.ID + "/" + folder, files: files, folder: folder})
		}
		return nil
	})
	if err == nil && len(found) == 1 {
		return found[0], nil
	}
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("run %s: %w: it logged no model", r.ID, store.ErrNotFound)
	} else if err == nil {
		var uris []string
		for _, s := range found {
			uris = append(uris, fmt.Sprintf("%s (%s)", s.uri, s.folder))
		}
		err = fmt.Errorf("run %s: %w: it logged %d models: %s", r.ID, store.ErrAmbiguous, len(found), strings.Join(uris, ", "))
	}
	return source{}, errors.Join(err, files.Close())
}

// byURI finds a model by what follows models:/.
func (f *modelFinder) byURI(ctx context.Context, uri, rest string) (source, error) {
	models, ok := f.st.(store.ModelSources)
	if !ok {
		return source{}, fmt.Errorf("model %s: %w; name one SQLite store", uri, store.ErrUnsupported)
	}
	if !strings.ContainsAny(rest, "/@") {
		if !strings.HasPrefix(rest, "m-") {
			return source{}, usage("%s: %s", uri, errModels)
		}
		m, err := models.LoggedModel(ctx, rest)
		if err != nil {
			return source{}, err
		}
		return f.logged(uri, m)
	}
	v, err := versionNamed(ctx, models, uri, rest)
	if err != nil {
		return source{}, err
	}
	src, err := f.ofVersion(ctx, models, v)
	if err != nil {
		return source{}, fmt.Errorf("model %s: %w", uri, err)
	}
	src.uri, src.version = uri, &v
	return src, nil
}

func (f *modelFinder) logged(uri string, m store.LoggedModel) (source, error) {
	files, err := f.at(m.ArtifactLocation)
	return source{uri: uri, files: files, logged: &m}, err
}

// at opens the folder of a model by its location.
func (f *modelFinder) at(location string) (*previews.Run, error) {
	r := store.Run{ArtifactURI: location}
	return previews.OpenRun(f.places(f.config)(r), r, nil)
}

// ofVersion follows the source of a registered version.
func (f *modelFinder) ofVersion(ctx context.Context, models store.ModelSources, v store.ModelVersion) (source, error) {
	if id, ok := strings.CutPrefix(v.Source, "models:/"); ok && strings.HasPrefix(id, "m-") {
		if m, err := models.LoggedModel(ctx, id); err == nil {
			return f.logged("", m)
		} else if !errors.Is(err, store.ErrNotFound) {
			return source{}, err
		}
	}
	location := orElse(v.Location, v.Source)
	if rest, ok := strings.CutPrefix(location, "runs:/"); ok {
		return f.inRun(ctx, location, rest)
	}
	files, err := f.at(location)
	return source{files: files}, err
}

// versionNamed reads NAME/VERSION, NAME/latest, NAME/STAGE or NAME@ALIAS, as MLflow
// does.
func versionNamed(ctx context.Context, models store.ModelSources, uri, rest string) (store.ModelVersion, error) {
	at := strings.LastIndexAny(rest, "/@")
	name, wanted, alias := rest[:at], rest[at+1:], rest[at] == '@'
	if name == "" || wanted == "" || strings.Contains(name, "/") {
		return store.ModelVersion{}, usage("%s: %s", uri, errModels)
	}
	versions, err := models.ModelVersions(ctx, name)
	if err != nil {
		return store.ModelVersion{}, err
	}
	for _, v := range versions {
		switch {
		case alias && slices.Contains(v.Aliases, wanted),
			!alias && wanted == strconv.FormatInt(v.Version, 10),
			!alias && strings.EqualFold(wanted, "latest"),
			!alias && strings.EqualFold(wanted, v.Stage):
			return v, nil
		}
	}
	return store.ModelVersion{}, fmt.Errorf("model %s: %w: %s has no such version, stage or alias", uri, store.ErrNotFound, name)
}
