// Package cells says what the cells of a text table are, by the rules of pandas'
// read_csv: which are missing, and whether a column is of whole numbers, numbers,
// booleans or strings. It splits no lines and keeps no cells.
package cells

import (
	"bytes"
	"math"
	"strconv"

	"benchside/drift"
)

// Missing says that a cell is one of pandas' 19 spellings of nothing, of which one
// is "". They are exact: "Na", "none" and " NA" are texts.
func Missing(cell []byte) bool {
	switch string(cell) {
	case "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
		"<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null":
		return true
	}
	return false
}

// Sniffer learns from the cells of a column what the column is. Its zero value has
// seen none.
type Sniffer struct {
	seen                            bool
	missing                         bool
	notWhole, negative, large, huge bool // of whole numbers: beyond 2^63-1, 2^64-1
	notNumber, notBoolean           bool
}

// See takes a cell in.
func (s *Sniffer) See(cell []byte) {
	if Missing(cell) {
		s.missing = true
		return
	}
	s.seen = true
	if !s.notWhole {
		s.notWhole = !s.seeWhole(trim(cell))
	}
	if s.notWhole && !s.notNumber {
		_, ok := Number(cell)
		s.notNumber = !ok
	}
	if !s.notBoolean {
		_, ok := Boolean(cell)
		s.notBoolean = !ok
	}
}

// seeWhole says whether a cell is a whole number, and notes its size.
func (s *Sniffer) seeWhole(cell []byte) bool {
	digits, minus := cell, false
	if len(digits) > 0 && (digits[0] == '+' || digits[0] == '-') {
		digits, minus = digits[1:], digits[0] == '-'
	}
	if !onlyDigits(digits) {
		return false
	}
	v, err := strconv.ParseUint(string(digits), 10, 64)
	switch {
	case err != nil:
		s.huge = true
	case minus && v > 1<<63:
		s.huge = true
	case minus:
		s.negative = s.negative || v > 0
	case v > math.MaxInt64:
		s.large = true
	}
	return true
}

func onlyDigits(cell []byte) bool {
	for _, c := range cell {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(cell) > 0
}

// Storage is what the cells seen so far make the column. A column of missing cells
// only is of numbers, and so is one of whole numbers with a missing cell.
func (s *Sniffer) Storage() drift.Storage {
	whole := !s.notWhole && s.seen
	switch {
	case !s.seen:
		return drift.Float
	case whole && (s.huge || s.large && (s.negative || s.missing)):
		return drift.String
	case whole && s.missing:
		return drift.Float
	case whole && s.large:
		return drift.Uint
	case whole:
		return drift.Int
	case !s.notNumber:
		return drift.Float
	case !s.notBoolean:
		return drift.Bool
	}
	return drift.String
}

// Final says that no further cell changes the storage: the column is of strings.
func (s *Sniffer) Final() bool { return s.seen && s.notWhole && s.notNumber && s.notBoolean }

// Append adds a cell to a column whose Storage is set. A cell that does not fit is
// missing: the Sniffer has not seen it.
func Append(c *drift.Column, cell []byte) {
	missing := Missing(cell)
	switch c.Storage {
	case drift.String:
		if missing {
			c.Texts.AppendMissing()
			return
		}
		c.Texts.Append(cell)
		return
	case drift.Bool:
		if v, ok := Boolean(cell); ok && !missing {
			c.Numbers = append(c.Numbers, v)
			return
		}
	default:
		if v, ok := Number(cell); ok && !missing {
			c.Numbers = append(c.Numbers, v)
			return
		}
	}
	c.Nulls++
	c.Numbers = append(c.Numbers, math.NaN())
}

// Boolean reads True and False in the three spellings that pandas takes.
func Boolean(cell []byte) (float64, bool) {
	switch string(cell) {
	case "True", "TRUE", "true":
		return 1, true
	case "False", "FALSE", "false":
		return 0, true
	}
	return 0, false
}

func trim(cell []byte) []byte {
	for len(cell) > 0 && blank(cell[0]) {
		cell = cell[1:]
	}
	for len(cell) > 0 && blank(cell[len(cell)-1]) {
		cell = cell[:len(cell)-1]
	}
	return cell
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// Number reads a decimal number, with spaces around it, a sign, an exponent, or an
// infinity. Separators of thousands, hexadecimal numbers, underscores and percent
// signs make a text.
func Number(cell []byte) (float64, bool) {
	cell = trim(cell)
	rest := cell
	if len(rest) > 0 && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return 0, false
	}
	if c := rest[0]; c != '.' && (c < '0' || c > '9') {
		return infinity(cell, rest)
	}
	for _, c := range rest {
		if (c < '0' || c > '9') && c != '.' && c != 'e' && c != 'E' && c != '+' && c != '-' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(cell), 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

func infinity(cell, rest []byte) (float64, bool) {
	if !bytes.EqualFold(rest, []byte("inf")) && !bytes.EqualFold(rest, []byte("infinity")) {
		return 0, false
	}
	if cell[0] == '-' {
		return math.Inf(-1), true
	}
	return math.Inf(1), true
}
