package originals

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"benchside/plots"
)

const lab = "../../testdata/lab/mlruns/"

// array is an array of numpy as the lab has them: little-endian floats in C's
// order, in version 1.0 of the format.
type array struct {
	shape  []int
	values []float64
}

func (a array) Shape() []int     { return a.shape }
func (a array) At(i int) float64 { return a.values[i] }

func numpy(data []byte) (array, error) {
	header := string(data[10 : 10+int(binary.LittleEndian.Uint16(data[8:]))])
	var a array
	for _, n := range regexp.MustCompile(`\d+`).FindAllString(header[strings.Index(header, "shape"):], -1) {
		var v int
		fmt.Sscan(n, &v)
		a.shape = append(a.shape, v)
	}
	for data = data[10+len(header):]; len(data) > 0; {
		if strings.Contains(header, "<f4") {
			a.values, data = append(a.values, float64(math.Float32frombits(binary.LittleEndian.Uint32(data)))), data[4:]
		} else {
			a.values, data = append(a.values, math.Float64frombits(binary.LittleEndian.Uint64(data))), data[8:]
		}
	}
	return a, nil
}

// run reads the artifacts of a run of the lab.
func run(t *testing.T, folder string) (names []string, files Files) {
	t.Helper()
	root := lab + folder + "/artifacts"
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, err = filepath.Rel(root, name)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files.Read = func(_ context.Context, name string, _ int64) ([]byte, error) {
		return os.ReadFile(filepath.Join(root, name))
	}
	files.Matrix = func(ctx context.Context, name string) (Matrix, error) {
		data, err := files.Read(ctx, name, 0)
		if err != nil {
			return nil, err
		}
		return numpy(data)
	}
	return names, files
}

// content is files of a text each.
func content(of map[string]string) Files {
	return Files{Read: func(_ context.Context, name string, _ int64) ([]byte, error) {
		text, ok := of[name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return []byte(text), nil
	}}
}

func charts(t *testing.T, name, text string) ([]plots.Chart, error) {
	t.Helper()
	found := Find([]string{name})
	if len(found) != 1 {
		t.Fatalf("%s: found %v", name, found)
	}
	return found[0].Charts(t.Context(), content(map[string]string{name: text}))
}

func TestOriginalsAreFoundByTheirNames(t *testing.T) {
	for folder, want := range map[string]string{
		"2/4056b39d23934fbba21ad93749dd8b36": "feature importance [feature_importance.json] [plots/feature_importance.png]",
		"3/310a45d9cebd4282bf899b77b81b18cf": "feature importance [shap/importance.json] []|SHAP values [shap/shap_values.npy shap/base_values.npy shap/data.csv shap/importance.json] [shap/summary_beeswarm.png]",
		"3/ab03afaa06a14f5c94aac7880afcec1d": "SHAP values [model_explanations_shap/shap_values.npy model_explanations_shap/base_values.npy] [model_explanations_shap/summary_bar_plot.png]",
		"3/0762204cfd064c6482a28217a8984dcd": "",
	} {
		names, _ := run(t, folder)
		var got []string
		for _, o := range Find(names) {
			got = append(got, fmt.Sprint(o.Kind, " ", o.Names, " ", o.Pictures))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%s: got %s, want %s", folder, strings.Join(got, "|"), want)
		}
	}
	names := []string{"eval/roc_curve.csv", "x/roc_curve.png", "eval/roc.png", "eval/confusion_matrix.json", "proceed.json", "eval/pr-curve.json", "predictions.csv", "lift_curve.csv", "calibration.json"}
	var got []Kind
	for _, o := range Find(names) {
		got = append(got, o.Kind)
	}
	if want := []Kind{ROC, Confusion, PrecisionRecall, Predictions, Lift, Calibration}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if p := Find(names)[0].Pictures; !slices.Equal(p, []string{"x/roc_curve.png", "eval/roc.png"}) {
		t.Errorf("the pictures of a curve: got %v", p)
	}
}

// truth is what scikit-learn computed; see testdata/truth.py.
type truth struct {
	Truth, Score, FPR, TPR, Precision, Recall []float64
	ProbTrue                                  []float64 `json:"prob_true"`
	ProbPred                                  []float64 `json:"prob_pred"`
	ROCAUC                                    float64   `json:"roc_auc"`
	PRAUC                                     float64   `json:"pr_auc"`
	AP                                        float64
}

func close(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })
}

