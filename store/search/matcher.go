package search

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Related is a Subject that knows what Read asks for beyond MLflow's language.
type Related interface {
	Subject
	// Several returns the texts of an attribute that has more than one: of parent
	// its id and its name, of alias all; none if there is no such thing.
	Several(attribute string) []string
	// Summary returns what a metric's points add up to; false if that is nothing.
	Summary(key string, of Summary) (float64, bool)
	// Words returns the name and the other texts that plain words are looked for in.
	Words() (name string, texts []string)
}

// Match reports whether a subject matches, as MLflow's SQL decides on SQLite. An
// expression that the language does not know matches nothing.
func Match(f Filter, s Subject) bool { return Matcher(f)(s) }

// Matcher is Match for many subjects.
func Matcher(f Filter) func(Subject) bool {
	m := matcher{}
	m.prepare(f.Expr)
	return func(s Subject) bool { return m.matches(f.Expr, s) }
}

// matcher holds the regular expressions of a filter, nil those that are wrong.
type matcher map[string]*regexp.Regexp

func (m matcher) prepare(e Expr) {
	switch e := e.(type) {
	case And:
		for _, part := range e {
			m.prepare(part)
		}
	case Or:
		for _, part := range e {
			m.prepare(part)
		}
	case Not:
		m.prepare(e.Expr)
	case Compare:
		if e.Op == Matches || e.Op == MatchesNot {
			m[e.Text], _ = regexp.Compile(e.Text) // Read has refused wrong ones
		}
	}
}

func (m matcher) matches(e Expr, s Subject) bool {
	switch e := e.(type) {
	case nil:
		return true
	case And:
		return !slices.ContainsFunc(e, func(part Expr) bool { return !m.matches(part, s) })
	case Or:
		return slices.ContainsFunc(e, func(part Expr) bool { return m.matches(part, s) })
	case Not:
		return !m.matches(e.Expr, s)
	case Words:
		r, ok := s.(Related)
		return ok && e.matches(r)
	case Compare:
		return m.compares(e, s)
	}
	return false
}

func (m matcher) compares(c Compare, s Subject) bool {
	switch c.Entity {
	case Metric:
		return c.matchesMetric(s)
	case Param:
		text, ok := s.Param(c.Key)
		return m.matchesKey(c, text, ok)
	case Tag:
		text, ok := s.Tag(c.Key)
		return m.matchesKey(c, text, ok)
	case Dataset:
		return slices.ContainsFunc(s.Datasets(), func(d DatasetInput) bool { return m.matchesDataset(c, d) })
	}
	switch {
	case c.Key == "run_name":
		text, ok := s.Tag(runNameTag)
		return m.matchesKey(c, text, ok)
	case c.Key == "parent" || c.Key == "alias":
		r, ok := s.(Related)
		return ok && m.matchesSeveral(c, r.Several(c.Key))
	case isNumber(c.Key):
		value, ok := s.Number(c.Key)
		return c.matchesNumber(float64(value), ok)
	}
	text, ok := s.Text(c.Key)
	return m.matchesKey(c, text, ok && (text != "" || c.Op != IsNull && c.Op != IsNotNull))
}

// matchesMetric compares the latest value, or a summary of all.
func (c Compare) matchesMetric(s Subject) bool {
	if c.Whole != "" { // nobody has settled it
		if value, ok := s.Metric(c.Whole); ok {
			return c.matchesNumber(stored(value), true)
		}
	}
	if c.Summary == Latest {
		value, ok := s.Metric(c.Key)
		return c.matchesNumber(stored(value), ok)
	}
	r, ok := s.(Related)
	if !ok {
		return false
	}
	value, ok := r.Summary(c.Key, c.Summary)
	return c.matchesNumber(stored(value), ok)
}

// matchesNumber compares a number that may be missing, which then only matches IS
// NULL. It is false for NaN but for !=, as everywhere in Go.
func (c Compare) matchesNumber(value float64, ok bool) bool {
	switch c.Op {
	case IsNull:
		return !ok
	case IsNotNull:
		return ok
	}
	return ok && c.relates(value)
}

