package inputs

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"benchside/artifacts/tables"
)

// logNames are the files of a log by version.
type logNames struct {
	folder      string
	commits     map[int64]string
	checkpoints map[int64][]string // nil if parts of it are missing
	others      map[int64]bool     // checkpoints of a form that is not read
}

func readLogNames(ctx context.Context, files Files, folder string) (*logNames, error) {
	entries, err := list(ctx, files, folder)
	if err != nil {
		return nil, err
	}
	l := &logNames{folder: folder, commits: map[int64]string{}, checkpoints: map[int64][]string{}, others: map[int64]bool{}}
	whole := map[int64]int{}
	for _, e := range entries {
		words := strings.Split(e.Name, ".")
		version, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil || len(words[0]) != 20 || version < 0 || e.Folder {
			continue
		}
		switch {
		case len(words) == 2 && words[1] == "json":
			l.commits[version] = e.Name
		case len(words) == 3 && words[1] == "checkpoint" && words[2] == "parquet":
			l.checkpoints[version], whole[version] = []string{e.Name}, 1
		case len(words) == 5 && words[1] == "checkpoint" && words[4] == "parquet" && whole[version] != 1:
			l.checkpoints[version] = append(l.checkpoints[version], e.Name)
			whole[version], _ = strconv.Atoi(words[3])
		case len(words) == 4 && words[1] == "checkpoint":
			l.others[version] = true
		}
	}
	for version, n := range whole {
		if len(l.checkpoints[version]) != n {
			delete(l.checkpoints, version)
		}
	}
	return l, nil
}

// version checks the version that is asked for; -1 asks for the newest.
func (l *logNames) version(asked int64) (int64, error) {
	all := append(slices.Collect(maps.Keys(l.commits)), slices.Collect(maps.Keys(l.checkpoints))...)
	if len(all) == 0 {
		return 0, fmt.Errorf("%w: %s has no commit", tables.ErrDamaged, deltaLog)
	}
	newest := slices.Max(all)
	if asked > newest {
		return 0, fmt.Errorf("the Delta table has no version %d: the newest is %d", asked, newest)
	}
	if asked < 0 {
		return newest, nil
	}
	return asked, nil
}

// start is the newest checkpoint up to a version, -1 if there is none.
func (l *logNames) start(version int64) int64 {
	start := int64(-1)
	for v := range l.checkpoints {
		if v <= version {
			start = max(start, v)
		}
	}
	return start
}

