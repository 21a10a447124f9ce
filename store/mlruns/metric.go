package mlruns

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"benchside/store"
)

// maxLine bounds one line of a metric file.
const maxLine = 4096

// parsePoint reads a line of a metric file: timestamp, value, and a step in
// all but the oldest, then perhaps a dataset's name and digest. The real client
// reads the five fields of the latter with step 0 and refuses a name with a
// blank; the step that was logged is in the third field all the same.
func parsePoint(line string) (store.Point, error) {
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return store.Point{}, fmt.Errorf("%d fields, not 2, 3 or 5: %w", len(fields), store.ErrDamaged)
	}
	timestamp, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return store.Point{}, fmt.Errorf("timestamp %.40q: %w", fields[0], store.ErrDamaged)
	}
	value, err := parseValue(fields[1])
	if err != nil {
		return store.Point{}, err
	}
	p := store.Point{Timestamp: timestamp, Value: value}
	if len(fields) == 2 {
		return p, nil
	}
	if p.Step, err = parseStep(fields[2]); err != nil {
		return store.Point{}, err
	}
	return p, nil
}

// parseValue reads a float as Python writes it: nan, inf and -inf in words. A
// number beyond all floats is infinite, as in Python.
func parseValue(text string) (float64, error) {
	value, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) {
		return value, nil
	}
	if err != nil || strings.ContainsAny(text, "xX_") {
		return 0, fmt.Errorf("value %.40q: %w", text, store.ErrDamaged)
	}
	return value, nil
}

// parseStep reads a step, which is a float if a training passed one.
func parseStep(text string) (store.Step, error) {
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		return store.StepOf(whole), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) >= 1<<63 || strings.ContainsAny(text, "xX_") {
		return store.Step{}, fmt.Errorf("step %.40q: %w", text, store.ErrDamaged)
	}
	return store.StepFloat(f), nil
}

// later is MLflow's rule for the latest point: a greater (step, timestamp,
// value). No value is greater than a NaN, nor is a NaN greater than one.
func later(p, than store.Point) bool {
	if c := p.Step.Compare(than.Step); c != 0 {
		return c > 0
	}
	if p.Timestamp != than.Timestamp {
		return p.Timestamp > than.Timestamp
	}
	return p.Value > than.Value
}

// readPoints visits the points of a metric file from an offset on and returns
// the offset behind the last whole line, for the rest of the next line may not
// be written yet. It counts the lines that are no points in bad.
func readPoints(root *os.Root, name string, from int64, visit func(store.Point) error) (end int64, bad int, err error) {
	f, err := openFile(root, name)
	if err != nil {
		return from, 0, err
	}
	defer f.Close()
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return from, 0, err
	}
	return scanPoints(f, from, visit)
}

func scanPoints(r io.Reader, from int64, visit func(store.Point) error) (end int64, bad int, err error) {
	in := bufio.NewReaderSize(r, 32<<10)
	end = from
	for {
		line, err := in.ReadSlice('\n')
		whole := int64(len(line))
		for errors.Is(err, bufio.ErrBufferFull) { // too long to be a point
			var more []byte
			more, err = in.ReadSlice('\n')
			whole += int64(len(more))
		}
		if errors.Is(err, io.EOF) {
			return end, bad, nil
		}
		if err != nil {
			return end, bad, err
		}
		end += whole
		if len(bytes.TrimSpace(line)) == 0 && whole < maxLine {
			continue
		}
		p, err := parsePoint(string(line[:min(len(line), maxLine)]))
		if err != nil || whole > maxLine {
			bad++
			continue
		}
		if err := visit(p); err != nil {
			return end, bad, err
		}
	}
}

// series is what is known of a metric file as far as it was read.
type series struct {
	stamp  stamp
	end    int64 // offset behind the last whole line
	points int
	latest store.Point // of points > 0
}

// maxSeries bounds the series that are remembered, some 200 bytes each.
const maxSeries = 200_000

// series returns what a metric file adds up to, reading only what was appended
// since the last time.
func (s *Store) series(root *os.Root, name string) series {
	now := stampAt(root, name)
	if !now.there() {
		return series{}
	}
	s.seriesMu.Lock()
	known := s.known[name]
	s.seriesMu.Unlock()
	if known.stamp == now {
		return known
	}
	if now.size < known.stamp.size {
		known = series{} // written anew
	}
	end, _, err := readPoints(root, name, known.end, func(p store.Point) error {
		if known.points == 0 || later(p, known.latest) {
			known.latest = p
		}
		known.points++
		return nil
	})
	if err != nil {
		return series{}
	}
	known.end, known.stamp = end, now
	s.seriesMu.Lock()
	defer s.seriesMu.Unlock()
	if len(s.known) >= maxSeries {
		clear(s.known)
	}
	s.known[name] = known
	return known
}
