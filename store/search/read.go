package search

import (
	"errors"
	"slices"
	"strings"
)

// Read reads a filter in MLflow's language or in ours, which is larger: what MLflow
// accepts has MLflow's meaning; of what it refuses, docs/search.md says what it means.
// What both refuse is an *Error. The filter must be settled with Resolve.
func Read(text string, kind Kind) (Filter, error) {
	f, err := Parse(text, kind)
	if err == nil {
		return f.summarised(kind), nil
	}
	if strings.TrimFunc(text, isSpace) == "" {
		return f, err
	}
	r := &reader{parser: parser{text, kind}}
	expr, mine := r.whole()
	if mine != nil {
		return Filter{}, mine
	}
	return Filter{Expr: expr}, nil
}

// summarised finds the summaries of metrics in what MLflow took for keys.
func (f Filter) summarised(kind Kind) Filter {
	if kind != Runs {
		return f
	}
	switch e := f.Expr.(type) {
	case Compare:
		f.Expr = summarised(e)
	case And:
		all := slices.Clone(e)
		for i, part := range all {
			if c, ok := part.(Compare); ok {
				all[i] = summarised(c)
			}
		}
		f.Expr = all
	}
	return f
}

// reader is a parser by descent over tokens: OR of AND of NOT of a condition, a text
// to look for, or an expression in parentheses.
type reader struct {
	parser
	all  []token
	at   int
	deep int
}

func (r *reader) whole() (Expr, error) {
	var err error
	if r.all, err = r.tokens(); err != nil {
		return nil, err
	}
	e, err := r.either()
	if err != nil {
		return nil, err
	}
	switch t := r.now(); {
	case t.shape == closing:
		return nil, r.failAt(t, "this parenthesis was never opened")
	case t.shape != ending:
		return nil, r.failAt(t, "%s starts no condition; a condition starts with a field, such as %s", show(t.text), r.example())
	}
	return e, nil
}

func (r *reader) now() token { return r.all[r.at] }

// ahead returns a token further on, the ending if there is none.
func (r *reader) ahead(n int) token { return r.all[min(r.at+n, len(r.all)-1)] }

// take returns the token at hand and goes on.
func (r *reader) take() token {
	t := r.now()
	r.at = min(r.at+1, len(r.all)-1)
	return t
}

func (r *reader) failAt(t token, format string, args ...any) error {
	return r.fail(t.node(), format, args...)
}

