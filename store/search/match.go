package search

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Subject is a run, an experiment, a model or a version to be matched and ordered in memory. The bool
// of a method says whether there is such a value.
type Subject interface {
	// Metric returns the latest value: NaN and infinite where the training logged
	// so.
	Metric(key string) (float64, bool)
	Param(key string) (string, bool)
	Tag(key string) (string, bool)
	// Text returns an attribute that is a text, by its Name of the table of
	// fields; an id of an experiment is one, too.
	Text(attribute string) (string, bool)
	// Number returns an attribute that is a number: milliseconds since the Unix
	// epoch, or the number of a version.
	Number(attribute string) (int64, bool)
	Datasets() []DatasetInput
}

// DatasetInput is a dataset that a run read.
type DatasetInput struct {
	Name, Digest string
	Context      string
	HasContext   bool // Context was tagged at all
}

// PromptTag is how MLflow tells the prompts that it keeps in the registry from
// models: the tag of a prompt is "true".
const PromptTag = "mlflow.prompt.is_prompt"

// Prompts reports whether a filter of the registry asks for prompts; else they are
// left out, and rest is what remains to be tested. As in MLflow the first
// condition on the tag decides.
func (f Filter) Prompts() (asked bool, rest Filter) {
	var all And
	switch e := f.Expr.(type) {
	case Compare:
		all = And{e}
	case And:
		all = e
	}
	isTest := func(e Expr) bool {
		c, ok := e.(Compare)
		return ok && c.Entity == Tag && c.Key == PromptTag
	}
	i := slices.IndexFunc(all, isTest)
	if i < 0 {
		return false, f
	}
	c, value := all[i].(Compare), ""
	switch c.Op {
	case Equal:
		value = "true"
	case NotEqual:
		value = "false"
	}
	if value != "" && strings.ToLower(c.Text) == value {
		return true, f
	}
	return false, Filter{Expr: slices.DeleteFunc(slices.Clone(all), isTest)}
}

// isNumber are the attributes that are numbers.
func isNumber(attribute string) bool {
	switch attribute {
	case "start_time", "end_time", "creation_time", "last_update_time", "version_number", "creation_timestamp", "last_updated_timestamp", "depth":
		return true
	}
	return false
}

// runNameTag is where MLflow looks for the name of a run.
const runNameTag = "mlflow.runName"

// stored returns a metric's value as MLflow stores it, which has no infinities.
func stored(value float64) float64 {
	if math.IsInf(value, 0) {
		return math.Copysign(math.MaxFloat64, value)
	}
	return value
}

// like is SQLite's LIKE without an escape: % is any text, _ is any one character.
func like(value, pattern string) bool {
	retryValue, retryPattern := "", "" // from the latest %
	starred := false
	for value != "" || pattern != "" {
		first, size := utf8.DecodeRuneInString(pattern)
		got, width := utf8.DecodeRuneInString(value)
		switch {
		case pattern != "" && first == '%':
			pattern = pattern[1:]
			retryValue, retryPattern, starred = value, pattern, true
			continue
		case pattern != "" && value != "" && (first == '_' || first == got && pattern[:size] == value[:width]):
			value, pattern = value[width:], pattern[size:]
			continue
		case !starred || retryValue == "":
			return false
		}
		_, width = utf8.DecodeRuneInString(retryValue)
		retryValue = retryValue[width:]
		value, pattern = retryValue, retryPattern
	}
	return true
}

// lower is SQLite's lower(), which only knows ASCII.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// Sequence returns the comparison that sorts subjects in an order of ParseOrder,
// MLflow's last keys included, so that no two are equal.
func Sequence(orders []Order, kind Kind) func(a, b Subject) int {
	switch kind {
	case Experiments:
		return experimentSequence(orders)
	case Models:
		return missingFirst(append(slices.Clone(orders), Order{Key: "name"}))
	case Versions:
		return versionSequence(orders)
	}
	return func(a, b Subject) int {
		for _, o := range orders {
			if c := o.compare(a, b); c != 0 {
				return c
			}
		}
		// If start_time was among the orders, it has settled this already.
		start := Order{Key: "start_time", Desc: true}
		return cmp.Or(start.compare(a, b), Order{Key: "run_id"}.compare(a, b))
	}
}

// The ranks of values in an order: in both directions what has no place in it is
// last.
const (
	ranked = iota
	rankNaN
	rankMissing
)

// compare orders two runs by one key.
func (o Order) compare(a, b Subject) int {
	rankA, numberA, textA := o.value(a)
	rankB, numberB, textB := o.value(b)
	if c := cmp.Compare(rankA, rankB); c != 0 {
		return c
	}
	c := cmp.Or(cmp.Compare(numberA, numberB), cmp.Compare(textA, textB))
	if o.Desc {
		return -c
	}
	return c
}

// value returns what a subject is ordered by: a number or a text.
func (o Order) value(s Subject) (rank int, number float64, text string) {
	ok := false
	switch o.Entity {
	case Metric:
		if number, ok = s.Metric(o.Key); math.IsNaN(number) {
			return rankNaN, 0, ""
		}
		number = stored(number)
	case Param:
		text, ok = s.Param(o.Key)
	case Tag:
		text, ok = s.Tag(o.Key)
	default:
		if isNumber(o.Key) {
			var whole int64
			whole, ok = s.Number(o.Key)
			number = float64(whole)
		} else {
			text, ok = s.Text(o.Key)
		}
	}
	if !ok {
		return rankMissing, 0, ""
	}
	return ranked, number, text
}

// experimentSequence differs: a missing time counts as the earliest, ids are
// numbers, and the last key is the id, highest first unless no order was given.
func experimentSequence(orders []Order) func(a, b Subject) int {
	if len(orders) == 0 {
		orders = []Order{{Key: "creation_time", Desc: true}, {Key: "experiment_id"}}
	}
	orders = append(slices.Clone(orders), Order{Key: "experiment_id", Desc: true})
	return missingFirst(orders)
}

// versionSequence ends in the name and the number, highest first.
func versionSequence(orders []Order) func(a, b Subject) int {
	if len(orders) == 0 {
		orders = []Order{{Key: "last_updated_timestamp", Desc: true}}
	}
	return missingFirst(append(slices.Clone(orders), Order{Key: "name"}, Order{Key: "version_number", Desc: true}))
}

// missingFirst compares by plain orders of SQL, where what is missing counts as
// the lowest.
func missingFirst(orders []Order) func(a, b Subject) int {
	return func(a, b Subject) int {
		for _, o := range orders {
			rankA, numberA, textA := o.value(a)
			rankB, numberB, textB := o.value(b)
			c := -cmp.Compare(rankA, rankB)
			if o.Key == "experiment_id" {
				c = cmp.Or(c, cmp.Compare(idNumber(textA), idNumber(textB)))
			} else {
				c = cmp.Or(c, cmp.Compare(numberA, numberB), cmp.Compare(textA, textB))
			}
			if o.Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	}
}

func idNumber(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64) // ids that are no numbers are all the same here
	return n
}
