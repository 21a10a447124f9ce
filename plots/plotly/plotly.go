// Package plotly reads figures of plotly, as JSON or within a page, and makes
// charts of them. It runs no script and looks nothing up: what it cannot draw it
// names.
package plotly

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"benchside/plots"
	"benchside/sanitize"
)

// Figure is what could be made of a figure, names safe to show.
type Figure struct {
	Title  string
	Charts []Drawn
	Tables []plots.Table
	Notes  []string // what was not drawn, and what is drawn otherwise
}

// Drawn is a chart and the window that the figure asks for.
type Drawn struct {
	Chart plots.Chart
	View  plots.View
}

// ErrFigure: there is no figure in the data.
var ErrFigure = errors.New("no figure of plotly")

const (
	mostBytes   = 32 << 20
	mostFigures = 16 // of a page
	mostTraces  = 200
	mostPoints  = 2_000_000 // of a figure, all traces together
	mostNames   = 5000      // bars, rows, samples
)

// JSON reads a figure as plotly's to_json writes it.
func JSON(ctx context.Context, data []byte) (Figure, error) {
	if len(data) > mostBytes {
		return Figure{}, fmt.Errorf("read figure: %d bytes, the most is %d: %w", len(data), mostBytes, ErrFigure)
	}
	var whole struct {
		Data   []object        `json:"data"`
		Layout json.RawMessage `json:"layout"`
	}
	if err := json.Unmarshal(data, &whole); err != nil || whole.Data == nil {
		return Figure{}, fmt.Errorf("read figure: %w", ErrFigure)
	}
	r := reader{}
	if err := r.read(ctx, whole.Data, whole.Layout); err != nil {
		return Figure{}, fmt.Errorf("read figure: %w", err)
	}
	return r.figure, nil
}

var call = []byte("Plotly.newPlot(")

// HTML reads the figures of a page: what stands in calls of Plotly.newPlot, which
// are looked for from the end, since all of plotly.js may come before.
func HTML(ctx context.Context, data []byte) (Figure, error) {
	if len(data) > mostBytes {
		return Figure{}, fmt.Errorf("read figure: %d bytes, the most is %d: %w", len(data), mostBytes, ErrFigure)
	}
	type found struct {
		traces []object
		layout json.RawMessage
	}
	var all []found
	for rest, tries := data, 0; tries < 4*mostFigures && len(all) < mostFigures; tries++ {
		at := bytes.LastIndex(rest, call)
		if at < 0 {
			break
		}
		if traces, layout, ok := arguments(data[at+len(call):]); ok {
			all = append(all, found{traces, layout})
		}
		rest = rest[:at]
	}
	if all == nil {
		return Figure{}, fmt.Errorf("read figure: %w", ErrFigure)
	}
	slices.Reverse(all)
	r := reader{}
	for _, f := range all {
		if err := r.read(ctx, f.traces, f.layout); err != nil {
			return Figure{}, fmt.Errorf("read figure: %w", err)
		}
	}
	return r.figure, nil
}

// arguments reads an element, traces and a layout: all but the element are JSON.
func arguments(data []byte) (traces []object, layout json.RawMessage, ok bool) {
	const reach = 1024 // bytes in which the traces begin
	comma := bytes.IndexByte(data[:min(len(data), reach)], ',')
	if comma < 0 {
		return nil, nil, false
	}
	d := json.NewDecoder(bytes.NewReader(data[comma+1:]))
	if err := d.Decode(&traces); err != nil {
		return nil, nil, false
	}
	rest := bytes.TrimLeft(data[comma+1+int(d.InputOffset()):], " \t\r\n")
	if len(rest) > 0 && rest[0] == ',' {
		if err := json.NewDecoder(bytes.NewReader(rest[1:])).Decode(&layout); err != nil && !errors.Is(err, io.EOF) {
			layout = nil // an expression
		}
	}
	return traces, layout, true
}

// object is a part of a figure whose fields are read as they are needed: any of
// them may be of any type.
type object map[string]json.RawMessage

func (o object) object(key string) object {
	var out object
	if json.Unmarshal(o[key], &out) != nil {
		return nil
	}
	return out
}

func (o object) raw(key string) string {
	var s string
	if json.Unmarshal(o[key], &s) != nil {
		return ""
	}
	return s
}

// words is a text without markup, safe to show.
func (o object) words(key string) string { return words(o.raw(key)) }

var (
	tags  = regexp.MustCompile(`<[^<>]{0,200}>`)
	names = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&nbsp;", " ")
)

func words(s string) string {
	const longest = 500
	s = names.Replace(tags.ReplaceAllString(strings.ReplaceAll(s, "<br>", " "), ""))
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return sanitize.Line(strings.Join(strings.Fields(s), " "))
}

// title is a text, or an object with a text, as plotly's titles are.
func (o object) title() string {
	if s := o.words("title"); s != "" {
		return s
	}
	return o.object("title").words("text")
}

// reader makes charts of traces.
type reader struct {
	figure Figure
	layout object
	points int
	title  string
	// Traces of one pair of axes share a chart of their kind.
	lines map[string]*plots.Line
	spots map[string]*plots.Scatter
	bars  map[string]*plots.Bars
	boxes map[string]*plots.Boxes
}

func (r *reader) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(r.figure.Notes, text) {
		r.figure.Notes = append(r.figure.Notes, text)
	}
}

// draw adds a chart with the window of its axes.
func (r *reader) draw(c plots.Chart, view plots.View) {
	r.figure.Charts = append(r.figure.Charts, Drawn{c, view})
}

func (r *reader) read(ctx context.Context, traces []object, layout json.RawMessage) error {
	r.layout = nil
	_ = json.Unmarshal(layout, &r.layout) // a figure without a layout has no titles
	r.title = r.layout.title()
	if r.figure.Title == "" {
		r.figure.Title = r.title
	}
	r.lines, r.spots, r.bars, r.boxes = map[string]*plots.Line{}, map[string]*plots.Scatter{}, map[string]*plots.Bars{}, map[string]*plots.Boxes{}
	if len(traces) > mostTraces {
		r.note("the first %d traces of %d", mostTraces, len(traces))
		traces = traces[:mostTraces]
	}
	for i, t := range traces {
		if err := ctx.Err(); err != nil {
			return err
		}
		if string(t["visible"]) == "false" || t.raw("visible") == "legendonly" {
			r.note("hidden traces are not drawn")
			continue
		}
		r.trace(t, i)
		if r.points > mostPoints {
			r.note("more than %d points: the rest is not drawn", mostPoints)
			break
		}
	}
	if len(r.layout.object("updatemenus")) > 0 || len(r.layout["sliders"]) > 2 || len(r.layout["updatemenus"]) > 2 {
		r.note("buttons and sliders do nothing here")
	}
	return nil
}

// trace makes a chart of one trace, or adds it to the chart of its axes.
func (r *reader) trace(t object, i int) {
	kind := t.raw("type")
	name := t.words("name")
	if name == "" {
		name = fmt.Sprintf("trace %d", i)
	}
	switch kind {
	case "", "scatter", "scattergl":
		r.scatter(t, name)
	case "bar":
		r.bar(t, name)
	case "histogram":
		r.histogram(t, name)
	case "heatmap", "heatmapgl":
		r.heat(t, false)
	case "contour":
		r.heat(t, true)
	case "box", "violin":
		r.box(t, name, kind == "violin")
	case "parcoords":
		r.parallel(t)
	case "pie":
		r.pie(t)
	case "table":
		r.table(t)
	default:
		r.note("%s is not drawn", words(kind))
	}
}
