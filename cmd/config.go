package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"benchside/artifacts"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui"
	"benchside/tui/experiments"
	"benchside/webhooks"
)

// config is what the user's config.toml says. The zero value is the usual.
type config struct {
	images  string // one of ways, "" for auto
	user    string // what the ledger calls the user; "" is the user of the process
	served  string // the folder of mlflow-artifacts: URIs
	moved   []artifacts.Moved
	reach   webhooks.Reach
	proxy   *url.URL
	hooks   []webhooks.Hook
	work    tui.Work
	theme   string // a name of themes, "" asks the terminal
	own     themes.Theme
	keys    tui.Keymap
	noMouse bool    // it is left to the terminal
	wrong   []error // what was not taken
}

// ways are how pictures may reach the terminal.
var ways = []string{"auto", "kitty", "iterm2", "sixel", "blocks", "off"}

// setting is one key of the configuration: what it takes, how it is taken, and what
// holds, as TOML.
type setting struct {
	table, key string
	wants      string
	take       func(c *config, value any) error
	show       func(c config) any
}

var settings = []setting{
	{"", "images", "one of " + strings.Join(ways, ", "), func(c *config, value any) error {
		way, ok := value.(string)
		if !ok || !slices.Contains(ways, way) {
			return errWants
		}
		c.images = way
		return nil
	}, func(c config) any { return cmp.Or(c.images, ways[0]) }},
	{"", "user", "a name without controls, of up to 100 letters", func(c *config, value any) error {
		name, ok := value.(string)
		if !ok || name == "" || len(name) > 100 || sanitize.Line(name) != name {
			return errWants
		}
		c.user = name
		return nil
	}, func(c config) any { return c.user }},
	{"", "mouse", "true or false", func(c *config, value any) error {
		on := true
		err := takeBool(&on, value)
		c.noMouse = !on
		return err
	}, func(c config) any { return !c.noMouse }},
	{"artifacts", "served", "the path of a folder", func(c *config, value any) error {
		folder, ok := value.(string)
		if !ok || folder == "" {
			return errWants
		}
		c.served = atHome(folder)
		return nil
	}, func(c config) any { return c.served }},
	{"artifacts", "moved", `a list of texts, each "FROM = TO"`, func(c *config, value any) error {
		list, ok := value.([]any)
		if !ok {
			return errWants
		}
		var all []artifacts.Moved
		for _, one := range list {
			text, ok := one.(string)
			if !ok {
				return errWants
			}
			m, err := artifacts.ParseMoved(text)
			if err != nil {
				return err
			}
			m.To = atHome(m.To)
			all = append(all, m)
		}
		c.moved = all
		return nil
	}, func(c config) any {
		lines := make([]string, len(c.moved))
		for i, m := range c.moved {
			lines[i] = m.From + " = " + m.To
		}
		return lines
	}},
	{"webhooks", "allow_http", "true or false", func(c *config, value any) error { return takeBool(&c.reach.HTTP, value) }, func(c config) any { return c.reach.HTTP }},
	{"webhooks", "allow_private", "true or false", func(c *config, value any) error { return takeBool(&c.reach.Private, value) }, func(c config) any { return c.reach.Private }},
	{"webhooks", "proxy", "the URL of a proxy, http:// or https://", func(c *config, value any) error {
		text, _ := value.(string)
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return errWants
		}
		c.proxy = u
		return nil
	}, func(c config) any {
		if c.proxy == nil {
			return ""
		}
		return c.proxy.Redacted()
	}},
	{"live", "stalled_after", "a number from 2 to 10000: of the run's own intervals between points", func(c *config, value any) error {
		n, ok := value.(int64)
		f, is := value.(float64)
		if ok {
			f = float64(n)
		}
		if !ok && !is || !(f >= 2 && f <= 10_000) {
			return errWants
		}
		c.work.Live.Times = f
		return nil
	}, func(c config) any { return c.work.Live.Times }},
	{"live", "totals", "a list of texts: the params and tags that say how many steps a run will do", func(c *config, value any) error {
		return takeTexts(&c.work.Live.Totals, value)
	}, func(c config) any { return c.work.Live.Totals }},
	{"experiments", "folders", "a delimiter of up to 3 signs, or tags.KEY", func(c *config, value any) error {
		text, _ := value.(string)
		f, err := experiments.ParseFolders(text)
		if err != nil {
			return errWants
		}
		c.work.Folders = f
		return nil
	}, func(c config) any {
		if c.work.Folders.Tag != "" {
			return "tags." + c.work.Folders.Tag
		}
		return c.work.Folders.Delimiter
	}},
	{"notify", "bell", "true or false", func(c *config, value any) error { return takeBool(&c.work.Notify.Bell, value) }, func(c config) any { return c.work.Notify.Bell }},
	{"notify", "osc9", "true or false", func(c *config, value any) error { return takeBool(&c.work.Notify.OSC9, value) }, func(c config) any { return c.work.Notify.OSC9 }},
	{"notify", "command", "a list of texts: the program and its arguments", func(c *config, value any) error {
		return takeTexts(&c.work.Notify.Command, value)
	}, func(c config) any { return c.work.Notify.Command }},
}

func takeBool(to *bool, value any) error {
	b, ok := value.(bool)
	if !ok {
		return errWants
	}
	*to = b
	return nil
}

var errWants = errors.New("another value is wanted")

