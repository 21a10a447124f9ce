package tui_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image/png"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"benchside/store/sqlite"
	"benchside/tui"
	"benchside/tui/view"
)

// brand is a terminal: what it answers to each question.
type brand struct {
	environment []string
	answers     map[string]string
	want        *regexp.Regexp // what a picture is in its protocol
}

const attributes = "\x1b[c"

var brands = map[string]brand{
	"kitty": {[]string{"TERM=xterm-kitty"}, map[string]string{
		"a=q": "\x1b_Gi=31;OK\x1b\\", "\x1b[>q": "\x1bP>|kitty(0.41.0)\x1b\\", "\x1b[16t": "\x1b[6;20;10t", attributes: "\x1b[?62;c",
	}, regexp.MustCompile("\x1b_Ga=T,U=1,i=16,")},
	"foot": {[]string{"TERM=foot"}, map[string]string{
		"\x1b[>q": "\x1bP>|foot(1.20.0)\x1b\\", "\x1b[16t": "\x1b[6;20;10t", attributes: "\x1b[?62;4c",
	}, regexp.MustCompile("\x1b7\x1b\\[\\d+;\\d+H\x1bP[0-9;]*q")},
	"tmux that holds back": {[]string{"TERM=tmux-256color", "TMUX=elsewhere,1,0"}, map[string]string{
		"\x1b[>q": "\x1bP>|tmux 3.3a\x1b\\", attributes: "\x1b[?1;2c",
	}, regexp.MustCompile("[🬀-🬻]")},
	"one that never answers": {[]string{"TERM=xterm-256color"}, nil, regexp.MustCompile("[🬀-🬻▖-▟]")},
}

// answering is a terminal that keeps what is written and answers questions.
type answering struct {
	mu   sync.Mutex
	all  bytes.Buffer
	keys io.Writer
	of   brand
}

func (a *answering) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for question, answer := range a.of.answers {
		if bytes.Contains(p, []byte(question)) && question != attributes {
			go func() { _, _ = io.WriteString(a.keys, answer) }()
		}
	}
	if answer := a.of.answers[attributes]; answer != "" && bytes.Contains(p, []byte(attributes)) {
		time.AfterFunc(50*time.Millisecond, func() { _, _ = io.WriteString(a.keys, answer) })
	}
	return a.all.Write(p)
}

func (a *answering) written() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.all.String()
}

func (a *answering) waitFor(t *testing.T, what *regexp.Regexp) {
	t.Helper()
	const patience = 20 * time.Second
	for began := time.Now(); time.Since(began) < patience; time.Sleep(10 * time.Millisecond) {
		if what.MatchString(a.written()) {
			return
		}
	}
	t.Fatalf("nothing like %v was written in %d bytes", what, len(a.written()))
}

// TestPicturesInTerminals runs the program on terminals that answer like known
// ones, or not at all: the picture of a run comes in the protocol that the
// terminal speaks, and when the program ends the terminal keeps nothing.
func TestPicturesInTerminals(t *testing.T) {
	s, err := sqlite.Open(context.Background(), "../testdata/lab/mlflow.db", sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, of := range brands {
		t.Run(name, func(t *testing.T) {
			input, keys := io.Pipe()
			defer keys.Close()
			term := &answering{keys: keys, of: of}
			a := tui.New(s, tui.Options{Name: "lab", Theme: "dark"})
			program := a.ProgramOn(term, tea.WithInput(input), tea.WithEnvironment(of.environment), tea.WithWindowSize(100, 30),
				tea.WithColorProfile(colorprofile.TrueColor), tea.WithoutSignals())
			done := make(chan error, 1)
			go func() { _, err := program.Run(); done <- err }()
			program.Send(view.ShowArtifacts{Runs: []string{"0762204cfd064c6482a28217a8984dcd"}, Path: "confusion_matrix.png"})
			term.waitFor(t, of.want)
			program.Quit()
			if err := errors.Join(<-done, a.TakeBack(term)); err != nil {
				t.Error(err)
			}
			checkNothingStays(t, term.written())
		})
	}
}

// checkNothingStays decodes what was sent by the kitty protocol, and fails if a
// picture was not deleted.
func checkNothingStays(t *testing.T, all string) {
	t.Helper()
	parts, id := map[string]string{}, ""
	for _, m := range regexp.MustCompile("\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\\\").FindAllStringSubmatch(all, -1) {
		keys := map[string]string{}
		for _, kv := range strings.Split(m[1], ",") {
			k, v, _ := strings.Cut(kv, "=")
			keys[k] = v
		}
		switch keys["a"] {
		case "q":
		case "d":
			data, err := base64.StdEncoding.DecodeString(parts[keys["i"]])
			if err != nil {
				t.Errorf("picture %s: %v", keys["i"], err)
			} else if _, err := png.Decode(bytes.NewReader(data)); err != nil {
				t.Errorf("picture %s: %v", keys["i"], err)
			}
			delete(parts, keys["i"])
		case "T":
			id = keys["i"]
			parts[id] = m[2]
		default:
			parts[id] += m[2]
		}
	}
	if len(parts) > 0 {
		t.Errorf("%d pictures stay in the terminal", len(parts))
	}
	if end := strings.LastIndex(all, "\x1b[?1049l"); end < 0 || strings.Contains(all[end:], "\x1bP") || strings.Contains(all[end:], "\U0010eeee") {
		t.Error("something was drawn after the screen was left")
	}
}