func TestCurvesAreThoseOfScikitLearn(t *testing.T) {
	data, err := os.ReadFile("testdata/truth.json")
	if err != nil {
		t.Fatal(err)
	}
	var want truth
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	roc, ok := ROCOf(want.Truth, want.Score)
	if !ok || !close(roc.X, want.FPR) || !close(roc.Y, want.TPR) {
		t.Errorf("ROC: got %v", roc)
	}
	if got, ok := AUC(roc.X, roc.Y); !ok || math.Abs(got-want.ROCAUC) > 1e-12 {
		t.Errorf("the area under the ROC: got %v, want %v", got, want.ROCAUC)
	}
	pr, ok := PROf(want.Truth, want.Score)
	slices.Reverse(want.Precision) // ours is by falling threshold
	slices.Reverse(want.Recall)
	if !ok || !close(pr.X, want.Recall) || !close(pr.Y, want.Precision) {
		t.Errorf("precision and recall: got %v\nwant %v\n%v", pr, want.Recall, want.Precision)
	}
	slices.Reverse(want.Precision)
	slices.Reverse(want.Recall)
	for name, c := range map[string][2][]float64{"ours": {pr.X, pr.Y}, "scikit-learn's, falling": {want.Recall, want.Precision}} {
		if got, ok := AP(c[0], c[1]); !ok || math.Abs(got-want.AP) > 1e-12 {
			t.Errorf("average precision of %s: got %v, want %v", name, got, want.AP)
		}
		if got, ok := AUC(c[0], c[1]); !ok || math.Abs(got-want.PRAUC) > 1e-12 {
			t.Errorf("the area under precision and recall of %s: got %v, want %v", name, got, want.PRAUC)
		}
	}
	calibration, ok := CalibrationOf(want.Truth, want.Score, 10)
	if !ok || !close(calibration.X, want.ProbPred) || !close(calibration.Y, want.ProbTrue) {
		t.Errorf("calibration: got %v\nwant %v\n%v", calibration, want.ProbPred, want.ProbTrue)
	}
}

func TestCurvesByHand(t *testing.T) {
	// Ranked + - +: the best third is all positive, of all rows two in three are: 1/(2/3).
	lift, ok := LiftOf([]float64{1, 0, 1, math.NaN()}, []float64{0.9, 0.8, 0.1, 1})
	if !ok || !close(lift.X, []float64{1. / 3, 2. / 3, 1}) || !close(lift.Y, []float64{1.5, 0.75, 1}) {
		t.Errorf("lift: got %v", lift)
	}
	if _, ok := ROCOf([]float64{1, 1}, []float64{1, 2}); ok {
		t.Error("one class has no ROC")
	}
	if _, ok := CalibrationOf([]float64{1}, []float64{2}, 10); ok {
		t.Error("what is no probability has no calibration")
	}
	for name, x := range map[string][]float64{"to and fro": {0, 1, 0.5}, "one point": {0}, "NaN": {0, math.NaN()}} {
		if v, ok := AUC(x, make([]float64, len(x))); ok {
			t.Errorf("the area under %s is %v", name, v)
		}
	}
}

func TestConfusionMatrices(t *testing.T) {
	for name, c := range map[string]struct{ file, text, classes string }{
		"a list of lists":   {"confusion_matrix.json", `[[8,2],[1,9]]`, "[0 1]"},
		"with labels":       {"confusion_matrix.json", `{"labels":["no","yes"],"matrix":[[8,2],[1,9]]}`, "[no yes]"},
		"pandas' split":     {"confusion_matrix.json", `{"columns":["no","yes"],"index":[0,1],"data":[[8,2],[1,9]]}`, "[no yes]"},
		"pandas' columns":   {"confusion_matrix.json", `{"no":{"no":8,"yes":1},"yes":{"no":2,"yes":9}}`, "[no yes]"},
		"CSV":               {"confusion_matrix.csv", "no,yes\n8,2\n1,9\n", "[no yes]"},
		"CSV with an index": {"confusion_matrix.csv", ",no,yes\nno,8,2\nyes,1,9\n", "[no yes]"},
		"CSV, classes 0, 1": {"confusion_matrix.csv", ",0,1\n0,8,2\n1,1,9\n", "[0 1]"},
		"CSV of numbers":    {"confusion_matrix.csv", "8,2\n1,9\n", "[0 1]"},
	} {
		got, err := charts(t, c.file, c.text)
		if err != nil || len(got) != 2 {
			t.Errorf("%s: got %v, %v", name, got, err)
			continue
		}
		counts, parts := got[0].(*plots.Heatmap), got[1].(*plots.Heatmap)
		if !slices.Equal(counts.Values, []float64{8, 2, 1, 9}) || !close(parts.Values, []float64{0.8, 0.2, 0.1, 0.9}) || fmt.Sprint(counts.Rows) != c.classes || !strings.Contains(counts.Note, "accuracy 0.85") {
			t.Errorf("%s: got %+v and %+v", name, counts, parts)
		}
	}
	for name, text := range map[string]string{"not square": `[[1,2]]`, "words": `[["a"]]`, "nothing": `[]`, "no list": `{"a":"b"}`, "no JSON": `{`} {
		if got, err := charts(t, "confusion.json", text); err == nil {
			t.Errorf("%s: got %v", name, got)
		}
	}
	o := Find([]string{"cm/confusion_matrix.npy"})[0]
	files := Files{Matrix: func(context.Context, string) (Matrix, error) { return array{[]int{2, 2}, []float64{8, 2, 0, 0}}, nil }}
	got, err := o.Charts(t.Context(), files)
	if err != nil || !slices.Equal(got[0].(*plots.Heatmap).Values, []float64{8, 2, 0, 0}) || !math.IsNaN(got[1].(*plots.Heatmap).Values[3]) {
		t.Errorf("numpy: got %v, %v", got, err)
	}
}