// relates reports whether a number stands in the relation of c to its Number.
func (c Compare) relates(value float64) bool {
	switch c.Op {
	case Equal:
		return value == c.Number
	case NotEqual:
		return value != c.Number
	case Less:
		return value < c.Number
	case LessEqual:
		return value <= c.Number
	case Greater:
		return value > c.Number
	case GreaterEqual:
		return value >= c.Number
	}
	return false
}

// MatchesNumber is for backends: whether a summary, as a metric's value is logged,
// matches; false for ok if there is none.
func (c Compare) MatchesNumber(value float64, ok bool) bool {
	return c.matchesNumber(stored(value), ok)
}

// matchesKey compares a text that may be missing, which then only matches IS NULL.
func (m matcher) matchesKey(c Compare, value string, ok bool) bool {
	switch c.Op {
	case IsNull:
		return !ok
	case IsNotNull:
		return ok
	}
	return ok && m.matchesText(c, value)
}

func (m matcher) matchesText(c Compare, value string) bool {
	if c.Numeric {
		number, ok := Decimal(value)
		return ok && c.relates(number)
	}
	if positive, ok := c.Op.Negates(); ok {
		c.Op = positive
		return !m.matchesText(c, value)
	}
	switch c.Op {
	case Equal:
		return value == c.Text
	case Less:
		return value < c.Text
	case LessEqual:
		return value <= c.Text
	case Greater:
		return value > c.Text
	case GreaterEqual:
		return value >= c.Text
	case Like:
		return like(value, c.Text)
	case ILike:
		return like(lower(value), lower(c.Text))
	case In:
		return slices.Contains(c.Texts, value)
	case Matches:
		re := m[c.Text]
		return re != nil && re.MatchString(value)
	}
	return false
}

// Negates returns the comparison that is true of a text where this one is not.
func (o Op) Negates() (Op, bool) {
	switch o {
	case NotEqual:
		return Equal, true
	case NotLike:
		return Like, true
	case NotILike:
		return ILike, true
	case NotIn:
		return In, true
	case MatchesNot:
		return Matches, true
	}
	return o, false
}

// matchesSeveral is true where one of the texts matches; for a negation, where there
// are some and none is what it negates.
func (m matcher) matchesSeveral(c Compare, texts []string) bool {
	switch c.Op {
	case IsNull:
		return len(texts) == 0
	case IsNotNull:
		return len(texts) > 0
	}
	if positive, ok := c.Op.Negates(); ok {
		c.Op = positive
		return len(texts) > 0 && !m.matchesSeveral(c, texts)
	}
	return slices.ContainsFunc(texts, func(text string) bool { return m.matchesText(c, text) })
}

func (m matcher) matchesDataset(c Compare, d DatasetInput) bool {
	switch c.Key {
	case "name":
		return m.matchesText(c, d.Name)
	case "digest":
		return m.matchesText(c, d.Digest)
	case "context":
		return d.HasContext && m.matchesText(c, d.Context)
	}
	return false
}

func (w Words) matches(r Related) bool {
	name, texts := r.Words()
	wanted := lower(w.Text)
	if !w.Exact && inOrder(wanted, lower(name)) {
		return true
	}
	return strings.Contains(lower(name), wanted) ||
		slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(lower(text), wanted) })
}

// inOrder reports whether the letters stand in a text in their order.
func inOrder(letters, text string) bool {
	for _, r := range text {
		first, size := utf8.DecodeRuneInString(letters)
		if size == 0 {
			break
		}
		if first == r {
			letters = letters[size:]
		}
	}
	return letters == ""
}

// TagIsWords reports whether plain words are looked for in a tag: in those that people
// set, and in the note.
func TagIsWords(key string) bool {
	return key == "mlflow.note.content" || !strings.HasPrefix(key, "mlflow.")
}
