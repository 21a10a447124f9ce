package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/memory"
)

// kept is a store with a waiting job, and a log for it.
func kept(t *testing.T) (*memory.Store, Spec) {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "train-1.log")
	if err := os.WriteFile(log, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return memory.New(memory.Records{Jobs: []store.Job{{State: store.JobWaiting, Host: host, Created: store.AtTime(time.Now())}}}),
		Spec{Dir: dir, Log: log, Timeout: time.Minute}
}

// script is a spec of a shell script, which is the test's own.
func script(spec Spec, text string) Spec {
	spec.Args = []string{"sh", "-c", text}
	return spec
}

func job(t *testing.T, s *memory.Store) store.Job {
	t.Helper()
	j, err := s.Job(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func run(t *testing.T, s *memory.Store, spec Spec) (store.Job, string) {
	t.Helper()
	v := Supervisor{Keeper: s, Grace: 300 * time.Millisecond, Look: 10 * time.Millisecond}
	if err := v.Run(t.Context(), 1, spec); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(spec.Log)
	if err != nil {
		t.Fatal(err)
	}
	return job(t, s), string(log)
}

func TestHowJobsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		state  store.JobState
		exit   int
		says   string
		log    string
	}{
		"well":                    {`echo out; echo err >&2`, store.JobDone, 0, "", "out\nerr\n"},
		"with a code":             {`echo x; exit 3`, store.JobFailed, 3, "", "x\n\n[benchside] failed\n"},
		"by a signal":             {`kill -9 $$`, store.JobFailed, 137, "ended by killed", "\n[benchside] failed: ended by killed\n"},
		"without input":           {`cat; echo end`, store.JobDone, 0, "", "end\n"},
		"in its folder":           {`basename "$PWD" | grep -qx "${EXPECTED:-001}"`, store.JobDone, 0, "", ""},
		"with its environment":    {`test "$BENCHSIDE_MODEL" = 'a $(b)'`, store.JobDone, 0, "", ""},
		"with somebody left over": {`sleep 5 & echo x`, store.JobDone, 0, "a process that it left behind was still writing", "x\n"},
	} {
		s, spec := kept(t)
		spec = script(spec, c.script)
		spec.Env = []string{"BENCHSIDE_MODEL=a $(b)", "EXPECTED=" + filepath.Base(spec.Dir)}
		j, log := run(t, s, spec)
		if j.State != c.state || j.Exit != c.exit || j.Says != c.says || log != c.log {
			t.Errorf("%s: %s, exit %d, %q, log %q; want %s, %d, %q, %q", name, j.State, j.Exit, j.Says, log, c.state, c.exit, c.says, c.log)
		}
		if !j.Started.Set() || !j.Ended.Set() || j.PID != os.Getpid() || j.Host == "" || j.Log != spec.Log {
			t.Errorf("%s: %+v", name, j)
		}
	}
}

func TestJobsThatDoNotStartSayWhy(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Spec)
		says   string
	}{
		"no such program":     {func(s *Spec) { s.Args = []string{"benchside-no-such-program"} }, "write ./benchside-no-such-program"},
		"no such file":        {func(s *Spec) { s.Args = []string{"./none.sh"} }, "no such file"},
		"no such folder":      {func(s *Spec) { s.Args, s.Dir = []string{"true"}, "/benchside/none" }, "no such file or directory"},
		"a log that is gone":  {func(s *Spec) { s.Args = []string{"true"}; os.Remove(s.Log) }, "the log cannot be opened"},
		"a file that is text": {func(s *Spec) { s.Args = []string{s.Log} }, "permission denied"},
	} {
		s, spec := kept(t)
		c.change(&spec)
		if err := (Supervisor{Keeper: s}).Run(t.Context(), 1, spec); err != nil {
			t.Fatal(err)
		}
		if j := job(t, s); j.State != store.JobFailed || !strings.Contains(j.Says, c.says) || !j.Ended.Set() {
			t.Errorf("%s: %+v, want %q", name, j, c.says)
		}
	}
}

