// Package viewtest drives one view without a terminal: messages and keys in,
// frames out. It makes no assertions of its own.
package viewtest

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"benchside/tui"
	"benchside/tui/pump"
	"benchside/tui/view"
)

// Stage holds a view of a size and what it asked of the program.
type Stage struct {
	t             *testing.T
	view          view.View
	width, height int
	Asked         []tea.Msg // the requests that the view sent, in order
}

// Now is the time that a staged view is told: 2026-11-24 12:00 UTC.
const Now = 1_795_521_600_000

// Start gives the view its size and the time, and runs its first load.
func Start(t *testing.T, v view.View, width, height int) *Stage {
	t.Helper()
	s := &Stage{t: t, view: v, width: width, height: height}
	s.Send(view.Clock{Now: Now}, view.Sized{Width: width, Height: height})
	pump.Run(v.Init(), s.update)
	return s
}

// Send gives the view messages and runs what follows from them.
func (s *Stage) Send(msgs ...tea.Msg) {
	s.t.Helper()
	for _, m := range msgs {
		pump.Run(view.Send(m), s.update)
	}
}

// update hears requests where the program would answer them.
func (s *Stage) update(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case view.ShowExperiments, view.ShowRuns, view.ShowRun, view.Ask, view.Close, view.Say, view.Copy:
		s.Asked = append(s.Asked, msg)
		return nil
	}
	return s.view.Update(msg)
}

// Press presses keys by their names, as the view declares them.
func (s *Stage) Press(names ...string) {
	s.t.Helper()
	for _, name := range names {
		at := slices.IndexFunc(s.view.Keys(), func(k view.Key) bool { return slices.Contains(k.Press, name) })
		if at >= 0 {
			k := s.view.Keys()[at]
			if why := k.Why(); why != "" {
				s.t.Fatalf("%s: %s", name, why)
			}
			pump.Run(k.Run(), s.update)
			continue
		}
		key, err := tui.KeyNamed(name)
		if err != nil || !s.view.Typing() {
			s.t.Fatalf("no key %q here (%v)", name, err)
		}
		s.Send(key)
	}
}

// Type types a text into the field that has the focus.
func (s *Stage) Type(text string) {
	s.t.Helper()
	for _, r := range text {
		s.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// Screen returns the frame as text, and fails if it is not exactly as large as
// the view was told to be.
func (s *Stage) Screen() string {
	s.t.Helper()
	lines := strings.Split(s.view.Draw(s.width, s.height), "\n")
	if len(lines) != s.height {
		s.t.Errorf("the frame has %d lines, want %d", len(lines), s.height)
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w != s.width {
			s.t.Errorf("line %d is %d cells wide, want %d: %q", i, w, s.width, ansi.Strip(l))
		}
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
