package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

func TestWhatWasSeenOtherwiseIsRefused(t *testing.T) {
	for name, m := range map[string]store.Mutation{
		"another description":         store.DescribeModel{Model: "m1", To: "x", From: store.Saw("else")},
		"another tag":                 store.TagModel{Model: "m1", Key: "owner", Value: "x", From: store.Saw("bob")},
		"a tag that was not there":    store.TagModel{Model: "m1", Key: "owner", Value: "x", From: store.SawNone[string]()},
		"a tag that is gone":          store.UntagModel{Model: "m1", Key: "none", From: store.Saw("x")},
		"another number of versions":  store.DeleteModel{Model: "m1", Versions: store.Saw(9)},
		"another version text":        store.DescribeVersion{Model: "m1", Version: 1, To: "x", From: store.Saw("else")},
		"another version tag":         store.TagVersion{Model: "m1", Version: 3, Key: "n", Value: "x", From: store.Saw("1")},
		"another stage to delete":     store.DeleteVersion{Model: "m1", Version: 3, From: store.Saw("Staging")},
		"another alias":               store.SetAlias{Model: "m1", Alias: "champion", Version: 1, From: store.Saw[int64](2)},
		"an alias that was not there": store.SetAlias{Model: "m1", Alias: "champion", Version: 1, From: store.SawNone[int64]()},
		"an alias that is gone":       store.DeleteAlias{Model: "m1", Alias: "none", From: store.Saw[int64](2)},
		"another stage":               store.MoveStage{Model: "m1", Version: 3, To: "None", From: store.Saw("Staging")},
		"another stage to ask for":    store.RequestStage{Model: "m1", Version: 3, To: "None", From: store.Saw("Staging")},
	} {
		t.Run(name, func(t *testing.T) {
			d, path := writable(t)
			before := hashOf(t, path)
			_, err := d.Write(context.Background(), store.Intent{By: ada, Mutations: []store.Mutation{m}})
			if !errors.Is(err, store.ErrStale) {
				t.Fatalf("got %v, want ErrStale", err)
			}
			if hashOf(t, path) != before {
				t.Error("a refused write changed the file")
			}
		})
	}
}

func hashOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(content))
}

func TestADryRunChangesNoByte(t *testing.T) {
	for name, muts := range calls(readIDs(t)) {
		d, path := writable(t)
		before := hashOf(t, path)
		r, err := d.Write(context.Background(), store.Intent{By: ada, Mutations: muts, DryRun: true})
		if hashOf(t, path) != before {
			t.Errorf("%s: a dry run changed the file", name)
		}
		if err == nil && len(r.Lines) > len(muts) {
			t.Errorf("%s: %d lines of %d mutations", name, len(r.Lines), len(muts))
		}
		if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
			t.Errorf("%s: it left %d files", name, len(files))
		}
		d.Close()
	}
}

func TestAllOfAnIntentOrNothing(t *testing.T) {
	d, path := writable(t)
	before := hashOf(t, path)
	_, err := d.Write(context.Background(), store.Intent{By: ada, Mutations: []store.Mutation{
		store.TagModel{Model: "m1", Key: "a", Value: "b"}, store.TagModel{Model: "nope", Key: "a", Value: "b"},
	}})
	if !errors.Is(err, store.ErrNotFound) || hashOf(t, path) != before {
		t.Errorf("got %v, and the file changed: %v", err, hashOf(t, path) != before)
	}
}

func TestUndoRestoresTheRows(t *testing.T) {
	for name, muts := range calls(readIDs(t)) {
		if len(muts) > 1 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			d, path := writable(t)
			before := dump(t, path)
			r, err := d.Write(context.Background(), store.Intent{By: ada, Mutations: muts})
			if err != nil || len(r.Lines) == 0 {
				return // it was refused, or there was nothing to do
			}
			after := dump(t, path)
			undone := write(t, d, store.Undo{Line: r.Lines[0].Seq})
			if got := normalised(rowDiff(before, dump(t, path)), 0, 0); got != "" {
				t.Fatalf("undone, it differs by\n%s", got)
			}
			write(t, d, store.Undo{Line: undone.Lines[0].Seq})
			if got := normalised(rowDiff(after, dump(t, path)), 0, 0); got != "" {
				t.Errorf("done again, it differs by\n%s", got)
			}
		})
	}
}

