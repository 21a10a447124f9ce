package tui

import (
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/charts"
	"benchside/tui/comparison"
	"benchside/tui/files"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// press finds the key that was pressed: the front view's first, then the
// program's own. What nobody has goes to the view as text.
func (a *App) press(m tea.KeyPressMsg) tea.Cmd {
	a.said = view.Say{}
	name, front := pressName(m), a.front()
	if k, ok := find(a.may(front), name); ok {
		return run(k)
	}
	if !front.Typing() || aside(name) {
		if k, ok := find(a.keys(), name); ok {
			return run(k)
		}
	}
	if !front.Typing() {
		return nil
	}
	return front.Update(m)
}

// aside reports whether a key is the program's while text is typed: what edits the
// text, such as backspace, is not.
func aside(name string) bool {
	return strings.HasPrefix(name, "ctrl+") || name == "esc" || len(name) > 1 && name[0] == 'f' && name[1] >= '1' && name[1] <= '9'
}

// may are the keys of a view that this session has: those that change the store
// only where it can.
func (a *App) may(v view.View) []view.Key {
	keys := a.opts.Own.Keys.apply(sectionOf(v), v.Keys(), v.Typing())
	if a.opts.Writes.Writer != nil {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k view.Key) bool { return k.Writes })
}

func (a *App) nothingDone() string {
	switch {
	case a.opts.Writes.Writer == nil:
		return "the session is read-only"
	case len(a.done) == 0:
		return "nothing was changed in this session"
	}
	return ""
}

func find(keys []view.Key, name string) (view.Key, bool) {
	for _, k := range keys {
		if slices.Contains(k.Press, name) {
			return k, true
		}
	}
	return view.Key{}, false
}

func run(k view.Key) tea.Cmd {
	if why := k.Why(); why != "" {
		return view.Send(view.Say{Text: k.Does + ": " + why, Bad: true})
	}
	return k.Run()
}

// everywhere is the group of the program's own keys.
const everywhere = "everywhere"

// keys are the program's own, in every screen, as the user has them.
func (a *App) keys() []view.Key {
	return a.opts.Own.Keys.apply(everywhere, a.ownKeys(), a.front().Typing())
}

// ownKeys are the program's own as they usually are.
func (a *App) ownKeys() []view.Key {
	ask := func(v view.View) func() tea.Cmd {
		return func() tea.Cmd { return a.request(view.Ask{Dialog: v}) }
	}
	dialog := func() string {
		if len(a.dialogs) > 0 {
			return "close the dialog first (esc)"
		}
		return ""
	}
	const group = everywhere
	return []view.Key{
		{Press: []string{":"}, Name: "", Does: "command", Group: group, Foot: true, Off: dialog, Run: func() tea.Cmd { return ask(a.palette(":"))() }},
		{Press: []string{"?", "f1"}, Name: "help", Does: "help", Group: group, Foot: true, Off: dialog, Run: func() tea.Cmd { return ask(a.help())() }},
		{Press: []string{"ctrl+p"}, Name: "palette", Does: "palette: find anything", Group: group, Off: dialog, Run: func() tea.Cmd { return ask(a.palette(""))() }},
		{Press: []string{"1"}, Name: "runs", Does: "runs of all experiments", Group: group, Run: func() tea.Cmd { return a.request(view.ShowRuns{}) }},
		{Press: []string{"0"}, Name: "experiments", Does: "experiments", Group: group, Run: func() tea.Cmd { return a.request(view.ShowExperiments{}) }},
		{Press: []string{"2"}, Does: "compare", Group: group, Off: a.unless(is[*comparison.View]), Run: func() tea.Cmd { return nil }},
		{Press: []string{"3"}, Does: "charts", Group: group, Off: a.unless(is[*charts.View]), Run: func() tea.Cmd { return nil }},
		{Press: []string{"4"}, Does: "artifacts", Group: group, Off: a.unless(is[*files.View]), Run: func() tea.Cmd { return nil }},
		{Press: []string{"5"}, Name: "models", Does: "registered models", Group: group, Run: func() tea.Cmd { return a.request(view.ShowModels{}) }},
		{Press: []string{"6"}, Name: "monitors", Does: "monitors: what is watched for drift", Group: group, Run: func() tea.Cmd { return a.request(view.ShowMonitors{}) }},
		{Press: []string{"alt+h"}, Name: "activity", Does: "activity: the history of all changes", Group: group, Run: func() tea.Cmd { return a.request(view.ShowActivity{}) }},
		{Press: []string{"alt+i"}, Name: "inbox", Does: "inbox: requests that wait", Group: group, Run: func() tea.Cmd { return a.request(view.ShowInbox{}) }},
		{
			Press: []string{"alt+a"}, Name: "at", Does: "the models as they were at a date", Group: group, Takes: "a date",
			Run:  func() tea.Cmd { return a.request(view.Prompt{Text: ":at "}) },
			With: a.pastOf,
		},
		{Press: []string{"Y", "alt+y"}, Name: "copy-as", Does: "copy what is under the cursor as …", Group: group, Off: a.noCopies, Run: a.copyAs},
		{Press: []string{"esc", "backspace"}, Name: "back", Does: "back", Group: group, Run: a.back},
		{Press: []string{"alt+left"}, Name: "previous", Does: "previous screen", Group: group, Run: func() tea.Cmd { return a.step(-1) }},
		{Press: []string{"alt+right"}, Name: "next", Does: "next screen", Group: group, Run: func() tea.Cmd { return a.step(1) }},
		{Press: []string{"r"}, Name: "refresh", Does: "read again", Group: group, Run: func() tea.Cmd { return a.tell(view.Refresh{}) }},
		{Press: []string{"w"}, Name: "pause", Does: "pause or follow the store", Group: group, Run: a.pause},
		{
			Press: []string{"alt+k"}, Name: "forget", Does: "forget a set of runs", Group: group, Takes: "a name", Off: a.noSets,
			Among: func() []string { return slices.Sorted(maps.Keys(a.sets())) },
			Run:   func() tea.Cmd { return a.request(view.Prompt{Text: ":forget "}) },
			With:  func(words string) tea.Cmd { return a.request(view.KeepSet{Name: words}) },
		},
		{Press: []string{"U"}, Name: "undo", Does: "take back a change made here", Group: group, Off: a.nothingDone, Run: a.undo},
		{Press: []string{"alt+j"}, Name: "jobs", Does: "jobs: commands that events started", Group: group, Run: func() tea.Cmd { return a.request(view.ShowJobs{}) }},
		{Press: []string{"alt+d"}, Name: "deliveries", Does: "what was told to whom", Group: group, Run: func() tea.Cmd { return a.request(view.ShowDeliveries{}) }},
		{Press: []string{"i"}, Name: "since", Does: "what became of runs since the last look", Group: group, Run: func() tea.Cmd { return a.request(view.ShowSince{}) }},
		{
			Press: []string{"alt+t"}, Name: "theme", Does: "the next theme", Group: group, Takes: "a theme",
			Among: a.themeNames, Run: a.nextTheme, With: a.wear,
		},
		{Press: []string{"alt+m"}, Name: "mouse", Does: "the mouse here, or for the terminal to select text with", Group: group, Run: a.flipMouse},
		{Press: []string{"ctrl+l"}, Name: "redraw", Does: "draw the screen again", Group: group, Run: func() tea.Cmd { return tea.ClearScreen }},
		{Press: []string{"ctrl+z"}, Does: "suspend", Group: group, Run: a.suspend},
		{Press: []string{"q"}, Name: "quit", Does: "quit", Group: group, Run: a.quit},
		{Press: []string{"ctrl+c"}, Does: "leave at once", Group: group, Run: func() tea.Cmd { a.hasty = true; return tea.Quit }},
	}
}

