package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	filetexts "benchside/artifacts/texts"
	"benchside/jobs"
	"benchside/store"
	"benchside/tui/widget"
)

// jobJSON is a job as the commands print it.
type jobJSON struct {
	ID       int64          `json:"id"`
	Hook     string         `json:"hook"`
	Event    string         `json:"event"`
	Model    string         `json:"model"`
	Version  int64          `json:"version"`
	Command  []string       `json:"command"`
	State    store.JobState `json:"state"`
	Asked    bool           `json:"asked_to_cancel"`
	Exit     int            `json:"exit_code"`
	Says     string         `json:"says"`
	Created  store.Time     `json:"created"`
	Started  store.Time     `json:"started"`
	Ended    store.Time     `json:"ended"`
	Host     string         `json:"host"`
	PID      int            `json:"pid"`
	Log      string         `json:"log"`
	Delivery string         `json:"delivery"`
}

func jobOf(j store.Job) jobJSON {
	j = jobs.Seen(j, time.Now())
	return jobJSON{
		j.ID, j.Hook, j.Event, j.Of.Name, j.Of.Version, j.Command, j.State, j.Asked, j.Exit, j.Says, j.Created, j.Started, j.Ended, j.Host, j.PID, j.Log, j.Delivery,
	}
}

func (s *session) jobs() *cobra.Command {
	return group("jobs", "List, show and cancel the commands that events started", s.jobsList(), s.jobsShow(), s.jobsLogs(), s.jobsCancel(), s.jobsRun())
}

func (s *session) jobsList() *cobra.Command {
	limit := 100
	c := s.leaf(&cobra.Command{
		Use: "list", Short: "List jobs, the newest first", Args: takes(0, "no arguments"),
	}, func(ctx context.Context, _ []string) error {
		if limit < 0 {
			return usage("--limit %d: a number of jobs, or 0 for all", limit)
		}
		return s.listJobs(ctx, limit)
	})
	c.Flags().IntVar(&limit, "limit", limit, "at most `N`; 0 means all")
	s.forms.add(c)
	return c
}

func (s *session) listJobs(ctx context.Context, limit int) error {
	st, err := s.openTold(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.keeper.Jobs(ctx, limit)
	if err != nil {
		return err
	}
	if s.form == asJSON {
		out := make([]jobJSON, len(all))
		for i, j := range all {
			out[i] = jobOf(j)
		}
		return printArray(s.out, out)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "job", right: true}, column{head: "hook"}, column{head: "state", whole: true},
		column{head: "of"}, column{head: "event"}, column{head: "created", whole: true}, column{head: "duration", right: true},
		column{head: "exit", right: true}, column{head: "says"})
	for _, j := range all {
		j = jobs.Seen(j, time.Now())
		exit := ""
		if j.State == store.JobDone || j.State == store.JobFailed {
			exit = strconv.Itoa(j.Exit)
		}
		cells := texts(strconv.FormatInt(j.ID, 10), j.Hook, string(j.State), j.Of.String(), j.Event, s.form.moment(j.Created),
			s.form.lasted(j.Started, j.Ended), exit, j.Says)
		if err := t.row(cells...); err != nil {
			return err
		}
	}
	return t.end()
}

// oneJob opens the store and finds the job of a number.
func (s *session) oneJob(ctx context.Context, number string) (outlet, store.Job, error) {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return outlet{}, store.Job{}, usage("%q is no job: benchside jobs list numbers them", number)
	}
	st, err := s.openTold(ctx)
	if err != nil {
		return outlet{}, store.Job{}, err
	}
	j, err := st.keeper.Job(ctx, id)
	if err != nil {
		return outlet{}, store.Job{}, errors.Join(err, st.Close())
	}
	return st, j, nil
}

func (s *session) jobsShow() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "show JOB", Short: "Show one job", Args: takes(1, "the number of a job"),
	}, func(ctx context.Context, args []string) error {
		st, j, err := s.oneJob(ctx, args[0])
		if err != nil {
			return err
		}
		defer st.Close()
		return s.showJob(j)
	})
	s.forms.add(c)
	return c
}

