package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
)

// Importance is how much a param tells of a metric.
type Importance struct {
	Param string
	// Share is by how much of the metric's variance the prediction of runs that a
	// tree has not seen gets worse when the param is shuffled; about 0 for a param
	// that tells nothing, and it may be below.
	Share     float64
	Low, High float64 // between which 95 % of forests over half of the runs say it is
}

// Importances are those of all params that vary, the greatest first.
type Importances struct {
	N int // runs with a finite value of the metric
	// R2 is the share of the variance that the forest explains of runs that its
	// trees have not seen. Where it is not above 0 the importances say nothing.
	R2     float64
	Params []Importance
}

// FewRuns is the number of runs below which importances are a hint at most.
const FewRuns = 30

// The sizes of the forests.
const (
	trees     = 200
	halves    = 40 // forests over half of the runs, for the interval
	halfTrees = 40
	leastLeaf = 2
)

// Matter says which params matter for a metric, by a random forest of regression
// trees and the permutation of each param among the runs that a tree has not
// seen. Params that are no numbers are coded by the order of their values, a
// missing one below all. It needs 8 runs and a param that varies, and the same
// runs give the same answer. It says what goes together, not what causes. Source:
// L. Breiman, Machine Learning 45 (2001), sections 3.1 and 10.
func Matter(subjects []Subject, metric string) (Importances, error) {
	const what, least = "the importance of params", 8
	params, x, y := features(subjects, metric)
	switch {
	case len(y) < least:
		return Importances{}, cannot(what, "it needs %d runs with a finite %s, and has %d", least, metric, len(y))
	case len(params) == 0:
		return Importances{}, cannot(what, "no param varies among the %d runs", len(y))
	}
	mean, sd := MeanSD(y)
	if sd == 0 || math.IsInf(sd, 0) {
		return Importances{}, cannot(what, "%s does not vary, or beyond all numbers", metric)
	}
	scaled := make([]float64, len(y))
	for i, v := range y {
		scaled[i] = (v - mean) / sd
	}
	all := make([]int, len(y))
	for i := range all {
		all[i] = i
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same runs give the same answer
	f := forest{x: x, y: scaled, random: random}
	shares, r2 := f.grow(all, trees)
	out := Importances{N: len(y), R2: r2}
	again := make([][]float64, len(params))
	for range halves {
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		half, _ := f.grow(all[:(len(all)+1)/2], halfTrees)
		for k, s := range half {
			again[k] = append(again[k], s)
		}
	}
	for k, p := range params {
		slices.Sort(again[k])
		low, high := again[k][halves/40], again[k][halves-1-halves/40]
		out.Params = append(out.Params, Importance{Param: p, Share: shares[k], Low: min(low, shares[k]), High: max(high, shares[k])})
	}
	slices.SortStableFunc(out.Params, func(a, b Importance) int { return int(math.Copysign(1, b.Share-a.Share)) })
	return out, nil
}

// features are the params that vary among the runs that have the metric, as
// numbers: x by param, then by run.
func features(subjects []Subject, metric string) (params []string, x [][]float64, y []float64) {
	var having []Subject
	for _, s := range subjects {
		if p, ok := s.Run.Metrics[metric]; ok && !math.IsNaN(p.Value) && !math.IsInf(p.Value, 0) {
			having = append(having, s)
			y = append(y, p.Value)
		}
	}
	for _, r := range New(having, Options{Baseline: -1}).Rows {
		if r.Section == Params && r.Varies {
			params = append(params, r.Key)
			x = append(x, coded(r.Cells))
		}
	}
	return params, x, y
}

// coded are the values of a param as numbers: themselves, or their places in
// order; a missing one is below all.
func coded(cells []Cell) []float64 {
	out := make([]float64, len(cells))
	numbers := true
	var words []string
	for i, c := range cells {
		if c.Missing {
			continue
		}
		words = append(words, c.Text)
		v, err := strconv.ParseFloat(c.Text, 64)
		numbers = numbers && err == nil && !math.IsNaN(v)
		out[i] = v
	}
	if !numbers {
		slices.Sort(words)
		words = slices.Compact(words)
		for i, c := range cells {
			out[i] = float64(sort.SearchStrings(words, c.Text))
		}
	}
	for i, c := range cells {
		if c.Missing {
			out[i] = math.Inf(-1)
		}
	}
	return out
}

// forest grows trees over x (by param, then by run) and y, whose deviation is 1.
type forest struct {
	x      [][]float64
	y      []float64
	random *rand.Rand
}

// node is a split, or a leaf if param is -1.
type node struct {
	param       int
	below       float64 // go left if the value is at most this
	value       float64
	left, right int
}

// grow returns the importance of each param and the explained share, over the
// runs that are given.
func (f *forest) grow(runs []int, n int) (shares []float64, r2 float64) {
	shares = make([]float64, len(f.x))
	sums, counts := make([]float64, len(f.y)), make([]int, len(f.y))
	used := 0
	for range n {
		bag, out := f.bag(runs)
		if len(out) == 0 {
			continue
		}
		var t []node
		t, _ = f.split(t, bag)
		miss := 0.0
		for _, i := range out {
			v := f.predict(t, i, -1, 0)
			sums[i] += v
			counts[i]++
			miss += (v - f.y[i]) * (v - f.y[i])
		}
		for k := range f.x {
			shares[k] += (f.shuffled(t, out, k) - miss) / float64(len(out))
		}
		used++
	}
	for k := range shares {
		shares[k] /= float64(max(used, 1))
	}
	return shares, f.explained(runs, sums, counts)
}

// explained is 1 less the squared error over the variance of the runs that were
// left out of some tree.
func (f *forest) explained(runs []int, sums []float64, counts []int) float64 {
	var y []float64
	wrong := 0.0
	for _, i := range runs {
		if counts[i] > 0 {
			d := sums[i]/float64(counts[i]) - f.y[i]
			wrong += d * d
			y = append(y, f.y[i])
		}
	}
	_, sd := MeanSD(y)
	if !(sd > 0) {
		return 0
	}
	return 1 - wrong/(sd*sd*float64(len(y)-1))
}

// bag draws as many runs with return, and tells which were not drawn.
func (f *forest) bag(runs []int) (in, out []int) {
	drawn := make(map[int]bool, len(runs))
	for range runs {
		i := runs[f.random.IntN(len(runs))]
		in = append(in, i)
		drawn[i] = true
	}
	for _, i := range runs {
		if !drawn[i] {
			out = append(out, i)
		}
	}
	return in, out
}

// shuffled is the squared error with one param shuffled among the runs.
func (f *forest) shuffled(t []node, out []int, param int) float64 {
	order := f.random.Perm(len(out))
	sum := 0.0
	for at, i := range out {
		d := f.predict(t, i, param, f.x[param][out[order[at]]]) - f.y[i]
		sum += d * d
	}
	return sum
}

// predict walks down; param, if not -1, has the value instead of the run's.
func (f *forest) predict(t []node, run, param int, value float64) float64 {
	at := len(t) - 1 // the root comes last
	for t[at].param >= 0 {
		v := f.x[t[at].param][run]
		if t[at].param == param {
			v = value
		}
		if v <= t[at].below {
			at = t[at].left
		} else {
			at = t[at].right
		}
	}
	return t[at].value
}

// split appends the tree over the runs and returns the place of its root.
func (f *forest) split(t []node, runs []int) ([]node, int) {
	n := node{param: -1}
	for _, i := range runs {
		n.value += f.y[i] / float64(len(runs))
	}
	best := 1e-12
	if len(runs) >= 2*leastLeaf {
		for _, k := range f.random.Perm(len(f.x))[:max((len(f.x)+2)/3, 1)] {
			if gain, below := f.best(runs, k); gain > best {
				best, n.param, n.below = gain, k, below
			}
		}
	}
	if n.param < 0 {
		return append(t, n), len(t)
	}
	var low, high []int
	for _, i := range runs {
		if f.x[n.param][i] <= n.below {
			low = append(low, i)
		} else {
			high = append(high, i)
		}
	}
	t, n.left = f.split(t, low)
	t, n.right = f.split(t, high)
	return append(t, n), len(t)
}

// best is the split on a param that takes most of the squared error away.
func (f *forest) best(runs []int, param int) (gain, below float64) {
	x := f.x[param]
	order := slices.Clone(runs)
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return a - b
	})
	total := 0.0
	for _, i := range order {
		total += f.y[i]
	}
	n, sum := float64(len(order)), 0.0
	for at, i := range order[:len(order)-1] {
		sum += f.y[i]
		next := x[order[at+1]]
		count := float64(at + 1)
		if x[i] == next || at+1 < leastLeaf || len(order)-at-1 < leastLeaf {
			continue
		}
		g := sum*sum/count + (total-sum)*(total-sum)/(n-count) - total*total/n
		if g > gain {
			gain, below = g, x[i]
		}
	}
	return gain, below
}
