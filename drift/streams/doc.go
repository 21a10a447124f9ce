// Package streams finds changes in numbers that come one by one, by the detectors
// of river 0.26. It stores nothing: a detector's state is its own JSON, which the
// caller keeps.
package streams

import (
	"encoding/json"
	"fmt"
	"math"
)

// Signal is what a detector says of one value.
type Signal int

// The signals. Only the detectors of errors warn.
const (
	Quiet Signal = iota
	Warning
	Drift
	Skipped // a NaN or an infinity, which is not consumed
)

// Detector consumes a stream. After Drift it starts over with the next value.
type Detector interface {
	// Add consumes one value.
	Add(x float64) Signal
}

// Params are the parameters of all detectors by river's names; those that are 0
// are river's defaults. What a detector does not know is ignored.
type Params struct {
	Delta           float64 `json:"delta,omitempty"`             // ADWIN .002, Page–Hinkley .005
	Clock           int     `json:"clock,omitempty"`             // ADWIN 32
	MaxBuckets      int     `json:"max_buckets,omitempty"`       // ADWIN 5
	MinWindowLength int     `json:"min_window_length,omitempty"` // ADWIN 5
	GracePeriod     int     `json:"grace_period,omitempty"`      // ADWIN 10

	MinInstances int     `json:"min_instances,omitempty"` // Page–Hinkley 30
	Threshold    float64 `json:"threshold,omitempty"`     // Page–Hinkley 50
	Alpha        float64 `json:"alpha,omitempty"`         // Page–Hinkley .9999, EDDM .95
	Mode         string  `json:"mode,omitempty"`          // Page–Hinkley: up, down, both

	WarmStart        int     `json:"warm_start,omitempty"`        // DDM, EDDM 30
	WarningThreshold float64 `json:"warning_threshold,omitempty"` // DDM 2
	DriftThreshold   float64 `json:"drift_threshold,omitempty"`   // DDM 3
	Beta             float64 `json:"beta,omitempty"`              // EDDM .9

	DriftConfidence   float64 `json:"drift_confidence,omitempty"`   // HDDM-A .001
	WarningConfidence float64 `json:"warning_confidence,omitempty"` // HDDM-A .005
	TwoSided          bool    `json:"two_sided_test,omitempty"`     // HDDM-A
}

// Names lists the detectors: the first is for any number, as the loss of a run;
// ddm for errors that are 0 or 1.
func Names() []string { return []string{"adwin", "page_hinkley", "ddm", "eddm", "hddm_a"} }

// New makes a detector by name. Its zero parameters are river's defaults.
func New(name string, p Params) (Detector, error) {
	if p.MaxBuckets < 0 || p.Clock < 0 || p.MaxBuckets > 1<<10 {
		return nil, fmt.Errorf("detector %s: clock %d and %d buckets make no window", name, p.Clock, p.MaxBuckets)
	}
	switch name {
	case "adwin":
		return newADWIN(p), nil
	case "page_hinkley":
		if p.Mode != "" && p.Mode != "up" && p.Mode != "down" && p.Mode != "both" {
			return nil, fmt.Errorf("detector %s: mode %q is not up, down or both", name, p.Mode)
		}
		return newPageHinkley(p), nil
	case "ddm":
		return newDDM(p), nil
	case "eddm":
		return newEDDM(p), nil
	case "hddm_a":
		return newHDDM(p), nil
	}
	return nil, fmt.Errorf("detector %q is not one of %v", name, Names())
}

func or[T comparable](v, usual T) T {
	var zero T
	if v == zero {
		return usual
	}
	return v
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// saved is a detector's state on paper.
type saved struct {
	Name   string          `json:"detector"`
	Params Params          `json:"params"`
	State  json.RawMessage `json:"state"`
}

// Save writes a detector with its state as JSON, so that the next values may be
// added later by another process.
func Save(d Detector) ([]byte, error) {
	s := saved{}
	switch d := d.(type) {
	case *ADWIN:
		s.Name, s.Params = "adwin", d.params
	case *PageHinkley:
		s.Name, s.Params = "page_hinkley", d.params
	case *DDM:
		s.Name, s.Params = "ddm", d.params
	case *EDDM:
		s.Name, s.Params = "eddm", d.params
	case *HDDM:
		s.Name, s.Params = "hddm_a", d.params
	default:
		return nil, fmt.Errorf("save detector: %T is not of this package", d)
	}
	state, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("save detector %s: %w", s.Name, err)
	}
	s.State = state
	return json.Marshal(s)
}

// Restore makes the detector that Save wrote.
func Restore(content []byte) (Detector, error) {
	var s saved
	if err := json.Unmarshal(content, &s); err != nil {
		return nil, fmt.Errorf("restore detector: %w", err)
	}
	d, err := New(s.Name, s.Params)
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	if err := json.Unmarshal(s.State, d); err != nil {
		return nil, fmt.Errorf("restore detector %s: %w", s.Name, err)
	}
	if a, ok := d.(*ADWIN); ok && !a.sound() {
		return nil, fmt.Errorf("restore detector %s: its buckets do not fit its window", s.Name)
	}
	return d, nil
}
