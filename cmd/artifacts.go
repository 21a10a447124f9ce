package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/widget"
)

// artifactJSON is an entry as artifacts list prints it.
type artifactJSON struct {
	Path     string     `json:"path"`
	Folder   bool       `json:"folder"`
	Kind     *string    `json:"kind"` // by the name alone; null if that does not tell
	Size     *int64     `json:"size"`
	Modified store.Time `json:"modified"`
	Special  *string    `json:"special"` // of what is neither file nor folder
	ModelID  *string    `json:"model_id"`
}

func entryJSON(name string, e artifacts.Entry, models map[string]string) artifactJSON {
	out := artifactJSON{Path: name, Folder: e.Folder, Special: orNull(e.Special)}
	if !e.Modified.IsZero() {
		out.Modified = store.AtTime(e.Modified)
	}
	if !e.Folder && e.Special == "" {
		out.Size = &e.Bytes
		if k := artifacts.ByName(e.Name); k.Form != artifacts.Unknown {
			out.Kind = orNull(k.String())
		}
	}
	if e.Folder {
		out.ModelID = orNull(models[name])
	}
	return out
}

// filesOf finds the artifacts of one run of an open store.
func (s *session) filesOf(ctx context.Context, st store.Store, c config, name string) (*previews.Run, store.Run, error) {
	r, err := oneRun(ctx, st, name)
	if err != nil {
		return nil, r, err
	}
	files, err := s.openFiles(ctx, st, c, r)
	return files, r, err
}

func (s *session) openFiles(ctx context.Context, st store.Store, c config, r store.Run) (*previews.Run, error) {
	models, err := store.IfKept(st.LoggedModels(ctx, r.ID))
	if err != nil {
		return nil, err
	}
	return previews.OpenRun(s.places(c)(r), r, models)
}

// files opens the store for the artifacts of runs, and lets go of it: what
// follows reads files only.
func (s *session) files(ctx context.Context, names ...string) (all []*previews.Run, err error) {
	c := s.configured()
	st, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	for _, name := range names {
		files, _, err := s.filesOf(ctx, st, c, name)
		if err != nil {
			closeAll(all)
			return nil, err
		}
		all = append(all, files)
	}
	return all, nil
}

func closeAll(all []*previews.Run) {
	for _, files := range all {
		_ = files.Close() // folders that were read only
	}
}

// takesFrom is a command's least and greatest number of arguments, and what they
// are in words.
func takesFrom(least, most int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usage("takes %s; %d arguments are given", what, len(args))
		}
		return nil
	}
}

func (s *session) artifactsList() *cobra.Command {
	var all bool
	var limit int
	c := s.leaf(&cobra.Command{
		Use: "list RUN [PATH]", Short: "List the artifacts of a run, or of a folder of them",
		Args: takesFrom(1, 2, "a run and, if wanted, a path below its artifacts"),
	}, func(ctx context.Context, args []string) error {
		if limit < 0 {
			return usage("--limit %d: a number of entries, or 0 for all", limit)
		}
		if limit == 0 {
			limit = mostListed
		}
		return s.listArtifacts(ctx, args[0], append(args, "")[1], all, limit)
	})
	c.Flags().BoolVar(&all, "recursive", false, "what lies in folders, too")
	c.Flags().IntVar(&limit, "limit", 0, "at most `N`; 0 means all")
	s.forms.add(c)
	return c
}

func (s *session) listArtifacts(ctx context.Context, name, folder string, all bool, limit int) error {
	found, err := s.files(ctx, name)
	if errors.Is(err, artifacts.ErrNone) && folder == "" && s.form == asJSON {
		return newJSONWriter(s.out).end()
	}
	if err != nil {
		return err
	}
	defer closeAll(found)
	entries, cut, err := listed(ctx, found[0], folder, all, limit)
	if err != nil {
		return err
	}
	if cut {
		fmt.Fprintln(s.err, "benchside: there are more artifacts than can be sorted")
	}
	entries = entries[:min(len(entries), limit)]
	if s.form == asJSON {
		return printArray(s.out, entries)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "path", whole: true}, column{head: "kind"}, column{head: "size", right: true}, column{head: "modified", whole: true})
	for i := range entries {
		if err := t.row(entries[i].cells(s.form)...); err != nil {
			return err
		}
	}
	return t.end()
}

func (a *artifactJSON) cells(f form) []cell {
	kind, size, name := "", "", a.Path
	switch {
	case a.ModelID != nil:
		kind = "model " + *a.ModelID
	case a.Folder:
		kind = "folder"
	case a.Special != nil:
		kind = *a.Special
	case a.Kind != nil:
		kind = *a.Kind
	}
	if a.Folder {
		name += "/"
	}
	if a.Size != nil {
		size = sizeIn(f, *a.Size)
	}
	return []cell{text(name), text(kind), text(size), text(f.moment(a.Modified))}
}

