package drift_test

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"hash"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"benchside/drift"
)

var truthDir = flag.String("truth", "testdata/truth", "folder of truth cases")

// truth is one case: what went in and what the reference libraries say.
type truth struct {
	ID, Kind string
	Input    struct {
		Reference, Current, Columns []truthColumn
		Stream                      json.RawMessage
		CSV                         string
		PValues                     []*float64
		Values                      []*float64
		Rule                        json.RawMessage
		Options                     map[string]any
	}
	Expect []expectation
}

type expectation struct {
	Fn        string
	Args      map[string]any
	Value     any
	Tol       struct{ Rel, Abs float64 }
	Exact     any
	Accept    string
	Undefined bool
	RefError  string `json:"ref_error"`
}

func (e expectation) arg(name string) string { s, _ := e.Args[name].(string); return s }

func (e expectation) number(name string) float64 { v, _ := e.Args[name].(float64); return v }

// matches says whether what we computed is what was expected.
func (e expectation) matches(got any, err error) bool {
	if err != nil {
		got = math.NaN()
	}
	if e.Undefined {
		return undefined(got)
	}
	if e.same(got, e.Value) {
		return true
	}
	return e.Exact != nil && e.same(got, e.Exact)
}

func undefined(got any) bool {
	v, ok := got.(float64)
	return got == nil || ok && math.IsNaN(v)
}

func (e expectation) same(got, want any) bool {
	switch want := want.(type) {
	case nil:
		return undefined(got)
	case string:
		if v, ok := got.(float64); ok {
			return want == "NaN" && math.IsNaN(v) || want == "Infinity" && math.IsInf(v, 1) || want == "-Infinity" && math.IsInf(v, -1)
		}
		return got == want
	case bool:
		return got == want
	case float64:
		v, ok := got.(float64)
		return ok && (v == want || math.Abs(v-want) <= math.Max(e.Tol.Abs, e.Tol.Rel*math.Abs(want)))
	case []any:
		list, ok := got.([]any)
		return ok && slices.EqualFunc(list, want, e.same)
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok || len(object) != len(want) {
			return false
		}
		for key, w := range want {
			if v, there := object[key]; !there || !e.same(v, w) {
				return false
			}
		}
		return true
	}
	return false
}

// plain turns a value of ours into what JSON would have made of it.
func plain(v any) any {
	switch v := v.(type) {
	case float64, string, bool, nil, map[string]any, []any:
		return v
	case int:
		return float64(v)
	case []string:
		return list(v)
	case []float64:
		return list(v)
	case []int:
		return list(v)
	case []bool:
		return list(v)
	}
	panic(fmt.Sprintf("%T is no JSON", v))
}

func list[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = plain(v)
	}
	return out
}

func TestTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("it computes in one goroutine, which the race detector makes many times slower")
	}
	files, err := filepath.Glob(filepath.Join(*truthDir, "*.json"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%s has %d files: %v", *truthDir, len(files), err)
	}
	var all []truth
	for _, name := range files {
		if filepath.Base(name) == "INDEX.json" {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parseTruth(t, name, content))
	}
	checkTruth(t, all)
}

// TestScipy checks small and degenerate samples that testdata/make_scipy.py wrote.
func TestScipy(t *testing.T) {
	if testing.Short() {
		t.Skip("it computes in one goroutine, which the race detector makes many times slower")
	}
	file, err := os.Open("testdata/scipy.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []truth
	lines := bufio.NewScanner(content)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		all = append(all, parseTruth(t, "testdata/scipy.jsonl.gz", lines.Bytes()))
	}
	if err := lines.Err(); err != nil || len(all) < 200 {
		t.Fatalf("%d cases were read: %v", len(all), err)
	}
	checkTruth(t, all)
}

// checkTruth checks every expectation of cases and says how many there were.
func checkTruth(t *testing.T, all []truth) {
	t.Helper()
	checked, failed := 0, 0
	for _, c := range all {
		evaluate, known := kinds()[c.Kind]
		if !known {
			failed++
			t.Errorf("%s: the kind %q is unknown", c.ID, c.Kind)
			continue
		}
		answer := evaluate(t, c)
		for i, e := range c.Expect {
			got, err := protected(answer, e)
			checked++
			if err != nil && strings.HasPrefix(err.Error(), "test:") || !e.matches(got, err) {
				failed++
				t.Errorf("%s #%d %s %v: got %s (%v), want %s", c.ID, i, e.Fn, e.Args, short(got), err, short(e.Value))
			}
		}
	}
	fmt.Printf("%s: %d cases, %d expectations checked, %d failed, none skipped\n", t.Name(), len(all), checked, failed)
}

// protected turns a panic of one case into its failure.
func protected(answer func(expectation) (any, error), e expectation) (got any, err error) {
	defer func() {
		if r := recover(); r != nil {
			got, err = nil, fmt.Errorf("test: panic: %v", r)
		}
	}()
	if got, err = answer(e); err == nil {
		got = plain(got)
	}
	return got, err
}

func short(v any) string { return fmt.Sprintf("%.600s", fmt.Sprintf("%v", v)) }

func parseTruth(t *testing.T, name string, content []byte) truth {
	t.Helper()
	var c truth
	if err := json.Unmarshal(content, &c); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(c.Expect) == 0 {
		t.Errorf("%s: %s expects nothing", name, c.ID)
	}
	return c
}

