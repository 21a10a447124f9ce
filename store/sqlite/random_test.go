package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/ledger"
)

// anything is a random change of a small registry; many are refused.
func anything(r *rand.Rand) store.Mutation {
	model := []string{"m1", "m2", "m3", "m4"}[r.IntN(4)]
	version := r.Int64N(6) + 1
	stage := store.Stages()[r.IntN(4)]
	key, value := []string{"a", "b"}[r.IntN(2)], strconv.Itoa(r.IntN(100))
	alias := []string{"champion", "challenger", "old"}[r.IntN(3)]
	all := []func() store.Mutation{
		func() store.Mutation { return store.CreateModel{Model: model, Tags: map[string]string{key: value}} },
		func() store.Mutation {
			return store.RenameModel{Model: model, To: []string{"m3", "m4", "m5"}[r.IntN(3)]}
		},
		func() store.Mutation { return store.RenameModel{Model: "m5", To: model} },
		func() store.Mutation { return store.DeleteModel{Model: []string{"m3", "m4"}[r.IntN(2)]} },
		func() store.Mutation { return store.DescribeModel{Model: model, To: value} },
		func() store.Mutation { return store.TagModel{Model: model, Key: key, Value: value} },
		func() store.Mutation { return store.UntagModel{Model: model, Key: key} },
		func() store.Mutation { return store.DescribeVersion{Model: model, Version: version, To: value} },
		func() store.Mutation { return store.TagVersion{Model: model, Version: version, Key: key, Value: value} },
		func() store.Mutation { return store.UntagVersion{Model: model, Version: version, Key: key} },
		func() store.Mutation { return store.DeleteVersion{Model: model, Version: version} },
		func() store.Mutation { return store.DeleteAlias{Model: model, Alias: alias} },
		func() store.Mutation { return store.CommentVersion{Model: model, Version: version, Text: value} },
		func() store.Mutation { return store.RequestStage{Model: model, Version: version, To: stage} },
		func() store.Mutation { return store.DecideRequest{Request: r.Int64N(200), Decision: store.Rejected} },
		func() store.Mutation { return store.Undo{Line: r.Int64N(200) + 1} },
		func() store.Mutation { return store.RollBack{Line: r.Int64N(200) + 1} },
	}
	switch n := r.IntN(len(all) + 12); {
	case n < len(all):
		return all[n]()
	case n%3 == 0:
		return store.RegisterVersion{Model: model, Source: "runs:/1/model", MakeModel: true, Tags: map[string]string{key: value}}
	case n%3 == 1:
		return store.SetAlias{Model: model, Alias: alias, Version: version}
	default:
		return store.MoveStage{Model: model, Version: version, To: stage, ArchiveExisting: r.IntN(2) == 0 && stage == "Production"}
	}
}

// may are the refusals that a random change may meet.
func may(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrInvalid) || errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrDenied)
}

// randomly does n changes and returns how many were not refused.
func randomly(ctx context.Context, d *DB, seed uint64, n int, each func(line store.Line)) (done int, err error) {
	r := rand.New(rand.NewPCG(seed, 1))
	for range n {
		i := store.Intent{By: by(strconv.FormatUint(seed, 10)), Reason: "r", Mutations: []store.Mutation{anything(r)}}
		receipt, err := d.Write(ctx, i)
		switch {
		case err == nil:
			done++
			each(receipt.Lines[0])
		case !may(err):
			return done, err
		}
	}
	return done, nil
}

// sound checks what holds of every store that was only written through ledgers.
func sound(t *testing.T, d *DB, path string) []store.Line {
	t.Helper()
	db := writer(t, path)
	defer db.Close()
	if got := column(t, db, "PRAGMA integrity_check"); !slices.Equal(got, []string{"ok"}) {
		t.Errorf("integrity_check says %q", got)
	}
	if got := column(t, db, `SELECT "table" FROM pragma_foreign_key_check`); len(got) != 0 {
		t.Errorf("foreign_key_check says %q", got)
	}
	all := lines(t, d, store.LineQuery{})
	verified(t, d, int64(len(all)))
	if left, err := d.Unrecorded(context.Background()); err != nil || len(left) != 0 {
		t.Errorf("the ledger does not know of %v, %v", left, err)
	}
	rows := ledger.Rows{}
	for _, l := range slices.Backward(all) {
		if err := rows.Apply(l.Changes); err != nil {
			t.Fatal(err)
		}
	}
	if got := diffed(ofLedger(rows), dumped(t, path, seenTables(rows))); len(got) != 0 {
		t.Errorf("the ledger adds up to other rows:\n%s", strings.Join(got, "\n"))
	}
	return all
}

// seenTables are the tables that the ledger tells of.
func seenTables(rows ledger.Rows) func(table string) bool {
	return func(table string) bool { _, ok := rows[table]; return ok && undoable(table) }
}

// ofLedger puts rows of the ledger as dumped has those of a store.
func ofLedger(rows ledger.Rows) tables {
	all := tables{}
	for table, found := range rows {
		k, _ := kindOf(table)
		all[table] = map[string]tableRow{}
		for _, r := range found {
			values := maps.Clone(r.Values)
			key := k.key
			if inRegistry(table) {
				values[workspace] = "default"
				key = primaryKey(table)
			}
			all[table][keyText(key, values)] = tableRow{key, values}
		}
	}
	return all
}

