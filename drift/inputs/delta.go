package inputs

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"benchside/artifacts/tables"
	"benchside/drift"
)

// deltaLog is the folder that makes a folder a Delta table.
const deltaLog = "_delta_log"

// The bounds of a log.
const (
	mostCommitBytes = 64 << 20
	mostCommits     = 100_000 // behind a checkpoint
)

// action is one line of a commit, of which one field is set. The form is that of
// the Delta transaction log protocol (delta-io/delta, PROTOCOL.md).
type action struct {
	Add      *fileAction `json:"add"`
	Remove   *fileAction `json:"remove"`
	MetaData *metaData   `json:"metaData"`
	Protocol *protocol   `json:"protocol"`
}

// fileAction adds a file to the table, or takes it out.
type fileAction struct {
	Path            string             `json:"path"`
	PartitionValues map[string]*string `json:"partitionValues"`
	DeletionVector  *deletionVector    `json:"deletionVector"`
}

// deletionVector says which rows of a file do not count.
type deletionVector struct {
	StorageType string `json:"storageType"`
	Path        string `json:"pathOrInlineDv"`
}

type metaData struct {
	ID            string            `json:"id"`
	Schema        string            `json:"schemaString"`
	Configuration map[string]string `json:"configuration"`
}

type protocol struct {
	MinReader int      `json:"minReaderVersion"`
	Features  []string `json:"readerFeatures"`
}

// field is a column of a Delta table.
type field struct {
	Name string          `json:"name"`
	Type json.RawMessage `json:"type"`
}

// storage is what the column is for drift.
func (f field) storage() drift.Storage {
	var name string
	if json.Unmarshal(f.Type, &name) != nil {
		return drift.Other // a struct, an array, a map
	}
	switch {
	case name == "string", name == "binary":
		return drift.String
	case name == "boolean":
		return drift.Bool
	case name == "date", strings.HasPrefix(name, "timestamp"):
		return drift.Time
	case name == "float", name == "double", strings.HasPrefix(name, "decimal"):
		return drift.Float
	case slices.Contains([]string{"byte", "short", "integer", "long"}, name):
		return drift.Int
	}
	return drift.Other
}

// snapshot is a table as a version of its log has it.
type snapshot struct {
	files    map[string]*fileAction
	meta     *metaData
	protocol *protocol
}

// key tells files apart: the same one with another deletion vector is another.
func (f *fileAction) key() string {
	v := f.DeletionVector
	if v == nil {
		return f.Path
	}
	return f.Path + "\x00" + v.StorageType + v.Path
}

func (s *snapshot) apply(a action) {
	switch {
	case a.Add != nil:
		s.files[a.Add.key()] = a.Add
	case a.Remove != nil:
		delete(s.files, a.Remove.key())
	case a.MetaData != nil:
		s.meta = a.MetaData
	case a.Protocol != nil:
		s.protocol = a.Protocol
	}
}

// delta finds the files of a version of a Delta table.
func (s *Set) delta(ctx context.Context, folder string) error {
	log, err := readLogNames(ctx, s.files, path.Join(folder, deltaLog))
	if err != nil {
		return err
	}
	if s.version, err = log.version(s.version); err != nil {
		return err
	}
	snap, err := s.replay(ctx, log)
	if err != nil {
		return fmt.Errorf("%s: %w", deltaLog, err)
	}
	if err := snap.check(); err != nil {
		return err
	}
	var schema struct {
		Fields []field `json:"fields"`
	}
	if err := json.Unmarshal([]byte(snap.meta.Schema), &schema); err != nil || len(schema.Fields) == 0 || len(schema.Fields) > tables.MostColumns {
		return fmt.Errorf("%s: %w: the schema cannot be read", deltaLog, tables.ErrDamaged)
	}
	s.fields, s.id = schema.Fields, snap.meta.ID
	for _, key := range slices.Sorted(maps.Keys(snap.files)) {
		f := snap.files[key]
		name, err := inFolder(folder, f.Path)
		if err != nil {
			return err
		}
		s.parts = append(s.parts, part{name: name, fixed: f.PartitionValues})
	}
	if len(s.parts) == 0 {
		return fmt.Errorf("%w in version %d of the Delta table", ErrEmpty, s.version)
	}
	s.kind = fmt.Sprintf("Delta table, version %d", s.version)
	return nil
}

// inFolder is where a file of the log lies, whose path is written as a URI.
func inFolder(folder, uri string) (string, error) {
	name, err := url.PathUnescape(uri)
	if err != nil || strings.Contains(name, "://") || !fs.ValidPath(name) {
		return "", fmt.Errorf("%w: the file %.80q of the Delta table is not in its folder", ErrUnsupported, uri)
	}
	return path.Join(folder, name), nil
}

// check refuses what a reader must know and this one does not.
func (s *snapshot) check() error {
	switch {
	case s.meta == nil || s.protocol == nil:
		return fmt.Errorf("%s: %w: it has no schema or no protocol", deltaLog, tables.ErrDamaged)
	case s.protocol.MinReader > 3:
		return fmt.Errorf("%w: the Delta table asks for readers of version %d, and ours is 3", ErrUnsupported, s.protocol.MinReader)
	}
	known := []string{"deletionVectors", "columnMapping", "timestampNtz", "vacuumProtocolCheck", "v2Checkpoint", "typeWidening"}
	for _, f := range s.protocol.Features {
		if !slices.Contains(known, f) {
			return fmt.Errorf("%w: the Delta table has the feature %.40q", ErrUnsupported, f)
		}
	}
	if mode := s.meta.Configuration["delta.columnMapping.mode"]; mode != "" && mode != "none" {
		return fmt.Errorf("%w: the Delta table maps its columns by %.20q", ErrUnsupported, mode)
	}
	for _, f := range s.files {
		if f.DeletionVector != nil {
			return fmt.Errorf("%w: the Delta table has deletion vectors: REORG TABLE … APPLY (PURGE) rewrites its files without them", ErrUnsupported)
		}
	}
	return nil
}
