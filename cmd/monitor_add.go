package cmd

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"benchside/drift"
	"benchside/drift/inputs"
	"benchside/drift/sources"
	"benchside/monitors"
	"benchside/store"
)

// monitorFlags say what is watched, and how it is compared.
type monitorFlags struct {
	reference, folder, pattern string
	experiment, artifact       string
	model, metric              string
	profile, positive          string
	share                      float64
	minRows                    int
	featuresOnly               bool
	roles                      roleFlags
	tests, kinds, rules        []string
	changes                    changes
}

func (s *session) monitorAdd() *cobra.Command {
	var f monitorFlags
	c := s.leaf(&cobra.Command{
		Use: "add MONITOR --reference DATA (--folder DIR | --experiment ID|NAME)", Short: "Add a monitor",
		Long: "Adds a monitor, which compares what arrives with a reference, a file or runs:/RUN/PATH. Each file in a folder is a batch,\n" +
			"or each finished run of an experiment: the table that it logged, or its data set. A rule is VALUE SIGN NUMBER, the value\n" +
			"being share (of drifted columns), psi, psi:COLUMN, score:COLUMN, quality:METRIC or fall:METRIC (against the reference):\n" +
			"\"share >= 0.5 in 2 of 3 clear 1\". Without one it is the share from which the data drift.",
		Args: takes(1, "the name of the monitor"),
	}, func(ctx context.Context, args []string) error {
		return s.change(ctx, f.changes, func(ctx context.Context, st store.Store) ([]store.Mutation, error) {
			m, err := s.newMonitor(ctx, st, args[0], f)
			return []store.Mutation{store.AddMonitor{Monitor: m}}, err
		})
	})
	p := c.Flags()
	p.StringVar(&f.reference, "reference", "", "the `DATA` that is compared with: a file, or runs:/RUN/PATH")
	p.StringVar(&f.folder, "folder", "", "the `DIR` in which batches arrive")
	p.StringVar(&f.pattern, "pattern", "", "`GLOB` of the files' names; tables by default")
	p.StringVar(&f.experiment, "experiment", "", "the `ID|NAME` of the experiment whose runs bring batches")
	p.StringVar(&f.artifact, "artifact", "", "`GLOB` of the table among the artifacts of a run; the one below data/ by default")
	p.StringVar(&f.model, "model", "", "the registered model that the data are of, by its `NAME`")
	p.StringVar(&f.metric, "metric", "", "the `KEY` of a metric that is shown below the drift")
	p.StringVar(&f.profile, "profile", string(drift.Evidently), "the rules of comparing: evidently-0.7, nannyml or strict")
	p.Float64Var(&f.share, "share", 0.5, "the share of drifted columns from which the data drift")
	p.BoolVar(&f.featuresOnly, "features-only", false, "leave target, prediction and score out of the share")
	p.IntVar(&f.minRows, "min-rows", 30, "below `N` rows a column is not judged")
	p.StringVar(&f.positive, "positive", "", "the `LABEL` of the target that is yes; 1, true or yes by default")
	f.roles.add(c)
	p.StringSliceVar(&f.tests, "tests", nil, "`COLUMN=TEST[:LIMIT]`; may be repeated")
	p.StringSliceVar(&f.kinds, "kind", nil, "`COLUMN=num` or COLUMN=cat; may be repeated")
	p.StringArrayVar(&f.rules, "rule", nil, "when to alert: `[NAME=]VALUE SIGN NUMBER [in M of N] [clear C]`; may be repeated")
	f.changes.add(c, s)
	return c
}

// newMonitor is the monitor that the flags describe. Its reference is read, to find
// mistakes now and the roles of columns that were not given.
func (s *session) newMonitor(ctx context.Context, st store.Store, name string, f monitorFlags) (m store.Monitor, err error) {
	switch {
	case f.reference == "":
		return m, usage("name the reference with --reference")
	case (f.folder == "") == (f.experiment == ""):
		return m, usage("batches arrive in one of --folder and --experiment")
	case !(f.share > 0 && f.share <= 1):
		return m, usage("--share %g: a share above 0, 1 at most", f.share)
	case f.minRows < 1:
		return m, usage("--min-rows %d: a number of rows", f.minRows)
	}
	m = store.Monitor{Name: name, Model: f.model, Metric: f.metric}
	if m.Arrives, err = f.arrives(ctx, st); err != nil {
		return m, err
	}
	if m.Comparing, err = f.comparing(); err != nil {
		return m, err
	}
	for _, text := range f.rules {
		r, err := monitors.ParseRule(text)
		if err != nil {
			return m, usage("--rule: %s", err)
		}
		m.Rules = append(m.Rules, r)
	}
	if len(m.Rules) == 0 {
		m.Rules = []store.AlertRule{monitors.UsualRule(f.share)}
	}
	if m.Reference, err = s.referenceOf(ctx, st, f.reference); err != nil {
		return m, err
	}
	return m, s.rolesOf(ctx, st, f, &m)
}