func TestUndoIsRefusedWhereSomebodyWentOn(t *testing.T) {
	d, _ := writable(t)
	r := write(t, d, store.MoveStage{Model: "m1", Version: 1, To: "Staging"})
	write(t, d, store.MoveStage{Model: "m1", Version: 1, To: "Production"})
	_, err := d.Write(context.Background(), store.Intent{By: ada, Mutations: []store.Mutation{store.Undo{Line: r.Lines[0].Seq}}})
	if !errors.Is(err, store.ErrStale) || !strings.Contains(err.Error(), "Production") {
		t.Errorf("got %v, want ErrStale that names the stage", err)
	}
	// A later version moves the model's time, which is no reason not to undo.
	d, _ = writable(t)
	r = write(t, d, store.MoveStage{Model: "m1", Version: 1, To: "Staging"})
	write(t, d, store.RegisterVersion{Model: "m1", Source: "/x"})
	write(t, d, store.Undo{Line: r.Lines[0].Seq})
}

func TestWhatOthersChangeIsObserved(t *testing.T) {
	d, path := writable(t)
	ctx := context.Background()
	write(t, d, store.Observe{})
	outside(t, path, `UPDATE model_versions SET current_stage = 'Production' WHERE name = 'm1' AND version = 1`,
		`UPDATE registered_model_aliases SET version = 2 WHERE name = 'm1' AND alias = 'champion'`)
	lines, err := d.Unrecorded(ctx)
	if err != nil || len(lines) != 1 || lines[0].Seq != 0 {
		t.Fatalf("unrecorded: %v, %v", lines, err)
	}
	for _, want := range []string{"v1 stage None → Production", "alias champion v3 → v2"} {
		if !strings.Contains(lines[0].Sentence, want) {
			t.Errorf("%q does not say %q", lines[0].Sentence, want)
		}
	}
	r := write(t, d, store.TagModel{Model: "m1", Key: "a", Value: "b"})
	if len(r.Observed) != 1 || len(r.Lines) != 1 {
		t.Errorf("the write told of %d observed and %d own lines, want one each", len(r.Observed), len(r.Lines))
	}
	if lines, err := d.Unrecorded(ctx); err != nil || len(lines) != 0 {
		t.Errorf("after it, unrecorded: %v, %v", lines, err)
	}
}

