package themes

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Contrast is how far two colours are apart in lightness, from 1 to 21, as WCAG 2.2
// defines it. Both are 0xrrggbb.
func Contrast(a, b int) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(rgb int) float64 {
	r, g, b := linear(rgb)
	return 0.2126*r + 0.7152*g + 0.0722*b
}

// linear are the channels of an sRGB colour as amounts of light, from 0 to 1.
func linear(rgb int) (r, g, b float64) {
	one := func(c int) float64 {
		v := float64(c&255) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return one(rgb >> 16), one(rgb >> 8), one(rgb)
}

// Foreground and Background are the colours that a style selects as 0xrrggbb, false
// where it leaves them to what is under it or to the terminal.
func (s Style) Foreground() (rgb int, ok bool) { return s.colour("38") }

// Background is the colour behind the text.
func (s Style) Background() (rgb int, ok bool) { return s.colour("48") }

func (s Style) colour(selector string) (int, bool) {
	params := strings.Split(s.sgr, ";")
	for i := 0; i+2 < len(params); i++ {
		if params[i] != selector {
			continue
		}
		var n [3]int
		for k := range n {
			if i+2+k < len(params) {
				n[k], _ = strconv.Atoi(params[i+2+k]) // we wrote them
			}
		}
		if params[i+1] == "5" {
			return xterm(n[0]), true
		}
		return n[0]<<16 | n[1]<<8 | n[2], true
	}
	return 0, false
}

// xterm is a colour of xterm's palette of 256, from the 16th on.
func xterm(n int) int {
	if n >= 232 {
		grey := 8 + 10*(n-232)
		return grey<<16 | grey<<8 | grey
	}
	level := func(i int) int {
		if i == 0 {
			return 0
		}
		return 55 + 40*i
	}
	n = max(n-16, 0)
	return level(n/36)<<16 | level(n/6%6)<<8 | level(n%6)
}

// RGB reads a colour that is written as #rrggbb.
func RGB(text string) (int, error) {
	rest, ok := strings.CutPrefix(text, "#")
	n, err := strconv.ParseUint(rest, 16, 24)
	if !ok || err != nil || len(rest) != 6 {
		return 0, fmt.Errorf("%q is no colour such as #1e66f5", text)
	}
	return int(n), nil
}
