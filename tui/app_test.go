package tui_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui"
	"benchside/tui/pump"
	"benchside/tui/viewtest"
)

// app is the program without a terminal.
type app struct {
	*tui.App
	t             *testing.T
	store         *memory.Store
	now           int64
	width, height int
}

func start(t *testing.T, o tui.Options, width, height int) *app {
	t.Helper()
	a := &app{t: t, store: memory.New(viewtest.Small()), now: viewtest.Now}
	o.Now = func() time.Time { return time.UnixMilli(a.now) }
	if o.Name == "" {
		o.Name = "mlflow.db"
	}
	if o.Theme == "" {
		o.Theme = "dark"
	}
	a.App = tui.New(a.store, tui.Still(o))
	pump.Run(a.Init(), a.update)
	a.resize(width, height)
	return a
}

func (a *app) update(msg tea.Msg) tea.Cmd { _, cmd := a.Update(msg); return cmd }

func (a *app) send(msgs ...tea.Msg) {
	for _, m := range msgs {
		pump.Run(func() tea.Msg { return m }, a.update)
	}
}

func (a *app) resize(width, height int) {
	a.width, a.height = width, height
	a.send(tea.WindowSizeMsg{Width: width, Height: height})
}

// keys presses keys in a line; what begins with = is typed.
func (a *app) keys(line string) *app {
	a.t.Helper()
	for _, k := range strings.Fields(line) {
		if text, ok := strings.CutPrefix(k, "="); ok {
			for _, r := range text {
				a.send(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
			continue
		}
		key, err := tui.KeyNamed(k)
		if err != nil {
			a.t.Fatal(err)
		}
		a.send(key)
	}
	return a
}

func (a *app) frame() string {
	a.t.Helper()
	frame := a.Frame()
	viewtest.Check(a.t, frame, a.width, a.height)
	return frame
}

func (a *app) screen() string { a.t.Helper(); return viewtest.Text(a.frame()) }

func (a *app) header() string {
	a.t.Helper()
	header, _, _ := strings.Cut(a.screen(), "\n")
	return header
}

// live are the options of a program that follows its store.
func live() tui.Options {
	changes := make(chan store.Change)
	close(changes) // what arrives is sent by the test
	return tui.Options{Changes: changes, State: "read-only"}
}

func created(id string) store.Change {
	h := store.Head{ID: id, Name: "fresh-" + id, ExperimentID: "1", Status: store.Running, Stage: store.Active, Start: viewtest.Ago(0)}
	return store.Change{Events: []store.Event{{Kind: store.RunCreated, Head: h}}}
}

func TestFrames(t *testing.T) {
	for name, build := range map[string]func(a *app){
		"runs":    func(*app) {},
		"live":    func(a *app) { a.send(tui.Arrived(created("feed0001"))) },
		"polling": func(a *app) { c := created("feed0001"); c.Mode = store.Polling; a.send(tui.Arrived(c)) },
		"paused":  func(a *app) { a.keys("w"); a.send(tui.Arrived(created("feed0001"))) },
		"lost": func(a *app) {
			a.send(tui.Arrived(store.Change{Mode: store.Lost, Problem: fmt.Errorf("read mlflow.db: %w", store.ErrGone)}))
		},
		"breadcrumbs":        func(a *app) { a.keys("j enter G enter G enter") },
		"experiments":        func(a *app) { a.keys("0") },
		"help over runs":     func(a *app) { a.keys("?") },
		"palette over a run": func(a *app) { a.keys("enter ctrl+p =owl") },
		"columns over runs":  func(a *app) { a.keys("o") },
		"filter":             func(a *app) { a.keys("f =status") },
		"said":               func(a *app) { a.keys("y") },
		"refused":            func(a *app) { a.keys("enter p : =parent enter") },
	} {
		for _, size := range viewtest.Sizes() {
			t.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], name), func(t *testing.T) {
				a := start(t, live(), size[0], size[1])
				build(a)
				golden.RequireEqual(t, a.screen())
			})
		}
	}
}

// TestStyles holds the bytes of a frame in each theme.
func TestStyles(t *testing.T) {
	for name, c := range map[string]struct {
		options tui.Options
		profile colorprofile.Profile
	}{
		"dark":       {tui.Options{Theme: "dark"}, colorprofile.TrueColor},
		"light":      {tui.Options{Theme: "light"}, colorprofile.TrueColor},
		"16 colours": {tui.Options{Theme: "dark"}, colorprofile.ANSI},
		"NO_COLOR":   {tui.Options{Theme: "dark"}, colorprofile.ASCII},
		"plain":      {tui.Options{Theme: "plain"}, colorprofile.TrueColor},
		"contrast":   {tui.Options{Theme: "high-contrast"}, colorprofile.TrueColor},
		"safe":       {tui.Options{Theme: "colour-blind"}, colorprofile.TrueColor},
		"ASCII":      {tui.Options{Theme: "dark", ASCII: true}, colorprofile.TrueColor},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, c.options, 80, 24)
			a.send(tea.ColorProfileMsg{Profile: c.profile})
			a.keys("j j space")
			golden.RequireEqual(t, a.frame())
		})
	}
}

