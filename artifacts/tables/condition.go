package tables

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a condition.
const (
	mostConditionBytes = 4096
	mostTerms          = 64
)

// Condition is what Filter looks for. Its language is small:
//
//	age > 30 and plan = 'gold'
//	"monthly charge" <= 12.5 and name ~ '^A.*n$'
//	satisfaction is null and score is not nan
//
// Terms are joined by and. A name is bare, or in double quotes or backticks. A
// number compares with numbers only, text in single quotes with how a cell
// reads, or with the moment if both are times. ~ and !~ look for a regular
// expression (RE2) in the text. A comparison with what is missing never holds.
// null, nan, inf and number follow is and is not.
type Condition struct {
	text    string
	columns []int // of the table, each once
	terms   []term
}

// String returns the condition as it was written.
func (c Condition) String() string { return c.text }

type term struct {
	slot    int // in columns
	op      string
	not     bool // of is
	value   Value
	quoted  bool
	instant bool // the text is a time too
	pattern *regexp.Regexp
}

func (c Condition) holds(values []Value) bool {
	for i := range c.terms {
		if !c.terms[i].holds(values[c.terms[i].slot]) {
			return false
		}
	}
	return true
}

func (t *term) holds(v Value) bool {
	switch t.op {
	case "null":
		return (v.Kind == Missing) != t.not
	case "nan":
		return (v.Kind == NaN) != t.not
	case "inf":
		return (v.Kind == PosInf || v.Kind == NegInf) != t.not
	case "number":
		return (v.Kind == Finite) != t.not
	}
	if v.Kind == Missing {
		return false
	}
	switch t.op {
	case "~":
		return t.pattern.MatchString(v.Text)
	case "!~":
		return !t.pattern.MatchString(v.Text)
	}
	c, ok := t.compare(v)
	if !ok {
		return false
	}
	switch t.op {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (t *term) compare(v Value) (int, bool) {
	switch {
	case t.quoted && t.instant && v.Kind == Instant:
		return Compare(v, t.value), true
	case t.quoted:
		return strings.Compare(v.Text, t.value.Text), true
	case rank[v.Kind] == rank[t.value.Kind]:
		return Compare(v, t.value), true
	}
	return 0, false
}

// ParseCondition reads a condition over columns.
func ParseCondition(text string, columns []Column) (Condition, error) {
	if len(text) > mostConditionBytes {
		return Condition{}, fmt.Errorf("read the filter: it is longer than %d bytes", mostConditionBytes)
	}
	p := &conditionParser{rest: text, columns: columns, c: Condition{text: text}}
	for {
		if err := p.term(); err != nil {
			return Condition{}, fmt.Errorf("read the filter at character %d: %w", utf8.RuneCountInString(text[:len(text)-len(p.rest)])+1, err)
		}
		if p.space(); p.rest == "" {
			return p.c, nil
		}
		if !p.word("and") {
			return Condition{}, fmt.Errorf("read the filter at character %d: want and, not %.20q",
				utf8.RuneCountInString(text[:len(text)-len(p.rest)])+1, p.rest)
		}
	}
}

type conditionParser struct {
	rest    string
	columns []Column
	c       Condition
}

func (p *conditionParser) space() { p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace) }

// word takes a word in any case, if it is next.
func (p *conditionParser) word(want string) bool {
	p.space()
	n := len(want)
	if len(p.rest) < n || !strings.EqualFold(p.rest[:n], want) {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(p.rest[n:]); len(p.rest) > n && bare(r) {
		return false
	}
	p.rest = p.rest[n:]
	return true
}

// bare are the characters of names and values without quotes.
func bare(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_.-+/:%@#", r)
}

func (p *conditionParser) term() error {
	if len(p.c.terms) == mostTerms {
		return fmt.Errorf("there are more than %d terms", mostTerms)
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	column := slices.IndexFunc(p.columns, func(c Column) bool { return c.Name == name })
	if column < 0 {
		return fmt.Errorf("there is no column %q", name)
	}
	t := term{slot: slices.Index(p.c.columns, column)}
	if t.slot < 0 {
		t.slot = len(p.c.columns)
		p.c.columns = append(p.c.columns, column)
	}
	if p.word("is") {
		err = p.is(&t)
	} else {
		err = p.comparison(&t)
	}
	p.c.terms = append(p.c.terms, t)
	return err
}

func (p *conditionParser) name() (string, error) {
	p.space()
	if p.rest == "" {
		return "", fmt.Errorf("want a column")
	}
	if quote := p.rest[0]; quote == '"' || quote == '`' {
		return p.quoted(quote)
	}
	if name := p.bareWord(); name != "" {
		return name, nil
	}
	return "", fmt.Errorf("want a column, not %.20q", p.rest)
}

func (p *conditionParser) bareWord() string {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return !bare(r) })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word
}

// quoted takes a text in quotes; a quote inside is doubled.
func (p *conditionParser) quoted(quote byte) (string, error) {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch {
		case p.rest[i] != quote:
		case i+1 < len(p.rest) && p.rest[i+1] == quote:
			i++
		default:
			p.rest = p.rest[i+1:]
			return b.String(), nil
		}
		b.WriteByte(p.rest[i])
	}
	return "", fmt.Errorf("the quote %c is not closed", quote)
}

func (p *conditionParser) is(t *term) error {
	t.not = p.word("not")
	for _, op := range []string{"null", "nan", "inf", "number"} {
		if p.word(op) {
			t.op = op
			return nil
		}
	}
	return fmt.Errorf("want null, nan, inf or number behind is, not %.20q", p.rest)
}

func (p *conditionParser) comparison(t *term) error {
	p.space()
	for _, op := range []string{"<=", ">=", "!=", "!~", "=", "<", ">", "~"} {
		if strings.HasPrefix(p.rest, op) {
			t.op = op
			p.rest = p.rest[len(op):]
			break
		}
	}
	if t.op == "" {
		return fmt.Errorf("want =, !=, <, <=, >, >=, ~, !~ or is, not %.20q", p.rest)
	}
	p.space()
	text, err := p.value(t)
	if err != nil {
		return err
	}
	if t.op == "~" || t.op == "!~" {
		if t.pattern, err = regexp.Compile(text); err != nil {
			return fmt.Errorf("the regular expression: %w", err)
		}
		return nil
	}
	if t.quoted {
		t.value = Value{Text: text, Kind: Word}
		if at, ok := parseTime(text); ok {
			t.instant = true
			t.value.Kind, t.value.Number = Instant, seconds(at)
		}
		return nil
	}
	if b, ok := parseTruth([]byte(text)); ok {
		t.value = truth(b)
		return nil
	}
	x, ok := parseNumber([]byte(text))
	if t.value = number(text, x); !ok || t.value.Kind == NaN {
		return fmt.Errorf("%q is no number: put text in single quotes, and look for nan with is nan", text)
	}
	return nil
}

// value takes what a column is compared with. A regular expression without
// quotes goes up to the next space.
func (p *conditionParser) value(t *term) (string, error) {
	if strings.HasPrefix(p.rest, "'") {
		t.quoted = true
		return p.quoted('\'')
	}
	word := ""
	if t.op == "~" || t.op == "!~" {
		end := strings.IndexFunc(p.rest, unicode.IsSpace)
		if end < 0 {
			end = len(p.rest)
		}
		word, p.rest = p.rest[:end], p.rest[end:]
	} else {
		word = p.bareWord()
	}
	if word == "" {
		return "", fmt.Errorf("want a value, not %.20q", p.rest)
	}
	return word, nil
}
