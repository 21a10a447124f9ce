package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fernet/fernet-go"

	"benchside/store"
	"benchside/store/sqlite"
	"benchside/webhooks"
)

// tellingTest is a store, a configuration and a receiver.
type tellingTest struct {
	t           *testing.T
	dir, db     string
	env         []string
	lock        sync.Mutex
	heard       []*http.Request
	bodies      []string
	answers     http.HandlerFunc
	subscribers []store.Subscriber
}

// toldOf sets up a store whose changes are told. %s in the configuration is the
// receiver.
func toldOf(t *testing.T, configuration string) *tellingTest {
	t.Helper()
	if _, ok := any((*sqlite.DB)(nil)).(store.Outbox); !ok {
		t.Skip("the backend keeps no outbox")
	}
	w := &tellingTest{t: t, dir: t.TempDir()}
	w.db = filepath.Join(w.dir, "mlflow.db")
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.lock.Lock()
		w.heard, w.bodies = append(w.heard, r), append(w.bodies, string(body))
		answer := w.answers
		w.lock.Unlock()
		if answer != nil {
			answer(rw, r)
		}
	}))
	t.Cleanup(receiver.Close)
	conf := filepath.Join(w.dir, "conf", "benchside")
	configuration = strings.ReplaceAll(configuration, "%s", receiver.URL)
	if err := errors.Join(lab(w.dir), os.MkdirAll(conf, 0o700), os.WriteFile(filepath.Join(conf, "config.toml"), []byte(configuration), 0o600)); err != nil {
		t.Fatal(err)
	}
	w.env = append(append(os.Environ(), settled...), "XDG_CONFIG_HOME="+filepath.Join(w.dir, "conf"), "XDG_STATE_HOME="+filepath.Join(w.dir, "state"))
	parsed, wrong := parseConfig("config.toml", configuration)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	w.subscribers = webhooks.Subscribers(parsed.hooks)
	change(t, w.db, `UPDATE webhooks SET status = 'DISABLED'`) // those of the lab are of nobody here
	return w
}

// all are the requests that arrived, with their bodies.
func (w *tellingTest) all() (heard []*http.Request, bodies []string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	return slices.Clone(w.heard), slices.Clone(w.bodies)
}

func (w *tellingTest) count() int { heard, _ := w.all(); return len(heard) }

// answer has the receiver answer otherwise from now on.
func (w *tellingTest) answer(with http.HandlerFunc) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.answers = with
}

// write does something in the store as benchside does it, and returns what waits.
func (w *tellingTest) write(m ...store.Mutation) int {
	w.t.Helper()
	db, err := sqlite.Open(w.t.Context(), w.db, sqlite.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	r, err := any(db).(store.Writer).Write(w.t.Context(), store.Intent{By: store.Author{Name: "ada", Via: "cli"}, Mutations: m, Hooks: w.subscribers})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Events
}

// run runs a command, and returns what it prints and its exit code.
func (w *tellingTest) run(args ...string) (out string, code int) {
	w.t.Helper()
	c := exec.Command("benchside", append(args, "--store", w.db)...)
	c.Dir, c.Env = w.dir, w.env
	text, err := c.CombinedOutput()
	failed := new(exec.ExitError)
	if err != nil && !errors.As(err, &failed) {
		w.t.Fatal(err)
	}
	return string(text), c.ProcessState.ExitCode()
}

func (w *tellingTest) want(code int, says string, args ...string) string {
	w.t.Helper()
	out, got := w.run(args...)
	if got != code || !strings.Contains(out, says) {
		w.t.Errorf("benchside %s: exit code %d, want %d and %q:\n%s", strings.Join(args, " "), got, code, says, out)
	}
	return out
}

func (w *tellingTest) job(id int) (j jobJSON) {
	w.t.Helper()
	out, _ := w.run("jobs", "show", fmt.Sprint(id), "--json")
	var seen struct {
		State store.JobState `json:"state"`
		PID   int            `json:"pid"`
		Exit  int            `json:"exit_code"`
		Says  string         `json:"says"`
	}
	if err := json.Unmarshal([]byte(out), &seen); err != nil {
		w.t.Fatalf("%s: %v", out, err)
	}
	return jobJSON{State: seen.State, PID: seen.PID, Exit: seen.Exit, Says: seen.Says}
}

func (w *tellingTest) until(id int, state store.JobState) jobJSON {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if j := w.job(id); j.State == state {
			return j
		} else if time.Now().After(end) {
			w.t.Fatalf("job %d is %+v, want %s", id, j, state)
		}
	}
}

const allowed = "[webhooks]\nallow_http = true\nallow_private = true\n"

func registered(name string) []store.Mutation {
	return []store.Mutation{store.RegisterVersion{Model: name, Source: "file:///x", MakeModel: true}, store.MoveStage{Model: name, Version: 1, To: store.StageStaging}}
}

