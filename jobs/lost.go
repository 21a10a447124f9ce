package jobs

import (
	"context"
	"errors"
	"os"
	"slices"
	"syscall"
	"time"

	"benchside/store"
)

// startFor is how long a supervisor may take to say that it runs.
const startFor = time.Minute

// Lost reports a job of this machine that does not run although its state says
// that it does: its supervisor is gone, or never came.
func Lost(j store.Job, now time.Time) bool {
	if host, _ := os.Hostname(); j.Host != host {
		return false
	}
	switch j.State {
	case store.JobWaiting:
		return now.Sub(j.Created.Time()) > startFor
	case store.JobRunning:
		return !runs(j.PID, j.Started.Time())
	}
	return false
}

// runs reports whether the process of a number is one that was there at a time: the
// number of one that is gone is given again.
func runs(pid int, at time.Time) bool {
	if pid <= 0 {
		return false
	}
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	const slack = time.Minute // clocks are set, and numbers are not given again so soon
	begun, known := begun(pid)
	return !known || !begun.After(at.Add(slack))
}

// Seen is a job as it is: one that is lost says so, whatever the store says.
func Seen(j store.Job, now time.Time) store.Job {
	if Lost(j, now) {
		j.State, j.Says = store.JobLost, "its process is gone, and nobody knows how it ended"
	}
	return j
}

// mostReaped is how many of the newest jobs are looked at.
const mostReaped = 1000

// Reap writes into the store which jobs are lost.
func Reap(ctx context.Context, keeper store.JobKeeper) error {
	all, err := keeper.Jobs(ctx, mostReaped)
	if err != nil {
		return err
	}
	now := time.Now()
	for _, j := range slices.Backward(all) {
		if Lost(j, now) {
			j = Seen(j, now)
			j.Ended = store.AtTime(now)
			if err := keeper.SetJob(ctx, j); err != nil {
				return err
			}
		}
	}
	return nil
}
