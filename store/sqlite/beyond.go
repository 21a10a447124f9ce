package sqlite

import (
	"fmt"
	"strings"

	"benchside/store"
	"benchside/store/search"
)

// What search.Read adds to MLflow's language, in SQL. For records of which there are
// many the conditions that are not settled by one search of an index a run are found
// beforehand; see hits. What is here answers the same, and is what people are shown.

// numeric is a comparison of a text with a number that holds for texts that are one.
// CAST makes SQLite compare as numbers whatever looks like one; it puts all other
// texts behind every number.
func numeric(column, comparison string) string {
	comparison = strings.TrimSuffix(comparison, "?") + "CAST(? AS REAL)"
	return "(" + comparison + " AND " + column + " BETWEEN CAST(-9e999 AS REAL) AND CAST(9e999 AS REAL))"
}

// attributeTest compares a column of texts, where NULL and the empty text are alike.
func attributeTest(column string, c search.Compare) (string, []any, error) {
	switch c.Op {
	case search.IsNull:
		return "coalesce(" + column + ", '') = ''", nil, nil
	case search.IsNotNull:
		return "coalesce(" + column + ", '') != ''", nil, nil
	}
	return textTest(column, c)
}

// momentTest compares a column of numbers that may be NULL.
func momentTest(column string, c search.Compare) (string, []any, error) {
	switch c.Op {
	case search.IsNull:
		return column + " IS NULL", nil, nil
	case search.IsNotNull:
		return column + " IS NOT NULL", nil, nil
	}
	return valueTest(column, c, c.Number)
}

const (
	parentNamed = `EXISTS (SELECT 1 FROM tags t LEFT JOIN runs p ON p.run_uuid = t.value
		WHERE t.key = 'mlflow.parentRunId' AND t.run_uuid = r.run_uuid AND t.value != '' AND %s)`
	parentName = `nullif(coalesce(nullif(p.name, ''),
			(SELECT n.value FROM tags n WHERE n.key = 'mlflow.runName' AND n.run_uuid = p.run_uuid)), '')`

	// depthOf counts the runs above one; deepest ends circles.
	depthOf = `(WITH RECURSIVE up(id, n) AS (
			SELECT r.run_uuid, 0
			UNION ALL
			SELECT p.run_uuid, up.n + 1 FROM up
				CROSS JOIN tags t ON t.key = 'mlflow.parentRunId' AND t.run_uuid = up.id
				CROSS JOIN runs p ON p.run_uuid = t.value
			WHERE up.n < 1000)
		SELECT max(n) FROM up)`
)

// parentTest compares the id and the name of the parent.
func parentTest(c search.Compare) (string, []any, error) {
	switch c.Op {
	case search.IsNull:
		return "NOT " + fmt.Sprintf(parentNamed, "1"), nil, nil
	case search.IsNotNull:
		return fmt.Sprintf(parentNamed, "1"), nil, nil
	}
	positive, negates := c.Op.Negates()
	c.Op = positive
	id, args, err := textTest("t.value", c)
	if err != nil {
		return "", nil, err
	}
	name, more, err := textTest(parentName, c)
	test := "(" + id + " OR " + name + ")"
	if negates {
		test += " IS NOT TRUE"
	}
	return fmt.Sprintf(parentNamed, test), append(args, more...), err
}

// pointsOf takes what is selected and how it ends. Without an index that is named
// SQLite would read the points of all runs.
const (
	pointsOf = `(SELECT %s FROM metrics m %s WHERE m.run_uuid = r.run_uuid AND m.key = ?%s)`
	finite   = ` AND m.is_nan = 0 AND abs(m.value) < 1.7976931348623157e308`
	earliest = ` ORDER BY m.step, m.timestamp, m.value LIMIT 1`
)

func (s schema) pointIndex() string {
	for _, index := range []string{stepIndex, runIndex} {
		if s.hasIndex(index) {
			return "INDEXED BY " + index
		}
	}
	return "NOT INDEXED"
}

// summaryTest compares what the points of a metric add up to.
func (s schema) summaryTest(c search.Compare) (string, []any, error) {
	values := map[search.Summary]string{search.Minimum: "min(m.value)", search.Maximum: "max(m.value)", search.Mean: "avg(m.value)"}
	of := func(what, end string) string { return fmt.Sprintf(pointsOf, what, s.pointIndex(), end) }
	switch c.Summary {
	case search.Count:
		sql, args, err := momentTest(of("nullif(count(*), 0)", ""), c)
		return sql, append([]any{c.Key}, args...), err
	case search.Minimum, search.Maximum, search.Mean:
		sql, args, err := momentTest(of(values[c.Summary], finite), c)
		return sql, append([]any{c.Key}, args...), err
	case search.First:
		first := of("m.value, m.is_nan", earliest)
		test, args := "1", []any(nil)
		if c.Op != search.IsNull && c.Op != search.IsNotNull {
			var err error
			if test, args, err = metricTest(c); err != nil {
				return "", nil, err
			}
		}
		sql := "EXISTS (SELECT 1 FROM " + first + " t WHERE " + test + ")"
		if c.Op == search.IsNull {
			sql = "NOT " + sql
		}
		return sql, append([]any{c.Key}, args...), nil
	}
	return "", nil, fmt.Errorf("the %s of metric %s: %w", c.Summary, c.Key, store.ErrUnsupported)
}

