package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"benchside/store"
)

// magic is how every SQLite 3 database begins (sqlite.org/fileformat.html).
const magic = "SQLite format 3\x00"

// headerSize is the length of the header of a database in bytes.
const headerSize = 100

// access is how the file is opened so that looking leaves no trace.
type access int

const (
	// accessJournal: a rollback journal, with SQLite's usual locks.
	accessJournal access = iota
	// accessWAL: a write-ahead log that others use or left, with its index.
	accessWAL
	// accessRest: a WAL store that nobody has open. A usual reader would create
	// -wal and -shm files; an immutable one would go wrong if anybody wrote, so
	// it is given up as soon as the files change.
	accessRest
)

// footing is what the store's files were like at one moment.
type footing struct {
	access  access
	file    os.FileInfo // of the database
	counter uint32      // commits counted in the header; not of those in a WAL
	log     os.FileInfo // of the -wal file, nil without one
	whole   int64       // bytes that the header says the database has; 0 if it does not
}

// same reports whether connections opened on f may be used on g.
func (f footing) same(g footing) bool {
	if f.access != g.access || !os.SameFile(f.file, g.file) {
		return false
	}
	return f.access != accessRest || !f.differs(g)
}

// differs reports whether something was committed between f and g. It sees
// any commit in a rollback store; in a WAL one, two in the same tick of the file
// system's clock may look like one.
func (f footing) differs(g footing) bool {
	return f.counter != g.counter || !os.SameFile(f.file, g.file) ||
		changed(f.file, g.file) || (f.log == nil) != (g.log == nil) ||
		f.log != nil && (!os.SameFile(f.log, g.log) || changed(f.log, g.log))
}

func changed(a, b os.FileInfo) bool {
	return a.Size() != b.Size() || !a.ModTime().Equal(b.ModTime())
}

// file is the database as the operating system knows it. It is kept open as
// long as there are connections: closing any descriptor of a file gives up all
// the locks that the process has on it, SQLite's among them (fcntl(2)). For the
// same reason no other code of a process may open and close the database.
type file struct {
	path string // symbolic links resolved, as SQLite does for the journal's name
	open *os.File
	info os.FileInfo

	mu      sync.Mutex // guards what follows
	conns   int
	retired bool // to be closed with the last connection
}

func (f *file) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conns++
}

func (f *file) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conns--
	f.closeUnused()
}

func (f *file) retire() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.retired = true
	f.closeUnused()
}

func (f *file) closeUnused() {
	if f.retired && f.conns == 0 {
		_ = f.open.Close() // only read from
	}
}

func openFile(path string) (*file, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: there is no such file", store.ErrNotFound)
	case err != nil:
		return nil, plain(err)
	case info.IsDir():
		return nil, fmt.Errorf("%w: it is a folder", store.ErrNotStore)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: it is not a regular file", store.ErrNotStore)
	case info.Size() == 0:
		return nil, fmt.Errorf("%w: the file is empty; MLflow makes it a store when it first logs to it", store.ErrNotStore)
	}
	open, err := os.Open(path)
	if err != nil {
		return nil, plain(err)
	}
	info, err = open.Stat()
	if err != nil {
		_ = open.Close() // only read from
		return nil, plain(err)
	}
	return &file{path: path, open: open, info: info}, nil
}

// plain drops the path from an error of the operating system: ours has it.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// look reads what the files are like now: two or three system calls, no lock.
func (f *file) look() (footing, error) {
	var now footing
	var err error
	if now.file, err = os.Stat(f.path); errors.Is(err, fs.ErrNotExist) {
		return now, fmt.Errorf("%w: the file was removed or renamed while it was open", store.ErrGone)
	} else if err != nil {
		return now, plain(err)
	}
	if !os.SameFile(now.file, f.info) {
		return now, errReplaced
	}
	var header [headerSize]byte
	if n, err := f.open.ReadAt(header[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return now, plain(err)
	} else if n == 0 {
		return now, fmt.Errorf("%w: the file is empty now", store.ErrDamaged)
	} else if n < headerSize || string(header[:len(magic)]) != magic {
		return now, fmt.Errorf("%w: the file is not an SQLite database", store.ErrNotStore)
	}
	now.counter = binary.BigEndian.Uint32(header[24:])
	if binary.BigEndian.Uint32(header[92:]) == now.counter { // else the page count is not valid
		now.whole = int64(binary.BigEndian.Uint32(header[28:])) * pageSize(header[16:])
	}
	now.log = stat(f.path + "-wal")
	index := stat(f.path + "-shm")
	switch {
	case now.log != nil && index != nil:
		now.access = accessWAL
	case now.log != nil && now.log.Size() > 0:
		return now, errNoIndex
	case now.log != nil || header[19] == 2: // the version needed to read it: WAL
		now.access = accessRest
	}
	return now, nil
}

func pageSize(b []byte) int64 {
	if n := int64(binary.BigEndian.Uint16(b)); n != 1 {
		return n
	}
	return 65536
}

func stat(path string) os.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// errNoIndex: the log of a WAL store is there without its index. A writer that
// starts makes one soon; in a copy of a store it is missing for good, and SQLite
// cannot read the log without making it.
var errNoIndex = errors.New("the log has no index")

// errReplaced: another file has taken the name of ours.
var errReplaced = errors.New("the file was replaced by another one while it was open")
