package ledger

import (
	"fmt"
	"slices"
	"strings"

	"benchside/store"
)

// mostTold bounds the parts of a sentence about many changes.
const mostTold = 8

// mostOfValue bounds a value in a sentence, in code points.
const mostOfValue = 60

// deletedStage is the stage of a version that MLflow has deleted.
const deletedStage = "Deleted_Internal"

// Told says in one sentence what others did to a model. First means that nothing
// was known of it before.
func Told(name string, changes []store.RowChange, first bool) string {
	if first {
		return name + " was first seen: " + list(standing(changes))
	}
	var parts []string
	for _, c := range changes {
		if c.Table == tableModels && c.After == nil {
			return name + ": deleted with its versions (by another program)"
		}
		parts = append(parts, part(c)...)
	}
	if len(parts) == 0 {
		parts = []string{"written again without a difference"}
	}
	return name + ": " + list(parts) + " (by another program)"
}

func list(parts []string) string {
	more := ""
	if n := len(parts) - mostTold; n > 0 {
		parts, more = parts[:mostTold], fmt.Sprintf(" and %d more changes", n)
	}
	return strings.Join(parts, ", ") + more
}

// standing says how a model stood when it was first seen.
func standing(changes []store.RowChange) []string {
	count := 0
	var parts []string
	for _, c := range changes {
		switch c.Table {
		case tableVersions:
			stage := text(c.After["current_stage"])
			if stage == deletedStage {
				continue
			}
			count++
			if stage == store.StageStaging || stage == store.StageProduction {
				parts = append(parts, fmt.Sprintf("v%v in %s", c.Key["version"], stage))
			}
		case tableAliases:
			parts = append(parts, fmt.Sprintf("alias %s → v%v", text(c.Key["alias"]), c.After["version"]))
		}
	}
	return slices.Concat([]string{plural(count, "version")}, parts)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// part says what became of one row; nothing if only its time moved.
func part(c store.RowChange) []string {
	switch c.Table {
	case tableModels:
		if c.Before == nil {
			return []string{"created"}
		}
		if _, ok := c.After["description"]; ok {
			return []string{"described"}
		}
	case tableVersions:
		return versionPart(c)
	case tableAliases:
		return one("alias "+text(c.Key["alias"]), "v", c, "version")
	case tableTags:
		return one("tag "+text(c.Key["key"]), "", c, "value")
	case tableVersionTags:
		return one(fmt.Sprintf("v%v tag %s", c.Key["version"], text(c.Key["key"])), "", c, "value")
	}
	return nil
}

func versionPart(c store.RowChange) []string {
	name := fmt.Sprintf("v%v", c.Key["version"])
	if c.Before == nil {
		if stage := text(c.After["current_stage"]); stage != store.StageNone {
			return []string{name + " registered, in " + stage}
		}
		return []string{name + " registered"}
	}
	if c.After == nil {
		return []string{name + " removed"}
	}
	if stage, ok := c.After["current_stage"]; ok {
		if text(stage) == deletedStage {
			return []string{name + " deleted"}
		}
		return []string{fmt.Sprintf("%s stage %s → %s", name, text(c.Before["current_stage"]), text(stage))}
	}
	if _, ok := c.After["description"]; ok {
		return []string{name + " described"}
	}
	var columns []string
	for _, column := range both(c.Before, c.After) {
		if column != "last_updated_time" {
			columns = append(columns, name+" "+column+" "+cut(c.Before[column])+" → "+cut(c.After[column]))
		}
	}
	return columns
}

// one says what became of a value that stands alone.
func one(name, mark string, c store.RowChange, column string) []string {
	switch {
	case c.After == nil:
		return []string{name + " taken away"}
	case c.Before == nil:
		return []string{name + " → " + mark + cut(c.After[column])}
	}
	return []string{name + " " + mark + cut(c.Before[column]) + " → " + mark + cut(c.After[column])}
}

func cut(v any) string {
	s := []rune(text(v))
	if len(s) > mostOfValue {
		return string(s[:mostOfValue]) + "…"
	}
	return string(s)
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return fmt.Sprintf("%d bytes", len(v))
	}
	return fmt.Sprint(v)
}

// Replaced reports whether changes made by others took a model away, or put
// another one in its place.
func Replaced(changes []store.RowChange) bool {
	return slices.ContainsFunc(changes, func(c store.RowChange) bool {
		if c.Table != tableModels {
			return false
		}
		_, anew := c.After["creation_time"]
		return c.After == nil || c.Before != nil && anew
	})
}
