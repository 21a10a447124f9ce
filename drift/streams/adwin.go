package streams

import "math"

// bucket sums up 2^row values.
type bucket struct {
	Total    float64 `json:"t"`
	Variance float64 `json:"v"` // Σ (x - mean)²
}

// ADWIN keeps a window of values that have one mean, and drops its old end when it
// has two. Source: A. Bifet & R. Gavaldà, SIAM Data Mining (2007); agrees with
// river's.
type ADWIN struct {
	Rows     [][]bucket `json:"rows"` // oldest first in each; row i holds 2^i values a bucket
	Window   float64    `json:"width"`
	Total    float64    `json:"total"`
	Variance float64    `json:"variance"`
	Tick     int        `json:"tick"`
	Fired    bool       `json:"fired"`

	params Params
	clock  int
	most   int
	least  float64
	grace  float64
	delta  float64
}

func newADWIN(p Params) *ADWIN {
	return &ADWIN{
		params: p, clock: or(p.Clock, 32), most: or(p.MaxBuckets, 5), least: float64(or(p.MinWindowLength, 5)),
		grace: float64(or(p.GracePeriod, 10)), delta: or(p.Delta, 0.002), Rows: make([][]bucket, 1),
	}
}

// maxRows bounds a window: 2^60 values are more than any stream has.
const maxRows = 60

func (a *ADWIN) sound() bool {
	values := 0.0
	for row, buckets := range a.Rows {
		values += math.Ldexp(float64(len(buckets)), row)
	}
	return len(a.Rows) > 0 && len(a.Rows) <= maxRows && values == a.Window && len(a.Rows[0]) <= a.most+1
}

// Width is the number of values in the window.
func (a *ADWIN) Width() int { return int(a.Window) }

// Mean is the mean of the window; 0 of an empty one.
func (a *ADWIN) Mean() float64 {
	if a.Window == 0 {
		return 0
	}
	return a.Total / a.Window
}

// Add consumes a value; Drift says that the window was cut.
func (a *ADWIN) Add(x float64) Signal {
	if !finite(x) {
		return Skipped
	}
	if a.Fired {
		*a = *newADWIN(a.params)
	}
	a.insert(x)
	a.Tick++
	if a.Tick%a.clock != 0 || a.Window <= a.grace {
		return Quiet
	}
	for a.cut() {
		a.Fired = true
	}
	if a.Fired {
		return Drift
	}
	return Quiet
}

func (a *ADWIN) insert(x float64) {
	a.Rows[0] = append(a.Rows[0], bucket{Total: x})
	a.Window++
	if a.Window > 1 {
		d := x - a.Total/(a.Window-1)
		a.Variance += (a.Window - 1) * d * d / a.Window
	}
	a.Total += x
	for row := 0; row < len(a.Rows) && len(a.Rows[row]) == a.most+1; row++ {
		if row+1 == len(a.Rows) {
			a.Rows = append(a.Rows, nil)
		}
		n := math.Ldexp(1, row)
		first, second := a.Rows[row][0], a.Rows[row][1]
		d := first.Total/n - second.Total/n
		a.Rows[row+1] = append(a.Rows[row+1], bucket{
			Total:    first.Total + second.Total,
			Variance: first.Variance + second.Variance + n*n*d*d/(n+n),
		})
		a.Rows[row] = append(a.Rows[row][:0], a.Rows[row][2:]...)
		if len(a.Rows[row+1]) <= a.most {
			break
		}
	}
}

// cut drops the oldest bucket if the window splits anywhere into two means.
func (a *ADWIN) cut() bool {
	n0, n1, u0, u1 := 0.0, a.Window, 0.0, a.Total
	for row := len(a.Rows) - 1; row >= 0; row-- {
		n := math.Ldexp(1, row)
		for k, b := range a.Rows[row] {
			n0, n1, u0, u1 = n0+n, n1-n, u0+b.Total, u1-b.Total
			if row == 0 && k == len(a.Rows[0])-1 {
				return false
			}
			if n0 >= a.least && n1 >= a.least && a.differ(n0, n1, u0/n0-u1/n1) {
				a.drop()
				return true
			}
		}
	}
	return false
}

// differ is the bound on the difference of two means of one distribution.
func (a *ADWIN) differ(n0, n1, d float64) bool {
	confidence := math.Log(2 * math.Log(a.Window) / a.delta)
	m := 1/(n0-a.least+1) + 1/(n1-a.least+1)
	return math.Abs(d) > math.Sqrt(2*m*(a.Variance/a.Window)*confidence)+2.0/3*confidence*m
}

func (a *ADWIN) drop() {
	row := len(a.Rows) - 1
	b, n := a.Rows[row][0], math.Ldexp(1, row)
	a.Window -= n
	a.Total -= b.Total
	d := b.Total/n - a.Total/a.Window
	a.Variance -= b.Variance + n*a.Window*d*d/(n+a.Window)
	a.Rows[row] = a.Rows[row][1:]
	for ; row > 0 && len(a.Rows[row]) == 0; row-- {
		a.Rows = a.Rows[:row]
	}
}