func TestWhatIsWrittenIsToldOnceAndSigned(t *testing.T) {
	w := toldOf(t, allowed+"[[hooks]]\nname = \"ci\"\nevents = [\"model_version.transitioned\"]\nurl = \"%s/ci\"\nsecret = \"s3cret\"\n")
	key := new(fernet.Key)
	if err := key.Generate(); err != nil {
		t.Fatal(err)
	}
	token, err := fernet.EncryptAndSign([]byte("s3cret"), key)
	if err != nil {
		t.Fatal(err)
	}
	receiver := strings.TrimSuffix(w.subscribersURL(t), "/ci")
	change(t, w.db, `INSERT INTO webhooks (webhook_id, name, url, status, secret, creation_timestamp, last_updated_timestamp)
		VALUES ('w-1', 'reg', '`+receiver+`/mlflow', 'ACTIVE', '`+string(token)+`', 1, 1);
		INSERT INTO webhook_events (webhook_id, entity, action) VALUES ('w-1', 'model_version', 'created')`)
	w.env = append(w.env, webhooks.KeyVariable+"="+key.Encode())
	if got := w.write(registered("told")...); got != 2 {
		t.Errorf("%d events wait, want 2", got)
	}
	w.want(exitOK, "events: 2 delivered", "webhooks", "deliver")
	w.want(exitOK, "", "webhooks", "deliver")
	if w.count() != 2 {
		t.Fatalf("%d requests, want 2", w.count())
	}
	heard, bodies := w.all()
	for i, r := range heard {
		var at int64
		if _, err := fmt.Sscan(r.Header.Get("X-MLflow-Timestamp"), &at); err != nil {
			t.Fatal(err)
		}
		if got, want := r.Header.Get("X-MLflow-Signature"), webhooks.Sign("s3cret", r.Header.Get("X-MLflow-Delivery-Id"), at, []byte(bodies[i])); got != want {
			t.Errorf("%s: signature %s, want %s", bodies[i], got, want)
		}
	}
	w.want(exitOK, "200 OK", "webhooks", "test", "reg")
	w.want(exitOK, `{"entity": "model_version", "action": "created", `, "webhooks", "test", "w-1", "--dry-run")
	if n := w.count(); n != 3 {
		t.Errorf("%d requests after a test and a dry run, want 3", n)
	}
}

// subscribersURL is the address of the only hook of the configuration.
func (w *tellingTest) subscribersURL(t *testing.T) string {
	t.Helper()
	out, _ := w.run("webhooks", "list", "--json")
	var all []recipientJSON
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	return all[len(all)-1].URL
}

func TestWhatDoesNotArriveIsAFailureThatCanBeReplayed(t *testing.T) {
	w := toldOf(t, allowed+"[[hooks]]\nname = \"ci\"\nevents = [\"*\"]\nurl = \"%s\"\n")
	w.answer(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(410) })
	w.write(registered("told")[:1]...)
	out := w.want(exitFailure, "410 Gone", "webhooks", "deliver")
	if !strings.Contains(out, "deliveries did not arrive") {
		t.Errorf("it says %s", out)
	}
	out, _ = w.run("webhooks", "deliveries", "--state", "failed", "--json")
	var all []struct{ ID string }
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) == 0 {
		t.Fatalf("%s: %v", out, err)
	}
	w.answer(nil)
	w.want(exitOK, "delivered", "webhooks", "replay", all[0].ID[:8])
	w.want(exitFailure, "not found", "webhooks", "replay", "00000000")
	w.want(exitUsage, "there are pending, sending", "webhooks", "deliveries", "--state", "lost")
	w.want(exitFailure, "webhooks list names them", "webhooks", "test", "nobody")
	w.want(exitFailure, "read-only", "webhooks", "test", "ci", "--read-only")
}

func TestACommandRunsAsAJobThatOutlivesUs(t *testing.T) {
	w := toldOf(t, "[[hooks]]\nname = \"train\"\nevents = [\"model_version.transitioned\"]\ncommand = [\"sh\", \"-c\", 'echo \"train $1 $2 $BENCHSIDE_STAGE\"; test \"$2\" = 1 || exit 3; sleep ${SECONDS_TO_WAIT:-0}', \"hook\", \"{model}\", \"{version}\"]\n")
	w.write(registered("a b$(x)")...)
	w.want(exitOK, "events: 1 started as jobs", "webhooks", "deliver")
	w.until(1, store.JobDone)
	if got := w.want(exitOK, "", "jobs", "logs", "1"); got != "train a b$(x) 1 Staging\n" {
		t.Errorf("the log: %q", got)
	}
	w.want(exitFailure, "it is done already", "jobs", "cancel", "1")

	w.env = append(w.env, "SECONDS_TO_WAIT=60")
	w.write(registered("b")...)
	w.want(exitOK, "", "webhooks", "deliver")
	w.until(2, store.JobRunning)
	w.want(exitOK, "job 2 is asked to end", "jobs", "cancel", "2")
	w.until(2, store.JobCancelled)

	w.write(registered("c")...)
	w.want(exitOK, "", "webhooks", "deliver")
	if err := syscall.Kill(w.until(3, store.JobRunning).PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.until(3, store.JobLost)
	w.want(exitOK, "train", "jobs", "list")
	w.want(exitUsage, "is no job", "jobs", "show", "x")
	w.want(exitFailure, "not found", "jobs", "logs", "99")
}

func TestAKilledSenderLeavesAnInterruptedDelivery(t *testing.T) {
	w := toldOf(t, allowed+"[[hooks]]\nname = \"ci\"\nevents = [\"*\"]\nurl = \"%s\"\n")
	reached, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.answer(func(http.ResponseWriter, *http.Request) { once.Do(func() { close(reached) }); <-release })
	defer close(release)
	w.write(registered("told")[:1]...)
	c := exec.Command("benchside", "webhooks", "deliver", "--store", w.db)
	c.Env = w.env
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	w.answer(nil)
	w.run("webhooks", "deliver")
	if n := w.count(); n > 2 { // the model's and the version's events, each once
		t.Errorf("%d requests, want each event once", n)
	}
	w.want(exitOK, "sending", "webhooks", "deliveries")
	change(t, w.db, `UPDATE benchside_outbox SET changed = changed - 3600000 WHERE state = 'sending'`)
	before := w.count()
	w.run("webhooks", "deliver")
	w.want(exitOK, "interrupted", "webhooks", "deliveries")
	if w.count() != before {
		t.Errorf("an interrupted delivery was sent again")
	}
}
