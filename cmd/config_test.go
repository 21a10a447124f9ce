package cmd

import (
	"strings"
	"testing"

	"benchside/tui"
)

// FuzzConfig: whatever stands in config.toml, the program starts, says what is wrong
// with place and key, and takes no colour that cannot be read.
func FuzzConfig(f *testing.F) {
	for _, content := range []string{
		"", "mouse = true\ntheme = 'light'\n", "[theme]\nname = 'plain'\nbackground = '#ffffff'\ntext = '#eeeeee'\ngood = 3\n",
		"[keys]\nruns.open = 'O'\n'down' = ['n', 'x']\n[keys.models]\nsort = []\n", "keys.a.b.c = 'd'\nkeys.e = 1979-05-27\n", "[[hooks]]\nname = 'x'\n",
		"[keys]\n\"everywhere.help\" = 'ctrl+\x7f'\n", "theme = [[1]]\n[[keys]]\n",
	} {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if len(content) > 4096 {
			return
		}
		c, wrong := parseConfig("config.toml", content)
		for _, err := range wrong {
			if !strings.HasPrefix(err.Error(), "config.toml:") {
				t.Errorf("%q does not say where", err)
			}
		}
		if faint := c.own.Unreadable(); c.own.Name != "" && len(faint) > 0 {
			t.Errorf("cannot be read: %v", faint)
		}
		var o tui.Options
		if err := c.dress(&o); err != nil {
			t.Error(err)
		}
	})
}
