package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"benchside/artifacts"
	"benchside/artifacts/mlmodel"
	"benchside/compare"
	"benchside/gates"
	"benchside/lineage"
	"benchside/store"
)

// comparedVersionsJSON is models compare for programs: the comparison of the source
// runs, and what the versions themselves say.
type comparedVersionsJSON struct {
	Model    string            `json:"model"`
	Versions []versionJSON     `json:"versions"` // in the order of the cells
	Changes  []signatureChange `json:"signature_changes"`
	Notes    []string          `json:"notes"` // what could not be read
	Rows     []rowJSON         `json:"rows"`
}

// signatureChange says how the signature of a version differs from that of the
// first.
type signatureChange struct {
	Version int64    `json:"version"`
	Breaks  []string `json:"breaks"` // for who calls the first
	Eases   []string `json:"eases"`
}

// mostVersions bounds the versions that are put beside each other.
const mostVersions = 32

func (s *session) modelsCompare() *cobra.Command {
	var directions []string
	var onlyDiff bool
	c := s.leaf(&cobra.Command{
		Use: "compare MODEL V1 V2…", Short: "Put versions of a model beside each other: params, metrics, signature, tags, environment",
		Long: "Compares versions with the first: what their source runs logged, what their models take and give, and what the\n" +
			"registry says of them. A version is a number, a stage, @ALIAS or latest.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 3 || len(args) > mostVersions+1 {
				return usage("takes a model and from 2 to %d of its versions: numbers, stages, @ALIAS or latest", mostVersions)
			}
			return nil
		},
	}, func(ctx context.Context, args []string) error {
		return s.compareVersions(ctx, args[0], args[1:], directions, onlyDiff)
	})
	c.Flags().StringArrayVar(&directions, "direction", nil, "`METRIC=max` or METRIC=min says what is better; may be repeated")
	c.Flags().BoolVar(&onlyDiff, "only-diff", false, "leave out what all versions have alike")
	s.forms.add(c)
	return c
}

func (s *session) compareVersions(ctx context.Context, name string, wanted, better []string, onlyDiff bool) error {
	directions, err := directionsOf(better)
	if err != nil {
		return err
	}
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	versions, err := st.ModelVersions(ctx, name)
	if err != nil {
		return err
	}
	sides := versionSides{session: s, st: st}
	for _, w := range wanted {
		v, ok := lineage.Named(versions, w)
		if !ok {
			return fmt.Errorf("model %s: %w: it has no version, stage or alias %s", name, store.ErrNotFound, w)
		}
		if err := sides.add(ctx, v); err != nil {
			return err
		}
	}
	c := comparison{table: compare.New(sides.subjects, compare.Options{Directions: directions})}
	if err := known(c.table, directions, compareFlags{}); err != nil {
		return err
	}
	if c.rows = c.table.Rows; onlyDiff {
		c.rows = c.table.Differences()
	}
	if s.form == asJSON {
		out := comparedVersionsJSON{Model: name, Changes: sides.changes(), Notes: append([]string{}, sides.notes...), Rows: c.json().Rows}
		for i := range sides.lines {
			out.Versions = append(out.Versions, *versionOf(&sides.lines[i].Version))
		}
		return newJSONWriter(s.out).value(out)
	}
	if err := s.printAs(c, false); err != nil || s.form != plain {
		return err
	}
	return sides.print()
}

// versionSides are the versions that are compared.
type versionSides struct {
	*session
	st       store.Store
	lines    []lineage.Line
	models   []*mlmodel.Model // nil where it could not be read
	subjects []compare.Subject
	notes    []string
}

func (c *versionSides) add(ctx context.Context, v store.ModelVersion) error {
	l, err := lineage.Of(ctx, c.st, v)
	if err != nil {
		return err
	}
	var model *mlmodel.Model
	m, err := l.MLmodel(ctx, c.st, c.places(c.configured()))
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case err != nil:
		c.notes = append(c.notes, err.Error())
	default:
		model = &m
	}
	if l.Run == nil {
		c.notes = append(c.notes, fmt.Sprintf("v%d has no run: %s", v.Version, l.NoRun))
	}
	subject := l.Subject(model)
	if l.Run != nil {
		environments, err := artifacts.Environments(ctx, c.st, []store.Run{*l.Run})
		if err != nil {
			return err
		}
		subject.Environment = environments[l.Run.ID]
	}
	c.lines, c.models, c.subjects = append(c.lines, l), append(c.models, model), append(c.subjects, subject)
	return nil
}

// changes compare the signatures with that of the first version.
func (c *versionSides) changes() []signatureChange {
	out := []signatureChange{}
	for i, m := range c.models[1:] {
		first := c.models[0]
		if m == nil || first == nil || !m.Signed || !first.Signed {
			continue
		}
		breaks, eases := gates.Signatures(*first, *m)
		out = append(out, signatureChange{
			Version: c.lines[i+1].Version.Version, Breaks: append([]string{}, breaks...), Eases: append([]string{}, eases...),
		})
	}
	return out
}

// print says below a table for people what of the signature changed, and what could
// not be read.
func (c *versionSides) print() error {
	rows := &modelRows{form: c.form}
	for _, change := range c.changes() {
		key := fmt.Sprintf("v%d", change.Version)
		if len(change.Breaks)+len(change.Eases) == 0 {
			rows.add("signature", key, "unchanged")
		}
		for _, text := range change.Breaks {
			rows.add("signature", key, "breaks callers: "+text)
		}
		for _, text := range change.Eases {
			rows.add("signature", key, text)
		}
	}
	for _, n := range c.notes {
		rows.add("note", "", n)
	}
	if len(rows.rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(c.out); err != nil {
		return err
	}
	return rows.print(c.session)
}