// outside changes the store as another program would.
func outside(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func TestTheRegistryAsItWas(t *testing.T) {
	d, _ := writable(t)
	ctx := context.Background()
	write(t, d, store.Observe{})
	then := store.At(time.Now().UnixMilli())
	time.Sleep(3 * time.Millisecond)
	write(t, d, store.MoveStage{Model: "m1", Version: 1, To: "Production", ArchiveExisting: true})
	write(t, d, store.RenameModel{Model: "m1", To: "m9"})
	write(t, d, store.DeleteModel{Model: "m2"})
	stages := func(at store.Time) map[string]string {
		_, versions, err := d.RegistryAt(ctx, at)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, v := range versions {
			out[fmt.Sprintf("%s v%d", v.Name, v.Version)] = v.Stage
		}
		return out
	}
	want := map[string]string{"m1 v1": "None", "m1 v2": "Staging", "m1 v3": "Production", "m1 v4": "Archived", "m2 v1": "None"}
	if got := stages(then); !maps.Equal(got, want) {
		t.Errorf("then: got %v, want %v", got, want)
	}
	want = map[string]string{"m9 v1": "Production", "m9 v2": "Staging", "m9 v3": "Archived", "m9 v4": "Archived"}
	if got := stages(store.At(time.Now().UnixMilli())); !maps.Equal(got, want) {
		t.Errorf("now: got %v, want %v", got, want)
	}
	if lines, err := d.Lines(ctx, store.LineQuery{Of: about("m9")}); err != nil || len(lines) != 3 {
		t.Errorf("the renamed model has %d lines, want those under its former name, too: %v", len(lines), err)
	}
}

func TestALedgerThatWasTamperedWithShows(t *testing.T) {
	const free = `DROP TRIGGER benchside_ledger_kept; DROP TRIGGER benchside_ledger_whole; `
	for name, c := range map[string]struct{ statement, want string }{
		"untouched":              {"", ""},
		"edited":                 {free + `UPDATE benchside_ledger SET says = 'nothing' WHERE seq = 2`, "line 2"},
		"edited changes":         {free + `UPDATE benchside_ledger SET changes = '[]' WHERE seq = 3`, "line 3"},
		"a line taken out":       {free + `DELETE FROM benchside_ledger WHERE seq = 2`, "line 3"},
		"its end cut":            {free + `DELETE FROM benchside_ledger WHERE seq = 4`, "cut off"},
		"all of it cut":          {free + `DELETE FROM benchside_ledger`, "cut off"},
		"two lines exchanged":    {free + `UPDATE benchside_ledger SET seq = 9 WHERE seq = 2; UPDATE benchside_ledger SET seq = 2 WHERE seq = 3; UPDATE benchside_ledger SET seq = 3 WHERE seq = 9`, "line 2"},
		"its head taken away":    {`DELETE FROM benchside_ledger_head`, "said to end"},
		"a line with a new hash": {free + `UPDATE benchside_ledger SET hash = 'ab' WHERE seq = 1`, "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			d, path := writable(t)
			for _, alias := range []string{"a", "b", "c"} {
				write(t, d, store.SetAlias{Model: "m1", Alias: alias, Version: 1})
			}
			if c.statement != "" {
				outside(t, path, c.statement)
			}
			n, err := d.VerifyLedger(context.Background())
			switch {
			case c.want == "" && (err != nil || n != 4): // the first says what was there
				t.Errorf("got %d lines, %v; want 4 that hold", n, err)
			case c.want != "" && (!errors.Is(err, store.ErrBroken) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want ErrBroken with %q", err, c.want)
			}
		})
	}
}

func TestTheLedgerIsOnlyAddedTo(t *testing.T) {
	d, path := writable(t)
	write(t, d, store.SetAlias{Model: "m1", Alias: "a", Version: 1})
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{`UPDATE benchside_ledger SET says = ''`, `DELETE FROM benchside_ledger`} {
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("%s was done", statement)
		}
	}
}

