package vector

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// scanner reads the numbers of a list: "1.5-2,3e4.5" are 1.5, -2, 30000 and .5.
type scanner struct {
	s string
}

func (s *scanner) blanks() {
	s.s = strings.TrimLeft(s.s, " \t\r\n,")
}

// number reads the next number.
func (s *scanner) number() (float64, bool) {
	s.blanks()
	n, dot, digits := 0, false, false
loop:
	for ; n < len(s.s); n++ {
		switch c := s.s[n]; {
		case c >= '0' && c <= '9':
			digits = true
		case (c == '-' || c == '+') && n == 0:
		case c == '.' && !dot:
			dot = true
		case (c == 'e' || c == 'E') && digits && exponent(s.s[n+1:]):
			n++
			for n++; n < len(s.s) && s.s[n] >= '0' && s.s[n] <= '9'; n++ {
			}
			break loop
		default:
			break loop
		}
	}
	v, err := strconv.ParseFloat(s.s[:n], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	s.s = s.s[n:]
	return v, true
}

// exponent says whether digits follow an e, not the m of "1em".
func exponent(s string) bool {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// flag reads 0 or 1, which needs nothing after it.
func (s *scanner) flag() (set, ok bool) {
	s.blanks()
	if s.s == "" || s.s[0] != '0' && s.s[0] != '1' {
		return false, false
	}
	set = s.s[0] == '1'
	s.s = s.s[1:]
	return set, true
}

// numbers returns up to most numbers of a list.
func numbers(list string, most int) (all []float64) {
	s := scanner{list}
	for len(all) < most {
		v, ok := s.number()
		if !ok {
			break
		}
		all = append(all, v)
	}
	return all
}

// inches are the units of CSS in pixels.
var inches = map[string]float64{"": 1, "px": 1, "pt": 4.0 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "em": 16, "rem": 16, "ex": 8}

// length returns a length in pixels, 0 for what is none; percent are of whole.
func length(text string, whole float64) float64 {
	s := scanner{text}
	v, ok := s.number()
	if !ok {
		return 0
	}
	unit := strings.TrimSpace(s.s)
	if unit == "%" {
		return v / 100 * whole
	}
	return v * inches[unit]
}

// ratio returns a part from 0 to 1.
func ratio(text string, usual float64) float64 {
	if strings.TrimSpace(text) == "" {
		return usual
	}
	return min(max(length(text, 1), 0), 1)
}

// colour reads a colour of CSS.
func colour(text string) (c color.NRGBA, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if digits, is := strings.CutPrefix(text, "#"); is {
		return hex(digits)
	}
	for _, kind := range []string{"rgb(", "rgba("} {
		if list, is := strings.CutPrefix(text, kind); is {
			return channels(list)
		}
	}
	if text == "transparent" {
		return color.NRGBA{}, true
	}
	named, ok := colornames.Map[text]
	return color.NRGBA(named), ok // all of them are opaque
}

func hex(digits string) (c color.NRGBA, ok bool) {
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return c, false
	}
	switch len(digits) {
	case 3:
		return color.NRGBA{uint8(v>>8&15) * 17, uint8(v>>4&15) * 17, uint8(v&15) * 17, 255}, true
	case 4:
		return color.NRGBA{uint8(v>>12&15) * 17, uint8(v>>8&15) * 17, uint8(v>>4&15) * 17, uint8(v&15) * 17}, true
	case 6:
		return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, true
	case 8:
		return color.NRGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}, true
	}
	return c, false
}

func channels(list string) (c color.NRGBA, ok bool) {
	s := scanner{list}
	var v [4]float64
	v[3] = 1
	for i := range v {
		n, ok := s.number()
		if !ok && i < 3 {
			return c, false
		}
		if !ok {
			break
		}
		whole := 255.0
		if i == 3 {
			whole = 1
		}
		if rest, percent := strings.CutPrefix(s.s, "%"); percent {
			n, s.s = n/100*whole, rest
		}
		s.s = strings.TrimLeft(s.s, " /")
		v[i] = min(max(n, 0), whole)
	}
	return color.NRGBA{uint8(v[0] + 0.5), uint8(v[1] + 0.5), uint8(v[2] + 0.5), uint8(v[3]*255 + 0.5)}, true
}
