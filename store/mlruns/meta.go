package mlruns

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"

	"benchside/store"
)

// metaFile is in the folder of whatever MLflow keeps.
const metaFile = "meta.yaml"

// meta is the content of a meta.yaml: texts, whole numbers, null, and texts by
// key. MLflow has written other kinds of number and of id over time.
type meta map[string]any

// maxNesting bounds the brackets and dashes that are open at once. MLflow
// writes two at most; the time of the YAML reader grows with their square.
const maxNesting = 500

// parseMeta reads a meta.yaml.
func parseMeta(content []byte) (m meta, err error) {
	if nesting(content) > maxNesting {
		return nil, fmt.Errorf("read the YAML: too deep: %w", store.ErrDamaged)
	}
	if err := yaml.Unmarshal(content, &m); err != nil {
		return nil, fmt.Errorf("read the YAML: %w: %w", store.ErrDamaged, err)
	}
	if len(m) == 0 {
		return nil, fmt.Errorf("read the YAML: empty: %w", store.ErrDamaged)
	}
	return m, nil
}

// nesting is at least the depth of the YAML, whatever is quoted in it.
func nesting(content []byte) int {
	depth, deepest := 0, 0
	for _, c := range content {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		}
		deepest = max(deepest, depth)
	}
	return deepest + bytes.Count(content, []byte("- -")) + bytes.Count(content, []byte("? "))
}

// readMeta reads the meta.yaml of a folder. MLflow may be writing it at this
// moment, so it gets a second chance.
func readMeta(root *os.Root, name string, limit int64) (meta, error) {
	const pause = 5 * time.Millisecond
	for attempt := 0; ; attempt++ {
		content, all, err := readFile(root, name, limit)
		if err == nil && !all {
			err = fmt.Errorf("longer than %d bytes: %w", limit, store.ErrDamaged)
		}
		var m meta
		if err == nil {
			m, err = parseMeta(content)
		}
		if err == nil || attempt == 2 || os.IsNotExist(err) {
			return m, err
		}
		time.Sleep(pause << attempt)
	}
}

// text returns a text; MLflow before 1.0 wrote ids as numbers.
func (m meta) text(key string) string {
	switch v := m[key].(type) {
	case string:
		return v
	case uint64, int64, int, float64, bool:
		return fmt.Sprint(v)
	}
	return ""
}

func (m meta) number(key string) (int64, bool) {
	switch v := m[key].(type) {
	case uint64:
		return int64(min(v, math.MaxInt64)), true
	case int64:
		return v, true
	case float64:
		return int64(v), !math.IsNaN(v)
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

func (m meta) moment(key string) store.Time {
	if n, ok := m.number(key); ok {
		return store.At(n)
	}
	return store.Time{}
}

func (m meta) texts(key string) map[string]string {
	texts := map[string]string{}
	if of, ok := m[key].(map[string]any); ok {
		for k := range of {
			texts[k] = meta(of).text(k)
		}
	}
	return texts
}

// head reads a run's meta.yaml. The run must say the ids that its folders have.
func (m meta) head(experiment, run string) (store.Head, error) {
	id := m.text("run_id")
	if id == "" {
		id = m.text("run_uuid")
	}
	if id != run || m.text("experiment_id") != experiment {
		return store.Head{}, fmt.Errorf("it says run %.64q of experiment %.64q: %w", id, m.text("experiment_id"), store.ErrDamaged)
	}
	return store.Head{
		ID: id, Name: m.text("run_name"), ExperimentID: experiment, UserID: m.text("user_id"),
		Status: m.status(), Stage: m.stage(), Start: m.moment("start_time"), End: m.moment("end_time"),
	}, nil
}

// status reads the number of a run's status; MLflow counts a missing one as
// running.
func (m meta) status() store.Status {
	n, ok := m.number("status")
	if !ok {
		return store.Running
	}
	states := [...]store.Status{1: store.Running, 2: store.Scheduled, 3: store.Finished, 4: store.Failed, 5: store.Killed}
	if n < 1 || n >= int64(len(states)) {
		return store.Status(fmt.Sprintf("status %d", n))
	}
	return states[n]
}

func (m meta) stage() store.Stage {
	if m.text("lifecycle_stage") == string(store.Deleted) {
		return store.Deleted
	}
	return store.Active
}

func (m meta) modelStatus() string {
	n, _ := m.number("status")
	states := [...]string{"UNSPECIFIED", "PENDING", "READY", "FAILED"}
	if n < 0 || n >= int64(len(states)) {
		return states[0]
	}
	return states[n]
}
