package mlruns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"benchside/store"
)

// The folders of MLflow's layout.
const (
	trash   = ".trash" // of deleted experiments
	models  = "models" // of the registry, or of an experiment's logged models
	inputs  = "inputs"
	outputs = "outputs"
	params  = "params"
	tags    = "tags"
	metrics = "metrics"
)

// reserved are the folders of an experiment that are no runs.
var reserved = [...]string{tags, "datasets", "traces", models}

// experiment is an experiment as its meta.yaml has it.
type experiment struct {
	store.Experiment // without Tags
	dir              string
	stamp            stamp
}

// run is a run as far as it is always read: its head.
type run struct {
	store.Head
	dir         string
	artifactURI string
	meta        stamp
	parent      stamp // of the tag that names the parent
	name        stamp // of the tag with the name, where meta.yaml has none
}

// index is what there was at one moment. It is never changed.
type index struct {
	at          time.Time
	root        *os.Root
	experiments []*experiment
	runs        []*run // latest start first
	byID        map[string]*run
	problems    []string // folders that could not be read, and why
	folders     map[string]*experiment
}

// fresh is how long an index serves: a screen that opens asks six questions at
// once.
const fresh = 150 * time.Millisecond

// index returns what is there, reading what changed since the last time.
func (s *Store) index(ctx context.Context) (*index, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.scanning.Lock()
	defer s.scanning.Unlock()
	if s.last != nil && time.Since(s.last.at) < fresh {
		return s.last, nil
	}
	if err := s.reopen(); err != nil {
		return nil, err
	}
	x, err := s.scan(ctx, s.last)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.dir, err)
	}
	s.last = x
	return x, nil
}

// reopen follows the path if another folder is there by now.
func (s *Store) reopen() error {
	there, err := os.Stat(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", s.dir, store.ErrGone)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", s.dir, err)
	}
	if open, err := s.root.Stat("."); err == nil && os.SameFile(there, open) {
		return nil
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return fmt.Errorf("open %s again: %w", s.dir, err)
	}
	s.root, s.last = root, nil // the old one may be in use, and closes itself when it is not
	return nil
}

// settled is how old a file must be for its time to tell it from a later one.
const settled = 50 * time.Millisecond

// goodID is what MLflow lets ids look like.
var goodID = regexp.MustCompile(`^[a-zA-Z0-9][\w\-]{0,255}$`)

func (s *Store) scan(ctx context.Context, before *index) (*index, error) {
	x := &index{at: time.Now(), root: s.root, byID: map[string]*run{}, folders: map[string]*experiment{}}
	for _, parent := range []string{".", trash} {
		entries, err := list(s.root, parent)
		if err != nil && parent == "." {
			return nil, err
		}
		for _, e := range entries {
			if name := e.Name(); e.IsDir() && goodID.MatchString(name) && (parent == trash || name != models) {
				s.scanExperiment(x, before, path.Join(parent, name))
			}
		}
	}
	for _, e := range x.experiments {
		if err := s.scanRuns(ctx, x, before, e); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(x.runs, func(a, b *run) int {
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.ID, b.ID))
	})
	slices.Sort(x.problems)
	return x, nil
}

func (x *index) problem(folder string, err error) {
	x.problems = append(x.problems, fmt.Sprintf("%s: %v", folder, err))
}

func (s *Store) scanExperiment(x, before *index, dir string) {
	file := path.Join(dir, metaFile)
	now := stampAt(s.root, file)
	if !now.there() {
		return // a folder of somebody else's
	}
	stage := store.Active
	if strings.HasPrefix(dir, trash+"/") {
		stage = store.Deleted
	}
	var e *experiment
	if before != nil {
		e = before.folders[dir]
	}
	if e == nil || e.stamp != now {
		m, err := readMeta(s.root, file, maxMeta)
		id := path.Base(dir)
		if err == nil && m.text("experiment_id") != id {
			err = fmt.Errorf("it says experiment %.64q: %w", m.text("experiment_id"), store.ErrDamaged)
		}
		if err != nil {
			x.problem(dir, err)
			if e == nil {
				return
			}
		} else {
			e = &experiment{dir: dir, stamp: now, Experiment: store.Experiment{
				ID: id, Name: m.text("name"), ArtifactLocation: m.text("artifact_location"), Stage: stage,
				Created: m.moment("creation_time"), Updated: m.moment("last_update_time"),
			}}
		}
	}
	if !slices.ContainsFunc(x.experiments, func(other *experiment) bool { return other.ID == e.ID }) {
		x.experiments, x.folders[dir] = append(x.experiments, e), e
	}
}

