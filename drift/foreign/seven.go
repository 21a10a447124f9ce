package foreign

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// usualShare is the share of drifted columns from which Evidently says that the data set
// drifts, where a file does not.
const usualShare = 0.5

// params are how a metric of 0.7 was configured.
type params struct {
	Type   string   `json:"type"`
	Column string   `json:"column"`
	Method string   `json:"method"`
	Limit  *float64 `json:"threshold"`
	Share  *float64 `json:"drift_share"`
}

// kind is the metric's class.
func (p params) kind() string { return p.Type[strings.LastIndexByte(p.Type, ':')+1:] }

// counted is the value of DriftedColumnsCount.
type counted struct {
	Count *float64 `json:"count"`
	Share *float64 `json:"share"`
}

// columns7 takes what 0.7 says of all columns. It has no verdict but the limit.
func (b *builder) columns7(v counted, limit *float64) {
	usual := usualShare
	if limit == nil {
		limit = &usual
	}
	b.data = dataset{share: v.Share, limit: limit}
	if v.Count != nil && *v.Count >= 0 && *v.Count < 1e9 {
		n := int(*v.Count)
		b.data.drifted = &n
	}
	if v.Share != nil {
		found := *v.Share >= *limit
		b.data.drift = &found
	}
}

// single is a value that stands in an object of its own.
type single struct {
	Value *float64 `json:"value"`
}

// snapshot reads what Snapshot.dumps of 0.7 writes.
func (b *builder) snapshot(parts map[string]json.RawMessage) (known bool, err error) {
	results := map[string]json.RawMessage{}
	err = ordered(b.ctx, parts["metric_results"], func(id string, value json.RawMessage) error {
		if len(results) >= mostItems {
			return fmt.Errorf("%w: more than %d metrics", ErrLong, mostItems)
		}
		results[id] = value
		return nil
	})
	if err != nil {
		return false, err
	}
	loose(parts["timestamp"], &b.at)
	loose(parts["name"], &b.name)
	b.version = "0.7"
	shown := rowsOf(b.ctx, parts["widgets"])
	err = elements(b.ctx, parts["top_level_metrics"], func(value json.RawMessage) error {
		var id string
		loose(value, &id)
		if results[id] == nil {
			return nil
		}
		known = true
		return b.result(results[id], shown)
	})
	return known, err
}

// result reads a result of a snapshot.
func (b *builder) result(raw json.RawMessage, shown map[string]row) error {
	var r struct {
		Name     string `json:"display_name"`
		Location struct {
			Metric struct {
				Params params `json:"params"`
			} `json:"metric"`
		} `json:"metric_value_location"`
		Value *float64 `json:"value"`
		Count single   `json:"count"`
		Share single   `json:"share"`
		Tests []struct {
			ID     string `json:"id"`
			Status string `json:"status"`
		} `json:"tests"`
	}
	loose(raw, &r)
	p := r.Location.Metric.Params
	switch p.kind() {
	case "ValueDrift":
		c := column{name: p.Column, method: p.Method, limit: p.Limit, score: r.Value}
		for _, t := range r.Tests {
			if t.ID == "drift" && c.detected == nil {
				failed := t.Status == "FAIL" || t.Status == "ERROR"
				c.detected = &failed
			}
		}
		return b.add(shown[c.name].fill(c))
	case "DriftedColumnsCount":
		b.columns7(counted{r.Count.Value, r.Share.Value}, p.Share)
	default:
		if !b.quality.seven(p.kind(), r.Value) {
			b.others++
		}
	}
	return nil
}

var (
	// described is what a test of 0.7 says of the drift of a column.
	described = regexp.MustCompile(`^Drift score is .*?\. The drift detection method is (.*)\. The drift threshold is ([0-9.]+)\.$`)
	// trailing is an option at the end of a metric's name.
	trailing = regexp.MustCompile(`,(?:method|threshold|nbinsx)=[^,]*$`)
	// shareIn is the limit of the data set in a metric's name.
	shareIn = regexp.MustCompile(`drift_share=([0-9.]+)`)
)

// told is what a test says of a column.
type told struct {
	status, method string
	limit          float64
}

// told7 reads the tests of the drift of columns, by column.
func told7(ctx context.Context, raw json.RawMessage) (map[string]told, error) {
	out := map[string]told{}
	err := elements(ctx, raw, func(value json.RawMessage) error {
		var t struct {
			ID          string `json:"id"`
			Name        string `json:"name"`
			Description string `json:"description"`
			Status      string `json:"status"`
		}
		loose(value, &t)
		said := described.FindStringSubmatch(t.Description)
		if t.ID != "drift" || said == nil {
			return nil
		}
		if limit, err := strconv.ParseFloat(said[2], 64); err == nil {
			out[strings.Replace(t.Name, "Value Drift for column ", "", 1)] = told{t.Status, said[1], limit}
		}
		return nil
	})
	return out, err
}

// metric7 is a metric of save_json.
type metric7 struct {
	Name   string          `json:"metric_name"`
	ID     string          `json:"metric_id"`
	Config params          `json:"config"`
	Value  json.RawMessage `json:"value"`
}

// dict reads what Snapshot.save_json of 0.7 writes, which names a metric's settings from
// 0.7.9 on.
func (b *builder) dict(parts map[string]json.RawMessage) (known bool, err error) {
	tests, err := told7(b.ctx, parts["tests"])
	if err != nil {
		return false, err
	}
	b.version = "0.7"
	err = elements(b.ctx, parts["metrics"], func(value json.RawMessage) error {
		var m metric7
		loose(value, &m)
		name := cmp.Or(m.Name, m.ID)
		if name == "" || m.Value == nil {
			return nil
		}
		known = true
		return b.metric7(name, m, tests)
	})
	return known, err
}

func (b *builder) metric7(name string, m metric7, tests map[string]told) error {
	kind := m.Config.kind()
	if kind == "" {
		kind, _, _ = strings.Cut(name, "(")
	}
	switch kind {
	case "ValueDrift":
		return b.add(drift7(name, m.Config, m.Value, tests))
	case "DriftedColumnsCount":
		var v counted
		loose(m.Value, &v)
		b.columns7(v, shareOf(name, m.Config))
	default:
		var v *float64
		loose(m.Value, &v)
		if !b.quality.seven(kind, v) {
			b.others++
		}
	}
	return nil
}

// drift7 is the drift of a column, from the metric, its name and its test.
func drift7(name string, p params, value json.RawMessage, tests map[string]told) column {
	c := column{name: p.Column, method: p.Method, limit: p.Limit}
	loose(value, &c.score)
	if c.name == "" {
		inner := strings.TrimSuffix(strings.TrimPrefix(name, "ValueDrift(column="), ")")
		c.name = trailing.ReplaceAllString(trailing.ReplaceAllString(inner, ""), "")
	}
	if t, there := tests[c.name]; there {
		if c.method == "" {
			c.method = t.method
		}
		if c.limit == nil {
			c.limit = &t.limit
		}
		failed := t.status == "FAIL"
		c.detected = &failed
	}
	return c
}

func shareOf(name string, p params) *float64 {
	if p.Share != nil {
		return p.Share
	}
	if said := shareIn.FindStringSubmatch(name); said != nil {
		if v, err := strconv.ParseFloat(said[1], 64); err == nil {
			return &v
		}
	}
	return nil
}
