package cmd

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"benchside/drift"
	"benchside/drift/inputs"
	"benchside/drift/sources"
	"benchside/sanitize"
)

// statsJSON is a table as drift stats prints it.
type statsJSON struct {
	Data    string            `json:"data"`
	Kind    string            `json:"kind"` // "file", "Delta table, version 3"
	Digest  string            `json:"digest"`
	Rows    int               `json:"rows"`
	Kept    int               `json:"kept"` // rows that the sums are of
	Notes   []string          `json:"notes"`
	Columns []columnStatsJSON `json:"columns"`
}

// columnStatsJSON is one column: its sums are of the rows that were kept, but for
// MissingOfAll.
type columnStatsJSON struct {
	Name         string `json:"name"`
	Role         string `json:"role"` // by its name
	Kind         string `json:"kind"`
	Type         string `json:"data_type"`
	MissingOfAll int    `json:"missing_of_all"`
	drift.Summary
}

func (s *session) driftStats() *cobra.Command {
	var f sampleFlags
	c := s.leaf(&cobra.Command{
		Use: "stats DATA", Short: "Sum up each column of a table: missing, distinct, moments, quantiles, the commonest labels",
		Long: "Sums up a table. DATA is " + sources.Names + ".",
		Args: takes(1, "one table"),
	}, func(ctx context.Context, args []string) error { return s.printStats(ctx, args[0], f) })
	f.add(c)
	s.forms.add(c)
	return c
}

func (s *session) printStats(ctx context.Context, name string, f sampleFlags) (err error) {
	if f.rows < 0 {
		return usage("--rows %d: a number of rows, or 0", f.rows)
	}
	finder, closing, err := s.finder(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closing()) }()
	debug.SetMemoryLimit(driftGoal)
	data, err := finder.Open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	table, err := data.Read(ctx, inputs.Options{Columns: f.columns, Rows: f.rows, First: f.first})
	if err != nil {
		return err
	}
	out := statsJSON{Data: name, Kind: data.Kind(), Digest: table.Digest, Rows: table.Rows, Kept: table.Kept(), Notes: append([]string{}, table.Notes...)}
	roles := inputs.Guess(table.Columns, data.Model)
	for i, c := range table.Columns {
		if err := ctx.Err(); err != nil {
			return err
		}
		kind := drift.KindOf(c)
		out.Columns = append(out.Columns, columnStatsJSON{
			Name: c.Name, Role: roles[c.Name].String(), Kind: kind.String(), Type: c.Storage.String(), MissingOfAll: table.Missing[i],
			Summary: drift.Summarise(c, kind),
		})
	}
	if s.form == asJSON {
		return newJSONWriter(s.out).value(out)
	}
	return s.tableOfStats(out)
}

func (s *session) tableOfStats(out statsJSON) error {
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "column"}, column{head: "kind", whole: true}, column{head: "type", whole: true},
		column{head: "missing", right: true}, column{head: "distinct", right: true}, column{head: "mean", right: true}, column{head: "sd", right: true},
		column{head: "min", right: true}, column{head: "p5", right: true}, column{head: "p50", right: true}, column{head: "p95", right: true},
		column{head: "max", right: true}, column{head: "commonest"})
	for _, c := range out.Columns {
		numbers := make([]cell, 7)
		for i := range numbers {
			numbers[i] = text("")
		}
		if n := c.Numbers; n != nil {
			for i, v := range []drift.Number{n.Mean, n.SD, n.Min, n.Quantiles.P05, n.Quantiles.P50, n.Quantiles.P95, n.Max} {
				numbers[i] = s.some(float64(v))
			}
		}
		row := append(texts(c.Name, c.Kind, c.Type, fmt.Sprint(c.MissingOfAll), fmt.Sprint(c.Distinct)), numbers...)
		if err := t.row(append(row, text(c.commonest()))...); err != nil {
			return err
		}
	}
	if err := t.end(); err != nil || s.form != plain {
		return err
	}
	fmt.Fprintf(s.out, "\n%s: %s, %d rows\n", sanitize.Line(out.Data), out.Kind, out.Rows)
	for _, n := range out.Notes {
		fmt.Fprintf(s.out, "- %s\n", sanitize.Line(n))
	}
	return nil
}

// commonest says which labels a column has most, or when its times begin and end.
func (c *columnStatsJSON) commonest() string {
	if c.First != "" {
		return c.First + " to " + c.Last
	}
	if c.Labels == nil {
		return ""
	}
	const shown = 3
	var parts []string
	for _, t := range c.Top[:min(len(c.Top), shown)] {
		parts = append(parts, fmt.Sprintf("%s %d", t.Label, t.Rows))
	}
	if more := c.Distinct - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, ", ")
}
