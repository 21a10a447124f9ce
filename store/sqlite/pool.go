package sqlite

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
)

// mostConns bounds the reads at one time; each has a page cache of 2 MB.
const mostConns = 4

// restTime is how long a connection to a WAL store stays open unused. The last
// writer to leave moves the log into the database and removes it, but only if
// nobody else has the store open.
const restTime = 250 * time.Millisecond

// pool keeps connections for reuse and opens them when they are needed.
type pool struct {
	slots chan struct{} // one for each connection in use

	mu     sync.Mutex // guards what follows
	file   *file
	idle   []*conn
	epoch  int // counts the files that were opened under the store's name
	closed bool
	rest   *time.Timer
}

func newPool() pool { return pool{slots: make(chan struct{}, mostConns)} }

var errClosed = errors.New("the store is closed")

// adopt makes f the file that connections are opened on.
func (p *pool) adopt(f *file) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop()
	old := p.file
	p.file = f
	p.epoch++
	if old != nil {
		old.retire()
	}
	if p.closed {
		f.retire()
		p.file = nil
	}
}

// look reads what the files are like now, and which file it is.
func (p *pool) look() (footing, int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return footing{}, p.epoch, errClosed
	}
	now, err := p.file.look()
	return now, p.epoch, err
}

// path returns the path of the open database, which names the files beside it.
func (p *pool) path() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return ""
	}
	return p.file.path
}

// take returns a connection that is right for what the files are like now.
func (p *pool) take(ctx context.Context) (*conn, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, err := p.ready()
	if err != nil {
		<-p.slots
	}
	return c, err
}

func (p *pool) ready() (*conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return nil, errClosed
	}
	now, err := p.file.look()
	if err != nil {
		return nil, err
	}
	if n := len(p.idle); n > 0 {
		if c := p.idle[n-1]; c.opened.same(now) {
			p.idle = p.idle[:n-1]
			return c, nil
		}
		p.drop()
	}
	return dial(p.file, now)
}

// giveBack keeps the connection for the next read. It reports whether what was
// read must be read again, because the files changed below it.
func (p *pool) giveBack(c *conn) (stale bool) {
	defer func() { <-p.slots }()
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.file == p.file && c.opened.access == accessRest {
		now, err := p.file.look()
		stale = err != nil || !c.opened.same(now)
	}
	if stale || c.file != p.file {
		c.close()
		return stale
	}
	p.idle = append(p.idle, c)
	if c.opened.access == accessWAL {
		p.restLater()
	}
	return false
}

// writer opens a connection that may write and is nobody else's. No read is under
// way. Those of a log are closed: the connections of a process share its index,
// which they have opened for reading only; they would also keep it from being
// moved into the database when the writer leaves; and one that takes no locks
// would not see what is written.
func (p *pool) writer(readOnly bool) (*conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return nil, errClosed
	}
	now, err := p.file.look()
	if err != nil {
		return nil, err
	}
	if now.access != accessJournal {
		p.drop()
	}
	return connect(p.file, now, dsnToWrite(p.file.path, readOnly))
}

func (p *pool) restLater() {
	if p.rest != nil {
		p.rest.Reset(restTime)
		return
	}
	p.rest = time.AfterFunc(restTime, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.drop()
	})
}

// drop closes the idle connections; the caller holds mu.
func (p *pool) drop() {
	for _, c := range p.idle {
		c.close()
	}
	p.idle = nil
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rest != nil {
		p.rest.Stop()
	}
	p.drop()
	p.closed = true
	if p.file != nil {
		p.file.retire()
		p.file = nil
	}
}

// dial opens a connection that SQLite itself keeps from writing: mode=ro opens
// the database without the right to write, query_only refuses the statements.
func dial(f *file, now footing) (*conn, error) {
	return connect(f, now, dsn(f.path, now.access))
}

func connect(f *file, now footing, name string) (*conn, error) {
	raw, err := (&sqlite3.SQLiteDriver{}).Open(name)
	if err != nil {
		return nil, err
	}
	if err := addRegexp(raw.(*sqlite3.SQLiteConn)); err != nil {
		_ = raw.Close() // nothing was done with it
		return nil, err
	}
	f.hold()
	return &conn{raw: raw.(*sqlite3.SQLiteConn), file: f, opened: now, statements: map[string]*statement{}}, nil
}

func dsn(path string, a access) string {
	q := url.Values{"mode": {"ro"}, "_query_only": {"1"}, "_busy_timeout": {"0"}, "_cslike": {"1"}}
	if a == accessRest {
		q.Set("immutable", "1")
	} else {
		q.Set("readonly_shm", "1") // the index of a log is read, never made or changed
	}
	return location(path, q)
}

// dsnToWrite names a connection with the settings of MLflow's sessions. Where
// the user forbids writing SQLite itself forbids it, too.
func dsnToWrite(path string, readOnly bool) string {
	q := url.Values{"mode": {"rw"}, "_busy_timeout": {"0"}, "_cslike": {"1"}, "_fk": {"1"}}
	if readOnly {
		q.Set("mode", "ro")
		q.Set("_query_only", "1")
	}
	return location(path, q)
}

func location(path string, q url.Values) string {
	name := url.URL{Path: filepath.ToSlash(path)}
	return "file:" + name.EscapedPath() + "?" + q.Encode()
}
