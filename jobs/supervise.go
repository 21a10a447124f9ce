package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"benchside/store"
)

// The times of a job.
const (
	usualTimeout = time.Hour
	grace        = 10 * time.Second // between SIGTERM and SIGKILL
	lookEvery    = time.Second      // for somebody who asks to cancel
	writeFor     = 10 * time.Minute // that the last state is tried to be written, while the store is locked
)

// Supervisor runs one job from its start to its end.
type Supervisor struct {
	Keeper store.JobKeeper
	Grace  time.Duration // 0 means 10 seconds
	Look   time.Duration // 0 means each second
}

// why is the reason why a job is ended before its end.
type why int32

const (
	byItself why = iota
	bySomebody
	byTime
	byUs // the supervisor is told to end
)

// Run runs a job and keeps how it ended. It fails only where that cannot be kept.
func (s Supervisor) Run(ctx context.Context, id int64, spec Spec) error {
	j, err := s.Keeper.Job(ctx, id)
	if err != nil {
		return err
	}
	if j.State != store.JobWaiting {
		return fmt.Errorf("run job %d: it is %s already", id, j.State)
	}
	j.Host, _ = os.Hostname()
	j.PID, j.Log = os.Getpid(), spec.Log
	if j.Asked {
		j.State = store.JobCancelled
		return s.keep(j)
	}
	file, err := os.OpenFile(spec.Log, os.O_WRONLY|os.O_APPEND|syscall.O_NOFOLLOW, 0)
	if err != nil {
		j.State, j.Says = store.JobFailed, "the log cannot be opened: "+err.Error()
		return s.keep(j)
	}
	defer file.Close()
	j.State, j.Started = store.JobRunning, store.AtTime(time.Now())
	if err := s.Keeper.SetJob(ctx, j); err != nil {
		return err
	}
	log := newWriter(file)
	j = s.run(ctx, j, spec, log)
	notice := ""
	if j.State != store.JobDone {
		notice = string(j.State)
		if j.Says != "" {
			notice += ": " + j.Says
		}
	}
	log.end(notice)
	return s.keep(j)
}

// run runs the command and returns the job as it ended.
func (s Supervisor) run(ctx context.Context, j store.Job, spec Spec, log *writer) store.Job {
	var reason atomic.Int32
	timeout := spec.Timeout
	if timeout == 0 {
		timeout = usualTimeout
	}
	running, end := context.WithCancel(ctx)
	defer end()
	c := command(running, spec, log, s.grace())
	timer := time.AfterFunc(timeout, func() { reason.CompareAndSwap(int32(byItself), int32(byTime)); end() })
	defer timer.Stop()
	go s.heed(running, j.ID, func() { reason.CompareAndSwap(int32(byItself), int32(bySomebody)); end() })
	err := c.Run()
	if ctx.Err() != nil {
		reason.CompareAndSwap(int32(byItself), int32(byUs))
	}
	if running.Err() != nil && c.Process != nil {
		// What of the group did not heed the SIGTERM. A group that is gone is no error.
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
	}
	return ended(j, c, err, why(reason.Load()), timeout)
}

func (s Supervisor) grace() time.Duration {
	if s.Grace == 0 {
		return grace
	}
	return s.Grace
}

// command is a process group of its own, ended by SIGTERM and, after a while, by
// SIGKILL.
func command(ctx context.Context, spec Spec, log *writer, grace time.Duration) *exec.Cmd {
	c := exec.CommandContext(ctx, spec.Args[0], spec.Args[1:]...)
	if name := spec.Args[0]; strings.Contains(name, "/") && !filepath.IsAbs(name) {
		c.Path, c.Err = filepath.Join(spec.Dir, name), nil
	}
	c.Dir, c.Stdout, c.Stderr = spec.Dir, log, log
	c.Env = append(os.Environ(), spec.Env...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	c.WaitDelay = grace
	return c
}

// heed looks whether somebody asks to cancel, until ctx ends. A store that cannot
// be read now is looked at again.
func (s Supervisor) heed(ctx context.Context, id int64, cancel func()) {
	every := s.Look
	if every == 0 {
		every = lookEvery
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
		if j, err := s.Keeper.Job(ctx, id); err == nil && j.Asked {
			cancel()
			return
		}
	}
}

// ended says how a command ended.
func ended(j store.Job, c *exec.Cmd, err error, reason why, timeout time.Duration) store.Job {
	j.State, j.Exit = store.JobDone, 0
	if c.ProcessState != nil {
		j.Exit = c.ProcessState.ExitCode()
	}
	failed := new(exec.ExitError)
	switch {
	case reason == bySomebody:
		j.State = store.JobCancelled
	case reason == byUs:
		j.State, j.Says = store.JobCancelled, "the machine or the user ended benchside"
	case reason == byTime:
		j.State, j.Says = store.JobTimedOut, "longer than "+spelled(timeout)
	case err == nil:
	case errors.Is(err, exec.ErrWaitDelay):
		j.Says = "a process that it left behind was still writing"
		if j.Exit != 0 {
			j.State = store.JobFailed
		}
	case errors.As(err, &failed):
		j.State = store.JobFailed
		if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			j.Exit, j.Says = 128+int(status.Signal()), "ended by "+status.Signal().String()
		}
	default:
		j.State, j.Exit, j.Says = store.JobFailed, -1, notStarted(c, err)
	}
	return j
}

// spelled is a time without the parts that are none: 1h, not 1h0m0s.
func spelled(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// notStarted says why a command did not start, and what to do.
func notStarted(c *exec.Cmd, err error) string {
	if errors.Is(err, exec.ErrNotFound) {
		return c.Args[0] + " is not in PATH: write ./" + c.Args[0] + " for one in the hook's dir, or the whole path"
	}
	return err.Error()
}

// keep writes the last state of a job; while the store is locked it tries again.
func (s Supervisor) keep(j store.Job) error {
	ctx, done := context.WithTimeout(context.Background(), writeFor)
	defer done()
	j.Ended = store.AtTime(time.Now())
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 10*time.Second) {
		err := s.Keeper.SetJob(ctx, j)
		if err == nil || !errors.Is(err, store.ErrBusy) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}
