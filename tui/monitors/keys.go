package monitors

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "monitors"
	return append([]view.Key{
		{Press: []string{"enter"}, Name: "calendar", Does: "the calendar of its columns", Short: "calendar", Group: group, Foot: true, Off: v.none, Run: v.calendar},
		{Press: []string{"o"}, Name: "report", Does: "open the report of the last batch", Short: "report", Group: group, Foot: true, Off: v.noReport, Run: v.open},
		{Press: []string{"n"}, Name: "look", Does: "compare what arrived, now", Short: "run now", Group: group, Foot: true, Writes: true, Off: v.cannotLook, Run: v.lookNow},
		{Press: []string{"a"}, Name: "acknowledge", Does: "acknowledge its latest open alert", Short: "ack", Group: group, Foot: true, Writes: true, Off: v.noAlert, Run: v.acknowledge},
		{Press: []string{"p"}, Name: "rest", Does: "pause the monitor, or have it go on", Short: "pause", Group: group, Foot: true, Writes: true, Off: v.none, Run: v.pause},
		{Press: []string{"X"}, Name: "remove", Does: "remove the monitor with all that it found", Group: group, Writes: true, Off: v.none, Run: v.remove},
		{Press: []string{"y"}, Name: "copy", Does: "copy what the last batch says", Group: group, Off: v.noResult, Run: v.copySays},
	}, view.Moves(group, v.table.Height, func(rows int) tea.Cmd { v.table.Move(rows); return nil })...)
}

func (v *View) none() string {
	switch {
	case v.reader == nil:
		return "this store keeps no monitors"
	case v.monitor() == nil:
		return "there is no monitor here"
	}
	return ""
}

func (v *View) noResult() string {
	if why := v.none(); why != "" {
		return why
	}
	if len(v.monitor().results) == 0 {
		return "nothing arrived yet"
	}
	return ""
}

func (v *View) noReport() string {
	if why := v.none(); why != "" {
		return why
	}
	if _, ok := v.monitor().lastKept(); !ok {
		return "no batch was compared yet"
	}
	return ""
}

func (v *View) noAlert() string {
	if why := v.none(); why != "" {
		return why
	}
	if len(v.monitor().open()) == 0 {
		return "no alert waits"
	}
	return ""
}

func (v *View) cannotLook() string {
	switch why := v.none(); {
	case why != "":
		return why
	case v.look == nil:
		return "this session compares no data"
	case v.looking != "":
		return v.looking + " is being compared"
	case v.monitor().Paused:
		return "it is paused; p has it go on"
	}
	return ""
}

func (v *View) calendar() tea.Cmd {
	if v.none() != "" {
		return nil
	}
	return view.Send(view.ShowCalendar{Monitor: v.monitor().Name})
}

func (v *View) open() tea.Cmd {
	last, _ := v.monitor().lastKept()
	return view.Send(view.ShowReport{Title: v.monitor().Name + " " + last.Batch.Name, Load: report(v.reader, last.ID)})
}

func (v *View) lookNow() tea.Cmd {
	m, look := v.monitor().Monitor, v.look
	v.looking = sanitize.Line(m.Name)
	return view.Load(&v.loads.look, func(ctx context.Context) (looked, error) {
		says, err := look(ctx, m)
		return looked{m.Name, says}, err
	})
}

func (v *View) acknowledge() tea.Cmd {
	w, a := v.monitor(), v.monitor().open()[0]
	of := store.Subject{Kind: store.MonitorSubject, Name: w.Name}
	return view.Send(view.Change{
		Title: fmt.Sprintf("acknowledge alert %d", a.ID), Note: fmt.Sprintf("%s: rule %s on %s: %s", w.Name, a.Rule, a.Batch, a.Says),
		Fields: []view.Field{{Name: "comment", Hint: "for whoever looks next; may stay empty"}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			return view.One(store.AcknowledgeAlert{Alert: a.ID, Comment: strings.TrimSpace(in.Texts[0]), Of: of})
		},
	})
}

func (v *View) pause() tea.Cmd {
	m := v.monitor().Monitor
	title := "pause " + m.Name
	if m.Paused {
		title = "have " + m.Name + " go on"
	}
	return view.Send(view.Change{Title: title, Reason: view.AskReason, Make: func(view.Input) ([]store.Mutation, error) {
		return view.One(store.PauseMonitor{Monitor: m.Name, Paused: !m.Paused, From: store.Saw(m.Paused)})
	}})
}

func (v *View) remove() tea.Cmd {
	m := v.monitor().Monitor
	return view.Send(view.Change{
		Title: "remove " + m.Name, Typed: m.Name, Reason: view.AskReason, Note: "Its results, reports and alerts go. The data stay.",
		Make: func(view.Input) ([]store.Mutation, error) { return view.One(store.RemoveMonitor{Monitor: m.Name}) },
	})
}

func (v *View) copySays() tea.Cmd {
	r := v.monitor().results[0]
	return view.Send(view.Copy{Text: v.monitor().Name + " " + r.Batch.Name + ": " + r.Says, What: "what the last batch says"})
}