// kinds are the kinds of cases, and what answers their expectations.
func kinds() map[string]func(*testing.T, truth) func(expectation) (any, error) {
	return map[string]func(*testing.T, truth) func(expectation) (any, error){
		"drift": driftCase, "dataset": datasetCase, "timeline": timelineCase, "chunks": chunksCase, "csv": csvCase,
		"quality_binary": binaryCase, "quality_multiclass": multiclassCase, "quality_regression": regressionCase,
		"fairness": fairnessCase, "multiplicity": multiplicityCase, "stream": streamCase, "alert": alertCase, "special": specialCase,
	}
}

func unknownFn(e expectation) (any, error) {
	return nil, fmt.Errorf("test: the function %q %v is unknown", e.Fn, e.Args)
}

// truthColumn is a column of a case: values or a recipe.
type truthColumn struct {
	Name, Dtype, SHA256 string
	N                   int
	Values              []any
	Gen                 *recipe
}

func (c truthColumn) column(t *testing.T) drift.Column {
	t.Helper()
	values := c.Values
	if c.Gen != nil {
		values = c.Gen.values()
	}
	if len(values) != c.N {
		t.Fatalf("column %s has %d values, not %d", c.Name, len(values), c.N)
	}
	out := drift.Column{Name: c.Name}
	sum := sha256.New()
	for _, v := range values {
		c.append(t, &out, v, sum)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != c.SHA256 {
		t.Fatalf("column %s has the digest %s, not %s", c.Name, got, c.SHA256)
	}
	if c.Dtype == "datetime" {
		return times(out)
	}
	return out
}

func (c truthColumn) append(t *testing.T, out *drift.Column, v any, sum hash.Hash) {
	t.Helper()
	if c.Dtype == "string" || c.Dtype == "datetime" {
		out.Storage = drift.String
		if v == nil {
			out.Texts.AppendMissing()
			sum.Write([]byte{1, 0})
			return
		}
		out.Texts.Append([]byte(v.(string)))
		sum.Write(append([]byte(v.(string)), 0))
		return
	}
	storage, ok := map[string]drift.Storage{"float64": drift.Float, "int64": drift.Int, "bool": drift.Bool, "uint64": drift.Uint}[c.Dtype]
	if !ok {
		t.Fatalf("column %s has the type %q", c.Name, c.Dtype)
	}
	out.Storage = storage
	number, bits := 0.0, uint64(0x7ff8000000000000)
	switch v := v.(type) {
	case nil:
		number = math.NaN()
		out.Nulls++
	case bool:
		if v {
			number = 1
		}
		bits = math.Float64bits(number)
	case float64:
		number, bits = v, math.Float64bits(v)
	case string:
		number = map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}[v]
		if v != "NaN" {
			bits = math.Float64bits(number)
		}
	}
	out.Numbers = append(out.Numbers, number)
	var row [8]byte
	binary.LittleEndian.PutUint64(row[:], bits)
	sum.Write(row[:])
}

// times turns texts into milliseconds, as a Parquet reader would bring them.
func times(texts drift.Column) drift.Column {
	out := drift.Column{Name: texts.Name, Storage: drift.Time}
	for _, code := range texts.Texts.Codes {
		if code < 0 {
			out.Numbers = append(out.Numbers, math.NaN())
			out.Nulls++
			continue
		}
		at, _ := drift.ParseTime(texts.Texts.Labels[code])
		out.Numbers = append(out.Numbers, float64(at.UnixMilli()))
	}
	return out
}

// recipe is the generator of long columns, splitmix64.
type recipe struct {
	Gen     string
	Seed    uint64
	N       int
	Dist    dist
	Missing float64
	state   uint64
}

type dist struct {
	Kind                                    string
	Value, Lo, Hi, Loc, Scale, P, At, Slope float64
	Decimals                                int
	A, B, Of, Before, After                 *dist
	Values                                  []any
	Weights                                 []float64
}

func (r *recipe) draw() float64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	z ^= z >> 31
	return float64(z>>11) * 0x1p-53
}

func (r *recipe) values() []any {
	r.state = r.Seed
	out := make([]any, r.N)
	for i := range out {
		out[i] = r.one(&r.Dist, i)
		if r.Missing > 0 && r.draw() < r.Missing {
			out[i] = nil
		}
	}
	return out
}

func (r *recipe) number(d *dist, i int) float64 { return r.one(d, i).(float64) }

func (r *recipe) one(d *dist, i int) any {
	switch d.Kind {
	case "const":
		return d.Value
	case "uniform":
		return d.Lo + float64((d.Hi-d.Lo)*r.draw())
	case "normal12":
		t := 0.0
		for range 12 {
			t += r.draw()
		}
		return d.Loc + float64(d.Scale*(t-6))
	case "pareto2":
		return float64(d.Scale * (1/math.Sqrt(1-r.draw()) - 1))
	case "int":
		return d.Lo + math.Floor(r.draw()*(d.Hi-d.Lo+1))
	case "bern":
		if r.draw() < d.P {
			return 1.0
		}
		return 0.0
	case "mix":
		if r.draw() < d.P {
			return r.one(d.A, i)
		}
		return r.one(d.B, i)
	case "round":
		scale := math.Pow(10, float64(d.Decimals))
		return math.Floor(float64(r.number(d.Of, i)*scale)+0.5) / scale
	case "cat":
		u, sum := r.draw(), 0.0
		for k, w := range d.Weights {
			if sum += w; u < sum {
				return d.Values[k]
			}
		}
		return d.Values[len(d.Values)-1]
	case "step":
		if float64(i) < d.At {
			return r.one(d.Before, i)
		}
		return r.one(d.After, i)
	case "ramp":
		return r.number(d.Of, i) + float64(d.Slope*float64(i))
	case "clip":
		return min(max(r.number(d.Of, i), d.Lo), d.Hi)
	}
	panic("the distribution " + d.Kind + " is unknown")
}
