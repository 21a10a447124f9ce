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
	report, err := read(ctx, &watched{ctx, r})
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

func read(ctx context.Context, r io.Reader) (drift.Report, error) {
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
		return page(ctx, rest)
	case sign[0] != '{':
		return drift.Report{}, ErrNone
	}
	content, err := io.ReadAll(io.LimitReader(rest, MostJSON+1))
	switch {
	case err != nil:
		return drift.Report{}, err
	case len(content) > MostJSON:
		return drift.Report{}, fmt.Errorf("%w: more than %d bytes", ErrLong, MostJSON)
	}
	return document(ctx, content)
}

// members are the parts of a document that tell what it is and hold what is read.
var members = []string{
	"schema", "id", "name", "timestamp", "version", "metadata", "metric_results", "top_level_metrics", "widgets", "suite", "metrics_ids", "metrics", "tests",
}

// document reads JSON by the dialect that its keys are of.
func document(ctx context.Context, content []byte) (drift.Report, error) {
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

// outline reads the members of an object that are of interest, not more than once each.
func outline(ctx context.Context, content []byte) (map[string]json.RawMessage, error) {
	parts := map[string]json.RawMessage{}
	err := ordered(ctx, content, func(key string, value json.RawMessage) error {
		if slices.Contains(members, key) {
			parts[key] = value
		}
		return nil
	})
	return parts, err
}

// ordered calls see with the members of an object in their order. What is no object, or
// no JSON, is ErrNone.
func ordered(ctx context.Context, content []byte, see func(key string, value json.RawMessage) error) error {
	none := func(err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %w", ErrNone, err)
	}
	d := json.NewDecoder(strict(&watched{ctx, bytes.NewReader(content)}))
	open, err := d.Token()
	if err != nil {
		return none(err)
	}
	if open != json.Delim('{') {
		return none(errors.New("it is no object"))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return none(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return none(err)
		}
		name, _ := key.(string) // keys of an object are nothing else
		if err := see(name, value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return none(err)
	}
	return nil
}

// mostItems bounds the parts of a list that are looked at: columns, metrics, tests and
// widgets are some hundreds at most.
const mostItems = 100_000

// elements calls see with the elements of a list, at most so many. What is no list has
// none.
func elements(ctx context.Context, list json.RawMessage, see func(value json.RawMessage) error) error {
	d := json.NewDecoder(&watched{ctx, bytes.NewReader(list)})
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return ctx.Err()
	}
	for n := 0; n < mostItems && d.More(); n++ {
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return ctx.Err() // its syntax was checked with the whole
		}
		if err := see(value); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// shallow reads members of an object; what is no object has none.
func shallow(ctx context.Context, raw json.RawMessage, into map[string]any) {
	if len(raw) == 0 {
		return
	}
	_ = ordered(ctx, raw, func(key string, value json.RawMessage) error {
		switch v := into[key].(type) {
		case nil:
		case *json.RawMessage:
			*v = value
		default:
			loose(value, v)
		}
		return nil
	}) // what is broken is left out
}
