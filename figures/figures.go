// Package figures makes charts over runs, where each run is a point, a bar or a
// path, rather than over steps. It reads no store and draws nothing.
package figures

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"benchside/compare"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/store"
)

// What may be wrong with what was asked for.
var (
	ErrField    = errors.New("field")
	ErrGrouping = errors.New("grouping")
)

// Field is a param or a metric of runs.
type Field struct {
	Key       string
	Param     bool
	Direction compare.Direction // which values are better, for Pareto
}

// Parse reads params.KEY or metrics.KEY.
func Parse(text string) (Field, error) {
	section, key, _ := strings.Cut(text, ".")
	f := Field{Key: key, Param: section == "params"}
	if key == "" || !f.Param && section != "metrics" {
		return f, fmt.Errorf("%w %s: params.KEY or metrics.KEY", ErrField, text)
	}
	return f, nil
}

// String is the field as Parse reads it.
func (f Field) String() string {
	if f.Param {
		return "params." + f.Key
	}
	return "metrics." + f.Key
}

// Options are for some kinds only.
type Options struct {
	GroupBy string         // of boxes and violins, as compare.GroupBy calls it
	Log     bool           // logarithmic axes of the params of parallel coordinates
	Slots   map[string]int // of the colours of runs, by id; nil for the usual ones
}

// Kind is a kind of chart over runs.
type Kind struct {
	Name, Short string
	Least, Most int      // fields that it takes
	Roles       []string // what its first fields are for; nil if all are alike
	Chart       func(runs []compare.Subject, fields []Field, o Options) (plots.Chart, error)
}

// Kinds are all there are.
var Kinds = []Kind{
	{"scatter", "Draw one field of runs over another", 2, 2, []string{"x", "y"}, scatterOf},
	{"pareto", "Draw which runs no other run beats: --of metrics.auc=max --of metrics.latency=min", 2, 3, []string{"x", "y", "third"}, paretoOf},
	{"bar", "Draw a field of runs as bars", 1, 1, []string{"of"}, barsOf},
	{"histogram", "Draw how often the values of a field occur", 1, 1, []string{"of"}, histogramOf},
	{"box", "Draw how a field is spread in groups of runs", 1, 1, []string{"of"}, boxesOf},
	{"violin", "Draw the density of a field in groups of runs", 1, 1, []string{"of"}, violinsOf},
	{"parallel", "Draw runs across several fields, the last one colouring them", 2, 20, nil, parallelOf},
	{"contour", "Draw the third field over the first two, interpolated", 3, 3, []string{"x", "y", "height"}, contourOf},
	{"heatmap", "Draw how fields go together: Spearman's correlations", 2, 40, nil, heatmapOf},
	{"importance", "Draw which params tell most of a metric, by a random forest", 1, 1, []string{"of"}, importanceOf},
}

// of is the number of a field, NaN if there is none.
func (f Field) Of(r store.Run) float64 {
	if !f.Param {
		if p, ok := r.Metrics[f.Key]; ok {
			return p.Value
		}
		return math.NaN()
	}
	if v, err := strconv.ParseFloat(r.Params[f.Key], 64); err == nil {
		return v
	}
	return math.NaN()
}

// text reports whether the field of a run is there and no number.
func (f Field) text(r store.Run) bool {
	if !f.Param {
		return false
	}
	text, ok := r.Params[f.Key]
	_, err := strconv.ParseFloat(text, 64)
	return ok && err != nil
}

// Held reports whether a run has a field, whatever its value.
func (f Field) Held(r store.Run) bool {
	if f.Param {
		_, ok := r.Params[f.Key]
		return ok
	}
	_, ok := r.Metrics[f.Key]
	return ok
}

func anyText(r store.Run, fields []Field) bool {
	return slices.ContainsFunc(fields, func(f Field) bool { return f.text(r) })
}

// words are the values of a param that is no number, in order; nil for numbers.
func (f Field) words(runs []compare.Subject) []string {
	if !f.Param {
		return nil
	}
	held, numbers := map[string]bool{}, true
	for _, s := range runs {
		if text, ok := s.Run.Params[f.Key]; ok {
			_, err := strconv.ParseFloat(text, 64)
			numbers = numbers && err == nil
			held[text] = true
		}
	}
	if numbers {
		return nil
	}
	return slices.Sorted(maps.Keys(held))
}

// Numeric reports whether a field is a number in all runs that have it, and not the
// same one.
func (f Field) Numeric(runs []compare.Subject) bool {
	least, greatest := math.Inf(1), math.Inf(-1)
	for _, s := range runs {
		if f.text(s.Run) {
			return false
		}
		if v := f.Of(s.Run); !math.IsNaN(v) {
			least, greatest = min(least, v), max(greatest, v)
		}
	}
	return least < greatest
}

func (f Field) axis() plots.Axis { return plots.Axis{Title: sanitize.Line(f.Key)} }

func (o Options) slots(runs []compare.Subject) []int {
	ids := make([]string, len(runs))
	for i, s := range runs {
		ids[i] = s.Run.ID
	}
	return plots.SlotsAfter(o.Slots, ids)
}

func scatterOf(runs []compare.Subject, fields []Field, o Options) (plots.Chart, error) {
	c := &plots.Scatter{X: fields[0].axis(), Y: fields[1].axis()}
	if fields[0].Key == fields[1].Key { // a param and a metric, of one name
		c.X.Title, c.Y.Title = sanitize.Line(fields[0].String()), sanitize.Line(fields[1].String())
	}
	slots := o.slots(runs)
	for i, s := range runs {
		c.Spots = append(c.Spots, plots.Spot{Name: sanitize.Line(s.Name()), X: fields[0].Of(s.Run), Y: fields[1].Of(s.Run), Slot: slots[i], Text: anyText(s.Run, fields[:2])})
	}
	return c, nil
}

