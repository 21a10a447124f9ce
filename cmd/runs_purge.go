package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"benchside/artifacts"
	"benchside/sanitize"
	"benchside/store"
)

// purge are the flags of runs purge.
type purge struct {
	changes
	older         string
	within        string // the folder below which files may be removed
	live, orphans bool
}

func (s *session) runsPurge() *cobra.Command {
	o := purge{changes: changes{asks: true}}
	c := &cobra.Command{
		Use: "purge", Args: takes(0, "no arguments"),
		Short: "Show what was deleted long ago and what mlflow gc left, and with --yes remove it for good, rows and files",
	}
	s.leaf(c, func(ctx context.Context, _ []string) error {
		age, err := ageOf(o.older)
		if err != nil {
			return usage("--older-than %q: %s", o.older, err)
		}
		o.dryRun = o.dryRun || !o.yes
		return s.purgeRuns(ctx, o, store.AtTime(time.Now().Add(-age)))
	})
	o.add(c, s)
	f := c.Flags()
	f.StringVar(&o.older, "older-than", "30d", "deleted for longer than `AGE`, such as 30d or 36h; 0s for all that is deleted")
	f.StringVar(&o.within, "artifact-root", "", "files below `DIR` are removed, others kept; the folder of the store by default")
	f.BoolVar(&o.live, "running", false, "also deleted runs that are RUNNING or SCHEDULED")
	f.BoolVar(&o.orphans, "orphan-folders", false,
		"also folders of runs that the store does not know; not where another store keeps its files in the same place")
	return c
}

// removed is what became, or would become, of a run, a logged model or a folder.
type removed struct {
	What    string     `json:"what"` // "run", "logged_model" or "folder"
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Deleted store.Time `json:"deleted_time"`
	Files   int        `json:"files"`
	Bytes   int64      `json:"bytes"`
	Kept    *string    `json:"kept"`       // why it stays
	Left    *string    `json:"files_kept"` // why its files stay

	mutation store.Mutation // nil for a folder
	gone     bool           // from the store
	removal  artifacts.Removal
}

// purgedJSON is what runs purge prints.
type purgedJSON struct {
	DryRun bool             `json:"dry_run"`
	Items  []removed        `json:"items"`
	Rest   map[string]int64 `json:"rows_of_nothing"`
}

func (s *session) purgeRuns(ctx context.Context, o purge, before store.Time) error {
	s.writes = !o.dryRun
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	purger, err := role[store.Purger](st, "find what was deleted")
	if err != nil {
		return err
	}
	about, err := st.About(ctx)
	if err != nil {
		return err
	}
	o.within = cmp.Or(o.within, filepath.Dir(about.Path))
	found, err := purger.Purgeable(ctx, before)
	if err != nil {
		return err
	}
	places := s.places(s.configured())(store.Run{})
	items := itemsOf(found, o)
	if o.orphans {
		folders, err := orphanFolders(ctx, st, places, o.within)
		if err != nil {
			return err
		}
		items = append(items, folders...)
	}
	for i := range items {
		items[i].measure(ctx, places)
	}
	if !o.dryRun {
		if err := s.removeAll(ctx, st, places, o, items, found.Rest); err != nil {
			return errors.Join(s.sayPurged(items, found.Rest, o), err)
		}
	}
	return s.sayPurged(items, found.Rest, o)
}

// itemsOf are the runs and models that were found, and why some are kept.
func itemsOf(found store.Purgeable, o purge) []removed {
	items := []removed{}
	for _, r := range found.Runs {
		it := removed{
			What: "run", ID: r.ID, Name: r.Name, Deleted: r.Deleted,
			mutation: store.PurgeRun{Run: store.TargetOf(r.Head), Deleted: store.Saw(r.Deleted)},
			removal:  artifacts.Removal{Within: o.within, Location: r.Location, URI: r.ArtifactURI, ID: r.ID},
		}
		switch {
		case r.HeldBy != "":
			it.keep(r.HeldBy + " comes from it")
		case r.Status.Live() && !o.live:
			it.keep("it is " + string(r.Status) + "; --running takes it, too")
		}
		items = append(items, it)
	}
	for _, m := range found.Models {
		it := removed{
			What: "logged_model", ID: m.ID, Name: m.Name, Deleted: m.Deleted,
			mutation: store.PurgeModel{Model: m.Target, Deleted: store.Saw(m.Deleted)},
			removal:  artifacts.Removal{Within: o.within, Location: m.Location, URI: m.ArtifactURI, ID: m.ID},
		}
		if m.HeldBy != "" {
			it.keep(m.HeldBy + " comes from it")
		}
		items = append(items, it)
	}
	return items
}

func (r *removed) keep(why string) { r.Kept = &why }