func TestCurvesThatWereLogged(t *testing.T) {
	for name, c := range map[string]struct{ file, text, series string }{
		"ROC":                  {"roc_curve.csv", "fpr,tpr\n0,0\n0.5,1\n1,1\n", "chance|AUC 0.75"},
		"ROC as columns":       {"roc.json", `{"fpr":[0,0.5,1],"tpr":[0,1,1],"thresholds":[2,1,0]}`, "chance|AUC 0.75"},
		"ROC as records":       {"roc.json", `[{"tpr":0,"fpr":0},{"tpr":1,"fpr":0.5},{"fpr":1,"tpr":1}]`, "chance|AUC 0.75"},
		"ROC of classes":       {"roc.csv", "class,fpr,tpr\na,0,0\na,1,1\nb,0,0\nb,0,1\nb,1,1\n", "chance|a AUC 0.5|b AUC 1"},
		"precision and recall": {"pr_curve.csv", "precision,recall\n0.5,1\n1,0.5\n1,0\n", "AP 0.75"},
		"calibration":          {"calibration_curve.csv", "prob_pred,prob_true\n0.1,0.2\n0.9,0.8\n", "perfect|calibration"},
		"lift":                 {"lift_curve.csv", "percentage,lift\n0.5,2\n1,1\n", "lift"},
		"ROC of predictions":   {"roc.csv", "y_true,y_score\n1,0.9\n0,0.1\n", "chance|AUC 1"},
	} {
		got, err := charts(t, c.file, c.text)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: got %v, %v", name, got, err)
			continue
		}
		var names []string
		for _, s := range got[0].(*plots.Line).Series {
			names = append(names, s.Name)
		}
		if strings.Join(names, "|") != c.series {
			t.Errorf("%s: got %q, want %q", name, names, c.series)
		}
	}
	if got, err := charts(t, "predictions.csv", "y_true,y_prob\n1,0.9\n0,0.1\n1,0.4\n"); err != nil || len(got) != 4 {
		t.Errorf("predictions: got %v, %v", got, err)
	}
	if got, err := charts(t, "roc.csv", "a,b\n1,2\n"); !errors.Is(err, ErrNumbers) {
		t.Errorf("other columns: got %v, %v", got, err)
	}
}