// atHome replaces a leading ~/ as a shell does.
func atHome(folder string) string {
	if rest, ok := strings.CutPrefix(folder, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return folder
}

// configPath is where the user's configuration is, or would be.
func configPath() (string, error) {
	folder, err := os.UserConfigDir()
	return filepath.Join(folder, "benchside", "config.toml"), err
}

// readConfig reads config.toml of the user's configuration, and what is wrong
// with it. What is wrong keeps its default.
func readConfig() (config, []error) {
	path, err := configPath()
	if err != nil {
		return config{}, nil // there is no such folder, so nothing in it
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return config{}, nil
	case err != nil:
		return config{}, []error{fmt.Errorf("read the configuration: %w", err)}
	case !info.Mode().IsRegular() || info.Size() > mostKept:
		return config{}, []error{fmt.Errorf("read the configuration: %s: no file of up to %d bytes", path, mostKept)}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return config{}, []error{fmt.Errorf("read the configuration: %w", err)}
	}
	return parseConfig(path, string(content))
}

func parseConfig(path, content string) (config, []error) {
	var values map[string]any
	meta, err := toml.Decode(content, &values)
	if err != nil {
		line, words := 0, err.Error()
		var at toml.ParseError
		if errors.As(err, &at) {
			line, words = at.Position.Line, at.Message
		}
		return config{}, []error{fmt.Errorf("%s:%d: %s; nothing of it is taken", path, line, words)}
	}
	var c config
	var wrong []error
	for _, s := range settings {
		table := values
		if s.table != "" {
			table, _ = values[s.table].(map[string]any) // unknownKeys tells if it is no table
		}
		value, ok := table[s.key]
		if !ok {
			continue
		}
		if err := s.take(&c, value); err != nil {
			words := s.wants
			if !errors.Is(err, errWants) {
				words += ": " + err.Error()
			}
			wrong = append(wrong, fmt.Errorf("%s:%d: %s = %v: wants %s; the default is taken",
				path, lineOf(content, s.table, s.key), joinKey(s.table, s.key), value, words))
		}
	}
	hooks, wrongHooks := parseHooks(path, content, values["hooks"])
	c.hooks = hooks
	name, own, wrongTheme := parseTheme(path, content, values["theme"])
	c.theme, c.own = name, own
	keys, wrongKeys := parseKeys(path, content, meta.Keys(), values["keys"])
	c.keys = keys
	return c, slices.Concat(wrong, wrongTheme, wrongKeys, wrongHooks, unknownKeys(path, content, meta.Keys(), values))
}

func joinKey(table, key string) string {
	if table == "" {
		return key
	}
	return table + "." + key
}

// unknownKeys are errors about keys that are no settings.
func unknownKeys(path, content string, keys []toml.Key, values map[string]any) []error {
	var names []string
	tables := map[string]bool{}
	for _, s := range settings {
		names = append(names, joinKey(s.table, s.key))
		tables[s.table] = true
	}
	var wrong []error
	for _, k := range keys {
		if slices.Contains(freeTables, k[0]) {
			continue // who reads them knows their keys
		}
		name := k.String()
		table, key := "", name
		if len(k) > 1 {
			table, key = k[0], k[len(k)-1]
		}
		if slices.Contains(names, name) {
			continue
		}
		if len(k) == 1 && tables[name] {
			if _, ok := values[name].(map[string]any); !ok {
				wrong = append(wrong, fmt.Errorf("%s:%d: %s is no table: write [%s] and below it %s", path, lineOf(content, table, key), name, name, keysOf(name)))
			}
			continue
		}
		wrong = append(wrong, fmt.Errorf("%s:%d: there is no setting %s; there are %s", path, lineOf(content, table, key), name, strings.Join(append(names, "theme", "[keys]", "[[hooks]]"), ", ")))
	}
	return wrong
}

// keysOf names the settings of a table.
func keysOf(table string) string {
	var keys []string
	for _, s := range settings {
		if s.table == table {
			keys = append(keys, s.key)
		}
	}
	return strings.Join(keys, ", ")
}

// lineOf finds the line in which a key of a table is set; the library does not
// keep it. It is 0 if the key is written in an unusual way.
func lineOf(content, table, key string) int {
	in, n := "", 0
	for line := range strings.Lines(content) {
		n++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			head := strings.Trim(strings.SplitN(line, "]", 2)[0], "[] ")
			if in = strings.Trim(head, `"'`); in == key && table == "" || in == table+"."+key {
				return n
			}
			continue
		}
		name, _, ok := strings.Cut(line, "=")
		if name = strings.Trim(strings.TrimSpace(name), `"'`); !ok {
			continue
		}
		if in == table && name == key || in == "" && table != "" && (name == table+"."+key || name == table) {
			return n
		}
	}
	return 0
}

// configured reads the configuration, once, and says on standard error what is
// wrong with it.
func (s *session) configured() config {
	if s.said == nil {
		c, wrong := readConfig()
		for _, err := range wrong {
			fmt.Fprintf(s.err, "benchside: %s\n", sanitize.Line(err.Error()))
		}
		c.wrong = wrong
		s.said = &c
	}
	return *s.said
}

// places says for each run where its artifacts may lie: beside its store.
func (s *session) places(c config) func(store.Run) artifacts.Places {
	home := s.demoAt
	if home == "" && len(s.stores) > 0 {
		if path, err := local(s.stores[0]); err == nil {
			home = path
		}
	}
	path, err := configPath()
	if err != nil {
		path = "" // there is no such folder to name
	}
	return func(r store.Run) artifacts.Places {
		p := artifacts.Places{Store: home, Moved: c.moved, Served: c.served, Config: path}
		if r.Store.Path != "" {
			p.Store = r.Store.Path
		}
		return p
	}
}
