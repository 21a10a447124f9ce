package search

import (
	"strings"
	"unicode"
)

// kind is what a token or a group of tokens is.
type kind int

const (
	none kind = iota
	space
	newline
	comment
	name // `quoted` too
	placeholder
	builtin // the name of an SQL type
	keyword
	reservedWord // a keyword that starts a statement
	direction    // ASC or DESC
	zone         // AT TIME ZONE 'x'
	integer
	float
	hexadecimal
	single // 'text'
	double // "text"
	comparator
	operator
	wildcard // *
	assignment
	punctuation
	other   // whatever has no place in SQL
	anyWord // until it is looked up

	// Groups, made of tokens and groups.
	field
	call       // name(…)
	parens     // (…)
	brackets   // […]
	operation  // a - b
	comparison // parts: left, comparator, right
	remark     // comments
)

// isKeyword reports whether sqlparse would call the token a keyword.
func (k kind) isKeyword() bool { return keyword <= k && k <= zone }

func (k kind) isNumber() bool { return integer <= k && k <= hexadecimal }

// lexer splits a text as sqlparse does, whose tokens decide what MLflow accepts.
type lexer struct {
	text string
	// ends holds, for each quote, where a quoted text ends whose inside starts at
	// an index; -1 if it never does.
	ends map[string][]int
}

// node is a token, or a group of them.
type node struct {
	kind       kind
	word       string // its text in upper case; empty for groups
	start, end int
	parts      []node // of a comparison
	depth      int    // how deep parentheses and brackets are nested in it
}

func (n node) is(k kind, word string) bool { return n.kind == k && n.word == word }

// rule is one kind of token: match returns where it ends, or -1.
type rule struct {
	kind  kind
	match func(l *lexer, at int) int
}

// rules are tried in this order; the first that matches makes the token.
var rules = []rule{
	{comment, (*lexer).lineComment},
	{newline, (*lexer).newline},
	{space, one(isSpace)},
	{assignment, literal(":=")},
	{punctuation, literal("::")},
	{wildcard, literal("*")},
	{name, quoted("`")},
	{name, quoted("´")},
	{placeholder, (*lexer).placeholder},
	{other, (*lexer).command},
	{keyword, phrase("CASE IN VALUES USING FROM AS")},
	{name, (*lexer).marked},
	{name, (*lexer).beforePeriod},
	{name, (*lexer).afterPeriod},
	{name, (*lexer).beforeParens},
	{hexadecimal, (*lexer).hexadecimal},
	{float, (*lexer).exponent},
	{float, (*lexer).decimal},
	{integer, (*lexer).integer},
	{single, quoted("'")},
	{double, quoted(`"`)},
	{name, (*lexer).bracketed},
	{keyword, phrase("NOT", "NULL")},
	{direction, phrase("ASC DESC", "NULLS", "FIRST LAST")},
	{direction, phrase("ASC DESC")},
	{direction, phrase("NULLS", "FIRST LAST")},
	{zone, (*lexer).zone},
	{comparator, phrase("NOT", "LIKE ILIKE RLIKE")},
	{comparator, phrase("LIKE ILIKE RLIKE")},
	{comparator, phrase("NOT", "REGEXP", "BINARY")},
	{comparator, phrase("NOT", "REGEXP")},
	{comparator, phrase("REGEXP", "BINARY")},
	{comparator, phrase("REGEXP")},
	{anyWord, (*lexer).word},
	{punctuation, one(among(";:()[],."))},
	{operator, literal("->>", "->", "#>>", "#>", "@>", "<@", "-", "#-")},
	{comparator, many(among("<>=~!"))},
	{operator, many(among("+/@#%^&|-"))},
}

// lex splits a text into tokens, spaces included.
func lex(text string) []node {
	l := &lexer{text: text, ends: map[string][]int{}}
	var tokens []node
	for at := 0; at < len(text); {
		n := l.token(at)
		n.word = strings.ToUpper(text[n.start:n.end])
		if n.kind == anyWord {
			n.kind = name
			if k, ok := wordKinds()[n.word]; ok {
				n.kind = k
			}
		}
		tokens = append(tokens, n)
		at = n.end
	}
	return tokens
}

func (l *lexer) token(at int) node {
	if k, end := l.delimited(at); end > at {
		return node{kind: k, start: at, end: end}
	}
	for _, r := range rules {
		if end := r.match(l, at); end > at {
			return node{kind: r.kind, start: at, end: end}
		}
	}
	_, size := l.rune(at)
	return node{kind: other, start: at, end: at + size}
}

// delimited matches /* comments */ and $tag$ texts $tag$.
func (l *lexer) delimited(at int) (kind, int) {
	if l.has(at, "/*") {
		inside := at + 2
		if l.has(at, "/*+") {
			inside++
		}
		return comment, l.through(inside, "*/")
	}
	if before := l.before(at); !l.has(at, "$") || isWord(before) || before == '"' || before == '$' {
		return none, -1
	}
	end := at + 1
	if r, _ := l.rune(end); isLetter(r) || r == '_' {
		end = l.run(end, isWord)
	}
	if !l.has(end, "$") {
		return none, -1
	}
	end++
	return other, l.through(end, l.text[at:end])
}

