package compare

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// sweep are runs whose metric depends on lr, a little on opt, and not on noise.
func sweep(n int, strength float64) []Subject {
	random := rand.New(rand.NewPCG(5, 5))
	var all []Subject
	for i := range n {
		lr, noise, opt := random.Float64(), random.Float64(), random.IntN(2)
		auc := strength*(lr*lr+0.2*float64(opt)) + 0.05*random.NormFloat64()
		all = append(all, subject(fmt.Sprint(i), map[string]string{
			"lr": fmt.Sprint(lr), "noise": fmt.Sprint(noise), "opt": []string{"adam", "sgd"}[opt], "same": "1",
		}, map[string]float64{"auc": auc}))
	}
	return all
}

func TestTheParamThatDecidesMattersMost(t *testing.T) {
	m, err := Matter(sweep(80, 1), "auc")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Params) != 3 || m.Params[0].Param != "lr" || m.Params[0].Low <= 0 || m.R2 < 0.5 || m.N != 80 {
		t.Errorf("got %+v, want lr first of three, above 0, and more than half explained", m)
	}
	for _, p := range m.Params {
		if p.Low > p.Share || p.High < p.Share {
			t.Errorf("%s: %v is not between %v and %v", p.Param, p.Share, p.Low, p.High)
		}
		if p.Param == "noise" && p.Low > 0 {
			t.Errorf("noise matters: %+v", p)
		}
	}
	again, _ := Matter(sweep(80, 1), "auc")
	if !reflect.DeepEqual(m, again) {
		t.Error("the same runs gave two answers")
	}
}

func TestNothingMattersWhereNothingIsExplained(t *testing.T) {
	m, err := Matter(sweep(60, 0), "auc")
	if err != nil || m.R2 > 0.2 {
		t.Errorf("got %+v, %v, want almost nothing explained of noise", m, err)
	}
	for _, p := range m.Params {
		if p.Low > 0 {
			t.Errorf("%s matters for noise: %+v", p.Param, p)
		}
	}
}

func TestWhatTooFewRunsSay(t *testing.T) {
	for name, c := range map[string]struct {
		subjects []Subject
		why      string
	}{
		"no runs":        {nil, "needs 8 runs"},
		"few":            {sweep(7, 1), "and has 7"},
		"no other value": {append(sweep(8, 1)[:1:1], sweep(8, 1)[:1]...), "needs 8"},
	} {
		if _, err := Matter(c.subjects, "auc"); !errors.Is(err, ErrCannot) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, want %q", name, err, c.why)
		}
	}
	var alike []Subject
	for i := range 10 {
		alike = append(alike, subject(fmt.Sprint(i), map[string]string{"lr": "1"}, map[string]float64{"auc": float64(i)}))
	}
	if _, err := Matter(alike, "auc"); !errors.Is(err, ErrCannot) || !strings.Contains(err.Error(), "no param varies") {
		t.Errorf("nothing varies: %v", err)
	}
}

func TestParamsAreCorrelatedWithTheirNumber(t *testing.T) {
	found, left := Correlate(sweep(40, 1), "auc")
	if len(found) != 2 || found[0].Param != "lr" || found[0].N != 40 || left != 1 {
		t.Errorf("got %+v and %d, want lr and noise of 40 runs, and opt left", found, left)
	}
}
