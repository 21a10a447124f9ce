package compare

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"benchside/store"
)

// Subject is one of the runs that are compared.
type Subject struct {
	Run    store.Run
	Inputs []store.Input
	// Environment is what its models were made with, by package; it may be empty.
	Environment map[string]string
}

// Subjects are runs with what belongs to them, by run id; that may be nil.
func Subjects(runs []store.Run, inputs map[string][]store.Input, environments map[string]map[string]string) []Subject {
	all := make([]Subject, len(runs))
	for i, run := range runs {
		all[i] = Subject{Run: run, Inputs: inputs[run.ID], Environment: environments[run.ID]}
	}
	return all
}

// Name is what people call the subject.
func (s Subject) Name() string { return s.Run.Called() }

// Section is a part of a comparison.
type Section int

// The sections, in the order of a table.
const (
	Params Section = iota
	Metrics
	Attributes
	Environment
	Tags
	Datasets
	sections
)

func (s Section) String() string {
	return [...]string{"params", "metrics", "attributes", "environment", "tags", "datasets"}[s]
}

// Direction says which values of a metric are better. The zero value is not
// known, and nothing guesses it from a name.
type Direction int

// The directions.
const (
	Unknown Direction = iota
	Higher
	Lower
)

func (d Direction) String() string { return [...]string{"", "max", "min"}[d] }

// Better reports whether a is better than b; false for a NaN and where the
// direction is not known.
func (d Direction) Better(a, b float64) bool {
	return d == Higher && a > b || d == Lower && a < b
}

// Cell is what one subject has under a key.
type Cell struct {
	Text    string // a metric's number is rounded to what tells the row apart
	Missing bool
	Number  float64 // of a metric; else NaN
	// Delta and Percent compare with the baseline: NaN where there is none,
	// where either number is not finite, and Percent where the baseline is 0.
	Delta, Percent float64
	Change         string // Delta for people, with its sign; empty if NaN
	Best           bool   // in the row, of at least two; several may be
}

// Row is one key of all subjects.
type Row struct {
	Section   Section
	Key       string
	Direction Direction
	Varies    bool // not all subjects have the same, a missing one counted
	Cells     []Cell
}

// Name spells the row as a filter does: metrics.loss.
func (r Row) Name() string { return r.Section.String() + "." + r.Key }

// Table puts what runs hold beside each other.
type Table struct {
	Subjects []Subject
	Baseline int // the place of the subject; -1 for none
	Rows     []Row
}

// Options say how subjects are compared.
type Options struct {
	Baseline   int // -1 for none
	Directions map[string]Direction
}

// New compares subjects: params, metrics, attributes, tags and datasets, in
// each section first what varies, then by key, metrics of the system last.
func New(subjects []Subject, o Options) *Table {
	t := &Table{Subjects: subjects, Baseline: o.Baseline}
	if t.Baseline >= len(subjects) {
		t.Baseline = -1
	}
	var rows [sections]map[string][]Cell
	for section := range rows {
		rows[section] = map[string][]Cell{}
	}
	empty := make([]Cell, len(subjects))
	for i := range empty {
		empty[i] = Cell{Missing: true, Number: math.NaN(), Delta: math.NaN(), Percent: math.NaN()}
	}
	at := func(section Section, key string, i int) *Cell {
		cells := rows[section][key]
		if cells == nil {
			cells = slices.Clone(empty)
			rows[section][key] = cells
		}
		cells[i].Missing = false
		return &cells[i]
	}
	for i, s := range subjects {
		for key, value := range s.Run.Params {
			at(Params, key, i).Text = value
		}
		for key, p := range s.Run.Metrics {
			at(Metrics, key, i).Number = p.Value
		}
		describe(s, func(section Section, key, text string) { at(section, key, i).Text = text })
	}
	for section, keys := range rows {
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			t.Rows = append(t.Rows, t.row(Section(section), key, keys[key], o.Directions[key]))
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(rank(a), rank(b)))
	})
	return t
}

func rank(r Row) int {
	n := 0
	if !r.Varies {
		n++
	}
	if r.Section == Metrics && strings.HasPrefix(r.Key, store.SystemMetric) {
		n += 2
	}
	return n
}

// bookkeeping are tags that say again what stands elsewhere.
var bookkeeping = map[string]bool{
	store.TagRunName: true, store.TagParent: true, store.TagUser: true, store.TagSourceName: true,
	store.TagSourceType: true, store.TagGitCommit: true, store.TagGitBranch: true, store.TagModels: true,
}

// describe puts attributes, tags and datasets of a subject.
func describe(s Subject, put func(Section, string, string)) {
	r := &s.Run
	for key, text := range map[string]string{
		"store": r.Store.Label, "experiment": cmp.Or(r.ExperimentName, r.ExperimentID), "status": string(r.Status),
		"parent": r.ParentID, "user": cmp.Or(r.UserID, r.Tags[store.TagUser]), "source": r.Tags[store.TagSourceName],
		"git commit": r.Tags[store.TagGitCommit], "git branch": r.Tags[store.TagGitBranch],
	} {
		if text != "" {
			put(Attributes, key, text)
		}
	}
	if r.Start.Set() {
		put(Attributes, "started", r.Start.Time().Format("2006-01-02 15:04:05"))
		if r.End.Set() {
			put(Attributes, "seconds", strconv.FormatFloat(float64(r.End.Millis()-r.Start.Millis())/1000, 'f', -1, 64))
		}
	}
	for key, text := range s.Environment {
		put(Environment, key, text)
	}
	for key, text := range r.Tags {
		if !bookkeeping[key] {
			put(Tags, key, text)
		}
	}
	held := map[string][]string{}
	for _, in := range s.Inputs {
		held[cmp.Or(in.Context, "input")] = append(held[cmp.Or(in.Context, "input")], in.Name+" "+in.Digest)
	}
	for key, names := range held {
		slices.Sort(names)
		put(Datasets, key, strings.Join(slices.Compact(names), ", "))
	}
}

