package search

import (
	"slices"
	"strings"
)

// What Read knows beyond MLflow's language: fields, comparators of the fields that
// MLflow has, and summaries of metrics.

var (
	moreNumberOps = append(slices.Clone(numberOps), In, NotIn, IsNull, IsNotNull)
	patternOps    = []Op{Equal, NotEqual, Like, ILike, NotLike, NotILike, Matches, MatchesNot, In, NotIn}
	nullOps       = append(slices.Clone(patternOps), IsNull, IsNotNull)
	moreTextOps   = append(slices.Clone(nullOps), Less, LessEqual, Greater, GreaterEqual)
)

var moreRunFields = []Field{
	{Entity: Attribute, Name: "parent", Ops: nullOps},
	{Entity: Attribute, Name: "depth", Number: true, Ops: append(slices.Clone(numberOps), In, NotIn)},
}

var moreModelFields = []Field{
	{Entity: Attribute, Name: "description", Ops: nullOps},
	{Entity: Attribute, Name: "creation_timestamp", Number: true, Time: true, Ops: moreNumberOps},
}

var moreVersionFields = []Field{
	{Entity: Attribute, Name: "stage", Also: []string{"current_stage"}, Ops: nullOps},
	{Entity: Attribute, Name: "alias", Ops: nullOps},
	{Entity: Attribute, Name: "status", Ops: nullOps},
	{Entity: Attribute, Name: "description", Ops: nullOps},
	{Entity: Attribute, Name: "user_id", Ops: nullOps},
}

// MoreFields returns the fields of Read, with the comparators that it knows.
func MoreFields(kind Kind) []Field {
	fields := Fields(kind)
	for i := range fields {
		fields[i].Ops = moreOps(fields[i])
	}
	switch kind {
	case Runs:
		return append(fields, moreRunFields...)
	case Models:
		return append(fields, moreModelFields...)
	case Versions:
		return append(fields, moreVersionFields...)
	}
	return fields
}

func moreOps(f Field) []Op {
	more := moreTextOps
	switch {
	case f.Name == "experiment_id": // a number that is written as a text
		return f.Ops
	case f.Number:
		more = moreNumberOps
	case f.Entity == Dataset:
		more = patternOps
	}
	ops := slices.Clone(f.Ops)
	for _, op := range more {
		if !slices.Contains(ops, op) {
			ops = append(ops, op)
		}
	}
	return ops
}

// Comparators spells the comparators of a field of Read, those of MLflow first.
func (f Field) Comparators() []string {
	var out []string
	for _, op := range f.Ops {
		out = append(out, op.String())
	}
	if slices.Contains(f.Ops, Less) {
		out = append(out, between)
	}
	return out
}

const between = "BETWEEN"

// moreFieldOf finds a field of Read.
func moreFieldOf(kind Kind, entity Entity, key string) (Field, bool) {
	for _, f := range MoreFields(kind) {
		named := f.Name == "" || f.Name == key || slices.Contains(f.Also, key) || slices.Contains(f.Spoken, key)
		if f.Entity == entity && named {
			return f, true
		}
	}
	return Field{}, false
}

// summaries are the names of summaries behind a metric's key, or before it.
var summaries = map[string]Summary{
	"min": Minimum, "max": Maximum, "mean": Mean, "first": First, "last": Latest, "count": Count,
}

func (s Summary) String() string {
	return [...]string{"last", "min", "max", "mean", "first", "count"}[s]
}

// Summaries returns the names of the summaries, as they are written behind a metric.
func Summaries() []string { return []string{"min", "max", "mean", "first", "last", "count"} }

// summarised tells a summary from the key of a metric. Whether loss.min is one is not
// known before the metrics are: a metric may be called so.
func summarised(c Compare) Compare {
	at := strings.LastIndexByte(c.Key, '.')
	if c.Entity != Metric || c.Whole != "" || at <= 0 {
		return c
	}
	s, ok := summaries[c.Key[at+1:]]
	if !ok {
		return c
	}
	c.Whole, c.Key, c.Summary = c.Key, trimBackticks(c.Key[:at]), s
	return c
}

// Facts are what the meaning of a filter depends on beside its text.
type Facts struct {
	Now    int64                                    // milliseconds since the Unix epoch
	Metric func(key string) (there bool, err error) // whether any run has a metric of this key
}

// Resolve returns the filter with the words settled that depend on facts: relative
// times, and whether loss.min is a metric of this name or the least loss. MLflow
// knows only the former, so that counts where there is one.
func Resolve(f Filter, facts Facts) (Filter, error) {
	if f.Expr == nil {
		return f, nil
	}
	e, err := facts.settle(f.Expr)
	return Filter{Expr: e}, err
}

func (facts Facts) settle(e Expr) (Expr, error) {
	switch e := e.(type) {
	case And:
		parts, err := facts.settleAll(e)
		return And(parts), err
	case Or:
		parts, err := facts.settleAll(e)
		return Or(parts), err
	case Not:
		part, err := facts.settle(e.Expr)
		return Not{part}, err
	case Compare:
		return facts.settleCompare(e)
	}
	return e, nil
}

func (facts Facts) settleAll(parts []Expr) ([]Expr, error) {
	out := make([]Expr, len(parts))
	var err error
	for i, part := range parts {
		if out[i], err = facts.settle(part); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (facts Facts) settleCompare(c Compare) (Expr, error) {
	if c.Relative {
		c.Number, c.Relative = float64(facts.Now)+c.Number, false
	}
	if c.Whole == "" {
		return c, nil
	}
	there, err := facts.Metric(c.Whole)
	if there {
		c.Key, c.Summary = c.Whole, Latest
	}
	c.Whole = ""
	return c, err
}
