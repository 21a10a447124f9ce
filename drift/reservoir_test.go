package drift

import (
	"fmt"
	"slices"
	"testing"
)

func TestReservoirKeepsEveryRowWithTheSameChance(t *testing.T) {
	const rows, limit, times = 40, 10, 4000
	kept := make([]int, rows)
	for seed := range uint64(times) {
		r := Reservoir{Limit: limit, Seed: seed * 7919}
		var slots []int
		for row := range rows {
			slot := r.Place()
			switch {
			case slot == len(slots):
				slots = append(slots, row)
			case slot >= 0:
				slots[slot] = row
			}
		}
		if len(slots) != limit || r.Seen != rows {
			t.Fatalf("kept %d of %d rows, want %d of %d", len(slots), r.Seen, limit, rows)
		}
		for _, row := range slots {
			kept[row]++
		}
	}
	for row, n := range kept {
		// 1000 are expected, with a deviation of 27.
		if n < 870 || n > 1130 {
			t.Errorf("row %d was kept %d times of %d, want about %d", row, n, times, times*limit/rows)
		}
	}
}

func TestTextsOfAReservoirForgetWhatNoRowHas(t *testing.T) {
	var texts Texts
	var want []string
	r := Reservoir{Limit: 100}
	for row := range 20000 {
		slot := r.Place()
		if slot < 0 {
			continue
		}
		name := fmt.Sprint("id ", row)
		texts.Put(slot, []byte(name))
		if slot == len(want) {
			want = append(want, name)
		} else {
			want[slot] = name
		}
	}
	texts.PutMissing(3)
	var got []string
	for _, code := range texts.Codes {
		if code == Missing {
			got = append(got, "")
			continue
		}
		got = append(got, texts.Labels[code])
	}
	want[3] = ""
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := len(texts.Labels); n > 2*100+1024 {
		t.Errorf("%d labels are held for 100 rows", n)
	}
}