// ignores writes the number of a grandchild that ignores SIGTERM, and waits.
const ignores = `trap '' TERM; sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 0.05; done' & wait; while :; do sleep 0.05; done`

// gone reports whether a process is gone, a zombie being gone.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return syscall.Kill(pid, 0) != nil || err == nil && bytes.Contains(stat, []byte(") Z "))
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 5 s: %s", what)
		}
	}
}

func TestTheWholeGroupIsEnded(t *testing.T) {
	for name, c := range map[string]struct {
		timeout time.Duration
		end     func(s *memory.Store, stop func()) error
		state   store.JobState
		says    string
	}{
		"by time":     {300 * time.Millisecond, func(*memory.Store, func()) error { return nil }, store.JobTimedOut, "longer than 300ms"},
		"by a cancel": {time.Minute, func(s *memory.Store, _ func()) error { return s.AskCancel(context.Background(), 1) }, store.JobCancelled, ""},
		"by us":       {time.Minute, func(_ *memory.Store, stop func()) error { stop(); return nil }, store.JobCancelled, "the machine or the user ended benchside"},
	} {
		s, spec := kept(t)
		spec = script(spec, ignores)
		spec.Timeout = c.timeout
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- Supervisor{Keeper: s, Grace: 200 * time.Millisecond, Look: 10 * time.Millisecond}.Run(ctx, 1, spec)
		}()
		child := 0
		eventually(t, name+": a grandchild", func() bool {
			content, err := os.ReadFile(filepath.Join(spec.Dir, "child"))
			if err == nil {
				child, _ = strconv.Atoi(strings.TrimSpace(string(content)))
			}
			return child > 0
		})
		if err := c.end(s, stop); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: it did not end", name)
		}
		eventually(t, name+": the grandchild is gone", func() bool { return gone(child) })
		if j := job(t, s); j.State != c.state || j.Says != c.says {
			t.Errorf("%s: %s, %q; want %s, %q", name, j.State, j.Says, c.state, c.says)
		}
		stop()
	}
}

func TestASIGTERMIsHeeded(t *testing.T) {
	s, spec := kept(t)
	spec = script(spec, `trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.02; done`)
	spec.Timeout = 300 * time.Millisecond
	if j, log := run(t, s, spec); j.State != store.JobTimedOut || !strings.Contains(log, "cleaned\n") {
		t.Errorf("%s, log %q", j.State, log)
	}
}

