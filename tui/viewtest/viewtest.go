// Package viewtest drives one view without a terminal: messages and keys in,
// frames out. It asserts of a
// frame only that it is as large as it must be, safe, and as it was.
package viewtest

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"benchside/tui"
	"benchside/tui/pump"
	"benchside/tui/view"
)

// Stage holds a view of a size and what it asked of the program.
type Stage struct {
	t             testing.TB
	view          view.View
	width, height int
	Asked         []tea.Msg // the requests that the view sent, in order
	Sent          []tea.Msg // everything that its commands brought
}

// Now is the time that a staged view is told: 2026-11-24 12:00 UTC.
const Now = 1_795_521_600_000

// Start gives the view its size and the time, and runs its first load.
func Start(t testing.TB, v view.View, width, height int) *Stage {
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
	s.Sent = append(s.Sent, msg)
	switch m := msg.(type) {
	case view.Do:
		return m.Run()
	case view.ShowExperiments, view.ShowRuns, view.ShowRun, view.ShowModels, view.ShowModel, view.ShowCharts, view.ShowComparison, view.ShowFigure, view.ShowArtifacts, view.ShowDriftReport, view.Outside, view.Wait, view.Ask, view.Close, view.Withdraw, view.Say, view.Copy, view.Prompt, view.KeepSet,
		view.ShowTransition, view.ShowActivity, view.ShowPast, view.ShowInbox, view.Change, view.Changed, view.ShowJobs, view.ShowJob, view.ShowDeliveries, view.ShowSince, view.ShowReport, view.ShowMonitors, view.ShowCalendar:
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

// Command runs the key of a name with words, as a command line does.
func (s *Stage) Command(name, words string) {
	s.t.Helper()
	at := slices.IndexFunc(s.view.Keys(), func(k view.Key) bool { return k.Name == name && k.With != nil })
	if at < 0 {
		s.t.Fatalf("no command %q here that takes words", name)
	}
	pump.Run(s.view.Keys()[at].With(words), s.update)
}

// Later brings what the view asked to be told after a while.
func (s *Stage) Later() {
	s.t.Helper()
	asked := s.Asked
	s.Asked = nil
	for _, m := range asked {
		if w, ok := m.(view.Wait); ok {
			s.Send(w.Then)
		}
	}
}

// Said is what the view said last, "" if nothing.
func (s *Stage) Said() string {
	for i := len(s.Asked) - 1; i >= 0; i-- {
		if said, ok := s.Asked[i].(view.Say); ok {
			return said.Text
		}
	}
	return ""
}

// Type types a text into the field that has the focus.
func (s *Stage) Type(text string) {
	s.t.Helper()
	for _, r := range text {
		s.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// Draw returns the frame as the terminal gets it. It fails if the frame is not
// exactly as large as the view was told to be, or if anything but styles is in
// it that a terminal would obey.
func (s *Stage) Draw() string {
	s.t.Helper()
	frame := s.view.Draw(s.width, s.height)
	Check(s.t, frame, s.width, s.height)
	return frame
}

// Status returns what the view would have in the footer.
func (s *Stage) Status() string { return s.view.Status() }

// Screen is Draw as text, without styles and blanks at the ends of lines.
func (s *Stage) Screen() string {
	s.t.Helper()
	return Text(s.Draw())
}

// Text returns a frame without its styles and the blanks at the ends of lines.
func Text(frame string) string {
	lines := strings.Split(ansi.Strip(frame), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

var (
	styled = regexp.MustCompile("\x1b\\[[0-9;]*m")
	obeyed = regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")
)

// Check fails if a frame is not of exactly height lines of width cells, or holds
// what a terminal would obey.
func Check(t testing.TB, frame string, width, height int) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) != height {
		t.Errorf("the frame has %d lines, want %d", len(lines), height)
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w != width {
			t.Errorf("line %d is %d cells wide, want %d: %q", i, w, width, ansi.Strip(l))
		}
		if bad := obeyed.FindString(styled.ReplaceAllString(l, "")); bad != "" {
			t.Errorf("line %d holds %q, which a terminal obeys: %q", i, bad, l)
		}
	}
}

// Resize gives the view another size.
func (s *Stage) Resize(width, height int) {
	s.t.Helper()
	s.width, s.height = width, height
	s.Send(view.Sized{Width: width, Height: height})
}

// Shake presses keys of the view by chance, types into its fields, clicks and
// resizes it, and checks each frame. With -short, as under the race detector, there
// are a quarter of the rounds.
func (s *Stage) Shake(random *rand.Rand, rounds int, but ...string) {
	s.t.Helper()
	if testing.Short() {
		rounds /= 4
	}
	typed := []rune("aé日 '`\".=>0\u202e\x1b\n")
	for range rounds {
		keys := s.view.Keys()
		switch random.IntN(6) {
		case 0:
			s.Resize(10+random.IntN(211), 3+random.IntN(58))
		case 1:
			x, y := random.IntN(s.width), random.IntN(s.height)
			s.Send(view.Click{X: x, Y: y}, view.Drag{FromX: x, FromY: y, X: random.IntN(s.width), Y: y, Done: random.IntN(2) == 0})
			s.Send(view.Click{X: random.IntN(s.width), Y: random.IntN(s.height), Double: random.IntN(4) == 0})
		case 2:
			s.Send(view.Wheel{X: 1, Y: 1, Rows: random.IntN(21) - 10})
		case 3:
			if s.view.Typing() {
				c := typed[random.IntN(len(typed))]
				s.Send(tea.KeyPressMsg{Code: c, Text: string(c)})
			}
		default:
			k := keys[random.IntN(len(keys))]
			if k.Why() == "" && !slices.Contains(but, k.Press[0]) {
				pump.Run(k.Run(), s.update)
			}
		}
		s.ask()
		if s.Draw(); s.t.Failed() {
			return
		}
	}
}

// ask asks the view what the program asks of some between two keys.
func (s *Stage) ask() {
	s.t.Helper()
	if c, ok := s.view.(view.Copier); ok {
		presses := map[string]bool{"enter": true, "esc": true}
		for _, f := range c.Copies() {
			if f.Press == "" || f.What == "" || presses[f.Press] || slices.Contains([]string{"k", "g", "G"}, f.Press) {
				s.t.Fatalf("a form %q has the key %q, which is none of its own", f.What, f.Press)
			}
			presses[f.Press] = true
		}
	}
	if r, ok := s.view.(view.Returner); ok {
		r.Spot()
	}
}

// Sizes are those of the golden frames.
func Sizes() [][2]int { return [][2]int{{40, 12}, {80, 24}, {120, 40}} }

// Frames compares the frames of named cases at the sizes with the golden ones.
func Frames(t *testing.T, sizes [][2]int, cases map[string]func(t *testing.T, width, height int) *Stage) {
	t.Helper()
	for _, size := range sizes {
		for name, stage := range cases {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], name), func(t *testing.T) {
				golden.RequireEqual(t, stage(t, size[0], size[1]).Screen())
			})
		}
	}
}
