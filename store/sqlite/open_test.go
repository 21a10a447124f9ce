package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	lab, err := os.ReadFile(labFile)
	if err != nil {
		t.Fatal(err)
	}
	write := func(content []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]struct {
		make func(t *testing.T, path string)
		kind error
		says string
	}{
		"a missing file":            {func(*testing.T, string) {}, store.ErrNotFound, "no such file"},
		"a folder":                  {func(t *testing.T, path string) { _ = os.Mkdir(path, 0o755) }, store.ErrNotStore, "folder"},
		"an empty file":             {write(nil), store.ErrNotStore, "empty"},
		"a text file":               {write([]byte(strings.Repeat("not a database\n", 99))), store.ErrNotStore, "not an SQLite database"},
		"a short text file":         {write([]byte("hi")), store.ErrNotStore, "not an SQLite database"},
		"a header and nothing else": {write(lab[:100]), store.ErrDamaged, "ends after 100 of its"},
		"half a store":              {write(lab[:len(lab)/2]), store.ErrDamaged, "ends after"},
		"somebody else's database":  {other, store.ErrNotStore, "without MLflow's tables"},
		"a store without a table":   {without("DROP TABLE params"), store.ErrNotStore, "has no params"},
		"a store without a column":  {without("ALTER TABLE runs RENAME COLUMN status TO state"), store.ErrNotStore, "has no runs.status"},
		"a writer that was ended":   {hot, store.ErrDamaged, "mlflow.db-journal"},
		"a log without its index": {func(t *testing.T, path string) {
			if err := os.Rename(leftWAL(t, "-wal"), path); err != nil {
				t.Fatal(err)
			}
			write([]byte("log"))(t, path+"-wal")
		}, store.ErrDamaged, "mlflow.db-wal came without"},
		"a broken first page": {write(append(append([]byte{}, lab[:100]...), make([]byte, len(lab)-100)...)), store.ErrDamaged, "damaged"},
		"a device":            {func(t *testing.T, path string) { _ = os.Symlink("/dev/null", path) }, store.ErrNotStore, "regular"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mlflow.db")
			tt.make(t, path)
			before := folder(t, path)
			d, err := Open(within(t, 10*time.Second), path, Options{Patience: 50 * time.Millisecond})
			if err == nil {
				d.Close()
				t.Fatalf("it opened; want %v", tt.kind)
			}
			if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q; want one line of kind %q that says %q", err, tt.kind, tt.says)
			}
			if after := folder(t, path); after != before {
				t.Errorf("the folder was %q, is %q", before, after)
			}
		})
	}
}

func folder(t *testing.T, path string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	return strings.Join(found, " ")
}

func other(t *testing.T, path string) {
	do(t, writer(t, path), "CREATE TABLE songs (title TEXT)")
}

func without(statement string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		duplicate(t, labFile, path)
		db := writer(t, path)
		db.SetMaxOpenConns(1)
		do(t, db, "PRAGMA foreign_keys = OFF")
		do(t, db, "PRAGMA legacy_alter_table = ON")
		do(t, db, statement)
		db.Close()
	}
}

// hot leaves what a writer leaves that is ended within a commit.
func hot(t *testing.T, path string) {
	duplicate(t, labFile, path)
	p := startProcess(t, path)
	p.do(t, "PRAGMA cache_size = 1") // so that pages are written before the commit
	p.do(t, "BEGIN IMMEDIATE")
	p.do(t, "UPDATE metrics SET value = value + 1")
	p.kill()
}

// runsIn opens a store and counts its runs.
func runsIn(t *testing.T, path string) int {
	t.Helper()
	d := opened(t, path)
	defer d.Close()
	return countOf(t, d)
}

