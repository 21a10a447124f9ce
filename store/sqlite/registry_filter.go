package sqlite

import (
	"fmt"

	"benchside/store"
	"benchside/store/search"
)

// The tests of the registry's tags take the condition on the workspace and that on
// the value; each is one search of the primary key.
const (
	modelTagTest   = `EXISTS (SELECT 1 FROM registered_model_tags t WHERE %s AND t.key = ? AND t.name = m.name AND %s)`
	versionTagTest = `EXISTS (SELECT 1 FROM model_version_tags t WHERE %s AND t.key = ? AND t.name = v.name AND t.version = v.version AND %s)`

	// A prompt is one by any of its versions.
	promptVersions = `EXISTS (SELECT 1 FROM model_version_tags t WHERE %s AND t.key = ? AND t.name = v.name AND %s)`
)

// ours is the condition that a row of the registry is of the workspace that a
// store for one tenant has: MLflow 3.10 brought them.
func (s schema) ours(table, alias string) string {
	if s.hasColumn(table, "workspace") {
		return alias + ".workspace = 'default'"
	}
	return "1"
}

// whereModels compiles a filter to an expression of registered_models m.
func (s schema) whereModels(f search.Filter) (string, []any, error) {
	tag := func(c search.Compare) (string, []any, error) {
		if !s.has("registered_model_tags") {
			return "0", nil, nil
		}
		return registryTag(modelTagTest, s.ours("registered_model_tags", "t"), c)
	}
	return withoutPrompts(f, tag, tag, func(c search.Compare) (string, []any, error) {
		switch c.Key {
		case "name", "description":
			return attributeTest("m."+c.Key, c)
		case "creation_timestamp":
			return momentTest("m.creation_time", c)
		case "last_updated_timestamp":
			return momentTest("m.last_updated_time", c)
		}
		return "", nil, fmt.Errorf("attribute %s: %w", c.Key, store.ErrUnsupported)
	}, s.modelWords)
}

// whereVersions compiles a filter to an expression of model_versions v.
func (s schema) whereVersions(f search.Filter) (string, []any, error) {
	tagBy := func(statement string) compiled {
		return func(c search.Compare) (string, []any, error) {
			if !s.has("model_version_tags") {
				return "0", nil, nil
			}
			return registryTag(statement, s.ours("model_version_tags", "t"), c)
		}
	}
	return withoutPrompts(f, tagBy(versionTagTest), tagBy(promptVersions), func(c search.Compare) (string, []any, error) {
		switch c.Key {
		case "name", "run_id", "status", "description", "user_id":
			return attributeTest("v."+c.Key, c)
		case "stage":
			return attributeTest("coalesce(v.current_stage, 'None')", c)
		case "alias":
			return s.aliasTest(c)
		case "source_path":
			return attributeTest("v.source", c)
		case "version_number":
			c.Number = float64(int64(c.Number))
			return momentTest("v.version", c)
		case "creation_timestamp":
			return momentTest("v.creation_time", c)
		case "last_updated_timestamp":
			return momentTest("v.last_updated_time", c)
		}
		return "", nil, fmt.Errorf("attribute %s: %w", c.Key, store.ErrUnsupported)
	}, s.versionWords)
}

// registryTag compiles a condition on a tag for one of the statements.
func registryTag(statement, ours string, c search.Compare) (string, []any, error) {
	switch c.Op {
	case search.IsNull:
		return "NOT " + fmt.Sprintf(statement, ours, "1"), []any{c.Key}, nil
	case search.IsNotNull:
		return fmt.Sprintf(statement, ours, "1"), []any{c.Key}, nil
	}
	test, args, err := textTest("t.value", c)
	return fmt.Sprintf(statement, ours, test), append([]any{c.Key}, args...), err
}

// withoutPrompts compiles a filter of the registry from its tests, and leaves
// prompts out unless it asks for them.
func withoutPrompts(f search.Filter, tag, prompt, attribute compiled, words func(search.Words) (string, []any)) (string, []any, error) {
	asked, rest := f.Prompts()
	sql, args, err := dialect{func(c search.Compare) (string, []any, error) {
		if c.Entity == search.Tag {
			return tag(c)
		}
		return attribute(c)
	}, words}.where(rest.Expr)
	if err != nil || asked {
		return sql, args, err
	}
	test, values, err := prompt(search.Compare{Entity: search.Tag, Key: search.PromptTag, Op: search.Equal, Text: "true"})
	return "(" + sql + ") AND NOT " + test, append(args, values...), err
}