func (s *session) showJob(j store.Job) error {
	if s.form == asJSON {
		return newJSONWriter(s.out).value(jobOf(j))
	}
	j = jobs.Seen(j, time.Now())
	t := newTable(s.out, s.form, 0, column{head: "key"}, column{head: "value"})
	for _, row := range [][2]string{
		{"job", strconv.FormatInt(j.ID, 10)},
		{"hook", j.Hook},
		{"state", string(j.State)},
		{"says", j.Says},
		{"exit_code", strconv.Itoa(j.Exit)},
		{"event", j.Event},
		{"of", j.Of.String()},
		{"command", strings.Join(j.Command, " ")},
		{"created", s.form.moment(j.Created)},
		{"started", s.form.moment(j.Started)},
		{"ended", s.form.moment(j.Ended)},
		{"duration", widget.Lasted(j.Started, j.Ended, time.Now().UnixMilli())},
		{"asked_to_cancel", yes(j.Asked)},
		{"host", j.Host},
		{"pid", strconv.Itoa(j.PID)},
		{"log", j.Log},
		{"delivery", j.Delivery},
	} {
		if err := t.row(texts(row[0], row[1])...); err != nil {
			return err
		}
	}
	return t.end()
}

func (s *session) jobsLogs() *cobra.Command {
	var follow bool
	c := s.leaf(&cobra.Command{
		Use: "logs JOB", Short: "Print what a job wrote", Args: takes(1, "the number of a job"),
	}, func(ctx context.Context, args []string) error {
		st, j, err := s.oneJob(ctx, args[0])
		if err != nil {
			return err
		}
		defer st.Close()
		return s.printLog(ctx, st.keeper, j, follow)
	})
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on until the job ends")
	return c
}

// printLog prints a log line by line, safe to show.
func (s *session) printLog(ctx context.Context, keeper store.JobKeeper, j store.Job, follow bool) error {
	folder, err := jobs.LogFolder()
	if err != nil {
		return err
	}
	log, err := jobs.OpenLog(folder, j)
	if err != nil {
		return err
	}
	defer log.Close()
	for from := 1; ; {
		ended := !follow || !underWay(j)
		if from, err = s.printLines(ctx, log, from, ended); err != nil || ended {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
		if j, err = keeper.Job(ctx, j.ID); err != nil {
			return err
		}
	}
}

func underWay(j store.Job) bool {
	j = jobs.Seen(j, time.Now())
	return j.State == store.JobWaiting || j.State == store.JobRunning
}

// printLines prints lines from one on and returns which is next. A last line that
// has no end yet is printed only if all of it is there.
func (s *session) printLines(ctx context.Context, log *os.File, from int, all bool) (next int, err error) {
	const batch = 1000
	info, err := log.Stat()
	if err != nil {
		return from, fmt.Errorf("read the log: %w", err)
	}
	lines := filetexts.NewLines(log, info.Size())
	for {
		found, err := lines.Window(ctx, from, batch)
		if err != nil {
			return from, err
		}
		for i, l := range found {
			if last := i == len(found)-1 && len(found) < batch; last && !all && !endsLine(log, info.Size()) {
				return from, nil
			}
			if _, err := fmt.Fprintln(s.out, l.Text); err != nil {
				return from, err
			}
			from++
		}
		if len(found) < batch {
			return from, nil
		}
	}
}

func endsLine(log io.ReaderAt, size int64) bool {
	last := make([]byte, 1)
	n, _ := log.ReadAt(last, size-1)
	return n == 1 && last[0] == '\n'
}

func (s *session) jobsCancel() *cobra.Command {
	var dry bool
	c := s.leaf(&cobra.Command{
		Use: "cancel JOB", Short: "Ask a job to end: SIGTERM to all of its processes, SIGKILL ten seconds later", Args: takes(1, "the number of a job"),
	}, func(ctx context.Context, args []string) error {
		st, j, err := s.oneJob(ctx, args[0])
		if err != nil {
			return err
		}
		defer st.Close()
		if !underWay(j) {
			return fmt.Errorf("cancel job %d: it is %s already", j.ID, jobs.Seen(j, time.Now()).State)
		}
		if !dry {
			if err := st.keeper.AskCancel(ctx, j.ID); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(s.out, "job %d is asked to end\n", j.ID)
		return err
	})
	c.Flags().BoolVar(&dry, "dry-run", false, "look whether it can be asked, and do not ask")
	return c
}

// jobsRun is what a job runs under. It is started by benchside itself.
func (s *session) jobsRun() *cobra.Command {
	return s.leaf(&cobra.Command{
		Use: "run JOB", Short: "Run a waiting job; benchside calls it by itself", Args: takes(1, "the number of a job"), Hidden: true,
	}, func(ctx context.Context, args []string) error {
		spec, err := jobs.ReadSpec(os.Stdin)
		if err != nil {
			return err
		}
		st, j, err := s.oneJob(ctx, args[0])
		if err != nil {
			return err
		}
		defer st.Close()
		return jobs.Supervisor{Keeper: st.keeper}.Run(ctx, j.ID, spec)
	})
}
