package drift_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"benchside/drift"
)

var realDir = flag.String("real", "testdata/real", "folder of the two real data sets")

type realCell struct {
	Test                  *string
	Score, Threshold, PSI *float64
	Detected              *bool
	Undefined             string
}

type realSet struct {
	Heatmap   map[string]map[string]realCell
	Quality   map[string]map[string]float64
	Fairness  map[string]map[string]map[string]float64
	Types     map[string]string
	Threshold float64
}

// realTask is how a set is read: its time, its roles and its groups.
type realTask struct {
	stamp, period string
	roles         map[string]drift.Role
	groups        []string
	first         string // what expected.json calls the reference's quality
	cells         int
}

func realTasks() map[string]realTask {
	return map[string]realTask{
		"flights2013": {
			"time_hour", "month", map[string]drift.Role{"late": drift.Target, "late_proba": drift.Probability}, nil, "reference", 16 * 11,
		},
		"census_ma": {
			"year", "year",
			map[string]drift.Role{"employed": drift.Target, "predicted_probability": drift.Probability, "prediction": drift.Prediction},
			[]string{"SEX", "RAC1P"},
			"2015", 19 * 4,
		},
	}
}

func (task realTask) table(t *testing.T, name string) []drift.Column {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(*realDir, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	table := readCSV(t, content)
	for i := range table {
		c := &table[i]
		c.Role = task.roles[c.Name]
		if c.Name != task.stamp {
			continue
		}
		c.Role = drift.Timestamp
		if c.Storage == drift.Int { // a year
			for row, year := range c.Numbers {
				c.Numbers[row] = float64(time.Date(int(year), 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
			}
			c.Storage = drift.Time
		}
	}
	return table
}

func TestRealDataComesOutAsEvidentlySays(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(*realDir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sets map[string]realSet
	if err := json.Unmarshal(content, &sets); err != nil {
		t.Fatal(err)
	}
	for name, task := range realTasks() {
		t.Run(name, func(t *testing.T) {
			want := sets[name]
			options := drift.Options{MinRows: -1, Period: task.period, Threshold: want.Threshold, Groups: task.groups}
			r, err := drift.Compare(t.Context(), task.table(t, name+"_reference"), task.table(t, name+"_current"), options)
			if err != nil {
				t.Fatal(err)
			}
			if n := checkCells(t, r, want); n != task.cells {
				t.Errorf("%d cells were checked, not %d", n, task.cells)
			}
			checkQuality(t, r, want, task.first)
			checkFairness(t, r, want, task.first)
			t.Log(r.Verdict.Line)
		})
	}
}

func close12(got drift.Number, want float64) bool {
	return math.Abs(float64(got)-want) <= 1e-10*math.Abs(want)+1e-12
}

func checkCells(t *testing.T, r drift.Report, want realSet) (checked int) {
	t.Helper()
	for _, f := range r.Features {
		if f.Kind != want.Types[f.Name] {
			t.Errorf("%s is %s, not %s", f.Name, f.Kind, want.Types[f.Name])
		}
		cells := want.Heatmap[f.Name]
		if cells == nil {
			continue
		}
		whole := drift.Window{Label: "all", Status: f.Status, PSI: f.Measures.PSI}
		if f.Test != nil {
			whole.Test, whole.Score, whole.Threshold = f.Test.Name, f.Test.Score, f.Test.Threshold
		}
		for _, w := range append(f.Windows, whole) {
			checked++
			c, ok := cells[w.Label]
			if !ok {
				t.Errorf("%s has a window %s too many", f.Name, w.Label)
				continue
			}
			if c.Score == nil {
				if w.Status != drift.Undefined || w.Reason != "current is empty" {
					t.Errorf("%s %s: got %+v, want %s", f.Name, w.Label, w, c.Undefined)
				}
				continue
			}
			if w.Test != *c.Test || !close12(w.Score, *c.Score) || !close12(w.Threshold, *c.Threshold) || !close12(w.PSI, *c.PSI) ||
				(w.Status == drift.Drifted) != *c.Detected {
				t.Errorf("%s %s: got %+v, want %s %v ≥ %v psi %v %v", f.Name, w.Label, w, *c.Test, *c.Score, *c.Threshold, *c.PSI, *c.Detected)
			}
		}
	}
	return checked
}

func checkQuality(t *testing.T, r drift.Report, want realSet, first string) {
	t.Helper()
	rows := map[string]drift.QualityRow{first: *r.Quality.Reference}
	for _, w := range r.Quality.Windows {
		rows[w.Label] = w
	}
	for label, metrics := range want.Quality {
		row := rows[label]
		for name, v := range metrics {
			if name == "n" {
				if row.N != int(v) {
					t.Errorf("quality %s: got %d rows, want %v", label, row.N, v)
				}
				continue
			}
			if got, ok := row.Metrics[name]; !close12(got, v) && (ok || v != 0) && !(v == 0 && !got.Defined()) {
				t.Errorf("quality %s: got %s %v, want %v", label, name, got, v)
			}
		}
	}
}

func checkFairness(t *testing.T, r drift.Report, want realSet, first string) {
	t.Helper()
	checked := 0
	for _, f := range r.Fairness {
		label := f.Label
		if label == "reference" {
			label = first
		}
		for name, got := range map[string]drift.Number{
			"demographic_parity_difference": f.ParityGap, "demographic_parity_ratio": f.ParityRatio,
			"equalized_odds_difference": f.OddsGap, "equal_opportunity_difference": f.ChanceGap,
		} {
			v, ok := want.Fairness[f.Column][label][name]
			if !ok {
				continue // of the whole current, which expected.json leaves out
			}
			if checked++; !close12(got, v) {
				t.Errorf("fairness of %s %s: got %s %v, want %v", f.Column, label, name, got, v)
			}
		}
	}
	if n := 16 * len(want.Fairness); checked != n {
		t.Errorf("%d numbers of fairness were checked, not %d", checked, n)
	}
}

func TestTheDemoSetsEndAsTheyAreKnownTo(t *testing.T) {
	for name, c := range map[string]struct {
		status              string
		tested, drifted     int
		featuresOnly        bool
		featuresTested, few int
	}{
		"flights2013": {drift.VerdictDrift, 16, 8, true, 14, 7},
		"census_ma":   {drift.VerdictOK, 19, 0, true, 16, 0},
	} {
		task := realTasks()[name]
		ref, cur := task.table(t, name+"_reference"), task.table(t, name+"_current")
		for _, only := range []bool{false, true} {
			r, err := drift.Compare(t.Context(), ref, cur, drift.Options{FeaturesOnly: only})
			if err != nil {
				t.Fatal(err)
			}
			tested, drifted := c.tested, c.drifted
			if only {
				tested, drifted = c.featuresTested, c.few
			}
			got := fmt.Sprint(r.Verdict.Status, r.Verdict.Tested, r.Verdict.Drifted)
			if want := fmt.Sprint(c.status, tested, drifted); got != want {
				t.Errorf("%s, features only %v: got %s, want %s (%s)", name, only, got, want, r.Verdict.Line)
			}
		}
	}
}
