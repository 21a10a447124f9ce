package monitors

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"benchside/artifacts"
	"benchside/drift"
	"benchside/store"
)

// What a report leaves on a run.
const (
	ReportFile = "drift/report.json" // the artifact
	tagShare   = "benchside.drift.share"
	tagReport  = "benchside.drift.report"
	ofFeature  = "drift/"
)

const (
	mostMetrics = 1000 // of one batch, as MLflow takes them
	mostKey     = 250  // code points of a key
)

// Logged are the mutations that log a report to a run: the share and the number of
// drifted columns, the score of each, and tags that find them again. A score that is
// undefined is not logged.
func Logged(r drift.Report, run, what string) []store.Mutation {
	at := int64(0)
	if !r.Created.IsZero() {
		at = r.Created.UnixMilli()
	}
	point := func(key string, value float64) store.LoggedPoint {
		return store.LoggedPoint{Key: key, Point: store.Point{Value: value, Timestamp: at}}
	}
	points := []store.LoggedPoint{point(store.MetricDriftColumns, float64(r.Verdict.Drifted))}
	tags := map[string]string{store.TagDriftVerdict: r.Verdict.Status, tagReport: ReportFile}
	if r.Verdict.Share.Defined() {
		points = append(points, point(store.MetricDriftShare, float64(r.Verdict.Share)))
		tags[tagShare] = strconv.FormatFloat(float64(r.Verdict.Share), 'g', -1, 64)
	}
	taken := map[string]int{store.MetricDriftShare: 1, store.MetricDriftColumns: 1} // how many have the key
	for _, f := range r.Features {
		if f.Test != nil && f.Test.Score.Defined() {
			points = append(points, point(featureKey(f.Name, taken), float64(f.Test.Score)))
		}
	}
	first := store.LogBatch{Run: run, Metrics: points[:min(len(points), mostMetrics)], Tags: tags, What: "drift report " + what}
	out := []store.Mutation{first}
	for rest := points[len(first.Metrics):]; len(rest) > 0; {
		n := min(len(rest), mostMetrics)
		out = append(out, store.LogBatch{Run: run, Metrics: rest[:n], What: "more of drift report " + what})
		rest = rest[n:]
	}
	return out
}

// featureKey is the metric of a column: what MLflow does not take in a key becomes _,
// and a number follows where the key is another's.
func featureKey(name string, taken map[string]int) string {
	key := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("_-. :/", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(name, "_"))
	if key == "" || path.Clean("/"+key) != "/"+key { // MLflow's keys are paths that stand for themselves
		key = strings.NewReplacer("/", "_", ".", "_").Replace(cmp.Or(key, "_"))
	}
	whole := shortened(ofFeature+key, mostKey)
	key = whole
	for taken[key] > 0 {
		taken[whole]++
		suffix := "_" + strconv.Itoa(taken[whole])
		key = shortened(whole, mostKey-len(suffix)) + suffix
	}
	taken[key] = 1
	return key
}

func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}

// Log logs a report to a run: first the file, whole and under its own name, then the
// rows that tell of it. If these are not written, the file is what it was. What was
// refused of the rows is known before the file is touched.
func Log(ctx context.Context, w store.Writer, places artifacts.Places, run store.Run, i store.Intent, r drift.Report) (store.Receipt, error) {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return store.Receipt{}, fmt.Errorf("log a drift report: %w", err)
	}
	tried := i
	tried.DryRun = true
	receipt, err := w.Write(ctx, tried)
	if err != nil || i.DryRun {
		return receipt, err
	}
	root, err := places.Make(run.ArtifactURI, run.ID)
	if err != nil {
		return store.Receipt{}, err
	}
	defer root.Close()
	put, err := root.Put(ReportFile, append(content, '\n'))
	if err != nil {
		return store.Receipt{}, err
	}
	receipt, err = w.Write(ctx, i)
	if err != nil {
		return store.Receipt{}, errors.Join(err, put.Undo())
	}
	return receipt, put.Keep()
}
