// Package sanitize makes text from a store safe to show on a terminal. It
// changes what is shown, never what is exported or written back.
package sanitize

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns s as one line without anything that a terminal would obey:
// controls are shown as their pictures (U+2400), bidi controls and other
// invisible format characters by their code point, invalid UTF-8 as U+FFFD.
func Line(s string) string { return clean(s, false) }

// Text is Line for text of several lines: newlines and tabs stay.
func Text(s string) string { return clean(s, true) }

func clean(s string, lines bool) string {
	at := first(s, lines)
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:at])
	for _, r := range s[at:] {
		write(&b, r, lines)
	}
	return b.String()
}

// first returns where the first character stands that must not be shown as it
// is, -1 if there is none.
func first(s string, lines bool) int {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if (c < 0x20 || c == 0x7f) && !(lines && (c == '\n' || c == '\t')) {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || Hidden(r) {
			return i
		}
		i += n
	}
	return -1
}

func write(b *strings.Builder, r rune, lines bool) {
	switch {
	case lines && (r == '\n' || r == '\t'):
		b.WriteRune(r)
	case r < 0x20:
		b.WriteRune(0x2400 + r)
	case r == 0x7f:
		b.WriteRune(0x2421)
	case Hidden(r):
		b.WriteString("⟨")
		b.WriteString(strings.ToUpper(hex(r)))
		b.WriteString("⟩")
	default:
		b.WriteRune(r) // an invalid byte has become U+FFFD already
	}
}

func hex(r rune) string {
	const digits = "0123456789abcdef"
	out := ""
	for ; r > 0; r >>= 4 {
		out = string(digits[r&15]) + out
	}
	for len(out) < 4 {
		out = "0" + out
	}
	return "u+" + out
}

// Hidden reports whether a character beyond ASCII acts on the text around it or
// cannot be seen: C1 controls, bidi controls, line separators and other formats.
// The joiners stay, since emoji and some scripts need them.
func Hidden(r rune) bool {
	switch {
	case r >= 0x80 && r < 0xa0, r == 0x2028, r == 0x2029:
		return true
	case r == 0x200c, r == 0x200d, r >= 0xe0020 && r <= 0xe007f:
		return false
	}
	return unicode.Is(unicode.Cf, r)
}