// inName looks for words in a name.
func inName(name string, w search.Words) (string, []any) {
	if w.Exact {
		return "instr(lower(" + name + "), lower(?)) > 0", []any{w.Text}
	}
	pattern := "%"
	for _, r := range w.Text {
		if strings.ContainsRune(`%_\`, r) {
			pattern += `\`
		}
		pattern += string(r) + "%"
	}
	return "lower(" + name + `) LIKE lower(?) ESCAPE '\'`, []any{pattern}
}

const (
	inText = `instr(lower(%s), lower(?)) > 0`

	// wordTags are the tags that search.TagIsWords names.
	wordTags = `(t.key < 'mlflow.' OR t.key >= 'mlflow/' OR t.key = '` + store.TagNote + `')`

	runName = `coalesce(nullif(r.name, ''),
			(SELECT n.value FROM tags n WHERE n.key = 'mlflow.runName' AND n.run_uuid = r.run_uuid))`
	paramWords = `EXISTS (SELECT 1 FROM params t WHERE t.run_uuid = r.run_uuid AND instr(lower(t.value), lower(?)) > 0)`
	tagWords   = `EXISTS (SELECT 1 FROM tags t WHERE t.run_uuid = r.run_uuid AND instr(lower(t.value), lower(?)) > 0 AND ` + wordTags + `)`
)

// anyOf joins conditions whose values are one text.
func anyOf(first string, args []any, text string, others ...string) (string, []any) {
	for _, other := range others {
		first += " OR " + other
		args = append(args, text)
	}
	return "(" + first + ")", args
}

func (s schema) runWords(w search.Words) (string, []any) {
	test, args := inName(runName, w)
	return anyOf(test, args, w.Text, fmt.Sprintf(inText, "r.run_uuid"), paramWords, tagWords)
}

func experimentWords(w search.Words) (string, []any) {
	test, args := inName("e.name", w)
	return anyOf(test, args, w.Text, `EXISTS (SELECT 1 FROM experiment_tags t
		WHERE t.experiment_id = e.experiment_id AND instr(lower(t.value), lower(?)) > 0 AND `+wordTags+`)`)
}

func (s schema) modelWords(w search.Words) (string, []any) {
	test, args := inName("m.name", w)
	others := []string{fmt.Sprintf(inText, "m.description")}
	if s.has("registered_model_tags") {
		others = append(others, `EXISTS (SELECT 1 FROM registered_model_tags t WHERE `+s.ours("registered_model_tags", "t")+`
			AND t.name = m.name AND instr(lower(t.value), lower(?)) > 0 AND `+wordTags+`)`)
	}
	return anyOf(test, args, w.Text, others...)
}

func (s schema) versionWords(w search.Words) (string, []any) {
	test, args := inName("v.name", w)
	others := []string{fmt.Sprintf(inText, "v.description")}
	if s.has("model_version_tags") {
		others = append(others, `EXISTS (SELECT 1 FROM model_version_tags t WHERE `+s.ours("model_version_tags", "t")+`
			AND t.name = v.name AND t.version = v.version AND instr(lower(t.value), lower(?)) > 0 AND `+wordTags+`)`)
	}
	if s.has("registered_model_aliases") {
		others = append(others, fmt.Sprintf(aliased, s.ours("registered_model_aliases", "a"), fmt.Sprintf(inText, "a.alias")))
	}
	return anyOf(test, args, w.Text, others...)
}

const aliased = `EXISTS (SELECT 1 FROM registered_model_aliases a
		WHERE %s AND a.name = v.name AND a.version = v.version AND %s)`

// aliasTest compares the aliases of a version, of which there may be many.
func (s schema) aliasTest(c search.Compare) (string, []any, error) {
	if !s.has("registered_model_aliases") {
		return "0", nil, nil
	}
	any := func(test string) string { return fmt.Sprintf(aliased, s.ours("registered_model_aliases", "a"), test) }
	switch c.Op {
	case search.IsNull:
		return "NOT " + any("1"), nil, nil
	case search.IsNotNull:
		return any("1"), nil, nil
	}
	positive, negates := c.Op.Negates()
	c.Op = positive
	test, args, err := textTest("a.alias", c)
	if negates {
		return "(" + any("1") + " AND NOT " + any(test) + ")", args, err
	}
	return any(test), args, err
}
