package monitors

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/fsnotify/fsnotify"

	"benchside/store"
)

// Watching says how monitors are watched; its zero value looks every half minute, and
// at once where the system tells of new files.
type Watching struct {
	Every   time.Duration       // between two looks when nothing is told; 0 means 30 s
	Changes <-chan store.Change // of the store: new runs, new monitors; nil for none
	Only    string              // the name of the one monitor to watch; "" means all
	// Seen is told what each look found.
	Seen func(m store.Monitor, o Outcome, err error)
}

const (
	usualEvery = 30 * time.Second
	debounce   = 200 * time.Millisecond // after a sign, since files come in groups
)

// Watch looks at the monitors that are not paused until ctx ends. A look that fails is
// told and tried again.
func (e Engine) Watch(ctx context.Context, w Watching) error {
	signs, err := fsnotify.NewWatcher()
	if err != nil {
		signs = nil // the clock alone: as on a system without watches to spare
	} else {
		defer signs.Close()
	}
	watched := map[string]bool{}
	for {
		all, err := e.Source.Monitors(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := store.MonitorNamed(all, w.Only); w.Only != "" && err != nil {
			return err
		}
		again := cmp.Or(w.Every, usualEvery)
		for _, m := range all {
			if m.Paused || w.Only != "" && m.Name != w.Only {
				continue
			}
			listen(signs, watched, m)
			o, err := e.Look(ctx, m)
			if ctx.Err() != nil {
				return nil
			}
			if len(o.Partial) > 0 {
				again = min(again, e.settled())
			}
			if w.Seen != nil {
				w.Seen(m, o, err)
			}
		}
		if !wait(ctx, signs, w.Changes, again) {
			return nil
		}
	}
}

// listen has the system tell of files in the folder of a monitor. Where it cannot, as
// on many a network disk, the clock does.
func listen(signs *fsnotify.Watcher, watched map[string]bool, m store.Monitor) {
	folder := m.Arrives.Folder
	if signs == nil || m.Arrives.Kind != store.InFolder || watched[folder] {
		return
	}
	watched[folder] = signs.Add(folder) == nil
}

// wait waits for a sign or the clock, and reports false when ctx has ended.
func wait(ctx context.Context, signs *fsnotify.Watcher, changes <-chan store.Change, again time.Duration) bool {
	timer := time.NewTimer(again)
	defer timer.Stop()
	var files <-chan fsnotify.Event
	var failed <-chan error
	if signs != nil {
		files, failed = signs.Events, signs.Errors
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-failed: // it told too much at once: look
			timer.Reset(debounce)
		case <-files:
			timer.Reset(debounce)
		case c, open := <-changes:
			switch {
			case !open:
				changes = nil
			case c.TouchesMonitors() || len(c.Events) > 0 && hasRuns(c):
				timer.Reset(debounce)
			}
		}
	}
}

// hasRuns reports whether a run was made or ended. What our own writes change of
// monitors wakes nobody twice, since a look without news writes nothing.
func hasRuns(c store.Change) bool {
	for _, e := range c.Events {
		if e.Kind == store.RunCreated || e.Kind == store.RunChanged {
			return true
		}
	}
	return false
}

// String sums an outcome up: "3 compared (1 drift), 1 duplicate, 2 known".
func (o Outcome) String() string {
	count := map[store.BatchState]int{}
	drifted := 0
	for _, r := range o.Results {
		count[r.State]++
		if r.Verdict == "drift" {
			drifted++
		}
	}
	text := fmt.Sprintf("%d compared", count[store.BatchCompared])
	if drifted > 0 {
		text += fmt.Sprintf(" (%d drift)", drifted)
	}
	for _, state := range []store.BatchState{store.BatchLate, store.BatchRewritten, store.BatchDuplicate, store.BatchUnreadable} {
		if count[state] > 0 {
			text += fmt.Sprintf(", %d %s", count[state], state)
		}
	}
	for _, of := range []struct {
		n    int
		what string
	}{{o.Known, "known"}, {len(o.Partial), "still written"}, {len(o.Without), "without a table"}, {len(o.Trouble), "not readable now"}} {
		if of.n > 0 {
			text += fmt.Sprintf(", %d %s", of.n, of.what)
		}
	}
	return text
}