// arrives is where batches arrive, which must be there.
func (f monitorFlags) arrives(ctx context.Context, st store.Store) (store.Arrival, error) {
	if f.folder == "" {
		ids, err := experimentIDs(ctx, st, []string{f.experiment})
		if err != nil {
			return store.Arrival{}, err
		}
		return store.Arrival{Kind: store.InExperiment, Experiment: ids[0], Artifact: f.artifact}, nil
	}
	folder, err := filepath.Abs(f.folder)
	if err != nil {
		return store.Arrival{}, err
	}
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return store.Arrival{}, err
	case !info.IsDir():
		return store.Arrival{}, usage("--folder %s is no folder", f.folder)
	}
	if _, err := filepath.Match(f.pattern, ""); err != nil || strings.Contains(f.pattern, "/") {
		return store.Arrival{}, usage("--pattern %s: a pattern of names, such as *.csv", f.pattern)
	}
	return store.Arrival{Kind: store.InFolder, Folder: folder, Pattern: f.pattern}, nil
}

func (f monitorFlags) comparing() (store.Comparing, error) {
	c := store.Comparing{
		Profile: f.profile, Share: f.share, FeaturesOnly: f.featuresOnly, MinRows: f.minRows, Positive: f.positive,
		Columns: map[string]store.ColumnComparing{}, Roles: map[string]string{},
	}
	for _, text := range f.kinds {
		name, kind, ok := strings.Cut(text, "=")
		if _, known := drift.KindNamed(kind); !ok || !known || name == "" || kind == "" {
			return c, usage("--kind %s: COLUMN=num or COLUMN=cat", text)
		}
		c.Columns[name] = store.ColumnComparing{Kind: kind}
	}
	for _, text := range f.tests {
		name, rest, ok := strings.Cut(text, "=")
		test, limit, limited := strings.Cut(rest, ":")
		if _, known := drift.TestNamed(test); !ok || name == "" || !known {
			return c, usage("--tests %s: COLUMN=TEST[:LIMIT]", text)
		}
		own := c.Columns[name]
		own.Test = test
		if limited {
			if _, err := fmt.Sscan(limit, &own.Threshold); err != nil {
				return c, usage("--tests %s: %q is no number", text, limit)
			}
		}
		c.Columns[name] = own
	}
	roles, err := f.roles.roles()
	for name, role := range roles {
		c.Roles[name] = role.String()
	}
	for _, name := range f.roles.ignore {
		c.Roles[name] = drift.Ignore.String()
	}
	return c, err
}

// referenceOf is the table that a name of data stands for.
func (s *session) referenceOf(ctx context.Context, st store.Store, name string) (store.DataSource, error) {
	rest, ok := strings.CutPrefix(name, "runs:/")
	if !ok {
		if sources.OfStore(name) {
			return store.DataSource{}, usage("--reference %s: a file, or runs:/RUN/PATH", name)
		}
		full, err := filepath.Abs(strings.TrimPrefix(name, "file://"))
		return store.DataSource{Kind: store.FromFile, Path: full}, err
	}
	id, path, _ := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	r, err := oneRun(ctx, st, id)
	return store.DataSource{Kind: store.FromArtifact, Run: r.ID, Path: path}, err
}

// rolesOf reads the reference and gives roles to columns that have none yet.
func (s *session) rolesOf(ctx context.Context, st store.Store, f monitorFlags, m *store.Monitor) error {
	path := m.Reference.Path
	if m.Reference.Kind == store.FromArtifact {
		r, err := st.Run(ctx, m.Reference.Run)
		if err != nil {
			return err
		}
		root, err := s.places(s.configured())(r).Open(r.ArtifactURI)
		if err != nil {
			return err
		}
		path, err = root.Path(m.Reference.Path)
		if err = cmp.Or(err, root.Close()); err != nil {
			return err
		}
	}
	columns, err := tableReader{}.Read(ctx, path)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, c := range columns {
		there[c.Name] = true
	}
	for name, role := range m.Comparing.Roles {
		if !there[name] {
			return usage("the reference has no column %s, which is to be the %s", name, role)
		}
	}
	if !f.roles.guess {
		return nil
	}
	taken := map[string]bool{}
	for _, role := range m.Comparing.Roles {
		taken[role] = true
	}
	for name, role := range inputs.Guess(columns, nil) {
		if _, given := m.Comparing.Roles[name]; !given && (role == drift.ID || !taken[role.String()]) {
			m.Comparing.Roles[name] = role.String()
		}
	}
	return nil
}
