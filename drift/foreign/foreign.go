// Package foreign recognises drift reports by what is in them, and reads them as ours:
// what Evidently 0.4 to 0.7 writes as JSON and as a page, and benchside's own schema. It
// recomputes no score and no verdict, executes nothing, and adds nothing that a file lacks.
package foreign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"benchside/drift"
)

// What is read of a file at most, in bytes.
const (
	MostJSON = 64 << 20
	MostPage = 32 << 20
)

// mostColumns bounds the columns of a report.
const mostColumns = 20_000

var (
	// ErrNone: what was read is no drift report.
	ErrNone = errors.New("it is no drift report that is known here")
	// ErrLong: it is longer than what is read.
	ErrLong = errors.New("too long")
)

// Read reads a report. It is ErrNone if there is none in it. A report without a column
// is Evidently's without a drift metric.
func Read(ctx context.Context, r io.Reader) (drift.Report, error) {
	return readWithin(ctx, r, limits{json: MostJSON, page: MostPage})
}

// limits are the most bytes of a file.
type limits struct{ json, page int64 }

func readWithin(ctx context.Context, r io.Reader, most limits) (drift.Report, error) {
	report, err := read(ctx, &watched{ctx, r}, most)
	if err != nil {
		return drift.Report{}, fmt.Errorf("read drift report: %w", err)
	}
	return report, nil
}

// watched is a reader that ends with its context.
type watched struct {
	ctx context.Context
	r   io.Reader
}

func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	const step = 1 << 20
	return w.r.Read(p[:min(len(p), step)])
}

// head is how many bytes are looked at for the first sign of a file.
const head = 4096

func read(ctx context.Context, r io.Reader, most limits) (drift.Report, error) {
	first := make([]byte, head)
	n, err := io.ReadFull(r, first)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return drift.Report{}, err
	}
	first = bytes.TrimPrefix(first[:n], []byte("\xef\xbb\xbf"))
	sign := bytes.TrimLeft(first, " \t\r\n")
	rest := io.MultiReader(bytes.NewReader(first), r)
	switch {
	case len(sign) == 0:
		return drift.Report{}, ErrNone
	case sign[0] == '<':
		return page(ctx, rest, most.page)
	case sign[0] != '{':
		return drift.Report{}, ErrNone
	}
	content, err := io.ReadAll(io.LimitReader(rest, most.json+1))
	switch {
	case err != nil:
		return drift.Report{}, err
	case int64(len(content)) > most.json:
		return drift.Report{}, fmt.Errorf("%w: more than %d bytes", ErrLong, most.json)
	}
	return document(ctx, content)
}

// members are the parts of a document that tell what it is and hold what is read.
var members = []string{
	"schema", "id", "name", "timestamp", "version", "metadata", "metric_results", "top_level_metrics", "widgets", "suite", "metrics_ids", "metrics", "tests",
}

// document reads JSON by the dialect that its keys are of.
func document(ctx context.Context, content []byte) (drift.Report, error) {
	if bytes.Contains(content[:min(len(content), head)], []byte(drift.Schema)) { // most likely ours
		if r, err := drift.Read(content); err == nil {
			return r, nil
		}
	}
	parts, err := outline(ctx, content)
	if err != nil {
		return drift.Report{}, err
	}
	var schema string
	if json.Unmarshal(parts["schema"], &schema) == nil && schema == drift.Schema {
		return drift.Read(content)
	}
	b := &builder{ctx: ctx}
	known := false
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return parts[name] == nil })
	}
	switch {
	case has("metric_results", "top_level_metrics"):
		known, err = b.snapshot(parts)
	case has("suite", "metrics_ids"):
		known, err = b.legacySnapshot(parts)
	case has("metrics") && isLegacy(ctx, parts["metrics"]):
		known, err = b.legacyReport(parts)
	case has("tests") && !has("metrics"):
		known, err = b.testSuite(parts)
	case has("metrics", "tests"):
		known, err = b.dict(parts)
	}
	if err != nil {
		return drift.Report{}, err
	}
	if !known {
		return drift.Report{}, ErrNone
	}
	return b.report(content)
}

// outline checks a document and reads the members of its object that are of interest.
func outline(ctx context.Context, content []byte) (map[string]json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	content = strict(content)
	if !json.Valid(content) {
		return nil, ErrNone
	}
	parts := map[string]json.RawMessage{}
	err := ordered(ctx, content, func(key string, value json.RawMessage) error {
		if slices.Contains(members, key) {
			parts[key] = value
		}
		return nil
	})
	return parts, err
}
