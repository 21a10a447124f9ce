package plain_test

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"benchside/plots/plain"
)

var nan = math.NaN()

func TestPictures(t *testing.T) {
	y := []string{"0", "", "1"}
	x := []string{"a", "b"}
	for what, c := range map[string]struct {
		chart plain.Chart
		want  string
	}{
		"a line": {
			plain.Chart{Head: "h", Values: [][]float64{{0, 0.5, 1, 1}}, Rows: 3, Y: y, X: x}, `
h
  1+ .--
   +.'
  0+'
   ++---+
    a   b`,
		},
		"a gap": {
			plain.Chart{Head: "h", Values: [][]float64{{1, nan, nan, 1}}, Rows: 3, Y: y, X: x}, `
h
  1+- --
   +
  0+
   ++---+
    a   b`,
		},
		"a line that is level": {
			plain.Chart{Head: "h", Values: [][]float64{{0.5, 0.5}}, Rows: 3, Y: y, X: x}, `
h
  1+
   +--
  0+
   ++-+
    a b`,
		},
		"two of them": {
			plain.Chart{Head: "h", Names: []string{"one", "two"}, Values: [][]float64{{0, 0}, {1, 1}}, Rows: 3, Y: y, X: x}, `
h
  1+bb
   +
  0+aa
   ++-+
    a b
a one   b two`,
		},
		"none":      {plain.Chart{Head: "h"}, "\nh\nno points"},
		"no point":  {plain.Chart{Head: "h", Values: [][]float64{{}}}, "\nh\nno points"},
		"only gaps": {plain.Chart{Head: "h", Values: [][]float64{{nan, nan}}, Rows: 3, Y: y, X: x}, "\nh\n  1+\n   +\n  0+\n   ++-+\n    a b"},
		"what is beyond stays at the edge": {
			plain.Chart{Head: "h", Values: [][]float64{{math.Inf(1), -5, 1e300}}, Rows: 2, Y: []string{"0", "1"}, X: x}, "\nh\n  1+..-\n  0+''\n   ++--+\n    a  b",
		},
	} {
		got := "\n" + trimmed(c.chart.Lines())
		if got != c.want {
			t.Errorf("%s:\ngot%s\nwant%s", what, got, c.want)
		}
	}
}

func trimmed(lines []string) string {
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func FuzzLines(f *testing.F) {
	f.Add(0.0, 1.0, math.Inf(1), 5, 3)
	f.Add(nan, nan, nan, 1, 1)
	f.Add(-1e308, 1e308, 5e-324, 200, 50)
	f.Fuzz(func(t *testing.T, a, b, c float64, n, rows int) {
		values := make([]float64, (n%300+300)%300)
		for i := range values {
			values[i] = [...]float64{a, b, c}[i%3]
		}
		chart := plain.Chart{Head: "h", Names: []string{"x", "y"}, Values: [][]float64{values, values}, Rows: (rows%60 + 60) % 60, Y: []string{"0", "1"}, X: []string{"l", "m", "r"}}
		for _, line := range chart.Lines() {
			for _, r := range line {
				if r < ' ' || r > '~' {
					t.Fatalf("%q is no printable ASCII", line)
				}
			}
			if n := utf8.RuneCountInString(line); n > len(values)+12 && len(values) > 12 {
				t.Fatalf("a line of %d signs for %d columns: %q", n, len(values), line)
			}
		}
	})
}