// replay makes the snapshot of the version.
func (s *Set) replay(ctx context.Context, l *logNames) (*snapshot, error) {
	snap := &snapshot{files: map[string]*fileAction{}}
	start := l.start(s.version)
	if start >= 0 {
		for _, name := range l.checkpoints[start] {
			if err := snap.checkpoint(ctx, s.files, path.Join(l.folder, name)); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if s.version-start > mostCommits {
		return nil, fmt.Errorf("%w: %d commits without a checkpoint; the bound is %d", tables.ErrTooBig, s.version-start, mostCommits)
	}
	for v := start + 1; v <= s.version; v++ {
		name, ok := l.commits[v]
		switch {
		case !ok && len(l.others) > 0:
			return nil, fmt.Errorf("%w: version %d needs a checkpoint of the form v2", ErrUnsupported, s.version)
		case !ok:
			return nil, fmt.Errorf("version %d needs the commit %d, which is not there any more", s.version, v)
		}
		if err := snap.commit(ctx, s.files, path.Join(l.folder, name)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(snap.files) > mostParts {
			return nil, fmt.Errorf("%w: the Delta table has more than %d files", tables.ErrTooBig, mostParts)
		}
	}
	return snap, nil
}

// commit reads a commit: an action a line.
func (s *snapshot) commit(ctx context.Context, files Files, name string) (err error) {
	file, err := files.OpenFile(name)
	if err != nil {
		return cause(err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if file.Size() > mostCommitBytes {
		return fmt.Errorf("%w: %d bytes; the bound is %d", tables.ErrTooBig, file.Size(), mostCommitBytes)
	}
	return s.actions(ctx, io.NewSectionReader(file, 0, file.Size()))
}

func (s *snapshot) actions(ctx context.Context, r io.Reader) error {
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, mostCommitBytes)
	for n := 1; scan.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		line := bytes.TrimSpace(scan.Bytes())
		if len(line) == 0 {
			continue
		}
		var a action
		if err := json.Unmarshal(line, &a); err != nil {
			return fmt.Errorf("%w: line %d is no action", tables.ErrDamaged, n)
		}
		s.apply(a)
	}
	return scan.Err()
}

// checkpoint reads a part of a checkpoint: a row is an action.
func (s *snapshot) checkpoint(ctx context.Context, files Files, name string) (err error) {
	file, err := files.OpenFile(name)
	if err != nil {
		return cause(err)
	}
	t, err := tables.OpenParquet(ctx, file, file.Size())
	if err != nil {
		return errors.Join(err, file.Close())
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	if n, _ := t.Count(); n > 4*mostParts {
		return fmt.Errorf("%w: %d actions; the bound is %d", tables.ErrTooBig, n, 4*mostParts)
	}
	if err := s.added(ctx, t); err != nil {
		return err
	}
	return s.described(ctx, t)
}

// inside reads a part of each row's structure; what is not there is left out.
func inside(ctx context.Context, t tables.Columnar, see func(row int, text string), path ...string) error {
	row := 0
	err := t.Inside(ctx, path, func(c *tables.Chunk) error {
		if c.Codes == nil {
			return fmt.Errorf("%w: %v is no text", tables.ErrDamaged, path)
		}
		for _, code := range c.Codes {
			if code >= 0 {
				see(row, string(c.Whole(code)))
			}
			row++
		}
		return nil
	})
	return err
}

// added reads the files that a checkpoint lists.
func (s *snapshot) added(ctx context.Context, t tables.Columnar) error {
	byRow := map[int]*fileAction{}
	if err := inside(ctx, t, func(row int, text string) { byRow[row] = &fileAction{Path: text} }, "add", "path"); err != nil {
		return err
	}
	err := inside(ctx, t, func(row int, text string) {
		if f := byRow[row]; f != nil {
			f.DeletionVector = &deletionVector{StorageType: text}
		}
	}, "add", "deletionVector", "storageType")
	if err != nil && !errors.Is(err, tables.ErrNoPart) {
		return err
	}
	err = inside(ctx, t, func(row int, text string) {
		if f := byRow[row]; f != nil && f.DeletionVector != nil {
			f.DeletionVector.Path = text
		}
	}, "add", "deletionVector", "pathOrInlineDv")
	if err != nil && !errors.Is(err, tables.ErrNoPart) {
		return err
	}
	err = t.Pairs(ctx, []string{"add", "partitionValues"}, func(row int64, pairs map[string]*string) error {
		if f := byRow[int(row)]; f != nil && len(pairs) > 0 {
			f.PartitionValues = pairs
		}
		return nil
	})
	if err != nil && !errors.Is(err, tables.ErrNoPart) {
		return err
	}
	for _, f := range byRow {
		s.apply(action{Add: f})
	}
	return nil
}

// described reads the schema and the protocol of a checkpoint.
func (s *snapshot) described(ctx context.Context, t tables.Columnar) error {
	var meta *metaData
	row := -1
	err := inside(ctx, t, func(at int, text string) { meta, row = &metaData{Schema: text}, at }, "metaData", "schemaString")
	if err != nil || meta == nil {
		return err // of several parts, one has it
	}
	if err := inside(ctx, t, func(_ int, text string) { meta.ID = text }, "metaData", "id"); err != nil {
		return err
	}
	err = t.Pairs(ctx, []string{"metaData", "configuration"}, func(at int64, pairs map[string]*string) error {
		for name, value := range pairs {
			if at == int64(row) && value != nil {
				if meta.Configuration == nil {
					meta.Configuration = map[string]string{}
				}
				meta.Configuration[name] = *value
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, tables.ErrNoPart) {
		return err
	}
	s.apply(action{MetaData: meta})
	at := slices.IndexFunc(t.Columns(), func(c tables.Column) bool { return c.Name == "protocol" })
	if at < 0 {
		return nil
	}
	return t.Scan(ctx, []int{at}, 0, func(_ int64, values []tables.Value) (bool, error) {
		if values[0].Kind == tables.Missing {
			return true, nil
		}
		var p protocol
		if err := json.Unmarshal([]byte(values[0].Text), &p); err != nil {
			return false, fmt.Errorf("%w: the protocol cannot be read", tables.ErrDamaged)
		}
		if p.MinReader > 0 {
			s.apply(action{Protocol: &p})
		}
		return true, nil
	})
}
