package activity

import (
	"fmt"
	"strings"

	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/widget"
)

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	l := widget.Listing{Table: v.table, Cell: v.cell, Err: v.err, Nothing: v.nothing()}
	if one, below := v.line(), v.below(); one != nil && below > 0 {
		l.Room, l.Below = below, widget.Whole(brief(*one), width, below, v.theme)
	}
	return l.Draw(width, height, v.theme)
}

// nothing says why there are no lines and what brings some.
func (v *View) nothing() []string {
	switch {
	case v.reader == nil:
		return []string{
			"this store keeps no ledger: who changed which model, when and why would be here",
			"one mlflow.db alone has one, from the first change that is made to it here",
		}
	case !v.known:
		return []string{"reading"}
	}
	return []string{
		"nothing was recorded yet: who changed which model, when and why would be here",
		"the ledger begins with the first change of a model that is made here; from then on it also sees what other programs change",
	}
}

func (v *View) cell(i, col int) widget.Cell {
	t, l := v.theme, &v.lines[i]
	recorded := i >= v.fresh
	switch col {
	case number:
		if !recorded {
			return widget.Cell{Text: "new", Style: t.Warn}
		}
		return widget.Cell{Text: fmt.Sprint(l.Seq), Style: t.Dim}
	case when:
		if !l.At.Set() {
			return widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
		}
		return widget.Cell{Text: widget.Ago(l.At, v.now), Style: t.Dim}
	case who:
		if l.What == store.Observed || !recorded {
			return widget.Cell{Text: "others", Style: t.Dim}
		}
		return widget.Cell{Text: sanitize.Line(l.By.Name)}
	case why:
		if !recorded {
			return widget.Cell{Text: "not recorded yet", Style: t.Warn}
		}
		return widget.Cell{Text: sanitize.Line(l.Reason), Style: t.Dim}
	}
	c := widget.Cell{Text: sentence(*l)}
	if !recorded {
		c.Style = t.Fresh
	}
	return c
}

// brief is a line in a few words more than its row has.
func brief(l store.Line) string {
	words := []string{sentence(l)}
	if l.Reason != "" {
		words = append(words, "because: "+l.Reason)
	}
	by := "seen by " + l.By.Name
	switch {
	case l.Seq == 0:
		by = "not recorded yet: o records it"
	case l.What != store.Observed:
		by = "by " + l.By.Name + " (" + l.By.Via + ")"
	}
	return strings.TrimSuffix(strings.Join(append(words, by, widget.Stamp(l.At)), "; "), "; ")
}
