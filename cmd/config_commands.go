package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"

	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui"
	"benchside/tui/widget"
)

func (s *session) config() *cobra.Command {
	return group("config", "Check the user's configuration, show it, and say where it is",
		s.leaf(&cobra.Command{
			Use: "check", Short: "List what is wrong in config.toml; exit code 1 if anything is", Args: takes(0, "no arguments"),
		}, func(context.Context, []string) error { return s.checkConfig() }),
		s.leaf(&cobra.Command{
			Use: "path", Short: "Print where config.toml is, or would be", Args: takes(0, "no arguments"),
		}, func(context.Context, []string) error {
			path, err := configPath()
			if err != nil {
				return fmt.Errorf("find the configuration: %w", err)
			}
			_, err = fmt.Fprintln(s.out, path)
			return err
		}),
		s.leaf(&cobra.Command{
			Use: "show", Short: "Print each setting as it holds, as TOML", Args: takes(0, "no arguments"),
		}, func(context.Context, []string) error { return s.showConfig() }))
}

// checkConfig prints what is wrong with the configuration, a line each.
func (s *session) checkConfig() error {
	path, err := configPath()
	if err != nil {
		return fmt.Errorf("find the configuration: %w", err)
	}
	c, wrong := readConfig()
	for _, err := range wrong {
		if _, err := fmt.Fprintln(s.out, sanitize.Line(err.Error())); err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("check %s: %s", path, widget.Several(len(wrong), "mistake"))
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		_, err := fmt.Fprintf(s.out, "%s: there is no such file, so all is as usual\n", sanitize.Line(path))
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s: in order; %s, %s\n", sanitize.Line(path), widget.Several(len(c.keys), "action")+" with other keys", widget.Several(len(c.hooks), "hook"))
	return err
}

// showConfig prints the settings as they hold: those of the file, and the defaults of
// the others. Of hooks it prints what they are for, but no secret.
func (s *session) showConfig() error {
	c := s.configured()
	tables := map[string]map[string]any{}
	for _, set := range settings {
		if tables[set.table] == nil {
			tables[set.table] = map[string]any{}
		}
		tables[set.table][set.key] = set.show(c)
	}
	tables[""]["theme"] = c.theme
	out := map[string]any{}
	for name, table := range tables {
		if name != "" {
			out[name] = table
			continue
		}
		for key, value := range table {
			out[key] = value
		}
	}
	if c.own.Name != "" {
		out["theme"] = ownColours(c.own)
	}
	if len(c.keys) > 0 {
		out["keys"] = map[string][]string(c.keys)
	}
	var hooks []map[string]any
	for _, h := range c.hooks {
		hooks = append(hooks, map[string]any{"name": h.Name, "events": h.Events})
	}
	if hooks != nil {
		out["hooks"] = hooks
	}
	var b bytes.Buffer
	e := toml.NewEncoder(&b)
	e.Indent = ""
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	_, err := s.out.Write([]byte(sanitize.Text(b.String())))
	return err
}

// ownColours are the roles of a theme of the user's with their colours.
func ownColours(t themes.Theme) map[string]any {
	out := map[string]any{}
	for _, role := range themes.Roles() {
		if words := t.Says(role); words != "" {
			out[role] = words
		}
	}
	return out
}

// actionJSON is an action as keys prints it.
type actionJSON struct {
	Action  string   `json:"action"`
	Keys    []string `json:"keys"`
	Usual   []string `json:"usual_keys"`
	Does    string   `json:"does"`
	Command string   `json:"command"`
}

func (s *session) keys() *cobra.Command {
	c := s.leaf(&cobra.Command{
		Use: "keys [SCREEN]", Short: "List what can be done in screens, with the keys that it has", Args: cobra.MaximumNArgs(1),
	}, func(_ context.Context, args []string) error { return s.listKeys(args) })
	s.forms.add(c)
	return c
}

// listKeys lists the actions of all screens or of one, with the user's keys.
func (s *session) listKeys(args []string) error {
	usual, all := tui.Actions(), s.configured().keys.Keys()
	var sections []string
	for _, a := range all {
		if !slices.Contains(sections, a.Section) {
			sections = append(sections, a.Section)
		}
	}
	if len(args) > 0 && !slices.Contains(sections, args[0]) {
		return usage("no screen is called %s; there are %s", args[0], strings.Join(sections, ", "))
	}
	var out []actionJSON
	for i, a := range all {
		if len(args) == 0 || a.Section == args[0] {
			out = append(out, actionJSON{a.ID(), a.Press, usual[i].Press, a.Does, a.Command})
		}
	}
	if s.form == asJSON {
		return printArray(s.out, out)
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "action", whole: true}, column{head: "keys", whole: true}, column{head: "does"}, column{head: "command"})
	for _, a := range out {
		if err := t.row(texts(a.Action, strings.Join(a.Keys, " "), a.Does, a.Command)...); err != nil {
			return err
		}
	}
	return t.end()
}