// paretoOf draws the front; a third objective takes part in it and is not drawn.
func paretoOf(runs []compare.Subject, fields []Field, f Options) (plots.Chart, error) {
	chart, _ := scatterOf(runs, fields, f)
	c := chart.(*plots.Scatter)
	rows := make([][]float64, len(runs))
	directions := make([]compare.Direction, len(fields))
	var said []string
	for k, d := range fields {
		directions[k] = d.Direction
		said = append(said, d.Direction.String()+" "+sanitize.Line(d.Key))
		for i, s := range runs {
			rows[i] = append(rows[i], d.Of(s.Run))
		}
	}
	n := 0
	for i, on := range compare.Front(rows, directions) {
		if c.Spots[i].Front = on; on {
			n++
		}
	}
	c.Staircase = len(fields) == 2
	c.Best = map[compare.Direction]plots.Best{compare.Higher: plots.Greatest, compare.Lower: plots.Least}[fields[0].Direction]
	c.Title = strings.Join(said, ", ")
	c.Note = fmt.Sprintf("%d of %d runs on the front", n, len(runs))
	return c, nil
}

func barsOf(runs []compare.Subject, fields []Field, o Options) (plots.Chart, error) {
	c := &plots.Bars{Title: sanitize.Line(fields[0].Key)}
	slots := o.slots(runs)
	for i, s := range runs {
		c.Bars = append(c.Bars, plots.Bar{Name: sanitize.Line(s.Name()), Value: fields[0].Of(s.Run), Slot: slots[i], Text: fields[0].text(s.Run), Missing: !fields[0].Held(s.Run)})
	}
	return c, nil
}

func histogramOf(runs []compare.Subject, fields []Field, _ Options) (plots.Chart, error) {
	c := &plots.Histogram{X: fields[0].axis(), Title: sanitize.Line(fields[0].Key)}
	for _, s := range runs {
		if fields[0].text(s.Run) {
			c.Texts++
		} else {
			c.Values = append(c.Values, fields[0].Of(s.Run))
		}
	}
	return c, nil
}

func boxesOf(runs []compare.Subject, fields []Field, f Options) (plots.Chart, error) {
	groups, err := compare.GroupBy(runs, f.GroupBy)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGrouping, err)
	}
	c := &plots.Boxes{Title: sanitize.Line(fields[0].Key), X: fields[0].axis()}
	for i, g := range groups {
		p := plots.Sampled{Name: sanitize.Line(cmp.Or(g.Name, "none")), Slot: i}
		for _, m := range g.Members {
			if r := runs[m].Run; fields[0].text(r) {
				p.Texts++
			} else {
				p.Values = append(p.Values, fields[0].Of(r))
			}
		}
		c.Samples = append(c.Samples, p)
	}
	return c, nil
}

func violinsOf(runs []compare.Subject, fields []Field, f Options) (plots.Chart, error) {
	c, err := boxesOf(runs, fields, f)
	if err == nil {
		c.(*plots.Boxes).Violin = true
	}
	return c, err
}

func parallelOf(runs []compare.Subject, fields []Field, f Options) (plots.Chart, error) {
	c := &plots.Parallel{}
	words := make([][]string, len(fields))
	for k, d := range fields {
		words[k] = d.words(runs)
		dim := plots.Dimension{Name: sanitize.Line(d.Key), Log: f.Log && d.Param && words[k] == nil}
		for _, w := range words[k] {
			dim.Words = append(dim.Words, sanitize.Line(w))
		}
		c.Dimensions = append(c.Dimensions, dim)
	}
	for _, s := range runs {
		p := plots.Path{Name: sanitize.Line(s.Name())}
		for k, d := range fields {
			v := d.Of(s.Run)
			if words[k] != nil {
				if v = float64(slices.Index(words[k], s.Run.Params[d.Key])); v < 0 {
					v = math.NaN()
				}
			}
			p.Values = append(p.Values, v)
		}
		c.Paths = append(c.Paths, p)
	}
	return c, nil
}

func contourOf(runs []compare.Subject, fields []Field, _ Options) (plots.Chart, error) {
	c := &plots.Contour{Title: sanitize.Line(fields[2].Key), X: fields[0].axis(), Y: fields[1].axis()}
	for _, s := range runs {
		c.Heights = append(c.Heights, plots.Height{Name: sanitize.Line(s.Name()), X: fields[0].Of(s.Run), Y: fields[1].Of(s.Run), Z: fields[2].Of(s.Run), Text: anyText(s.Run, fields)})
	}
	return c, nil
}

func importanceOf(runs []compare.Subject, fields []Field, _ Options) (plots.Chart, error) {
	if fields[0].Param {
		return nil, fmt.Errorf("%w: the importance of params is for a metric, not for %s", ErrField, fields[0])
	}
	m, err := compare.Matter(runs, fields[0].Key)
	if err != nil {
		return nil, err
	}
	c := &plots.Bars{Title: "importance for " + sanitize.Line(fields[0].Key)}
	c.Note = fmt.Sprintf("%d runs, explains %.0f %% of unseen runs, no cause", m.N, m.R2*100)
	switch {
	case m.R2 <= 0:
		c.Note = fmt.Sprintf("%d runs: the forest explains nothing of unseen runs, so this says nothing", m.N)
	case m.N < compare.FewRuns:
		c.Note += fmt.Sprintf(", fewer than %d runs: a hint", compare.FewRuns)
	}
	for _, p := range m.Params {
		c.Bars = append(c.Bars, plots.Bar{Name: sanitize.Line(p.Param), Value: p.Share, Low: p.Low, High: p.High, Interval: true})
	}
	return c, nil
}
