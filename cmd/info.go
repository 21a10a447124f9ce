package cmd

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"benchside/tui/widget"
)

// aboutJSON is what store info prints.
type aboutJSON struct {
	URI         string   `json:"uri"`
	Path        string   `json:"path"`
	Kind        string   `json:"kind"`
	Revision    string   `json:"schema_revision"`
	Release     string   `json:"mlflow_release"`
	Journal     string   `json:"journal_mode"`
	Bytes       int64    `json:"bytes"`
	Experiments int      `json:"experiments"`
	Runs        int      `json:"runs"`
	Points      *int64   `json:"metric_points"` // null where counting would take long
	Writable    bool     `json:"writable"`
	Why         string   `json:"why_not_writable"`
	Notes       []string `json:"notes"`
}

func (s *session) storeInfo() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "info", Short: "Say what the store is, and whether it can be written or why not", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error { return s.info(ctx) })
	s.forms.add(c)
	return c
}

func (s *session) info(ctx context.Context) error {
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	a, err := st.About(ctx)
	if err != nil {
		return err
	}
	out := aboutJSON{
		a.URI, a.Path, a.Kind, a.Revision, a.Release, a.Journal, a.Bytes, a.Experiments, a.Runs, &a.Points, a.Writable, a.Why,
		append([]string{}, a.Notes...),
	}
	points := strconv.FormatInt(a.Points, 10)
	if a.Points < 0 {
		out.Points, points = nil, "not counted, there are many"
	}
	if s.form == asJSON {
		return newJSONWriter(s.out).value(out)
	}
	writable := "yes"
	if !a.Writable {
		writable = "no: " + a.Why
	}
	size := widget.Bytes(a.Bytes)
	if s.form != plain {
		size = strconv.FormatInt(a.Bytes, 10)
	}
	t := newTable(s.out, s.form, 0, column{head: "fact"}, column{head: "value"})
	for _, fact := range [][2]string{
		{"uri", a.URI},
		{"path", a.Path},
		{"kind", a.Kind},
		{"schema_revision", orElse(a.Revision, missing)},
		{"mlflow_release", orElse(a.Release, missing)},
		{"journal_mode", orElse(a.Journal, missing)},
		{"bytes", size},
		{"experiments", strconv.Itoa(a.Experiments)},
		{"runs", strconv.Itoa(a.Runs)},
		{"metric_points", points},
		{"writable", writable},
		{"notes", strings.Join(a.Notes, "; ")},
	} {
		if err := t.row(texts(fact[:]...)...); err != nil {
			return err
		}
	}
	return t.end()
}
