package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	sqlite3 "github.com/mattn/go-sqlite3"

	"benchside/store"
)

// Options say how a store is opened; the zero value is the usual way.
type Options struct {
	URI      string // as the user or MLflow spelled it
	ReadOnly bool   // the user forbids writes
}

// DB is an open store. It is safe for concurrent use.
type DB struct {
	path string
	opts Options

	gate sync.RWMutex // bursts hold it for reading, Quiet for writing

	mu     sync.Mutex // guards what follows
	idle   []*conn
	file   os.FileInfo // as it was when the connections were opened
	frozen bool        // opened as immutable: a WAL store at rest
	mode   string      // journal mode
	epoch  int         // counts the times the connections were opened anew
	closed bool

	schema schema
}

var _ store.Store = (*DB)(nil)

// Open opens the SQLite store at path for reading. It creates nothing: a file
// that is missing, empty or no MLflow store is an error that says so.
func Open(ctx context.Context, path string, opts Options) (*DB, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	d := &DB{path: full, opts: opts}
	if err := d.look(); err != nil {
		return nil, err
	}
	if err := d.burst(ctx, func(c *conn) error { return d.schema.read(ctx, c) }); err != nil {
		d.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if missing := d.schema.missing(); missing != "" {
		d.Close()
		return nil, fmt.Errorf("open %s: a database without MLflow's %s: %w", path, missing, store.ErrNotStore)
	}
	return d, nil
}

// magic is how every SQLite 3 database begins.
const magic = "SQLite format 3\x00"

// look examines the file without SQLite and remembers which file it is.
func (d *DB) look() error {
	info, err := os.Stat(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("open %s: %w: no such file", d.path, store.ErrNotFound)
	case err != nil:
		return fmt.Errorf("open %s: %w", d.path, err)
	case info.IsDir():
		return fmt.Errorf("open %s: a folder: %w", d.path, store.ErrNotStore)
	case info.Size() == 0:
		return fmt.Errorf("open %s: an empty file; a training that logs to it makes it a store: %w", d.path, store.ErrNotStore)
	}
	head, err := header(d.path)
	if err != nil {
		return fmt.Errorf("open %s: %w", d.path, err)
	}
	if !bytes.HasPrefix(head, []byte(magic)) {
		return fmt.Errorf("open %s: not an SQLite database: %w", d.path, store.ErrNotStore)
	}
	d.file, d.mode = info, journal(head)
	d.frozen = d.mode == "wal" && !beside(d.path, "-wal")
	return nil
}

func header(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 100)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return head[:n], nil
}

// journal reads the journal mode that a database header names: bytes 18 and 19
// are the file format's write and read version (sqlite.org/fileformat.html).
func journal(head []byte) string {
	if len(head) > 19 && head[18] == 2 {
		return "wal"
	}
	return "delete"
}

// beside reports whether a journal of the database is there and not empty.
func beside(path, suffix string) bool {
	info, err := os.Stat(path + suffix)
	return err == nil && info.Size() > 0
}

// dsn names the database so that SQLite itself refuses every write. A WAL
// store at rest is opened as immutable, since mode=ro alone would leave -wal
// and -shm files beside it; it is opened anew as soon as that is not true.
func (d *DB) dsn() string {
	path := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(d.path)
	dsn := "file:" + path + "?mode=ro&_query_only=1&_busy_timeout=2000&_cslike=1&_stmt_cache_size=64"
	if d.frozen {
		dsn += "&immutable=1"
	}
	return dsn
}

// connection takes an idle connection or opens one, and notices when the file
// is gone, replaced or no longer at rest.
func (d *DB) connection() (*conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errors.New("the store is closed")
	}
	if err := d.recheck(); err != nil {
		return nil, err
	}
	if n := len(d.idle); n > 0 {
		c := d.idle[n-1]
		d.idle = d.idle[:n-1]
		return c, nil
	}
	raw, err := (&sqlite3.SQLiteDriver{}).Open(d.dsn())
	if err != nil {
		return nil, d.explain(err)
	}
	return &conn{raw: raw.(*sqlite3.SQLiteConn), epoch: d.epoch}, nil
}

func (d *DB) recheck() error {
	info, err := os.Stat(d.path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			d.drop()
			return fmt.Errorf("read %s: %w", d.path, store.ErrGone)
		}
		return fmt.Errorf("read %s: %w", d.path, err)
	}
	replaced := !os.SameFile(info, d.file)
	thawed := d.frozen && (beside(d.path, "-wal") || info.ModTime() != d.file.ModTime() || info.Size() != d.file.Size())
	if !replaced && !thawed {
		return nil
	}
	d.drop()
	return d.look()
}

// drop closes the idle connections; those in use are closed when they return.
func (d *DB) drop() {
	for _, c := range d.idle {
		c.raw.Close()
	}
	d.idle = nil
	d.epoch++
}

func (d *DB) giveBack(c *conn) {
	const keep = 4
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || c.epoch != d.epoch || len(d.idle) >= keep {
		c.raw.Close()
		return
	}
	d.idle = append(d.idle, c)
}

// Close implements io.Closer.
func (d *DB) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	d.closed = true
	return nil
}

// Quiet implements store.Quieter.
func (d *DB) Quiet(ctx context.Context) (resume func(), err error) {
	d.gate.Lock()
	if err := ctx.Err(); err != nil {
		d.gate.Unlock()
		return nil, err
	}
	return sync.OnceFunc(d.gate.Unlock), nil
}
