package words

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"benchside/drift"
)

// leaves is the order in which columns leave a table that has no room for them.
var leaves = []Column{CurrentRows, ReferenceRows, PSI, Kind, ReferenceBars, Missing, CurrentBars, Limit, Test}

// The cells of a table.
const (
	gap      = 2
	longName = 24 // cells of a name
	leastEnd = 9  // of the verdict, which may be cut
	usual    = 120
)

// Fit chooses the columns of a report that have something to say and fit into width
// cells, and says how wide they are; the last one takes what is left. 0 means as wide
// as need be.
func Fit(findings []drift.Finding, width int, ascii bool) (columns []Column, widths []int) {
	all := map[Column]int{}
	for _, c := range Columns() {
		says := c == Mark || c == Name || c == Said
		wide := ansi.StringWidth(c.Title())
		for _, f := range findings {
			s := Cell(f, c, ascii)
			says = says || s != "" && s != missing
			wide = max(wide, ansi.StringWidth(s))
		}
		if says {
			all[c] = wide
		}
	}
	all[Mark], all[Name] = 1, min(all[Name], longName)
	if width > 0 {
		squeezed(all, width)
	}
	for _, c := range Columns() {
		if wide, there := all[c]; there {
			columns, widths = append(columns, c), append(widths, wide)
		}
	}
	return columns, widths
}

// squeezed takes columns out until the rest fits.
func squeezed(all map[Column]int, width int) {
	need := func() int {
		sum := -gap - 1 // a mark stands close to its name
		for c, wide := range all {
			if c == Said {
				wide = min(wide, leastEnd)
			}
			sum += wide + gap
		}
		return sum
	}
	for _, c := range leaves {
		if need() <= width {
			break
		}
		delete(all, c)
	}
	all[Name] = max(all[Name]-max(need()-width, 0), 4)
	rest := width - need() + min(all[Said], leastEnd)
	all[Said] = max(min(all[Said], rest), 1)
}

// Text writes a report as a table for people, at most width cells wide; 0 is no limit.
func Text(w io.Writer, r drift.Report, width int) error {
	out := bufio.NewWriter(w)
	for _, line := range []string{Verdict(r), Sources(r)} {
		for _, part := range wrap(line, width) {
			out.WriteString(part + "\n")
		}
	}
	columns, widths := Fit(r.Features, width, false)
	if len(r.Features) > 0 {
		out.WriteString("\n")
		row(out, columns, widths, func(c Column) string { return c.Title() })
	}
	rest := slices.DeleteFunc(slices.Clone(r.Features), Named)
	named := slices.DeleteFunc(slices.Clone(r.Features), func(f drift.Finding) bool { return !Named(f) })
	for _, f := range rest {
		row(out, columns, widths, func(c Column) string { return Cell(f, c, false) })
	}
	if len(named) > 0 {
		out.WriteString(wrap(Section, width)[0] + "\n")
	}
	for _, f := range named {
		row(out, columns, widths, func(c Column) string { return Cell(f, c, false) })
	}
	for _, g := range OfModel(r) {
		out.WriteString("\n")
		for _, line := range g.Lines() {
			for _, part := range wrap(line, width) {
				out.WriteString(part + "\n")
			}
		}
	}
	if notes := Notes(r); len(notes) > 0 {
		out.WriteString("\n")
		for _, n := range notes {
			for i, part := range wrap(n, max(width-2, 0)) {
				out.WriteString([]string{"- ", "  "}[min(i, 1)] + part + "\n")
			}
		}
	}
	return out.Flush()
}

// Section is the heading over the columns that are no features.
const Section = "── label, prediction, score ──"

func row(out *bufio.Writer, columns []Column, widths []int, cell func(Column) string) {
	var b strings.Builder
	for i, c := range columns {
		s := ansi.Truncate(cell(c), widths[i], "…")
		pad := strings.Repeat(" ", max(widths[i]-ansi.StringWidth(s), 0))
		if c.Right() {
			s, pad = pad+s, ""
		}
		b.WriteString(s + pad + strings.Repeat(" ", gap))
		if c == Mark {
			s := strings.TrimSuffix(b.String(), " ")
			b.Reset()
			b.WriteString(s)
		}
	}
	out.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}

// wrap breaks a line between words; 0 does not.
func wrap(line string, width int) []string {
	if line == "" {
		return nil
	}
	if width <= 0 {
		return []string{line}
	}
	return strings.Split(ansi.Wrap(line, width, ""), "\n")
}

// Markdown writes a report as a table of Markdown, its verdict above it.
func Markdown(w io.Writer, r drift.Report) error {
	out := bufio.NewWriter(w)
	out.WriteString("**" + escape(Verdict(r)) + "**\n\n")
	if s := Sources(r); s != "" {
		out.WriteString(escape(s) + "\n\n")
	}
	columns, _ := Fit(r.Features, 0, false)
	line := func(cell func(Column) string) {
		for _, c := range columns {
			out.WriteString("| " + cell(c) + " ")
		}
		out.WriteString("|\n")
	}
	if len(r.Features) > 0 {
		line(func(c Column) string { return c.Title() })
		line(func(c Column) string {
			if c.Right() {
				return "---:"
			}
			return "---"
		})
	}
	for _, f := range r.Features {
		line(func(c Column) string {
			cell := Cell(f, c, false)
			if c == ReferenceBars || c == CurrentBars {
				return "`" + cell + "`"
			}
			return escape(cell)
		})
	}
	for _, g := range OfModel(r) {
		out.WriteString("\n")
		g.markdown(out)
	}
	if notes := Notes(r); len(notes) > 0 {
		out.WriteString("\n")
		for _, n := range notes {
			out.WriteString("- " + escape(n) + "\n")
		}
	}
	return out.Flush()
}

// escape keeps the signs that would be no text in Markdown.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\|<&*_`[~#", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
