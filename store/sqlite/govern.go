package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"benchside/store"
	"benchside/store/ledger"
)

const (
	requestRow  = `SELECT name, version, "from", "to", archive, "by", state FROM benchside_requests WHERE id = ?1`
	waitingFor  = `SELECT id FROM benchside_requests WHERE name = ?1 AND version = ?2 AND "to" = ?3 AND state = 'waiting'`
	decide      = `UPDATE benchside_requests SET state = ?2, decided_by = ?3, decided = ?4, comment = ?5 WHERE id = ?1`
	dropRule    = `DELETE FROM benchside_rules WHERE name = ?1 AND stage = ?2`
	setRule     = `UPDATE benchside_rules SET approval = ?3, gate = ?4 WHERE name = ?1 AND stage = ?2`
	longestText = 5000
)

// nextID is the number of the next row of a table of ours, whose rows are not
// deleted but by an undo.
func (t *tx) nextID(ctx context.Context, table string) (int64, error) {
	row, _, err := t.one(ctx, `SELECT coalesce(max(id), 0) + 1 FROM `+table)
	if err != nil {
		return 0, err
	}
	return row[0].(int64), nil
}

func (t *tx) requestStage(ctx context.Context, i store.Intent, m store.RequestStage) (outcome, error) {
	stage, err := stageNamed(m.To)
	if err != nil {
		return outcome{}, err
	}
	v, err := t.version(ctx, m.Model, m.Version)
	if err != nil {
		return outcome{}, err
	}
	from := asText(v.stage)
	switch {
	case !m.From.Holds(from, true):
		return outcome{}, stale("it is in stage %s now", from)
	case from == stage:
		return outcome{}, invalid("%s is in stage %s already", m.Subject(), stage)
	case m.ArchiveExisting && stage != store.StageStaging && stage != store.StageProduction:
		return outcome{}, invalid("only Staging and Production archive what is there")
	}
	if row, there, err := t.one(ctx, waitingFor, m.Model, m.Version, stage); err != nil || there {
		if there {
			err = invalid("request %v asks for that already", row[0])
		}
		return outcome{}, err
	}
	id, err := t.nextID(ctx, "benchside_requests")
	if err != nil {
		return outcome{}, err
	}
	err = t.insert(ctx, "benchside_requests", ledger.Row{
		"id": id, "name": m.Model, "version": m.Version, "from": from, "to": stage, "archive": flag(m.ArchiveExisting), "by": i.By.Name,
		"at": t.now, "reason": i.Reason, "state": string(store.Waiting),
	})
	return outcome{
		says: fmt.Sprintf("request %d: move %s from %s to %s", id, m.Subject(), from, stage), of: m.Subject(),
		events: []event{requested(store.RequestCreatedEvent, id, m.Model, m.Version, from, stage, i.By.Name)},
	}, err
}

func flag(set bool) int64 {
	if set {
		return 1
	}
	return 0
}

func requested(name string, id int64, model string, version int64, from, to, by string) event {
	return eventOf(name, pair{"request", id}, pair{"name", model}, pair{"version", numbered(version)}, pair{"from_stage", from},
		pair{"to_stage", to}, pair{"by", by})
}

// decideRequest approves, rejects or cancels a request that waits.
func (t *tx) decideRequest(ctx context.Context, i store.Intent, m store.DecideRequest) (outcome, error) {
	row, ok, err := t.one(ctx, requestRow, m.Request)
	if err == nil && !ok {
		err = fmt.Errorf("request %d: %w", m.Request, store.ErrNotFound)
	}
	if err != nil {
		return outcome{}, err
	}
	model, version, from, to := asText(row[0]), row[1].(int64), asText(row[2]), asText(row[3])
	by, state := asText(row[5]), store.Decision(asText(row[6]))
	if state != store.Waiting {
		return outcome{}, stale("the request was %s", state)
	}
	if of := aboutVersion(model, version); m.Of.Name != "" && m.Of != of {
		return outcome{}, stale("the request is about %s now", of)
	}
	if err := mayDecide(m.Decision, by, i.By.Name); err != nil {
		return outcome{}, err
	}
	out := outcome{of: aboutVersion(model, version)}
	event := map[store.Decision]string{
		store.Approved: store.RequestApprovedEvent, store.Rejected: store.RequestRejectedEvent, store.Cancelled: store.RequestCancelledEvent,
	}[m.Decision]
	out.events = append(out.events, requested(event, m.Request, model, version, from, to, i.By.Name))
	out.says = fmt.Sprintf("request %d of %s %s", m.Request, by, m.Decision)
	if m.Decision == store.Approved {
		if err := t.allowed(ctx, model, version, to, true); err != nil {
			return outcome{}, err
		}
		moved, err := t.transition(ctx, store.MoveStage{
			Model: model, Version: version, To: to, ArchiveExisting: row[4] != int64(0), From: store.Saw(from),
		})
		if err != nil {
			return outcome{}, err
		}
		out.says += ": " + moved.says
		out.events = append(out.events, moved.events...)
	}
	return out, t.run(ctx, decide, m.Request, string(m.Decision), i.By.Name, t.now, m.Comment)
}

