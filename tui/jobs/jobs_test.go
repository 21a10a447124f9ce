package jobs_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/jobs"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// ago is so many seconds before the time of the staged views.
func ago(seconds int64) store.Time { return store.At(viewtest.Now - seconds*1000) }

func clock() time.Time { return time.UnixMilli(viewtest.Now) }

// some are jobs in every state. They ran elsewhere, but for those that ended.
func some() memory.Records {
	churn := store.Subject{Kind: store.VersionSubject, Name: "churn", Version: 3}
	const moved = "model_version.transitioned"
	command := []string{"./retrain.sh", "{model}", "{version}"}
	return memory.Records{Jobs: []store.Job{
		{Hook: "train", Event: moved, Of: churn, Command: command, State: store.JobDone, Created: ago(86400), Started: ago(86400), Ended: ago(80000)},
		{Hook: "train", Event: moved, Of: churn, Command: command, State: store.JobFailed, Exit: 3, Created: ago(7300), Started: ago(7300), Ended: ago(7200)},
		{Hook: "smoke-tests", Event: "model_version.created", Of: store.Subject{Kind: store.VersionSubject, Name: "vision/resnet", Version: 12}, Command: []string{"pytest"}, State: store.JobTimedOut, Says: "longer than 1h", Created: ago(5000), Started: ago(5000), Ended: ago(1400)},
		{Hook: "train", Event: moved, Of: churn, Command: command, State: store.JobCancelled, Created: ago(900), Started: ago(890), Ended: ago(800)},
		{Hook: "train", Event: moved, Of: churn, Command: command, State: store.JobLost, Says: "its process is gone, and nobody knows how it ended", Created: ago(700), Started: ago(700), Ended: ago(600)},
		{Hook: "train", Event: moved, Of: churn, Command: command, State: store.JobRunning, Asked: true, Host: "elsewhere", Created: ago(300), Started: ago(300)},
		{Hook: "train", Event: moved, Of: churn, Command: command, State: store.JobRunning, Host: "elsewhere", Created: ago(95), Started: ago(95)},
		{Hook: "deploy", Event: "gate.passed", Of: churn, Command: []string{"mlflow", "models", "predict"}, State: store.JobWaiting, Host: "elsewhere", Created: ago(1)},
	}}
}

func stage(r memory.Records, keys ...string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		s := viewtest.Start(t, jobs.New(memory.New(r), clock, viewtest.Theme()), width, height)
		s.Press(keys...)
		return s
	}
}

// logged is a store whose second job has a log in a folder of logs.
func logged(t *testing.T, text string) (*memory.Store, string) {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "train-2.log")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	r := some()
	r.Jobs[1].Log, r.Jobs[1].Host = path, host
	r.Jobs[6].Log, r.Jobs[6].Host, r.Jobs[6].PID = path, host, os.Getpid()
	r.Jobs[6].Started = store.AtTime(time.Now()) // this process is its supervisor
	return memory.New(r), folder
}

const output = "epoch 1 loss 0.7\nepoch 2 loss 0.6\nWARNING: slow\nTraceback (most recent call last):\nValueError: \x1b[31mNaN\x1b[m\n\n[benchside] failed\n"

func log(id int64, text string, keys ...string) func(*testing.T, int, int) *viewtest.Stage {
	return func(t *testing.T, width, height int) *viewtest.Stage {
		t.Helper()
		m, folder := logged(t, text)
		s := viewtest.Start(t, jobs.NewLog(m, id, folder, clock, viewtest.Theme()), width, height)
		s.Press(keys...)
		return s
	}
}

func TestFrames(t *testing.T) {
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"jobs":     stage(some()),
		"none":     stage(memory.Records{}),
		"log":      log(2, output),
		"no log":   log(3, output),
		"long log": log(2, strings.Repeat("epoch 1 loss 0.7\n", 500)),
		"error": func(t *testing.T, width, height int) *viewtest.Stage {
			m := memory.New(some())
			s := viewtest.Start(t, jobs.New(m, clock, viewtest.Theme()), width, height)
			m.Fail("Jobs", errors.New("read jobs: locked by another process"))
			s.Send(view.Refresh{})
			return s
		},
		"kept by no store": func(t *testing.T, width, height int) *viewtest.Stage {
			return viewtest.Start(t, jobs.New(nil, clock, viewtest.Theme()), width, height)
		},
		"cancel": func(t *testing.T, width, height int) *viewtest.Stage {
			s := stage(some(), "j", "x")(t, width, height)
			return viewtest.Start(t, s.Asked[len(s.Asked)-1].(view.Ask).Dialog, min(width-4, 60), 8)
		},
	})
}

func TestEnterShowsTheLog(t *testing.T) {
	s := stage(some(), "j", "j", "enter")(t, 80, 24)
	if got := s.Asked[len(s.Asked)-1]; got != (view.ShowJob{ID: 6}) {
		t.Errorf("asked for %v, want job 6", got)
	}
}

