package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"benchside/store"
)

// Spec is what a supervisor is to run. It reaches it through a file without a name,
// not by its arguments, which others on the machine can read.
type Spec struct {
	Args    []string      `json:"args"`
	Dir     string        `json:"dir"`
	Env     []string      `json:"env"`
	Timeout time.Duration `json:"timeout"`
	Log     string        `json:"log"`
}

// ReadSpec reads a spec as a supervisor is given it.
func ReadSpec(f *os.File) (Spec, error) {
	var s Spec
	if err := json.NewDecoder(f).Decode(&s); err != nil {
		return s, fmt.Errorf("read what the job is to run: %w", err)
	}
	if len(s.Args) == 0 {
		return s, errors.New("read what the job is to run: there is no command")
	}
	return s, nil
}

// Starter starts jobs.
type Starter struct {
	Keeper store.JobKeeper
	Store  string // as a command is told it
	Dir    string // where commands run that name no folder
	Logs   string // folder
	// Supervisor is the command, without the job's number, that calls Supervise in a
	// process of its own. Its standard input is the spec.
	Supervisor []string
}

// LogFolder is where the logs of jobs lie: $XDG_STATE_HOME/benchside/jobs.
func LogFolder() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // as the specification of these folders has it
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the folder for logs: set XDG_STATE_HOME: %w", err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "benchside", "jobs"), nil
}

// Start makes a job and leaves it to a supervisor of its own, which outlives this
// process. A job that cannot start is kept with the reason.
func (s *Starter) Start(ctx context.Context, hook string, c Command, f Facts) (store.Job, error) {
	f.Store = s.Store
	spec := Spec{Dir: c.Dir, Timeout: c.Timeout}
	var err error
	if spec.Args, err = c.Expand(f); err != nil {
		return store.Job{}, err
	}
	if spec.Env, err = c.Environment(f); err != nil {
		return store.Job{}, err
	}
	if spec.Dir == "" {
		spec.Dir = s.Dir
	}
	log, err := s.makeLog(hook)
	if err != nil {
		return store.Job{}, err
	}
	defer log.Close()
	spec.Log = log.Name()
	host, _ := os.Hostname() // one without a name is like any other without one
	j := store.Job{
		Hook: hook, Delivery: f.Delivery, Event: f.Event, Of: subject(f), Command: c.Args, State: store.JobWaiting,
		Host: host, Created: store.AtTime(time.Now()), Log: log.Name(),
	}
	if j.ID, err = s.Keeper.AddJob(ctx, j); err != nil {
		return j, errors.Join(err, os.Remove(log.Name()))
	}
	if err = s.launch(j.ID, spec, log); err != nil {
		j.State, j.Says, j.Ended = store.JobFailed, err.Error(), store.AtTime(time.Now())
		return j, errors.Join(err, s.Keeper.SetJob(ctx, j))
	}
	return j, nil
}

func subject(f Facts) store.Subject {
	var version int64
	if n, err := fmt.Sscan(f.Version, &version); err == nil && n == 1 {
		return store.Subject{Kind: store.VersionSubject, Name: f.Model, Version: version}
	}
	return store.Subject{Kind: store.ModelSubject, Name: f.Model}
}

// makeLog makes an empty log that only the user can read.
func (s *Starter) makeLog(hook string) (*os.File, error) {
	if err := os.MkdirAll(s.Logs, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for logs: %w", err)
	}
	made, err := os.CreateTemp(s.Logs, filepath.Base(hook)+"-*.log")
	if err != nil {
		return nil, fmt.Errorf("make a log: %w", err)
	}
	defer made.Close()
	log, err := os.OpenFile(made.Name(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("make a log: %w", err)
	}
	return log, nil
}

// launch starts a supervisor in a session of its own, so that what ends this
// process or its terminal does not end the job.
func (s *Starter) launch(id int64, spec Spec, log *os.File) error {
	in, err := os.CreateTemp(s.Logs, "spec-*")
	if err != nil {
		return fmt.Errorf("start job %d: %w", id, err)
	}
	defer in.Close()
	if err := errors.Join(os.Remove(in.Name()), json.NewEncoder(in).Encode(spec)); err != nil {
		return fmt.Errorf("start job %d: %w", id, err)
	}
	if _, err := in.Seek(0, 0); err != nil {
		return fmt.Errorf("start job %d: %w", id, err)
	}
	c := exec.Command(s.Supervisor[0], append(s.Supervisor[1:len(s.Supervisor):len(s.Supervisor)], fmt.Sprint(id))...)
	c.Stdin, c.Stderr, c.Dir = in, log, "/"
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		return fmt.Errorf("start job %d: %w", id, err)
	}
	go func() { _ = c.Wait() }() // it says how it ended in the store; here it must only be no zombie
	return nil
}
