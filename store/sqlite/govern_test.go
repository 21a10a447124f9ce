package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/store"
)

func request(t *testing.T, d *DB, who string, version int64) (id int64, of store.Subject) {
	t.Helper()
	r := write(t, d, who, store.RequestStage{Model: "m1", Version: version, To: "production", ArchiveExisting: true})
	found, err := d.Requests(context.Background(), store.RequestQuery{Limit: 1})
	if err != nil || len(found) != 1 || found[0].ID != r.Lines[0].Seq {
		t.Fatalf("requests are %+v, %v", found, err)
	}
	return found[0].ID, r.Lines[0].Of
}

func decided(t *testing.T, d *DB, who string, id int64, as store.Decision) error {
	t.Helper()
	_, err := d.Write(within(t, 5*time.Second), store.Intent{By: by(who), Mutations: []store.Mutation{
		store.DecideRequest{Request: id, Decision: as, Comment: "because"},
	}})
	return err
}

func TestARequestIsApprovedBySomebodyElse(t *testing.T) {
	d, _ := base(t)
	write(t, d, "ada", store.SetRule{Model: "m1", Rule: store.Rule{Stage: "Production", NeedsApproval: true}})
	refused(t, d, store.ErrDenied, "needs an approval by somebody else", "ada", store.MoveStage{Model: "m1", Version: 2, To: "Production"})
	id, of := request(t, d, "ada", 2)
	refused(t, d, store.ErrDenied, "somebody else must approve it", "ada", store.DecideRequest{Request: id, Decision: store.Approved, Of: of})
	refused(t, d, store.ErrDenied, "nobody else cancels it", "bob", store.DecideRequest{Request: id, Decision: store.Cancelled, Of: of})
	refused(t, d, store.ErrInvalid, "is no decision", "bob", store.DecideRequest{Request: id, Decision: "maybe"})
	refused(t, d, store.ErrStale, "is about m1 v2", "bob", store.DecideRequest{Request: id, Decision: store.Approved, Of: store.Subject{Name: "x"}})
	r := write(t, d, "bob", store.DecideRequest{Request: id, Decision: store.Approved, Comment: "looks good", Of: of})
	if got := stageOf(t, d, "m1", 2) + " " + stageOf(t, d, "m1", 3); got != "Production Archived" {
		t.Errorf("v2 and v3 are in %s", got)
	}
	if len(r.Lines) != 1 || r.Lines[0].Sentence != fmt.Sprintf("approve request %d about m1 v2: move m1 v2 from Staging to Production and archive v3", id) || r.Lines[0].Of != of {
		t.Errorf("the lines are %+v", r.Lines)
	}
	found, err := d.Requests(context.Background(), store.RequestQuery{Model: "m1", State: store.Approved})
	if err != nil || len(found) != 1 || found[0].DecidedBy != "bob" || found[0].Comment != "looks good" || !found[0].Decided.Set() ||
		found[0].From != "Staging" || found[0].To != "Production" || !found[0].ArchiveExisting || found[0].Reason != "a reason" {
		t.Errorf("requests are %+v, %v", found, err)
	}
	refused(t, d, store.ErrStale, "was approved by bob", "eve", store.DecideRequest{Request: id, Decision: store.Rejected})
	refused(t, d, store.ErrNotFound, "request 77", "eve", store.DecideRequest{Request: 77, Decision: store.Rejected})
}

func TestARequestIsRejectedOrTakenBack(t *testing.T) {
	d, _ := base(t)
	first, _ := request(t, d, "ada", 2)
	second, _ := request(t, d, "ada", 1)
	if err := errors.Join(decided(t, d, "bob", first, store.Rejected), decided(t, d, "ada", second, store.Cancelled)); err != nil {
		t.Fatal(err)
	}
	if got := stageOf(t, d, "m1", 2) + " " + stageOf(t, d, "m1", 1); got != "Staging None" {
		t.Errorf("v2 and v1 are in %s", got)
	}
	if waiting, err := d.Requests(context.Background(), store.RequestQuery{State: store.Waiting}); err != nil || len(waiting) != 0 {
		t.Errorf("%v wait, %v", waiting, err)
	}
}

func TestARequestWhoseVersionMovedIsStale(t *testing.T) {
	d, path := base(t)
	id, _ := request(t, d, "ada", 2)
	db := writer(t, path)
	do(t, db, "UPDATE model_versions SET current_stage = 'Archived' WHERE name = 'm1' AND version = 2")
	db.Close()
	if err := decided(t, d, "bob", id, store.Approved); !errors.Is(err, store.ErrStale) {
		t.Errorf("got %v", err)
	}
	if err := decided(t, d, "bob", id, store.Rejected); err != nil {
		t.Errorf("it cannot be rejected either: %v", err)
	}
	other, _ := request(t, d, "ada", 4)
	write(t, d, "eve", store.DeleteVersion{Model: "m1", Version: 4})
	if err := decided(t, d, "bob", other, store.Approved); !errors.Is(err, store.ErrStale) || !strings.Contains(err.Error(), "was cancelled by eve") {
		t.Errorf("got %v", err)
	}
}

