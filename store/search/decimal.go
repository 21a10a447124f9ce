package search

import (
	"strconv"
	"strings"
)

// Decimal reads a text as a number, as SQLite does when it compares a text with
// one: digits with a point and an exponent, blanks around them. There is no NaN, no
// infinity and no hexadecimal.
func Decimal(text string) (float64, bool) {
	text, _, _ = strings.Cut(text, "\x00") // where SQLite stops reading
	text = strings.Trim(text, " \t\n\v\f\r")
	rest := text
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		rest = rest[1:]
	}
	whole := digits(rest)
	rest, count := rest[whole:], whole
	if strings.HasPrefix(rest, ".") {
		part := digits(rest[1:])
		rest, count = rest[1+part:], count+part
	}
	if count == 0 {
		return 0, false
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		power := rest[1:]
		if power != "" && (power[0] == '-' || power[0] == '+') {
			power = power[1:]
		}
		n := digits(power)
		if n == 0 {
			return 0, false
		}
		rest = power[n:]
	}
	if rest != "" {
		return 0, false
	}
	f, _ := strconv.ParseFloat(text, 64) // the only error is that of the range
	return f, true
}

// digits counts those that a text begins with.
func digits(text string) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}
