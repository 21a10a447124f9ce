package words

import (
	"bufio"
	"fmt"
	"io"
	"math"
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

// Drill writes one column of a report: what moved, its bins side by side, summaries,
// measures, windows and slices. Lines are at most width cells wide; 0 is no limit.
func Drill(w io.Writer, f drift.Finding, width int) error {
	d := &drill{out: bufio.NewWriter(w), width: width}
	for _, part := range wrap(Headline(f), width) {
		d.line(part)
	}
	d.bins(f)
	d.moved(f)
	if all := Summaries(f); len(all) > 0 {
		rows := [][]string{{"", "reference", "current", "change"}}
		for _, s := range all {
			rows = append(rows, []string{s.Name, s.X, s.Y, s.Change})
		}
		d.table(rows, 1, 2, 3)
	}
	if all := MeasuresOf(f); len(all) > 0 {
		rows := [][]string{{"measure", "value", "p", "convention"}}
		for _, m := range all {
			rows = append(rows, []string{m.Name, m.Reads, m.PReads, m.How})
		}
		d.table(rows, 1, 2)
	}
	d.windows("window", f.Windows)
	d.windows("slice", f.Slices)
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

// table writes rows below a blank line; some columns are to the right.
func (d *drill) table(rows [][]string, right ...int) {
	d.line("")
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, s := range r {
			widths[i] = max(widths[i], min(ansi.StringWidth(s), mostCell))
		}
	}
	numeric := map[int]bool{}
	for _, i := range right {
		numeric[i] = true
	}
	for _, r := range rows {
		var b strings.Builder
		for i, s := range r {
			s = ansi.Truncate(s, mostCell, "…")
			pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(s))
			if numeric[i] {
				s, pad = pad+s, ""
			}
			b.WriteString(s + pad + "  ")
		}
		d.line(b.String())
	}
}

// mostCell is how wide a cell of a table may be.
const mostCell = 56

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
	d.table(rows, 2, 4)
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

func (d *drill) moved(f drift.Finding) {
	all := Moved(f, mostMoved)
	if len(all) == 0 {
		return
	}
	rows := [][]string{{"moved", "reference", "current", "change"}}
	for _, m := range all {
		rows = append(rows, []string{m.Part, percent(m.Reference) + " %", percent(m.Current) + " %", m.Said()})
	}
	d.table(rows, 1, 2, 3)
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

func (d *drill) windows(what string, all []drift.Window) {
	if len(all) == 0 {
		return
	}
	rows := [][]string{{what, "n", "test", "score", "limit", "PSI", "verdict"}}
	for _, w := range all {
		rows = append(rows, WindowCells(w))
	}
	d.table(rows, 1, 3, 4, 5)
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
