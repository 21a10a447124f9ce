package widget

import (
	"math"
	"strings"
	"testing"

	"benchside/store"
)

func TestNumbersLookLikeWhatTheyAre(t *testing.T) {
	for name, c := range map[string]struct {
		v      float64
		digits int
		want   string
	}{
		"rounded":               {0.94123, 3, "0.941"},
		"not a number":          {math.NaN(), 3, "NaN"},
		"infinite":              {math.Inf(1), 3, "+Inf"},
		"minus infinite":        {math.Inf(-1), 3, "-Inf"},
		"lost in the decimals":  {0.00001, 3, "1.00e-05"},
		"zero is not lost":      {0, 3, "0.000"},
		"exponent of a column":  {1.5e9, -1, "1.50e+09"},
		"negative and aligned":  {-0.5, 3, "-0.500"},
		"huge beside the small": {3e12, 2, "3.00e+12"},
	} {
		if got := Number(c.v, c.digits); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestDigitsTellRowsApart(t *testing.T) {
	for name, c := range map[string]struct {
		values []float64
		want   int
	}{
		"whole numbers need none":   {[]float64{1, 20, 300}, 0},
		"three significant digits":  {[]float64{0.5}, 3},
		"close values get more":     {[]float64{0.9411, 0.9412}, 4},
		"but not without end":       {[]float64{0.94, 0.94 + 1e-12}, 5},
		"tiny ones get an exponent": {[]float64{1e-7}, -1},
		"nothing":                   {nil, 0},
		"NaN and Inf do not count":  {[]float64{math.NaN(), math.Inf(1), 12.25}, 1},
	} {
		if got := Digits(c.values); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestDurationsAndAges(t *testing.T) {
	at := store.At
	for _, c := range []struct{ got, want string }{
		{Lasted(at(0), at(151_000), 0), "2:31"},
		{Lasted(at(0), at(6_130_000), 0), "1:42:10"},
		{Lasted(at(0), store.Time{}, 2_500), "2.5 s"},
		{Lasted(at(5_000), at(1_000), 0), "?"},
		{Lasted(store.Time{}, at(1), 9), ""},
		{Ago(at(0), 4*60_000), "4 min ago"},
		{Ago(at(0), 3*86_400_000), "3 d ago"},
		{Ago(at(0), 3_000), "just now"},
		{Ago(store.Time{}, 3_000), ""},
		{Count(41203), "41,203"},
		{Count(-1234567), "-1,234,567"},
		{Bytes(999), "999 B"},
		{Bytes(4_700), "4.7 kB"},
		{Bytes(2_884_468_736), "2.9 GB"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for text, want := range map[string]string{
		"one two three":   "one two|three",
		"":                "",
		"averylongword x": "averylo|ngword|x",
		"a averylongword": "a|averylo|ngword",
	} {
		if got := strings.Join(Wrap(text, 7), "|"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
