package compare

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Gate is a condition under which a comparison fails, such as
//
//	metrics.auc < baseline - 0.01
//	metrics.loss > baseline + 5%
//	params.features != baseline
type Gate struct {
	Text     string
	section  Section
	key, op  string
	relative bool // to the baseline
	add      float64
	percent  bool // add is in percent of the size of the baseline's number
	text     string
}

var gateForm = regexp.MustCompile("^(metrics|params|tags)\\.(?:`([^`]+)`|\"([^\"]+)\"|([^\\s<>=!]+))\\s*(<=|>=|==|!=|<|>|=)\\s*(.+)$")

var gateTerm = regexp.MustCompile(`^baseline(?:\s*([+-])\s*([0-9.eE+-]+)\s*(%?))?$`)

// ParseGate reads a gate.
func ParseGate(text string) (Gate, error) {
	m := gateForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return Gate{}, fmt.Errorf("gate %q is not metrics.KEY, params.KEY or tags.KEY, then < <= > >= == or !=, then a number or baseline", text)
	}
	g := Gate{Text: strings.TrimSpace(text), key: m[2] + m[3] + m[4], op: m[5]}
	if g.op == "=" {
		g.op = "=="
	}
	g.section = map[string]Section{"metrics": Metrics, "params": Params, "tags": Tags}[m[1]]
	term := strings.TrimSpace(m[6])
	if g.section != Metrics {
		if g.op != "==" && g.op != "!=" {
			return g, fmt.Errorf("gate %q: %s are texts, which == and != compare", text, g.section)
		}
		g.relative, g.text = term == "baseline", strings.Trim(term, `'"`)
		return g, nil
	}
	var err error
	if b := gateTerm.FindStringSubmatch(term); b != nil {
		g.relative, g.percent = true, b[3] == "%"
		if b[2] != "" {
			g.add, err = strconv.ParseFloat(b[1]+b[2], 64)
		}
	} else {
		g.add, err = strconv.ParseFloat(term, 64)
	}
	if err != nil || math.IsNaN(g.add) || math.IsInf(g.add, 0) {
		return g, fmt.Errorf("gate %q: %q is neither a number nor baseline, baseline - 0.01 or baseline + 5%%", text, term)
	}
	return g, nil
}

// Relative reports whether the gate needs a baseline.
func (g Gate) Relative() bool { return g.relative }

// Check reports whether subject i fails the gate, and why in words. What cannot
// be decided fails, too: a metric that is missing or NaN has not been shown to
// be good.
func (g Gate) Check(t *Table, i int) (fails bool, why string) {
	s := t.Subjects[i]
	if g.section != Metrics {
		return g.checkText(t, s)
	}
	p, ok := s.Run.Metrics[g.key]
	if !ok {
		return true, "it has no metrics." + g.key
	}
	bound := g.add
	if g.relative {
		b, ok := t.Subjects[t.Baseline].Run.Metrics[g.key]
		switch {
		case !ok:
			return true, "the baseline has no metrics." + g.key
		case g.percent:
			bound = b.Value + math.Abs(b.Value)*g.add/100
		default:
			bound = b.Value + g.add
		}
	}
	if math.IsNaN(p.Value) || math.IsNaN(bound) {
		return true, fmt.Sprintf("metrics.%s is %s and the bound is %s: NaN compares with nothing", g.key, Fixed(p.Value, shortest), Fixed(bound, shortest))
	}
	holds := map[string]bool{
		"<": p.Value < bound, "<=": p.Value <= bound, ">": p.Value > bound, ">=": p.Value >= bound,
		"==": p.Value == bound, "!=": p.Value != bound,
	}[g.op]
	word := "is not"
	if holds {
		word = "is"
	}
	return holds, fmt.Sprintf("metrics.%s = %s %s %s %s", g.key, Fixed(p.Value, shortest), word, g.op, Fixed(bound, shortest))
}

func (g Gate) checkText(t *Table, s Subject) (bool, string) {
	of := func(s Subject) (string, bool) {
		held := s.Run.Params
		if g.section == Tags {
			held = s.Run.Tags
		}
		text, ok := held[g.key]
		return text, ok
	}
	have, ok := of(s)
	if !ok && !g.relative {
		return true, fmt.Sprintf("it has no %s.%s", g.section, g.key)
	}
	want, there := g.text, true
	if g.relative {
		want, there = of(t.Subjects[t.Baseline])
	}
	same := have == want && ok == there
	return same == (g.op == "=="), fmt.Sprintf("%s.%s is %q beside %q", g.section, g.key, have, want)
}
