package model

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/gates"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// review is what people said of a version, and what it was held to.
type review struct {
	load view.Loader
	of   int64 // the version, 0 for none
	read reviewRead
	err  error
}

type reviewRead struct {
	version  int64
	requests []store.Request
	cards    []store.GateCard
	comments []store.Comment
}

// mostCards bounds the cards that are shown, the newest first.
const mostCards = 20

// loadReview reads it for the version under the cursor, where the part shows it.
func (v *View) loadReview() tea.Cmd {
	m := v.version()
	g, ok := v.reader.(store.GovernanceReader)
	if m == nil || !ok || v.side.part != reviewed {
		return nil
	}
	name, number := m.Name, m.Version
	return view.Load(&v.side.review.load, func(ctx context.Context) (reviewRead, error) {
		out := reviewRead{version: number}
		var err error
		if out.requests, err = store.IfKept(g.Requests(ctx, store.RequestQuery{Model: name, Version: number})); err != nil {
			return out, err
		}
		if out.cards, err = store.IfKept(g.GateCards(ctx, name, number)); err != nil {
			return out, err
		}
		out.cards = out.cards[:min(len(out.cards), mostCards)]
		out.comments, err = store.IfKept(g.Comments(ctx, name, number))
		return out, err
	})
}

// governed reports whether the store keeps any of it.
func (v *View) governed() bool { _, ok := v.reader.(store.GovernanceReader); return ok }

// takeReview shows what was read.
func (v *View) takeReview(m view.Loaded[reviewRead]) tea.Cmd {
	if m.Of(&v.side.review.load) {
		v.side.review.of, v.side.review.read, v.side.review.err = m.Value.version, m.Value, m.Err
		v.fillSide()
	}
	return nil
}

// fillReview lists requests, comments and cards, the newest first.
func (v *View) fillReview() {
	m := v.version()
	if m == nil || v.side.review.of != m.Version {
		return
	}
	t := v.theme
	v.side.table.Columns = []widget.Column{{Width: 12, Max: 24, Keep: true}, {Width: 12, Max: 16, Keep: true}, {Width: 20, Min: 8, Max: 200}}
	put := func(first, second, text string, style themes.Style) {
		v.addRow(row{full: text, cells: []widget.Cell{{Text: sanitize.Line(first), Style: t.Dim}, {Text: sanitize.Line(second), Style: style}, {Text: sanitize.Line(text)}}})
	}
	if v.side.review.err != nil {
		put("not read", "", v.side.review.err.Error(), t.Bad)
		return
	}
	for _, q := range v.side.review.read.requests {
		text := q.By + " asks for " + q.To
		if q.Reason != "" {
			text += ": " + q.Reason
		}
		if q.DecidedBy != "" {
			text += "; " + string(q.State) + " by " + q.DecidedBy
		}
		if q.Comment != "" {
			text += ": " + q.Comment
		}
		put(fmt.Sprintf("request %d", q.ID), widget.Ago(q.At, v.now), text, t.Dim)
	}
	for _, c := range v.side.review.read.comments {
		put("comment", widget.Ago(c.At, v.now), c.By+": "+c.Text, t.Dim)
	}
	for _, c := range v.side.review.read.cards {
		text := fmt.Sprintf("%s for %s, by %s", c.Verdict, c.Stage, c.By)
		if c.Against > 0 {
			text += fmt.Sprintf(", against v%d", c.Against)
		}
		put("gate", widget.Ago(c.At, v.now), text, t.Dim)
		for _, check := range c.Checks {
			says := check.Says
			if check.Reason != "" {
				says += "; waived by " + check.By + ": " + check.Reason
			}
			put("", v.verdictSign(check.Verdict)+" "+check.Name, says, v.verdictStyle(check.Verdict))
		}
	}
}

func (v *View) verdictSign(of store.Verdict) string {
	if !v.theme.Glyphs.ASCII {
		return gates.Sign(of)
	}
	return map[store.Verdict]string{store.Passed: "+", store.Warned: "!", store.NotMet: "x", store.Waived: "~", store.NotKnown: "?"}[of]
}

func (v *View) verdictStyle(of store.Verdict) themes.Style {
	t := v.theme
	return map[store.Verdict]themes.Style{
		store.Passed: t.Good, store.Warned: t.Warn, store.NotMet: t.Bad, store.Waived: t.Info, store.NotKnown: t.Warn,
	}[of]
}