// pastOf shows the registry as it was: at the end of a day, or at a minute of it.
func (a *App) pastOf(words string) tea.Cmd {
	at, err := store.Until(words, time.Local)
	if err != nil {
		return a.request(view.Say{Text: err.Error(), Bad: true})
	}
	return a.request(view.ShowPast{At: at})
}

// unless says where a place of runs is entered from, but for the place itself.
func (a *App) unless(here func(view.View) bool) func() string {
	return func() string {
		if here(a.trail[a.at].View) {
			return ""
		}
		return "choose runs in the run table first (1)"
	}
}

// quit closes a dialog if one is open, else the program.
func (a *App) quit() tea.Cmd {
	if len(a.dialogs) > 0 {
		return a.back()
	}
	return tea.Quit
}

type clickAt struct {
	x, y int
	when int64
	down bool // the button is held
}

// mouse hands a click or a turn of the wheel to the front view in its cells.
func (a *App) mouse(msg tea.Msg) tea.Cmd {
	const twice = 400 * time.Millisecond
	x0, y0 := a.origin()
	switch m := msg.(type) {
	case tea.MouseClickMsg:
		if m.Button != tea.MouseLeft || m.Mod.Contains(tea.ModShift) { // with shift the terminal selects text
			return nil
		}
		now := a.opts.Now().UnixMilli()
		last := a.lastClick
		a.lastClick = clickAt{m.X, m.Y, now, true}
		if m.Y == 1 && y0 > 1 && len(a.dialogs) == 0 {
			return a.clickPlace(m.X)
		}
		double := last.x == m.X && last.y == m.Y && now-last.when < twice.Milliseconds()
		return a.front().Update(view.Click{X: m.X - x0, Y: m.Y - y0, Double: double})
	case tea.MouseMotionMsg:
		return a.drag(m.X-x0, m.Y-y0, false)
	case tea.MouseReleaseMsg:
		return a.drag(m.X-x0, m.Y-y0, true)
	case tea.MouseWheelMsg:
		rows := 3
		switch m.Button {
		case tea.MouseWheelUp:
			rows = -3
		case tea.MouseWheelLeft, tea.MouseWheelRight:
			return nil
		}
		return a.front().Update(view.Wheel{X: m.X - x0, Y: m.Y - y0, Rows: rows})
	}
	return nil
}

// clickPlace runs the key of the place that stands at a column of their line.
func (a *App) clickPlace(x int) tea.Cmd {
	at := 1
	for i, name := range a.placeNames() {
		if x >= at && x < at+widget.Width(name) {
			return a.goTo(placesOf[i].press)
		}
		at += widget.Width(name) + placesGap
	}
	return nil
}

// goTo runs what the usual key of a place does here.
func (a *App) goTo(press string) tea.Cmd {
	if k, ok := find(a.front().Keys(), press); ok {
		return run(k)
	}
	if k, ok := find(a.ownKeys(), press); ok {
		return run(k)
	}
	return nil
}

// drag hands on where the mouse is while its button is held.
func (a *App) drag(x, y int, done bool) tea.Cmd {
	last := &a.lastClick
	x0, y0 := a.origin()
	moved := x != last.x-x0 || y != last.y-y0
	if !last.down || !moved {
		last.down = last.down && !done
		return nil
	}
	last.down = !done
	return a.front().Update(view.Drag{FromX: last.x - x0, FromY: last.y - y0, X: x, Y: y, Done: done})
}
