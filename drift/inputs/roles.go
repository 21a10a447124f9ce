package inputs

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"benchside/artifacts/mlmodel"
	"benchside/drift"
)

// Roles say what columns are to the model; a name that is not here is a feature.
type Roles map[string]drift.Role

// spellings are the names by which people call the columns that are no features,
// in lower case.
var spellings = map[drift.Role][]string{
	drift.Target:      {"target", "label", "y", "y_true", "truth", "ground_truth", "actual", "outcome"},
	drift.Prediction:  {"prediction", "predictions", "predicted", "pred", "y_pred", "yhat", "y_hat", "predicted_label", "predict"},
	drift.Probability: {"score", "scores", "proba", "probability", "pred_proba", "y_proba", "y_score", "predicted_probability", "prediction_proba", "prediction_score"},
	drift.Timestamp:   {"timestamp", "time", "datetime", "date", "ts", "event_time", "time_hour", "created_at", "event_timestamp"},
}

// Guess finds what the columns of a table are to a model: by their names, and by
// the model's signature where there is one, whose inputs are features whatever
// they are called. A role is given to one column at most; identifiers are texts
// or whole numbers called so, of which each row has another.
func Guess(columns []drift.Column, signature *mlmodel.Model) Roles {
	roles := Roles{}
	taken := map[drift.Role]bool{}
	for _, role := range []drift.Role{drift.Target, drift.Prediction, drift.Probability, drift.Timestamp} {
		for _, name := range spellings[role] {
			at := slices.IndexFunc(columns, func(c drift.Column) bool {
				_, known := roles[c.Name]
				return strings.EqualFold(c.Name, name) && !known && !isInput(signature, c.Name) && fits(&c, role)
			})
			if at >= 0 && !taken[role] {
				roles[columns[at].Name], taken[role] = role, true
			}
		}
	}
	for i := range columns {
		c := &columns[i]
		if _, known := roles[c.Name]; known || isInput(signature, c.Name) {
			continue
		}
		switch {
		case !taken[drift.Prediction] && isOutput(signature, c.Name):
			roles[c.Name], taken[drift.Prediction] = drift.Prediction, true
		case !taken[drift.Probability] && strings.HasSuffix(strings.ToLower(c.Name), "_proba") && fits(c, drift.Probability):
			roles[c.Name], taken[drift.Probability] = drift.Probability, true
		case called(c.Name) && unique(c):
			roles[c.Name] = drift.ID
		}
	}
	return roles
}

func isInput(m *mlmodel.Model, name string) bool {
	return m != nil && slices.ContainsFunc(m.Inputs, func(c mlmodel.Column) bool { return c.Name == name })
}

func isOutput(m *mlmodel.Model, name string) bool {
	return m != nil && name != "" && slices.ContainsFunc(m.Outputs, func(c mlmodel.Column) bool { return c.Name == name })
}

// fits reports whether the values of a column allow a role that was only guessed.
func fits(c *drift.Column, role drift.Role) bool {
	switch role {
	case drift.Probability:
		return c.Storage == drift.Float && within(c.Numbers, 0, 1)
	case drift.Timestamp:
		return c.Storage == drift.Time || c.Storage == drift.String && areTimes(c.Texts)
	}
	return c.Storage != drift.Other
}

func within(numbers []float64, low, high float64) bool {
	for _, v := range numbers {
		if v < low || v > high {
			return false
		}
	}
	return len(numbers) > 0
}

func areTimes(t drift.Texts) bool {
	for _, l := range t.Labels[:min(len(t.Labels), 100)] {
		if _, ok := drift.ParseTime(l); !ok {
			return false
		}
	}
	return len(t.Labels) > 0
}

// called reports whether a name says that a column identifies rows.
func called(name string) bool {
	name = strings.ToLower(name)
	return name == "id" || name == "uuid" || name == "guid" || name == "index" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_uuid")
}

// unique reports whether each row has a value of its own.
func unique(c *drift.Column) bool {
	switch c.Storage {
	case drift.String:
		return c.Kind == drift.Text || len(c.Texts.Labels) >= len(c.Texts.Codes) && len(c.Texts.Codes) > 0
	case drift.Int, drift.Uint:
		sorted := slices.Clone(c.Numbers)
		slices.Sort(sorted)
		for i := 1; i < len(sorted); i++ {
			if sorted[i] == sorted[i-1] {
				return false
			}
		}
		return len(sorted) > 0 && c.Nulls == 0
	}
	return false
}

// Give sets the roles of columns, and makes times of a timestamp that is written
// as a number. A name that no column has is an error.
func Give(columns []drift.Column, roles Roles) error {
	for name, role := range roles {
		at := slices.IndexFunc(columns, func(c drift.Column) bool { return c.Name == name })
		if at < 0 {
			return missingColumn(name, names(columns))
		}
		columns[at].Role = role
		if role == drift.Timestamp {
			if err := asTimes(&columns[at]); err != nil {
				return err
			}
		}
	}
	return nil
}

func names(columns []drift.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

// asTimes makes milliseconds of years or of seconds, milliseconds, microseconds or
// nanoseconds since 1970, told apart by their size.
func asTimes(c *drift.Column) error {
	if c.Storage != drift.Int && c.Storage != drift.Uint && c.Storage != drift.Float {
		return nil
	}
	most := 0.0
	for _, v := range c.Numbers {
		if v > most {
			most = v
		}
	}
	scale := 0.0
	switch {
	case most < 1000:
		return fmt.Errorf("column %s is no timestamp: its greatest number is %g", c.Name, most)
	case most < 10_000: // years
	case most < 1e11:
		scale = 1e3
	case most < 1e14:
		scale = 1
	case most < 1e17:
		scale = 1e-3
	default:
		scale = 1e-6
	}
	numbers := make([]float64, len(c.Numbers))
	for row, v := range c.Numbers {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			numbers[row] = math.NaN()
		case scale == 0:
			numbers[row] = float64(time.Date(int(v), 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
		default:
			numbers[row] = v * scale
		}
	}
	c.Storage, c.Numbers = drift.Time, numbers
	return nil
}
