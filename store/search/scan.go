package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The functions below may look past the end of the text; there is no rune there.

func (l *lexer) rune(at int) (r rune, size int) {
	if at >= len(l.text) {
		return -1, 0
	}
	return utf8.DecodeRuneInString(l.text[at:])
}

// before returns the rune that ends at an index, -1 at the start.
func (l *lexer) before(at int) rune {
	if at == 0 {
		return -1
	}
	r, _ := utf8.DecodeLastRuneInString(l.text[:at])
	return r
}

func (l *lexer) has(at int, part string) bool {
	return at <= len(l.text) && strings.HasPrefix(l.text[at:], part)
}

// run returns where the runes end that are of a kind.
func (l *lexer) run(at int, of func(rune) bool) int {
	for {
		r, size := l.rune(at)
		if size == 0 || !of(r) {
			return at
		}
		at += size
	}
}

// minus returns at, or the place behind a minus there.
func (l *lexer) minus(at int) int {
	if l.has(at, "-") {
		return at + 1
	}
	return at
}

// fold returns where an upper-case word ends that is there in any case; -1 if it
// is not.
func (l *lexer) fold(at int, word string) int {
	for _, want := range word {
		r, size := l.rune(at)
		if size == 0 || folded(r) != unicode.ToLower(want) {
			return -1
		}
		at += size
	}
	return at
}

// literal matches the first of some texts.
func literal(texts ...string) func(*lexer, int) int {
	return func(l *lexer, at int) int {
		for _, text := range texts {
			if l.has(at, text) {
				return at + len(text)
			}
		}
		return -1
	}
}

// one matches one rune of a kind, many as many as there are.
func one(of func(rune) bool) func(*lexer, int) int {
	return func(l *lexer, at int) int {
		if r, size := l.rune(at); size > 0 && of(r) {
			return at + size
		}
		return -1
	}
}

func many(of func(rune) bool) func(*lexer, int) int {
	return func(l *lexer, at int) int { return l.run(at, of) }
}

func among(runes string) func(rune) bool {
	return func(r rune) bool { return strings.ContainsRune(runes, r) }
}

// phrase matches words in any case with spaces between them. A word is a choice
// of several, such as "ASC DESC".
func phrase(words ...string) func(*lexer, int) int {
	choices := make([][]string, len(words))
	for i, word := range words {
		choices[i] = strings.Fields(word)
	}
	return func(l *lexer, at int) int {
		for i, choice := range choices {
			if i > 0 {
				gap := at
				if at = l.run(gap, isSpace); at == gap {
					return -1
				}
			}
			found := slices.IndexFunc(choice, func(word string) bool { return l.fold(at, word) >= 0 })
			if found < 0 {
				return -1
			}
			at = l.fold(at, choice[found])
		}
		if next, _ := l.rune(at); isWord(next) {
			return -1
		}
		return at
	}
}

// quoted matches a text in quotes. Two quotes inside are no end, nor is one
// behind a backslash (but for names), unless there is no other end.
func quoted(quote string) func(*lexer, int) int {
	return func(l *lexer, at int) int {
		if !l.has(at, quote) {
			return -1
		}
		if l.ends[quote] == nil {
			l.ends[quote] = endsOf(l.text, quote)
		}
		return l.ends[quote][at+len(quote)]
	}
}

// endsOf works from the end of the text, so that its time is linear however many
// quotes are left open.
func endsOf(text, quote string) []int {
	escapes := quote == "'" || quote == `"`
	ends := make([]int, len(text)+1)
	ends[len(text)] = -1
	for at := len(text) - 1; at >= 0; at-- {
		rest, pair, escaped := text[at:], 2*len(quote), 1+len(quote)
		switch {
		case strings.HasPrefix(rest, quote+quote) && ends[at+pair] >= 0:
			ends[at] = ends[at+pair]
		case strings.HasPrefix(rest, quote):
			ends[at] = at + len(quote)
		case escapes && strings.HasPrefix(rest, `\`+quote) && ends[at+escaped] >= 0:
			ends[at] = ends[at+escaped]
		default:
			ends[at] = ends[at+1]
		}
	}
	return ends
}

// isWord, isSpace and isLetter are \w, \s and [A-ZÀ-Ü] of Python's patterns that
// ignore case.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

func isSpace(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

func isLetter(r rune) bool {
	r = folded(r)
	return 'a' <= r && r <= 'z' || 'à' <= r && r <= 'ü' && r != '÷' || r == '×'
}

// folded returns the small form of a rune. Python takes a few letters outside
// ASCII for i, s, k and å.
func folded(r rune) rune {
	switch r {
	case 'ı', 'İ':
		return 'i'
	case 'ſ':
		return 's'
	}
	return unicode.ToLower(r) // of the signs of Kelvin and Ångström, k and å
}