// either reads alternatives.
func (r *reader) either() (Expr, error) {
	if r.deep++; r.deep > mostNested {
		return nil, r.failAt(r.now(), "nested deeper than %d levels", mostNested)
	}
	defer func() { r.deep-- }()
	var parts Or
	for {
		e, err := r.both()
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
		if r.now().word() != "OR" {
			break
		}
		r.take()
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

// both reads conditions that stand side by side, with or without AND.
func (r *reader) both() (Expr, error) {
	var parts And
	for {
		for r.now().word() == "AND" {
			r.take()
		}
		t := r.now()
		if len(parts) > 0 && (t.shape == ending || t.shape == closing || t.word() == "OR") {
			break
		}
		e, err := r.one()
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

// one reads what stands between AND and OR.
func (r *reader) one() (Expr, error) {
	switch t := r.now(); {
	case t.word() == "NOT":
		r.take()
		if r.deep++; r.deep > mostNested {
			return nil, r.failAt(t, "nested deeper than %d levels", mostNested)
		}
		defer func() { r.deep-- }()
		e, err := r.one()
		return Not{e}, err
	case t.shape == opening:
		r.take()
		e, err := r.either()
		if err != nil {
			return nil, err
		}
		if r.now().shape != closing {
			return nil, r.failAt(t, "this parenthesis is never closed")
		}
		r.take()
		return e, nil
	case t.shape == quotation && !r.compares(1):
		r.take()
		return r.words(t, t.text[1:len(t.text)-1], true)
	case t.shape == bare && !r.compares(1) && !r.isCall():
		return r.plain()
	}
	return r.condition()
}

// compares reports whether a comparator stands so many tokens ahead.
func (r *reader) compares(n int) bool {
	t := r.ahead(n)
	switch t.word() {
	case "LIKE", "ILIKE", "RLIKE", "IN", "IS", between:
		return true
	case "NOT":
		return slices.Contains([]string{"LIKE", "ILIKE", "RLIKE", "IN", between}, r.ahead(n+1).word())
	}
	return t.shape == sign
}

// plain reads a word without a comparator: a text to look for, unless it is meant for
// a field.
func (r *reader) plain() (Expr, error) {
	t := r.now()
	if t.word() == "OR" {
		return nil, r.failAt(t, "a condition is missing before OR")
	}
	prefix, key, prefixed := strings.Cut(t.text, ".")
	_, known := entityOf(r.kind, trimBackticks(prefix))
	_, attribute := moreFieldOf(r.kind, Attribute, trimBackticks(t.text))
	switch {
	case prefixed && known && key == "":
		return nil, r.failAt(t, "a key is missing after %s", t.text)
	case prefixed && known || attribute:
		return nil, r.failAt(t, "a comparator and a value are missing after %s", t.text)
	}
	r.take()
	return r.words(t, trimBackticks(t.text), false)
}

func (r *reader) words(t token, text string, exact bool) (Expr, error) {
	switch {
	case strings.TrimFunc(text, isSpace) == "":
		return nil, r.failAt(t, "there is nothing to look for between the quotes")
	case len(text) > longestWord:
		return nil, r.failAt(t, "longer than the %d bytes that can be looked for", longestWord)
	}
	return Words{Text: text, Exact: exact}, nil
}

// isCall reports whether a summary of a metric begins here, such as min(metrics.loss).
func (r *reader) isCall() bool {
	t, next := r.now(), r.ahead(1)
	_, ok := summaries[strings.ToLower(t.text)]
	return ok && next.shape == opening && next.start == t.end
}

// subject reads what is compared: a field and its key, or a summary of a metric.
func (r *reader) subject() (Field, Compare, token, error) {
	called := Compare{}
	isCall := r.isCall()
	if isCall {
		called.Summary = summaries[strings.ToLower(r.take().text)]
		r.take()
	}
	t := r.take()
	f, key, err := r.moreField(t)
	if err != nil {
		return f, called, t, err
	}
	c := Compare{Entity: f.Entity, Key: key, Summary: called.Summary}
	if !isCall {
		return f, summarised(c), t, nil
	}
	end := r.take()
	switch {
	case f.Entity != Metric || r.kind != Runs:
		return f, c, t, r.failAt(t, "%s is no metric; min, max, mean, first, last and count are of metrics", show(t.text))
	case end.shape != closing:
		return f, c, t, r.failAt(end, "a closing parenthesis is missing after %s", t.text)
	}
	return f, c, t, nil
}

// moreField reads a field, keys with signs in them included, and says so as MLflow's
// parser does if there is none.
func (r *reader) moreField(t token) (Field, string, error) {
	if t.shape != bare {
		return Field{}, "", r.notSubject(t)
	}
	f, key, err := r.fieldIn(t.node(), t.text, false)
	if err == nil {
		more, _ := moreFieldOf(r.kind, f.Entity, key)
		return more, key, nil
	}
	name := t.text
	if prefix, rest, ok := strings.Cut(t.text, "."); ok {
		if e, known := entityOf(r.kind, prefix); !known || e != Attribute {
			return f, "", err
		}
		name = rest
	}
	more, ok := moreFieldOf(r.kind, Attribute, trimBackticks(name))
	var unknown *Error
	if !ok && errors.As(err, &unknown) {
		return f, "", r.unknownField(unknown)
	}
	return more, more.Name, nil
}

// unknownField adds to what MLflow's parser says the attributes that only Read knows.
func (r *reader) unknownField(e *Error) error {
	var names []string
	for _, f := range MoreFields(r.kind) {
		if f.Entity == Attribute {
			names = append(names, f.Name)
		}
	}
	if before, after, ok := strings.Cut(e.Reason, "known are "); ok {
		e.Reason = before + "known are " + listed(names)
		if at := strings.Index(after, " ("); at >= 0 {
			e.Reason += after[at:]
		}
	}
	return e
}

func (r *reader) notSubject(t token) error {
	next := r.now()
	switch t.shape {
	case sign:
		return r.failAt(t, "a field is missing before %s, such as %s", t.text, r.example())
	case quotation:
		return r.failAt(t, "the field stands left of the comparator and the value right of it")
	case ending:
		return r.failAt(t, "a condition is missing at the end")
	case closing:
		return r.failAt(t, "a condition is missing before the parenthesis")
	}
	return r.failAt(t, "%s starts no condition before %s; a condition starts with a field, such as %s", show(t.text), show(next.text), r.example())
}