func TestOnlyWhatIsUnderWayIsCancelledAndOnlyOnce(t *testing.T) {
	for row, want := range []string{"", "", "it is asked to end already", "it is lost already", "it is cancelled already", "it is timed out already", "it is failed already", "it is done already"} {
		v := jobs.New(memory.New(some()), clock, viewtest.Theme())
		s := viewtest.Start(t, v, 80, 24)
		for range row {
			s.Press("j")
		}
		for _, k := range v.Keys() {
			if k.Name == "cancel" && (k.Why() != want || !k.Writes) {
				t.Errorf("row %d: got %q, want %q; a writing key", row, k.Why(), want)
			}
		}
	}
}

func TestACancelIsConfirmedThenAsked(t *testing.T) {
	m := memory.New(some())
	s := viewtest.Start(t, jobs.New(m, clock, viewtest.Theme()), 80, 24)
	s.Press("j", "x")
	if j, err := m.Job(t.Context(), 7); err != nil || j.Asked {
		t.Fatalf("before a yes: %+v, %v", j, err)
	}
	dialog := viewtest.Start(t, s.Asked[len(s.Asked)-1].(view.Ask).Dialog, 60, 8)
	dialog.Press("n")
	if len(dialog.Asked) != 1 || dialog.Asked[0] != (view.Close{}) {
		t.Errorf("n asked for %v, want a close", dialog.Asked)
	}
	dialog.Press("y")
	s.Send(dialog.Sent...) // as the program would
	if j, err := m.Job(t.Context(), 7); err != nil || !j.Asked {
		t.Errorf("after a yes: %+v, %v", j, err)
	}
	if s.Said() != "job 7 is asked to end" {
		t.Errorf("said %q", s.Said())
	}
}

func TestTheCursorStaysOnItsJob(t *testing.T) {
	m := memory.New(some())
	s := viewtest.Start(t, jobs.New(m, clock, viewtest.Theme()), 80, 24)
	s.Press("j")
	m.Change(func(r *memory.Records) {
		r.Jobs = append(r.Jobs, store.Job{Hook: "new", State: store.JobWaiting, Host: "elsewhere", Created: ago(0)})
	})
	s.Later() // a job is under way, so it looks again by itself
	if got := s.Screen(); !strings.Contains(got, "▌   7") || !strings.Contains(got, "new") {
		t.Errorf("the cursor left job 7:\n%s", got)
	}
}

func TestALogIsFollowed(t *testing.T) {
	m, folder := logged(t, "one\n")
	s := viewtest.Start(t, jobs.NewLog(m, 7, folder, clock, viewtest.Theme()), 80, 24)
	if got := s.Screen(); !strings.Contains(got, "running") || !strings.Contains(got, "one") || !strings.Contains(s.Status(), "following") {
		t.Fatalf("status %q\n%s", s.Status(), got)
	}
	f, err := os.OpenFile(filepath.Join(folder, "train-2.log"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("two\n"); err != nil {
		t.Fatal(err)
	}
	m.Change(func(r *memory.Records) { r.Jobs[6].State, r.Jobs[6].Ended = store.JobDone, r.Jobs[6].Started })
	s.Later()
	if got := s.Screen(); !strings.Contains(got, "two") || !strings.Contains(got, "● done") {
		t.Errorf("after a while:\n%s", got)
	}
}

func TestNoFileButALogIsShown(t *testing.T) {
	m, folder := logged(t, "")
	secret := filepath.Join(t.TempDir(), "secret.log")
	if err := os.WriteFile(secret, []byte("hush"), 0o600); err != nil {
		t.Fatal(err)
	}
	m.Change(func(r *memory.Records) { r.Jobs[1].Log = secret })
	s := viewtest.Start(t, jobs.NewLog(m, 2, folder, clock, viewtest.Theme()), 120, 24)
	if got := s.Screen(); strings.Contains(got, "hush") || !strings.Contains(got, "is not among the logs") {
		t.Errorf("a file that is no log:\n%s", got)
	}
}

func TestHostileTextsAndAnyKeysAtAnySize(t *testing.T) {
	r := some()
	for i := range r.Jobs {
		r.Jobs[i].Hook = "a\x1b[2Jb\u202e" + strings.Repeat("日本", i*20)
		r.Jobs[i].Says, r.Jobs[i].Event = "x\ny\x07", "\u2066e"
		r.Jobs[i].Of.Name, r.Jobs[i].Command = "👩‍🔬\x9b31m", []string{"\x1b]0;x\x07", "\n"}
		r.Jobs[i].State = []store.JobState{r.Jobs[i].State, "\x1b[31m"}[i%2]
	}
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1))
		stage(r)(t, 80, 24).Shake(random, 50)
		log(2, "\x1b[2J\u202e\r\n\x00")(t, 80, 24).Shake(random, 50)
	}
}
