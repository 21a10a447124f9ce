package stats

import (
	"math"
	"slices"
)

const (
	digitBits = 11
	digits    = 6 // of 11 bits: 64
	buckets   = 1 << digitBits
	// radixFrom is the length from which counting beats comparing.
	radixFrom = 3000
)

// Sorter sorts numbers and keeps what it needs for that; its zero value is ready.
// It is for one goroutine at a time.
type Sorter struct {
	a, b []uint64
}

// Sort sorts numbers that are no NaN, in place, and makes every -0 a 0. Long
// slices are sorted by radix: six digits of 11 bits, those that all numbers share
// left out, so that integers and few distinct values cost less.
func (s *Sorter) Sort(values []float64) {
	if len(values) < radixFrom {
		for i, v := range values {
			if v == 0 {
				values[i] = 0
			}
		}
		slices.Sort(values)
		return
	}
	counts := s.load(values)
	for digit := range digits {
		if !scatter(s.a, s.b, &counts[digit], digit*digitBits) {
			continue
		}
		s.a, s.b = s.b, s.a
	}
	for i, key := range s.a {
		values[i] = math.Float64frombits(key ^ (uint64(int64(^key)>>63) | 1<<63))
	}
}

// load turns numbers into keys of the same order and counts their digits.
func (s *Sorter) load(values []float64) *[digits][buckets]uint32 {
	n := len(values)
	if cap(s.a) < n || cap(s.b) < n {
		s.a, s.b = make([]uint64, n), make([]uint64, n)
	}
	s.a, s.b = s.a[:n], s.b[:n]
	counts := new([digits][buckets]uint32)
	for i, v := range values {
		if v == 0 {
			v = 0
		}
		key := math.Float64bits(v)
		key ^= uint64(int64(key)>>63) | 1<<63
		s.a[i] = key
		counts[0][key&(buckets-1)]++
		counts[1][key>>11&(buckets-1)]++
		counts[2][key>>22&(buckets-1)]++
		counts[3][key>>33&(buckets-1)]++
		counts[4][key>>44&(buckets-1)]++
		counts[5][key>>55]++
	}
	return counts
}

// scatter moves keys to their places by one digit, unless all share it.
func scatter(from, to []uint64, counts *[buckets]uint32, shift int) bool {
	if counts[from[0]>>shift&(buckets-1)] == uint32(len(from)) {
		return false
	}
	at := uint32(0)
	for i, n := range counts {
		counts[i] = at
		at += n
	}
	for _, key := range from {
		digit := key >> shift & (buckets - 1)
		to[counts[digit]] = key
		counts[digit]++
	}
	return true
}
