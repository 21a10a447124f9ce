package plots

import "math"

// Reduce returns the places of at most n of the values that keep the picture of
// all: the first, last, least and greatest of each of n/5 buckets of equal
// length (M4, Jugel et al., VLDB 2014, by place instead of time), and of each
// bucket one value that is no number, so that a gap stays a gap. The places
// rise. With n < 4 or no more than n values it returns all of them.
func Reduce(values []float64, n int) []int {
	if n < 4 || len(values) <= n {
		out := make([]int, len(values))
		for i := range out {
			out[i] = i
		}
		return out
	}
	buckets := max(n/5, 1)
	out := make([]int, 0, n)
	for b := range buckets {
		from, to := b*len(values)/buckets, (b+1)*len(values)/buckets
		out = append(out, bucket(values, from, to)...)
	}
	return out
}

// bucket picks at most five places of from..to.
func bucket(values []float64, from, to int) []int {
	least, greatest, odd := -1, -1, -1
	for i := from; i < to; i++ {
		v := values[i]
		if math.IsNaN(v) || math.IsInf(v, 0) {
			odd = i
			continue
		}
		if least < 0 || v < values[least] {
			least = i
		}
		if greatest < 0 || v > values[greatest] {
			greatest = i
		}
	}
	var out []int
	for i := from; i < to; i++ {
		if i == from || i == to-1 || i == least || i == greatest || i == odd {
			out = append(out, i)
		}
	}
	return out
}
