package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"benchside/store"
)

// subscribed is a store whose webhook subscribes to all that MLflow tells of.
func subscribed(t *testing.T) *DB {
	t.Helper()
	return changedBase(t, `DELETE FROM webhook_events;
		INSERT INTO webhook_events (webhook_id, entity, action)
		SELECT webhook_id, value ->> 0, value ->> 1 FROM webhooks, json_each('[["registered_model","created"],
			["model_version","created"],["model_version_tag","set"],["model_version_tag","deleted"],
			["model_version_alias","created"],["model_version_alias","deleted"],["prompt_alias","created"]]');
		INSERT INTO webhooks (webhook_id, name, url, status, creation_timestamp, last_updated_timestamp, workspace)
			VALUES ('off', 'off', 'https://x', 'DISABLED', 1, 1, 'default');
		INSERT INTO webhooks (webhook_id, name, url, status, creation_timestamp, last_updated_timestamp, deleted_timestamp, workspace)
			VALUES ('gone', 'gone', 'https://x', 'ACTIVE', 1, 1, 2, 'default');
		INSERT INTO webhook_events (webhook_id, entity, action)
			SELECT w.webhook_id, e.entity, e.action FROM webhooks w, webhook_events e WHERE w.webhook_id IN ('off', 'gone')`)
}

