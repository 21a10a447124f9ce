package sqlite

import (
	"encoding/json"
	"slices"

	"benchside/store"
)

// govern does the mutations of what benchside keeps beside MLflow's registry.
func (w *work) govern(m store.Mutation) error {
	switch m := m.(type) {
	case store.RequestStage:
		return w.requestStage(m)
	case store.DecideRequest:
		return w.decide(m)
	case store.CommentVersion:
		return w.comment(m)
	case store.SetRule:
		return w.setRule(m)
	case store.RecordGate:
		return w.recordGate(m)
	}
	return refuse(store.ErrUnsupported, "%s: %v", m.Name(), store.ErrUnsupported)
}

// next is the number of a new row: that of the line that tells of it, so that a
// number is never given again.
func (w *work) next() int64 { return w.chain.Lines + 1 }

func (w *work) requestStage(m store.RequestStage) error {
	to, err := canonicalStage(m.To)
	if err != nil {
		return err
	}
	found, err := w.wantVersion(m.Model, m.Version)
	if err != nil {
		return err
	}
	from := asText(found["current_stage"])
	if err := hold("the stage", m.From, from, true); err != nil {
		return err
	}
	switch {
	case w.intent.By.Name == "":
		return invalid("a request needs the name of who asks")
	case m.ArchiveExisting && to != store.StageStaging && to != store.StageProduction:
		return invalid("other versions can only be archived from Staging or Production, not from %s", to)
	case from == to:
		return invalid("%s is in %s", m.Subject(), to)
	}
	r := row{
		"id": w.next(), "model": m.Model, "version": m.Version, "from_stage": from, "to_stage": to,
		"archive": flag(m.ArchiveExisting), "by_name": w.intent.By.Name, "at": w.now, "reason": w.intent.Reason,
		"state": string(store.Waiting), "decided_by": "", "decided_at": nil, "comment": "",
	}
	if err := w.insert(requestRows(), r); err != nil {
		return err
	}
	m.From, m.To = store.Saw(from), to
	w.did(m)
	w.tell(requestHappened("created", r))
	return nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// decide approves, rejects or cancels a request.
func (w *work) decide(m store.DecideRequest) error {
	r, there, err := w.find(requestRows(), row{"id": m.Request})
	switch {
	case err != nil:
		return err
	case !there:
		return refuse(store.ErrNotFound, "request %d: %v", m.Request, store.ErrNotFound)
	}
	of := store.Subject{Kind: store.VersionSubject, Name: asText(r["model"]), Version: asNumber(r["version"])}
	asked, us := asText(r["by_name"]), w.intent.By.Name
	switch {
	case m.Of != store.Subject{} && m.Of != of:
		return refuse(store.ErrStale, "%v: request %d is about %s", store.ErrStale, m.Request, of)
	case asText(r["state"]) != string(store.Waiting):
		return refuse(store.ErrStale, "%v: request %d was %s by %s", store.ErrStale, m.Request, r["state"], r["decided_by"])
	case us == "":
		return invalid("a decision needs the name of who decides")
	case m.Decision == store.Approved && us == asked:
		return refuse(store.ErrDenied, "%s asked for it, so somebody else must approve it", asked)
	case m.Decision == store.Cancelled && us != asked:
		return refuse(store.ErrDenied, "%s asked for it, and nobody else cancels it; reject it", asked)
	case !slices.Contains([]store.Decision{store.Approved, store.Rejected, store.Cancelled}, m.Decision):
		return invalid("%q is no decision", m.Decision)
	}
	if err := w.look(of.Name); err != nil {
		return err
	}
	moved := ""
	if m.Decision == store.Approved {
		if err := w.approve(r, of); err != nil {
			return err
		}
		moved = ": " + w.says
	}
	m.Of, w.of = of, of
	w.did(m)
	w.says += moved
	r["decided_by"] = us
	w.tell(requestHappened(string(m.Decision), r))
	return w.update(requestRows(), row{"id": m.Request}, row{
		"state": string(m.Decision), "decided_by": us, "decided_at": w.now, "comment": m.Comment,
	})
}

// approve moves the version of a request if it is still where it was.
func (w *work) approve(r row, of store.Subject) error {
	to := asText(r["to_stage"])
	rule, err := w.rule(of.Name, to)
	if err != nil {
		return err
	}
	if err := w.wantGate(rule, of.Name, of.Version); err != nil {
		return err
	}
	return w.move(store.MoveStage{
		Model: of.Name, Version: of.Version, To: to, ArchiveExisting: asNumber(r["archive"]) != 0,
		From: store.Saw(asText(r["from_stage"])),
	})
}

// closeRequests cancels what waits for a version that is being deleted.
func (w *work) closeRequests(model string, version int64) error {
	waiting, err := w.list(requestRows(), row{"model": model, "version": version, "state": string(store.Waiting)})
	for _, r := range waiting {
		if err == nil {
			err = w.update(requestRows(), requestRows().keyOf(r), row{
				"state": string(store.Cancelled), "decided_by": w.intent.By.Name, "decided_at": w.now,
				"comment": "the version was deleted",
			})
		}
	}
	return err
}

func (w *work) comment(m store.CommentVersion) error {
	if _, err := w.wantVersion(m.Model, m.Version); err != nil {
		return err
	}
	if m.Text == "" {
		return invalid("a comment needs a text")
	}
	w.did(m)
	w.tell(happened("model_version", "commented", field{"name", m.Model}, field{"version", numbered(m.Version)},
		field{"by", w.intent.By.Name}, field{"text", m.Text}))
	return w.insert(commentRows(), row{
		"id": w.next(), "model": m.Model, "version": m.Version, "by_name": w.intent.By.Name, "at": w.now, "body": m.Text,
	})
}

// rule is what moving a model to a stage asks for.
func (w *work) rule(model, stage string) (store.Rule, error) {
	r, there, err := w.find(ruleRows(), row{"model": model, "stage": stage})
	if err != nil || !there {
		return store.Rule{Stage: stage}, err
	}
	return store.Rule{Stage: stage, NeedsApproval: asNumber(r["approval"]) != 0, NeedsGate: asNumber(r["gate"]) != 0}, nil
}

func (w *work) setRule(m store.SetRule) error {
	if _, err := w.wantModel(m.Model); err != nil {
		return err
	}
	stage, err := canonicalStage(m.Rule.Stage)
	if err != nil {
		return err
	}
	m.Rule.Stage = stage
	w.did(m)
	w.tell(happened("registered_model", "rule_set", field{"name", m.Model}, field{"stage", stage},
		field{"needs_approval", m.Rule.NeedsApproval}, field{"needs_gate", m.Rule.NeedsGate}))
	key := row{"model": m.Model, "stage": stage}
	if !m.Rule.NeedsApproval && !m.Rule.NeedsGate {
		return w.remove(ruleRows(), key)
	}
	key["approval"], key["gate"] = flag(m.Rule.NeedsApproval), flag(m.Rule.NeedsGate)
	return w.put(ruleRows(), key)
}

// wantGate refuses a version whose latest card for the stage of the rule did not
// pass.
func (w *work) wantGate(rule store.Rule, model string, version int64) error {
	if !rule.NeedsGate {
		return nil
	}
	found, err := w.list(cardRows(), row{"model": model, "version": version, "stage": rule.Stage})
	if err != nil {
		return err
	}
	of := store.Subject{Kind: store.VersionSubject, Name: model, Version: version}
	if len(found) == 0 {
		return refuse(store.ErrDenied, "moving %s to %s needs a gate card that passed: run the gate first", of, rule.Stage)
	}
	if verdict := asText(found[len(found)-1]["verdict"]); !through(store.Verdict(verdict)) {
		return refuse(store.ErrDenied, "moving %s to %s needs a gate card that passed, and the latest one says %s", of, rule.Stage, verdict)
	}
	return nil
}

// through reports whether a card of this verdict lets a version pass.
func through(v store.Verdict) bool {
	return v == store.Passed || v == store.Warned || v == store.Waived
}

func (w *work) recordGate(m store.RecordGate) error {
	c := m.Card
	if _, err := w.wantVersion(c.Model, c.Version); err != nil {
		return err
	}
	stage, err := canonicalStage(c.Stage)
	if err != nil {
		return err
	}
	if !slices.Contains([]store.Verdict{store.Passed, store.Warned, store.NotMet, store.Waived, store.NotKnown}, c.Verdict) {
		return invalid("%q is no verdict of a gate", c.Verdict)
	}
	for _, check := range c.Checks {
		if check.Verdict == store.Waived && check.Reason == "" {
			return invalid("check %s: a waiver needs a reason", check.Name)
		}
	}
	checks, err := json.Marshal(c.Checks)
	if err != nil {
		return err
	}
	m.Card.Stage = stage
	w.did(m)
	w.tell(gateHappened(m.Card))
	return w.insert(cardRows(), row{
		"id": w.next(), "model": c.Model, "version": c.Version, "stage": stage, "against": c.Against,
		"by_name": w.intent.By.Name, "at": w.now, "verdict": string(c.Verdict), "checks": string(checks),
	})
}

func gateHappened(c store.GateCard) happening {
	action := "failed"
	if through(c.Verdict) {
		action = "passed"
	}
	obstacles := map[string]string{}
	for _, check := range c.Checks {
		if !through(check.Verdict) {
			obstacles[check.Name] = check.Says
		}
	}
	return happened("gate", action, field{"name", c.Model}, field{"version", numbered(c.Version)}, field{"stage", c.Stage},
		field{"against", numbered(c.Against)}, field{"verdict", string(c.Verdict)}, field{"obstacles", obstacles})
}

func requestHappened(action string, r row) happening {
	return happened("transition_request", action, field{"id", asNumber(r["id"])}, field{"name", asText(r["model"])},
		field{"version", numbered(asNumber(r["version"]))}, field{"from_stage", asText(r["from_stage"])},
		field{"to_stage", asText(r["to_stage"])}, field{"by", asText(r["by_name"])},
		field{"reason", asText(r["reason"])}, field{"decided_by", orNull(asText(r["decided_by"]))})
}