func primaryKey(table string) []string {
	return map[string][]string{
		"registered_models": {"workspace", "name"}, "model_versions": {"workspace", "name", "version"},
		"registered_model_tags": {"workspace", "key", "name"}, "model_version_tags": {"workspace", "key", "name", "version"},
		"registered_model_aliases": {"workspace", "name", "alias"},
	}[table]
}

func TestRandomChangesKeepTheLedgerTrue(t *testing.T) {
	d, path := base(t)
	write(t, d, "ada", store.Observe{})
	highest := map[string]int64{}
	done, err := randomly(within(t, time.Minute), d, 7, 500, func(l store.Line) {
		if l.What == "register_version" {
			if l.Of.Version <= highest[l.Of.Name] {
				t.Errorf("line %d gives number %d again", l.Seq, l.Of.Version)
			}
			highest[l.Of.Name] = l.Of.Version
		}
		if l.What != "register_version" && (strings.Contains(l.What, "model") || l.What == "undo") {
			clear(highest) // another model may have the name now
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if all := sound(t, d, path); len(all) != done+2 || done < 150 {
		t.Errorf("%d changes left %d lines", done, len(all))
	}
}

// startWriter runs random changes in a process of its own, which says each line
// of the ledger that it was told of.
func startWriter(t *testing.T, path string, seed uint64, n int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestOtherBenchside$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("BENCHSIDE_TEST_WRITER=%d %d %s", seed, n, path))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}

// TestOtherBenchside is the process of startWriter.
func TestOtherBenchside(t *testing.T) {
	var seed uint64
	var n int
	var path string
	if _, err := fmt.Sscanf(os.Getenv("BENCHSIDE_TEST_WRITER"), "%d %d %s", &seed, &n, &path); err != nil {
		t.Skip("it is run by other tests")
	}
	d := writable(t, path)
	fmt.Println("ready")
	_, err := randomly(context.Background(), d, seed, n, func(l store.Line) { fmt.Println("line", l.Seq) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestProcessesAndGoroutinesWriteAtOnce(t *testing.T) {
	d, path := base(t)
	write(t, d, "ada", store.Observe{})
	ctx := within(t, time.Minute)
	var mu sync.Mutex
	var told []int64
	note := func(seq int64) { mu.Lock(); defer mu.Unlock(); told = append(told, seq) }
	var writers, readers sync.WaitGroup
	for seed := range uint64(2) {
		_, out := startWriter(t, path, 100+seed, 80)
		writers.Go(func() {
			for out.Scan() {
				var seq int64
				if _, err := fmt.Sscanf(out.Text(), "line %d", &seq); err == nil {
					note(seq)
				}
			}
		})
		writers.Go(func() {
			if _, err := randomly(ctx, d, 200+seed, 80, func(l store.Line) { note(l.Seq) }); err != nil {
				t.Error(err)
			}
		})
	}
	reading, stop := context.WithCancel(ctx)
	readers.Go(func() {
		for reading.Err() == nil {
			if _, err := d.ModelVersions(reading, "m2"); err != nil && reading.Err() == nil && !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		}
	})
	writers.Wait()
	stop()
	readers.Wait()
	slices.Sort(told)
	all := sound(t, d, path)
	var changes []int64
	for _, l := range slices.Backward(all) {
		if l.What != store.Observed {
			changes = append(changes, l.Seq)
		}
	}
	if !slices.Equal(told, changes) || len(changes) < 80 {
		t.Errorf("writers were told of lines\n%v\nthe ledger has\n%v", told, changes)
	}
}

// TestAWriterThatIsKilledLeavesWholeWrites: kill -9 at any moment.
func TestAWriterThatIsKilledLeavesWholeWrites(t *testing.T) {
	for name, at := range map[string]func(t *testing.T) string{
		"a rollback journal": func(t *testing.T) string { return copied(t, mutationsBase, "mlflow.db") }, "a log": restingBase,
	} {
		t.Run(name, func(t *testing.T) {
			path := at(t)
			first := writable(t, path)
			write(t, first, "ada", store.Observe{})
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(3, 4))
			for round := range uint64(8) {
				cmd, out := startWriter(t, path, 300+round, 10_000)
				for out.Scan() && out.Text() != "ready" {
				}
				var last int64
				kill := time.AfterFunc(time.Duration(r.IntN(120)+5)*time.Millisecond, func() { _ = cmd.Process.Kill() })
				for out.Scan() {
					if _, err := fmt.Sscanf(out.Text(), "line %d", &last); err != nil {
						break
					}
				}
				kill.Stop()
				_ = cmd.Wait()
				db := writer(t, path)
				do(t, db, "SELECT 1 FROM runs") // rolls back what was left
				do(t, db, "BEGIN IMMEDIATE; COMMIT")
				db.Close()
				d, err := Open(within(t, 10*time.Second), path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if all := sound(t, d, path); int64(len(all)) < last {
					t.Errorf("line %d was told of, and there are %d", last, len(all))
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