// mayDecide says who may do what: nobody approves or rejects a request of their
// own, and nobody else cancels it.
func mayDecide(d store.Decision, asked, by string) error {
	switch {
	case d != store.Approved && d != store.Rejected && d != store.Cancelled:
		return invalid("%q is no decision", d)
	case d == store.Cancelled && asked != by:
		return fmt.Errorf("%w: only %s may cancel it; reject it instead", store.ErrDenied, asked)
	case d != store.Cancelled && asked == by:
		return fmt.Errorf("%w: somebody other than %s, who asked, decides; cancel takes it back", store.ErrDenied, asked)
	}
	return nil
}

func (t *tx) comment(ctx context.Context, i store.Intent, m store.CommentVersion) (outcome, error) {
	if strings.TrimSpace(m.Text) == "" || len(m.Text) > longestText {
		return outcome{}, invalid("a comment is a text of up to %d bytes", longestText)
	}
	if _, err := t.version(ctx, m.Model, m.Version); err != nil {
		return outcome{}, err
	}
	id, err := t.nextID(ctx, "benchside_comments")
	if err != nil {
		return outcome{}, err
	}
	err = t.insert(ctx, "benchside_comments", ledger.Row{
		"id": id, "name": m.Model, "version": m.Version, "by": i.By.Name, "at": t.now, "text": m.Text,
	})
	return outcome{says: m.Sentence(), of: m.Subject(), events: []event{eventOf(
		store.CommentCreatedEvent, pair{"name", m.Model}, pair{"version", numbered(m.Version)}, pair{"by", i.By.Name}, pair{"text", m.Text},
	)}}, err
}

func (t *tx) setRule(ctx context.Context, m store.SetRule) (outcome, error) {
	stage, err := stageNamed(m.Rule.Stage)
	if err != nil {
		return outcome{}, err
	}
	if _, err := t.model(ctx, m.Model); err != nil {
		return outcome{}, err
	}
	_, there, err := t.one(ctx, ruleOf, m.Model, stage)
	approval, gate := flag(m.Rule.NeedsApproval), flag(m.Rule.NeedsGate)
	switch {
	case err != nil:
	case approval+gate == 0:
		err = t.run(ctx, dropRule, m.Model, stage)
	case there:
		err = t.run(ctx, setRule, m.Model, stage, approval, gate)
	default:
		err = t.insert(ctx, "benchside_rules", ledger.Row{"name": m.Model, "stage": stage, "approval": approval, "gate": gate})
	}
	m.Rule.Stage = stage
	return outcome{says: m.Sentence(), of: about(m.Model)}, err
}

func (t *tx) recordGate(ctx context.Context, m store.RecordGate) (outcome, error) {
	c := m.Card
	stage, err := stageNamed(c.Stage)
	if err != nil {
		return outcome{}, err
	}
	if _, err := t.version(ctx, c.Model, c.Version); err != nil {
		return outcome{}, err
	}
	checks, err := json.Marshal(c.Checks)
	if err != nil {
		return outcome{}, err
	}
	id, err := t.nextID(ctx, "benchside_gates")
	if err != nil {
		return outcome{}, err
	}
	err = t.insert(ctx, "benchside_gates", ledger.Row{
		"id": id, "name": c.Model, "version": c.Version, "stage": stage, "against": c.Against, "by": c.By, "at": t.now,
		"verdict": string(c.Verdict), "checks": string(checks),
	})
	name := store.GatePassedEvent
	if c.Verdict != store.Passed && c.Verdict != store.Waived {
		name = store.GateFailedEvent
	}
	return outcome{says: fmt.Sprintf("gate of %s for %s: %s", m.Subject(), stage, c.Verdict), of: m.Subject(), events: []event{eventOf(
		name, pair{"name", c.Model}, pair{"version", numbered(c.Version)}, pair{"stage", stage}, pair{"verdict", string(c.Verdict)},
	)}}, err
}
