package vector

import (
	"math"
	"strings"
)

type point struct{ x, y float64 }

// matrix leads from (x, y) to (a*x+c*y+e, b*x+d*y+f).
type matrix struct{ a, b, c, d, e, f float64 }

var same = matrix{a: 1, d: 1}

func (m matrix) of(p point) point {
	return point{m.a*p.x + m.c*p.y + m.e, m.b*p.x + m.d*p.y + m.f}
}

// then is m after n: what n leads to goes through m.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b,
		m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

// scale is how much longer a line becomes, on average.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// back is the inverse, false if there is none.
func (m matrix) back() (matrix, bool) {
	det := m.a*m.d - m.b*m.c
	if math.Abs(det) < 1e-12 || math.IsNaN(det) || math.IsInf(det, 0) {
		return matrix{}, false
	}
	return matrix{
		m.d / det, -m.b / det, -m.c / det, m.a / det,
		(m.c*m.f - m.d*m.e) / det, (m.b*m.e - m.a*m.f) / det,
	}, true
}

// moderate says whether the numbers are such that they can become pixels.
func (m matrix) moderate() bool {
	const far = 1e7
	for _, v := range [6]float64{m.a, m.b, m.c, m.d, m.e, m.f} {
		if !(math.Abs(v) < far) {
			return false
		}
	}
	return true
}

// transform reads the attribute of that name. What it does not know ends it.
func transform(text string) matrix {
	m := same
	const most = 100
	for range most {
		name, rest, ok := strings.Cut(text, "(")
		if !ok {
			break
		}
		list, after, _ := strings.Cut(rest, ")")
		v := numbers(list, 6)
		next, ok := step(strings.Trim(name, " \t\r\n,"), v)
		if !ok {
			break
		}
		m, text = m.then(next), after
	}
	return m
}

func step(name string, v []float64) (matrix, bool) {
	at := func(i int) float64 {
		if i < len(v) {
			return v[i]
		}
		return 0
	}
	switch {
	case len(v) == 0:
		return same, false
	case name == "matrix" && len(v) == 6:
		return matrix{v[0], v[1], v[2], v[3], v[4], v[5]}, true
	case name == "translate":
		return matrix{1, 0, 0, 1, v[0], at(1)}, true
	case name == "scale" && len(v) == 1:
		return matrix{a: v[0], d: v[0]}, true
	case name == "scale":
		return matrix{a: v[0], d: v[1]}, true
	case name == "rotate":
		sin, cos := math.Sincos(v[0] * math.Pi / 180)
		turn := matrix{cos, sin, -sin, cos, 0, 0}
		to, from := matrix{1, 0, 0, 1, at(1), at(2)}, matrix{1, 0, 0, 1, -at(1), -at(2)}
		return to.then(turn).then(from), true
	case name == "skewX":
		return matrix{a: 1, c: math.Tan(v[0] * math.Pi / 180), d: 1}, true
	case name == "skewY":
		return matrix{a: 1, b: math.Tan(v[0] * math.Pi / 180), d: 1}, true
	}
	return same, false
}
