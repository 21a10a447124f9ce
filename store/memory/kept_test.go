package memory

import (
	"context"
	"errors"
	"testing"
	"time"

	"benchside/store"
)

func TestWriteRecordsWhatWasMeant(t *testing.T) {
	ctx := context.Background()
	s := New(Records{Kept: Kept{Lines: []store.Line{{Seq: 1}}}})
	move := store.MoveStage{Model: "m", Version: 1, To: "Staging"}
	r, err := s.Write(ctx, store.Intent{By: store.Author{Name: "ada"}, Reason: "why", Mutations: []store.Mutation{move}})
	if err != nil || len(r.Lines) != 1 || r.Lines[0].Seq != 2 || r.Lines[0].Sentence != "move m v1 to Staging" || r.Lines[0].Reason != "why" {
		t.Errorf("got %+v, %v", r, err)
	}
	s.Answer(func(store.Intent) (store.Receipt, error) { return store.Receipt{Events: 3}, store.ErrStale })
	if r, err := s.Write(ctx, store.Intent{DryRun: true}); !errors.Is(err, store.ErrStale) || r.Events != 3 {
		t.Errorf("got %+v, %v", r, err)
	}
	if all := s.Intents(); len(all) != 2 || all[0].Mutations[0] != store.Mutation(move) || !all[1].DryRun {
		t.Errorf("the intents are %+v", all)
	}
	s.Fail("Write", store.ErrBusy)
	if _, err := s.Write(ctx, store.Intent{}); !errors.Is(err, store.ErrBusy) || len(s.Intents()) != 2 {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsKeptIsReadAndTold(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	s := New(Records{Kept: Kept{
		Lines:    []store.Line{{Seq: 1, Of: store.Subject{Name: "m"}}, {Seq: 2, Of: store.Subject{Name: "n", Version: 2}}, {Seq: 3, Of: store.Subject{Name: "m", Version: 2}}},
		Requests: []store.Request{{ID: 1, Model: "m", State: store.Waiting}, {ID: 2, Model: "m", State: store.Rejected}},
		Comments: []store.Comment{{ID: 1, Model: "m", Version: 1}, {ID: 2, Model: "m", Version: 1}},
		Rules:    map[string][]store.Rule{"m": {{Stage: "Production"}}},
	}})
	if got, err := s.Lines(ctx, store.LineQuery{Of: store.Subject{Name: "m"}, Limit: 1}); err != nil || len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("lines are %+v, %v", got, err)
	}
	if got, err := s.Requests(ctx, store.RequestQuery{State: store.Waiting}); err != nil || len(got) != 1 || got[0].ID != 1 {
		t.Errorf("requests are %+v, %v", got, err)
	}
	if got, err := s.Comments(ctx, "m", 1); err != nil || len(got) != 2 || got[0].ID != 1 {
		t.Errorf("comments are %+v, %v", got, err)
	}
	if got, err := s.Rules(ctx, "m"); err != nil || len(got) != 1 {
		t.Errorf("rules are %+v, %v", got, err)
	}
	changes, err := s.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s.Change(func(r *Records) { r.Kept.Requests[0].State = store.Approved })
	if c := <-changes; len(c.Events) != 1 || c.Events[0].Kind != store.RegistryChanged {
		t.Errorf("told of %+v", c)
	}
}

func TestDeliveriesAndJobsGoTheirWay(t *testing.T) {
	ctx := context.Background()
	s := New(Records{})
	if err := s.Enqueue(ctx, store.Delivery{Recipient: "chat"}); err != nil {
		t.Fatal(err)
	}
	claimed, err := s.Claim(ctx, 5, time.Minute)
	if err != nil || len(claimed) != 1 || claimed[0].Attempts != 1 {
		t.Fatalf("claimed %+v, %v", claimed, err)
	}
	claimed[0].State = store.Delivered
	if err := errors.Join(s.Settle(ctx, claimed[0])); err != nil {
		t.Error(err)
	}
	if err := s.Settle(ctx, claimed[0]); !errors.Is(err, store.ErrStale) {
		t.Errorf("settled twice: %v", err)
	}
	id, err := s.AddJob(ctx, store.Job{Hook: "deploy"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.SetJob(ctx, store.Job{ID: id, State: store.JobRunning, PID: 7}), s.AskCancel(ctx, id)); err != nil {
		t.Error(err)
	}
	if j, err := s.Job(ctx, id); err != nil || j.State != store.JobRunning || !j.Asked || j.Hook != "deploy" {
		t.Errorf("the job is %+v, %v", j, err)
	}
	if _, err := s.Job(ctx, 9); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
