package drift_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"benchside/drift"
)

const million = 1_000_000

// normal is a column of distinct numbers, 2 % of them missing.
func normal(name string, rows int, seed uint64, shift float64) drift.Column {
	r := rand.New(rand.NewPCG(seed, 1))
	c := drift.Column{Name: name, Numbers: make([]float64, rows)}
	for i := range c.Numbers {
		c.Numbers[i] = r.NormFloat64() + shift
	}
	return c
}

func labelled(name string, rows, labels int, seed uint64) drift.Column {
	r := rand.New(rand.NewPCG(seed, 2))
	c := drift.Column{Name: name, Storage: drift.String}
	for i := range labels {
		c.Texts.Labels = append(c.Texts.Labels, fmt.Sprintf("label %d", i))
	}
	c.Texts.Codes = make([]int32, rows)
	for i := range c.Texts.Codes {
		c.Texts.Codes[i] = int32(r.IntN(labels))
	}
	return c
}

func whole(name string, rows, below int, seed uint64) drift.Column {
	r := rand.New(rand.NewPCG(seed, 3))
	c := drift.Column{Name: name, Storage: drift.Int, Numbers: make([]float64, rows)}
	for i := range c.Numbers {
		c.Numbers[i] = float64(r.IntN(below))
	}
	return c
}

func benchmark(b *testing.B, ref, cur []drift.Column, workers int) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := drift.Compare(b.Context(), ref, cur, drift.Options{Workers: workers}); err != nil {
			b.Fatal(err)
		}
	}
}

// Both sides have a million rows.
func BenchmarkCompare1MNumeric(b *testing.B) {
	benchmark(b, []drift.Column{normal("x", million, 1, 0)}, []drift.Column{normal("x", million, 2, 0.05)}, 1)
}

func BenchmarkCompare1MCategorical(b *testing.B) {
	benchmark(b, []drift.Column{labelled("x", million, 50, 1)}, []drift.Column{labelled("x", million, 50, 2)}, 1)
}

func BenchmarkCompare1MWhole(b *testing.B) {
	benchmark(b, []drift.Column{whole("x", million, 1000, 1)}, []drift.Column{whole("x", million, 1000, 2)}, 1)
}

// A table of ten numeric, five whole and five categorical columns.
func table(rows int, seed uint64) []drift.Column {
	var out []drift.Column
	for i := range 20 {
		name, own := fmt.Sprintf("c%02d", i), seed*100+uint64(i)
		switch {
		case i < 10:
			out = append(out, normal(name, rows, own, float64(seed)*0.05))
		case i < 15:
			out = append(out, whole(name, rows, 7<<i, own))
		default:
			out = append(out, labelled(name, rows, 5*i, own))
		}
	}
	return out
}

func BenchmarkCompare1Mx20(b *testing.B) { benchmark(b, table(million, 1), table(million, 2), 2) }

func BenchmarkCompare10kx20(b *testing.B) { benchmark(b, table(10000, 1), table(9999, 2), 2) }

func BenchmarkReadReport(b *testing.B) {
	content, err := os.ReadFile("testdata/report.example.json")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := drift.Read(content); err != nil {
			b.Fatal(err)
		}
	}
}
