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
		test, args, err := textTest("t.value", c)
		return fmt.Sprintf(modelTagTest, s.ours("registered_model_tags", "t"), test), append([]any{c.Key}, args...), err
	}
	return withoutPrompts(f, tag, tag, func(c search.Compare) (string, []any, error) {
		if c.Key != "name" {
			return "", nil, fmt.Errorf("attribute %s: %w", c.Key, store.ErrUnsupported)
		}
		return textTest("m.name", c)
	})
}

// whereVersions compiles a filter to an expression of model_versions v.
func (s schema) whereVersions(f search.Filter) (string, []any, error) {
	tagBy := func(statement string) compiled {
		return func(c search.Compare) (string, []any, error) {
			if !s.has("model_version_tags") {
				return "0", nil, nil
			}
			test, args, err := textTest("t.value", c)
			return fmt.Sprintf(statement, s.ours("model_version_tags", "t"), test), append([]any{c.Key}, args...), err
		}
	}
	return withoutPrompts(f, tagBy(versionTagTest), tagBy(promptVersions), func(c search.Compare) (string, []any, error) {
		switch c.Key {
		case "name":
			return textTest("v.name", c)
		case "run_id":
			return textTest("v.run_id", c)
		case "source_path":
			return textTest("v.source", c)
		case "version_number":
			return valueTest("v.version", c, int64(c.Number))
		}
		return "", nil, fmt.Errorf("attribute %s: %w", c.Key, store.ErrUnsupported)
	})
}

// compiled makes a condition of a comparison.
type compiled func(search.Compare) (string, []any, error)

// withoutPrompts compiles a filter of the registry from its tests, and leaves
// prompts out unless it asks for them.
func withoutPrompts(f search.Filter, tag, prompt, attribute compiled) (string, []any, error) {
	asked, rest := f.Prompts()
	sql, args, err := where(rest.Expr, func(c search.Compare) (string, []any, error) {
		if c.Entity == search.Tag {
			return tag(c)
		}
		return attribute(c)
	})
	if err != nil || asked {
		return sql, args, err
	}
	test, values, err := prompt(search.Compare{Entity: search.Tag, Key: search.PromptTag, Op: search.Equal, Text: "true"})
	return sql + " AND NOT " + test, append(args, values...), err
}
