package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"benchside/store"
)

// text reads a text; NULL is the empty text, as in MLflow's own answers.
func text(v driver.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

func integer(v driver.Value) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	case bool:
		if v {
			return 1
		}
	}
	return 0
}

// moment reads milliseconds since the Unix epoch; NULL is a moment not set.
func moment(v driver.Value) store.Time {
	switch v := v.(type) {
	case int64:
		return store.At(v)
	case float64:
		return store.At(int64(v))
	}
	return store.Time{}
}

// step reads a step, which the direct client stores as REAL if a training
// passed a float.
func step(v driver.Value) store.Step {
	if f, ok := v.(float64); ok {
		return store.StepFloat(f)
	}
	return store.StepOf(integer(v))
}

// number reads a metric value and its flag is_nan.
func number(value, isNaN driver.Value) float64 {
	if integer(isNaN) != 0 {
		return math.NaN()
	}
	switch v := value.(type) {
	case float64:
		return store.Infinity(v)
	case int64:
		return float64(v)
	}
	return math.NaN()
}

// list binds texts as one value, to be read by json_each.
func list(texts []string) string {
	b, err := json.Marshal(texts)
	if err != nil {
		return "[]" // cannot happen: a []string always has a JSON form
	}
	return string(b)
}

// numbers binds those texts that are integers, to be read by json_each.
func numbers(texts []string) string {
	found := make([]int64, 0, len(texts))
	for _, t := range texts {
		if n, err := strconv.ParseInt(t, 10, 64); err == nil {
			found = append(found, n)
		}
	}
	b, err := json.Marshal(found)
	if err != nil {
		return "[]" // cannot happen: see list
	}
	return string(b)
}

// scope binds experiments: NULL all, a number one, a text several (see numbers).
func scope(experiments []string) any {
	if experiments == nil {
		return nil
	}
	if len(experiments) == 1 {
		if n, err := strconv.ParseInt(experiments[0], 10, 64); err == nil {
			return n
		}
	}
	return numbers(experiments)
}

// stage binds a lifecycle: 0 active, 1 deleted, NULL any.
func stage(l store.Lifecycle) any {
	switch l {
	case store.DeletedOnly:
		return 1
	case store.AnyStage:
		return nil
	}
	return 0
}

// names hands out one copy of each text that many rows repeat; it keeps no more
// than mostNames, for columns whose texts are all different.
type names struct {
	texts   map[string]string
	numbers map[int64]string
}

const mostNames = 10_000

func newNames() names {
	return names{texts: map[string]string{}, numbers: map[int64]string{}}
}

func (n names) text(v driver.Value) string {
	s := text(v)
	if s == "" {
		return ""
	}
	if known, ok := n.texts[s]; ok {
		return known
	}
	if len(n.texts) < mostNames {
		n.texts[s] = s
	}
	return s
}

func (n names) number(v driver.Value) string {
	i, ok := v.(int64)
	if !ok {
		return text(v)
	}
	s, ok := n.numbers[i]
	if !ok {
		s = strconv.FormatInt(i, 10)
		n.numbers[i] = s
	}
	return s
}