func TestAJobThatWasCancelledBeforeItBeganDoesNotBegin(t *testing.T) {
	s, spec := kept(t)
	if err := s.AskCancel(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if j, log := run(t, s, script(spec, "echo x")); j.State != store.JobCancelled || log != "" {
		t.Errorf("%s, log %q", j.State, log)
	}
	if err := (Supervisor{Keeper: s}).Run(t.Context(), 1, script(spec, "echo x")); err == nil {
		t.Error("a job ran twice")
	}
}

func TestTheEndIsKeptAlthoughTheStoreIsLocked(t *testing.T) {
	s, spec := kept(t)
	times := 0
	s.Before("SetJob", func(context.Context) error {
		if times++; times > 1 && times < 4 {
			return store.ErrBusy
		}
		return nil
	})
	s.Fail("Job", nil)
	if j, _ := run(t, s, script(spec, "true")); j.State != store.JobDone {
		t.Errorf("got %s", j.State)
	}
}

func TestLogsAreBounded(t *testing.T) {
	var out bytes.Buffer
	w := newWriter(&out)
	w.head, w.keep = 10, 6
	for _, part := range []string{"01234", "56789ab", "cdefghijkl", "mnopq"} {
		if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("wrote %d, %v", n, err)
		}
	}
	w.end("failed")
	const want = "0123456789\n[benchside] the log is full; its last 6 bytes follow when the job ends\n[benchside] 11 bytes are not kept\nlmnopq\n[benchside] failed\n"
	if out.String() != want {
		t.Errorf("got %q\nwant %q", out.String(), want)
	}
	out.Reset()
	w = newWriter(&out)
	w.head = 3
	fmt.Fprint(w, "abc")
	w.end("")
	if out.String() != "abc" {
		t.Errorf("a log that fits: %q", out.String())
	}
	w = newWriter(broken{})
	if n, err := w.Write([]byte("abc")); n != 3 || err != nil {
		t.Errorf("a full disk: %d, %v; want the job to go on", n, err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestOnlyLogsAreOpened(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	secret := filepath.Join(t.TempDir(), "secret.log")
	for _, err := range []error{
		os.WriteFile(at("a.log"), []byte("x"), 0o600), os.WriteFile(secret, []byte("x"), 0o600), os.WriteFile(at("spec-1"), []byte("x"), 0o600),
		os.Symlink(secret, at("link.log")), os.Mkdir(at("folder.log"), 0o700), syscall.Mkfifo(at("pipe.log"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		host, path string
		ok         bool
	}{
		"a log":                    {host, at("a.log"), true},
		"of another machine":       {"elsewhere", at("a.log"), false},
		"none":                     {host, "", false},
		"removed":                  {host, at("none.log"), false},
		"a file elsewhere":         {host, secret, false},
		"a way out":                {host, folder + "/../" + filepath.Base(filepath.Dir(secret)) + "/secret.log", false},
		"a link out":               {host, at("link.log"), false},
		"a folder":                 {host, at("folder.log"), false},
		"a pipe, which would wait": {host, at("pipe.log"), false},
		"another file beside":      {host, at("spec-1"), false},
	} {
		f, err := OpenLog(folder, store.Job{ID: 7, Host: c.host, Log: c.path})
		if (err == nil) != c.ok {
			t.Errorf("%s: got %v, want opened: %v", name, err, c.ok)
		}
		if err == nil {
			f.Close()
		}
	}
}

func TestLostJobsAreFound(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	const far = 1 << 22 // more processes than Linux numbers
	now := time.Now()
	ago := func(d time.Duration) store.Time { return store.AtTime(now.Add(-d)) }
	all := map[string]struct {
		job  store.Job
		want bool
	}{
		"running":                        {store.Job{State: store.JobRunning, Host: host, PID: os.Getpid(), Started: store.AtTime(now)}, false},
		"a process that is gone":         {store.Job{State: store.JobRunning, Host: host, PID: far + 1, Started: ago(0)}, true},
		"its number was given again":     {store.Job{State: store.JobRunning, Host: host, PID: os.Getpid(), Started: ago(30 * 24 * time.Hour)}, true},
		"no number":                      {store.Job{State: store.JobRunning, Host: host}, true},
		"a group instead of a number":    {store.Job{State: store.JobRunning, Host: host, PID: -1, Started: ago(0)}, true},
		"on another machine":             {store.Job{State: store.JobRunning, Host: "elsewhere", PID: far + 1}, false},
		"just made":                      {store.Job{State: store.JobWaiting, Host: host, Created: ago(time.Second)}, false},
		"made long ago, and never begun": {store.Job{State: store.JobWaiting, Host: host, Created: ago(time.Hour)}, true},
		"ended":                          {store.Job{State: store.JobDone, Host: host, PID: far + 1}, false},
	}
	for name, c := range all {
		if got := Lost(c.job, now); got != c.want {
			t.Errorf("%s: lost is %v, want %v", name, got, c.want)
		}
		s := memory.New(memory.Records{Jobs: []store.Job{c.job}})
		if err := Reap(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		j := job(t, s)
		if (j.State == store.JobLost) != c.want || c.want && (!j.Ended.Set() || j.Says == "") {
			t.Errorf("%s: reaped as %+v", name, j)
		}
	}
	s := memory.New(memory.Records{})
	s.Fail("Jobs", store.ErrBusy)
	if err := Reap(t.Context(), s); !errors.Is(err, store.ErrBusy) {
		t.Errorf("got %v", err)
	}
}

func TestAStartedJobIsOutOfReach(t *testing.T) {
	s := memory.New(memory.Records{})
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	// A stand-in for the supervisor, which says what it was given.
	stand := `printf '%s\n' "$@" > '` + out + `.new'; cat >> '` + out + `.new'; ps -o sess= -p $$ >> '` + out + `.new' 2>/dev/null; echo oops >&2; mv '` + out + `.new' '` + out + `'`
	st := Starter{Keeper: s, Store: "/data/mlflow.db", Dir: dir, Logs: filepath.Join(dir, "logs"), Supervisor: []string{"sh", "-c", stand, "supervisor", "run"}}
	f := some
	j, err := st.Start(t.Context(), "train", Command{Args: []string{"train.sh", "{model}"}, Env: map[string]string{"TOKEN": "hush"}}, f)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the supervisor", func() bool { _, err := os.Stat(out); return err == nil })
	content, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	if !strings.HasPrefix(text, "run\n1\n{") || !strings.Contains(text, `"args":["train.sh","churn"]`) || !strings.Contains(text, "TOKEN=hush") || !strings.Contains(text, "BENCHSIDE_STORE=/data/mlflow.db") {
		t.Errorf("the supervisor got %s", text)
	}
	if args, _, _ := strings.Cut(text, "{"); strings.Contains(args, "hush") || strings.Contains(args, "churn") {
		t.Errorf("what the job is given can be seen by everybody: %s", args)
	}
	names, err := os.ReadDir(st.Logs)
	if err != nil || len(names) != 1 || filepath.Join(st.Logs, names[0].Name()) != j.Log {
		t.Errorf("the folder of logs has %v, %v; want %s alone", names, err, j.Log)
	}
	info, err := os.Stat(j.Log)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the log: %v, %v; want mode 0600", info, err)
	}
	eventually(t, "the supervisor's error is in the log", func() bool {
		log, err := os.ReadFile(j.Log)
		return err == nil && string(log) == "oops\n"
	})
	got := job(t, s)
	if got.State != store.JobWaiting || got.Command[1] != "{model}" || got.Of.Version != 3 || got.Delivery != "d-1" {
		t.Errorf("the job: %+v", got)
	}
}

func TestAJobThatCannotStartIsKept(t *testing.T) {
	s := memory.New(memory.Records{})
	st := Starter{Keeper: s, Dir: "/", Logs: t.TempDir(), Supervisor: []string{"/benchside/none"}}
	if _, err := st.Start(t.Context(), "train", Command{Args: []string{"true"}}, some); err == nil {
		t.Fatal("it started")
	}
	if j := job(t, s); j.State != store.JobFailed || j.Says == "" {
		t.Errorf("got %+v", j)
	}
	if _, err := st.Start(t.Context(), "train", Command{Args: []string{"x", "{stage}"}}, Facts{}); err == nil {
		t.Error("an empty placeholder was taken")
	}
}

func TestSpecsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"whole":      {`{"args":["x"]}`, true},
		"no command": {`{}`, false},
		"cut":        {`{"args":["x"`, false},
		"empty":      {``, false},
	} {
		f, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(c.text); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Seek(0, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSpec(f); (err == nil) != c.ok {
			t.Errorf("%s: got %v", name, err)
		}
		f.Close()
	}
}

func TestTimesAreSpelledShort(t *testing.T) {
	for want, d := range map[string]time.Duration{"1h": time.Hour, "1h30m": 90 * time.Minute, "10m": 10 * time.Minute, "10s": 10 * time.Second, "1h0m5s": time.Hour + 5*time.Second, "300ms": 300 * time.Millisecond} {
		if got := spelled(d); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
