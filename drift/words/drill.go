package words

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"benchside/drift"
	"benchside/sanitize"
)

// Line is a text of a report, safe to show.
func Line(s string) string { return sanitize.Line(s) }

// Headline says of a column what it is, what became of it, and by which test.
func Headline(f drift.Finding) string {
	parts := []string{Line(f.Name), Line(f.Kind)}
	if f.DataType != "" {
		parts = append(parts, Line(f.DataType))
	}
	if label := roles[f.Role]; label != "" {
		parts = append(parts, label)
	}
	out := strings.Join(parts, " · ") + " · " + strings.TrimSpace(Sign(f, false)+" "+said(f))
	if t := f.Test; t != nil {
		out += "  " + TestName(t) + " " + ScoreOf(t) + beside(t)
	}
	return out
}

// beside is a test's limit behind the sign of what the score is to it.
func beside(t *drift.TestResult) string {
	if !t.Threshold.Defined() || !t.Score.Defined() {
		return ""
	}
	sign := " = "
	switch {
	case t.Score < t.Threshold:
		sign = " < "
	case t.Score > t.Threshold:
		sign = " > "
	}
	return sign + Number(t.Threshold)
}

// mostMoved bounds the parts that are listed.
const mostMoved = 15

// Grid is a small table, of texts that are safe to show; the first row are the titles.
type Grid struct {
	Rows  [][]string
	Right []int // the columns of numbers
}

// mostCell is how wide a cell of a grid may be.
const mostCell = 56

// Lines are the rows as lines, their columns aligned.
func (g Grid) Lines() []string {
	if len(g.Rows) == 0 {
		return nil
	}
	widths := make([]int, len(g.Rows[0]))
	for _, r := range g.Rows {
		for i, s := range r {
			widths[i] = max(widths[i], min(ansi.StringWidth(s), mostCell))
		}
	}
	var out []string
	for _, r := range g.Rows {
		var b strings.Builder
		for i, s := range r {
			s = ansi.Truncate(s, mostCell, "…")
			pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(s))
			if slices.Contains(g.Right, i) {
				s, pad = pad+s, ""
			}
			b.WriteString(s + pad + "  ")
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}

// Grids are what is known of a column: what moved, summaries, measures, windows, slices.
func Grids(f drift.Finding) []Grid {
	var out []Grid
	add := func(g Grid) {
		if len(g.Rows) > 1 {
			out = append(out, g)
		}
	}
	g := Grid{Rows: [][]string{{"moved", "reference", "current", "change"}}, Right: []int{1, 2, 3}}
	for _, m := range Moved(f, mostMoved) {
		g.Rows = append(g.Rows, []string{m.Part, percent(m.Reference) + " %", percent(m.Current) + " %", m.Said()})
	}
	add(g)
	g = Grid{Rows: [][]string{{"", "reference", "current", "change"}}, Right: []int{1, 2, 3}}
	for _, s := range Summaries(f) {
		g.Rows = append(g.Rows, []string{s.Name, s.X, s.Y, s.Change})
	}
	add(g)
	g = Grid{Rows: [][]string{{"measure", "value", "p", "convention"}}, Right: []int{1, 2}}
	for _, m := range MeasuresOf(f) {
		g.Rows = append(g.Rows, []string{m.Name, m.Reads, m.PReads, m.How})
	}
	add(g)
	for _, w := range []struct {
		what string
		all  []drift.Window
	}{{"window", f.Windows}, {"slice", f.Slices}} {
		g = Grid{Rows: [][]string{{w.what, "n", "test", "score", "limit", "PSI", "verdict"}}, Right: []int{1, 3, 4, 5}}
		for _, one := range w.all {
			g.Rows = append(g.Rows, WindowCells(one))
		}
		add(g)
	}
	return out
}

// Drill writes one column of a report: its bins side by side, then its grids and notes.
// Lines are at most width cells wide; 0 is no limit.
func Drill(w io.Writer, f drift.Finding, width int) error {
	d := &drill{out: bufio.NewWriter(w), width: width}
	for _, part := range wrap(Headline(f), width) {
		d.line(part)
	}
	d.bins(f)
	for _, g := range Grids(f) {
		d.grid(g)
	}
	for i, n := range f.Notes {
		if i == 0 {
			d.line("")
		}
		for _, part := range wrap("- "+Line(n), width) {
			d.line(part)
		}
	}
	return d.out.Flush()
}

type drill struct {
	out   *bufio.Writer
	width int
}

func (d *drill) line(s string) {
	if d.width > 0 {
		s = ansi.Truncate(s, d.width, "…")
	}
	d.out.WriteString(strings.TrimRight(s, " ") + "\n")
}

// grid writes a grid below a blank line.
func (d *drill) grid(g Grid) {
	d.line("")
	for _, line := range g.Lines() {
		d.line(line)
	}
}

// bars is how wide a bar of a bin may be.
const bars = 20

// bins writes both sides bin by bin.
func (d *drill) bins(f drift.Finding) {
	parts := Parts(f)
	if len(parts) == 0 {
		x, y := Sparklines(f, 2*bars, false)
		if x != "" {
			d.line("")
			d.line("reference  " + x)
			d.line("current    " + y)
		}
		return
	}
	top := 0.0
	for _, p := range parts {
		top = max(top, p.Reference, p.Current)
	}
	what := "bin"
	if len(f.Histogram.Edges) == 0 {
		what = "label"
	}
	rows := [][]string{{what, "", "reference", "", "current"}}
	for _, p := range parts {
		rows = append(rows, []string{
			p.Part, bar(p.Reference, top), percent(p.Reference) + " %", bar(p.Current, top), percent(p.Current) + " %",
		})
	}
	if h := f.Histogram; h.OtherReference+h.OtherCurrent > 0 {
		rows = append(rows, []string{"others", "", count(h.OtherReference) + " rows", "", count(h.OtherCurrent) + " rows"})
	}
	d.grid(Grid{rows, []int{2, 4}})
}

// bar is a share as a bar of eighths.
func bar(share, top float64) string {
	if !(top > 0) || !(share > 0) {
		return ""
	}
	eighths := int(math.Ceil(share / top * bars * 8))
	out := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		out += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return out
}

// Said is the change of a part in a word or a number.
func (m Move) Said() string {
	switch {
	case m.New:
		return "new"
	case m.Gone:
		return "gone"
	}
	return fmt.Sprintf("%+.1f", 100*(m.Current-m.Reference))
}

// WindowCells are the cells of a window or a slice: its label, rows, test, score, limit,
// PSI and verdict.
func WindowCells(w drift.Window) []string {
	t := drift.TestResult{Name: w.Test, Score: w.Score, Threshold: w.Threshold}
	if known, ok := drift.TestNamed(w.Test); ok {
		t.PValue = known.PValue()
	}
	verdict := Word(w.Status)
	if w.Reason != "" {
		verdict += "  " + Line(w.Reason)
	}
	return []string{Line(w.Label), count(w.Rows), TestName(&t), ScoreOf(&t), Number(w.Threshold), fixed(w.PSI, 3), verdict}
}
