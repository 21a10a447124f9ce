package compare

import "math"

// Front reports which rows no other row beats: at least as good in every
// objective and better in one. A row with a NaN is not on the front and beats
// nothing. Directions are one for each objective and must be known.
func Front(rows [][]float64, directions []Direction) []bool {
	front := make([]bool, len(rows))
	for i, r := range rows {
		front[i] = whole(r)
		for _, other := range rows {
			if front[i] && whole(other) && beats(other, r, directions) {
				front[i] = false
			}
		}
	}
	return front
}

func whole(row []float64) bool {
	for _, v := range row {
		if math.IsNaN(v) {
			return false
		}
	}
	return true
}

func beats(a, b []float64, directions []Direction) bool {
	better := false
	for k, d := range directions {
		if d.Better(b[k], a[k]) {
			return false
		}
		better = better || d.Better(a[k], b[k])
	}
	return better
}
