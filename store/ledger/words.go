package ledger

import (
	"fmt"
	"strings"

	"benchside/store"
)

// mostWords bounds the parts of a sentence about changes.
const mostWords = 6

// Words says what changes of a model come to, for people.
func Words(changes []store.RowChange) string {
	var parts []string
	for _, c := range changes {
		if says := inWords(c); says != "" {
			parts = append(parts, says)
		}
	}
	if more := len(parts) - mostWords; more > 0 {
		parts = append(parts[:mostWords], fmt.Sprintf("%d more", more))
	}
	if len(parts) == 0 {
		return "nothing that shows"
	}
	return strings.Join(parts, ", ")
}

func inWords(c store.RowChange) string {
	version := "v" + word(c.Key["version"])
	switch c.Table {
	case "registered_models":
		return madeOrGone(c, "the model", "description")
	case "registered_model_tags":
		return changed(c, "tag "+word(c.Key["key"]), "value", "")
	case "registered_model_aliases":
		return changed(c, "alias "+word(c.Key["alias"]), "version", "v")
	case "model_version_tags":
		return changed(c, version+" tag "+word(c.Key["key"]), "value", "")
	case "model_versions":
		if to, ok := c.After["current_stage"]; ok && c.Before != nil {
			if to == deletedStage {
				return version + " deleted"
			}
			return fmt.Sprintf("%s stage %v → %v", version, c.Before["current_stage"], to)
		}
		return madeOrGone(c, version, "description")
	}
	return ""
}

func madeOrGone(c store.RowChange, what, column string) string {
	switch {
	case c.Before == nil:
		return what + " made"
	case c.After == nil:
		return what + " gone"
	}
	if _, ok := c.After[column]; ok {
		return what + " " + column
	}
	return ""
}

func changed(c store.RowChange, what, column, lead string) string {
	switch {
	case c.Before == nil:
		return fmt.Sprintf("%s = %s%v", what, lead, c.After[column])
	case c.After == nil:
		return what + " taken away"
	}
	return fmt.Sprintf("%s %s%v → %s%v", what, lead, c.Before[column], lead, c.After[column])
}
