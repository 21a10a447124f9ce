package cmd

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/store/search"
)

// registeredJSON is a registered model as models list prints it.
type registeredJSON struct {
	Name        string            `json:"name"`
	Description *string           `json:"description"`
	Created     store.Time        `json:"creation_time"`
	Updated     store.Time        `json:"last_updated_time"`
	Tags        map[string]string `json:"tags"`
	Aliases     map[string]int64  `json:"aliases"`
	Versions    int               `json:"versions"`
	Latest      map[string]int64  `json:"latest_versions"` // by stage
}

func registeredOf(m *store.RegisteredModel) registeredJSON {
	out := registeredJSON{
		Name: m.Name, Description: orNull(m.Description), Created: m.Created, Updated: m.Updated, Tags: filled(m.Tags),
		Aliases: map[string]int64{}, Versions: m.Versions, Latest: map[string]int64{},
	}
	for _, a := range m.Aliases {
		out.Aliases[a.Name] = a.Version
	}
	for _, v := range m.Latest {
		out.Latest[v.Stage] = v.Version
	}
	return out
}

// registryFlags choose models or versions.
type registryFlags struct {
	filter string
	order  []string
	limit  int
	at     string
}

func (f *registryFlags) add(c *cobra.Command, filter, order string) {
	p := c.Flags()
	p.StringVar(&f.filter, "filter", "", "`Q` in MLflow's search language and more: "+filter)
	p.StringArrayVar(&f.order, "order-by", nil, "sort key `C`: "+order+"; may be repeated")
	p.IntVar(&f.limit, "limit", 0, "at most `N`; 0 means all")
	p.StringVar(&f.at, "at", "", atUsage)
}

func (f *registryFlags) parse(kind search.Kind) (filter search.Filter, order []search.Order, err error) {
	if f.limit < 0 {
		return filter, nil, usage("--limit %d: a number, or 0 for all", f.limit)
	}
	if filter, err = search.Read(f.filter, kind); err != nil {
		return filter, nil, fmt.Errorf("--filter: %w", err)
	}
	if order, err = search.ParseOrder(f.order, kind); err != nil {
		return filter, nil, fmt.Errorf("--order-by: %w", err)
	}
	return filter, order, nil
}

func (s *session) modelsList() *cobra.Command {
	var f registryFlags
	c := s.leaf(&cobra.Command{
		Use: "list", Short: "List registered models by name: stages, aliases, versions", Args: takes(0, "no arguments"),
		Long: "Lists registered models. Stages and aliases stand side by side: both say which version is in use. Prompts, which\n" +
			"MLflow keeps among models, are left out unless the filter asks for them.",
	}, func(ctx context.Context, _ []string) error { return s.listModels(ctx, f) })
	f.add(c, "name LIKE 'churn%' AND tags.team = 'growth'", "last_updated_timestamp DESC")
	s.forms.add(c)
	return c
}

func (s *session) listModels(ctx context.Context, f registryFlags) error {
	q := store.ModelQuery{Limit: f.limit}
	var err error
	if q.Filter, q.Order, err = f.parse(search.Models); err != nil {
		return err
	}
	st, closed, err := s.registryAt(ctx, f.at)
	if err != nil {
		return err
	}
	defer closed()
	models, err := st.Models(ctx, q)
	if err != nil {
		return err
	}
	if s.form == asJSON {
		out := make([]registeredJSON, 0, len(models))
		for i := range models {
			out = append(out, registeredOf(&models[i]))
		}
		return printArray(s.out, out)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "name"}, column{head: "Production", whole: true}, column{head: "Staging", whole: true},
		column{head: "aliases"}, column{head: "versions", right: true}, column{head: "last_updated_time", whole: true}, column{head: "description"})
	for i := range models {
		m := &models[i]
		err := t.row(text(m.Name), text(s.staged(m, store.StageProduction)), text(s.staged(m, store.StageStaging)), text(aliasWords(m.Aliases)),
			count(m.Versions), text(s.form.moment(m.Updated)), text(firstLine(m.Description)))
		if err != nil {
			return err
		}
	}
	return t.end()
}

// staged is the highest version of a stage.
func (s *session) staged(m *store.RegisteredModel, stage string) string {
	v, ok := m.At(stage)
	switch {
	case ok && s.form == asCSV:
		return strconv.FormatInt(v.Version, 10)
	case ok:
		return fmt.Sprintf("v%d", v.Version)
	case s.form == asCSV:
		return ""
	}
	return missing
}

func aliasWords(aliases []store.Alias) string {
	words := make([]string, len(aliases))
	for i, a := range aliases {
		words[i] = fmt.Sprintf("@%s v%d", a.Name, a.Version)
	}
	return strings.Join(words, ", ")
}

// firstLine is the first line of a text in Markdown, without the signs of a heading.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "#")); line != "" {
			return line
		}
	}
	return ""
}

