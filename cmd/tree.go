package cmd

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"benchside/forest"
	"benchside/store"
)

// nodeJSON is a run within its tree; its children follow it there.
type nodeJSON struct {
	ID           string       `json:"run_id"`
	Name         string       `json:"name"`
	ExperimentID string       `json:"experiment_id"`
	Status       store.Status `json:"status"`
	Stage        store.Stage  `json:"lifecycle_stage"`
	Start        store.Time   `json:"start_time"`
	End          store.Time   `json:"end_time"`
	Matches      bool         `json:"matches"` // else it is there for a child that does
}

func (s *session) runsTree() *cobra.Command {
	var f runFlags
	c := s.leaf(&cobra.Command{
		Use: "tree", Short: "Show runs under their parents, the latest start first", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error { return s.showTree(ctx, f) })
	f.add(c)
	c.Flag("limit").Usage = "at most `N` runs without a parent above them; 0 means all"
	s.forms.add(c)
	return c
}

func (s *session) showTree(ctx context.Context, f runFlags) error {
	q, err := f.query()
	if err != nil {
		return err
	}
	st, err := s.openFor(ctx, f, &q)
	if err != nil {
		return err
	}
	defer st.Close()
	runs, rows, err := treeOf(ctx, st, q)
	if err != nil {
		return err
	}
	rows = rows[:firstRoots(rows, q.Limit)]
	if s.form == asJSON {
		return printForest(s.out, runs, rows)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "run"}, column{head: "status", whole: true}, column{head: "start_time", whole: true},
		column{head: "duration", right: true}, column{head: "run_id", id: true})
	for i, branch := range branches(rows, s.form == plain) {
		h := runs.Head(rows[i].At)
		name := orElse(h.Name, h.ID)
		if rows[i].Context && s.form != asCSV {
			name = "(" + name + ")"
		}
		cells := texts(branch+name, string(h.Status), s.form.moment(h.Start), s.form.lasted(h.Start, h.End), h.ID)
		if err := t.row(cells...); err != nil {
			return err
		}
	}
	return t.end()
}

// treeOf arranges the runs of a query in its order; its limit is left to the
// caller. The parents of what the filter matches are there too.
func treeOf(ctx context.Context, st store.RunScanner, q store.RunQuery) (*forest.Forest, []forest.Row, error) {
	q.Limit = 0
	ids, err := st.Match(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	runs := forest.New(nil)
	err = st.Heads(ctx, q, func(p store.Page) error {
		runs.Upsert(p.Heads...)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	rank := make([]int, runs.Places()) // the place in the answer, by that in the forest
	for i := range rank {
		rank[i] = math.MaxInt
	}
	for n, id := range ids {
		if at, ok := runs.Find(id); ok {
			rank[at] = n
		}
	}
	runs.Arrange(func(a, b int32) int {
		return cmp.Or(cmp.Compare(rank[a], rank[b]), strings.Compare(runs.Head(a).ID, runs.Head(b).ID))
	})
	view := forest.View{}
	if q.Filter.Expr != nil {
		view.Match = func(id string) bool {
			at, _ := runs.Find(id)
			return rank[at] < math.MaxInt
		}
	}
	return runs, runs.Rows(view, nil), nil
}

// firstRoots returns the number of rows that the first n trees have.
func firstRoots(rows []forest.Row, n int) int {
	roots := 0
	for i, row := range rows {
		if row.Depth == 0 {
			if roots++; n > 0 && roots > n {
				return i
			}
		}
	}
	return len(rows)
}

// deepest is how many levels are drawn. A chain of runs may be as long as the
// store; the lines below it would be too.
const deepest = 24

// branches draws what stands before each name: lines in a plain table, else
// blanks.
func branches(rows []forest.Row, lines bool) []string {
	out := make([]string, len(rows))
	var last []bool // of the ancestors, by depth
	for i, row := range rows {
		depth := int(row.Depth)
		last = append(last[:min(depth, len(last))], row.Last)
		if depth > deepest {
			out[i] = fmt.Sprintf("%s… level %d: ", strings.Repeat("  ", deepest), depth)
			continue
		}
		var b strings.Builder
		for level := 1; level <= depth; level++ {
			switch {
			case !lines:
				b.WriteString("  ")
			case level < depth && last[level]:
				b.WriteString("   ")
			case level < depth:
				b.WriteString("│  ")
			case row.Last:
				b.WriteString("└─ ")
			default:
				b.WriteString("├─ ")
			}
		}
		out[i] = b.String()
	}
	return out
}

// printForest prints trees as JSON, a run a line, without recursion.
func printForest(out io.Writer, runs *forest.Forest, rows []forest.Row) error {
	w := newJSONWriter(out)
	for i, row := range rows {
		h := runs.Head(row.At)
		node, err := w.text(nodeJSON{h.ID, h.Name, h.ExperimentID, h.Status, h.Stage, h.Start, h.End, !row.Context}, "")
		if err != nil {
			return err
		}
		switch {
		case i == 0:
			w.out.WriteString("[\n")
		case rows[i-1].Depth < row.Depth:
			w.out.WriteString("\n")
		default:
			w.out.WriteString(strings.Repeat("]}", int(rows[i-1].Depth-row.Depth)) + ",\n")
		}
		w.out.Write(bytes.TrimSuffix(node, []byte("}")))
		w.out.WriteString(`,"children":[`)
		if i+1 == len(rows) || rows[i+1].Depth <= row.Depth {
			w.out.WriteString("]}")
		}
	}
	if len(rows) > 0 {
		w.out.WriteString(strings.Repeat("]}", int(rows[len(rows)-1].Depth)))
		w.begun = true
	}
	return w.end()
}
