package drift

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// MarshalJSON writes a label and its rows as a list.
func (t Top) MarshalJSON() ([]byte, error) { return json.Marshal([]any{t.Label, t.Rows}) }

// UnmarshalJSON reads a label and its rows from a list.
func (t *Top) UnmarshalJSON(content []byte) error {
	list := []any{&t.Label, &t.Rows}
	if err := json.Unmarshal(content, &list); err != nil {
		return fmt.Errorf("read a label and its rows: %w", err)
	}
	if len(list) != 2 {
		return fmt.Errorf("read a label and its rows: there are %d parts", len(list))
	}
	return nil
}

// MarshalJSON writes a row of metrics as one object.
func (q QualityRow) MarshalJSON() ([]byte, error) {
	out := make(map[string]any, len(q.Metrics)+2)
	for name, v := range q.Metrics {
		out[name] = v
	}
	out["n"] = q.N
	if q.Label != "" {
		out["label"] = q.Label
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads a row of metrics; what is no number is left out.
func (q *QualityRow) UnmarshalJSON(content []byte) error {
	var own struct {
		Label string `json:"label"`
		N     int    `json:"n"`
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(content, &own); err != nil {
		return fmt.Errorf("read a row of metrics: %w", err)
	}
	if err := json.Unmarshal(content, &all); err != nil {
		return fmt.Errorf("read a row of metrics: %w", err)
	}
	*q = QualityRow{Label: own.Label, N: own.N, Metrics: map[string]Number{}}
	for name, raw := range all {
		var v Number
		if name == "n" || name == "label" || v.UnmarshalJSON(raw) != nil {
			continue
		}
		q.Metrics[name] = v
	}
	return nil
}

// noMeasures are measures that are all undefined.
func noMeasures() Measures {
	n := Number(math.NaN())
	return Measures{
		Wasserstein: n, WassersteinNorm: n, PSI: n, JS: n, Hellinger: n, TotalVariation: n, LInfinity: n, CramersV: n,
	}
}

// UnmarshalJSON reads measures; those that are absent are undefined.
func (m *Measures) UnmarshalJSON(content []byte) error {
	type bare Measures
	out := bare(noMeasures())
	if err := json.Unmarshal(content, &out); err != nil {
		return fmt.Errorf("read measures: %w", err)
	}
	*m = Measures(out)
	return nil
}

// UnmarshalJSON reads a window; numbers that are absent are undefined.
func (w *Window) UnmarshalJSON(content []byte) error {
	type bare Window
	n := Number(math.NaN())
	out := bare{Score: n, Threshold: n, PSI: n, JS: n}
	if err := json.Unmarshal(content, &out); err != nil {
		return fmt.Errorf("read a window: %w", err)
	}
	*w = Window(out)
	return nil
}

// UnmarshalJSON reads a quality; a threshold that is absent is undefined.
func (q *Quality) UnmarshalJSON(content []byte) error {
	type bare Quality
	out := bare{Threshold: Number(math.NaN())}
	if err := json.Unmarshal(content, &out); err != nil {
		return fmt.Errorf("read a quality: %w", err)
	}
	*q = Quality(out)
	return nil
}

// UnmarshalJSON reads a statistic; numbers that are absent are undefined.
func (s *Statistic) UnmarshalJSON(content []byte) error {
	type bare Statistic
	n := Number(math.NaN())
	out := bare{Statistic: n, P: n, At: n}
	if err := json.Unmarshal(content, &out); err != nil {
		return fmt.Errorf("read a statistic: %w", err)
	}
	*s = Statistic(out)
	return nil
}

// Known says that there is a summary: other programs' reports may have none.
func (s Summary) Known() bool {
	return s.Rows != 0 || s.Missing != 0 || s.Distinct != 0 || s.First != "" || s.Numbers != nil || s.Labels != nil
}

// MarshalJSON writes an empty object for a summary that is not known.
func (s Summary) MarshalJSON() ([]byte, error) {
	if !s.Known() {
		return []byte("{}"), nil
	}
	type bare Summary
	return json.Marshal(bare(s))
}

// UnmarshalJSON reads a summary; numbers that are absent are undefined.
func (s *Summary) UnmarshalJSON(content []byte) error {
	u, none := Number(math.NaN()), Number(math.Inf(1)) // no JSON is an infinity
	var all struct {
		Rows     int     `json:"rows"`
		Missing  int     `json:"missing"`
		NaN      int     `json:"nan"`
		Distinct int     `json:"distinct"`
		First    string  `json:"first"`
		Last     string  `json:"last"`
		Mode     *string `json:"mode"`
		*Numbers
		*Labels
	}
	all.Numbers = &Numbers{
		Mean: none, Sum: u, SD: u, SD0: u, Variance: u, Skew: u, SkewUnbiased: u, Kurtosis: u, KurtosisUnbiased: u, Min: u, Max: u,
		Quantiles: Quantiles{u, u, u, u, u, u, u},
	}
	all.Labels = &Labels{Entropy: u}
	if err := json.Unmarshal(content, &all); err != nil {
		return fmt.Errorf("read a summary: %w", err)
	}
	*s = Summary{Rows: all.Rows, Missing: all.Missing, NaN: all.NaN, Distinct: all.Distinct, First: all.First, Last: all.Last}
	if all.Mean != none {
		s.Numbers = all.Numbers
	}
	if all.Mode != nil {
		s.Labels, all.Labels.Mode = all.Labels, *all.Mode
	}
	return nil
}

// maxReport bounds a report that is read, in bytes.
const maxReport = 64 << 20

// Read reads a report from its JSON. It takes what it knows and leaves the rest;
// a report of another schema is an error.
func Read(content []byte) (Report, error) {
	var r Report
	if len(content) > maxReport {
		return r, fmt.Errorf("read drift report: it has %d bytes, and at most %d are read", len(content), maxReport)
	}
	if err := json.Unmarshal(content, &r); err != nil {
		return r, fmt.Errorf("read drift report: %w", err)
	}
	if r.Schema != Schema {
		return r, fmt.Errorf("read drift report: its schema is %.60q, not %s", r.Schema, Schema)
	}
	for _, f := range r.Features {
		if h := f.Histogram; h != nil && !h.sound() {
			return r, fmt.Errorf("read drift report: the histogram of %.60q has bins without counts", f.Name)
		}
		if s := f.Shapes; s != nil && (!s.Reference.Sound() || !s.Current.Sound()) {
			return r, fmt.Errorf("read drift report: the shapes of %.60q have bins without shares", f.Name)
		}
	}
	return r, nil
}

// sound says that a histogram has a count on both sides for every bin, and its edges
// ascend.
func (h *Histogram) sound() bool {
	bins := len(h.Labels)
	if h.Edges != nil {
		bins = len(h.Edges) - 1
	}
	return len(h.Reference) == bins && len(h.Current) == bins && slices.IsSorted(h.Edges) &&
		h.OtherReference >= 0 && h.OtherCurrent >= 0 &&
		!slices.ContainsFunc(slices.Concat(h.Reference, h.Current), func(n int) bool { return n < 0 })
}

// Sound says that there is a share for every bin, and the edges ascend.
func (s Shape) Sound() bool {
	return len(s.Shares) == len(s.Edges)-1 && slices.IsSorted(s.Edges) &&
		!slices.ContainsFunc(s.Shares, func(share float64) bool { return !(share >= 0 && share <= 1+1e-6) })
}
