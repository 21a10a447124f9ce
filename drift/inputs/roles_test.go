package inputs

import (
	"fmt"
	"math"
	"testing"
	"time"

	"benchside/artifacts/mlmodel"
	"benchside/drift"
)

// shaped are columns of rows of each kind: the names tell what they are.
func shaped(names ...string) []drift.Column {
	var out []drift.Column
	for _, name := range names {
		c := drift.Column{Name: name, Numbers: []float64{0.5, 0.25, 0.5}}
		switch name {
		case "customer_id", "row_id", "time", "date":
			c = drift.Column{Name: name, Storage: drift.String}
			for i := range 3 {
				text := fmt.Sprintf("%s %d", name, i)
				if name == "time" {
					text = fmt.Sprintf("2024-01-0%d", i+1)
				}
				c.Texts.Append([]byte(text))
			}
		case "group_id":
			c.Storage, c.Numbers = drift.Int, []float64{1, 1, 2}
		case "index":
			c.Storage, c.Numbers = drift.Int, []float64{3, 1, 2}
		case "score":
			c.Numbers = []float64{0.5, 700, 1}
		}
		out = append(out, c)
	}
	return out
}

func TestRolesAreGuessedByNamesValuesAndSignature(t *testing.T) {
	model := &mlmodel.Model{Inputs: []mlmodel.Column{{Name: "label"}, {Name: "y"}}, Outputs: []mlmodel.Column{{Name: "verdict"}}}
	for what, c := range map[string]struct {
		names []string
		model *mlmodel.Model
		want  string
	}{
		"usual names":                        {[]string{"x", "Target", "y_pred", "proba", "time"}, nil, "map[Target:target proba:probability time:timestamp y_pred:prediction]"},
		"one of several, the usual first":    {[]string{"y", "label", "target"}, nil, "map[target:target]"},
		"a score beyond 1 is none":           {[]string{"score"}, nil, "map[]"},
		"a date that is no time is none":     {[]string{"date"}, nil, "map[]"},
		"each row another":                   {[]string{"customer_id", "group_id", "index"}, nil, "map[customer_id:id index:id]"},
		"a name that ends so":                {[]string{"late_proba"}, nil, "map[late_proba:probability]"},
		"inputs of the model are features":   {[]string{"label", "y", "truth"}, model, "map[truth:target]"},
		"its output is the prediction":       {[]string{"verdict"}, model, "map[verdict:prediction]"},
		"but for a column that is called so": {[]string{"verdict", "prediction"}, model, "map[prediction:prediction]"},
		"nothing to guess":                   {[]string{"a", "b"}, nil, "map[]"},
	} {
		if got := fmt.Sprint(Guess(shaped(c.names...), c.model)); got != c.want {
			t.Errorf("%s: got %s, want %s", what, got, c.want)
		}
	}
}

func TestTimestampsMayBeNumbers(t *testing.T) {
	at := time.Date(2013, 5, 1, 12, 0, 0, 0, time.UTC)
	for what, c := range map[string]struct {
		value float64
		want  float64 // ms
	}{
		"years":        {2013, float64(time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())},
		"seconds":      {float64(at.Unix()), float64(at.UnixMilli())},
		"milliseconds": {float64(at.UnixMilli()), float64(at.UnixMilli())},
		"microseconds": {float64(at.UnixMicro()), float64(at.UnixMilli())},
		"nanoseconds":  {float64(at.UnixNano()), float64(at.UnixMilli())},
	} {
		columns := []drift.Column{{Name: "t", Storage: drift.Int, Numbers: []float64{c.value, math.NaN()}}}
		if err := Give(columns, Roles{"t": drift.Timestamp}); err != nil {
			t.Fatal(what, err)
		}
		got := columns[0]
		if got.Storage != drift.Time || math.Abs(got.Numbers[0]-c.want) > 1 || !math.IsNaN(got.Numbers[1]) || got.Role != drift.Timestamp {
			t.Errorf("%s: got %s of %v, want %v", what, got.Storage, got.Numbers, c.want)
		}
	}
	small := []drift.Column{{Name: "t", Numbers: []float64{1, 2}}}
	if err := Give(small, Roles{"t": drift.Timestamp}); err == nil || err.Error() != "column t is no timestamp: its greatest number is 2" {
		t.Errorf("got %v", err)
	}
}
