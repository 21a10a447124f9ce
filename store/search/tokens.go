package search

import "strings"

// shape is what a token of Read's language is.
type shape int

const (
	ending shape = iota // of the text
	bare                // a word: a field, a number, a keyword, or a text to look for
	quotation
	sign
	opening
	closing
	comma
)

// token is a piece of a filter: bytes of its text.
type token struct {
	shape      shape
	text       string
	start, end int
}

// word is the text of a bare token in capitals, for keywords.
func (t token) word() string {
	if t.shape != bare {
		return ""
	}
	return strings.ToUpper(t.text)
}

func (t token) node() node {
	n := node{kind: other, start: t.start, end: t.end}
	switch {
	case t.shape == quotation:
		n.kind = single
	case t.shape == opening:
		n.kind = parens
	case t.shape == bare:
		n.kind = field
		if isDecimal(t.text) {
			n.kind = float
		}
	}
	return n
}

// The limits of Read beyond MLflow's own.
const (
	mostWords    = 2000 // tokens
	mostNested   = 50   // parentheses and NOT in each other
	longestWord  = 200  // bytes of a text to look for
	longestRegex = 1000 // bytes of a regular expression
)

// tokens splits a text; its last token is the ending.
func (p parser) tokens() ([]token, error) {
	l := &lexer{text: p.text, ends: map[string][]int{}}
	var out []token
	for at := l.run(0, isSpace); at < len(p.text); at = l.run(at, isSpace) {
		t := token{start: at}
		switch first := p.text[at]; {
		case first == '(':
			t.shape, t.end = opening, at+1
		case first == ')':
			t.shape, t.end = closing, at+1
		case first == ',':
			t.shape, t.end = comma, at+1
		case isSign(first):
			t.shape, t.end = sign, l.run(at, among(signs))
		case first == '\'' || first == '"':
			t.shape, t.end = quotation, quoted(string(first))(l, at)
		case first == ';':
			return nil, p.fail(node{start: at, end: at + 1}, "only one expression can be searched for; join conditions with AND or OR")
		default:
			t.shape, t.end = bare, l.bareWord(at)
		}
		if t.end < 0 {
			open := at + strings.IndexAny(p.text[at:], "'\"`")
			return nil, p.fail(node{start: open, end: len(p.text)}, "the quote %s is never closed", p.text[open:open+1])
		}
		t.text, at = p.text[t.start:t.end], t.end
		if out = append(out, t); len(out) > mostWords {
			return nil, p.fail(node{end: len(p.text)}, "longer than %d words and signs", mostWords)
		}
	}
	return append(out, token{start: len(p.text), end: len(p.text)}), nil
}

// bareWord returns where a word ends, the quoted parts of a key included; -1 if
// their quote is open.
func (l *lexer) bareWord(at int) int {
	for start := at; at < len(l.text); {
		b := l.text[at]
		behind := at == start || l.text[at-1] == '.'
		switch {
		case behind && strings.IndexByte("`\"'", b) >= 0:
			if at = quoted(string(b))(l, at); at < 0 {
				return -1
			}
			continue
		case isSign(b) || strings.IndexByte("(),;", b) >= 0:
			return at
		}
		r, size := l.rune(at)
		if isSpace(r) {
			return at
		}
		at += size
	}
	return at
}

// isDecimal reports whether a text is a number as Read takes it: 1, -.5, +2e-3.
func isDecimal(text string) bool {
	_, ok := Decimal(text)
	return ok && strings.IndexFunc(text, func(r rune) bool { return r == 0 || isSpace(r) }) < 0
}
