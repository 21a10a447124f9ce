package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"benchside/webhooks"
)

// hookSetting is one key of a table [[hooks]].
type hookSetting struct {
	key, wants string
	take       func(h *webhooks.Hook, value any) error
}

// The longest times that a hook may take. A request must end long before others
// take it for one that was interrupted.
const (
	longestRequest = 2 * time.Minute
	longestJob     = 30 * 24 * time.Hour
)

var hookSettings = []hookSetting{
	{"name", "a text", func(h *webhooks.Hook, value any) error { return takeText(&h.Name, value) }},
	{"events", "a list of texts", func(h *webhooks.Hook, value any) error { return takeTexts(&h.Events, value) }},
	{"url", "a URL", func(h *webhooks.Hook, value any) error { return takeText(&h.URL, value) }},
	{"command", "a list of texts: the program and its arguments", func(h *webhooks.Hook, value any) error {
		return takeTexts(&h.Command.Args, value)
	}},
	{"secret", "a text, or env:NAME", func(h *webhooks.Hook, value any) error { return takeText(&h.Secret, value) }},
	{"timeout", `a time such as "30s": of a url up to 2m, of a command up to 720h`, func(h *webhooks.Hook, value any) error {
		text, _ := value.(string)
		d, err := time.ParseDuration(text)
		if err != nil || d < time.Second || d > longestJob {
			return errWants
		}
		h.Timeout = d
		return nil
	}},
	{"dir", "a folder", func(h *webhooks.Hook, value any) error { return takePath(&h.Command.Dir, value) }},
	{"store", "the path of a store", func(h *webhooks.Hook, value any) error { return takePath(&h.Store, value) }},
	{"env", "a table of texts", func(h *webhooks.Hook, value any) error {
		table, ok := value.(map[string]any)
		if !ok {
			return errWants
		}
		h.Command.Env = map[string]string{}
		for name, v := range table {
			text, ok := v.(string)
			if !ok {
				return errWants
			}
			h.Command.Env[name] = text
		}
		return nil
	}},
}

func takeText(to *string, value any) error {
	text, ok := value.(string)
	if !ok || text == "" {
		return errWants
	}
	*to = text
	return nil
}

func takePath(to *string, value any) error {
	if err := takeText(to, value); err != nil {
		return err
	}
	*to = atHome(*to)
	return nil
}

func takeTexts(to *[]string, value any) error {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return errWants
	}
	for _, v := range list {
		text, ok := v.(string)
		if !ok {
			return errWants
		}
		*to = append(*to, text)
	}
	return nil
}

// parseHooks reads the tables [[hooks]]. One that is wrong is left out, so that
// nothing runs that was not meant.
func parseHooks(path, content string, value any) (hooks []webhooks.Hook, wrong []error) {
	tables, ok := value.([]map[string]any)
	if !ok && value != nil {
		return nil, []error{fmt.Errorf("%s:%d: hooks: wants tables [[hooks]]; there are no hooks", path, lineOf(content, "", "hooks"))}
	}
	for i, table := range tables {
		h, key, why := parseHook(table)
		if why == "" && slices.ContainsFunc(hooks, func(other webhooks.Hook) bool { return other.Name == h.Name }) {
			key, why = "name", "another hook has this name"
		}
		if why == "" {
			hooks = append(hooks, h)
			continue
		}
		called := h.Name
		if called == "" {
			called = fmt.Sprint(i + 1)
		}
		wrong = append(wrong, fmt.Errorf("%s:%d: hook %s: %s: %s; the hook is left out", path, hookLine(content, i, key), called, key, why))
	}
	return hooks, wrong
}

// parseHook reads one hook, and says what is wrong with which of its keys.
func parseHook(table map[string]any) (h webhooks.Hook, key, why string) {
	var keys []string
	for _, s := range hookSettings {
		keys = append(keys, s.key)
		value, ok := table[s.key]
		if !ok {
			continue
		}
		if err := s.take(&h, value); err != nil && why == "" {
			key, why = s.key, "wants "+s.wants
		}
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !slices.Contains(keys, name) && why == "" {
			key, why = name, "there is no such key; there are "+strings.Join(keys, ", ")
		}
	}
	if why != "" {
		return h, key, why
	}
	if h.Runs() {
		h.Command.Timeout, h.Timeout = h.Timeout, 0
		if h.Secret != "" {
			return h, "secret", "a command is not signed: give it the secret in env"
		}
	} else if h.Timeout > longestRequest {
		return h, "timeout", "a request takes at most " + longestRequest.String()
	}
	key, why = h.Wrong()
	return h, key, why
}

// hookLine finds the line in which a key of a hook is set, else that of the hook.
func hookLine(content string, hook int, key string) int {
	at, begun, n := -1, 0, 0
	for line := range strings.Lines(content) {
		n++
		line = strings.TrimSpace(line)
		if head, ok := strings.CutPrefix(line, "[["); ok && strings.Trim(strings.SplitN(head, "]", 2)[0], ` "'`) == "hooks" {
			if at++; at == hook {
				begun = n
			}
			continue
		}
		name, _, _ := strings.Cut(line, "=")
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		if at == hook && (name == key || strings.HasPrefix(name, key+".") || strings.HasPrefix(line, "[hooks."+key+"]")) {
			return n
		}
	}
	return begun
}
