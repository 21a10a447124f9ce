package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"benchside/store"
)

// base opens a copy of the store that the golden changes start from: model m1
// with versions 1 to 4 in None, Staging, Production and Archived, aliases
// champion → 3 and old → 1, and model m2 with version 1.
func base(t *testing.T) (*DB, string) {
	t.Helper()
	path := copied(t, mutationsBase, "mlflow.db")
	return writable(t, path), path
}

func write(t testing.TB, d *DB, who string, all ...store.Mutation) store.Receipt {
	t.Helper()
	r, err := d.Write(within(t, 20*time.Second), store.Intent{By: by(who), Reason: "a reason", Mutations: all})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// refused expects an error of a kind that says something, and nothing written.
func refused(t *testing.T, d *DB, kind error, says, who string, all ...store.Mutation) {
	t.Helper()
	before := hashOf(t, d.path)
	_, err := d.Write(within(t, 20*time.Second), store.Intent{By: by(who), Mutations: all})
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v; want %v that says %q", err, kind, says)
	}
	if hashOf(t, d.path) != before {
		t.Errorf("%v: the file was changed", err)
	}
}

func hashOf(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func lines(t testing.TB, d *DB, q store.LineQuery) []store.Line {
	t.Helper()
	found, err := d.Lines(within(t, 10*time.Second), q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// sentences of the whole ledger, from its first line.
func sentences(t testing.TB, d *DB) []string {
	t.Helper()
	var all []string
	for _, l := range lines(t, d, store.LineQuery{}) {
		all = append(all, l.Sentence)
	}
	slices.Reverse(all)
	return all
}

func verified(t testing.TB, d *DB, want int64) {
	t.Helper()
	n, err := d.VerifyLedger(within(t, 20*time.Second))
	if err != nil || n != want {
		t.Errorf("the ledger has %d lines that hold, and %v; want %d", n, err, want)
	}
}

func stageOf(t testing.TB, d *DB, model string, version int64) string {
	t.Helper()
	found, err := d.ModelVersions(within(t, 10*time.Second), model)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		if v.Version == version {
			return v.Stage
		}
	}
	return ""
}

func TestAWriteIsOneLineAndIsSeenAtOnce(t *testing.T) {
	stores := map[string]func(t *testing.T) string{
		"a rollback journal": func(t *testing.T) string { return copied(t, mutationsBase, "mlflow.db") },
		"a log at rest":      restingBase,
	}
	for name, path := range stores {
		t.Run(name, func(t *testing.T) {
			path := path(t)
			d := writable(t, path)
			if got := stageOf(t, d, "m1", 2); got != "Staging" {
				t.Fatalf("m1 v2 is in %s", got)
			}
			r := write(t, d, "ada", store.MoveStage{Model: "m1", Version: 2, To: "production", From: store.Saw("Staging")})
			if got := stageOf(t, d, "m1", 2); got != "Production" {
				t.Errorf("m1 v2 is in %s after it was moved", got)
			}
			if len(r.Lines) != 1 || r.Lines[0].Sentence != "move m1 v2 from Staging to Production" || r.Lines[0].Seq != 2 {
				t.Errorf("the lines are %+v", r.Lines)
			}
			if len(r.Observed) != 1 || r.Observed[0].Sentence != "m1 was first seen: 4 versions, v2 in Staging, v3 in Production, alias champion → v3, alias old → v1" {
				t.Errorf("what was observed is %+v", r.Observed)
			}
			verified(t, d, 2)
			if got := folder(t, path); got != "mlflow.db" {
				t.Errorf("the folder has %s", got)
			}
		})
	}
}

// restingBase is a store with a log that nobody has open.
func restingBase(t *testing.T) string {
	t.Helper()
	path := copied(t, mutationsBase, "mlflow.db")
	db := writer(t, path)
	do(t, db, "PRAGMA journal_mode = WAL")
	db.Close()
	return path
}

func TestALogThatOthersUseIsWritten(t *testing.T) {
	path := restingBase(t)
	p := startProcess(t, path)
	p.do(t, "UPDATE registered_models SET description = 'x' WHERE name = 'm2'")
	d := writable(t, path)
	write(t, d, "ada", store.SetAlias{Model: "m1", Alias: "champion", Version: 2})
	p.do(t, "UPDATE registered_models SET description = 'y' WHERE name = 'm1'")
	write(t, d, "ada", store.SetAlias{Model: "m1", Alias: "champion", Version: 1})
	want := []string{
		"m1 was first seen: 4 versions, v2 in Staging, v3 in Production, alias champion → v3, alias old → v1",
		"move alias champion of m1 from v3 to v2", "m1: described (by another program)", "move alias champion of m1 from v2 to v1",
	}
	if got := sentences(t, d); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestWritesAreRefused(t *testing.T) {
	move := store.MoveStage{Model: "m1", Version: 2, To: "Production"}
	tests := map[string]struct {
		make func(t *testing.T) *DB
		kind error
		says string
		do   store.Mutation
	}{
		"where the user forbids it": {func(t *testing.T) *DB { return opened(t, copied(t, mutationsBase, "mlflow.db")) }, store.ErrReadOnly, "--read-only", move},
		"at a revision that is not covered": {
			func(t *testing.T) *DB {
				return changedBase(t, "UPDATE alembic_version SET version_num = 'bda7b8c39065'")
			},
			store.ErrReadOnly, "mlflow db upgrade", move,
		},
		"without permission": {func(t *testing.T) *DB {
			d, path := base(t)
			if os.Getuid() == 0 {
				t.Skip("root may write everything")
			}
			if err := os.Chmod(path, 0o444); err != nil {
				t.Fatal(err)
			}
			return d
		}, store.ErrReadOnly, "no permission", move},
		"with workspaces": {func(t *testing.T) *DB {
			return changedBase(t, "INSERT INTO registered_models (name, workspace) VALUES ('x', 'team')")
		}, store.ErrReadOnly, "workspace team", move},
		"where the stage was changed": {
			plainBase, store.ErrStale, "the stage was None and is Staging now",
			store.MoveStage{Model: "m1", Version: 2, To: "Production", From: store.Saw("None")},
		},
		"where the alias was set": {
			plainBase, store.ErrStale, "alias champion was not there and is 3 now",
			store.SetAlias{Model: "m1", Alias: "champion", Version: 2, From: store.SawNone[int64]()},
		},
		"where the alias points elsewhere": {
			plainBase, store.ErrStale, "was 1 and is 3 now",
			store.DeleteAlias{Model: "m1", Alias: "champion", From: store.Saw(int64(1))},
		},
		"where a tag has another value": {
			plainBase, store.ErrStale, "tag owner was bob and is ada now",
			store.TagModel{Model: "m1", Key: "owner", Value: "eve", From: store.Saw("bob")},
		},
		"where a version came": {
			plainBase, store.ErrStale, "the number of versions was 3 and is 4 now",
			store.DeleteModel{Model: "m1", Versions: store.Saw(3)},
		},
		"with a damaged name":  {plainBase, store.ErrInvalid, "Names may be treated as files", store.CreateModel{Model: ".."}},
		"with a key too long":  {plainBase, store.ErrInvalid, "'key' exceeds the maximum length of 250 characters", store.TagModel{Model: "m1", Key: strings.Repeat("k", 251)}},
		"with a sign in a key": {plainBase, store.ErrInvalid, "Names may only contain alphanumerics", store.TagModel{Model: "m1", Key: "a;b"}},
		"of a source in nothing": {
			plainBase, store.ErrInvalid, "Unable to fetch model from model URI source artifact location 'models:/m1/99'",
			store.RegisterVersion{Model: "m2", Source: "models:/m1/99"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { refused(t, tt.make(t), tt.kind, tt.says, "ada", tt.do) })
	}
}

func plainBase(t *testing.T) *DB { d, _ := base(t); return d }

func changedBase(t *testing.T, statement string) *DB {
	t.Helper()
	path := copied(t, mutationsBase, "mlflow.db")
	db := writer(t, path)
	do(t, db, statement)
	db.Close()
	return writable(t, path)
}

// TestSQLiteRefusesAWriteThatGotRoundTheCheck: what forbids writing is not only
// our own judgement.
func TestSQLiteRefusesAWriteThatGotRoundTheCheck(t *testing.T) {
	path := copied(t, mutationsBase, "mlflow.db")
	d := opened(t, path)
	before := hashOf(t, path)
	err := d.transact(within(t, 5*time.Second), patient{until: time.Second}, false, func(tx *tx) error {
		return tx.update(registeredRows(), row{"name": "m1"}, row{"description": "x"})
	})
	if !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("got %v; want %v", err, store.ErrReadOnly)
	}
	if hashOf(t, path) != before {
		t.Error("the file was changed")
	}
}

func TestSeveralMutationsAreOneTransaction(t *testing.T) {
	d, path := base(t)
	refused(t, d, store.ErrNotFound, "version=77", "ada",
		store.SetAlias{Model: "m1", Alias: "x", Version: 2}, store.SetAlias{Model: "m1", Alias: "y", Version: 77})
	r := write(t, d, "ada", store.SetAlias{Model: "m1", Alias: "x", Version: 2}, store.TagVersion{Model: "m2", Version: 1, Key: "k", Value: "v"})
	if len(r.Lines) != 2 || len(r.Observed) != 2 {
		t.Errorf("got %d lines and %d observed, want 2 and 2", len(r.Lines), len(r.Observed))
	}
	verified(t, d, 4)
	if got := folder(t, path); got != "mlflow.db" {
		t.Errorf("the folder has %s", got)
	}
}

func TestADryRunSaysWhatWouldBeAndChangesNoByte(t *testing.T) {
	d, path := base(t)
	before := hashOf(t, path)
	r, err := d.Write(context.Background(), store.Intent{By: by("ada"), DryRun: true, Mutations: []store.Mutation{
		store.DeleteModel{Model: "m1"}, store.CreateModel{Model: "m1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Lines) != 2 || r.Lines[0].Sentence != "delete model m1 with its 4 versions, tags and aliases" || len(r.Lines[0].Changes) != 9 {
		t.Errorf("the lines are %+v", r.Lines)
	}
	if hashOf(t, path) != before || folder(t, path) != "mlflow.db" {
		t.Errorf("the file was changed; the folder has %s", folder(t, path))
	}
	if got := lines(t, d, store.LineQuery{}); len(got) != 0 {
		t.Errorf("the ledger has %d lines", len(got))
	}
}

func TestAWriteWaitsForTheLockOfAnother(t *testing.T) {
	d, path := base(t)
	p := startProcess(t, path)
	p.do(t, "BEGIN IMMEDIATE")
	var mu sync.Mutex
	var told []time.Duration
	time.AfterFunc(400*time.Millisecond, func() { p.do(t, "COMMIT") })
	_, err := d.Write(within(t, 10*time.Second), store.Intent{
		By: by("ada"), Mutations: []store.Mutation{store.SetAlias{Model: "m1", Alias: "x", Version: 2}},
		Waiting: func(d time.Duration) { mu.Lock(); defer mu.Unlock(); told = append(told, d) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(told) < 2 || len(told) > 5 || told[0] < pulse {
		t.Errorf("it was told of %v", told)
	}
}

func TestAWriteThatWaitsEnds(t *testing.T) {
	path := copied(t, mutationsBase, "mlflow.db")
	d, err := Open(context.Background(), path, Options{Endurance: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	alias := store.Intent{By: by("ada"), Mutations: []store.Mutation{store.SetAlias{Model: "m1", Alias: "x", Version: 2}}}
	p := startProcess(t, path)
	for what, begin := range map[string]string{"a writer": "BEGIN IMMEDIATE", "a reader at the commit": "BEGIN; SELECT * FROM runs"} {
		before := hashOf(t, path)
		p.do(t, begin)
		if _, err := d.Write(within(t, 10*time.Second), alias); !errors.Is(err, store.ErrBusy) {
			t.Errorf("%s: got %v; want %v", what, err, store.ErrBusy)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		if _, err := d.Write(ctx, alias); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: a cancelled write says %v", what, err)
		}
		cancel()
		p.do(t, "ROLLBACK")
		if hashOf(t, path) != before {
			t.Errorf("%s: the file was changed", what)
		}
	}
	if _, err := d.Write(within(t, 10*time.Second), alias); err != nil {
		t.Errorf("after it is free: %v", err)
	}
}

func TestAWriteOutlastsAReaderAtItsCommit(t *testing.T) {
	d, path := base(t)
	p := startProcess(t, path)
	p.do(t, "BEGIN; SELECT * FROM runs")
	time.AfterFunc(200*time.Millisecond, func() { p.do(t, "COMMIT") })
	write(t, d, "ada", store.SetAlias{Model: "m1", Alias: "x", Version: 2})
	verified(t, d, 2)
}

func TestAWriteIsNotHeldUpByOurOwnReaders(t *testing.T) {
	d, _ := base(t)
	ctx, stop := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if _, err := d.Runs(ctx, store.RunQuery{}); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	start := time.Now()
	for i := range 30 {
		write(t, d, "ada", store.TagModel{Model: "m1", Key: "i", Value: strings.Repeat("x", i)})
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("30 writes beside four readers took %v", took)
	}
	stop()
	readers.Wait()
}

func TestQuietWaitsForAWriteAndHoldsOthersBack(t *testing.T) {
	d, _ := base(t)
	resume, err := d.Quiet(within(t, time.Second))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := d.Write(context.Background(), store.Intent{Mutations: []store.Mutation{store.SetAlias{Model: "m1", Alias: "x", Version: 2}}})
		done <- err
	}()
	select {
	case err := <-done:
		t.Errorf("a write went on while it was quiet: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	resume()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestQuietDoesNotWaitForAReaderAtACommit(t *testing.T) {
	d, path := base(t)
	p := startProcess(t, path)
	p.do(t, "BEGIN; SELECT * FROM runs")
	done := make(chan error, 1)
	go func() {
		_, err := d.Write(context.Background(), store.Intent{Mutations: []store.Mutation{store.SetAlias{Model: "m1", Alias: "x", Version: 2}}})
		done <- err
	}()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	resume, err := d.Quiet(within(t, 5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 300*time.Millisecond {
		t.Errorf("quiet took %v", took)
	}
	p.do(t, "COMMIT; BEGIN IMMEDIATE; COMMIT") // nobody holds a lock
	resume()
	if err := <-done; err != nil {
		t.Error(err)
	}
	verified(t, d, 2)
}

func TestTheFeedTellsOfTheRegistry(t *testing.T) {
	d, path := base(t)
	f := follow(t, d)
	changed := func(model string) func(store.Change) bool {
		return has(func(e store.Event) bool { return e.Kind == store.RegistryChanged && e.Key == model })
	}
	write(t, d, "ada", store.SetAlias{Model: "m1", Alias: "x", Version: 2})
	f.until(t, "our alias", changed("m1"))
	write(t, d, "ada", store.CommentVersion{Model: "m2", Version: 1, Text: "good"})
	f.until(t, "our comment", changed("m2"))
	p := startProcess(t, path)
	p.do(t, "UPDATE registered_model_tags SET value = 'eve' WHERE name = 'm1'")
	f.until(t, "another's tag", changed("m1"))
	p.do(t, "INSERT INTO registered_models (name, creation_time, workspace) VALUES ('m7', 1, 'default')")
	f.until(t, "another's model", changed("m7"))
	p.do(t, "DELETE FROM registered_models WHERE name = 'm7'")
	f.until(t, "its end", changed("m7"))
}

func TestTheFeedRestsWithoutARegistry(t *testing.T) {
	d := edited(t, "DROP TABLE model_version_tags", "DROP TABLE model_versions", "DROP TABLE registered_model_tags",
		"DROP TABLE registered_model_aliases", "DROP TABLE registered_models")
	f := &feed{db: d, signs: newSigns()}
	defer f.signs.close()
	ctx := within(t, 10*time.Second)
	if err := f.begin(ctx); err != nil {
		t.Fatal(err)
	}
	f.models.dirty = true
	if err := f.compareModels(ctx); err != nil || f.models.due() < time.Hour {
		t.Errorf("it looks again after %v, %v", f.models.due(), err)
	}
	_, err := d.Write(ctx, store.Intent{Mutations: []store.Mutation{store.CreateModel{Model: "x"}}})
	if !errors.Is(err, store.ErrReadOnly) { // edited opens it so
		t.Errorf("got %v", err)
	}
}

func TestAboutSaysThatWorkspacesAreOnlyRead(t *testing.T) {
	d := changedBase(t, "INSERT INTO registered_models (name, workspace) VALUES ('x', 'team')")
	if a, err := d.About(context.Background()); err != nil || a.Writable || !strings.Contains(a.Why, "x is in workspace team") {
		t.Errorf("about says %v %q, %v", a.Writable, a.Why, err)
	}
	plain, _ := base(t)
	if a, err := plain.About(context.Background()); err != nil || !a.Writable {
		t.Errorf("about says %v %q, %v", a.Writable, a.Why, err)
	}
}

func TestAnOlderSchemaIsWrittenWithoutWorkspaces(t *testing.T) {
	path := copied(t, filepath.Join("../../testdata/old", "2.22.2", "mlflow.db"), "mlflow.db")
	d := writable(t, path)
	write(t, d, "ada", store.CreateModel{Model: "new", Tags: map[string]string{"a": "b"}},
		store.RegisterVersion{Model: "new", Source: "runs:/1/model", RunID: "1"},
		store.SetAlias{Model: "new", Alias: "champion", Version: 1}, store.TagVersion{Model: "new", Version: 1, Key: "k", Value: "v"},
		store.MoveStage{Model: "new", Version: 1, To: "Production"}, store.RenameModel{Model: "new", To: "newer"})
	if got := stageOf(t, d, "newer", 1); got != "Production" {
		t.Errorf("it is in %q", got)
	}
	write(t, d, "ada", store.Undo{Line: 6}, store.DeleteModel{Model: "new"})
	verified(t, d, 8)
	if unrecorded, err := d.Unrecorded(context.Background()); err != nil || len(unrecorded) != 0 {
		t.Errorf("unrecorded are %v, %v", unrecorded, err)
	}
}
