package driftreport

import (
	"encoding/json"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/drift"
	"benchside/drift/words"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	switch {
	case v.typing:
		return v.searchKeys()
	case v.inside != nil:
		return v.columnKeys()
	case v.model.shown:
		return v.modelKeys()
	}
	const group = "drift report"
	then := func(do func()) func() tea.Cmd { return func() tea.Cmd { do(); v.arrange(); return nil } }
	keys := []view.Key{
		{Press: []string{"enter"}, Name: "open", Does: "the column with all that is known of it", Short: "column", Group: group, Foot: true, Off: v.noColumn, Run: v.enter},
		{
			Press: []string{"s"}, Name: "sort", Does: "sort by the next of verdict, name, score, PSI, missing, rows", Short: "sort", Group: group, Foot: true, Off: v.noReport,
			Run: then(func() { v.order = (v.order + 1) % orders }), With: v.sortBy, Takes: "what by", Among: func() []string { return orderNames[:] },
		},
		{Press: []string{"S"}, Name: "reverse", Does: "sort the other way", Group: group, Off: v.noReport, Run: then(func() { v.reversed = !v.reversed })},
		{Press: []string{"/", "f"}, Name: "find", Does: "find columns by name, type, role or verdict", Short: "find", Group: group, Foot: true, Off: v.noReport, Run: then(func() { v.typing = true })},
		{Press: []string{"o"}, Name: "drifted", Does: "only columns that drifted or may have, or all", Short: "only drifted", Group: group, Foot: true, Off: v.noReport, Run: then(func() { v.found = !v.found })},
		{Press: []string{"v"}, Name: "quality", Does: "what the model gets right, by window, score and group", Short: "quality", Group: group, Foot: len(v.model.lines) > 0, Off: v.noModel, Run: v.flipModel},
		{Press: []string{"y"}, Name: "copy", Does: "copy the column: name, verdict, test, score, limit", Short: "copy", Group: group, Foot: true, Off: v.noColumn, Run: v.copyColumn},
		{Press: []string{"M"}, Name: "markdown", Does: "copy the report as Markdown", Group: group, Off: v.noReport, Run: v.copyMarkdown},
		{Press: []string{"J"}, Name: "json", Does: "copy the report as JSON", Group: group, Off: v.noReport, Run: v.copyJSON},
	}
	if v.field.Text() != "" {
		keys = append(keys, view.Key{Press: []string{"esc"}, Does: "all columns", Short: "all", Group: group, Foot: true, Run: then(func() { v.field.Set("") })})
	}
	return append(keys, view.Moves("move", v.table.Height, func(n int) tea.Cmd {
		v.table.Move(n)
		v.settle(n / max(n, -n, 1))
		return nil
	})...)
}

func (v *View) searchKeys() []view.Key {
	const group = "columns"
	end := func(keep bool) func() tea.Cmd {
		return func() tea.Cmd {
			v.typing = false
			if !keep {
				v.field.Set("")
			}
			v.arrange()
			return nil
		}
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "keep", Group: group, Foot: true, Run: end(true)},
		{Press: []string{"esc"}, Does: "all columns", Group: group, Foot: true, Run: end(false)},
	}
}

// ColumnKeys are the keys of one column, for the list of all keys.
func (v *View) ColumnKeys() []view.Key {
	if v.inside == nil {
		v.inside = &column{}
		defer func() { v.inside = nil }()
	}
	return v.columnKeys()
}

// columnKeys are those of one column.
func (v *View) columnKeys() []view.Key {
	const group = "column"
	then := func(do func()) func() tea.Cmd { return func() tea.Cmd { do(); return nil } }
	c := v.inside
	keys := []view.Key{
		{Press: []string{"esc"}, Does: "back to the columns", Short: "columns", Group: group, Foot: true, Run: then(func() { v.inside = nil; v.arrange() })},
		{Press: []string{"h"}, Name: "beside", Does: "distributions over each other, or side by side", Short: "side by side", Group: group, Foot: true, Off: v.noShares, Run: then(func() { c.beside = !c.beside })},
		{Press: []string{"l"}, Name: "log", Does: "shares on a logarithmic axis, or a linear one", Short: "log", Group: group, Foot: true, Off: v.noShares, Run: then(func() { c.log = !c.log })},
		{Press: []string{"q"}, Name: "picture", Does: "shares, cumulative with the K-S gap, or quantile against quantile", Short: "CDF, Q-Q", Group: group, Foot: true, Off: v.noOther, Run: v.turn},
		{Press: []string{"n", "right"}, Name: "next", Does: "the next column", Short: "next", Group: group, Foot: true, Run: then(func() { v.aside(1) })},
		{Press: []string{"N", "left"}, Does: "the column before", Group: group, Run: then(func() { v.aside(-1) })},
		{Press: []string{"y"}, Name: "copy", Does: "copy all of it as text", Short: "copy", Group: group, Foot: true, Run: v.copyAll},
		{Press: []string{"M"}, Name: "markdown", Does: "copy the report as Markdown", Group: group, Run: v.copyMarkdown},
		{Press: []string{"J"}, Name: "json", Does: "copy the column as JSON", Group: group, Run: v.copyColumnJSON},
	}
	return append(keys, view.Moves("move", v.h/2, func(n int) tea.Cmd { v.scroll(n); return nil })...)
}

