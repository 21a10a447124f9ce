package search

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a filter as MLflow 3.17 does: what MLflow accepts means the same
// here, and what it refuses is an *Error that says where and why. The empty text
// matches everything.
func Parse(text string, kind Kind) (Filter, error) {
	if text == "" {
		return Filter{}, nil
	}
	p := parser{text, kind}
	nodes, err := p.statement()
	if err != nil {
		return Filter{}, err
	}
	var all And
	for len(nodes) > 0 {
		if nodes[0].is(keyword, "AND") { // one too many is none too many
			nodes = nodes[1:]
			continue
		}
		c, size, err := p.clause(nodes)
		if err != nil {
			return Filter{}, err
		}
		all, nodes = append(all, c), nodes[size:]
	}
	switch len(all) {
	case 0:
		return Filter{}, nil
	case 1:
		return Filter{Expr: all[0]}, nil
	}
	return Filter{Expr: all}, nil
}

type parser struct {
	text string
	kind Kind
}

func (p parser) of(n node) string { return p.text[n.start:n.end] }

func (p parser) fail(n node, format string, args ...any) error {
	reason := oneLine(fmt.Sprintf(format, args...))
	return &Error{Text: p.text, Pos: n.start, Len: n.end - n.start, Reason: reason}
}

// statement splits and groups the text, which is not empty.
func (p parser) statement() ([]node, error) {
	tokens, whole := lex(p.text), node{end: len(p.text)}
	if len(tokens) > mostTokens {
		return nil, p.fail(whole, "longer than the %d words and signs that MLflow reads", mostTokens)
	}
	for _, t := range tokens {
		if t.is(punctuation, ";") {
			return nil, p.fail(t, "only one expression can be searched for; join conditions with AND")
		}
		if t.kind == keyword && p.of(t) == "GO" {
			return nil, p.fail(t, "MLflow takes GO for the end of the expression; write it in quotes")
		}
	}
	nodes := group(tokens)
	if len(nodes) == 0 {
		return nil, p.fail(whole, "there are only blanks; leave it empty to search for everything")
	}
	for _, n := range nodes {
		if n.depth > mostDepth {
			return nil, p.fail(n, "parentheses are nested deeper than the %d levels that MLflow reads", mostDepth)
		}
	}
	return nodes, nil
}

// clause reads the condition at the start of nodes and returns its size.
func (p parser) clause(nodes []node) (Compare, int, error) {
	if nodes[0].kind == comparison {
		c, err := p.comparison(nodes[0])
		return c, 1, err
	}
	word := func(i int) string {
		if i < len(nodes) && nodes[i].kind == keyword {
			return nodes[i].word
		}
		return ""
	}
	parenthesis := func(i int) bool { return i < len(nodes) && nodes[i].kind == parens }
	switch {
	case nodes[0].kind != field:
	case word(1) == "IN" && parenthesis(2):
		c, err := p.compare(nodes[0], nodes[1], p.of(nodes[1]), nodes[2])
		return c, 3, err
	case word(1) == "NOT" && word(2) == "IN" && parenthesis(3):
		c, err := p.compare(nodes[0], merge(keyword, nodes[1], nodes[2]), "NOT IN", nodes[3])
		return c, 4, err
	case word(1) == "IS" && (word(2) == "NULL" || word(2) == "NOT NULL"):
		c, err := p.compare(nodes[0], merge(keyword, nodes[1], nodes[2]), "IS "+word(2), node{})
		return c, 3, err
	}
	return Compare{}, 0, p.misplaced(nodes)
}

func (p parser) comparison(n node) (Compare, error) {
	left, sign, right := n.parts[0], n.parts[1], n.parts[2]
	if left.kind != field {
		return Compare{}, p.notField(left)
	}
	if len(n.parts) > 3 {
		return Compare{}, p.fail(n.parts[3], "comments cannot be part of a filter")
	}
	return p.compare(left, sign, p.of(sign), right)
}

// compare reads a condition from the field, the comparator and the value; IS
// NULL has none.
func (p parser) compare(left, sign node, comparator string, right node) (Compare, error) {
	f, key, err := p.field(left, false)
	if err != nil {
		return Compare{}, err
	}
	if p.kind != Experiments {
		comparator = strings.ToUpper(comparator)
	}
	op, ok := opOf(comparator)
	if !ok || !slices.Contains(f.Ops, op) {
		return Compare{}, p.noComparator(f, sign, comparator)
	}
	c := Compare{Entity: f.Entity, Key: key, Op: op}
	switch {
	case op == IsNull || op == IsNotNull:
	case f.Name == "version_number":
		c.Number, err = p.versionNumber(right)
	case f.Number:
		c.Number, err = p.number(f, right)
	case op == In || op == NotIn:
		c.Texts, err = p.list(right)
	default:
		c.Text, err = p.value(f, right)
	}
	if err == nil && f.Name == "experiment_id" {
		err = p.canonicalIDs(&c, right)
	}
	return c, err
}

