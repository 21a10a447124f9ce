// Package jobs runs commands of the user's configuration when something happened
// in a store, each as a process group with a log, a time-out and an end that is
// kept. It gives no text of the store to a shell, and ends no process that it did
// not start.
package jobs

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Command is what a hook runs. The zero values of Dir and Timeout are the folder
// of the store and an hour.
type Command struct {
	Args    []string // with placeholders: {event}, {model}, {version}, {stage}, {store}, {delivery}
	Dir     string
	Env     map[string]string
	Timeout time.Duration
}

// Facts are what a command is told.
type Facts struct {
	Event, Model, Version, Stage string
	Store, Delivery              string
	Payload                      string // JSON, as a webhook's body
}

// variables are the facts as the environment of a command, and as placeholders;
// the payload is too long for an argument.
var variables = []struct {
	name, placeholder string
	of                func(Facts) string
}{
	{"BENCHSIDE_EVENT", "event", func(f Facts) string { return f.Event }},
	{"BENCHSIDE_MODEL", "model", func(f Facts) string { return f.Model }},
	{"BENCHSIDE_VERSION", "version", func(f Facts) string { return f.Version }},
	{"BENCHSIDE_STAGE", "stage", func(f Facts) string { return f.Stage }},
	{"BENCHSIDE_STORE", "store", func(f Facts) string { return f.Store }},
	{"BENCHSIDE_DELIVERY", "delivery", func(f Facts) string { return f.Delivery }},
	{"BENCHSIDE_PAYLOAD", "", func(f Facts) string { return f.Payload }},
}

// mostVariable bounds a text that a process is given, in bytes: Linux takes no
// more than 128 KB.
const mostVariable = 120 << 10

// placeholder is a name in braces; two braces are one that is meant, and a variable
// of a shell is left alone.
var placeholder = regexp.MustCompile(`\$\{[^{}]*\}|\{\{|\}\}|\{[^{}]*\}|[{}]`)

// interpreters are programs that read an argument as code, behind -c, -e or the like.
var interpreters = regexp.MustCompile(`^(?:(?:ba|da|z|k|mk|c|tc|fi|a)?sh|busybox|python[0-9.]*|perl|ruby|node|lua|php|awk|gawk|sed|eval|ssh|su|xargs|watch|cmd|powershell|pwsh)(?:\.exe)?$`)

var codeFlag = regexp.MustCompile(`^(?:-[A-Za-z]*[ceErp]|--command|--eval|--execute|/[cC])$`)

// codePrograms read their first argument as code without a flag.
var codePrograms = []string{"eval", "awk", "gawk", "sed", "ssh", "watch"}

// Wrong says what of a command cannot be, by the key of the configuration; "" if
// it is right.
func (c Command) Wrong() (key, why string) {
	for i, arg := range c.Args {
		if strings.ContainsRune(arg, 0) {
			return "command", "an argument has a NUL byte, which no program can be given"
		}
		names, err := placeholders(arg)
		switch {
		case err != nil:
			return "command", err.Error()
		case i == 0 && (len(names) > 0 || arg == ""):
			return "command", "the program is named by the configuration alone, without placeholders"
		case len(names) > 0 && c.codeAt(i):
			return "command", fmt.Sprintf("%s would be read as code: give it as an argument behind the code, or use $BENCHSIDE_%s in it", arg, strings.ToUpper(names[0]))
		}
	}
	for name := range c.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(c.Env[name], 0) || strings.HasPrefix(name, "BENCHSIDE_") {
			return "env", fmt.Sprintf("%q cannot be set", name)
		}
	}
	if c.Dir != "" && !filepath.IsAbs(c.Dir) {
		return "dir", "wants a folder from / or ~/ on"
	}
	return "", ""
}

// codeAt reports an argument that an interpreter would read as code.
func (c Command) codeAt(i int) bool {
	for at, arg := range c.Args[:i] {
		name := strings.ToLower(filepath.Base(arg))
		if !interpreters.MatchString(name) {
			continue
		}
		if slices.Contains(codePrograms, name) || i > at+1 && codeFlag.MatchString(c.Args[i-1]) {
			return true
		}
	}
	return false
}

// placeholders are the names in an argument.
func placeholders(arg string) (names []string, err error) {
	for _, found := range placeholder.FindAllString(arg, -1) {
		switch name := strings.Trim(found, "{}"); {
		case literal(found) != "":
		case len(found) < 3 || valueOf(name) == nil:
			return nil, fmt.Errorf("%s is no placeholder; there are {event}, {model}, {version}, {stage}, {store} and {delivery}, and {{ for a brace", found)
		default:
			names = append(names, name)
		}
	}
	return names, nil
}

// literal is what stands for itself; "" for a placeholder.
func literal(found string) string {
	switch {
	case found == "{{" || found == "}}":
		return found[:1]
	case found[0] == '$':
		return found
	}
	return ""
}

func valueOf(name string) func(Facts) string {
	for _, v := range variables {
		if v.placeholder == name && name != "" {
			return v.of
		}
	}
	return nil
}

// Expand puts the facts in the place of placeholders. An argument stays one
// argument whatever is in it. One that a fact would make an option or leave empty
// is refused, and so is one that no process can be given.
func (c Command) Expand(f Facts) ([]string, error) {
	out := make([]string, len(c.Args))
	for i, arg := range c.Args {
		names, err := placeholders(arg)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if valueOf(name)(f) == "" {
				return nil, fmt.Errorf("run %s: {%s} is empty: %s has none", c.Args[0], name, f.Event)
			}
		}
		out[i] = placeholder.ReplaceAllStringFunc(arg, func(found string) string {
			if text := literal(found); text != "" {
				return text
			}
			return valueOf(strings.Trim(found, "{}"))(f)
		})
		switch {
		case strings.ContainsRune(out[i], 0):
			return nil, fmt.Errorf("run %s: %s has a NUL byte", c.Args[0], arg)
		case len(out[i]) > mostVariable:
			return nil, fmt.Errorf("run %s: %s is longer than %d bytes", c.Args[0], arg, mostVariable)
		case strings.HasPrefix(out[i], "-") && !strings.HasPrefix(arg, "-"):
			return nil, fmt.Errorf("run %s: %s begins with -, so that it would be an option: write --name=%s", c.Args[0], arg, arg)
		}
	}
	return out, nil
}

// Environment is what a command is given besides the environment of benchside.
func (c Command) Environment(f Facts) ([]string, error) {
	var out []string
	for name, value := range c.Env {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	for _, v := range variables {
		value := v.of(f)
		switch {
		case strings.ContainsRune(value, 0):
			return nil, fmt.Errorf("run %s: %s has a NUL byte", c.Args[0], v.name)
		case len(value) > mostVariable:
			return nil, fmt.Errorf("run %s: %s is longer than %d bytes, which no process can be given", c.Args[0], v.name, mostVariable)
		}
		out = append(out, v.name+"="+value)
	}
	return out, nil
}