func deliveries(t *testing.T, d *DB, q store.DeliveryQuery) []store.Delivery {
	t.Helper()
	found, err := d.Deliveries(within(t, 5*time.Second), q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestChangesAreToldAsMLflowTellsThem holds the data against what MLflow's server
// sent to a real receiver.
func TestChangesAreToldAsMLflowTellsThem(t *testing.T) {
	d := subscribed(t)
	write(t, d, "ada", store.CreateModel{Model: "m-rest", Tags: map[string]string{"a": "b"}, Description: "d"},
		store.RegisterVersion{Model: "m-rest", Source: "runs:/ed9d33b4b10b475bb5519124e49b3d27/model", RunID: "ed9d33b4b10b475bb5519124e49b3d27", Tags: map[string]string{"t": "1"}},
		store.TagVersion{Model: "m-rest", Version: 1, Key: "k", Value: "v"},
		store.UntagVersion{Model: "m-rest", Version: 1, Key: "k"},
		store.UntagVersion{Model: "m-rest", Version: 1, Key: "nope"},
		store.SetAlias{Model: "m-rest", Alias: "champ", Version: 1},
		store.DeleteAlias{Model: "m-rest", Alias: "champ"},
		store.MoveStage{Model: "m-rest", Version: 1, To: "Staging"},
		store.TagModel{Model: "m-rest", Key: "x", Value: "y"})
	var recorded []struct{ After, Body string }
	load(t, "testdata/deliveries.json", &recorded)
	var got, want []string
	for _, r := range recorded[:7] {
		var body struct {
			Entity, Action string
			Data           json.RawMessage
		}
		if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
			t.Fatal(err)
		}
		want = append(want, body.Entity+"."+body.Action+" "+string(body.Data))
	}
	found := deliveries(t, d, store.DeliveryQuery{})
	slices.Reverse(found)
	for i, one := range found {
		got = append(got, one.Happening.Event()+" "+string(one.Happening.Data))
		if one.Kind != store.ToWebhook || one.Recipient != "c51f6333-a724-4ae4-b78e-62eb3a02be4b" || one.State != store.Pending ||
			len(one.ID) != 36 || one.Line != int64(i+1) {
			t.Errorf("delivery %d is %+v", i, one)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestDataIsSpelledAsPythonSpellsIt(t *testing.T) {
	for in, want := range map[string]string{
		"plain": `"plain"`, "ü": `"\u00fc"`, "🙂": `"\ud83d\ude42"`, "a\"\\\n\t\r\b\f\x01/<&": `"a\"\\\n\t\r\b\f\u0001/<&"`, "\x7f": `"\u007f"`,
	} {
		if got := python(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestHooksAreToldWhatTheySubscribedTo(t *testing.T) {
	d, _ := base(t)
	hooks := []store.Subscriber{
		{Name: "chat", Events: []string{"model_version.*", "transition_request.*"}},
		{Name: "deploy", Events: []string{"model_version.transitioned"}, Command: true},
		{Name: "all", Events: []string{"*"}},
		{Name: "none", Events: []string{"registered_model.created"}},
	}
	told := func(who string, all ...store.Mutation) []string {
		t.Helper()
		before := len(deliveries(t, d, store.DeliveryQuery{}))
		r, err := d.Write(context.Background(), store.Intent{By: by(who), Reason: "r", Hooks: hooks, Mutations: all})
		if err != nil {
			t.Fatal(err)
		}
		found := deliveries(t, d, store.DeliveryQuery{})
		found = found[:len(found)-before]
		if r.Events != len(found) {
			t.Errorf("the receipt says %d events, there are %d", r.Events, len(found))
		}
		var got []string
		for _, one := range slices.Backward(found) {
			got = append(got, fmt.Sprintf("%s %s %s %s", one.Kind, one.Recipient, one.Happening.Event(), one.Happening.Data))
		}
		return got
	}
	moved := ` model_version.transitioned {"name": "m1", "version": "2", "from_stage": "Staging", "to_stage": "Production", "archive_existing_versions": false}`
	if got := told("ada", store.MoveStage{Model: "m1", Version: 2, To: "Production"}); !slices.Equal(got, []string{"hook chat" + moved, "command deploy" + moved, "hook all" + moved}) {
		t.Errorf("a move tells %q", got)
	}
	if got := told("ada", store.MoveStage{Model: "m1", Version: 2, To: "Production"}); len(got) != 0 {
		t.Errorf("a move to where it is tells %q", got)
	}
	if got := told("ada", store.RequestStage{Model: "m1", Version: 1, To: "Staging"}); len(got) != 2 ||
		got[0] != `hook chat transition_request.created {"id": 4, "name": "m1", "version": "1", "from_stage": "None", "to_stage": "Staging", "by": "ada", "reason": "r", "decided_by": null}` {
		t.Errorf("a request tells %q", got)
	}
	if got := told("bob", store.DecideRequest{Request: 4, Decision: store.Approved}); len(got) != 5 {
		t.Errorf("an approval tells %q", got)
	}
	if got := told("bob", store.Undo{Line: 5}); len(got) != 4 {
		t.Errorf("an undo tells %q", got)
	}
}

func TestEveryEventThatIsToldIsATopic(t *testing.T) {
	d, _ := base(t)
	all := []store.Subscriber{{Name: "all", Events: []string{"*"}}}
	do := func(who string, m store.Mutation) {
		t.Helper()
		if _, err := d.Write(context.Background(), store.Intent{By: by(who), Reason: "r", Hooks: all, Mutations: []store.Mutation{m}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range []store.Mutation{
		store.CreateModel{Model: "p", Tags: map[string]string{promptTag: "true"}},
		store.RegisterVersion{Model: "p", Source: "dummy", Tags: map[string]string{"mlflow.prompt.text": "Hi {{name}}"}},
		store.SetAlias{Model: "p", Alias: "a", Version: 1},
		store.DeleteAlias{Model: "p", Alias: "a"},
		store.TagModel{Model: "p", Key: "k", Value: "v"},
		store.UntagModel{Model: "p", Key: "k"},
		store.TagVersion{Model: "p", Version: 1, Key: "k", Value: "v"},
		store.UntagVersion{Model: "p", Version: 1, Key: "k"},
		store.DescribeModel{Model: "m1", To: "x"},
		store.DescribeVersion{Model: "m1", Version: 1, To: "x"},
		store.CommentVersion{Model: "m1", Version: 1, Text: "x"},
		store.SetRule{Model: "m1", Rule: store.Rule{Stage: "Archived", NeedsGate: true}},
		store.RecordGate{Card: store.GateCard{Model: "m1", Version: 1, Stage: "Staging", Verdict: store.NotMet}},
		store.RecordGate{Card: store.GateCard{Model: "m1", Version: 1, Stage: "Staging", Verdict: store.Passed}},
		store.SetAlias{Model: "m1", Alias: "champion", Version: 1},
	} {
		do("ada", m)
	}
	do("ada", store.RollBack{Line: lines(t, d, store.LineQuery{Limit: 1})[0].Seq})
	do("ada", store.Undo{Line: lines(t, d, store.LineQuery{Limit: 1})[0].Seq})
	for _, as := range []store.Decision{store.Approved, store.Rejected, store.Cancelled} {
		do("ada", store.RequestStage{Model: "m1", Version: 4, To: map[store.Decision]string{store.Approved: "None"}[as] + map[bool]string{true: "Staging"}[as != store.Approved]})
		who := map[bool]string{true: "ada", false: "bob"}[as == store.Cancelled]
		do(who, store.DecideRequest{Request: lines(t, d, store.LineQuery{Limit: 1})[0].Seq, Decision: as})
	}
	for _, m := range []store.Mutation{
		store.TagModel{Model: "m1", Key: "k", Value: "v"},
		store.UntagModel{Model: "m1", Key: "k"},
		store.TagVersion{Model: "m1", Version: 1, Key: "k", Value: "v"},
		store.UntagVersion{Model: "m1", Version: 1, Key: "k"},
		store.DeleteAlias{Model: "m1", Alias: "champion"},
		store.RegisterVersion{Model: "fresh", Source: "x", MakeModel: true},
		store.DeleteVersion{Model: "m1", Version: 1},
		store.RenameModel{Model: "m1", To: "m0"},
		store.DeleteModel{Model: "m0"},
	} {
		do("ada", m)
	}
	tellsOfMonitors(t, d, do)
	told := map[string]bool{}
	for _, one := range deliveries(t, d, store.DeliveryQuery{}) {
		told[one.Happening.Event()] = true
		if !json.Valid(one.Happening.Data) {
			t.Errorf("%s is no JSON: %s", one.Happening.Event(), one.Happening.Data)
		}
	}
	for _, topic := range store.Topics() {
		if !told[topic.Event()] {
			t.Errorf("nothing tells of %s", topic.Event())
		}
		delete(told, topic.Event())
	}
	if len(told) != 0 {
		t.Errorf("told, and no topic: %v", sortedKeys(told))
	}
}

func TestADeliveryIsClaimedByOne(t *testing.T) {
	d, _ := base(t)
	hooks := []store.Subscriber{{Name: "chat", Events: []string{"*"}}}
	for range 20 {
		_, err := d.Write(context.Background(), store.Intent{Hooks: hooks, Mutations: []store.Mutation{store.SetAlias{Model: "m1", Alias: "x", Version: 1}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for {
				claimed, err := d.Claim(context.Background(), 3, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, one := range claimed {
					seen[one.ID]++
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if len(seen) != 20 {
		t.Errorf("%d were claimed, of 20", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
}

func TestADeliveryGoesItsWay(t *testing.T) {
	d, path := base(t)
	before := hashOf(t, path)
	if claimed, err := d.Claim(context.Background(), 10, time.Minute); err != nil || len(claimed) != 0 || hashOf(t, path) != before {
		t.Fatalf("claimed %v, %v in a store without an outbox", claimed, err)
	}
	ctx := within(t, 10*time.Second)
	test := store.Delivery{Kind: store.ToHook, Recipient: "chat", Happening: store.Happening{Entity: "model_version", Action: "created", Data: []byte(`{}`)}}
	if err := d.Enqueue(ctx, test); err != nil {
		t.Fatal(err)
	}
	claim := func() store.Delivery {
		t.Helper()
		claimed, err := d.Claim(ctx, 10, time.Minute)
		if err != nil || len(claimed) != 1 {
			t.Fatalf("claimed %+v, %v", claimed, err)
		}
		return claimed[0]
	}
	one := claim()
	if one.State != store.Sending || one.Attempts != 1 || one.ID == "" {
		t.Errorf("it is %+v", one)
	}
	one.State, one.Next, one.Answer = store.Pending, store.AtTime(time.Now().Add(time.Hour)), "503"
	if err := d.Settle(ctx, one); err != nil {
		t.Fatal(err)
	}
	before = hashOf(t, path)
	if later, err := d.Claim(ctx, 10, time.Minute); err != nil || len(later) != 0 || hashOf(t, path) != before {
		t.Errorf("claimed %v, %v before its time", later, err)
	}
	if err := d.Settle(ctx, one); !errors.Is(err, store.ErrStale) {
		t.Errorf("settling twice says %v", err)
	}
	if err := d.Enqueue(ctx, store.Delivery{Kind: store.ToHook, Recipient: "chat", ReplayOf: one.ID, Happening: one.Happening}); err != nil {
		t.Fatal(err)
	}
	claim()
	time.Sleep(5 * time.Millisecond)
	if again, err := d.Claim(ctx, 10, time.Millisecond); err != nil || len(again) != 0 {
		t.Errorf("claimed %v, %v", again, err)
	}
	found := deliveries(t, d, store.DeliveryQuery{Recipient: "chat", State: store.Interrupted})
	if len(found) != 1 || found[0].ReplayOf != one.ID || found[0].Answer == "" {
		t.Errorf("interrupted are %+v", found)
	}
}

func TestWebhooksAreThoseOfMLflow(t *testing.T) {
	found, err := subscribed(t).Webhooks(context.Background())
	if err != nil || len(found) != 2 || found[0].ID != "c51f6333-a724-4ae4-b78e-62eb3a02be4b" || !found[0].Active || found[1].Active ||
		found[0].URL != "https://example.com/hook" || len(found[0].Events) != 7 {
		t.Errorf("webhooks are %+v, %v", found, err)
	}
	old := opened(t, copied(t, "../../testdata/old/2.22.2/mlflow.db", "mlflow.db"))
	if found, err := old.Webhooks(context.Background()); err != nil || len(found) != 0 {
		t.Errorf("an older store has webhooks %+v, %v", found, err)
	}
}

func TestJobsAreKept(t *testing.T) {
	d, _ := base(t)
	ctx := within(t, 10*time.Second)
	if _, err := d.Job(ctx, 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a job of a store without jobs says %v", err)
	}
	if err := d.AskCancel(ctx, 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("to cancel it says %v", err)
	}
	job := store.Job{
		Hook: "deploy", Delivery: "x", Event: "model_version.transitioned", Command: []string{"sh", "-c", "exit 0"},
		Of: store.Subject{Kind: store.VersionSubject, Name: "m1", Version: 2},
	}
	id, err := d.AddJob(ctx, job)
	if err != nil {
		t.Fatal(err)
	}
	job.ID, job.State, job.Host, job.PID, job.Started, job.Log = id, store.JobRunning, "host", 7, store.At(5), "log"
	if err := errors.Join(d.SetJob(ctx, job), d.AskCancel(ctx, id)); err != nil {
		t.Fatal(err)
	}
	got, err := d.Job(ctx, id)
	if err != nil || !got.Asked || got.State != store.JobRunning || got.PID != 7 || !slices.Equal(got.Command, job.Command) || got.Of != job.Of || !got.Created.Set() || got.Ended.Set() {
		t.Errorf("the job is %+v, %v", got, err)
	}
	if second, err := d.AddJob(ctx, job); err != nil || second != id+1 {
		t.Errorf("the next is %d, %v", second, err)
	}
	if all, err := d.Jobs(ctx, 1); err != nil || len(all) != 1 || all[0].ID != id+1 {
		t.Errorf("jobs are %+v, %v", all, err)
	}
}