// field reads what stands left of a comparator, or in an order: an entity and a
// key around the first period, or an attribute without one.
func (p parser) field(n node, order bool) (Field, string, error) {
	return p.fieldIn(n, p.of(n), order)
}

func (p parser) fieldIn(n node, text string, order bool) (Field, string, error) {
	entity, key := Attribute, text
	prefix, rest, prefixed := strings.Cut(text, ".")
	if prefixed {
		if p.kind == Runs {
			prefix = trimBackticks(prefix)
		}
		var known bool
		if entity, known = entityOf(p.kind, prefix); !known {
			n.end = min(n.end, n.start+len(prefix))
			return Field{}, "", p.noEntity(n, prefix)
		}
		key = rest
	}
	written := key
	if isQuoted(key, `'`) || isQuoted(key, `"`) {
		key = key[1 : len(key)-1]
	}
	key = trimBackticks(key)
	f, ok := fieldOf(p.kind, entity, key, order)
	switch {
	case p.kind == Models && order && (prefixed || key != text),
		p.kind.registry() && !order && entity == Attribute && key != written:
		return Field{}, "", p.plainAttribute(n, key)
	case p.kind == Versions && order:
		entity = Attribute // whatever MLflow calls it, it looks at the key alone
		f, ok = fieldOf(p.kind, entity, key, order)
	}
	if !ok {
		return Field{}, "", p.noKey(n, entity, key, order)
	}
	switch {
	case p.kind == Runs:
		key = canonicalKey(key)
	case f.Name != "":
		key = f.Name
	}
	return f, key, nil
}

// registry reports whether the records are those of the model registry.
func (k Kind) registry() bool { return k == Models || k == Versions }

// canonicalKey resolves MLflow's aliases. MLflow does so for every entity, so that
// the param "created" can only be found under another name.
func canonicalKey(key string) string {
	for _, f := range runFields {
		if slices.Contains(f.Also, key) || slices.Contains(f.Spoken, key) {
			return f.Name
		}
	}
	return key
}

func isQuoted(text, quote string) bool {
	return len(text) >= 2 && strings.HasPrefix(text, quote) && strings.HasSuffix(text, quote)
}

func trimBackticks(text string) string {
	if isQuoted(text, "`") {
		return text[1 : len(text)-1]
	}
	return text
}

// number reads an unquoted number.
func (p parser) number(f Field, n node) (float64, error) {
	text := asciiDigits(p.of(n))
	switch {
	case n.kind != integer && n.kind != float:
		return 0, p.noNumber(f, n)
	case f.Entity == Metric:
	case n.kind == integer:
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return 0, p.fail(n, "%s is beyond the whole numbers of 64 bits", p.of(n))
		}
	case p.kind == Experiments:
		return 0, p.fail(n, "%s is compared with whole milliseconds, such as %.0f", f.Name, math.Floor(number(text)))
	}
	return number(text), nil
}

// versionNumber reads a whole number, which MLflow takes in quotes, too.
func (p parser) versionNumber(n node) (float64, error) {
	text := p.of(n)
	if (n.kind == single || n.kind == field) && (isQuoted(text, `'`) || isQuoted(text, `"`)) {
		text = text[1 : len(text)-1]
	} else if n.kind != integer {
		return 0, p.fail(n, "version_number is compared with a whole number, such as 2")
	}
	number, ok := wholeNumber(text)
	if !ok {
		return 0, p.fail(n, "%s is no version; version_number is compared with a whole number, such as 2", show(text))
	}
	return float64(number), nil
}

// number converts the text of a number token. Beyond the range of floats it is
// infinite, as in Python.
func number(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64) // the only error is that of the range
	return f
}

// value reads a quoted text. Only the outer quotes are cut; nothing is unescaped.
func (p parser) value(f Field, n node) (string, error) {
	text := p.of(n)
	if (n.kind == single || n.kind == field) && (isQuoted(text, `'`) || isQuoted(text, `"`)) {
		return text[1 : len(text)-1], nil
	}
	return "", p.noText(f, n)
}

// list reads the texts of IN, which MLflow reads as Python does.
func (p parser) list(n node) ([]string, error) {
	texts, at, reason := readList(p.of(n))
	if reason != "" {
		n.start += at
		return nil, p.fail(n, "%s", reason)
	}
	return texts, nil
}

// canonicalIDs brings the texts that experiment_id is compared with, which must
// be whole numbers, into the form of ids.
func (p parser) canonicalIDs(c *Compare, n node) error {
	texts := c.Texts
	if c.Op != In && c.Op != NotIn {
		texts = []string{c.Text}
	}
	ids := make([]string, len(texts))
	for i, text := range texts {
		id, ok := wholeNumber(text)
		if !ok {
			return p.fail(n, "%q is no experiment id; write a whole number in quotes, such as '1'", text)
		}
		ids[i] = strconv.FormatInt(id, 10)
	}
	if c.Op == In || c.Op == NotIn {
		c.Texts = ids
	} else {
		c.Text = ids[0]
	}
	return nil
}
