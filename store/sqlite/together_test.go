package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

// The test binary as another process: it writes what chance says until it has done
// so often enough, or is killed.
const writerEnv = "BENCHSIDE_TEST_WRITER"

func TestMain(m *testing.M) {
	if spec := os.Getenv(writerEnv); spec != "" {
		path, rest, _ := strings.Cut(spec, "|")
		seed, times, _ := strings.Cut(rest, "|")
		if err := writeAtRandom(path, seed, times); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func writeAtRandom(path, seed, times string) error {
	n, _ := strconv.Atoi(times)
	s, _ := strconv.ParseUint(seed, 10, 64)
	d, err := Open(context.Background(), path, Options{Recover: true})
	if err != nil {
		return err
	}
	defer d.Close()
	r := rand.New(rand.NewPCG(s, 1))
	for range n {
		if err := d.chance(r, "p"+seed); err != nil {
			return err
		}
		fmt.Println("done")
	}
	return nil
}

// chance does one mutation by chance. That it is refused for what others did is
// as good.
func (d *DB) chance(r *rand.Rand, who string) error {
	model := []string{"m1", "m2", "x-" + who}[r.IntN(3)]
	version := int64(1 + r.IntN(6))
	stages := []string{"None", "Staging", "Production", "Archived"}
	var m store.Mutation
	switch r.IntN(12) {
	case 0:
		m = store.CreateModel{Model: model}
	case 1, 2:
		m = store.RegisterVersion{Model: model, Source: "/models/" + who, MakeModel: true}
	case 3, 4:
		m = store.MoveStage{Model: model, Version: version, To: stages[r.IntN(4)]}
	case 5, 6:
		m = store.MoveStage{Model: model, Version: version, To: stages[1+r.IntN(2)], ArchiveExisting: true}
	case 7:
		m = store.SetAlias{Model: model, Alias: "a" + strconv.Itoa(r.IntN(3)), Version: version}
	case 8:
		m = store.DeleteAlias{Model: model, Alias: "a" + strconv.Itoa(r.IntN(3))}
	case 9:
		m = store.TagVersion{Model: model, Version: version, Key: "k", Value: strconv.Itoa(r.IntN(100))}
	case 10:
		m = store.DeleteVersion{Model: model, Version: version}
	case 11:
		m = store.Undo{Line: int64(1 + r.IntN(40))}
	}
	_, err := d.Write(context.Background(), store.Intent{By: store.Author{Name: who}, Mutations: []store.Mutation{m}})
	for _, fine := range []error{store.ErrInvalid, store.ErrNotFound, store.ErrStale} {
		if errors.Is(err, fine) {
			return nil
		}
	}
	return err
}

// invariants hold after whatever anybody did.
func invariants(t *testing.T, d *DB, path string) {
	t.Helper()
	if n, err := d.VerifyLedger(context.Background()); err != nil {
		t.Errorf("the ledger holds up to line %d: %v", n, err)
	}
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for says, query := range map[string]string{
		"the file is whole":                     `SELECT integrity_check <> 'ok' FROM pragma_integrity_check`,
		"no reference leads nowhere":            `SELECT count(*) FROM pragma_foreign_key_check`,
		"aliases point to versions":             `SELECT count(*) FROM registered_model_aliases a WHERE NOT EXISTS (SELECT 1 FROM model_versions v WHERE v.name = a.name AND v.version = a.version AND v.current_stage <> 'Deleted_Internal')`,
		"the last line is the head":             `SELECT (SELECT max(seq) FROM benchside_ledger) <> (SELECT seq FROM benchside_ledger_head)`,
		"lines are numbered without gaps":       `SELECT count(*) <> max(seq) FROM benchside_ledger`,
		"what was seen is what the ledger says": `SELECT count(*) FROM benchside_seen s WHERE NOT EXISTS (SELECT 1 FROM registered_models m WHERE m.name = s.name)`,
	} {
		var wrong int
		if err := db.QueryRow(query).Scan(&wrong); err != nil || wrong != 0 {
			t.Errorf("%s: not so (%d), %v", says, wrong, err)
		}
	}
	lines, err := d.Unrecorded(context.Background())
	if err != nil || len(lines) > 0 {
		t.Errorf("changes that no line tells of: %v, %v", lines, err)
	}
}

func another(t *testing.T, path string, seed, times int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%d|%d", writerEnv, path, seed, times))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, bufio.NewScanner(out)
}

func TestProcessesWriteTogether(t *testing.T) {
	d, path := writable(t)
	write(t, d, store.Observe{})
	var all []*exec.Cmd
	for seed := range 2 {
		c, out := another(t, path, seed+1, 60)
		go func() {
			for out.Scan() { // keeps the pipe empty
			}
		}()
		all = append(all, c)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		if err := d.chance(r, "here"); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ModelVersions(context.Background(), "m1"); err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
	}
	for _, c := range all {
		if err := c.Wait(); err != nil {
			t.Errorf("another process: %v", err)
		}
	}
	invariants(t, d, path)
}

func TestAWriterThatIsKilledLeavesAWholeStore(t *testing.T) {
	_, path := writable(t)
	r := rand.New(rand.NewPCG(3, 3))
	for seed := range 12 {
		c, out := another(t, path, seed+1, 1000)
		for n := 1 + r.IntN(4); n > 0 && out.Scan(); n-- {
		}
		time.Sleep(time.Duration(r.IntN(15)) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // it was killed
	}
	d, err := Open(context.Background(), path, Options{Recover: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Write(context.Background(), store.Intent{By: ada, Mutations: []store.Mutation{store.CreateModel{Model: "after"}}}); err != nil {
		t.Fatal(err)
	}
	invariants(t, d, path)
}

func TestAWriteWaitsForAnotherAndTellsSo(t *testing.T) {
	d, path := writable(t)
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	held, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	told := 0
	intent := store.Intent{By: ada, Mutations: []store.Mutation{store.CreateModel{Model: "x"}}, Waiting: func(time.Duration) {
		if told++; told == 3 {
			if _, err := held.ExecContext(context.Background(), "COMMIT"); err != nil {
				t.Error(err)
			}
		}
	}}
	if _, err := d.Write(context.Background(), intent); err != nil || told < 3 {
		t.Errorf("got %v after being told %d times", err, told)
	}
	if _, err := held.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	intent.Waiting = nil
	if _, err := d.Write(ctx, intent); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a write that is given up: got %v", err)
	}
}

func TestOwnReadersSeeAWriteAtOnce(t *testing.T) {
	for _, mode := range []string{"delete", "wal"} {
		t.Run(mode, func(t *testing.T) {
			_, path := writable(t)
			outside(t, path, "PRAGMA journal_mode = "+mode)
			d := openCopy(t, path)
			for i := range 20 {
				if _, err := d.ModelVersions(context.Background(), "m1"); err != nil {
					t.Fatal(err)
				}
				write(t, d, store.RegisterVersion{Model: "m1", Source: "/x"})
				versions, err := d.ModelVersions(context.Background(), "m1")
				if err != nil || len(versions) != 5+i {
					t.Fatalf("after write %d the readers see %d versions, %v", i+1, len(versions), err)
				}
			}
			var got string
			db, err := sql.Open("sqlite3", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.QueryRow("PRAGMA journal_mode").Scan(&got); err != nil || got != mode {
				t.Errorf("the journal is %s now, was %s: %v", got, mode, err)
			}
		})
	}
}

func TestReadOnlyIsEnforcedTwice(t *testing.T) {
	_, path := writable(t)
	before := hashOf(t, path)
	d, err := Open(context.Background(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	_, err = d.Write(context.Background(), store.Intent{By: ada, Mutations: []store.Mutation{store.CreateModel{Model: "x"}}})
	if !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("got %v, want ErrReadOnly", err)
	}
	// Past our own refusal, SQLite refuses.
	err = d.burst(context.Background(), func(c *conn) error { return c.run(context.Background(), `DELETE FROM registered_models`) })
	if !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("a connection that reads: got %v, want ErrReadOnly", err)
	}
	if hashOf(t, path) != before {
		t.Error("the file changed")
	}
}

func TestStoresThatAreNotWritten(t *testing.T) {
	for says, statement := range map[string]string{
		"a revision that is not tested": `UPDATE alembic_version SET version_num = 'c3d6457b6d8a'`,
		"a revision that is not known":  `UPDATE alembic_version SET version_num = 'ffffffffffff'`,
		"models in several workspaces":  `INSERT INTO registered_models (name, workspace) VALUES ('w', 'other')`,
	} {
		_, path := writable(t)
		outside(t, path, statement)
		d := openCopy(t, path)
		before := hashOf(t, path)
		_, err := d.Write(context.Background(), store.Intent{By: ada, Mutations: []store.Mutation{store.CreateModel{Model: "x"}}})
		if !errors.Is(err, store.ErrReadOnly) || hashOf(t, path) != before {
			t.Errorf("%s: got %v, want ErrReadOnly and an unchanged file", says, err)
		}
	}
}

func TestTheFeedTellsThatTheRegistryChanged(t *testing.T) {
	d, path := writable(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	changes, err := d.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // it learns what is there
	told := func(what string) {
		t.Helper()
		for c := range changes {
			for _, e := range c.Events {
				if e.Kind == store.RegistryChanged {
					return
				}
			}
		}
		t.Fatalf("%s was not told", what)
	}
	write(t, d, store.SetAlias{Model: "m1", Alias: "new", Version: 1})
	told("a write of our own")
	outside(t, path, `UPDATE registered_model_tags SET value = 'eve' WHERE name = 'm1'`)
	told("a tag that another program set")
	outside(t, path, `UPDATE runs SET name = 'x' WHERE run_uuid = (SELECT min(run_uuid) FROM runs)`)
	for c := range changes {
		for _, e := range c.Events {
			switch e.Kind {
			case store.RegistryChanged:
				t.Fatal("the registry was told to have changed with a run")
			case store.RunChanged:
				return
			}
		}
	}
}
