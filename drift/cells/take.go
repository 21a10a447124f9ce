package cells

import (
	"math"
	"strconv"
)

// Is says what one cell is.
type Is uint8

// What a cell is on its own.
const (
	Nothing Is = iota // missing
	Numeral           // a number
	Truth             // True or False in one of their spellings
	Word              // anything else
)

// exactPowers are the powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// Take is See, Missing, Number and Boolean in one: it takes a cell in and reads
// it. The number of a missing cell or a word is NaN.
func (s *Sniffer) Take(cell []byte) (float64, Is) {
	v, whole, as := plain(cell)
	if as == decimal {
		read, err := strconv.ParseFloat(string(cell), 64)
		v, whole = read, false
		if err != nil {
			as = unusual
		}
	}
	if as != unusual {
		s.seen, s.notBoolean = true, true
		s.notWhole = s.notWhole || !whole
		s.negative = s.negative || v < 0
		return v, Numeral
	}
	if v, ok := Number(cell); ok {
		s.seen, s.notBoolean = true, true
		s.notWhole = s.notWhole || !s.seeWhole(trim(cell))
		return v, Numeral
	}
	s.See(cell)
	if Missing(cell) {
		return math.NaN(), Nothing
	}
	if v, ok := Boolean(cell); ok {
		return v, Truth
	}
	return math.NaN(), Word
}

// written is how a number is spelt.
type written uint8

const (
	unusual written = iota // with anything but digits, a sign and a point, or no number
	exact                  // and a float64 holds its digits: the quotient by a power of ten is rounded right
	decimal                // with more digits, and a point
)

// plain reads a number of digits with a sign and a point at most, if a float64
// holds its digits exactly.
func plain(cell []byte) (v float64, whole bool, as written) {
	const most, long = 1 << 53, 19 // digits that a uint64 holds
	digits, minus := cell, false
	if len(digits) > 0 && digits[0] == '-' {
		digits, minus = digits[1:], true
	}
	if len(digits) == 0 || len(digits) > 40 {
		return 0, false, unusual
	}
	mantissa, point := uint64(0), -1
	for i, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			mantissa = mantissa*10 + uint64(c-'0')
		case c == '.' && point < 0 && len(digits) > 1:
			point = i
		default:
			return 0, false, unusual
		}
	}
	switch {
	case (mantissa > most || len(digits) > long) && point < 0:
		return 0, false, unusual // whole, and perhaps beyond 64 bits
	case mantissa > most || len(digits) > long:
		return 0, false, decimal
	}
	v = float64(mantissa)
	if point >= 0 {
		v /= exactPowers[len(digits)-1-point]
	}
	if minus {
		v = -v
	}
	return v, point < 0, exact
}
