package foreign

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"benchside/drift"
)

// pageDecimals are those to which a page rounds its scores.
const pageDecimals = 6

// deepest is how far widgets lie in each other; Evidently's do so twice.
const deepest = 8

// widgets calls see with what is in widgets, and in all within them.
func widgets(ctx context.Context, list json.RawMessage, depth int, see func(params json.RawMessage, table bool) error) error {
	if depth > deepest {
		return nil
	}
	return elements(ctx, list, func(value json.RawMessage) error {
		return within(ctx, value, depth, see)
	})
}

func within(ctx context.Context, value json.RawMessage, depth int, see func(params json.RawMessage, table bool) error) error {
	var kind string
	var params, inner, tabs json.RawMessage
	shallow(ctx, value, map[string]any{"type": &kind, "params": &params, "widgets": &inner, "tabs": &tabs})
	if params != nil {
		if err := see(params, kind == "big_table"); err != nil {
			return err
		}
	}
	if err := widgets(ctx, inner, depth+1, see); err != nil {
		return err
	}
	return elements(ctx, tabs, func(tab json.RawMessage) error {
		var w json.RawMessage
		shallow(ctx, tab, map[string]any{"widget": &w})
		if depth >= deepest || w == nil {
			return nil
		}
		return within(ctx, w, depth+1, see)
	})
}

// row is a column in the table of a page.
type row struct {
	Column    string          `json:"column_name"`
	Kind      string          `json:"column_type"`
	Method    *string         `json:"stattest_name"`
	Drift     string          `json:"data_drift"`
	Score     *float64        `json:"drift_score"`
	Reference json.RawMessage `json:"reference_distribution"`
	Current   json.RawMessage `json:"current_distribution"`
}

// fill gives a column what only the page has of it.
func (r row) fill(c column) column {
	if r.Method == nil {
		return c
	}
	c.kind, c.reference, c.current = r.Kind, r.Reference, r.Current
	if c.method == "" {
		c.method = *r.Method
	}
	if c.detected == nil && judge(resultOf(c)) == nil {
		c.detected = r.detected()
	}
	return c
}

func (r row) detected() *bool {
	found := r.Drift == "Detected"
	return &found
}

// tableRows calls see with the columns in a table; other tables have none.
func tableRows(ctx context.Context, params json.RawMessage, see func(row) error) error {
	var data json.RawMessage
	shallow(ctx, params, map[string]any{"data": &data})
	return elements(ctx, data, func(value json.RawMessage) error {
		var r row
		loose(value, &r)
		if r.Method == nil {
			return nil
		}
		return see(r)
	})
}

// rowsOf are the columns in the tables of widgets, by name.
func rowsOf(ctx context.Context, list json.RawMessage) map[string]row {
	out := map[string]row{}
	_ = widgets(ctx, list, 0, func(params json.RawMessage, table bool) error {
		if !table {
			return nil
		}
		return tableRows(ctx, params, func(r row) error {
			out[r.Column] = r
			return nil
		})
	}) // the context is looked at by who asked
	return out
}

var (
	// beside is the data of the charts, which are not read.
	beside = []byte("additional_graphs_")
	// concluded is the verdict on the data set.
	concluded = regexp.MustCompile(`^Dataset Drift is (NOT )?detected\. Dataset drift detection threshold is ([0-9.]+)`)
)

// page reads a page line by line. Lines that assign no variable are passed over.
func page(ctx context.Context, r io.Reader, most int64) (drift.Report, error) {
	limited := &io.LimitedReader{R: r, N: most + 1}
	lines := bufio.NewReaderSize(limited, 64<<10)
	for {
		line, err := dataLine(lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return drift.Report{}, err
		}
		if limited.N <= 0 {
			return drift.Report{}, fmt.Errorf("%w: more than %d bytes", ErrLong, most)
		}
		if name, data := assigned(line); data != nil && !bytes.HasPrefix(name, beside) {
			b := &builder{ctx: ctx, version: "0.4 to 0.6"}
			if bytes.HasPrefix(name, []byte("metric_")) {
				b.version = "0.7"
			}
			known, err := b.page(data)
			if err != nil && !errors.Is(err, ErrNone) {
				return drift.Report{}, err
			}
			if known {
				return b.report(data)
			}
		}
		if err != nil {
			return drift.Report{}, ErrNone
		}
	}
}

// assigned are the parts of a line that assigns an object to a variable, as those that
// hold the data of a page do; nil of others.
func assigned(line []byte) (name, data []byte) {
	rest, is := bytes.CutPrefix(bytes.TrimSpace(line), []byte("var "))
	name, data, also := bytes.Cut(rest, []byte(" = "))
	data, ended := bytes.CutSuffix(data, []byte(";"))
	if !is || !also || !ended || len(data) == 0 || data[0] != '{' {
		return nil, nil
	}
	return name, data
}

// dataLine reads a line; what assigns no variable is passed over and is an empty one.
func dataLine(lines *bufio.Reader) ([]byte, error) {
	part, err := lines.ReadSlice('\n')
	wanted := bytes.HasPrefix(bytes.TrimLeft(part, " \t"), []byte("var "))
	var line []byte
	for {
		if wanted {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimRight(line, "\r\n"), err
		}
		part, err = lines.ReadSlice('\n')
	}
}

// page reads the data of a page.
func (b *builder) page(content []byte) (known bool, err error) {
	parts, err := outline(b.ctx, content)
	if err != nil || parts["widgets"] == nil {
		return false, err
	}
	err = widgets(b.ctx, parts["widgets"], 0, func(params json.RawMessage, table bool) error {
		if err := b.counters(params); err != nil || !table {
			return err
		}
		return tableRows(b.ctx, params, func(r row) error {
			return b.add(r.fill(column{name: r.Column, score: r.Score, detected: r.detected(), decimals: pageDecimals}))
		})
	})
	return err == nil, err
}

// counters are numbers with names, as texts.
func (b *builder) counters(params json.RawMessage) error {
	var list json.RawMessage
	shallow(b.ctx, params, map[string]any{"counters": &list})
	return elements(b.ctx, list, func(value json.RawMessage) error {
		var c struct {
			Label string `json:"label"`
			Value string `json:"value"`
		}
		loose(value, &c)
		switch c.Label {
		case "Columns":
			b.data.columns = whole(c.Value)
		case "Drifted Columns":
			b.data.drifted = whole(c.Value)
		case "Share of Drifted Columns":
			b.data.share = decimal(c.Value)
		}
		if said := concluded.FindStringSubmatch(c.Label); said != nil {
			found := said[1] == ""
			b.data.drift, b.data.limit = &found, decimal(said[2])
		}
		return nil
	})
}

func whole(text string) *int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return nil
	}
	return &n
}

func decimal(text string) *float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &v
}
