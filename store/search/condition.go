package search

import (
	"regexp"
	"slices"
	"strings"
)

// condition reads a field, a comparator and a value.
func (r *reader) condition() (Expr, error) {
	f, c, at, err := r.subject()
	if err != nil {
		return nil, err
	}
	sign := r.now()
	op, ok := r.comparator()
	switch {
	case !ok && sign.shape == ending:
		return nil, r.failAt(at, "a comparator and a value are missing after %s", at.text)
	case !ok:
		return nil, r.failAt(sign, "a comparator is missing after %s", at.text)
	case op == between || op == "NOT "+between:
		return r.between(f, c, sign, op != between)
	}
	if c.Op, ok = opOf(op); !ok || !slices.Contains(f.Ops, c.Op) {
		return nil, r.noMoreComparator(f, sign, op)
	}
	switch c.Op {
	case IsNull, IsNotNull:
		return c, nil
	case In, NotIn:
		return r.listed(f, c)
	}
	return r.valued(f, c, r.take(), sign)
}

// comparator reads one and spells it as Op does.
func (r *reader) comparator() (string, bool) {
	t := r.now()
	if t.shape == sign {
		r.take()
		switch t.text {
		case "==":
			return "=", true
		case "<>":
			return "!=", true
		}
		return t.text, true
	}
	not := ""
	if t.word() == "NOT" {
		r.take()
		not, t = "NOT ", r.now()
	}
	switch t.word() {
	case "IS":
		r.take()
		if r.now().word() == "NOT" {
			r.take()
			not = "NOT "
		}
		if r.now().word() != "NULL" {
			return "IS", true // which is none; the error stands at it
		}
		r.take()
		return "IS " + not + "NULL", true
	case "RLIKE":
		r.take()
		return map[string]string{"": "~", "NOT ": "!~"}[not], true
	case "LIKE", "ILIKE", "IN", between:
		r.take()
		return not + t.word(), true
	}
	return "", false
}

// between reads `low AND high`, both ends included.
func (r *reader) between(f Field, c Compare, sign token, not bool) (Expr, error) {
	low, high := c, c
	low.Op, high.Op = GreaterEqual, LessEqual
	if not {
		low.Op, high.Op = Less, Greater
	}
	if !slices.Contains(f.Ops, Less) {
		return nil, r.noMoreComparator(f, sign, between)
	}
	first, err := r.valued(f, low, r.take(), sign)
	if err != nil {
		return nil, err
	}
	if t := r.now(); t.word() != "AND" {
		return nil, r.failAt(t, "BETWEEN is followed by two values with AND between them")
	}
	r.take()
	second, err := r.valued(f, high, r.take(), sign)
	if err != nil {
		return nil, err
	}
	if not {
		return Or{first, second}, nil
	}
	return And{first, second}, nil
}

// listed reads the list of IN. Where numbers are in it, it is so many comparisons.
func (r *reader) listed(f Field, c Compare) (Expr, error) {
	open := r.take()
	if open.shape != opening {
		return nil, r.failAt(open, "a list is missing after IN, such as IN ('a', 'b')")
	}
	each := c
	each.Op = map[Op]Op{In: Equal, NotIn: NotEqual}[c.Op]
	var parts []Expr
	for {
		t := r.take()
		e, err := r.valued(f, each, t, open)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
		if next := r.take(); next.shape == closing {
			break
		} else if next.shape != comma {
			return nil, r.failAt(next, "the list must be values with commas between, such as ('a', 'b')")
		}
		if r.now().shape == closing {
			r.take()
			break
		}
	}
	if texts, ok := textsOf(parts); ok && !f.Number {
		c.Texts = texts
		return c, nil
	}
	switch {
	case len(parts) == 1:
		return parts[0], nil
	case c.Op == In:
		return Or(parts), nil
	}
	return And(parts), nil
}

// textsOf returns the texts of comparisons, if all are with texts.
func textsOf(parts []Expr) (texts []string, ok bool) {
	for _, e := range parts {
		c, isCompare := e.(Compare)
		if !isCompare || c.Numeric {
			return nil, false
		}
		texts = append(texts, c.Text)
	}
	return texts, true
}

// valued reads the value of a comparison.
func (r *reader) valued(f Field, c Compare, t, sign token) (Expr, error) {
	switch {
	case t.shape == ending, t.shape == closing, t.shape == comma:
		return nil, r.failAt(sign, "a value is missing after %s", sign.text)
	case f.Time:
		return r.moment(f, c, t)
	case f.Number:
		return r.numbered(f, c, t)
	case (f.Entity == Param || f.Entity == Tag) && t.shape == bare && isDecimal(t.text):
		if !slices.Contains(numberOps, c.Op) {
			return nil, r.failAt(t, "%s compares with a text; write '%s'", c.Op, t.text)
		}
		c.Number, _ = Decimal(t.text)
		c.Numeric = true
		return c, nil
	case t.shape != quotation:
		return nil, r.noText(f, t.node())
	}
	c.Text = t.text[1 : len(t.text)-1]
	switch {
	case f.Name == "experiment_id":
		err := r.canonicalIDs(&c, t.node())
		return c, err
	case c.Op == Matches || c.Op == MatchesNot:
		return c, r.checkPattern(c.Text, t)
	}
	return c, nil
}

func (r *reader) numbered(f Field, c Compare, t token) (Expr, error) {
	whole := f.Name == "depth" || f.Name == "version_number"
	switch {
	case f.Name == "version_number" && t.shape == quotation:
		n, err := r.versionNumber(t.node())
		c.Number = n
		return c, err
	case t.shape == bare && isDecimal(t.text):
		c.Number, _ = Decimal(t.text)
		if whole && c.Number != float64(int64(c.Number)) {
			return nil, r.failAt(t, "%s is compared with a whole number, such as 2", f.Name)
		}
		return c, nil
	}
	return nil, r.noNumber(f, t.node())
}

// checkPattern refuses what is no regular expression of RE2, or is too long.
func (r *reader) checkPattern(pattern string, t token) error {
	if len(pattern) > longestRegex {
		return r.failAt(t, "longer than the %d bytes that a regular expression may have", longestRegex)
	}
	if _, err := regexp.Compile(pattern); err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return r.failAt(t, "no regular expression: %s", reason)
	}
	return nil
}

func (r *reader) noMoreComparator(f Field, sign token, comparator string) error {
	return r.failAt(sign, "%s cannot be used with %s, only %s", show(comparator), f.subject(), listed(f.Comparators()))
}