func (t *Table) row(section Section, key string, cells []Cell, d Direction) Row {
	r := Row{Section: section, Key: key, Cells: cells}
	if section == Metrics {
		r.Direction = d
		t.numbers(&r)
	}
	for i := range cells {
		r.Varies = r.Varies || !alike(section, cells[i], cells[0])
	}
	return r
}

// alike reports whether two cells say the same: texts by letter, but params that
// are both numbers by value, so that 1e-3 is 0.001; NaN is like NaN.
func alike(s Section, a, b Cell) bool {
	switch {
	case a.Missing || b.Missing:
		return a.Missing == b.Missing
	case s == Metrics:
		return a.Number == b.Number || math.IsNaN(a.Number) && math.IsNaN(b.Number)
	case a.Text == b.Text:
		return true
	case s != Params:
		return false
	}
	x, failed := strconv.ParseFloat(a.Text, 64)
	y, failed2 := strconv.ParseFloat(b.Text, 64)
	return failed == nil && failed2 == nil && x == y
}

// numbers fills the cells of a metric: texts, changes and the best.
func (t *Table) numbers(r *Row) {
	values := make([]float64, 0, len(r.Cells))
	for _, c := range r.Cells {
		if !c.Missing {
			values = append(values, c.Number)
		}
	}
	decimals := Decimals(values)
	best, others := math.NaN(), 0
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Missing {
			continue
		}
		c.Text = Fixed(c.Number, decimals)
		if math.IsNaN(c.Number) {
			continue
		}
		if others++; others == 1 || r.Direction.Better(c.Number, best) {
			best = c.Number
		}
		if t.Baseline >= 0 && i != t.Baseline && !r.Cells[t.Baseline].Missing {
			c.change(r.Cells[t.Baseline].Number, decimals)
		}
	}
	for i := range r.Cells {
		r.Cells[i].Best = r.Direction != Unknown && others > 1 && r.Cells[i].Number == best
	}
}

// change compares a cell with the baseline's number.
func (c *Cell) change(from float64, decimals int) {
	d := c.Number - from
	if math.IsNaN(d) || math.IsInf(d, 0) {
		return
	}
	c.Delta = d
	if from != 0 {
		c.Percent = d / math.Abs(from) * 100
	}
	c.Change = changed(d, decimals)
}

// changed writes a difference with its sign: with the decimals of its row, or more,
// until what is rounded off is less than a twentieth of it.
func changed(d float64, decimals int) string {
	const most, part = 12, 0.05
	for n := decimals; n >= 0 && n <= most; n++ {
		text := fmt.Sprintf("%+.*f", n, d)
		if shown, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(shown-d) <= part*math.Abs(d) {
			return text
		}
	}
	return fmt.Sprintf("%+.3g", d)
}

// significant is how many digits of the largest number of a row are shown at
// least.
const significant = 3

// shortest stands for numbers that no common decimals suit.
const shortest = -1

// Decimals returns the decimals after the point that tell all different numbers
// apart and show three digits of the largest; a negative number if that takes more
// than 12, or the largest is beyond 1e7 or below 1e-4: then each is written on its own.
func Decimals(values []float64) int {
	all := make([]float64, 0, len(values))
	largest := 0.0
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			all, largest = append(all, v), max(largest, math.Abs(v))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if largest == 0 {
		return 0
	}
	if largest >= 1e7 || largest < 1e-4 {
		return shortestOf(all)
	}
	least := 0
	whole := slices.IndexFunc(all, func(v float64) bool { return v != math.Trunc(v) }) < 0
	if !whole {
		least = max(significant-1-int(math.Floor(math.Log10(largest))), 0)
	}
	const most = 12
	for d := least; d <= most; d++ {
		if toldApart(all, d) {
			return d
		}
	}
	return shortestOf(all)
}

// shortestOf is, as a negative number, the digits that tell sorted numbers apart when
// each is written on its own; at least three.
func shortestOf(sorted []float64) int {
	const full = 17
	for d := significant; d < full; d++ {
		before, apart := "", true
		for _, v := range sorted {
			text := strconv.FormatFloat(v, 'g', d, 64)
			apart = apart && text != before
			before = text
		}
		if apart {
			return -d
		}
	}
	return shortest
}

// toldApart reports whether sorted numbers differ when written with d decimals,
// and none that is not 0 reads as 0.
func toldApart(sorted []float64, d int) bool {
	var text, before []byte
	for _, v := range sorted {
		text = strconv.AppendFloat(text[:0], v, 'f', d, 64)
		if bytes.Equal(text, before) || v != 0 && len(bytes.Trim(text, "-0.")) == 0 {
			return false
		}
		before, text = text, before
	}
	return true
}

// Fixed writes a number with the decimals of its row; -1 means all digits that it
// needs itself, less than that so many digits. NaN and the infinities are words.
func Fixed(v float64, decimals int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	case decimals >= 0:
		return strconv.FormatFloat(v, 'f', decimals, 64)
	}
	digits := -1
	if decimals < shortest {
		digits = -decimals
	}
	return strconv.FormatFloat(v, 'g', digits, 64)
}

// Differences returns the rows that vary.
func (t *Table) Differences() []Row {
	return slices.DeleteFunc(slices.Clone(t.Rows), func(r Row) bool { return !r.Varies })
}
