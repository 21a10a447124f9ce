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
		"two things differ":      {[]string{"lr=0.1,deep,opt=adam", "lr=0.1,deep,opt=sgd", "lr=0.2,deep,opt=adam", "lr=0.2,deep,opt=sgd"}, 13, "lr=0.1…t=adam lr=0.1…pt=sgd lr=0.2…t=adam lr=0.2…pt=sgd"},
		"parts are alike":        {[]string{"lr=0.1 batch_size=256 opt=adam (2)", "lr=0.1 batch_size=256 opt=sgd (2)", "lr=0.2 batch_size=256 opt=adam (2)", "lr=0.2 batch_size=256 opt=sgd (2)"}, 15, "lr=0.1…adam (2) lr=0.1 …sgd (2) lr=0.2…adam (2) lr=0.2 …sgd (2)"},
		"values differ":          {[]string{"lr=0.1 batch_size=256 opt=adam", "lr=0.1 batch_size=256 opt=sgd", "lr=0.2 batch_size=256 opt=adam", "lr=0.2 batch_size=256 opt=sgd"}, 9, "0.1 adam 0.1 sgd 0.2 adam 0.2 sgd"},
		"nothing tells them":     {[]string{"abcdefghij-1-klmnopqrst-1-uvwxyz", "abcdefghij-2-klmnopqrst-1-uvwxyz", "abcdefghij-1-klmnopqrst-2-uvwxyz", "abcdefghij-2-klmnopqrst-2-uvwxyz"}, 8, "abcd…xyz abcd……#2 abcd……#3 abcd……#4"},
		"no room to speak of":    {[]string{"svm-rbf-t00", "svm-rbf-t01"}, 3, "s…0 s…1"},
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