func TestAnApprovalNeedsTheGateOfTheRule(t *testing.T) {
	d, _ := base(t)
	card := func(v store.Verdict, checks ...store.GateCheck) store.RecordGate {
		return store.RecordGate{Card: store.GateCard{Model: "m1", Version: 2, Stage: "Production", Against: 3, Verdict: v, Checks: checks}}
	}
	write(t, d, "ada", store.SetRule{Model: "m1", Rule: store.Rule{Stage: "Production", NeedsApproval: true, NeedsGate: true}})
	id, _ := request(t, d, "ada", 2)
	approve := store.DecideRequest{Request: id, Decision: store.Approved}
	refused(t, d, store.ErrDenied, "run the gate first", "bob", approve)
	write(t, d, "ada", card(store.Passed))
	write(t, d, "ada", card(store.NotMet, store.GateCheck{Name: "metric auc", Verdict: store.NotMet, Says: "0.81 < 0.83"}))
	refused(t, d, store.ErrDenied, "the latest one says fail", "bob", approve)
	refused(t, d, store.ErrInvalid, "a waiver needs a reason", "bob", card(store.Waived, store.GateCheck{Name: "metric auc", Verdict: store.Waived}))
	refused(t, d, store.ErrInvalid, "is no verdict", "bob", card("fine"))
	write(t, d, "ada", card(store.Waived, store.GateCheck{Name: "metric auc", Verdict: store.Waived, Reason: "agreed", By: "ada"}))
	write(t, d, "bob", approve)
	found, err := d.GateCards(context.Background(), "m1", 2)
	if err != nil || len(found) != 3 || found[0].Verdict != store.Waived || found[1].Checks[0].Says != "0.81 < 0.83" || found[2].Against != 3 {
		t.Errorf("cards are %+v, %v", found, err)
	}
}

func TestAStageUnderARuleIsNotReachedByUndoOrRollBack(t *testing.T) {
	d, path := base(t)
	write(t, d, "ada", store.SetRule{Model: "m1", Rule: store.Rule{Stage: "Production", NeedsApproval: true}})
	db := writer(t, path)
	do(t, db, "UPDATE model_versions SET current_stage = 'Production' WHERE name = 'm1' AND version = 1")
	db.Close()
	back := write(t, d, "bob", store.MoveStage{Model: "m1", Version: 1, To: "None"}).Lines[0]
	refused(t, d, store.ErrDenied, "was never approved for Production", "ada", store.Undo{Line: back.Seq})
	_, err := d.Write(context.Background(), store.Intent{By: by("ada"), Reason: "x", Mutations: []store.Mutation{store.RollBack{Line: back.Seq}}})
	if !errors.Is(err, store.ErrDenied) {
		t.Errorf("rolling back says %v", err)
	}
	id, _ := request(t, d, "ada", 2)
	if err := decided(t, d, "bob", id, store.Approved); err != nil {
		t.Fatal(err)
	}
	down := write(t, d, "eve", store.MoveStage{Model: "m1", Version: 2, To: "Archived"}).Lines[0]
	write(t, d, "ada", store.RollBack{Line: down.Seq})
	if got := stageOf(t, d, "m1", 2); got != "Production" {
		t.Errorf("what was approved is rolled back to %s", got)
	}
}

func TestCommentsAndRulesFollowAModel(t *testing.T) {
	d, _ := base(t)
	write(t, d, "ada", store.CommentVersion{Model: "m1", Version: 2, Text: "first"}, store.CommentVersion{Model: "m1", Version: 1, Text: "other"})
	write(t, d, "bob", store.CommentVersion{Model: "m1", Version: 2, Text: "second"},
		store.SetRule{Model: "m1", Rule: store.Rule{Stage: "staging", NeedsGate: true}},
		store.SetRule{Model: "m1", Rule: store.Rule{Stage: "Production", NeedsApproval: true}},
		store.SetRule{Model: "m1", Rule: store.Rule{Stage: "Staging"}},
		store.RenameModel{Model: "m1", To: "m0"})
	refused(t, d, store.ErrInvalid, "needs a text", "ada", store.CommentVersion{Model: "m0", Version: 2})
	refused(t, d, store.ErrNotFound, "version=9", "ada", store.CommentVersion{Model: "m0", Version: 9, Text: "x"})
	var said []string
	found, err := d.Comments(context.Background(), "m0", 2)
	for _, c := range found {
		said = append(said, c.By+": "+c.Text)
	}
	if err != nil || !slices.Equal(said, []string{"ada: first", "bob: second"}) {
		t.Errorf("comments are %q, %v", said, err)
	}
	rules, err := d.Rules(context.Background(), "m0")
	if err != nil || !slices.Equal(rules, []store.Rule{{Stage: "Production", NeedsApproval: true}}) {
		t.Errorf("rules are %+v, %v", rules, err)
	}
	write(t, d, "ada", store.DeleteModel{Model: "m0"}, store.CreateModel{Model: "m0"})
	rules, err = d.Rules(context.Background(), "m0")
	if err != nil || len(rules) != 0 {
		t.Errorf("another model of the name has rules %+v, %v", rules, err)
	}
}
