package search

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// What a refusal says: what is wrong and what would be right. One line, without a
// capital and without a full stop, to be shown under the place it is about.

// misplaced explains nodes that start no condition.
func (p parser) misplaced(nodes []node) error {
	n, next := nodes[0], after(nodes, 0)
	switch {
	case n.is(keyword, "OR"):
		return p.fail(n, "OR is not known; conditions can only be joined with AND")
	case n.is(keyword, "NOT"):
		return p.fail(n, "NOT is only known in NOT IN and IS NOT NULL; otherwise use !=")
	case n.kind == comment || n.kind == remark:
		return p.fail(n, "comments cannot be part of a filter")
	case n.kind == parens:
		return p.fail(n, "parentheses are only for the list of IN; write the conditions side by side")
	case p.isOpenQuote(n):
		n.end = len(p.text)
		return p.fail(n, "the quote %s is never closed", p.text[n.start:n.start+1])
	case n.kind == field && next.kind == none && strings.ContainsAny(p.of(n), " \t\n"):
		return p.noKeyAlone(n)
	case n.kind == field && next.kind == none:
		return p.fail(n, "a comparator and a value are missing after %s", p.of(n))
	case n.kind == field:
		return p.afterField(n, next, nodes)
	case n.kind == comparator:
		return p.fail(n, "a field is missing before %s, such as %s", p.of(n), p.example())
	}
	return p.fail(n, "%s starts no condition; a condition starts with a field, such as %s", p.of(n), p.example())
}

// noKeyAlone explains a field with blanks in it that is the last thing in a text.
func (p parser) noKeyAlone(n node) error {
	text := p.of(n)
	if strings.ContainsAny(text, "=<>!~") {
		return p.fail(n, "AND is missing between the conditions, or a value has something behind it")
	}
	return p.fail(n, "a comparator and a value are missing after %s", text)
}

// afterField explains a field that no comparator with a value follows.
func (p parser) afterField(n, next node, nodes []node) error {
	switch {
	case p.isOpenQuote(next):
		return p.misplaced([]node{next})
	case next.start == n.end && strings.HasSuffix(p.of(n), "."):
		return p.needsQuotes(n)
	case next.kind == comparator && len(nodes) == 2:
		return p.fail(next, "a value is missing after %s", p.of(next))
	case next.kind == comparator && p.isOpenQuote(nodes[2]):
		return p.misplaced(nodes[2:])
	case next.kind == comparator:
		return p.fail(nodes[2], "%s is no value; write a number or a text in quotes", p.of(nodes[2]))
	case next.is(keyword, "IN") || next.is(keyword, "NOT"):
		return p.fail(next, "a list is missing after IN, such as IN ('a', 'b')")
	case next.is(keyword, "IS"):
		return p.fail(next, "IS is only known in IS NULL and IS NOT NULL, with one blank between NOT and NULL")
	case next.start == n.end:
		return p.needsQuotes(n)
	case next.kind == comparison && !strings.Contains(p.of(next.parts[0]), "."):
		return p.fail(n, "a comparator is missing after %s; a key with blanks stands in backticks", p.of(n))
	}
	return p.fail(n, "a comparator is missing after %s", p.of(n))
}

// needsQuotes explains a key that is written without the quotes that it needs.
func (p parser) needsQuotes(n node) error {
	n.end = len(p.text)
	if size := strings.IndexAny(p.text[n.start:], " \t\r\n=<>!~"); size > 0 {
		n.end = n.start + size
	}
	text := p.of(n)
	prefix, key, _ := strings.Cut(text, ".")
	if _, known := entityOf(p.kind, prefix); !known || key == "" || strings.Contains(key, "`") {
		return p.fail(n, "%s is no field; a key with signs in it stands in backticks", text)
	}
	return p.fail(n, "%s is no field; write %s.`%s`", text, prefix, key)
}

func (p parser) notField(n node) error {
	switch n.kind {
	case operation:
		return p.needsQuotes(n)
	case single:
		return p.fail(n, "the field stands left of the comparator and the value right of it")
	case comparison:
		return p.fail(n, "a condition has one comparator; join two conditions with AND")
	}
	return p.fail(n, "%s is no field; a condition starts with one, such as %s", p.of(n), p.example())
}

