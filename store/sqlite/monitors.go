package sqlite

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"math"
	"strings"

	"benchside/store"
)

// watch does the mutations of monitors.
func (w *work) watch(m store.Mutation) error {
	if err := w.keepMonitors(); err != nil {
		return err
	}
	switch m := m.(type) {
	case store.AddMonitor:
		return w.addMonitor(m)
	case store.PauseMonitor:
		return w.pauseMonitor(m)
	case store.RemoveMonitor:
		return w.removeMonitor(m)
	case store.RecordBatch:
		return w.recordBatch(m)
	case store.AcknowledgeAlert:
		return w.acknowledge(m)
	}
	return refuse(store.ErrUnsupported, "%s: %v", m.Name(), store.ErrUnsupported)
}

// mostName bounds the name of a monitor, in bytes.
const mostName = 200

func checkMonitor(m store.Monitor) error {
	switch {
	case strings.TrimSpace(m.Name) == "" || strings.TrimSpace(m.Name) != m.Name || len(m.Name) > mostName:
		return invalid("%.60q is no name of a monitor: it has 1 to %d bytes and no blanks around it", m.Name, mostName)
	case strings.ContainsFunc(m.Name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' }):
		return invalid("%.60q is no name of a monitor: it may have no / and nothing that a terminal obeys", m.Name)
	case m.Reference.Kind != store.FromFile && m.Reference.Kind != store.FromArtifact || m.Reference.Path == "":
		return invalid("monitor %s has no reference", m.Name)
	case m.Arrives.Kind == store.InFolder && m.Arrives.Folder == "", m.Arrives.Kind == store.InExperiment && m.Arrives.Experiment == "",
		m.Arrives.Kind != store.InFolder && m.Arrives.Kind != store.InExperiment:
		return invalid("monitor %s does not say where batches arrive", m.Name)
	}
	named := map[string]bool{}
	for _, r := range m.Rules {
		if r.Name == "" || named[r.Name] {
			return invalid("monitor %s has two rules called %q", m.Name, r.Name)
		}
		named[r.Name] = true
	}
	return nil
}

// encoded is a value as the tables of monitors keep it.
func encoded(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func (w *work) addMonitor(m store.AddMonitor) error {
	one := m.Monitor
	if err := checkMonitor(one); err != nil {
		return err
	}
	found, err := w.list(monitorRows(), row{"name": one.Name})
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return invalid("there is a monitor %s already", one.Name)
	}
	r := row{
		"id": w.next(), "name": one.Name, "model": one.Model, "metric": one.Metric, "paused": flag(one.Paused),
		"by_name": w.intent.By.Name, "added": w.now,
	}
	for column, v := range map[string]any{"reference": one.Reference, "arrives": one.Arrives, "comparing": one.Comparing, "rules": one.Rules} {
		if r[column], err = encoded(v); err != nil {
			return err
		}
	}
	if err := w.insert(monitorRows(), r); err != nil {
		return err
	}
	w.did(m)
	w.tell(happened("monitor", "added", field{"name", one.Name}, field{"model", orNull(one.Model)}, field{"by", w.intent.By.Name}))
	_, err = w.turn()
	return err
}

// wantMonitor returns the row of a monitor.
func (w *work) wantMonitor(name string) (row, error) {
	found, err := w.list(monitorRows(), row{"name": name})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, refuse(store.ErrNotFound, "monitor %s: %v", name, store.ErrNotFound)
	}
	return found[0], nil
}

func (w *work) pauseMonitor(m store.PauseMonitor) error {
	found, err := w.wantMonitor(m.Monitor)
	if err != nil {
		return err
	}
	was := asNumber(found["paused"]) != 0
	if err := hold("paused", m.From, was, true); err != nil {
		return err
	}
	w.did(m)
	if was == m.Paused {
		return nil
	}
	action := "resumed"
	if m.Paused {
		action = "paused"
	}
	w.tell(happened("monitor", action, field{"name", m.Monitor}, field{"by", w.intent.By.Name}))
	if _, err := w.turn(); err != nil {
		return err
	}
	return w.update(monitorRows(), row{"id": found["id"]}, row{"paused": flag(m.Paused)})
}