// scanRuns reads the runs of an experiment that are new or changed, several at
// a time.
func (s *Store) scanRuns(ctx context.Context, x, before *index, e *experiment) error {
	entries, err := list(s.root, e.dir)
	if err != nil {
		x.problem(e.dir, err)
		return nil
	}
	entries = slices.DeleteFunc(entries, func(d fs.DirEntry) bool {
		return !d.IsDir() || slices.Contains(reserved[:], d.Name()) || !goodID.MatchString(d.Name())
	})
	found, problems := make([]*run, len(entries)), make([]error, len(entries))
	const readers = 4
	var wait sync.WaitGroup
	for first := range readers {
		wait.Go(func() {
			for i := first; i < len(entries) && ctx.Err() == nil; i += readers {
				found[i], problems[i] = s.scanRun(before, e, entries[i].Name())
			}
		})
	}
	wait.Wait()
	for i, r := range found {
		if problems[i] != nil {
			x.problem(path.Join(e.dir, entries[i].Name()), problems[i])
		}
		if r != nil && x.byID[r.ID] == nil {
			x.byID[r.ID] = r
			x.runs = append(x.runs, r)
		}
	}
	return ctx.Err()
}

// scanRun returns the run of a folder, nil if it holds none. What was known of
// the run outlives a meta.yaml that cannot be read.
func (s *Store) scanRun(before *index, e *experiment, id string) (*run, error) {
	dir := path.Join(e.dir, id)
	now := run{
		dir:    dir,
		meta:   stampAt(s.root, path.Join(dir, metaFile)),
		parent: stampAt(s.root, path.Join(dir, tags, store.TagParent)),
	}
	if !now.meta.there() {
		return nil, nil // not made yet, or artifacts of another kind
	}
	var known *run
	if before != nil {
		if known = before.byID[id]; known != nil && known.dir != dir {
			known = nil
		}
	}
	if known == nil || known.Name == "" || known.name.there() {
		now.name = stampAt(s.root, path.Join(dir, tags, store.TagRunName))
	}
	if known != nil && known.meta == now.meta && known.parent == now.parent && known.name == now.name {
		return known, nil
	}
	m, err := readMeta(s.root, path.Join(dir, metaFile), maxMeta)
	if err == nil {
		now.Head, err = m.head(e.ID, id)
	}
	if err != nil {
		return known, err
	}
	if time.Since(time.Unix(0, now.meta.mod)) < settled {
		now.meta = stamp{} // it may change again without another time or size
	}
	now.artifactURI = m.text("artifact_uri")
	if now.parent.there() {
		now.ParentID, _ = readText(s.root, path.Join(dir, tags, store.TagParent))
	}
	if now.Name != "" {
		now.name = stamp{}
	} else {
		now.Name, _ = readText(s.root, path.Join(dir, tags, store.TagRunName))
	}
	return &now, nil
}

// find returns the one run that id names or begins.
func (x *index) find(id string) (*run, error) {
	const shortest = 4
	if r := x.byID[id]; r != nil {
		return r, nil
	}
	var found *run
	for _, r := range x.runs {
		if len(id) < shortest || !strings.HasPrefix(r.ID, id) {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("run %s: %w", id, store.ErrAmbiguous)
		}
		found = r
	}
	if found == nil {
		return nil, fmt.Errorf("run %s: %w", id, store.ErrNotFound)
	}
	return found, nil
}
