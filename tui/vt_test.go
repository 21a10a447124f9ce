package tui_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui"
	"benchside/tui/viewtest"
)

// terminal is an emulated one that the program writes its real bytes to.
type terminal struct {
	mu      sync.Mutex
	screen  *vt.Emulator
	written int
}

func (e *terminal) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.written += len(p)
	// Without a terminal as its input, the program relies on what a line
	// discipline does with newlines.
	_, err := e.screen.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

func (e *terminal) look() (screen string, written int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return viewtest.Text(e.screen.Render()), e.written
}

// waitFor waits until the screen is as wanted, and returns the bytes it took.
func (e *terminal) waitFor(t *testing.T, want string) int {
	t.Helper()
	const patience = 10 * time.Second
	_, before := e.look()
	for began := time.Now(); time.Since(began) < patience; time.Sleep(5 * time.Millisecond) {
		if got, written := e.look(); got == want {
			return written - before
		}
	}
	got, _ := e.look()
	t.Fatalf("the terminal shows\n%s\nwant\n%s", got, want)
	return 0
}

func manyRuns(n int) memory.Records {
	var r memory.Records
	for i := range n {
		run := store.Run{Head: store.Head{ID: fmt.Sprintf("%08d", i), Name: fmt.Sprintf("run-%d", i), ExperimentID: "1", Status: store.Finished, Start: viewtest.Ago(n - i), End: viewtest.Ago(n - i - 1)}}
		run.Metrics = map[string]store.Point{"val/auc": {Value: 0.5 + float64(i%97)/200}, "val/loss": {Value: 1 / float64(i+2)}}
		if i == n-5 { // scrolled away when bytes are counted: a row with wide signs is sent again
			run.Name = "日本語の実行名"
		}
		r.Runs = append(r.Runs, run)
	}
	return r
}

// TestWhatTheTerminalShows lets the real program write to an emulated terminal:
// what stands there after moving, scrolling and a dialog is what was drawn, and
// a scrolled row is cheap to send.
func TestWhatTheTerminalShows(t *testing.T) {
	const width, height, mostBytes = 120, 40, 400
	records, now := manyRuns(300), func() time.Time { return time.UnixMilli(viewtest.Now) }
	options := tui.Options{Name: "mlflow.db", Theme: "dark", Now: now}

	want := &app{t: t, store: memory.New(records), now: viewtest.Now}
	want.App = tui.New(want.store, tui.Still(options))
	want.resize(width, height)
	want.send(func() tea.Msg { return nil })
	want.send(want.Init()())

	term := &terminal{screen: vt.NewEmulator(width, height)}
	go func() { _, _ = io.Copy(io.Discard, term.screen) }() // its answers to queries
	program := tea.NewProgram(tui.New(memory.New(records), options), tea.WithInput(nil), tea.WithOutput(term),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithWindowSize(width, height), tea.WithColorProfile(colorprofile.TrueColor), tea.WithoutSignals())
	done := make(chan error, 1)
	go func() { _, err := program.Run(); done <- err }()

	press := func(name string) int {
		t.Helper()
		key, err := tui.KeyNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		want.send(key)
		program.Send(key)
		return term.waitFor(t, want.screen())
	}
	term.waitFor(t, want.screen())
	for range 43 {
		press("j")
	}
	for range 8 {
		if n := press("j"); n > mostBytes {
			t.Errorf("a scrolled row took %d bytes, want at most %d", n, mostBytes)
		}
	}
	for _, name := range strings.Fields("pgdown k k ? esc space l l s pgup ctrl+p esc enter esc g") {
		press(name)
	}
	program.Quit()
	if err := <-done; err != nil {
		t.Errorf("the program ended with %v", err)
	}
}
