package driftreport

import (
	"fmt"
	"strings"

	"benchside/drift/words"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/widget"
)

// ascii are the signs of words for terminals that have no others.
var ascii = strings.NewReplacer("▲", "^", "△", "~", "·", "-", "≥", ">=", "→", "->", "−", "-", "²", "2", "χ", "chi", "×", "x", "∞", "inf", "–", "-", "…", "~", "é", "e", "—", "--")

// ink is the colour of a side, the same as in the charts.
func (v *View) ink(side int) themes.Style {
	look := plots.LookOf(v.theme)
	n, ok := look.PairInk(side).Color.Index()
	return themes.Palette(n, ok)
}

// Lines of a screen from which there is room for more than the verdict.
const (
	roomy = 16 // where it comes from
	tall  = 20 // what is remarked
)

// top are the lines over the heading of the table.
func (v *View) top(width int) (lines []string) {
	t := v.theme
	add := func(text string, style themes.Style, most int) {
		parts := widget.Wrap(v.plain(text), max(width-2, 1))
		for i, part := range parts[:min(len(parts), most)] {
			if i == most-1 && len(parts) > most {
				part = widget.Cut(part+" "+parts[i+1], width-2, t.Glyphs.More)
			}
			lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(part, style).String())
		}
	}
	if v.err != nil {
		add(sanitize.Line(v.err.Error()), t.Bad, 3)
	}
	if v.known {
		most := 1
		if v.h >= roomy {
			most = 2
		}
		add(words.Verdict(v.report), v.verdictStyle(), most)
	}
	if v.known && v.h >= roomy {
		add(words.Sources(v.report), t.Dim, most(v.h))
	}
	if v.typing || v.field.Text() != "" {
		lines = append(lines, v.search(widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1)))
	}
	return lines
}

// most is how many lines there are for where a report comes from.
func most(height int) int {
	if height >= tall {
		return 2
	}
	return 1
}

func (v *View) search(l *widget.Line) string {
	l.Add("columns  ", v.theme.Accent)
	if said := v.counted(); v.typing {
		v.field.Draw(l, max(l.Left()-widget.Width(said)-2, 1), v.theme)
	} else {
		l.Add(sanitize.Line(v.field.Text()), v.theme.Match)
	}
	if said := v.counted(); l.Left() > widget.Width(said)+1 {
		l.Right(said, v.theme.Dim, 1)
	}
	return l.String()
}

// below counts the lines under the table, in which the remarks on a column stand.
func (v *View) below() int {
	if v.h < tall {
		return 0
	}
	return 3
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	if v.inside != nil && v.finding() != nil {
		return v.drawColumn(width, height)
	}
	if v.model.shown {
		return v.drawModel(width, height)
	}
	t := v.theme
	lines := v.top(width)
	switch {
	case !v.known && v.err == nil:
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add("reading", t.Dim).String())
	case v.known && len(v.rows) == 0:
		lines = append(lines, strings.Repeat(" ", width), widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(v.nothing(), t.Dim).String())
	case v.known:
		lines = append(lines, v.table.Heading(t, 1))
		from, to := v.table.Window()
		for row := from; row < to; row++ {
			lines = append(lines, v.row(row))
		}
	}
	if below := v.below(); below > 0 && v.known && len(v.rows) > 0 {
		for len(lines) < height-below {
			lines = append(lines, strings.Repeat(" ", width))
		}
		lines = append(lines, widget.Whole(v.plain(v.remarks()), width, below, t)...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// row is a row of the table, or the heading over the columns that are no features.
func (v *View) row(row int) string {
	t := v.theme
	if v.rows[row] != section {
		return v.table.Row(row, t, func(col int) widget.Cell { return v.cell(row, col) })
	}
	l := widget.NewLine(v.table.Width+1, themes.Style{}, t.Glyphs).Pad(1)
	rule := strings.Repeat(t.Glyphs.Rule, 2)
	l.Add(rule+" ", t.Rule).Add("label and scores ", t.Dim)
	return l.Add(strings.Repeat(t.Glyphs.Rule, l.Left()), t.Rule).String()
}

func (v *View) nothing() string {
	switch {
	case len(v.report.Features) == 0:
		return "the report has no column"
	case v.found && v.field.Text() == "":
		return "no column drifted; o shows all"
	}
	return "no column is called so; / changes it"
}

// remarks are what is to be known of the column under the cursor, or of the report.
func (v *View) remarks() string {
	var parts []string
	if f := v.finding(); f != nil {
		if labels := f.Measures.NewLabels; len(labels) > 0 {
			parts = append(parts, listed("new", labels))
		}
		if labels := f.Measures.GoneLabels; len(labels) > 0 {
			parts = append(parts, listed("gone", labels))
		}
		parts = append(parts, f.Notes...)
	}
	if len(parts) == 0 {
		parts = v.report.Notes
	}
	return strings.Join(parts, "; ")
}

// listed names some labels.
func listed(what string, labels []string) string {
	const most = 12
	said := what + ": " + strings.Join(labels[:min(len(labels), most)], ", ")
	if n := len(labels) - most; n > 0 {
		said += fmt.Sprintf(" and %d more", n)
	}
	return said
}
