package drift_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"benchside/drift"
	"benchside/drift/alerts"
	"benchside/drift/cells"
	"benchside/drift/distances"
	"benchside/drift/quality"
	"benchside/drift/streams"
	"benchside/stats"
)

func driftCase(t *testing.T, c truth) func(expectation) (any, error) {
	if len(c.Input.Reference) != 1 || len(c.Input.Current) != 1 {
		t.Fatalf("%s has %d and %d columns", c.ID, len(c.Input.Reference), len(c.Input.Current))
	}
	ref, cur := c.Input.Reference[0].column(t), c.Input.Current[0].column(t)
	kind := drift.EvidentlyKind(cur)
	pair, pairErr := drift.PairOf(ref, cur, kind)
	measured := pair
	if slices.ContainsFunc(c.Expect, func(e expectation) bool { return e.Fn == "cat.rows" }) {
		measured, _ = drift.PairOf(ref, cur, drift.Categorical) // of either kind by the choice, and measured as categories
	}
	sides := map[string]drift.Column{"reference": ref, "current": cur}
	return func(e expectation) (any, error) {
		if side, ok := sides[e.arg("side")]; ok {
			return oneColumn(e, side)
		}
		switch e.Fn {
		case "evidently.infer_type":
			return map[string]any{"reference": drift.EvidentlyKind(ref).String(), "current": kind.String()}, nil
		case "evidently.auto":
			if pairErr != nil {
				return nil, pairErr
			}
			return evidentlyAuto(pair)
		}
		if pairErr != nil {
			return nil, pairErr
		}
		if v, err, ok := twoSamples(measured, e); ok {
			return v, err
		}
		return unknownFn(e)
	}
}

func evidentlyAuto(p *drift.Pair) (any, error) {
	test, _ := drift.TestNamed(p.Choose(drift.Evidently))
	score, err := p.Run(test)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"test": test.Name, "display": test.Display, "threshold": test.Threshold, "score": score,
		"detected": test.Detects(score, test.Threshold), "compare": test.Compare,
	}, nil
}

func oneColumn(e expectation, c drift.Column) (any, error) {
	kind := drift.Numeric
	if strings.HasPrefix(e.Fn, "cat.") {
		kind = drift.Categorical
	}
	s := drift.Summarise(c, kind)
	number := func(n drift.Number) (any, error) { return float64(n), nil }
	switch e.Fn {
	case "num.rows", "cat.rows":
		return s.Rows, nil
	case "num.missing", "cat.missing":
		return s.Missing, nil
	case "num.inf":
		return s.Numbers.Inf, nil
	case "num.count":
		return s.Rows - s.Missing - s.Numbers.Inf, nil
	case "num.nunique", "cat.nunique":
		return s.Distinct, nil
	case "num.zeros":
		return s.Numbers.Zeros, nil
	case "num.mean":
		return number(s.Numbers.Mean)
	case "num.sum":
		return number(s.Numbers.Sum)
	case "num.var":
		return number(s.Numbers.Variance)
	case "num.std":
		return number(s.Numbers.SD)
	case "num.std0":
		return number(s.Numbers.SD0)
	case "num.skew":
		return number(s.Numbers.Skew)
	case "num.kurtosis":
		return number(s.Numbers.Kurtosis)
	case "num.skew_unbiased":
		return number(s.Numbers.SkewUnbiased)
	case "num.kurtosis_unbiased":
		return number(s.Numbers.KurtosisUnbiased)
	case "num.min":
		return number(s.Numbers.Min)
	case "num.max":
		return number(s.Numbers.Max)
	case "num.quantiles":
		var out []float64
		for _, q := range e.Args["q"].([]any) {
			out = append(out, stats.Quantile(drift.SortedOf(c), q.(float64)))
		}
		return out, nil
	case "cat.mode":
		return s.Labels.Mode, nil
	case "cat.mode_count":
		return s.Labels.ModeCount, nil
	case "cat.entropy_bits":
		return number(s.Labels.Entropy)
	case "cat.top":
		var out []any
		for _, top := range drift.TopOf(c, 12) {
			out = append(out, []any{top.Label, float64(top.Rows)})
		}
		return out, nil
	}
	return unknownFn(e)
}

