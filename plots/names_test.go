package plots

import (
	"slices"
	"strings"
	"testing"
)

func TestCutNamesStayDifferent(t *testing.T) {
	for what, c := range map[string]struct {
		names []string
		n     int
		want  string
	}{
		"all have room":          {[]string{"svm-rbf-t00", "svm-rbf-t01"}, 11, "svm-rbf-t00 svm-rbf-t01"},
		"the end differs":        {[]string{"svm-rbf-t00", "svm-rbf-t01"}, 7, "svm…t00 svm…t01"},
		"the beginning differs":  {[]string{"alpha-of-many", "beta-of-many"}, 7, "alpha-… beta-o…"},
		"the middle differs":     {[]string{"experiment-alpha-with-a-tail", "experiment-beta-with-a-tail"}, 12, "exp…alpha-w… exp…beta-wi…"},
		"only two of them share": {[]string{"random_forest-t05", "random_forest-t06", "mlp"}, 9, "rand…-t05 rand…-t06 mlp"},
		"one is the start":       {[]string{"long-name-of-a-run", "long-name-of-a-run-2"}, 9, "long…-run long…un-2"},
		"alone":                  {[]string{"random_forest-t05"}, 9, "random_f…"},
		"equal":                  {[]string{"a-long-name", "a-long-name"}, 6, "a-lon… a-lon…"},
		"no room to speak of":    {[]string{"svm-rbf-t00", "svm-rbf-t01"}, 3, "sv… sv…"},
		"a sign":                 {[]string{"svm"}, 1, "…"},
		"no sign":                {[]string{"svm"}, 0, ""},
		"several bytes":          {[]string{"größe-übung-1", "größe-übung-2"}, 7, "grö…g-1 grö…g-2"},
	} {
		if got := strings.Join((Look{}).names(c.names, c.n), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", what, got, c.want)
		}
	}
	if got := (Look{ASCII: true}).names([]string{"svm-rbf-t00", "svm-rbf-t01"}, 7); !slices.Equal(got, []string{"svm~t00", "svm~t01"}) {
		t.Errorf("ASCII: %q", got)
	}
}
