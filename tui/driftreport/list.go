package driftreport

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"benchside/drift"
	"benchside/drift/words"
	"benchside/themes"
	"benchside/tui/widget"
)

// list is the columns of the report as rows.
type list struct {
	table    widget.Table
	columns  []words.Column
	rows     []int // places among the report's columns; section for the heading
	order    order
	reversed bool
	found    bool // only columns that drifted, or may have
	field    widget.Field
	typing   bool
}

// section is the row of the heading over the columns that are no features.
const section = -1

// order is what the columns are sorted by.
type order int

const (
	byVerdict order = iota
	byName
	byScore
	byPSI
	byMissing
	byRows
	orders
)

// orderNames are the words for the orders, and the columns whose titles say them.
var (
	orderNames  = [orders]string{"verdict", "name", "score", "PSI", "missing", "rows"}
	orderTitles = [orders]words.Column{words.Said, words.Name, words.Score, words.PSI, words.Missing, words.CurrentRows}
)

// far is how far a score is over its limit, for distances; p values come behind them,
// the least first.
func far(f drift.Finding) float64 {
	t := f.Test
	switch {
	case t == nil || !t.Score.Defined():
		return math.Inf(-1)
	case t.PValue:
		return -1 - float64(t.Score)
	case t.Threshold > 0:
		return float64(t.Score / t.Threshold)
	}
	return float64(t.Score)
}

func lost(s drift.Summary) float64 {
	if s.Rows == 0 {
		return -1
	}
	return float64(s.Missing) / float64(s.Rows)
}

func defined(n drift.Number) float64 {
	if !n.Defined() {
		return math.Inf(-1)
	}
	return float64(n)
}

// compare orders two columns; equal ones stay in the report's order.
func (o order) compare(a, b drift.Finding) int {
	switch o {
	case byName:
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	case byScore:
		return cmp.Compare(far(b), far(a))
	case byPSI:
		return cmp.Compare(defined(b.Measures.PSI), defined(a.Measures.PSI))
	case byMissing:
		return cmp.Compare(lost(b.Current), lost(a.Current))
	case byRows:
		return cmp.Compare(b.Current.Rows, a.Current.Rows)
	}
	return 0
}

// arrange chooses the rows and gives the columns their room.
func (v *View) arrange() {
	at := v.finding()
	name := ""
	if at != nil {
		name = at.Name
	}
	features, named := v.chosen()
	v.rows = features
	if len(named) > 0 {
		v.rows = append(append(features, section), named...)
	}
	v.table.Count = len(v.rows)
	v.lay()
	v.table.Resize(max(v.w-1, 1), v.h-len(v.top(v.w))-1-v.below())
	v.put(name)
}

// chosen are the features that fit what is looked for, in order, and the other columns.
func (v *View) chosen() (features, named []int) {
	text := strings.ToLower(v.field.Text())
	for i, f := range v.report.Features {
		if v.found && f.Status != drift.Drifted && f.Status != drift.Possible {
			continue
		}
		if text != "" && !strings.Contains(strings.ToLower(f.Name+" "+f.Kind+" "+f.Role+" "+string(f.Status)), text) {
			continue
		}
		if words.Named(f) {
			named = append(named, i)
		} else {
			features = append(features, i)
		}
	}
	for _, part := range [][]int{features, named} {
		slices.SortStableFunc(part, func(a, b int) int {
			by := v.order.compare(v.report.Features[a], v.report.Features[b])
			if v.reversed {
				return cmp.Or(-by, b-a)
			}
			return by
		})
	}
	return features, named
}

// lay chooses the columns of the table that have room.
func (v *View) lay() {
	g := v.theme.Glyphs
	const bar = 1 // cell of the cursor
	columns, widths := words.Fit(v.report.Features, max(v.w-bar, 1), g.ASCII)
	v.columns, v.table.Columns = v.columns[:0], v.table.Columns[:0]
	for i, c := range columns {
		if c == words.Mark {
			continue // it stands before the name
		}
		wide, title := widths[i], c.Title()
		if c == words.Name {
			wide += 2
			title = "  " + title
		}
		if c == orderTitles[v.order] {
			sign := g.Down
			if v.reversed {
				sign = g.Up
			}
			title += sign
			wide = max(wide, widget.Width(title))
		}
		v.columns = append(v.columns, c)
		v.table.Columns = append(v.table.Columns, widget.Column{Title: title, Width: wide, Min: min(wide, 4), Right: c.Right(), Keep: true, Style: v.titleStyle(c)})
	}
}

// titleStyle gives the two sides their colours.
func (v *View) titleStyle(c words.Column) themes.Style {
	switch c {
	case words.ReferenceBars, words.ReferenceRows:
		return v.ink(0)
	case words.CurrentBars, words.CurrentRows:
		return v.ink(1)
	}
	return themes.Style{}
}

// put puts the cursor on a column of a name, or leaves it in its place.
func (v *View) put(name string) {
	at := slices.IndexFunc(v.rows, func(r int) bool { return r >= 0 && v.report.Features[r].Name == name })
	if at < 0 {
		at = v.table.Cursor
	}
	v.table.To(at)
	v.settle(1)
}

// settle moves the cursor on from the heading.
func (v *View) settle(by int) {
	if c := v.table.Cursor; c < len(v.rows) && v.rows[c] == section {
		if by < 0 && c == 0 {
			by = 1
		}
		v.table.Move(by)
	}
}

// cell is what stands in a row of the table.
func (v *View) cell(row, col int) widget.Cell {
	f, t := v.report.Features[v.rows[row]], v.theme
	c := v.columns[col]
	text := v.plain(words.Cell(f, c, t.Glyphs.ASCII))
	switch c {
	case words.Name:
		sign := words.Sign(f, t.Glyphs.ASCII)
		if sign == "" {
			sign = " "
		}
		style := themes.Style{}
		if words.Named(f) {
			style = t.Strong
		}
		return widget.Cell{Text: sign + " ", Style: v.style(f.Status), Tail: text, TailStyle: style}
	case words.ReferenceBars:
		return widget.Cell{Text: text, Style: v.ink(0)}
	case words.CurrentBars:
		return widget.Cell{Text: text, Style: v.ink(1)}
	case words.Said:
		word := v.plain(words.Word(f.Status))
		return widget.Cell{Text: word, Style: v.style(f.Status), Tail: strings.TrimPrefix(text, word), TailStyle: t.Dim}
	case words.Kind, words.Test, words.Limit, words.ReferenceRows, words.CurrentRows:
		return widget.Cell{Text: text, Style: t.Dim}
	}
	return widget.Cell{Text: text}
}
