package cells

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"benchside/drift"
)

func TestColumnsAreWhatPandasMakesOfThem(t *testing.T) {
	for name, c := range map[string]struct {
		cells string // by |
		want  drift.Storage
	}{
		"whole":                      {"1|-2|+3|007", drift.Int},
		"spaces about numbers":       {" 1 |2 ", drift.Int},
		"whole with a hole":          {"1||3", drift.Float},
		"beyond signed":              {"1|18446744073709551615", drift.Uint},
		"beyond signed, negative":    {"-1|18446744073709551615", drift.String},
		"beyond 64 bits":             {"1|99999999999999999999", drift.String},
		"the smallest":               {"-9223372036854775808", drift.Int},
		"decimals":                   {"1.5|.5|2.|1e3|-1E-3", drift.Float},
		"infinities":                 {"inf|-Infinity|+INF|1", drift.Float},
		"nothing":                    {"|NaN|null", drift.Float},
		"booleans":                   {"True|false|TRUE", drift.Bool},
		"booleans with a hole":       {"True||False", drift.Bool},
		"booleans and numbers":       {"True|1", drift.String},
		"thousands":                  {"1,000|2", drift.String},
		"hexadecimal":                {"0x10", drift.String},
		"underscores":                {"1_000", drift.String},
		"percent":                    {"5%", drift.String},
		"a minus of typography":      {"−5", drift.String},
		"other spellings of nothing": {"1|none", drift.String},
		"two numbers":                {"1 2", drift.String},
	} {
		var s Sniffer
		for cell := range strings.SplitSeq(c.cells, "|") {
			s.See([]byte(cell))
		}
		if got := s.Storage(); got != c.want {
			t.Errorf("%s (%s): got %s, want %s", name, c.cells, got, c.want)
		}
	}
}

func TestCellsThatDoNotFitAreMissing(t *testing.T) {
	c := drift.Column{Storage: drift.Float}
	for _, cell := range []string{"1.5", "NA", "surprise", "-inf"} {
		Append(&c, []byte(cell))
	}
	if c.Numbers[0] != 1.5 || !math.IsNaN(c.Numbers[1]) || !math.IsNaN(c.Numbers[2]) || !math.IsInf(c.Numbers[3], -1) || c.Nulls != 2 {
		t.Errorf("got %v with %d nulls", c.Numbers, c.Nulls)
	}
}

func FuzzNumber(f *testing.F) {
	for _, cell := range []string{"1", "-1e5", ".", "e", "+", " 7 ", "1e999", "-inf", "1-2", "nan"} {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		got, ok := Number([]byte(cell))
		if math.IsNaN(got) {
			t.Errorf("%q is a NaN", cell)
		}
		if want, err := strconv.ParseFloat(strings.Trim(cell, " \t"), 64); ok && (err == nil) && got != want {
			t.Errorf("%q: got %v, want %v", cell, got, want)
		}
		var s Sniffer
		s.See([]byte(cell))
		c := drift.Column{Storage: s.Storage()}
		Append(&c, []byte(cell))
		if c.Len() != 1 {
			t.Errorf("%q makes %d rows", cell, c.Len())
		}
		if whole := s.Storage() == drift.Int || s.Storage() == drift.Uint; whole && !ok {
			t.Errorf("%q is whole and no number", cell)
		}
	})
}
