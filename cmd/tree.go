package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"benchside/forest"
	"benchside/store"
	"benchside/tui/widget"
)

// nodeJSON is a run within its tree.
type nodeJSON struct {
	ID       string       `json:"run_id"`
	Name     string       `json:"name"`
	Status   store.Status `json:"status"`
	Stage    store.Stage  `json:"lifecycle_stage"`
	Start    store.Time   `json:"start_time"`
	Children []*nodeJSON  `json:"children"`
}

func (s *session) tree() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use: "tree", Short: "Show runs under their parents", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return s.showTree(c.Context(), f) },
	}
	f.add(c)
	c.Flag("limit").Usage = "at most so many roots; 0 means all"
	return s.formFlags(c)
}

func (s *session) showTree(ctx context.Context, f runFlags) error {
	if _, err := f.parse(); err != nil {
		return err
	}
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	q, err := f.query(ctx, st)
	if err != nil {
		return err
	}
	runs, rows, err := treeOf(ctx, st, q)
	if err != nil {
		return err
	}
	if s.form.json {
		return s.printJSON(nested(runs, rows))
	}
	t := table{heads: []string{"run", "status", "started", "run_id"}}
	for _, row := range rows {
		h := runs.Head(row.At)
		t.rows = append(t.rows, []string{strings.Repeat("  ", int(row.Depth)) + h.Name, string(h.Status), widget.Stamp(h.Start), h.ID})
	}
	return t.print(s.out, s.form)
}

// treeOf arranges the runs of a query, whose filter keeps the parents of what
// it matches, and cuts after the limit of roots.
func treeOf(ctx context.Context, st store.Store, q store.RunQuery) (*forest.Forest, []forest.Row, error) {
	limit := q.Limit
	q.Limit = 0
	ids, err := st.Match(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	runs := forest.New(nil)
	if err := st.Heads(ctx, q, func(p store.Page) error { runs.Upsert(p.Heads...); return nil }); err != nil {
		return nil, nil, err
	}
	rank := func(i int32) int {
		if n, ok := place[runs.Head(i).ID]; ok {
			return n
		}
		return len(place)
	}
	runs.Arrange(func(a, b int32) int {
		if c := rank(a) - rank(b); c != 0 {
			return c
		}
		return strings.Compare(runs.Head(a).ID, runs.Head(b).ID)
	})
	rows := runs.Rows(forest.View{Match: func(id string) bool { _, ok := place[id]; return ok }}, nil)
	roots := 0
	for i, r := range rows {
		if r.Depth == 0 {
			if roots++; limit > 0 && roots > limit {
				return runs, rows[:i], nil
			}
		}
	}
	return runs, rows, nil
}

func nested(runs *forest.Forest, rows []forest.Row) []*nodeJSON {
	out := []*nodeJSON{}
	var above []*nodeJSON
	for _, row := range rows {
		h := runs.Head(row.At)
		n := &nodeJSON{h.ID, h.Name, h.Status, h.Stage, h.Start, []*nodeJSON{}}
		above = append(above[:row.Depth], n)
		if row.Depth == 0 {
			out = append(out, n)
			continue
		}
		p := above[row.Depth-1]
		p.Children = append(p.Children, n)
	}
	return out
}
