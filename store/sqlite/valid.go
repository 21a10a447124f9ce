package sqlite

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"benchside/store"
)

// What MLflow takes (mlflow/utils/validation.py), in code points.
const (
	longestKey   = 250
	longestValue = 100_000
	longestAlias = 255
)

var (
	keyForm      = regexp.MustCompile(`^[/\pL\pN\pM_.\- :]*$`) // Python's \w
	aliasForm    = regexp.MustCompile(`^[\pL\pN\pM_\-]+$`)
	versionAlias = regexp.MustCompile(`^[vV]\p{Nd}+$`)
)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{store.ErrInvalid}, args...)...)
}

// unclean reports whether a name is another path than it says.
func unclean(name string) bool {
	return name == "." || path.Clean(name) != name || strings.HasPrefix(name, "..") || strings.HasPrefix(name, "/")
}

func validModel(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return invalid("Registered model name cannot be empty.")
	case strings.ContainsAny(name, "/:"):
		return invalid("Invalid model name '%s'. Names cannot contain '/' or ':'.", name)
	case unclean(name):
		return invalid("Invalid model name '%s'. Names may be treated as files in certain cases, and must not resolve to other names when treated as such.", name)
	}
	return nil
}

func validKey(key string) error {
	switch {
	case key == "":
		return invalid("Tag name cannot be empty.")
	case !keyForm.MatchString(key):
		return invalid("Invalid value \"%s\" for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).", key)
	case unclean(key):
		return invalid("Invalid tag name: '%s'. Names may be treated as files in certain cases, and must not resolve to other names when treated as such.", key)
	case utf8.RuneCountInString(key) > longestKey:
		return invalid("'key' exceeds the maximum length of %d characters", longestKey)
	}
	return nil
}

func validTags(tags map[string]string) error {
	for key, value := range tags {
		if err := validKey(key); err != nil {
			return err
		}
		if utf8.RuneCountInString(value) > longestValue {
			return invalid("'value' exceeds the maximum length of %d characters", longestValue)
		}
	}
	return nil
}

func validAlias(alias string) error {
	switch {
	case alias == "":
		return invalid("Registered model alias name cannot be empty.")
	case !aliasForm.MatchString(alias):
		return invalid("Invalid alias name: '%s'. Names may only contain alphanumerics, underscores (_) and dashes (-).", alias)
	case utf8.RuneCountInString(alias) > longestAlias:
		return invalid("'Registered model alias name' exceeds the maximum length of %d characters", longestAlias)
	case strings.EqualFold(alias, "latest"):
		return invalid("'latest' alias name (case insensitive) is reserved.")
	case versionAlias.MatchString(alias):
		return invalid("Version alias name '%s' is reserved.", alias)
	}
	return nil
}

// stageNamed is the stage that a word names, whatever its case.
func stageNamed(word string) (string, error) {
	all := []string{store.StageNone, store.StageStaging, store.StageProduction, store.StageArchived}
	for _, stage := range all {
		if strings.EqualFold(stage, word) {
			return stage, nil
		}
	}
	return "", invalid("Invalid Model Version stage: %s. Value must be one of %s.", word, strings.Join(all, ", "))
}
