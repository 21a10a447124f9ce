package quality

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"benchside/stats"
)

// scoredBy makes rows whose truth follows the score by a rule.
func scoredBy(seed uint64, rows int, score func(*rand.Rand) float64, truth func(score float64) float64) []Scored {
	r := rand.New(rand.NewPCG(seed, 9))
	out := make([]Scored, rows)
	for i := range out {
		s := score(r)
		out[i] = Scored{True: r.Float64() < truth(s), Score: s}
	}
	return out
}

func TestConceptShiftIsOfTheTruthAndNotOfTheScores(t *testing.T) {
	uniform := func(r *rand.Rand) float64 { return r.Float64() }
	high := func(r *rand.Rand) float64 { return math.Sqrt(r.Float64()) }
	calibrated := func(s float64) float64 { return s }
	overrated := func(s float64) float64 { return s / 2 }
	before := scoredBy(1, 5000, uniform, calibrated)
	for name, c := range map[string]struct {
		now   []Scored
		drift bool
	}{
		"the same":         {scoredBy(2, 5000, uniform, calibrated), false},
		"other scores":     {scoredBy(3, 5000, high, calibrated), false},
		"less comes true":  {scoredBy(4, 5000, uniform, overrated), true},
		"few rows of less": {scoredBy(5, 40, uniform, overrated), false},
	} {
		got := ConceptShift(before, c.now, 10, 30, 0.01)
		if got.Drift != c.drift {
			t.Errorf("%s: drift is %v, want %v (%+v)", name, got.Drift, c.drift, got.Bins)
		}
		if c.drift && (got.Change < 0.2 || got.Bins[got.Worst].At < 7) {
			t.Errorf("%s: the change is %v, worst in bin %d", name, got.Change, got.Bins[got.Worst].At)
		}
	}
	if got := ConceptShift(nil, nil, 10, 30, 0.05); len(got.Bins) != 0 || !math.IsNaN(got.Change) || got.Worst != -1 {
		t.Errorf("nothing: got %+v", got)
	}
}

func TestBinsAreClosedAbove(t *testing.T) {
	for score, want := range map[float64]int{0: 0, 0.1: 0, 0.1000001: 1, 0.2: 1, 0.3: 2, 0.5: 4, 0.7: 6, 0.9: 8, 0.91: 9, 1: 9, -3: 0, 7: 9} {
		if got := binOf(score, 10); got != want {
			t.Errorf("score %v: got bin %d, want %d", score, got, want)
		}
	}
}

func TestFewRowsStayOutOfTheGaps(t *testing.T) {
	groups := []Outcome{{"b", 40, 10, 40, 10}, {"a", 20, 5, 60, 15}, {"tiny", 1, 0, 0, 0}}
	f := Compare(groups, 30)
	if len(f.Groups) != 3 || f.Groups[0].Group != "a" || math.Abs(f.Parity.Difference-0.25) > 1e-15 || len(f.Unfounded) != 0 {
		t.Errorf("got %+v", f)
	}
	if f := Compare(groups, 0); f.Parity.Difference != 0.75 || len(f.Unfounded) != 1 {
		t.Errorf("all groups: got %+v", f)
	}
	if f := Compare(nil, 0); !math.IsNaN(f.Parity.Difference) {
		t.Errorf("no groups: got %+v", f)
	}
}

func TestWhatHasNoQualitySaysWhy(t *testing.T) {
	second := func(_ any, err error) error { return err }
	for why, err := range map[string]error{
		"one class only":      second(Rank([]Scored{{True: true, Score: 0.2}})),
		"needs pairs":         second(Regress(nil, nil)),
		"nobody of the":       second(DisparateImpact(Outcome{TP: 1}, Outcome{TN: 5})),
		"there are no labels": second(OneVsRest(nil, 0, Macro)),
	} {
		if !errors.Is(err, stats.ErrCannot) || !strings.Contains(err.Error(), why) {
			t.Errorf("got %v, want %q", err, why)
		}
	}
}

func FuzzBinary(f *testing.F) {
	f.Add([]byte{1, 200, 3, 4}, 0.5)
	f.Add([]byte{}, math.NaN())
	f.Fuzz(func(t *testing.T, content []byte, odd float64) {
		rows := []Scored{}
		for _, b := range content {
			rows = append(rows, Scored{True: b%2 == 1, Score: float64(b) / 255})
		}
		if len(rows) > 2 {
			rows[1].Score = odd
		}
		ece, mce := CalibrationError(Calibration(rows, 10))
		if rank, err := Rank(rows); err == nil && !math.IsNaN(odd) && !(rank.AUC >= -1e-12 && rank.AUC <= 1+1e-12) {
			t.Errorf("AUC %v", rank.AUC)
		}
		if c := Binary(rows, 0.5); c.N != len(rows) {
			t.Errorf("%d of %d rows were counted", c.N, len(rows))
		}
		ConceptShift(rows, rows, 10, 1, 0.05)
		if len(rows) > 0 && odd >= 0 && odd <= 1 && !(ece <= mce+1e-12) {
			t.Errorf("ECE %v is above MCE %v", ece, mce)
		}
	})
}