// twoSamples answers what is asked of a pair; ok is false if it is not known.
func twoSamples(p *drift.Pair, e expectation) (value any, err error, ok bool) {
	if p.Kind() == drift.Numeric {
		if value, err, ok = twoNumeric(p, e); ok {
			return value, err, true
		}
	}
	bins, binErr := drift.BinsOf(p)
	levels := drift.LevelsOf(p)
	nanny, nannyErr := drift.NannyOf(p)
	labels := func(pick func(x, y int) bool) []string {
		var out []string
		for _, l := range drift.LabelsOf(p) {
			if pick(l.Reference, l.Current) {
				out = append(out, l.Name)
			}
		}
		return out
	}
	scored := map[string]string{
		"chi2.evidently": "chisquare", "psi.evidently": "psi", "js.evidently": "jensenshannon", "kl.evidently": "kl_div",
		"hellinger.evidently": "hellinger", "z.evidently": "z", "fisher.pvalue": "fisher_exact", "psi.quantile10": "psi_quantile10",
		"wasserstein_norm": "wasserstein",
	}
	if name, there := scored[e.Fn]; there {
		value, err = drift.ScoreOf(p, name)
		return value, err, true
	}
	contingency := func(yates bool) stats.ChiSquare {
		c, e := stats.Contingency(levels.X, levels.Y, yates)
		err = e
		return c
	}
	gtest := func() stats.ChiSquare { c, e := stats.GTest(levels.X, levels.Y); err = e; return c }
	yates, _ := e.Args["correction"].(bool)
	switch e.Fn {
	case "cat.new_in_current":
		return labels(func(x, y int) bool { return x == 0 }), nil, true
	case "cat.gone_in_current":
		return labels(func(x, y int) bool { return y == 0 }), nil, true
	case "chi2_contingency.statistic":
		return contingency(yates).Statistic, err, true
	case "chi2_contingency.pvalue":
		return contingency(yates).P, err, true
	case "chi2_contingency.df":
		return contingency(yates).DF, err, true
	case "cramers_v":
		return contingency(false).V, err, true
	case "g.pvalue":
		return gtest().P, err, true
	case "g.statistic":
		return gtest().Statistic, err, true
	case "tvd", "tv.binned":
		return bins.TotalVariation(), binErr, true
	case "linf", "l_infinity.nannyml":
		return levels.LInfinity(), nil, true
	case "chi2.nannyml":
		return contingency(true).Statistic, err, true
	case "js.base2":
		return distances.InBase2(bins.JensenShannon()), binErr, true
	case "jensen_shannon.nannyml":
		return nanny.JensenShannon(), nannyErr, true
	case "hellinger.nannyml":
		return nanny.Hellinger(), nannyErr, true
	}
	return nil, nil, false
}

