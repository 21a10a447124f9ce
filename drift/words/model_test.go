package words_test

import (
	"bytes"
	"strings"
	"testing"

	"benchside/drift"
	"benchside/drift/words"
)

func TestWhatAReportSaysOfTheModel(t *testing.T) {
	if got := words.OfModel(drift.Report{}); len(got) > 0 {
		t.Errorf("without a target: got %v", got)
	}
	r := drift.Report{
		Quality: &drift.Quality{
			Task:      "binary",
			Reference: &drift.QualityRow{N: 2500, Metrics: map[string]drift.Number{"accuracy": 0.9, "zeal": 1, "roc_auc": 0.75}},
			Current:   &drift.QualityRow{N: 1200, Metrics: map[string]drift.Number{"accuracy": 0.67}},
			Windows:   []drift.QualityRow{{Label: "2025-01\x1b[2J", N: 30, Metrics: map[string]drift.Number{"roc_auc": 0.5}}},
			Concept:   &drift.Concept{Bins: []drift.ConceptBin{{From: 0, To: 0.1, Reference: 1505, Current: 340, ReferenceOf: 0.049, CurrentOf: 0.138, PAdjusted: 5e-9}}},
		},
		Fairness: []drift.Fairness{{
			Column: "channel", Label: "current", ParityGap: 0.056, ChanceGap: 0.061, OddsGap: 0.07,
			Groups: []drift.GroupRow{{Group: "branch", N: 206, BaseRate: 0.374, Selection: 0.199, TPR: 0.325, FPR: 0.124, Precision: 0.61, Accuracy: 0.67, Impact: 0.837}},
		}},
	}
	var text bytes.Buffer
	if err := words.Text(&text, r, 0); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"quality         n  accuracy  roc_auc   zeal\n", "reference    2500     0.900    0.750  1.000\n", "current      1200     0.670        —      —\n", "2025-01␛[2J    30         —    0.500      —\n",
		"0 – 0.1      0.049  1505    0.138  340       5e-09\n",
		"channel, current     n  base rate  selected    TPR    FPR  precision  accuracy  impact\n",
		"branch             206      0.374     0.199  0.325  0.124      0.610     0.670   0.837\n",
		"difference                            0.056  0.061\n", "of equalised odds                                   0.070\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%s", want, text.String())
		}
	}
	var marked bytes.Buffer
	if err := words.Markdown(&marked, r); err != nil || !strings.Contains(marked.String(), "| quality | n | accuracy |") {
		t.Errorf("got %v\n%s", err, marked.String())
	}
}