func TestWhoMayMoveWhat(t *testing.T) {
	grace := store.Author{Name: "grace", Via: "test"}
	d, _ := writable(t)
	ctx := context.Background()
	try := func(by store.Author, m store.Mutation) error {
		_, err := d.Write(ctx, store.Intent{By: by, Mutations: []store.Mutation{m}})
		return err
	}
	write(t, d, store.SetRule{Model: "m1", Rule: store.Rule{Stage: "production", NeedsApproval: true, NeedsGate: true}})
	move := store.MoveStage{Model: "m1", Version: 1, To: "Production"}
	ask := store.RequestStage{Model: "m1", Version: 1, To: "Production", ArchiveExisting: true}
	approve := store.DecideRequest{Request: 1, Decision: store.Approved}
	card := store.GateCard{Model: "m1", Version: 1, Stage: "Production", By: "ada", Verdict: store.NotMet}
	steps := []struct {
		says string
		by   store.Author
		do   store.Mutation
		want error
	}{
		{"a move that needs an approval", ada, move, store.ErrDenied},
		{"another stage needs none", ada, store.MoveStage{Model: "m1", Version: 4, To: "Staging"}, nil},
		{"asking", ada, ask, nil},
		{"asking twice", grace, ask, store.ErrInvalid},
		{"approving one's own", ada, approve, store.ErrDenied},
		{"cancelling another's", grace, store.DecideRequest{Request: 1, Decision: store.Cancelled}, store.ErrDenied},
		{"approving without a gate", grace, approve, store.ErrDenied},
		{"keeping a card that failed", ada, store.RecordGate{Card: card}, nil},
		{"approving what failed", grace, approve, store.ErrDenied},
		{"keeping a waived card", ada, store.RecordGate{Card: store.GateCard{Model: "m1", Version: 1, Stage: "Production", Verdict: store.Waived}}, nil},
		{"approving", grace, approve, nil},
		{"approving again", grace, approve, store.ErrStale},
		{"a comment", grace, store.CommentVersion{Model: "m1", Version: 1, Text: "well done"}, nil},
		{"an empty comment", grace, store.CommentVersion{Model: "m1", Version: 1, Text: " "}, store.ErrInvalid},
		{"no such request", grace, store.DecideRequest{Request: 9, Decision: store.Approved}, store.ErrNotFound},
	}
	for _, s := range steps {
		if err := try(s.by, s.do); !errors.Is(err, s.want) || s.want == nil && err != nil {
			t.Errorf("%s: got %v, want %v", s.says, err, s.want)
		}
	}
	requests, err := d.Requests(ctx, store.RequestQuery{Model: "m1"})
	if err != nil || len(requests) != 1 || requests[0].State != store.Approved || requests[0].DecidedBy != "grace" {
		t.Errorf("requests: %+v, %v", requests, err)
	}
	versions, err := d.ModelVersions(ctx, "m1")
	if err != nil || versions[3].Stage != "Production" || versions[1].Stage != "Archived" {
		t.Errorf("the approval left %+v, %v", versions, err)
	}
	if cards, err := d.GateCards(ctx, "m1", 1); err != nil || len(cards) != 2 || cards[0].Verdict != store.Waived {
		t.Errorf("cards: %+v, %v", cards, err)
	}
	if comments, err := d.Comments(ctx, "m1", 0); err != nil || len(comments) != 1 || comments[0].Text != "well done" {
		t.Errorf("comments: %+v, %v", comments, err)
	}
}

func TestARequestWhoseVersionMovedIsStale(t *testing.T) {
	d, _ := writable(t)
	write(t, d, store.RequestStage{Model: "m1", Version: 1, To: "Production"})
	write(t, d, store.MoveStage{Model: "m1", Version: 1, To: "Staging"})
	_, err := d.Write(context.Background(), store.Intent{
		By: store.Author{Name: "grace"}, Mutations: []store.Mutation{store.DecideRequest{Request: 1, Decision: store.Approved}},
	})
	if !errors.Is(err, store.ErrStale) {
		t.Errorf("got %v, want ErrStale", err)
	}
}