func twoNumeric(p *drift.Pair, e expectation) (value any, err error, ok bool) {
	pool := *drift.PoolOf(p)
	x, y := p.Sorted()
	mx, my := drift.FiniteOf(p)
	method := map[string]stats.Method{"auto": stats.Auto, "exact": stats.Exact, "asymp": stats.Asymptotic}[e.arg("method")]
	anderson := func() stats.AndersonDarling {
		a, e := stats.Anderson(drift.GroupsOf(p), pool.N1, pool.N2)
		err = e
		return a
	}
	mises := func() stats.CramerMises {
		a, e := stats.CramerVonMises(drift.GroupsOf(p), pool.N1, pool.N2)
		err = e
		return a
	}
	student := func() stats.TTest { r, e := stats.Student(mx, my); err = e; return r }
	welch := func() stats.TTest { r, e := stats.Welch(mx, my); err = e; return r }
	bins, binErr := drift.BinsOf(p)
	switch e.Fn {
	case "ks.statistic":
		return stats.KolmogorovSmirnov(pool, stats.Auto).D, nil, true
	case "ks.pvalue":
		r := stats.KolmogorovSmirnov(pool, method)
		if used := e.arg("used"); used != "" && r.Exact != (used == "exact") {
			return nil, fmt.Errorf("test: exact is %v, and %s was used", r.Exact, used), true
		}
		return r.P, nil, true
	case "ks.location":
		return pool.At, nil, true
	case "ks.sign":
		return pool.Sign, nil, true
	case "wasserstein":
		return pool.Wasserstein, nil, true
	case "energy":
		return pool.Energy, nil, true
	case "mwu.u1":
		return pool.U, nil, true
	case "mwu.pvalue":
		return drift.RankSumOf(p).P, nil, true
	case "mwu.pvalue_evidently":
		return drift.RankSumOf(p).Less, nil, true
	case "anderson.statistic":
		return anderson().A2, err, true
	case "anderson.pvalue":
		return anderson().P, err, true
	case "ttest.statistic":
		return student().T, err, true
	case "ttest.pvalue":
		return student().P, err, true
	case "welch.statistic":
		return welch().T, err, true
	case "welch.pvalue":
		return welch().P, err, true
	case "cvm.statistic":
		return mises().T, err, true
	case "cvm.pvalue":
		return mises().P, err, true
	case "evidently.bins":
		return binRule(bins), binErr, true
	case "evidently.bin_edges":
		return bins.Edges, binErr, true
	case "evidently.bin_counts":
		return map[string]any{"reference": plain(bins.X), "current": plain(bins.Y)}, binErr, true
	case "wasserstein.nannyml":
		return distances.NannyWasserstein(x, y), nil, true
	case "kolmogorov_smirnov.nannyml":
		return distances.NannyKS(x, y), nil, true
	}
	return nil, nil, false
}

func binRule(b distances.Binned) any {
	if b.Edges == nil {
		return map[string]any{"rule": "categories (reference nunique <= 20)", "n_bins": nil}
	}
	return map[string]any{"rule": "sturges on pooled", "n_bins": float64(len(b.X))}
}

func columnsOf(t *testing.T, all []truthColumn) map[string]drift.Column {
	t.Helper()
	out := map[string]drift.Column{}
	for _, c := range all {
		out[c.Name] = c.column(t)
	}
	return out
}

func tableOf(t *testing.T, all []truthColumn) []drift.Column {
	t.Helper()
	var out []drift.Column
	for _, c := range all {
		out = append(out, c.column(t))
	}
	return out
}