const (
	dropReports = `DELETE FROM benchside_drift_reports WHERE result IN (SELECT id FROM benchside_results WHERE monitor = ?1)`
	dropResults = `DELETE FROM benchside_results WHERE monitor = ?1`
	dropStates  = `DELETE FROM benchside_rule_states WHERE monitor = ?1`
	dropAlerts  = `DELETE FROM benchside_alerts WHERE monitor = ?1`
	dropMonitor = `DELETE FROM benchside_monitors WHERE id = ?1`
	hasResults  = `SELECT count(*) FROM (SELECT 1 FROM benchside_results WHERE monitor = ?1 LIMIT 1)`
)

// removeMonitor leaves the line without rows: what it deletes is not kept in the
// ledger, so the line is not taken back.
func (w *work) removeMonitor(m store.RemoveMonitor) error {
	found, err := w.wantMonitor(m.Monitor)
	if err != nil {
		return err
	}
	for _, statement := range []string{dropReports, dropResults, dropStates, dropAlerts, dropMonitor} {
		if err := w.exec(statement, found["id"]); err != nil {
			return err
		}
	}
	w.did(m)
	w.tell(happened("monitor", "removed", field{"name", m.Monitor}, field{"by", w.intent.By.Name}))
	_, err = w.turn()
	return err
}

