package monitors

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"benchside/drift"
	"benchside/store"
)

// arrival is a whole table that may be new.
type arrival struct {
	batch  store.Batch
	path   string // of the file
	info   fs.FileInfo
	source drift.Source
}

// unchanged reports whether the file is still what was hashed.
func (a arrival) unchanged() bool {
	now, err := os.Stat(a.path)
	return err == nil && now.Size() == a.info.Size() && now.ModTime().Equal(a.info.ModTime())
}

// usualSettled is how long a file must stand still.
const usualSettled = 2 * time.Second

// arrived finds what is there and not recorded, by name.
func (e Engine) arrived(ctx context.Context, m store.Monitor, past *past, o *Outcome) ([]arrival, error) {
	if m.Arrives.Kind == store.InExperiment {
		return e.runsArrived(ctx, m, past, o)
	}
	return e.filesArrived(ctx, m, past, o)
}

// mostFiles bounds the files of a folder that are looked at.
const mostFiles = 100_000

// filesArrived looks at the files of a folder. Those that are young are looked at
// again once they are old enough: if they are as they were, they are whole.
func (e Engine) filesArrived(ctx context.Context, m store.Monitor, past *past, o *Outcome) ([]arrival, error) {
	folder, err := os.Open(m.Arrives.Folder)
	if err != nil {
		return nil, err
	}
	names, err := folder.Readdirnames(mostFiles)
	if err = errors.Join(ignore(err, io.EOF), folder.Close()); err != nil {
		return nil, err
	}
	slices.Sort(names)
	var found, young []arrival
	for _, name := range names {
		if !matches(m.Arrives.Pattern, name) {
			if writing(name) && matches(m.Arrives.Pattern, finished(name)) {
				o.Partial = append(o.Partial, name)
			}
			continue
		}
		full := filepath.Join(m.Arrives.Folder, name)
		info, err := os.Stat(full)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // it went meanwhile
		case err != nil:
			o.Trouble = append(o.Trouble, err.Error())
			continue
		case !info.Mode().IsRegular():
			continue
		}
		a := arrival{
			path: full, info: info, source: drift.Source{Kind: store.FromFile, Path: full},
			batch: store.Batch{Name: name, Bytes: info.Size(), Modified: store.AtTime(info.ModTime())},
		}
		switch {
		case past.sameFile(name, a.batch.Bytes, a.batch.Modified):
			o.Known++
		case time.Since(info.ModTime()) < e.settled():
			young = append(young, a)
		default:
			found = append(found, a)
		}
	}
	grown, err := e.wait(ctx, young, o)
	if err != nil {
		return nil, err
	}
	return e.digested(ctx, append(found, grown...), o)
}

func (e Engine) settled() time.Duration { return cmp.Or(e.Settled, usualSettled) }

func ignore(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}

// wait looks again at files that were written a moment ago.
func (e Engine) wait(ctx context.Context, young []arrival, o *Outcome) (whole []arrival, err error) {
	if len(young) == 0 {
		return nil, nil
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(e.settled()):
	}
	for _, a := range young {
		if a.unchanged() {
			whole = append(whole, a)
			continue
		}
		o.Partial = append(o.Partial, a.batch.Name)
	}
	return whole, nil
}

// writing reports whether a name says that its file is not whole yet.
func writing(name string) bool { return finished(name) != name }

// finished is the name that a file will have once it is whole.
func finished(name string) string {
	name = strings.TrimLeft(name, ".~_")
	for _, end := range []string{".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp", "~"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// tables are the names that a folder's batches have where no pattern was given.
var tables = []string{"*.csv", "*.csv.gz", "*.tsv", "*.parquet"}

// matches reports whether the name of a file is that of a batch. A file that is still
// being written has another.
func matches(pattern, name string) bool {
	if writing(name) {
		return false
	}
	patterns := tables
	if pattern != "" {
		patterns = []string{pattern}
	}
	return slices.ContainsFunc(patterns, func(p string) bool {
		fits, err := path.Match(p, name)
		return err == nil && fits
	})
}

// digested hashes the content of files. One that changes meanwhile is still being
// written.
func (e Engine) digested(ctx context.Context, all []arrival, o *Outcome) (whole []arrival, err error) {
	for _, a := range all {
		a.batch.Digest, err = digest(ctx, a.path)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			o.Trouble = append(o.Trouble, err.Error())
		case !a.unchanged():
			o.Partial = append(o.Partial, a.batch.Name)
		default:
			if !a.batch.End.Set() {
				a.batch.Start, a.batch.End = dated(a.batch.Name, a.info.ModTime())
			}
			whole = append(whole, a)
		}
	}
	return whole, nil
}

// digest is the SHA-256 of a file, hexadecimal.
func digest(ctx context.Context, name string) (string, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		_, err := io.CopyN(hash, f, 16<<20)
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(hash.Sum(nil)), nil
		}
		if err != nil {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
	}
}

var dates = regexp.MustCompile(`(\d{4})[-_]?(\d{2})(?:[-_]?(\d{2}))?(?:\D|$)`)