func (s *session) modelsVersions() *cobra.Command {
	var f registryFlags
	var columns []string
	c := s.leaf(&cobra.Command{
		Use: "versions MODEL", Short: "List the versions of a model, the highest first",
		Args: takes(1, "one model, by its whole name"),
	}, func(ctx context.Context, args []string) error { return s.listVersions(ctx, args[0], f, columns) })
	f.add(c, "version_number > 3 AND tags.validation = 'passed'", "version_number ASC")
	s.forms.add(c)
	c.Flags().StringSliceVar(&columns, "columns", nil, "more columns, of the source runs: metrics.auc,params.lr,tags.team")
	return c
}

func (s *session) listVersions(ctx context.Context, name string, f registryFlags, asked []string) error {
	filter, order, err := f.parse(search.Versions)
	if err != nil {
		return err
	}
	more, err := runColumns(asked, s.form)
	if err != nil {
		return err
	}
	if len(asked) == 0 {
		more = nil
	}
	if slices.ContainsFunc(more, runColumn.all) {
		return usage("--columns: name the keys of the columns of versions; * stands for too many")
	}
	st, closed, err := s.registryAt(ctx, f.at)
	if err != nil {
		return err
	}
	defer closed()
	versions, err := versionsOfModel(ctx, st, name, filter, order, f.limit)
	if err != nil {
		return err
	}
	runs, err := runsOfVersions(ctx, st, versions)
	if err != nil {
		return err
	}
	if s.form == asJSON {
		out := make([]listedVersionJSON, 0, len(versions))
		for i := range versions {
			out = append(out, listedOf(&versions[i], runs[versions[i].RunID]))
		}
		return printArray(s.out, out)
	}
	return s.tableOfVersions(versions, runs, more)
}

// versionsOfModel reads the versions of one model, which must be there.
func versionsOfModel(ctx context.Context, r store.RegistryReader, name string, filter search.Filter, order []search.Order, limit int) ([]store.ModelVersion, error) {
	all, err := r.ModelVersions(ctx, name)
	if err != nil {
		return nil, err
	}
	if filter.Expr != nil || len(order) > 0 {
		own := search.Compare{Key: "name", Op: search.Equal, Text: name}
		q := store.VersionQuery{Filter: search.Filter{Expr: search.And{own}}, Order: order}
		if more, isAnd := filter.Expr.(search.And); isAnd {
			q.Filter.Expr = append(search.And{own}, more...)
		} else if filter.Expr != nil {
			q.Filter.Expr = search.And{own, filter.Expr}
		}
		if len(order) == 0 {
			q.Order = []search.Order{{Key: "version_number", Desc: true}}
		}
		if all, err = r.Versions(ctx, q); err != nil {
			return nil, err
		}
	}
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all, nil
}

// runsOfVersions reads the source runs that are still there.
func runsOfVersions(ctx context.Context, st store.RunReader, versions []store.ModelVersion) (map[string]*store.Run, error) {
	var ids []string
	for _, v := range versions {
		if v.RunID != "" && !slices.Contains(ids, v.RunID) {
			ids = append(ids, v.RunID)
		}
	}
	found, err := st.RunsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	runs := make(map[string]*store.Run, len(found))
	for i := range found {
		runs[found[i].ID] = &found[i]
	}
	return runs, nil
}

// listedVersionJSON is a version as models versions prints it: with what its run
// logged.
type listedVersionJSON struct {
	versionJSON
	Tags     map[string]string `json:"tags"`
	Message  *string           `json:"status_message"`
	Location *string           `json:"storage_location"`
	Link     *string           `json:"run_link"`
	User     *string           `json:"user_id"`
	Run      *runJSON          `json:"run"`
}

func listedOf(v *store.ModelVersion, run *store.Run) listedVersionJSON {
	out := listedVersionJSON{
		versionJSON: *versionOf(v), Tags: filled(v.Tags), Message: orNull(v.StatusMessage), Location: orNull(v.Location),
		Link: orNull(v.RunLink), User: orNull(v.UserID),
	}
	if run != nil {
		j := jsonOf(run)
		out.Run = &j
	}
	return out
}

func tagWords(tags map[string]string) string {
	var words []string
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		words = append(words, key+"="+tags[key])
	}
	return strings.Join(words, ", ")
}

func (s *session) tableOfVersions(versions []store.ModelVersion, runs map[string]*store.Run, more []runColumn) error {
	columns := []column{
		{head: "version", right: true},
		{head: "current_stage", whole: true},
		{head: "aliases"},
		{head: "status", whole: true},
		{head: "run"},
		{head: "registered", whole: true},
		{head: "tags"},
	}
	for _, c := range more {
		columns = append(columns, c.column())
	}
	t := newTable(s.out, s.form, s.screenWidth(), columns...)
	for i := range versions {
		v := &versions[i]
		run, called := runs[v.RunID], v.RunID
		if run != nil {
			called = run.Called()
		}
		row := texts(strconv.FormatInt(v.Version, 10), v.Stage, strings.Join(v.Aliases, ", "), v.Status, called, s.form.moment(v.Created), tagWords(v.Tags))
		for _, c := range more {
			if run == nil {
				row = append(row, text(""))
				continue
			}
			row = append(row, c.of(run, s.form))
		}
		if err := t.row(row...); err != nil {
			return err
		}
	}
	return t.end()
}