func (v *View) enter() tea.Cmd {
	if v.finding() != nil {
		v.inside = &column{}
	}
	return nil
}

// aside shows the next column as this one is shown.
func (v *View) aside(by int) {
	at := v.table.Cursor
	v.table.Move(by)
	v.settle(by)
	if v.finding() == nil {
		v.table.To(at)
	}
	v.inside.top = 0
}

// turn shows the next picture that there is.
func (v *View) turn() tea.Cmd {
	c := v.inside
	for range pictures {
		c.shows = (c.shows + 1) % pictures
		if c.shows == shares || c.shows == sums && v.noSums() == "" || c.shows == quantiles && v.noQuantiles() == "" {
			break
		}
	}
	return nil
}

func (v *View) noReport() string {
	if !v.known {
		return "there is no report"
	}
	return ""
}

func (v *View) noColumn() string {
	if v.finding() == nil {
		return "the cursor is on no column"
	}
	return ""
}

func (v *View) noShares() string {
	f := v.finding()
	switch {
	case f == nil || f.Histogram == nil && f.Shapes == nil:
		return "the report has no distribution of this column"
	case v.inside.shows != shares:
		return "q shows the shares again"
	}
	return ""
}

func (v *View) noSums() string {
	f := v.finding()
	if f == nil || f.Shapes == nil && (f.Histogram == nil || len(f.Histogram.Edges) < 2) {
		return "only numbers have one"
	}
	return ""
}

func (v *View) noQuantiles() string {
	f := v.finding()
	if f == nil || f.Reference.Numbers == nil || f.Current.Numbers == nil || !f.Reference.Quantiles.P50.Defined() || !f.Current.Quantiles.P50.Defined() {
		return "the report has no quantiles of this column"
	}
	return ""
}

func (v *View) noOther() string {
	if v.noSums() != "" && v.noQuantiles() != "" {
		return "only numbers have other pictures"
	}
	return ""
}

// sortBy sorts by a word; its first letters are enough.
func (v *View) sortBy(words string) tea.Cmd {
	words = strings.ToLower(strings.TrimSpace(words))
	at := slices.IndexFunc(orderNames[:], func(name string) bool { return words != "" && strings.HasPrefix(strings.ToLower(name), words) })
	if at < 0 {
		return view.Send(view.Say{Text: "sort by one of " + strings.Join(orderNames[:], ", "), Bad: true})
	}
	v.order = order(at)
	v.arrange()
	return nil
}

func (v *View) copyColumn() tea.Cmd {
	f := v.finding()
	parts := []string{f.Name, string(f.Status)}
	if t := f.Test; t != nil {
		parts = append(parts, t.Display, whole(float64(t.Score)), whole(float64(t.Threshold)))
	}
	return copied(strings.Join(parts, "\t"), "the column's score")
}

func (v *View) copyAll() tea.Cmd {
	var b strings.Builder
	if err := words.Drill(&b, *v.finding(), 0); err != nil {
		return view.Send(view.Say{Text: err.Error(), Bad: true})
	}
	return copied(b.String(), "the column")
}

func (v *View) copyMarkdown() tea.Cmd {
	var b strings.Builder
	if err := words.Markdown(&b, v.report); err != nil {
		return view.Send(view.Say{Text: err.Error(), Bad: true})
	}
	return copied(b.String(), "the report as Markdown")
}

func (v *View) copyJSON() tea.Cmd { return inJSON(v.report, "the report as JSON") }

func (v *View) copyColumnJSON() tea.Cmd { return inJSON(*v.finding(), "the column as JSON") }

func inJSON[T drift.Report | drift.Finding](of T, what string) tea.Cmd {
	content, err := json.MarshalIndent(of, "", "  ")
	if err != nil {
		return view.Send(view.Say{Text: err.Error(), Bad: true})
	}
	return copied(string(content)+"\n", what)
}
