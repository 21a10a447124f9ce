package search

import (
	"slices"
	"strings"
)

// ParseOrder reads order terms as MLflow reads order_by: each a field, then ASC or
// DESC or nothing. No terms mean MLflow's own order: runs by start, latest first,
// then by id; experiments by creation, newest first, then by id; models by name;
// versions by their last change, latest first, then by name and number. MLflow
// ends every order in start_time DESC (of runs) and the id, of the registry in the
// name and the number; those are not added here.
func ParseOrder(terms []string, kind Kind) ([]Order, error) {
	var orders []Order
	for _, term := range terms {
		p := parser{term, kind}
		o, err := p.order()
		if err != nil {
			return nil, err
		}
		same := func(other Order) bool { return other.Entity == o.Entity && other.Key == o.Key }
		if kind != Experiments && slices.ContainsFunc(orders, same) {
			return nil, p.fail(node{end: len(term)}, "%s is ordered by twice", o.Key)
		}
		orders = append(orders, o)
	}
	return orders, nil
}

func (p parser) order() (Order, error) {
	whole := node{end: len(p.text)}
	if p.text == "" {
		return Order{}, p.fail(whole, "a field to order by is missing, such as %s", p.orderExample())
	}
	nodes, err := p.statement()
	if err != nil {
		return Order{}, err
	}
	n := nodes[0]
	if p.kind == Models && p.isTimestamp(nodes) {
		desc := len(nodes) == 2 && nodes[1].word == "DESC"
		return Order{Key: "last_updated_timestamp", Desc: desc}, nil
	}
	switch {
	case len(nodes) == 1 && n.kind == field && (n.start > 0 || n.end < len(p.text)):
		return Order{}, p.fail(whole, "there are blanks around the field, which MLflow refuses")
	case len(nodes) > 1 && n.kind == field && nodes[1].start == n.end:
		return Order{}, p.needsQuotes(n)
	case n.kind == operation && strings.Contains(p.of(n), "."):
		return Order{}, p.needsQuotes(n)
	case len(nodes) > 1 || n.kind == operation:
		return Order{}, p.fail(whole, "an order is a field and ASC or DESC, such as %s", p.orderExample())
	case n.kind != field:
		return Order{}, p.fail(n, "%s is no field; order by one, such as %s", show(p.of(n)), p.orderExample())
	}
	words, ok := shellSplit(strings.ReplaceAll(p.text, "`", `"`))
	if !ok {
		return Order{}, p.fail(whole, "a quote is never closed")
	}
	text, desc := p.text, false
	if len(words) > 1 {
		direction := strings.ToLower(words[1])
		if len(words) > 2 || direction != "asc" && direction != "desc" {
			n.start = min(strings.LastIndexAny(p.text, " \t\r\n")+1, len(p.text))
			return Order{}, p.fail(n, "behind the field can stand ASC or DESC and nothing else")
		}
		text, desc = words[0], direction == "desc"
	}
	f, key, err := p.fieldIn(n, strings.TrimFunc(text, isSpace), true)
	if err != nil {
		return Order{}, err
	}
	if !f.Sorts {
		return Order{}, p.fail(n, "there is no order by %s", f.subject())
	}
	return Order{Entity: f.Entity, Key: key, Desc: desc}, nil
}

// isTimestamp recognises the one key that SQL takes for a type.
func (p parser) isTimestamp(nodes []node) bool {
	n, last := nodes[0], nodes[len(nodes)-1]
	plain := n.kind == builtin && p.of(n) == "timestamp" && n.start == 0 && last.end == len(p.text)
	return plain && (len(nodes) == 1 || len(nodes) == 2 && (last.word == "ASC" || last.word == "DESC"))
}

func (p parser) orderExample() string {
	switch p.kind {
	case Experiments:
		return "last_update_time DESC"
	case Models, Versions:
		return "last_updated_timestamp DESC"
	}
	return "metrics.loss ASC"
}

// shellSplit splits a text as a POSIX shell does, quotes and backslashes included,
// which is how MLflow finds the direction. It is false if a quote is open.
func shellSplit(text string) (words []string, ok bool) {
	var word strings.Builder
	started, escaped := false, false
	var quote rune
	for _, r := range text {
		switch {
		case escaped:
			if quote != 0 && r != '\\' && r != quote {
				word.WriteByte('\\')
			}
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			started, escaped = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			started, quote = true, r
		case strings.ContainsRune(" \t\r\n", r):
			if started {
				words = append(words, word.String())
			}
			word.Reset()
			started = false
		default:
			started = true
			word.WriteRune(r)
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words, quote == 0 && !escaped
}