func TestTheHeaderSaysHowLiveItIs(t *testing.T) {
	a := start(t, live(), 120, 20)
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, "● live   read-only"},
		{func() { a.send(tui.Arrived(created("feed0001"))) }, "● live now   read-only"},
		{func() { a.now += 3_000; a.send(a.Aged()) }, "● live 3 s   read-only"},
		{func() { a.keys("w"); a.send(tui.Arrived(created("feed0002")), tui.Arrived(created("feed0003"))) }, "‖ paused, 2 changes of runs   read-only"},
		{func() { a.keys("w") }, "● live now   read-only"},
		{func() { a.send(tui.Arrived(store.Change{Mode: store.Polling})) }, "● polling now   read-only"},
		{func() {
			a.send(tui.Arrived(store.Change{Mode: store.Lost, Problem: errors.New("read x: locked by another process")}))
		}, "✗ locked by another process   read-only"},
		{func() { a.send(tui.Arrived(store.Change{})) }, "● live now   read-only"},
	} {
		step.do()
		if got := a.header(); !strings.HasSuffix(got, step.want) {
			t.Errorf("the header is %q, want it to end in %q", got, step.want)
		}
	}
	if screen := a.screen(); !strings.Contains(screen, "fresh-feed0003") {
		t.Errorf("what came while paused is not there:\n%s", screen)
	}
}

func TestBackAndForward(t *testing.T) {
	a := start(t, live(), 120, 24)
	for _, step := range []struct{ keys, want string }{
		{"", "mlflow.db › all runs"},
		{"j enter", "all runs › sweep-317"},
		{"alt+left", "mlflow.db › all runs"},
		{"alt+right", "all runs › sweep-317"},
		{"G enter", "sweep-317 › family-forest"},
		{"esc esc", "mlflow.db › all runs"},
		{"esc", "mlflow.db › experiments"},
		{"esc", "mlflow.db › experiments"},
		{"alt+right alt+right alt+right", "sweep-317 › family-forest"},
		{"? esc", "sweep-317 › family-forest"},
		{"0", "family-forest › experiments"},
		{": =runs enter", "experiments › all runs"},
		{": =experiments enter", "all runs › experiments"},
		{"j j enter", "› churn/explain"},
	} {
		if got := a.keys(step.keys).header(); !strings.Contains(got, step.want) {
			t.Errorf("after %q the header is %q, want %q in it", step.keys, got, step.want)
		}
	}
}

func TestTheTrailDoesNotRepeatItself(t *testing.T) {
	for keys, want := range map[string]string{
		"1 1 1":           "mlflow.db › all runs",
		"j 3 2 3 2 3":     "all runs › charts of sweep-317",
		"j 2 p 2 p 2":     "all runs › compare sweep-317",
		"j 2 2 2":         "all runs › compare sweep-317",
		"j 2 esc":         "mlflow.db › all runs",
		"0 0 0":           "all runs › experiments",
		"j 3 2 3 2 3 esc": "mlflow.db › all runs",
	} {
		a := start(t, live(), 160, 40)
		if got := strings.Fields(strings.SplitN(ansi.Strip(a.keys(keys).header()), "●", 2)[0]); strings.Join(got[1:], " ") != want && !strings.HasSuffix(strings.Join(got, " "), want) {
			t.Errorf("after %q the header is %q, want %q at its end", keys, strings.Join(got, " "), want)
		}
	}
}

func TestARunWithNothingToExplainItBy(t *testing.T) {
	a := start(t, live(), 120, 40)
	before := a.keys("j enter G").header()
	a.keys("e")
	if got := a.frame(); a.header() != before || !strings.Contains(got, "nothing to explain it by") {
		t.Errorf("the user does not stay and hear why:\n%s", got)
	}
	if a.keys("alt+right"); a.header() != before {
		t.Errorf("the explanation that is empty lies forward: %s", a.header())
	}
}

func TestComingBackShowsWhatChanged(t *testing.T) {
	a := start(t, live(), 120, 24).keys("j enter")
	a.send(tui.Arrived(created("feed0001")))
	if screen := a.keys("esc").screen(); !strings.Contains(screen, "fresh-feed0001") || !strings.Contains(screen, "▌  ▾ sweep-317") {
		t.Errorf("back in the table the new run is missing or the cursor is elsewhere:\n%s", screen)
	}
}

func TestChoosingColumnsInTheProgram(t *testing.T) {
	if screen := start(t, live(), 120, 24).keys("o =team enter esc").screen(); !strings.Contains(screen, "team") {
		t.Errorf("the chosen column is not there:\n%s", screen)
	}
}