// through returns where the next occurrence of part ends; -1 if there is none.
func (l *lexer) through(from int, part string) int {
	if i := strings.Index(l.text[from:], part); i >= 0 {
		return from + i + len(part)
	}
	return -1
}

func (l *lexer) lineComment(at int) int {
	if !l.has(at, "--") && !l.has(at, "# ") {
		return -1
	}
	end := l.run(at, func(r rune) bool { return r != '\r' && r != '\n' })
	return max(end, l.newline(end))
}

func (l *lexer) newline(at int) int { return literal("\r\n", "\r", "\n")(l, at) }

func (l *lexer) placeholder(at int) int {
	switch first, _ := l.rune(at); first {
	case '?':
		return at + 1
	case '%':
		end := at + 1
		if l.has(end, "(") {
			if inside := l.run(end+1, isWord); inside > end+1 && l.has(inside, ")") {
				end = inside + 1
			}
		}
		return l.fold(end, "S")
	case '$', ':':
		if end := l.run(at+1, isWord); end > at+1 && !isWord(l.before(at)) {
			return end
		}
	}
	return -1
}

func (l *lexer) command(at int) int {
	if end := l.run(at+1, isWord); l.has(at, `\`) && end > at+1 {
		return end
	}
	return -1
}

func (l *lexer) marked(at int) int {
	start := max(literal("@", "##", "#")(l, at), 0)
	if r, size := l.rune(start); start > 0 && isLetter(r) {
		if end := l.run(start+size, isWord); end > start+size {
			return end
		}
	}
	return -1
}

// plain matches a word that starts with a letter of Latin 1.
func (l *lexer) plain(at int) int {
	if r, _ := l.rune(at); !isLetter(r) {
		return -1
	}
	return l.run(at, isWord)
}

func (l *lexer) beforePeriod(at int) int {
	end := l.plain(at)
	if end < 0 {
		return -1
	}
	period := l.run(end, isSpace)
	if next, _ := l.rune(period + 1); !l.has(period, ".") || unicode.IsDigit(next) {
		return -1
	}
	return end
}

func (l *lexer) afterPeriod(at int) int {
	if l.before(at) != '.' {
		return -1
	}
	return l.plain(at)
}

func (l *lexer) beforeParens(at int) int {
	if end := l.plain(at); end > at && l.has(end, "(") {
		return end
	}
	return -1
}

func (l *lexer) hexadecimal(at int) int {
	start := l.fold(l.minus(at), "0X")
	if start < 0 {
		return -1
	}
	end := l.run(start, func(r rune) bool { return unicode.IsDigit(r) || 'a' <= folded(r) && folded(r) <= 'f' })
	if end == start {
		return -1
	}
	return end
}

// exponent matches 1e5 and 1.5e-5, but not 1e+5.
func (l *lexer) exponent(at int) int {
	start := l.minus(at)
	end := l.run(start, unicode.IsDigit)
	if end == start {
		return -1
	}
	if fraction := l.run(end+1, unicode.IsDigit); l.has(end, ".") && fraction > end+1 {
		end = fraction
	}
	power := l.fold(end, "E")
	if power < 0 {
		return -1
	}
	power = l.minus(power)
	if end = l.run(power, unicode.IsDigit); end == power {
		return -1
	}
	return end
}

// decimal matches 1.5, 1. and .5.
func (l *lexer) decimal(at int) int {
	start := l.minus(at)
	whole := l.run(start, unicode.IsDigit)
	if !l.has(whole, ".") {
		return -1
	}
	least := 0 // digits behind the point
	if whole == start {
		least = 1
	}
	return l.unlessWord(whole+1, least)
}

func (l *lexer) integer(at int) int { return l.unlessWord(l.minus(at), 1) }

// unlessWord matches at least so many digits, without the last one if a word
// goes on behind them: that is how 12e becomes 1 and 2e.
func (l *lexer) unlessWord(at, least int) int {
	end, last, digits := at, at, 0
	for ; ; digits++ {
		r, size := l.rune(end)
		if !unicode.IsDigit(r) {
			break
		}
		last, end = end, end+size
	}
	if next, _ := l.rune(end); isLetter(next) || next == '_' {
		end, digits = last, digits-1
	}
	if digits < least {
		return -1
	}
	return end
}

func (l *lexer) bracketed(at int) int {
	if before := l.before(at); !l.has(at, "[") || isWord(before) || before == ']' || before == ')' {
		return -1
	}
	end := l.run(at+1, func(r rune) bool { return r != '[' && r != ']' })
	if end == at+1 || !l.has(end, "]") {
		return -1
	}
	return end + 1
}

func (l *lexer) zone(at int) int {
	words := phrase("AT", "TIME", "ZONE")(l, at)
	if words < 0 {
		return -1
	}
	start := l.run(words, isSpace)
	end := l.run(start+1, func(r rune) bool { return r != '\'' })
	if start == words || !l.has(start, "'") || end == start+1 || !l.has(end, "'") {
		return -1
	}
	return end + 1
}

func (l *lexer) word(at int) int {
	if r, _ := l.rune(at); !isWord(r) {
		return -1
	}
	return l.run(at, func(r rune) bool { return isWord(r) || r == '$' || r == '#' })
}
