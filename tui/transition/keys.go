package transition

import (
	tea "charm.land/bubbletea/v2"

	"benchside/gates"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "move"
	does := "move it"
	if v.approves() != nil {
		does = "approve"
	}
	up, down := func() tea.Cmd { return v.choose(-1) }, func() tea.Cmd { return v.choose(1) }
	if v.at == atChecks {
		up, down = func() tea.Cmd { return v.scroll(-1) }, func() tea.Cmd { return v.scroll(1) }
	}
	keys := []view.Key{
		{Press: []string{"enter"}, Does: does, Group: group, Foot: true, Writes: true, Off: v.why, Run: v.move},
		{Press: []string{"esc"}, Does: "leave it", Group: group, Foot: true, Run: v.leave},
		{Press: []string{"ctrl+w"}, Does: "waive what failed, with the reason", Short: "waive", Group: group, Foot: true, Writes: true, Off: v.noWaiver, Run: v.waive},
		{Press: []string{"ctrl+r"}, Does: "request approval instead", Short: "request", Group: group, Foot: true, Writes: true, Off: v.noRequest, Run: v.ask},
		{Press: []string{"ctrl+y"}, Does: "copy the card as Markdown", Short: "copy", Group: group, Foot: true, Off: v.noCard, Run: v.copyCard},
		{Press: []string{"tab"}, Does: "reason, box, checks", Short: "next", Group: group, Foot: true, Run: func() tea.Cmd { return v.focus(1) }},
		{Press: []string{"shift+tab"}, Does: "the one before", Group: group, Run: func() tea.Cmd { return v.focus(-1) }},
		{Press: []string{"down"}, Does: "next stage, or down in the checks", Group: group, Run: down},
		{Press: []string{"up"}, Does: "stage before, or up in the checks", Group: group, Run: up},
		{Press: []string{"pgdown"}, Does: "further checks", Group: group, Run: func() tea.Cmd { return v.scroll(v.page()) }},
		{Press: []string{"pgup"}, Does: "checks before", Group: group, Run: func() tea.Cmd { return v.scroll(-v.page()) }},
	}
	if v.at == atBox {
		keys = append(keys, view.Key{Press: []string{"space"}, Does: "tick or not", Group: group, Foot: true, Run: v.tick})
	}
	return keys
}

func (v *View) choose(n int) tea.Cmd {
	if v.loads.write.Busy() {
		return nil
	}
	v.stage = (v.stage + n + len(v.stages)) % len(v.stages)
	return v.Init()
}

// focus goes to the next stop that is there.
func (v *View) focus(n int) tea.Cmd {
	v.at = (v.at + stop(n) + stops) % stops
	if v.at == atBox && !v.boxed() || v.at == atChecks && !v.judged.carded {
		return v.focus(n)
	}
	return nil
}

// boxed reports whether it is asked what becomes of the versions that are there.
func (v *View) boxed() bool {
	return v.known && active(v.to()) && len(v.judged.there) > 0 && v.approves() == nil
}

func (v *View) tick() tea.Cmd {
	v.keep = !v.keep
	return nil
}

// click goes to what is there: the next stage, the box, which it ticks, the reason or
// the checks.
func (v *View) click(m view.Click) tea.Cmd {
	head, _ := v.around(v.size.width, v.size.height)
	switch reason := len(head) - 1; {
	case m.Y < 0:
	case m.Y > reason && v.judged.carded:
		v.at = atChecks
	case m.Y > reason:
	case m.Y == 0:
		return v.choose(1)
	case m.Y == reason:
		v.at = atReason
	default:
		v.at = atBox
		return v.tick()
	}
	return nil
}

// scroll moves the checks; Draw keeps the last ones in sight.
func (v *View) scroll(n int) tea.Cmd {
	last := len(v.checks(v.size.width)) - v.room(v.size.width, v.size.height)
	v.top = min(max(v.top+n, 0), max(last, 0))
	return nil
}

func (v *View) page() int { return max(v.room(v.size.width, v.size.height)-1, 1) }

func (v *View) copyCard() tea.Cmd {
	return view.Send(view.Copy{Text: gates.Markdown(v.judged.card), What: "the card as Markdown"})
}

func (v *View) leave() tea.Cmd {
	v.loads.judged.Cancel()
	v.loads.write.Cancel()
	return view.Send(view.Close{})
}
