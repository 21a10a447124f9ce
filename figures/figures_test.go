package figures_test

import (
	"slices"
	"strings"
	"testing"

	"benchside/compare"
	"benchside/figures"
	"benchside/plots"
	"benchside/store"
)

func runs() (out []compare.Subject) {
	for i, family := range []string{"mlp", "svm", "mlp", "svm", "mlp"} {
		r := store.Run{Params: map[string]string{"family": family, "seed": "7"}, Metrics: map[string]store.Point{}}
		r.ID = family
		r.Metrics["auc"], r.Metrics["loss"] = store.Point{Value: float64(i)}, store.Point{Value: float64(-i * i)}
		out = append(out, compare.Subject{Run: r})
	}
	delete(out[4].Run.Params, "family")
	return out
}

func chart(t *testing.T, kind string, fields ...string) plots.Chart {
	t.Helper()
	var of []figures.Field
	for _, text := range fields {
		name, direction, _ := strings.Cut(text, "=")
		f, err := figures.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Direction = map[string]compare.Direction{"max": compare.Higher, "min": compare.Lower}[direction]
		of = append(of, f)
	}
	at := slices.IndexFunc(figures.Kinds, func(k figures.Kind) bool { return k.Name == kind })
	c, err := figures.Kinds[at].Chart(runs(), of, figures.Options{GroupBy: "params.family"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAHeatmapSaysWhyARowIsEmpty(t *testing.T) {
	c := chart(t, "heatmap", "metrics.auc", "params.family", "params.seed", "params.nobody", "metrics.loss").(*plots.Heatmap)
	if want := "family is text, seed is constant, nobody is missing, over 5 runs"; c.Note != want {
		t.Errorf("got %q, want %q", c.Note, want)
	}
}

func TestTextsAreTold(t *testing.T) {
	n := 0
	for _, p := range chart(t, "scatter", "params.family", "metrics.auc").(*plots.Scatter).Spots {
		if p.Text {
			n++
		}
	}
	for _, b := range chart(t, "bar", "params.family").(*plots.Bars).Bars {
		if b.Text {
			n++
		}
	}
	for _, h := range chart(t, "contour", "params.seed", "params.family", "metrics.auc").(*plots.Contour).Heights {
		if h.Text {
			n++
		}
	}
	for _, s := range chart(t, "box", "params.family").(*plots.Boxes).Samples {
		n += s.Texts
	}
	n += chart(t, "histogram", "params.family").(*plots.Histogram).Texts
	if n != 5*4 {
		t.Errorf("%d texts in 5 charts of 4 texts and a run without the param", n)
	}
}

func TestTheStaircaseKnowsWhatIsBetter(t *testing.T) {
	for text, want := range map[string]plots.Best{"metrics.auc=max": plots.Greatest, "metrics.auc=min": plots.Least} {
		if got := chart(t, "pareto", text, "metrics.loss=min").(*plots.Scatter).Best; got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