const (
	lastResult = `SELECT coalesce(max(id), 0) FROM benchside_results WHERE monitor = ?1`
	sameResult = `SELECT count(*) FROM benchside_results WHERE monitor = ?1 AND digest = ?2 AND (batch = ?3 OR ?4 AND state <> 'duplicate')`
	addResult  = `INSERT INTO benchside_results (id, monitor, batch, digest, row_count, bytes, modified, data_start, data_end, at, state, verdict,
			says, share, share_limit, tested, drifted, differs, scores, metrics, report)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	addReport = `INSERT INTO benchside_drift_reports (result, body) VALUES (?, ?)`
	setState  = `INSERT INTO benchside_rule_states (monitor, rule, firing, state) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (monitor, rule) DO UPDATE SET firing = excluded.firing, state = excluded.state`
	addAlert = `INSERT INTO benchside_alerts (id, monitor, rule, says, value, result, batch, fired, by_name, comment)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '')`
	endAlert = `UPDATE benchside_alerts SET resolved = ?1 WHERE monitor = ?2 AND rule = ?3 AND resolved IS NULL`
)

// recordBatch keeps a result with its report, the states of the rules and the
// alerts. Only what changed an alert gets a line in the ledger: what was compared is
// no change of anything.
func (w *work) recordBatch(m store.RecordBatch) error {
	found, err := w.wantMonitor(m.Monitor)
	if err != nil {
		return err
	}
	id := asNumber(found["id"])
	last, err := w.one(lastResult, id)
	if err != nil {
		return err
	}
	if err := hold("the last result", store.Saw(m.Last), last, true); err != nil {
		return err
	}
	same, err := w.one(sameResult, id, m.Result.Batch.Digest, m.Result.Batch.Name, m.Result.State != store.BatchDuplicate)
	switch {
	case err != nil:
		return err
	case same > 0:
		return refuse(store.ErrStale, "%v: %s was recorded already", store.ErrStale, m.Result.Batch.Name)
	}
	number, err := w.addResult(id, m)
	if err != nil {
		return err
	}
	for _, s := range m.States {
		if err := w.exec(setState, id, s.Rule, flag(s.Firing), s.State); err != nil {
			return err
		}
	}
	model := field{"name", orNull(asText(found["model"]))} // by which a hook knows whose data it is
	w.tell(batchHappened(m, model))
	for _, c := range m.Changes {
		if err := w.changeAlert(id, number, m, c, model); err != nil {
			return err
		}
	}
	w.did(m)
	w.silent = len(m.Changes) == 0
	return nil
}

// addResult adds the row of a result, and its report.
func (w *work) addResult(monitor int64, m store.RecordBatch) (number int64, err error) {
	r := m.Result
	if number, err = w.turn(); err != nil {
		return 0, err
	}
	var texts [3]string
	for i, v := range []any{r.Schema, packed(r.Columns), r.Metrics} {
		if texts[i], err = encoded(v); err != nil {
			return 0, err
		}
	}
	err = w.exec(addResult, number, monitor, r.Batch.Name, r.Batch.Digest, r.Batch.Rows, r.Batch.Bytes, orUnset(r.Batch.Modified),
		orUnset(r.Batch.Start), orUnset(r.Batch.End), w.now, string(r.State), r.Verdict, r.Says, orNaN(r.Share), orNaN(r.Limit), r.Tested, r.Drifted, texts[0], texts[1], texts[2], len(m.Report))
	if err != nil || len(m.Report) == 0 {
		return number, err
	}
	body, err := compressed(m.Report)
	if err != nil {
		return number, err
	}
	return number, w.exec(addReport, number, body)
}

// orNaN is NULL for an undefined number.
func orNaN(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

func compressed(content []byte) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}

func (w *work) changeAlert(monitor, result int64, m store.RecordBatch, c store.AlertChange, model field) error {
	fields := []field{
		model,
		{"monitor", m.Monitor},
		{"rule", c.Rule},
		{"batch", m.Result.Batch.Name},
		{"value", c.Value},
		{"says", c.Says},
		{"verdict", m.Result.Verdict},
	}
	if c.Resolved {
		w.tell(happened("drift", "resolved", fields...))
		return w.exec(endAlert, w.now, monitor, c.Rule)
	}
	number, err := w.turn()
	if err != nil {
		return err
	}
	w.tell(happened("drift", "alert", append([]field{{"alert", number}}, fields...)...))
	return w.exec(addAlert, number, monitor, c.Rule, c.Says, orNaN(c.Value), result, m.Result.Batch.Name, w.now)
}

func batchHappened(m store.RecordBatch, model field) happening {
	r := m.Result
	return happened("drift", "batch", model, field{"monitor", m.Monitor}, field{"batch", r.Batch.Name}, field{"digest", r.Batch.Digest},
		field{"state", string(r.State)}, field{"verdict", r.Verdict}, field{"share", r.Share}, field{"drifted", int64(r.Drifted)},
		field{"tested", int64(r.Tested)}, field{"says", r.Says})
}

func (w *work) acknowledge(m store.AcknowledgeAlert) error {
	found, there, err := w.find(alertRows(), row{"id": m.Alert})
	switch {
	case err != nil:
		return err
	case !there:
		return refuse(store.ErrNotFound, "alert %d: %v", m.Alert, store.ErrNotFound)
	case found["acknowledged"] != nil:
		return refuse(store.ErrStale, "%v: %s acknowledged it", store.ErrStale, found["by_name"])
	case w.intent.By.Name == "":
		return invalid("to acknowledge an alert needs a name")
	}
	of, _, err := w.find(monitorRows(), row{"id": found["monitor"]})
	if err != nil {
		return err
	}
	name := asText(of["name"])
	if m.Of.Name != "" && m.Of.Name != name {
		return refuse(store.ErrStale, "%v: alert %d is of monitor %s", store.ErrStale, m.Alert, name)
	}
	m.Of = store.Subject{Kind: store.MonitorSubject, Name: name}
	w.of = m.Of
	w.did(m)
	w.tell(happened("drift", "acknowledged", field{"alert", m.Alert}, field{"monitor", name}, field{"rule", asText(found["rule"])},
		field{"by", w.intent.By.Name}, field{"comment", m.Comment}))
	if _, err := w.turn(); err != nil {
		return err
	}
	return w.update(alertRows(), row{"id": m.Alert}, row{"acknowledged": w.now, "by_name": w.intent.By.Name, "comment": m.Comment})
}

// mayUnwatch refuses to take back that a monitor was added once it has results: they
// would be of nobody.
func (w *work) mayUnwatch(changes []store.RowChange) error {
	for _, c := range changes {
		if c.Table != monitorRows().table || c.Before != nil {
			continue
		}
		n, err := w.one(hasResults, c.Key["id"])
		if err != nil {
			return err
		}
		if n > 0 {
			return refuse(store.ErrStale, "%v: monitor %s has results; remove it instead", store.ErrStale, c.After["name"])
		}
	}
	return nil
}

// carryMonitors gives the monitors of a model its new name.
func (t *tx) carryMonitors(from, to string) error {
	found, err := t.list(monitorRows(), row{"model": from})
	for _, r := range found {
		if err == nil {
			err = t.update(monitorRows(), monitorRows().keyOf(r), row{"model": to})
		}
	}
	if err == nil && len(found) > 0 {
		_, err = t.turn()
	}
	return err
}
