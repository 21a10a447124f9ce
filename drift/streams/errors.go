package streams

import "math"

// mean is a running mean, rounded as river's is.
type mean struct {
	N    int     `json:"n"`
	Mean float64 `json:"mean"`
}

func (m *mean) add(x float64) {
	m.N++
	m.Mean += (x - m.Mean) / float64(m.N)
}

// PageHinkley sums up how far values are from their running mean. Source: E. S.
// Page, Biometrika 41 (1954); agrees with river's.
type PageHinkley struct {
	Values   mean    `json:"values"`
	Increase float64 `json:"increase"`
	Decrease float64 `json:"decrease"`
	Lowest   float64 `json:"lowest"`
	Highest  float64 `json:"highest"`
	Fired    bool    `json:"fired"`
	params   Params
}

func newPageHinkley(p Params) *PageHinkley {
	return &PageHinkley{params: p, Lowest: math.MaxFloat64, Highest: -1}
}

// Add consumes a value; Drift says that the mean rose or fell.
func (d *PageHinkley) Add(x float64) Signal {
	if !finite(x) {
		return Skipped
	}
	p := d.params
	if d.Fired {
		*d = *newPageHinkley(p)
	}
	d.Values.add(x)
	far := x - d.Values.Mean
	alpha, delta := or(p.Alpha, 0.9999), or(p.Delta, 0.005)
	d.Increase = float64(alpha*d.Increase) + far - delta
	d.Decrease = float64(alpha*d.Decrease) + far + delta
	d.Lowest, d.Highest = min(d.Lowest, d.Increase), max(d.Highest, d.Decrease)
	if d.Values.N < or(p.MinInstances, 30) {
		return Quiet
	}
	limit := or(p.Threshold, 50)
	rose, fell := d.Increase-d.Lowest > limit, d.Highest-d.Decrease > limit
	if d.Fired = rose && p.Mode != "down" || fell && p.Mode != "up"; d.Fired {
		return Drift
	}
	return Quiet
}

// DDM watches a rate of errors, 0 or 1. Source: J. Gama et al., SBIA (2004);
// agrees with river's.
type DDM struct {
	Errors  mean    `json:"errors"`
	Least   float64 `json:"least"`   // error rate at its best
	LeastSD float64 `json:"leastSD"` // its deviation there
	Fired   bool    `json:"fired"`
	params  Params
}

func newDDM(p Params) *DDM { return &DDM{params: p, Least: math.MaxFloat64} }

// Add consumes 1 for an error and 0 for none.
func (d *DDM) Add(x float64) Signal {
	if !finite(x) {
		return Skipped
	}
	if d.Fired {
		*d = *newDDM(d.params)
	}
	d.Errors.add(x)
	rate := d.Errors.Mean
	sd := math.Sqrt(max(rate*(1-rate), 0) / float64(d.Errors.N))
	if d.Errors.N <= or(d.params.WarmStart, 30) {
		return Quiet
	}
	if rate+sd <= d.Least+d.LeastSD {
		d.Least, d.LeastSD = rate, sd
	}
	if d.Fired = rate+sd > d.Least+or(d.params.DriftThreshold, 3)*d.LeastSD; d.Fired {
		return Drift
	}
	if rate+sd > d.Least+or(d.params.WarningThreshold, 2)*d.LeastSD {
		return Warning
	}
	return Quiet
}

// EDDM watches the distance between errors, 0 or 1. It is quick and gives false
// alarms. Source: M. Baena-García et al., IWKDDS (2006); agrees with river's.
type EDDM struct {
	N       int     `json:"n"`
	Errors  int     `json:"errors"`
	Last    int     `json:"last"` // index of the last error, from 1
	Mean    float64 `json:"mean"` // of the distances
	Square  float64 `json:"square"`
	Largest float64 `json:"largest"`
	Warned  bool    `json:"warned"`
	Fired   bool    `json:"fired"`
	params  Params
}

func newEDDM(p Params) *EDDM { return &EDDM{params: p, Largest: -1} }

// Add consumes 1 for an error and 0 for none.
func (d *EDDM) Add(x float64) Signal {
	if !finite(x) {
		return Skipped
	}
	if d.Fired {
		*d = *newEDDM(d.params)
	}
	if d.N++; x == 1 {
		d.fail()
		d.Last = d.N
	}
	switch {
	case d.Fired:
		return Drift
	case d.Warned:
		return Warning
	}
	return Quiet
}

func (d *EDDM) fail() {
	d.Errors++
	distance := float64(d.N - d.Last)
	before := d.Mean
	d.Mean += (distance - d.Mean) / float64(d.Errors)
	d.Square += (distance - before) * (distance - d.Mean)
	warm := or(d.params.WarmStart, 30)
	if d.N <= warm {
		return
	}
	variance := 0.0
	if d.Errors > 1 {
		variance = d.Square / float64(d.Errors-1)
	}
	level := d.Mean + 2*math.Sqrt(max(variance, 0))
	if level > d.Largest {
		d.Largest = level
		return
	}
	if d.Errors <= warm {
		return
	}
	share := level / d.Largest
	switch {
	case share < or(d.params.Beta, 0.9):
		d.Fired = true
	default:
		d.Warned = share < or(d.params.Alpha, 0.95)
	}
}

// HDDM watches a mean of errors by Hoeffding's bound (HDDM-A). Source: I.
// Frías-Blanco et al., IEEE TKDE 27 (2015); agrees with river's.
type HDDM struct {
	All    mean `json:"all"`
	Low    mean `json:"low"`  // where the mean was surely lowest
	High   mean `json:"high"` // and highest
	Fired  bool `json:"fired"`
	params Params
}

func newHDDM(p Params) *HDDM { return &HDDM{params: p} }

// Add consumes 1 for an error and 0 for none.
func (d *HDDM) Add(x float64) Signal {
	if !finite(x) {
		return Skipped
	}
	if d.Fired {
		*d = *newHDDM(d.params)
	}
	d.All.add(x)
	if d.Low.N == 0 {
		d.Low, d.High = d.All, d.All
	}
	drift, warn := or(d.params.DriftConfidence, 0.001), or(d.params.WarningConfidence, 0.005)
	bound := func(n int) float64 { return math.Sqrt(1 / (2 * float64(n)) * math.Log(1/drift)) }
	if d.Low.Mean+bound(d.Low.N) >= d.All.Mean+bound(d.All.N) {
		d.Low = d.All
	}
	if d.High.Mean-bound(d.High.N) <= d.All.Mean-bound(d.All.N) {
		d.High = d.All
	}
	rose := func(confidence float64) bool { return d.parted(d.Low, d.All.Mean-d.Low.Mean, confidence) }
	fell := func(confidence float64) bool {
		return d.params.TwoSided && d.parted(d.High, d.High.Mean-d.All.Mean, confidence)
	}
	switch {
	case rose(drift) || fell(drift):
		d.Fired = true
		return Drift
	case rose(warn) || fell(warn):
		return Warning
	}
	return Quiet
}

// parted says whether the mean since a cut is another one.
func (d *HDDM) parted(cut mean, far, confidence float64) bool {
	if cut.N == d.All.N {
		return false
	}
	m := float64(d.All.N-cut.N) / float64(cut.N) * (1 / float64(d.All.N))
	return far >= math.Sqrt(m/2*math.Log(2/confidence))
}