func TestRollingBackIsAnOrdinaryChange(t *testing.T) {
	d, _ := writable(t)
	ctx := context.Background()
	moved := write(t, d, store.MoveStage{Model: "m1", Version: 1, To: "Production", ArchiveExisting: true})
	alias := write(t, d, store.SetAlias{Model: "m1", Alias: "champion", Version: 1})
	_, err := d.Write(ctx, store.Intent{By: ada, Mutations: []store.Mutation{store.RollBack{Line: moved.Lines[0].Seq}}})
	if !errors.Is(err, store.ErrInvalid) {
		t.Errorf("without a reason: %v, want ErrInvalid", err)
	}
	write(t, d, store.RollBack{Line: moved.Lines[0].Seq})
	write(t, d, store.RollBack{Line: alias.Lines[0].Seq})
	versions, err := d.ModelVersions(ctx, "m1")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range versions {
		got = append(got, fmt.Sprint(v.Version, v.Stage, v.Aliases))
	}
	want := []string{"4Archived[]", "3Production[champion]", "2Staging[]", "1None[old]"}
	for i := range got {
		got[i] = strings.ReplaceAll(got[i], " ", "")
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestEventsAreThoseOfMLflow compares the data of events with what the real server
// delivered for the same calls.
func TestEventsAreThoseOfMLflow(t *testing.T) {
	d, path := writable(t)
	outside(t, path, `DELETE FROM webhook_events`, `INSERT INTO webhook_events
		SELECT webhook_id, value ->> 0, value ->> 1 FROM webhooks, json_each('[["registered_model","created"],["model_version","created"],
		["model_version_tag","set"],["model_version_tag","deleted"],["model_version_alias","created"],["model_version_alias","deleted"]]')`)
	run := "ed9d33b4b10b475bb5519124e49b3d27"
	all := store.Subscriber{Name: "all", Events: []string{"*"}}
	muts := []store.Mutation{
		store.CreateModel{Model: "m-rest", Tags: map[string]string{"a": "b"}, Description: "d"},
		store.RegisterVersion{Model: "m-rest", Source: "runs:/" + run + "/model", RunID: run, Tags: map[string]string{"t": "1"}},
		store.TagVersion{Model: "m-rest", Version: 1, Key: "k", Value: "v"},
		store.UntagVersion{Model: "m-rest", Version: 1, Key: "k"},
		store.SetAlias{Model: "m-rest", Alias: "champ", Version: 1},
		store.DeleteAlias{Model: "m-rest", Alias: "champ"},
		store.MoveStage{Model: "m-rest", Version: 1, To: "Staging"},
	}
	r, err := d.Write(context.Background(), store.Intent{By: ada, Mutations: muts, Hooks: []store.Subscriber{
		all, {Name: "train", Events: []string{"model_version.*"}, Command: true}, {Name: "none", Events: []string{"gate.failed"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := deliveries(t, path)
	if r.Events != len(got) || len(got) != 6+7+2 {
		t.Errorf("%d deliveries were told of and %d written, want 6 of the webhook, 7 and 2 of the hooks", r.Events, len(got))
	}
	for _, want := range []string{
		`webhook registered_model.created {"name": "m-rest", "tags": {"a": "b"}, "description": "d"}`,
		`webhook model_version.created {"name": "m-rest", "version": "1", "source": "runs:/` + run + `/model", "run_id": "` + run + `", "tags": {"t": "1"}, "description": null}`,
		`webhook model_version_tag.set {"name": "m-rest", "version": "1", "key": "k", "value": "v"}`,
		`webhook model_version_tag.deleted {"name": "m-rest", "version": "1", "key": "k"}`,
		`webhook model_version_alias.created {"name": "m-rest", "alias": "champ", "version": "1"}`,
		`webhook model_version_alias.deleted {"name": "m-rest", "alias": "champ"}`,
		`command model_version.transitioned {"name": "m-rest", "version": "1", "from_stage": "None", "to_stage": "Staging", "archive_existing_versions": false}`,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no delivery says %s; there are\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func deliveries(t *testing.T, path string) (out []string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT kind || ' ' || entity || '.' || action || ' ' || data FROM benchside_deliveries`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}

func TestPythonTextIsJSON(t *testing.T) {
	for text, want := range map[string]string{
		"a": `"a"`, "ü": `"\u00fc"`, "🖼": `"\ud83d\uddbc"`, "<&>": `"<&>"`, "\"\\\n\x1b": `"\"\\\n\u001b"`, `\u003c`: `"\\u003c"`,
	} {
		got := pythonText(text)
		var back string
		if err := json.Unmarshal([]byte(got), &back); got != want || err != nil || back != text {
			t.Errorf("%q: got %s, which reads as %q, %v; want %s", text, got, back, err, want)
		}
	}
}