func TestTheMouseReachesDialogs(t *testing.T) {
	a := start(t, live(), 80, 24).keys("ctrl+p =experiments")
	for y, l := range strings.Split(a.screen(), "\n") {
		if strings.Contains(l, "action      experiments") {
			a.send(tea.MouseClickMsg{X: 20, Y: y, Button: tea.MouseLeft})
			break
		}
	}
	if got := a.header(); !strings.Contains(got, "experiments") {
		t.Errorf("after a click in the palette the header is %q, want the experiments", got)
	}
	a = start(t, live(), 80, 24)
	a.send(tea.MouseClickMsg{X: 10, Y: 5, Button: tea.MouseLeft})
	a.send(tea.MouseClickMsg{X: 10, Y: 5, Button: tea.MouseLeft})
	if got := a.header(); !strings.Contains(got, "sweep-317") {
		t.Errorf("after a double click on the second row the header is %q, want the run", got)
	}
	a = start(t, live(), 80, 12)
	a.send(tea.MouseWheelMsg{X: 10, Y: 5, Button: tea.MouseWheelDown})
	if screen := a.screen(); strings.Contains(screen, "aaaa0001   ") {
		t.Errorf("the wheel did not scroll:\n%s", screen)
	}
}

func TestTheFooterKeepsTheHelp(t *testing.T) {
	for width := 30; width <= 200; width += 10 {
		a := start(t, live(), width, 24)
		lines := strings.Split(strings.TrimSpace(a.screen()), "\n")
		if foot := lines[len(lines)-1]; !strings.Contains(foot, "? help") || !strings.Contains(foot, "enter open") && width >= 40 {
			t.Errorf("at %d cells the footer is %q", width, foot)
		}
	}
}

func TestAWideSignUnderADialog(t *testing.T) {
	a := start(t, live(), 81, 24)
	a.store.Change(func(r *memory.Records) {
		for i := range r.Runs {
			r.Runs[i].Name = strings.Repeat("日本", 20)
		}
	})
	a.keys("r ?")
	a.screen()
}

func TestAnyKeysAtAnySize(t *testing.T) {
	names := strings.Fields("j k l h enter esc space f / s o t v a D } { < > _ y ? ctrl+p : 1 0 alt+left alt+right r w tab [ ] g G pgdown pgup up down q x ' = . a n d")
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 8))
		a := start(t, live(), 80, 24)
		for range 60 {
			switch random.IntN(8) {
			case 0:
				a.resize(10+random.IntN(211), 3+random.IntN(58))
			case 1:
				a.send(tea.MouseClickMsg{X: random.IntN(a.width), Y: random.IntN(a.height), Button: tea.MouseLeft})
			case 2:
				a.send(tui.Arrived(created(fmt.Sprintf("feed%04d", random.IntN(9)))))
			default:
				a.keys(names[random.IntN(len(names))])
			}
			if a.frame(); t.Failed() {
				return
			}
		}
	}
}

// heldSets keeps sets as a test may look at them.
type heldSets map[string][]string

func (h heldSets) All() map[string][]string { return h }

func (h heldSets) Keep(name string, runs []string) error {
	if h[name] = runs; len(runs) == 0 {
		delete(h, name)
	}
	return nil
}

func TestSetsAreKeptAndFound(t *testing.T) {
	held := heldSets{}
	a := start(t, tui.Options{Sets: held}, 120, 40)
	a.keys("j 3 K =mine enter")
	if len(held["mine"]) == 0 {
		t.Fatalf("nothing is kept; the frame is\n%s", a.frame())
	}
	a.keys("1 ctrl+p =mine enter")
	if got := a.frame(); !strings.Contains(got, "charts of mine") {
		t.Errorf("the palette does not open the set:\n%s", got)
	}
	a.keys("1 alt+k")
	if got := a.frame(); !strings.Contains(got, "forget mine") {
		t.Errorf("the sets that can be forgotten are not shown:\n%s", got)
	}
	a.keys("enter")
	if len(held) != 0 {
		t.Errorf("it is not forgotten: %v", held)
	}
}

func TestKeysThatAreNotBoundDoNothing(t *testing.T) {
	for _, place := range []string{"j 3", "j c"} {
		a := start(t, tui.Options{}, 120, 40).keys(place)
		before := a.frame()
		a.keys("u 9 }")
		if got := a.frame(); got != before {
			t.Errorf("after %s, keys that nobody has change\n%s\nto\n%s", place, before, got)
		}
	}
}

func TestBackspaceEditsWhatIsTyped(t *testing.T) {
	a := start(t, tui.Options{}, 120, 40).keys("j 3 / =aux backspace")
	if got := ansi.Strip(a.frame()); !strings.Contains(got, "metrics  au") || strings.Contains(got, "aux") {
		t.Errorf("a letter is not taken back:\n%s", got)
	}
	a.keys("enter esc")
	if got := ansi.Strip(a.frame()); !strings.Contains(got, "charts of") || strings.Contains(got, "metrics  au") {
		t.Errorf("esc does not show all metrics again:\n%s", got)
	}
}

func TestAClickOnAPlaceGoesThere(t *testing.T) {
	a := start(t, tui.Options{}, 120, 40).keys("j 3")
	a.send(tea.MouseClickMsg{X: 20, Y: 1, Button: tea.MouseLeft})
	if got := a.frame(); !strings.Contains(got, "aaaa0001") {
		t.Errorf("a click on 1 Runs stays in the charts:\n%s", got)
	}
}
