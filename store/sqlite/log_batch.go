package sqlite

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"benchside/store"
)

// What a run logs, as MLflow's client writes it: SqlAlchemyStore.log_batch.

func pointRows() kind {
	return kind{"metrics", []string{"key", "timestamp", "step", "run_uuid", "value", "is_nan"}, ""}
}

func latestPointRows() kind { return kind{"latest_metrics", []string{"key", "run_uuid"}, ""} }

// What MLflow takes in one batch.
const (
	mostOfBatch   = 1000
	mostTagsOfRun = 100
)

func (w *work) logBatch(m store.LogBatch) error {
	if _, err := w.wantActiveRun(&store.Target{ID: m.Run}); err != nil {
		return err
	}
	if err := checkBatch(m); err != nil {
		return err
	}
	for _, p := range m.Metrics {
		if err := w.logPoint(m.Run, p); err != nil {
			return err
		}
	}
	for _, key := range sortedKeys(m.Tags) {
		if err := w.logTag(m.Run, key, m.Tags[key]); err != nil {
			return err
		}
	}
	w.did(m)
	if m.What != "" {
		w.tell(happened("drift", "logged", field{"run_id", m.Run}, field{"what", m.What}, field{"tags", filled(m.Tags)}))
	}
	return nil
}

// checkBatch refuses what MLflow refuses, in the words of its call for one metric or
// tag, or of that for many.
func checkBatch(m store.LogBatch) error {
	one := len(m.Metrics)+len(m.Tags) == 1
	named := func(list string, i int, what string) string {
		if one {
			return what
		}
		return fmt.Sprintf("%s[%d].%s", list, i, what)
	}
	if n := len(m.Metrics); n > mostOfBatch {
		return invalid("A batch logging request can contain at most %d metrics. Got %d metrics. "+
			"Please split up metrics across multiple requests and try again.", mostOfBatch, n)
	}
	if n := len(m.Tags); n > mostTagsOfRun {
		return invalid("A batch logging request can contain at most %d tags. Got %d tags. "+
			"Please split up tags across multiple requests and try again.", mostTagsOfRun, n)
	}
	for i, p := range m.Metrics {
		if err := checkKey(p.Key, named("metrics", i, "name")); err != nil {
			return err
		}
		if p.Point.Timestamp < 0 {
			return invalid("Invalid value %d for parameter '%s' supplied: metric '%s' (value=%s). Timestamp must be a nonnegative long (64-bit integer)",
				p.Point.Timestamp, named("metrics", i, "timestamp"), p.Key, pythonFloat(p.Point.Value))
		}
	}
	for i, key := range sortedKeys(m.Tags) {
		if err := checkKey(key, named("tags", i, "key")); err != nil {
			return err
		}
	}
	return nil
}

// pythonFloat writes a number as Python's repr.
func pythonFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))
	}
	form := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e16) {
		form = 'e'
	}
	s := strconv.FormatFloat(v, form, -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// logPoint adds a point; the same one again adds nothing. It becomes the latest if it
// is behind that one by step, then time, then value, in which a NaN counts as 0.
func (w *work) logPoint(run string, p store.LoggedPoint) error {
	value, isNaN := stored(p.Point.Value)
	if math.IsInf(value, 0) {
		value = math.Copysign(math.MaxFloat64, value)
	}
	at := cmp.Or(p.Point.Timestamp, w.now)
	r := row{"key": p.Key, "timestamp": at, "step": stepValue(p.Point.Step), "run_uuid": run, "value": value, "is_nan": int64(isNaN)}
	if _, there, err := w.find(pointRows(), r); err != nil || there {
		return err
	}
	if err := w.insert(pointRows(), r); err != nil {
		return err
	}
	latest, there, err := w.find(latestPointRows(), row{"key": p.Key, "run_uuid": run})
	switch {
	case err != nil:
		return err
	case !there:
		return w.insert(latestPointRows(), r)
	}
	newer := cmp.Or(p.Point.Step.Compare(step(latest["step"])), cmp.Compare(at, asNumber(latest["timestamp"])),
		cmp.Compare(value, asFloat(latest["value"])))
	if newer <= 0 {
		return nil
	}
	return w.update(latestPointRows(), row{"key": p.Key, "run_uuid": run},
		row{"value": value, "timestamp": at, "step": r["step"], "is_nan": int64(isNaN)})
}

// stepValue is a step as MLflow's direct client stores it.
func stepValue(s store.Step) any {
	if s.Part == 0 {
		return s.Whole
	}
	return s.Float()
}

// asFloat is a number, 0 if there is none.
func asFloat(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	}
	return 0
}

// logTag sets a tag of a run; that of its name renames it, if it is not empty.
func (w *work) logTag(run, key, value string) error {
	if utf8.RuneCountInString(value) > mostOfRunTag {
		value = string([]rune(value)[:mostOfRunTag])
	}
	if key == store.TagRunName {
		if value == "" {
			return nil
		}
		if err := w.update(rowsOfRuns(), row{"run_uuid": run}, row{"name": value}); err != nil {
			return err
		}
	}
	return w.put(runTagRows(), row{"key": key, "value": value, "run_uuid": run})
}
