// Package originals finds the numbers behind the pictures of a run, so that they
// can be drawn anew rather than looked at. It reads only what it is given a way
// to read, and guesses no numbers from pixels.
package originals

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"benchside/plots"
)

// Kind is what numbers are about.
type Kind int

// The kinds of numbers that are logged beside pictures.
const (
	Confusion Kind = iota
	ROC
	PrecisionRecall
	Calibration
	Lift
	Importance
	SHAP
	Predictions // truth and score of each row, of which curves are made
)

var kinds = [...]string{"confusion matrix", "ROC curve", "precision and recall", "calibration", "lift", "feature importance", "SHAP values", "predictions"}

// String names the kind.
func (k Kind) String() string { return kinds[k] }

// Matrix is an array of numbers, row by row.
type Matrix interface {
	Shape() []int     // empty for a single number
	At(i int) float64 // of the place i of all
}

// Files are a run's artifacts.
type Files struct {
	// Read returns a whole file, or an error if it is longer than most bytes.
	Read func(ctx context.Context, name string, most int64) ([]byte, error)
	// Matrix reads an array of numpy; nil if there is nobody who can.
	Matrix func(ctx context.Context, name string) (Matrix, error)
}

// Original is a set of files that hold numbers.
type Original struct {
	Kind     Kind
	Names    []string // of files, the one with the numbers first
	Pictures []string // that show the same, the likeliest first
}

// ErrNumbers: the files do not hold what their names promise.
var ErrNumbers = errors.New("no numbers of that kind")

// patterns tell kinds by the names of files.
var patterns = [...]*regexp.Regexp{
	Confusion:       regexp.MustCompile(`confusion`),
	ROC:             regexp.MustCompile(`(?:^|[_\-. ])roc(?:$|[_\-. ])`),
	PrecisionRecall: regexp.MustCompile(`precision[_\-. ]?recall|(?:^|[_\-. ])pr[_\-. ]?curve`),
	Calibration:     regexp.MustCompile(`calibration|reliability`),
	Lift:            regexp.MustCompile(`(?:^|[_\-. ])(?:lift|gains?)(?:$|[_\-. ])`),
	Importance:      regexp.MustCompile(`importance`),
	SHAP:            regexp.MustCompile(`^shap_values$|shap.*beeswarm|shap.*summary|^summary_b`),
	Predictions:     regexp.MustCompile(`^(?:predictions?|scores?|eval_results_table)(?:$|[_\-. ])`),
}

// Find lists the originals among the names of a run's files.
func Find(names []string) []Original {
	var out []Original
	for _, name := range names {
		kind, ok := kindOf(name)
		if !ok {
			continue
		}
		o := Original{Kind: kind, Names: []string{name}, Pictures: pictures(kind, name, names)}
		if kind == SHAP {
			o.Names = append(o.Names, companions(name, names)...)
		}
		out = append(out, o)
	}
	return out
}

func stem(name string) string {
	base := path.Base(name)
	return strings.ToLower(strings.TrimSuffix(base, path.Ext(base)))
}

func kindOf(name string) (Kind, bool) {
	ext := strings.ToLower(path.Ext(name))
	for k, pattern := range patterns {
		if !pattern.MatchString(stem(name)) {
			continue
		}
		switch kind := Kind(k); {
		case kind == SHAP:
			return kind, ext == ".npy" && stem(name) == "shap_values"
		case ext == ".npy":
			return kind, kind == Confusion
		default:
			return kind, ext == ".json" || ext == ".csv"
		}
	}
	return 0, false
}

// pictures finds what shows a kind, the same name first, then the same folder.
func pictures(kind Kind, of string, names []string) []string {
	var out []string
	for _, name := range names {
		switch strings.ToLower(path.Ext(name)) {
		case ".png", ".jpg", ".jpeg", ".svg", ".webp", ".gif":
			if patterns[kind].MatchString(stem(name)) && (kind != Importance || !strings.Contains(stem(name), "shap")) {
				out = append(out, name)
			}
		}
	}
	far := func(name string) int {
		switch {
		case path.Dir(name) == path.Dir(of) && stem(name) == stem(of):
			return 0
		case stem(name) == stem(of):
			return 1
		case path.Dir(name) == path.Dir(of):
			return 2
		}
		return 3
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(far(a), far(b)) })
	return out
}

// companions are the files that belong to SHAP's values: what they start from,
// and the features that they explain.
func companions(of string, names []string) []string {
	var out []string
	for _, want := range []string{"base_values.npy", "data.csv", "features.csv", "importance.json"} {
		if full := path.Join(path.Dir(of), want); slices.Contains(names, full) {
			out = append(out, full)
		}
	}
	return out
}

// mostBytes bounds a file of numbers.
const mostBytes = 16 << 20

// Charts reads the numbers and draws them.
func (o Original) Charts(ctx context.Context, files Files) ([]plots.Chart, error) {
	charts, err := o.charts(ctx, files)
	if err == nil && len(charts) == 0 {
		err = ErrNumbers
	}
	if err != nil {
		return nil, fmt.Errorf("draw %s of %s: %w", o.Kind, o.Names[0], err)
	}
	return charts, nil
}

func (o Original) charts(ctx context.Context, files Files) ([]plots.Chart, error) {
	name := o.Names[0]
	if o.Kind == SHAP {
		return o.shap(ctx, files)
	}
	if strings.EqualFold(path.Ext(name), ".npy") {
		if files.Matrix == nil {
			return nil, ErrNumbers
		}
		m, err := files.Matrix(ctx, name)
		if err != nil {
			return nil, err
		}
		return confusionOf(m)
	}
	data, err := files.Read(ctx, name, mostBytes)
	if err != nil {
		return nil, err
	}
	t, err := readTable(ctx, name, data)
	if err != nil {
		return nil, err
	}
	switch o.Kind {
	case Confusion:
		return t.confusion()
	case Importance:
		return t.importance()
	case Predictions:
		return t.predictions()
	}
	return t.curves(o.Kind)
}