// sizeIn writes bytes for people, or for programs as a number.
func sizeIn(f form, n int64) string {
	if f == asCSV {
		return fmt.Sprint(n)
	}
	return widget.Bytes(n)
}

// mostListed bounds the entries of one folder, which are sorted in memory.
const mostListed = 1_000_000

// listed are the entries of a folder, or the one file.
func listed(ctx context.Context, run *previews.Run, folder string, all bool, limit int) (out []artifactJSON, cut bool, err error) {
	clean, err := previews.Clean(folder)
	if err != nil {
		return nil, false, err
	}
	models := map[string]string{}
	for _, m := range run.Models() {
		models[m.Folder] = m.ID
	}
	here, err := run.Entry(clean)
	switch {
	case err != nil:
		return nil, false, err
	case !here.Folder:
		return []artifactJSON{entryJSON(clean, here, models)}, false, nil
	case !all:
		page, err := run.Page(ctx, clean, 0, limit)
		for _, e := range page.Entries {
			out = append(out, entryJSON(path.Join(clean, e.Name), e, models))
		}
		return out, page.Cut, err
	}
	cut, err = run.Walk(ctx, clean, func(name string, e artifacts.Entry) error {
		out = append(out, entryJSON(name, e, models))
		return nil
	})
	slices.SortFunc(out, func(a, b artifactJSON) int { return cmp.Compare(a.Path, b.Path) })
	return out, cut, err
}

// usageJSON is what the artifacts of a run take.
type usageJSON struct {
	RunID string      `json:"run_id"`
	Name  string      `json:"name"`
	Stage store.Stage `json:"lifecycle_stage"`
	Files int         `json:"files"`
	Bytes *int64      `json:"bytes"` // null if they are not on this machine
	More  bool        `json:"more"`  // the bounds of a walk were met
	Why   *string     `json:"why"`
}

func (s *session) artifactsDu() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "du EXPERIMENT", Short: "Add up what the artifacts of each run take, the most first",
		Args: takes(1, "one experiment: its id or its name"),
	}, func(ctx context.Context, args []string) error { return s.sumArtifacts(ctx, args[0]) })
	s.forms.add(c)
	return c
}

func (s *session) sumArtifacts(ctx context.Context, experiment string) error {
	c := s.configured()
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	ids, err := experimentIDs(ctx, st, []string{experiment})
	if err != nil {
		return err
	}
	var all []usageJSON
	// Deleted runs are among them: their files stay until mlflow gc.
	err = eachRun(ctx, st, store.RunQuery{Experiments: ids, Stage: store.AnyStage}, func(r *store.Run) error {
		u, err := s.usageOf(ctx, st, c, *r)
		all = append(all, u)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b usageJSON) int { return cmp.Compare(b.bytes(), a.bytes()) })
	if s.form == asJSON {
		return printArray(s.out, all)
	}
	return s.tableOfUsage(all)
}

func (u usageJSON) bytes() int64 {
	if u.Bytes == nil {
		return -1
	}
	return *u.Bytes
}

func (s *session) usageOf(ctx context.Context, st store.Store, c config, r store.Run) (usageJSON, error) {
	out := usageJSON{RunID: r.ID, Name: r.Name, Stage: r.Stage}
	files, err := s.openFiles(ctx, st, c, r)
	if errors.Is(err, artifacts.ErrNone) {
		out.Bytes = new(int64)
		return out, nil
	}
	var u artifacts.Usage
	if err == nil {
		defer files.Close()
		u, err = files.Du(ctx, "")
	}
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	if err != nil {
		out.Why = orNull(err.Error())
		return out, nil
	}
	out.Files, out.Bytes, out.More = u.Files, &u.Bytes, u.Cut
	return out, nil
}

func (s *session) tableOfUsage(all []usageJSON) error {
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "size", right: true}, column{head: "files", right: true},
		column{head: "run_id", id: true}, column{head: "name"}, column{head: "lifecycle_stage", whole: true})
	var bytes int64
	files := 0
	for _, u := range all {
		size := "?"
		if u.Bytes != nil {
			bytes, files = bytes+*u.Bytes, files+u.Files
			size = sizeIn(s.form, *u.Bytes)
		} else {
			fmt.Fprintf(s.err, "benchside: %s\n", sanitize.Line(*u.Why))
		}
		if err := t.row(text(size), count(u.Files), text(u.RunID), text(u.Name), text(string(u.Stage))); err != nil {
			return err
		}
	}
	if s.form == plain {
		if err := t.row(text(sizeIn(s.form, bytes)), count(files), text("all"), text(""), text("")); err != nil {
			return err
		}
	}
	return t.end()
}
