package mlruns

import (
	"context"
	"path"
	"time"

	"benchside/store"
)

const (
	// poll is the time between two looks. A look at a big folder is rarer: it
	// may take a share of 1/restShare of the time.
	poll      = time.Second
	restShare = 50

	maxEvents = 4096 // of one change
)

// Watch implements store.Watcher. It looks at the folder about every second.
// Of runs that have ended it follows the runs themselves (status, name, parent,
// stage), but not what is logged to them after their end.
func (s *Store) Watch(ctx context.Context) (<-chan store.Change, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	f := &feed{store: s, out: make(chan store.Change), seen: x, live: map[string]files{}}
	for _, r := range x.runs {
		if r.Status.Live() {
			f.live[r.ID] = files{}
			f.live[r.ID].look(x, r, func(store.Event, int64) {})
		}
	}
	go f.run(ctx)
	return f.out, nil
}

// feed follows the folder for one reader. It belongs to one goroutine.
type feed struct {
	store   *Store
	out     chan store.Change
	seen    *index
	live    map[string]files // of the runs that may log, by id
	problem string           // that was told last
}

func (f *feed) run(ctx context.Context) {
	defer close(f.out)
	pause := time.NewTimer(f.store.poll)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		start := time.Now()
		x, err := f.store.index(ctx)
		told := false
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			told = f.fail(ctx, err)
		default:
			told = f.compare(ctx, x)
		}
		if !told {
			return
		}
		pause.Reset(max(f.store.poll, restShare*time.Since(start)))
	}
}

// fail tells once why the folder cannot be read.
func (f *feed) fail(ctx context.Context, err error) bool {
	if f.problem == err.Error() {
		return true
	}
	f.problem = err.Error()
	return f.send(ctx, store.Change{Mode: store.Lost, Problem: err})
}

func (f *feed) send(ctx context.Context, c store.Change) bool {
	c.At = time.Now()
	select {
	case f.out <- c:
		return true
	case <-ctx.Done():
		return false
	}
}

// compare tells what is other in x than in what was seen before.
func (f *feed) compare(ctx context.Context, x *index) bool {
	before := f.seen
	f.seen = x
	c := store.Change{Mode: store.Polling, Reload: x.root != before.root}
	tell := func(e store.Event) { c.Events = append(c.Events, e) }
	if !sameExperiments(before, x) {
		tell(store.Event{Kind: store.ExperimentsChanged})
	}
	for _, r := range x.runs {
		known := before.byID[r.ID]
		switch {
		case known == nil:
			tell(store.Event{Kind: store.RunCreated, Head: r.Head})
		case known.Head != r.Head:
			tell(store.Event{Kind: store.RunChanged, Head: r.Head})
		}
		if !f.follow(x, before, r, tell) {
			c.Reload = true
		}
	}
	for _, r := range before.runs {
		if x.byID[r.ID] == nil {
			delete(f.live, r.ID)
			tell(store.Event{Kind: store.RunRemoved, Head: store.Head{ID: r.ID}})
		}
	}
	if f.problem != "" {
		f.problem = ""
		if len(c.Events) == 0 && !c.Reload {
			return f.send(ctx, c) // it can be read again
		}
	}
	if c.Reload {
		c.Events = nil
		return f.send(ctx, c)
	}
	for first := 0; first < len(c.Events); first += maxEvents {
		part := c
		part.Events = c.Events[first:min(first+maxEvents, len(c.Events))]
		if !f.send(ctx, part) {
			return false
		}
	}
	return true
}

func sameExperiments(a, b *index) bool {
	if len(a.folders) != len(b.folders) {
		return false
	}
	for dir, e := range a.folders {
		if b.folders[dir] != e {
			return false
		}
	}
	return true
}

// follow tells what a run logged since the look before, if it may log or did
// until now. It reports whether that can be told: a file that became shorter
// was written anew.
func (f *feed) follow(x, before *index, r *run, tell func(store.Event)) bool {
	known, followed := f.live[r.ID]
	if !followed && !r.Status.Live() && before.byID[r.ID] != nil {
		return true
	}
	since := int64(0)
	if !followed {
		known = files{}
		if before.byID[r.ID] != nil { // it runs again: what is older was there
			since = before.at.Truncate(time.Millisecond).UnixNano()
		}
	}
	whole := known.look(x, r, func(e store.Event, at int64) {
		if at >= since {
			tell(e)
		}
	})
	if r.Status.Live() {
		f.live[r.ID] = known
	} else {
		delete(f.live, r.ID)
	}
	return whole
}

// files are the params, tags and metrics of a run, by path, as far as they were
// told.
type files map[string]told

type told struct {
	stamp stamp
	end   int64 // of a metric: the offset behind the last point
}

// look tells what the files of a run have that was not told, with the time when
// it was logged in nanoseconds. It reports false if a metric lost points. What
// cannot be read is left for the next look.
func (f files) look(x *index, r *run, tell func(e store.Event, at int64)) (whole bool) {
	whole = true
	id := store.Head{ID: r.ID}
	each := func(kind string, changed func(file, key string, now stamp)) {
		folder := path.Join(r.dir, kind)
		_ = eachKey(x.root, folder, func(key string) error {
			file := path.Join(folder, key)
			if now := stampAt(x.root, file); now.there() && now != f[file].stamp {
				changed(file, key, now)
			}
			return nil
		})
	}
	text := func(kind store.EventKind) func(file, key string, now stamp) {
		return func(file, key string, now stamp) {
			if text, ok := readText(x.root, file); ok {
				f[file] = told{stamp: now}
				tell(store.Event{Kind: kind, Head: id, Key: key, Text: text}, now.mod)
			}
		}
	}
	each(params, text(store.ParamLogged))
	each(tags, text(store.TagSet))
	each(metrics, func(file, key string, now stamp) {
		from := f[file].end
		if now.size <= from {
			whole, from = false, 0
		}
		end, _, err := readPoints(x.root, file, from, func(p store.Point) error {
			tell(store.Event{Kind: store.PointLogged, Head: id, Key: key, Point: p}, p.Timestamp*int64(time.Millisecond))
			return nil
		})
		if err != nil {
			now = stamp{} // the rest comes with the next look
		}
		f[file] = told{stamp: now, end: end}
	})
	return whole
}