// measure adds up the files, and says why they would stay.
func (r *removed) measure(ctx context.Context, places artifacts.Places) {
	if r.Kept != nil {
		return
	}
	u, err := places.Measure(ctx, r.removal)
	if err != nil && !errors.Is(err, artifacts.ErrNone) {
		r.Left = orNull(err.Error())
	}
	r.Files, r.Bytes = u.Files, u.Bytes
}

// orphanFolders are the folders of runs, below the experiments, that no run of the
// store has.
func orphanFolders(ctx context.Context, st store.Store, places artifacts.Places, within string) ([]removed, error) {
	experiments, err := st.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	err = st.Heads(ctx, store.RunQuery{Stage: store.AnyStage}, func(p store.Page) error {
		for i := range p.Heads {
			known[p.Heads[i].ID] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var items []removed
	for _, e := range experiments {
		found, err := places.Orphans(ctx, within, e.ArtifactLocation, func(id string) bool { return known[id] })
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			items = append(items, removed{What: "folder", ID: r.ID, Name: e.Name, removal: r})
		}
	}
	return items, nil
}

// together is how many runs lose their rows in one transaction.
const together = 20

// removeAll removes first rows, in transactions that look whether what is meant is
// still deleted, and then the files. So a run that somebody restores keeps all; what
// is broken off leaves folders that --orphan-folders finds.
func (s *session) removeAll(ctx context.Context, st store.Store, places artifacts.Places, o purge, items []removed, rest map[string]int64) error {
	w, err := writer(ctx, st)
	if err != nil {
		return err
	}
	write := func(all ...store.Mutation) error {
		return s.write(ctx, st, w, store.Intent{Reason: o.reason, Mutations: all}, func(store.Receipt) error { return nil })
	}
	for part := range slices.Chunk(items, together) {
		if err := removeRows(write, part); err != nil {
			for i := range items {
				if !items[i].gone {
					items[i].keep("not reached")
				}
			}
			return err
		}
		for i := range part {
			part[i].removeFiles(places)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return write(store.PurgeRest{Counts: rest})
}

// removeRows removes the rows of some items at once, or of each by itself where one
// of them is no longer what it was.
func removeRows(write func(all ...store.Mutation) error, items []removed) error {
	var all []store.Mutation
	for i := range items {
		if items[i].Kept == nil && items[i].mutation != nil {
			all = append(all, items[i].mutation)
		}
	}
	err := error(nil)
	if len(all) > 0 {
		err = write(all...)
	}
	if err != nil && !changedMeanwhile(err) {
		return err
	}
	for i := range items {
		it := &items[i]
		if err != nil && it.Kept == nil && it.mutation != nil {
			if alone := write(it.mutation); changedMeanwhile(alone) {
				it.keep(alone.Error())
			} else if alone != nil {
				return alone
			}
		}
		it.gone = it.Kept == nil
	}
	return nil
}

func changedMeanwhile(err error) bool {
	return errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrDenied) || errors.Is(err, store.ErrNotFound)
}

// removeFiles removes the files of what is gone from the store.
func (r *removed) removeFiles(places artifacts.Places) {
	if !r.gone || r.Left != nil {
		return
	}
	if err := places.Remove(r.removal); err != nil && !errors.Is(err, artifacts.ErrNone) {
		r.Left = orNull(err.Error())
	}
}

func (s *session) sayPurged(items []removed, rest map[string]int64, o purge) error {
	if s.form == asJSON {
		if rest == nil {
			rest = map[string]int64{}
		}
		return newJSONWriter(s.out).value(purgedJSON{o.dryRun, items, rest})
	}
	lead := "removed"
	if o.dryRun {
		lead = "would remove"
	}
	var bytes int64
	gone := 0
	for _, it := range items {
		called := store.Target{ID: it.ID, Name: it.Name}
		what := fmt.Sprintf("%s %s", strings.ReplaceAll(it.What, "_", " "), sanitize.Line(called.String()))
		switch {
		case it.Kept != nil:
			fmt.Fprintf(s.out, "kept: %s: %s\n", what, sanitize.Line(*it.Kept))
			continue
		case it.Left != nil:
			fmt.Fprintf(s.out, "%s: %s; %s\n", lead, what, sanitize.Line(*it.Left))
		default:
			fmt.Fprintf(s.out, "%s: %s, %s, %s\n", lead, what, several(it.Files, "file"), sizeIn(s.form, it.Bytes))
			bytes += it.Bytes
		}
		gone++
	}
	for _, table := range slices.Sorted(maps.Keys(rest)) {
		fmt.Fprintf(s.out, "%s: %d rows of %s that belong to nothing\n", lead, rest[table], table)
	}
	switch {
	case gone+len(rest) == 0:
		fmt.Fprintln(s.out, "nothing to remove")
	case o.dryRun:
		fmt.Fprintf(s.out, "%s in %d; nothing was removed: --yes removes it for good\n", sizeIn(s.form, bytes), gone)
	default:
		fmt.Fprintf(s.out, "%s in %d\n", sizeIn(s.form, bytes), gone)
	}
	return nil
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
