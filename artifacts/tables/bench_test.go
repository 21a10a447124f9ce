package tables

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// bigFile opens the file that BENCHSIDE_TABLE names: a CSV or Parquet of 1 GB,
// say. It is none of ours, so without it the measurement is left out.
func bigFile(tb testing.TB) (*os.File, int64) {
	tb.Helper()
	name := os.Getenv("BENCHSIDE_TABLE")
	if name == "" {
		tb.Skip("BENCHSIDE_TABLE names no file to measure")
	}
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		tb.Fatal(err)
	}
	return f, info.Size()
}

// peakMB is the most memory that the process had, where the system says so.
func peakMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.Sys) / 1e6
	}
	for _, line := range bytes.Split(status, []byte("\n")) {
		if fields := bytes.Fields(line); len(fields) == 3 && string(fields[0]) == "VmHWM:" {
			kb, _ := strconv.ParseFloat(string(fields[1]), 64)
			return kb * 1024 / 1e6
		}
	}
	return 0
}

// TestTheFirstRowsOfABigFileComeAtOnce holds a file to 150 ms and 80 MB.
func TestTheFirstRowsOfABigFileComeAtOnce(t *testing.T) {
	f, size := bigFile(t)
	start := time.Now()
	table, err := Open(context.Background(), f.Name(), f, size)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	rows, err := table.Rows(context.Background(), nil, 0, 50)
	took := time.Since(start)
	if err != nil || len(rows) == 0 {
		t.Fatalf("got %d rows: %v", len(rows), err)
	}
	n, whole := table.Count()
	t.Logf("%d MB, %d columns: %d rows shown after %v, peak memory %.0f MB; %d rows known, all: %t", size/1e6, len(table.Columns()), len(rows), took, peakMB(), n, whole)
	if took > 150*time.Millisecond {
		t.Errorf("took %v, want at most 150 ms", took)
	}
	if peak := peakMB(); peak > 80 {
		t.Errorf("took %.0f MB, want at most 80 MB", peak)
	}
}

// BenchmarkBigFile times what is done with a big file, step by step.
func BenchmarkBigFile(b *testing.B) {
	f, size := bigFile(b)
	ctx := context.Background()
	table, err := Open(ctx, f.Name(), f, size)
	if err != nil {
		b.Fatal(err)
	}
	defer table.Close()
	step := func(name string, do func() error) {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(peakMB(), "peak-MB")
		})
	}
	if g, ok := table.(Growing); ok {
		step("Index", func() error { return g.Index(ctx, nil) })
	}
	n, _ := table.Count()
	step("LastRows", func() error { _, err := table.Rows(ctx, nil, n-50, 50); return err })
	step("MiddleRows", func() error { _, err := table.Rows(ctx, nil, n/2, 50); return err })
	step("Summarise", func() error { _, err := Summarise(ctx, table, 1, nil); return err })
	var sorted Table
	condition, err := ParseCondition(`"`+table.Columns()[1].Name+`" > 2`, table.Columns())
	if err != nil {
		b.Fatal(err)
	}
	step("Filter", func() (err error) { sorted, err = Filter(ctx, table, condition); return err })
	step("SortFiltered", func() (err error) { sorted, err = Sort(ctx, sorted, 1, true); return err })
	step("SortedRows", func() error { _, err := sorted.Rows(ctx, nil, 0, 50); return err })
}
