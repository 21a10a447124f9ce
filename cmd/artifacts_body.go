package cmd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"benchside/artifacts/previews"
	"benchside/artifacts/tables"
	"benchside/artifacts/tally"
	"benchside/artifacts/trees"
	"benchside/plots"
	"benchside/plots/plotly"
)

// tree prints a document with two blanks for each level.
func (s *shower) tree(t *previews.Tree) {
	shown := 0
	for i, n := range t.Nodes {
		if n.Depth == 0 && n.Type <= trees.Array {
			continue // what it holds says it
		}
		if shown++; shown > s.limit() {
			s.more(true)
			return
		}
		depth := n.Depth
		if t.Nodes[0].Type <= trees.Array {
			depth--
		}
		s.line("%s%s%s", strings.Repeat("  ", max(depth, 0)), labelOf(t.Tree, i), valueOf(n))
	}
}

func labelOf(t *trees.Tree, i int) string {
	n := t.Nodes[i]
	switch {
	case n.Parent < 0:
		return ""
	case t.Nodes[n.Parent].Type == trees.Array:
		return fmt.Sprintf("[%d] ", n.Index)
	}
	return n.Key + ": "
}

// mostValue bounds the text of a value in a tree, in bytes.
const mostValue = 400

func valueOf(n trees.Node) string {
	text := n.Text
	if len(text) > mostValue {
		text = strings.ToValidUTF8(text[:mostValue], "") + "…"
	}
	switch n.Type {
	case trees.Object:
		return fmt.Sprintf("{%d}", n.Children)
	case trees.Array:
		return fmt.Sprintf("[%d]", n.Children)
	case trees.String:
		return strconv.Quote(text)
	case trees.Null:
		return "null"
	}
	return text
}

// mostSummed bounds what is read to sum up the columns of a table: bytes of the
// file times columns.
const mostSummed = 64 << 20

// table prints what is known of the columns, then the first rows.
func (s *shower) table(ctx context.Context, t *previews.Table) error {
	rows, broken := t.Rows(ctx, nil, 0, min(s.limit(), mostHead))
	if broken != nil && len(rows) == 0 {
		return broken
	}
	columns := t.Columns()
	if broken == nil && s.p.Size*int64(max(len(columns), 1)) <= mostSummed {
		if err := s.columns(ctx, t, columns); err != nil {
			return err
		}
		s.raw("")
	}
	heads := make([]column, len(columns))
	for i, c := range columns {
		heads[i] = column{head: c.Name, right: c.Type == tables.Integer || c.Type == tables.Number}
	}
	if len(columns) == 0 {
		return nil
	}
	out := newTable(s.out, plain, s.screenWidth(), heads...)
	for _, row := range rows {
		cells := make([]cell, len(columns))
		for i, v := range row {
			cells[i] = text(shownCell(v))
		}
		if err := out.row(cells...); err != nil {
			return err
		}
	}
	if err := errors.Join(s.err, out.end(), broken); err != nil {
		return err
	}
	n, whole := t.Count()
	s.more(n > int64(len(rows)) || !whole && len(rows) == s.limit())
	return nil
}

func shownCell(v tables.Value) string {
	if v.Kind == tables.Missing {
		return missing
	}
	if v.Whole > 0 {
		return v.Text + "…"
	}
	return v.Text
}

// columns prints a row for each column.
func (s *shower) columns(ctx context.Context, t *previews.Table, columns []tables.Column) error {
	out := newTable(s.out, plain, s.screenWidth(), column{head: "column"}, column{head: "type", whole: true}, column{head: "missing", right: true},
		column{head: "distinct", right: true}, column{head: "min", right: true}, column{head: "max", right: true},
		column{head: "mean", right: true}, column{head: "most frequent"})
	for i, c := range columns {
		sum, err := tables.Summarise(ctx, t.Table, i, nil)
		if err != nil {
			return err
		}
		if err := out.row(append([]cell{text(c.Name), text(c.Type.String())}, summaryCells(sum, c.Type)...)...); err != nil {
			return err
		}
	}
	return out.end()
}

// summaryCells are missing, distinct, min, max, mean and the most frequent value.
func summaryCells(sum tally.Summary, typed tables.Type) []cell {
	distinct := fmt.Sprint(sum.Distinct)
	if sum.MoreDistinct {
		distinct = "> " + distinct
	}
	written := short
	if typed == tables.Time {
		written = momentOf
	}
	least, most, mean := "", "", ""
	if sum.Numbers > 0 {
		least, most = written(sum.Min), written(sum.Max)
	}
	if sum.Numbers > 0 && typed != tables.Time {
		mean = short(sum.Mean)
	}
	top := ""
	if len(sum.Top) > 0 && sum.Top[0].Count > 1 {
		top = sum.Top[0].Text
		if n := sum.Top[0].Number; !math.IsNaN(n) {
			top = written(n)
		}
		top = fmt.Sprintf("%s (%d)", top, sum.Top[0].Count)
	}
	return []cell{text(fmt.Sprint(sum.Missing)), text(distinct), text(least), text(most), text(mean), text(top)}
}

// momentOf writes seconds since 1970 as a date, and the time of day if there is one.
func momentOf(seconds float64) string {
	at := time.UnixMicro(int64(math.Round(seconds * 1e6))).UTC()
	if at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format("2006-01-02 15:04:05.999999")
}

// figure draws the charts of a figure of plotly and prints its tables.
func (s *shower) figure(f *previews.Figure) error {
	for _, c := range f.Charts {
		if err := s.chart(c.Chart, &c); err != nil {
			return err
		}
	}
	for _, t := range f.Tables {
		heads := make([]column, len(t.Columns))
		for i, name := range t.Columns {
			heads[i] = column{head: name}
		}
		out := newTable(s.out, plain, s.screenWidth(), heads...)
		for _, row := range t.Rows[:min(len(t.Rows), s.limit())] {
			cells := make([]cell, len(heads))
			for i := range cells {
				if i < len(row) && row[i] != nil {
					cells[i] = text(fmt.Sprint(row[i]))
				}
			}
			if err := out.row(cells...); err != nil {
				return err
			}
		}
		if err := out.end(); err != nil {
			return err
		}
		s.more(len(t.Rows) > s.limit())
	}
	return nil
}

// chart draws one chart, in the window that a figure asks for.
func (s *shower) chart(c plots.Chart, of *plotly.Drawn) error {
	if s.err != nil {
		return s.err
	}
	frame, err := s.frameSize(s.f.look)
	if err != nil {
		return err
	}
	if of != nil {
		frame.View = of.View
	}
	return s.drawChart(c, frame, s.f.look)
}
