package cmd

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"benchside/tui"
)

// FuzzConfig: whatever stands in config.toml, the program starts, says what is wrong
// with place and key, and takes no colour that cannot be read.
// TestAnyConfigurationIsTakenOrNamed changes bytes of configurations by chance. It is
// no fuzz target, since those have everything that cmd imports compiled again.
func TestAnyConfigurationIsTakenOrNamed(t *testing.T) {
	seeds := []string{
		"", "mouse = true\ntheme = 'light'\n", "[theme]\nname = 'plain'\nbackground = '#ffffff'\ntext = '#eeeeee'\ngood = 3\n",
		"[keys]\nruns.open = 'O'\n'down' = ['n', 'x']\n[keys.models]\nsort = []\n", "keys.a.b.c = 'd'\nkeys.e = 1979-05-27\n", "[[hooks]]\nname = 'x'\n",
		"[keys]\n\"everywhere.help\" = 'ctrl+\x7f'\n", "theme = [[1]]\n[[keys]]\n",
	}
	random := rand.New(rand.NewPCG(1, 2))
	const signs = "[]'\"=.,#\n\x00\xff aé1"
	for i := range 1500 {
		content := []byte(seeds[i%len(seeds)])
		for range min(i/len(seeds), 1+random.IntN(4)) {
			at := random.IntN(len(content) + 1)
			content = slices.Insert(content, at, signs[random.IntN(len(signs))])
			if random.IntN(2) == 0 {
				content = slices.Delete(content, at, min(at+1+random.IntN(3), len(content)))
			}
		}
		c, wrong := parseConfig("config.toml", string(content))
		for _, err := range wrong {
			if !strings.HasPrefix(err.Error(), "config.toml:") {
				t.Errorf("%q: %q does not say where", content, err)
			}
		}
		if faint := c.own.Unreadable(); c.own.Name != "" && len(faint) > 0 {
			t.Errorf("%q: cannot be read: %v", content, faint)
		}
		var o tui.Options
		if err := c.dress(&o); err != nil {
			t.Errorf("%q: %v", content, err)
		}
	}
}
