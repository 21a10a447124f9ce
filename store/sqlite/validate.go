package sqlite

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"benchside/store"
)

// What MLflow refuses, in its words (mlflow/utils/validation.py). Lengths are in
// code points.
const (
	mostOfTagKey   = 250
	mostOfTagValue = 100_000
	mostOfAlias    = 255

	mostOfRunTag        = 8000 // MLflow cuts longer ones unless it is told not to
	mostOfExperimentTag = 20_000
	mostBefore3         = 5000 // of the tag of an experiment
	mostOfExperiment    = 500
)

var (
	tagKey       = regexp.MustCompile(`^[/\p{L}\p{N}_.\- :]*$`) // as Python's \w
	aliasName    = regexp.MustCompile(`^[\p{L}\p{N}_\-]*$`)
	aliasVersion = regexp.MustCompile(`^[vV]\p{Nd}+$`)
)

func invalid(format string, args ...any) error { return refuse(store.ErrInvalid, format, args...) }

func checkModelName(name, parameter string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return invalid("Missing value for required parameter '%s'.", parameter)
	case strings.ContainsAny(name, "/:"):
		return invalid("Invalid model name '%s'. Names cannot contain '/' or ':'.", name)
	case pathNotUnique(name):
		return invalid("Invalid value %s for parameter 'name' supplied: %s", quotedJSON(name), badPath(name))
	}
	return nil
}

func checkTag(key, value string) error { return checkTagOf(key, value, mostOfTagValue) }

func checkTagOf(key, value string, most int) error {
	if err := checkKey(key, "key"); err != nil {
		return err
	}
	if utf8.RuneCountInString(value) > most {
		return invalid("'value' exceeds the maximum length of %d characters", most)
	}
	return nil
}

// checkKey checks the key of a tag or the name of a metric, which MLflow's errors call
// parameter.
func checkKey(key, parameter string) error {
	switch {
	case !tagKey.MatchString(key):
		return invalid("Invalid value %s for parameter '%s' supplied: Names may only contain alphanumerics, underscores (_), "+
			"dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).", quotedJSON(key), parameter)
	case pathNotUnique(key):
		return invalid("Invalid value %s for parameter '%s' supplied: %s", quotedJSON(key), parameter, badPath(key))
	case utf8.RuneCountInString(key) > mostOfTagKey:
		return invalid("'%s' exceeds the maximum length of %d characters", parameter, mostOfTagKey)
	}
	return nil
}

func checkTags(tags map[string]string) error {
	for _, key := range sortedKeys(tags) {
		if err := checkTag(key, tags[key]); err != nil {
			return err
		}
	}
	return nil
}

func checkExperimentName(name string) error {
	switch {
	case name == "":
		return invalid("Invalid experiment name: ''")
	case utf8.RuneCountInString(name) > mostOfExperiment:
		return invalid("'name' exceeds the maximum length of %d characters", mostOfExperiment)
	}
	return nil
}

func checkAlias(name string) error {
	switch {
	case name == "":
		return invalid("Registered model alias name cannot be empty.")
	case !aliasName.MatchString(name):
		return invalid("Invalid alias name: '%s'. Names may only contain alphanumerics, underscores (_), and dashes (-).", name)
	case utf8.RuneCountInString(name) > mostOfAlias:
		return invalid("'Registered model alias name' exceeds the maximum length of %d characters", mostOfAlias)
	}
	return nil
}

// checkNewAlias refuses names that stand for versions.
func checkNewAlias(name string) error {
	switch {
	case strings.ToLower(name) == "latest":
		return invalid("'latest' alias name (case insensitive) is reserved.")
	case aliasVersion.MatchString(name):
		return invalid("Version alias name '%s' is reserved.", name)
	}
	return checkAlias(name)
}

func canonicalStage(name string) (string, error) {
	if stage, ok := store.StageNamed(name); ok {
		return stage, nil
	}
	return "", invalid("Invalid Model Version stage: %s. Value must be one of %s.", name, strings.Join(store.Stages(), ", "))
}

// pathNotUnique reports whether a name would be another one as a path.
func pathNotUnique(name string) bool {
	norm := normalPath(name)
	return norm != name || norm == "." || strings.HasPrefix(norm, "..") || strings.HasPrefix(norm, "/")
}

// normalPath is Python's posixpath.normpath, which keeps two slashes in front.
func normalPath(name string) string {
	clean := path.Clean(name)
	if strings.HasPrefix(name, "//") && !strings.HasPrefix(name, "///") {
		return "/" + clean
	}
	return clean
}

func badPath(name string) string {
	return "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. " +
		"This name would resolve to '" + normalPath(name) + "'"
}

func quotedJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return s // cannot happen: a text always has a JSON form
	}
	return string(b)
}