func (p parser) isOpenQuote(n node) bool {
	return n.kind == other && slices.Contains([]string{"'", `"`}, p.of(n)) ||
		(n.kind == other || n.kind == operator) && p.of(n) == "`"
}

func (p parser) example() string {
	if p.kind != Runs {
		return "name or tags.team"
	}
	return "metrics.loss or params.lr"
}

func (p parser) noEntity(n node, prefix string) error {
	if canonical, ok := entityOf(p.kind, strings.ToLower(strings.Trim(prefix, "`\" "))); ok {
		for _, s := range Entities(p.kind) {
			if s.Entity == canonical {
				return p.fail(n, "fields are written in small letters without blanks; write %s", s.Names[0])
			}
		}
	}
	var names []string
	for _, s := range Entities(p.kind) {
		names = append(names, s.Names[0])
	}
	return p.fail(n, "%s has no fields here; before the period can stand %s", show(prefix), listed(names))
}

func (p parser) noKey(n node, entity Entity, key string, order bool) error {
	var names []string
	for _, f := range Fields(p.kind) {
		if f.Entity == entity && (f.Sorts || !order) && (order || len(f.Ops) > 0) {
			names = append(names, f.Name)
		}
	}
	what := "an attribute"
	if entity == Dataset {
		what = "a field of datasets"
	}
	reason := fmt.Sprintf("%s is not %s; known are %s", show(key), what, listed(names))
	if entity == Attribute && !strings.Contains(p.of(n), ".") {
		reason += fmt.Sprintf(" (a key needs its kind: %s.%s)", Entities(p.kind)[0].Names[0], quoteIfNeeded(key))
	}
	return p.fail(n, "%s", reason)
}

// plainAttribute explains an attribute whose name has quotes or a prefix that
// MLflow does not read there.
func (p parser) plainAttribute(n node, key string) error {
	return p.fail(n, "attributes of the registry are written as they are; write %s", show(key))
}

func (p parser) noComparator(f Field, sign node, comparator string) error {
	upper := strings.ToUpper(comparator)
	if op, ok := opOf(upper); ok && upper != comparator && slices.Contains(f.Ops, op) {
		return p.fail(sign, "here MLflow wants %s in capitals", upper)
	}
	var ops []string
	for _, op := range f.Ops {
		ops = append(ops, op.String())
	}
	hint := map[string]string{"==": "; for equal write =", "<>": "; for different write !=", "~": "; for a pattern write LIKE"}
	return p.fail(sign, "%s cannot be used with %s, only %s%s", show(upper), f.subject(), listed(ops), hint[comparator])
}

// subject names the field or, where any key is one, its kind.
func (f Field) subject() string {
	switch {
	case f.Entity == Dataset:
		return "datasets." + f.Name
	case f.Name != "":
		return f.Name
	}
	return "a " + f.Entity.String()
}

func (p parser) noNumber(f Field, n node) error {
	text := p.of(n)
	switch {
	case n.kind == single || n.kind == field && isQuoted(text, `"`):
		return p.fail(n, "%s is compared with a number; write it without quotes", f.subject())
	case n.kind == parens:
		return p.fail(n, "%s is compared with one number, not with a list", f.subject())
	}
	return p.fail(n, "%s is no number; %s is compared with one, such as 0.5 or 1e-3", show(text), f.subject())
}

func (p parser) noText(f Field, n node) error {
	text := p.of(n)
	switch {
	case n.kind == parens:
		return p.fail(n, "only IN and NOT IN compare with a list")
	case n.kind == integer || n.kind == float || n.kind == field && !strings.ContainsAny(text, "'\"`"):
		return p.fail(n, "%s is compared with a text; write '%s'", f.subject(), text)
	case isQuoted(text, "`"):
		return p.fail(n, "backticks are for keys; write the value as '%s'", trimBackticks(text))
	}
	return p.fail(n, "%s is compared with a text in quotes", f.subject())
}

// show shortens what is quoted in a reason.
func show(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	if text == "" {
		return "nothing"
	}
	return text
}

// oneLine makes a reason one short line, whatever it quotes.
func oneLine(reason string) string {
	const most = 250
	reason = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, reason)
	reason = strings.Join(strings.Fields(reason), " ")
	if runes := []rune(reason); len(runes) > most {
		reason = string(runes[:most]) + "…"
	}
	return reason
}

func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