func datasetCase(t *testing.T, c truth) func(expectation) (any, error) {
	ref, cur := tableOf(t, c.Input.Reference), tableOf(t, c.Input.Current)
	share, _ := c.Input.Options["drift_share"].(float64)
	report := func(share float64) drift.Report {
		r, err := drift.Compare(t.Context(), ref, cur, drift.Options{Share: share, MinRows: -1})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	return func(e expectation) (any, error) {
		own := share
		if v := e.number("drift_share"); v > 0 {
			own = v
		}
		r := report(own)
		switch e.Fn {
		case "evidently.column":
			for _, f := range r.Features {
				if f.Name == e.arg("column") {
					if f.Test == nil || math.IsNaN(float64(f.Test.Score)) {
						return nil, fmt.Errorf("%s", f.Reason)
					}
					return map[string]any{
						"method": f.Test.Display, "threshold": float64(f.Test.Threshold), "score": float64(f.Test.Score), "detected": f.Status == drift.Drifted,
					}, nil
				}
			}
		case "evidently.columns_tested":
			var names []string
			for _, f := range r.Features {
				if f.Test != nil {
					names = append(names, f.Name)
				}
			}
			slices.Sort(names)
			return names, nil
		case "evidently.dataset":
			return map[string]any{
				"columns": float64(r.Verdict.Tested), "drifted": float64(r.Verdict.Drifted), "share": float64(r.Verdict.Share),
				"dataset_drift": r.Verdict.Status == drift.VerdictDrift,
			}, nil
		}
		return unknownFn(e)
	}
}

func timelineCase(t *testing.T, c truth) func(expectation) (any, error) {
	stamp, period := c.Input.Options["timestamp"].(string), c.Input.Options["period"].(string)
	ref, cur := tableOf(t, c.Input.Reference), tableOf(t, c.Input.Current)
	for i := range cur {
		if cur[i].Name == stamp {
			cur[i].Role = drift.Timestamp
		}
	}
	r, err := drift.Compare(t.Context(), ref, cur, drift.Options{MinRows: -1, Period: period})
	if err != nil {
		t.Fatal(err)
	}
	slots, without, err := drift.Slots(columnsOf(t, c.Input.Current)[stamp], period)
	if err != nil {
		t.Fatal(err)
	}
	return func(e expectation) (any, error) {
		switch e.Fn {
		case "periods":
			var out []any
			for _, s := range slots {
				out = append(out, map[string]any{"period": s.Label, "rows": float64(len(s.Rows))})
			}
			return out, nil
		case "rows_without_period":
			return without, nil
		}
		for _, f := range r.Features {
			if f.Name != e.arg("feature") {
				continue
			}
			for _, w := range f.Windows {
				if w.Label != e.arg("period") {
					continue
				}
				switch {
				case math.IsNaN(float64(w.Score)):
					return nil, fmt.Errorf("%s", w.Reason)
				case e.Fn == "cell.auto":
					return map[string]any{"test": w.Test, "score": float64(w.Score), "detected": w.Status == drift.Drifted}, nil
				case e.Fn == "cell.psi":
					return float64(w.PSI), nil
				case e.Fn == "cell.js":
					return float64(w.JS), nil
				}
			}
		}
		return unknownFn(e)
	}
}

func chunksCase(t *testing.T, c truth) func(expectation) (any, error) {
	o := drift.ChunkOptions{}
	if v, ok := c.Input.Options["chunk_size"].(float64); ok {
		o.Size = int(v)
	}
	for _, name := range []string{"chunk_number", "chunks", "chunk_count"} {
		if v, ok := c.Input.Options[name].(float64); ok {
			o.Count = int(v)
		}
	}
	o.Method, _ = c.Input.Options["method"].(string)
	got, err := drift.Chunks(t.Context(), c.Input.Reference[0].column(t), c.Input.Current[0].column(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return func(e expectation) (any, error) {
		switch e.Fn {
		case "chunks.reference":
			return got.Reference, nil
		case "chunks.current":
			return got.Current, nil
		case "chunks.upper_threshold":
			return got.Upper, nil
		case "chunks.alerts":
			return got.Alerts, nil
		}
		return unknownFn(e)
	}
}

// readCSV reads a text table as a reader would: once to sniff, once to fill.
func readCSV(t *testing.T, content []byte) []drift.Column {
	t.Helper()
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	var columns []drift.Column
	var sniffers []cells.Sniffer
	for pass := range 2 {
		r := csv.NewReader(bytes.NewReader(content))
		r.LazyQuotes, r.FieldsPerRecord = true, -1
		header, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		if pass == 0 {
			sniffers = make([]cells.Sniffer, len(header))
		}
		for i, name := range header {
			if pass == 1 {
				columns = append(columns, drift.Column{Name: name, Storage: sniffers[i].Storage()})
			}
		}
		for {
			record, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range header {
				cell := []byte{} // a short record ends in missing cells
				if i < len(record) {
					cell = []byte(record[i])
				}
				if pass == 0 {
					sniffers[i].See(cell)
				} else {
					cells.Append(&columns[i], cell)
				}
			}
		}
	}
	return columns
}

func csvCase(t *testing.T, c truth) func(expectation) (any, error) {
	columns := readCSV(t, []byte(c.Input.CSV))
	return func(e expectation) (any, error) {
		switch e.Fn {
		case "csv.rows":
			return columns[0].Len(), nil
		case "csv.columns":
			out := map[string]any{}
			for _, c := range columns {
				kind := drift.EvidentlyKind(c)
				s := drift.Summarise(c, kind)
				storage := c.Storage.String()
				if c.Storage == drift.Bool && s.Missing > 0 {
					storage = "string" // objects, to pandas
				}
				out[c.Name] = map[string]any{
					"storage": storage, "evidently": kind.String(), "missing": float64(s.Missing),
					"nunique": float64(s.Distinct + drift.InfinitiesOf(c)), "inf": float64(infOf(s)),
				}
			}
			return out, nil
		case "csv.mean":
			for _, c := range columns {
				if c.Name == e.arg("column") {
					return float64(drift.Summarise(c, drift.Numeric).Numbers.Mean), nil
				}
			}
		}
		return unknownFn(e)
	}
}

func infOf(s drift.Summary) int {
	if s.Numbers == nil {
		return 0
	}
	return s.Numbers.Inf
}

func fairnessCase(t *testing.T, c truth) func(expectation) (any, error) {
	columns := columnsOf(t, c.Input.Columns)
	positive := "1"
	if v, ok := c.Input.Options["pos_label"]; ok {
		positive = fmt.Sprint(v)
	}
	groups := map[string]*quality.Outcome{}
	target, prediction := labelsOf(columns["target"]), labelsOf(columns["prediction"])
	for i, group := range labelsOf(columns["group"]) {
		if groups[group] == nil {
			groups[group] = &quality.Outcome{Group: group}
		}
		groups[group].Add(target[i] == positive, prediction[i] == positive)
	}
	var all []quality.Outcome
	for _, g := range groups {
		all = append(all, *g)
	}
	f := quality.Compare(all, 0)
	return func(e expectation) (any, error) {
		odds := f.Odds
		if e.arg("agg") == "mean" {
			odds = f.OddsMean
		}
		switch e.Fn {
		case "group":
			g := groups[e.arg("group")]
			return map[string]any{
				"selection_rate": g.Selection().Value(), "tpr": g.TPR().Value(), "fpr": g.FPR().Value(), "tnr": g.TNR().Value(), "fnr": g.FNR().Value(),
				"accuracy": g.Accuracy().Value(), "precision": g.Precision().Value(), "count": float64(g.N()),
			}, nil
		case "demographic_parity_difference":
			return f.Parity.Difference, nil
		case "demographic_parity_ratio":
			return f.Parity.Ratio, nil
		case "equalized_odds_difference":
			return odds.Difference, nil
		case "equalized_odds_ratio":
			return odds.Ratio, nil
		case "equal_opportunity_difference":
			return f.Opportunity.Difference, nil
		case "equal_opportunity_ratio":
			return f.Opportunity.Ratio, nil
		case "disparate_impact":
			return quality.DisparateImpact(*groups[e.arg("group")], *groups[e.arg("privileged")])
		}
		return unknownFn(e)
	}
}

// labelsOf writes a column's values as labels.
func labelsOf(c drift.Column) []string {
	var out []string
	if c.Storage == drift.String {
		for _, code := range c.Texts.Codes {
			out = append(out, c.Texts.Labels[code])
		}
		return out
	}
	for _, v := range c.Numbers {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

func multiplicityCase(t *testing.T, c truth) func(expectation) (any, error) {
	alpha, ok := c.Input.Options["alpha"].(float64)
	if !ok {
		alpha = 0.05
	}
	var p []float64
	for _, v := range c.Input.PValues {
		if v == nil {
			p = append(p, math.NaN())
			continue
		}
		p = append(p, *v)
	}
	by := map[string]stats.Correction{
		"bonferroni": stats.Bonferroni, "holm": stats.Holm, "sidak": stats.Sidak, "fdr_bh": stats.BenjaminiHochberg, "fdr_by": stats.BenjaminiYekutieli,
	}
	return func(e expectation) (any, error) {
		for name, correction := range by {
			switch e.Fn {
			case "adjust." + name:
				return correction.Adjust(p), nil
			case "reject." + name:
				out := list(correction.Reject(p, alpha))
				for i := range p {
					if math.IsNaN(p[i]) {
						out[i] = nil
					}
				}
				return out, nil
			}
		}
		return unknownFn(e)
	}
}

func streamCase(t *testing.T, c truth) func(expectation) (any, error) {
	var column truthColumn
	if err := json.Unmarshal(c.Input.Stream, &column); err != nil {
		var several []truthColumn
		if err := json.Unmarshal(c.Input.Stream, &several); err != nil || len(several) != 1 {
			t.Fatalf("%s: the stream is %.80s", c.ID, c.Input.Stream)
		}
		column = several[0]
	}
	values := column.column(t).Numbers
	return func(e expectation) (any, error) {
		var params streams.Params
		raw, _ := json.Marshal(e.Args["params"])
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&params); err != nil {
			return nil, fmt.Errorf("test: %w", err)
		}
		d, err := streams.New(e.arg("detector"), params)
		if err != nil {
			return nil, fmt.Errorf("test: %w", err)
		}
		found, runs := []any{}, []any{}
		from := -1
		for i, v := range values {
			signal := d.Add(v)
			if signal == streams.Drift {
				found = append(found, float64(i))
			}
			if signal == streams.Warning && from < 0 {
				from = i
			} else if signal != streams.Warning && from >= 0 {
				runs, from = append(runs, []any{float64(from), float64(i - 1)}), -1
			}
		}
		if from >= 0 {
			runs = append(runs, []any{float64(from), float64(len(values) - 1)})
		}
		switch e.Fn {
		case "detections":
			return found, nil
		case "warning_runs":
			return runs, nil
		case "adwin.final":
			a := d.(*streams.ADWIN)
			return map[string]any{"width": float64(a.Width()), "mean": a.Mean()}, nil
		}
		return unknownFn(e)
	}
}

func alertCase(t *testing.T, c truth) func(expectation) (any, error) {
	var rule alerts.Rule
	if err := json.Unmarshal(c.Input.Rule, &rule); err != nil {
		t.Fatal(err)
	}
	if err := rule.Check(); err != nil {
		t.Fatal(err)
	}
	var state alerts.State
	var states, events []any
	for i, v := range c.Input.Values {
		value := math.NaN()
		if v != nil {
			value = *v
		}
		if event := state.Next(rule, value); event != alerts.None {
			events = append(events, []any{float64(i), string(event)})
		}
		states = append(states, map[bool]string{true: "firing", false: "ok"}[state.Firing])
	}
	return func(e expectation) (any, error) {
		switch e.Fn {
		case "alert.states":
			return states, nil
		case "alert.events":
			return events, nil
		}
		return unknownFn(e)
	}
}

func specialCase(*testing.T, truth) func(expectation) (any, error) {
	return func(e expectation) (any, error) {
		switch e.Fn {
		case "kstwo.sf":
			return stats.KolmogorovTail(e.number("d"), e.number("n")), nil
		case "chi2.sf":
			return stats.ChiSquareTail(e.number("x"), e.number("k")), nil
		case "t.sf2":
			return stats.StudentTwoSided(e.number("t"), e.number("nu")), nil
		case "norm.sf":
			return stats.NormalTail(e.number("z")), nil
		}
		return unknownFn(e)
	}
}