func countOf(t *testing.T, d *DB) int {
	t.Helper()
	n := 0
	err := d.burst(context.Background(), func(c *conn) error {
		return c.query(context.Background(), "SELECT count(*) FROM runs", nil, func(v []driver.Value) error {
			n = int(v[0].(int64))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOddNames(t *testing.T) {
	for _, name := range []string{"a b.db", "who?.db", "50%.db", "%41.db", "#1.db", "ü 训练 🚀.db", "a&mode=rwc.db", "file:x.db", "-wal"} {
		if got := runsIn(t, copied(t, labFile, name)); got != 99 {
			t.Errorf("%s: %d runs, want 99", name, got)
		}
	}
}

func TestLookingLeavesNoTrace(t *testing.T) {
	tests := map[string]func(t *testing.T) string{
		"a rollback journal":  func(t *testing.T) string { return copied(t, labFile, "mlflow.db") },
		"a WAL store at rest": inWALFor,
		"a WAL store with a writer": func(t *testing.T) string {
			path := inWAL(t)
			startProcess(t, path).do(t, "UPDATE runs SET user_id = 'someone'")
			return path
		},
		"a WAL store whose writer was ended": func(t *testing.T) string { return leftWAL(t, "-wal", "-shm") },
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			path := make(t)
			before := listing(t, filepath.Dir(path))
			d := opened(t, path)
			ctx, cancel := context.WithCancel(within(t, 10*time.Second))
			changes, err := d.Watch(ctx)
			if err != nil {
				t.Fatal(err)
			}
			page, err := d.Recent(ctx, store.RunQuery{}, 200)
			if err != nil || len(page.Heads) < 90 {
				t.Fatalf("%d runs, %v; want about 96", len(page.Heads), err)
			}
			if _, err := d.About(ctx); err != nil {
				t.Fatal(err)
			}
			during := listing(t, filepath.Dir(path))
			cancel()
			for range changes {
			}
			d.Close()
			if after := listing(t, filepath.Dir(path)); during != before || after != before {
				t.Errorf("before\n%s\nduring\n%s\nafter\n%s", before, during, after)
			}
		})
	}
}

func inWALFor(t *testing.T) string { return inWAL(t) }

// leftWAL is a WAL store of which nobody is left, with some of its files. Only
// the log knows that the runs are of someone.
func leftWAL(t *testing.T, with ...string) string {
	from := inWAL(t)
	db := writer(t, from)
	do(t, db, "UPDATE runs SET user_id = 'someone'")
	path := copied(t, from, "mlflow.db")
	for _, suffix := range with {
		duplicate(t, from+suffix, path+suffix)
	}
	return path
}

func TestTheLogIsRead(t *testing.T) {
	page, err := opened(t, leftWAL(t, "-wal", "-shm")).Recent(context.Background(), store.RunQuery{}, 1)
	if err != nil || page.Heads[0].UserID != "someone" {
		t.Errorf("%+v, %v; want the user someone", page.Heads, err)
	}
}

func TestSQLiteRefusesToWrite(t *testing.T) {
	for name, path := range map[string]string{
		"a rollback journal":  copied(t, labFile, "mlflow.db"),
		"a WAL store at rest": inWAL(t),
		"a WAL store in use":  leftWAL(t, "-wal", "-shm"),
	} {
		t.Run(name, func(t *testing.T) {
			d := opened(t, path)
			for _, statement := range []string{
				"UPDATE runs SET name = 'x'", "CREATE TABLE benchside_x (a)", "PRAGMA user_version = 7",
				"PRAGMA journal_mode = TRUNCATE", "VACUUM", "REINDEX",
			} {
				before := listing(t, filepath.Dir(path))
				for _, only := range []string{"ON", "OFF"} { // OFF: mode=ro alone refuses, too
					err := d.burst(context.Background(), func(c *conn) error {
						if _, err := c.raw.ExecContext(context.Background(), "PRAGMA query_only = "+only, nil); err != nil {
							t.Fatal(err)
						}
						_, err := c.raw.ExecContext(context.Background(), statement, nil)
						return err
					})
					if err == nil && !strings.HasPrefix(statement, "PRAGMA journal_mode") && statement != "REINDEX" {
						t.Errorf("%s, query_only %s: no error", statement, only)
					}
				}
				if after := listing(t, filepath.Dir(path)); after != before {
					t.Errorf("%s: before\n%s\nafter\n%s", statement, before, after)
				}
			}
		})
	}
}

func TestCommitsToAStoreAtRestAreSeen(t *testing.T) {
	path := inWAL(t)
	d := opened(t, path)
	if got := countOf(t, d); got != 99 {
		t.Fatalf("%d runs, want 99", got)
	}
	p := startProcess(t, path)
	p.do(t, addRun, "aaaa")
	if got := countOf(t, d); got != 100 {
		t.Errorf("with the writer there: %d runs, want 100", got)
	}
	time.Sleep(2 * restTime) // so that the writer is the last to leave
	p.end()
	if got := folder(t, path); got != "mlflow.db" {
		t.Errorf("the writer has left, but the folder holds %s: we kept it from cleaning up", got)
	}
	if got := countOf(t, d); got != 100 {
		t.Errorf("with the writer gone: %d runs, want 100", got)
	}
}

const addRun = `INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, lifecycle_stage, artifact_uri, experiment_id)
	VALUES ('%s', 'new', 'UNKNOWN', 'me', 'RUNNING', 1700000000000, 'active', 'x', 1)`

func TestALockedStoreIsWaitedForWithinBounds(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	p := startProcess(t, path)
	p.do(t, "BEGIN EXCLUSIVE")
	start := time.Now()
	_, err := Open(context.Background(), path, Options{Patience: 200 * time.Millisecond})
	if took := time.Since(start); !errors.Is(err, store.ErrBusy) || took < 200*time.Millisecond || took > time.Second {
		t.Errorf("open: %v after %v; want ErrBusy after 200ms", err, took)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start = time.Now()
	_, err = Open(ctx, path, Options{})
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 150*time.Millisecond {
		t.Errorf("open: %v after %v; want to give up with the context after 50ms", err, took)
	}
	time.AfterFunc(100*time.Millisecond, func() { p.do(t, "COMMIT") })
	d, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatalf("open: %v; want to wait for the lock", err)
	}
	d.Close()
}

func TestAReadIsInterrupted(t *testing.T) {
	d := opened(t, copied(t, labFile, "mlflow.db"))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := d.burst(ctx, func(c *conn) error {
		return c.query(ctx, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", nil,
			func([]driver.Value) error { return nil })
	})
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 500*time.Millisecond {
		t.Errorf("got %v after %v; want the deadline's error after 50ms", err, took)
	}
	if got := countOf(t, d); got != 99 {
		t.Errorf("afterwards %d runs, want 99", got)
	}
}

func TestQuietHoldsReadsBack(t *testing.T) {
	d := opened(t, copied(t, labFile, "mlflow.db"))
	reading, finish := make(chan bool), make(chan bool)
	go func() {
		_ = d.burst(context.Background(), func(*conn) error { close(reading); <-finish; return nil })
	}()
	<-reading
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := d.Quiet(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("quiet within a read: %v; want to wait for the read", err)
	}
	close(finish)
	resume, err := d.Quiet(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	go func() { countOf(t, d); close(done) }()
	select {
	case <-done:
		t.Error("a read went through while it was to be quiet")
	case <-time.After(50 * time.Millisecond):
	}
	resume()
	resume()
	select {
	case <-done:
	case <-time.After(time.Second):
		t.Error("the read did not go on after resume")
	}
}

func TestTheFileGoesAndComes(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	d := opened(t, path)
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	if err := d.burst(context.Background(), func(*conn) error { return nil }); !errors.Is(err, store.ErrGone) {
		t.Errorf("removed: %v; want ErrGone", err)
	}
	old := copied(t, "../../testdata/old/2.9.2/mlflow.db", "mlflow.db")
	want := runsIn(t, old)
	duplicate(t, old, path)
	if got := countOf(t, d); got != want || d.schema.revision() != "acf3f17fdcc7" {
		t.Errorf("replaced: %d runs of revision %s; want %d of acf3f17fdcc7", got, d.schema.revision(), want)
	}
}

func TestAMigrationIsNoticed(t *testing.T) {
	path := copied(t, labFile, "mlflow.db")
	d := opened(t, path)
	db := writer(t, path)
	do(t, db, "DROP INDEX index_metrics_run_uuid_key_step")
	do(t, db, "UPDATE alembic_version SET version_num = 'feedfacecafe'")
	err := d.burst(context.Background(), func(c *conn) error {
		return c.query(context.Background(), "SELECT 1 FROM metrics INDEXED BY index_metrics_run_uuid_key_step", nil,
			func([]driver.Value) error { return nil })
	})
	if !errors.Is(err, store.ErrStale) || d.schema.hasIndex("index_metrics_run_uuid_key_step") {
		t.Errorf("got %v, index known: %v; want ErrStale and the index forgotten", err, d.schema.hasIndex("index_metrics_run_uuid_key_step"))
	}
	a, err := d.About(context.Background())
	if err != nil || a.Writable || len(a.Notes) != 1 || a.Release != "" {
		t.Errorf("about %+v, %v; want a note on the unknown revision, not writable", a, err)
	}
}

func TestAbout(t *testing.T) {
	locked := copied(t, labFile, "mlflow.db")
	if err := os.Chmod(locked, 0o444); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		path     string
		options  Options
		release  string
		journal  string
		writable bool
		why      string
	}{
		"today's":           {copied(t, labFile, "mlflow.db"), Options{}, "3.17", "delete", true, ""},
		"as asked":          {copied(t, labFile, "mlflow.db"), Options{ReadOnly: true}, "3.17", "delete", false, "--read-only"},
		"WAL":               {inWAL(t), Options{}, "3.17", "wal", true, ""},
		"2.22":              {copied(t, "../../testdata/old/2.22.2/mlflow.db", "a.db"), Options{}, "2.22", "delete", true, ""},
		"2.9":               {copied(t, "../../testdata/old/2.9.2/mlflow.db", "a.db"), Options{}, "2.9 to 2.12", "delete", false, "mlflow db upgrade"},
		"1.30":              {copied(t, "../../testdata/old/1.30.1/mlflow.db", "a.db"), Options{}, "1.30 to 2.1", "delete", false, "mlflow db upgrade"},
		"no right to write": {locked, Options{}, "3.17", "delete", false, "chmod"},
	}
	for name, tt := range tests {
		d, err := Open(context.Background(), tt.path, tt.options)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a, err := d.About(context.Background())
		if err != nil || a.Release != tt.release || a.Journal != tt.journal || a.Writable != tt.writable || !strings.Contains(a.Why, tt.why) {
			t.Errorf("%s: %+v, %v; want %+v", name, a, err, tt)
		}
		d.Close()
	}
}

func TestRelease(t *testing.T) {
	for id, want := range map[string]string{
		"dc11669786a5": "3.17", "75868b020152": "after 3.16, before 3.17", "451aebb31d03": "before 1.25", "feedfacecafe": "", "": "",
	} {
		if got := release(id); got != want {
			t.Errorf("%q: got %q, want %q", id, got, want)
		}
	}
}

func TestAForbiddenFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	path := copied(t, labFile, "mlflow.db")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), path, Options{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want permission denied", err)
	}
}