// dated is the time of a batch without a column of times: the day or the month in its
// name, else when its file was written.
func dated(name string, written time.Time) (from, to store.Time) {
	if found := dates.FindStringSubmatch(name); found != nil {
		day, layout := found[1]+found[2]+found[3], "20060102"
		if found[3] == "" {
			layout = "200601"
		}
		if t, err := time.Parse(layout, day); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			end := t.AddDate(0, 0, 1)
			if found[3] == "" {
				end = t.AddDate(0, 1, 0)
			}
			return store.AtTime(t), store.AtTime(end.Add(-time.Millisecond))
		}
	}
	at := store.AtTime(written)
	return at, at
}

// runsArrived looks at the finished runs of an experiment.
func (e Engine) runsArrived(ctx context.Context, m store.Monitor, past *past, o *Outcome) ([]arrival, error) {
	runs, err := e.Source.Runs(ctx, store.RunQuery{Experiments: []string{m.Arrives.Experiment}})
	if err != nil {
		return nil, err
	}
	var fresh []store.Run
	for _, r := range runs {
		switch {
		case len(past.byName[r.ID]) > 0:
			o.Known++
		case r.ID == m.Reference.Run:
		case r.Status.Live():
			o.Partial = append(o.Partial, r.Called())
		case r.Status == store.Finished:
			fresh = append(fresh, r)
		}
	}
	ids := make([]string, len(fresh))
	for i, r := range fresh {
		ids[i] = r.ID
	}
	inputs, err := store.IfKept(e.Source.InputsOf(ctx, ids))
	if err != nil {
		return nil, err
	}
	var found []arrival
	for _, r := range fresh {
		a, err := e.tableOf(ctx, m.Arrives, r, inputs[r.ID])
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, errNoTable):
			o.Without = append(o.Without, r.Called())
		case err != nil:
			o.Trouble = append(o.Trouble, err.Error())
		default:
			found = append(found, a)
		}
	}
	return e.digested(ctx, found, o)
}

var errNoTable = errors.New("it brings no table")

// tableOf is the table that a run brings: an artifact, else the file of its data set.
func (e Engine) tableOf(ctx context.Context, where store.Arrival, r store.Run, inputs []store.Input) (arrival, error) {
	a := arrival{batch: store.Batch{Name: r.ID, Start: r.Start, End: r.Start}, source: drift.Source{RunID: r.ID}}
	if r.End.Set() {
		a.batch.End = r.End
	}
	name, err := e.artifactOf(ctx, where.Artifact, r)
	switch {
	case err == nil:
		a.source.Kind, a.source.ArtifactPath = store.FromArtifact, name
		if a.path, err = e.artifact(r, name); err != nil {
			return a, err
		}
	case !errors.Is(err, errNoTable) || where.Artifact != "":
		return a, err
	default:
		in, path, ok := localInput(inputs)
		if !ok {
			return a, err
		}
		a.path, a.source.Kind, a.source.Path, a.source.DatasetName = path, "dataset", path, in
	}
	if a.info, err = os.Stat(a.path); err != nil {
		return a, err
	}
	if !a.info.Mode().IsRegular() {
		return a, errNoTable
	}
	a.batch.Bytes, a.batch.Modified = a.info.Size(), store.AtTime(a.info.ModTime())
	return a, nil
}

// artifactOf finds the table among the artifacts of a run.
func (e Engine) artifactOf(ctx context.Context, pattern string, r store.Run) (string, error) {
	root, err := e.Places(r).Open(r.ArtifactURI)
	if err != nil {
		return "", errNoTable // nothing was logged, or it is elsewhere
	}
	defer root.Close()
	folder := "data"
	if pattern != "" {
		folder = path.Dir(pattern)
	}
	page, err := root.Page(ctx, strings.TrimPrefix(folder, "."), 0, 1000)
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", errNoTable
	}
	var fit []string
	for _, entry := range page.Entries {
		if !entry.Folder && entry.Special == "" && matches(lastOf(pattern), entry.Name) {
			fit = append(fit, path.Join(folder, entry.Name))
		}
	}
	switch len(fit) {
	case 0:
		return "", errNoTable
	case 1:
		return fit[0], nil
	}
	return "", fmt.Errorf("run %s: %s and %s are tables: name the one to watch", r.Called(), fit[0], fit[1])
}

func lastOf(pattern string) string {
	if pattern == "" {
		return ""
	}
	return path.Base(pattern)
}

// artifact is the path of an artifact that is a file below the run's root.
func (e Engine) artifact(r store.Run, name string) (string, error) {
	root, err := e.Places(r).Open(r.ArtifactURI)
	if err != nil {
		return "", err
	}
	defer root.Close()
	return root.Path(name)
}

// localInput is the file of a run's only data set, if it lies on this machine.
func localInput(inputs []store.Input) (name, file string, ok bool) {
	if len(inputs) != 1 {
		return "", "", false
	}
	var source struct {
		URI string `json:"uri"`
	}
	if json.Unmarshal([]byte(inputs[0].Source), &source) != nil {
		return "", "", false
	}
	u, err := url.Parse(source.URI)
	if err != nil || u.Scheme != "" && u.Scheme != "file" || u.Host != "" || !filepath.IsAbs(u.Path) || !matches("", path.Base(u.Path)) {
		return "", "", false
	}
	return inputs[0].Name, u.Path, true
}
