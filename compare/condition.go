package compare

import (
	"errors"
	"fmt"
	"strings"
)

// Condition is a gate, or several joined by and, or and parentheses, such as
//
//	metrics.auc < baseline - 0.01 or metrics.loss > 2 and params.opt == 'sgd'
//
// where and binds more tightly. The search language has neither or nor a baseline, so
// its parser does not serve here.
type Condition struct {
	Text  string
	gate  Gate // if it has no parts
	parts []Condition
	any   bool // of the parts suffices; else all must hold
}

// deepest bounds parentheses within each other.
const deepest = 20

// ParseCondition reads a condition.
func ParseCondition(text string) (Condition, error) { return conditionOf(text, 0) }

func conditionOf(text string, depth int) (Condition, error) {
	c := Condition{Text: strings.TrimSpace(text)}
	if depth > deepest {
		return c, errors.New("a condition has too many parentheses within each other")
	}
	for _, word := range []string{"or", "and"} {
		parts := apartAt(c.Text, word)
		if len(parts) < 2 {
			continue
		}
		c.any = word == "or"
		for _, part := range parts {
			if strings.TrimSpace(part) == "" {
				return c, fmt.Errorf("condition %q: nothing stands beside %q", c.Text, word)
			}
			p, err := conditionOf(part, depth+1)
			if err != nil {
				return c, err
			}
			c.parts = append(c.parts, p)
		}
		return c, nil
	}
	if inner, ok := strings.CutPrefix(c.Text, "("); ok {
		inner, ok = strings.CutSuffix(inner, ")")
		if !ok {
			return c, fmt.Errorf("condition %q: a parenthesis is not closed", c.Text)
		}
		p, err := conditionOf(inner, depth+1)
		p.Text = c.Text
		return p, err
	}
	var err error
	c.gate, err = ParseGate(c.Text)
	return c, err
}

// apartAt splits a text at a word that stands by itself, neither in quotes nor in
// parentheses.
func apartAt(text, word string) []string {
	var out []string
	depth, from := 0, 0
	var quote byte
	alone := func(i int) bool { return i < 0 || i >= len(text) || strings.IndexByte(" \t\n()", text[i]) >= 0 }
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth = max(depth-1, 0)
		case depth == 0 && len(text)-i >= len(word) && strings.EqualFold(text[i:i+len(word)], word) && alone(i-1) && alone(i+len(word)):
			out = append(out, text[from:i])
			i += len(word) - 1
			from = i + 1
		}
	}
	return append(out, text[from:])
}

// Relative reports whether the condition needs a baseline.
func (c Condition) Relative() bool {
	for _, p := range c.parts {
		if p.Relative() {
			return true
		}
	}
	return len(c.parts) == 0 && c.gate.Relative()
}

// Check reports whether subject i fails the condition, and why in words. A part that
// cannot be decided counts as one that holds, see Gate.
func (c Condition) Check(t *Table, i int) (fails bool, why string) {
	if len(c.parts) == 0 {
		return c.gate.Check(t, i)
	}
	var holding, others []string
	for _, p := range c.parts {
		if holds, why := p.Check(t, i); holds {
			holding = append(holding, why)
		} else {
			others = append(others, why)
		}
	}
	if fails = len(others) == 0 || c.any && len(holding) > 0; fails {
		return true, strings.Join(holding, " and ")
	}
	return false, strings.Join(others, " and ")
}
