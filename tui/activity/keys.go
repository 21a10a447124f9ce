package activity

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "activity"
	move := func(n func() int) func() tea.Cmd {
		return func() tea.Cmd { v.table.Move(n()); return v.loadMore() }
	}
	by := func(n int) func() int { return func() int { return n } }
	page := func(sign int) func() int { return func() int { return sign * max(v.table.Height-1, 1) } }
	return []view.Key{
		{Press: []string{"enter"}, Name: "whole", Does: "show the line whole", Short: "whole", Group: group, Foot: true, Off: v.noLine, Run: v.open},
		{Press: []string{"B"}, Name: "roll-back", Does: "roll back the stage or alias that the line moved", Short: "roll back", Group: group, Foot: true, Writes: true, Off: v.noRollBack, Run: v.rollBack},
		{Press: []string{"u"}, Name: "undo-line", Does: "take back what the line did", Short: "undo it", Group: group, Foot: true, Writes: true, Off: v.noUndo, Run: v.undo},
		{Press: []string{"o"}, Name: "observe", Does: "record what others changed", Short: "record", Group: group, Foot: true, Writes: true, Off: v.nothingNew, Run: v.observe},
		{Press: []string{"v"}, Name: "verify", Does: "verify the ledger", Short: "verify", Group: group, Foot: true, Off: v.noLedger, Run: v.verify},
		{Press: []string{"m"}, Name: "model", Does: "open the model, run or experiment", Short: v.opens(), Group: group, Foot: true, Off: v.noSubject, Run: v.openSubject},
		{Press: []string{"y"}, Name: "copy", Does: "copy the line", Group: group, Off: v.noLine, Run: v.copyLine},
		{Press: []string{"j", "down"}, Does: "down", Group: group, Run: move(by(1))},
		{Press: []string{"k", "up"}, Does: "up", Group: group, Run: move(by(-1))},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: move(page(1))},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: move(page(-1))},
		{Press: []string{"g", "home"}, Does: "newest", Group: group, Run: func() tea.Cmd { v.table.To(0); return nil }},
		{Press: []string{"G", "end"}, Does: "oldest that was read", Group: group, Run: func() tea.Cmd { v.table.To(len(v.lines)); return v.loadMore() }},
	}
}

func (v *View) noLedger() string {
	if v.reader == nil {
		return "this store keeps no ledger"
	}
	return ""
}

func (v *View) noLine() string {
	if v.line() == nil {
		return "there is no line here"
	}
	return ""
}

func (v *View) noRollBack() string {
	l := v.line()
	switch {
	case l == nil:
		return v.noLine()
	case l.Seq == 0:
		return "record it first (o)"
	case !moves(*l):
		return "the line moved no stage and no alias"
	}
	return ""
}

func (v *View) noUndo() string {
	l := v.line()
	switch {
	case l == nil:
		return v.noLine()
	case l.Seq == 0:
		return "record it first (o)"
	case l.What == store.Observed:
		return "another program did it; B rolls a stage or an alias back"
	}
	return ""
}

func (v *View) nothingNew() string {
	if v.fresh == 0 {
		return "everything that others changed is recorded"
	}
	return ""
}

func (v *View) rollBack() tea.Cmd {
	l := *v.line()
	return view.Send(view.Change{
		Title: "roll back", Note: fmt.Sprintf("line %d of the ledger: %s", l.Seq, sentence(l)), Reason: view.NeedReason,
		Make: func(view.Input) ([]store.Mutation, error) {
			return []store.Mutation{store.RollBack{Line: l.Seq, Of: l.Of}}, nil
		},
	})
}

func (v *View) undo() tea.Cmd {
	l := *v.line()
	return view.Send(view.Change{
		Title: "undo", Note: fmt.Sprintf("line %d of the ledger: %s", l.Seq, sentence(l)), Reason: view.AskReason,
		Make: func(view.Input) ([]store.Mutation, error) {
			return []store.Mutation{store.Undo{Line: l.Seq, Of: l.Of}}, nil
		},
	})
}

func (v *View) observe() tea.Cmd {
	name := v.of.Name
	note := fmt.Sprintf("other programs changed %s: that and each model that was never seen become lines", widget.Several(v.fresh, "model"))
	return view.Send(view.Change{
		Title: "record what others changed", Note: note,
		Make: func(view.Input) ([]store.Mutation, error) { return []store.Mutation{store.Observe{Model: name}}, nil },
	})
}

// opens is what the line under the cursor is about.
func (v *View) opens() string {
	if l := v.line(); l != nil && (l.Of.Kind == store.RunSubject || l.Of.Kind == store.ExperimentSubject) {
		return string(l.Of.Kind)
	}
	return "model"
}

func (v *View) noSubject() string {
	if l := v.line(); l != nil && (l.Of.Kind == store.LoggedModelSubject || l.Of.Kind == store.StoreSubject) {
		return "the line is about no model, run or experiment"
	}
	return v.noLine()
}

func (v *View) openSubject() tea.Cmd {
	switch of := v.line().Of; of.Kind {
	case store.RunSubject:
		return view.Send(view.ShowRun{ID: of.Name})
	case store.ExperimentSubject:
		return view.Send(view.ShowRuns{Experiments: []string{of.Name}})
	default:
		return view.Send(view.ShowModel{Name: of.Name, Version: of.Version})
	}
}

func (v *View) open() tea.Cmd { return view.Send(view.Ask{Dialog: newWhole(*v.line(), v.theme)}) }

func (v *View) copyLine() tea.Cmd {
	return view.Send(view.Copy{Text: brief(*v.line()), What: "the line"})
}