func TestImportanceOfTheLab(t *testing.T) {
	names, files := run(t, "2/4056b39d23934fbba21ad93749dd8b36")
	got, err := Find(names)[0].Charts(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	bars := got[0].(*plots.Bars).Bars
	if len(bars) != 8 || bars[0] != (plots.Bar{Name: "days_since_login", Value: 0.19816770679524143}) || bars[7].Name != "is_autopay" {
		t.Errorf("got %+v", bars)
	}
}

// TestSHAPOfTheLab compares the mean sizes with those that Python logged.
func TestSHAPOfTheLab(t *testing.T) {
	names, files := run(t, "3/310a45d9cebd4282bf899b77b81b18cf")
	found := Find(names)
	logged, err := found[0].Charts(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	got, err := found[1].Charts(t.Context(), files)
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	want, bars := logged[0].(*plots.Bars).Bars, got[0].(*plots.Bars)
	for i, b := range bars.Bars {
		if b.Name != want[i].Name || math.Abs(b.Value-want[i].Value) > 1e-8 {
			t.Errorf("bar %d: got %+v, want %+v", i, b, want[i])
		}
	}
	if !regexp.MustCompile(`^100 rows; from a base of 0\.\d+$`).MatchString(bars.Note) {
		t.Errorf("got the note %q", bars.Note)
	}
	swarm := got[2].(*plots.Scatter)
	if len(swarm.Spots) != 800 || !strings.HasPrefix(swarm.Spots[0].Name, "support_calls = ") {
		t.Errorf("got %d points, the first is %+v", len(swarm.Spots), swarm.Spots[0])
	}
	slots := map[int]int{}
	for _, s := range swarm.Spots {
		slots[s.Slot]++
		if row := math.Round(s.Y); math.Abs(s.Y-row) > 0.4+1e-9 || row < 1 || row > 8 {
			t.Fatalf("%+v is out of its row", s)
		}
	}
	if len(slots) != 3 {
		t.Errorf("got the thirds %v", slots)
	}
	names, files = run(t, "3/ab03afaa06a14f5c94aac7880afcec1d")
	got, err = Find(names)[0].Charts(t.Context(), files)
	if err != nil || got[0].(*plots.Bars).Bars[0].Name[:8] != "feature " {
		t.Errorf("without names: got %v, %v", got, err)
	}
}

func TestSHAPOfSeveralClasses(t *testing.T) {
	files := Files{Matrix: func(_ context.Context, name string) (Matrix, error) {
		if name == "shap_values.npy" {
			return array{[]int{2, 1, 2}, []float64{1, -2, 3, -4}}, nil
		}
		return array{[]int{2}, []float64{0.25, 0.75}}, nil
	}}
	got, err := Find([]string{"shap_values.npy", "base_values.npy"})[0].Charts(t.Context(), files)
	if err != nil || len(got) != 6 {
		t.Fatal(got, err)
	}
	for i, want := range []float64{2, 3} {
		bars := got[3*i].(*plots.Bars)
		if bars.Bars[0].Value != want || !strings.Contains(bars.Title, fmt.Sprintf("class %d", i)) || !strings.Contains(bars.Note, []string{"0.25", "0.75"}[i]) {
			t.Errorf("class %d: got %+v", i, bars)
		}
	}
	bad := Files{Matrix: func(context.Context, string) (Matrix, error) { return array{shape: []int{5}}, nil }}
	if _, err := Find([]string{"shap_values.npy"})[0].Charts(t.Context(), bad); !errors.Is(err, ErrNumbers) {
		t.Errorf("one dimension: got %v", err)
	}
}

func TestImagesOfTheLab(t *testing.T) {
	names, _ := run(t, "4/7966223abb0d4c61ab642c3004b90cd7")
	got := ImageSeries(names)
	if len(got) != 2 || got[0].Key != "attention map" || got[1].Key != "samples/gen" || len(got[0].Steps) != 5 || len(got[1].Steps) != 10 {
		t.Fatalf("got %+v", got)
	}
	want := Image{
		Step: 5, Time: time.UnixMilli(1775044802003).UTC(), UUID: "cb61a931-7bef-4cb5-8027-ae51ec1b398a",
		Full:    "images/samples~gen+step+5+timestamp+1775044802003+cb61a931-7bef-4cb5-8027-ae51ec1b398a.png",
		Smaller: "images/samples~gen+step+5+timestamp+1775044802003+cb61a931-7bef-4cb5-8027-ae51ec1b398a+compressed.webp",
	}
	if got[1].Steps[1] != want {
		t.Errorf("got %+v, want %+v", got[1].Steps[1], want)
	}
	for i, s := range got[1].Steps {
		if s.Step != int64(5*i) || s.Full == "" || s.Smaller == "" {
			t.Errorf("step %d: got %+v", 5*i, s)
		}
	}
}

func TestNamesOfImages(t *testing.T) {
	const id = "cb61a931-7bef-4cb5-8027-ae51ec1b398a"
	for name, want := range map[string]string{
		"images/a~b+step+1+timestamp+2+" + id + ".png":                 "a/b",
		"images/a#b%step%1%timestamp%2%" + id + "%compressed.webp":     "a/b",
		"images/a b-c.d_e+step+-1+timestamp+2+" + id + ".png":          "a b-c.d_e",
		"images/a+step%1+timestamp+2+" + id + ".png":                   "",
		"images/a+step+1+timestamp+2+nope.png":                         "",
		"images/+step+1+timestamp+2+" + id + ".png":                    "",
		"images/a+step+9999999999999999999+timestamp+2+" + id + ".png": "",
		"plot.png": "",
	} {
		key, _, ok := parseImage(name)
		if key != want || ok != (want != "") {
			t.Errorf("%s: got %q, want %q", name, key, want)
		}
	}
}

func FuzzOriginals(f *testing.F) {
	f.Add("confusion.json", []byte(`{"labels":["a","b"],"matrix":[[1,2],[3,4]]}`))
	f.Add("roc.csv", []byte("fpr,tpr\n0,0\n1,1\n"))
	f.Add("importance.json", []byte(`{"a":1,"b":NaN}`))
	f.Add("predictions.json", []byte(`[{"y_true":1,"y_score":0.5},{"y_true":0}]`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		ImageSeries([]string{name})
		files := content(map[string]string{name: string(data)})
		for _, o := range Find([]string{name}) {
			got, err := o.Charts(t.Context(), files)
			if err != nil {
				continue
			}
			for _, c := range got {
				c.Scene(plots.Frame{W: 40, H: 12, DotsX: 2, DotsY: 4})
				c.Table()
			}
		}
	})
}
