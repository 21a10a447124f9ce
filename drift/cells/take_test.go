package cells

import (
	"math"
	"strings"
	"testing"
)

// FuzzTake holds the fast way to the slow one, over a column of cells.
func FuzzTake(f *testing.F) {
	for _, cells := range []string{"1|-2|+3|007", "1.5|.5|2.|1e3", "-.|.|-|+", "True||x", "9007199254740993|0.1234567890123456", "-0|0|-0.0", "1|18446744073709551615|-1", "-1.#IND|1.#QNAN| 5"} {
		f.Add(cells)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var slow, fast Sniffer
		for cell := range strings.SplitSeq(text, "|") {
			b := []byte(cell)
			slow.See(b)
			got, is := fast.Take(b)
			number, numeral := Number(b)
			truth, boolean := Boolean(b)
			switch {
			case Missing(b):
				if is != Nothing || !math.IsNaN(got) {
					t.Fatalf("%q: got %v, %d, want nothing", cell, got, is)
				}
			case numeral:
				if is != Numeral || math.Float64bits(got) != math.Float64bits(number) {
					t.Fatalf("%q: got %v, %d, want the number %v", cell, got, is, number)
				}
			case boolean:
				if is != Truth || got != truth {
					t.Fatalf("%q: got %v, %d, want %v", cell, got, is, truth)
				}
			case is != Word:
				t.Fatalf("%q: got %d, want a word", cell, is)
			}
		}
		if slow.Storage() != fast.Storage() {
			t.Errorf("%q: got %s, want %s", text, fast.Storage(), slow.Storage())
		}
	})
}
