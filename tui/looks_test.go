package tui_test

import (
	"image/color"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"benchside/themes"
	"benchside/tui"
)

// own are the options of a session with colours of the user's.
func own(t *testing.T) tui.Options {
	t.Helper()
	o := live()
	o.Own.Theme = themes.Light()
	for role, words := range map[string]string{"background": "#fdf6e3", "text": "#073642", "accent": "bold #6c3a00"} {
		if err := o.Own.Theme.Set(role, words); err != nil {
			t.Fatal(err)
		}
	}
	o.Own.Theme.Name, o.Theme = themes.OwnName, themes.OwnName
	return o
}

// TestScreensInEachTheme holds the bytes of a few screens, which were looked at.
func TestScreensInEachTheme(t *testing.T) {
	for _, name := range append(themes.Names(), themes.OwnName) {
		for screen, keys := range map[string]string{"comparison": "j j c b l D", "help": "? =mark", "palette": "ctrl+p =fam"} {
			t.Run(name+"/"+screen, func(t *testing.T) {
				o := own(t)
				o.Theme = name
				a := start(t, o, 80, 20)
				a.send(tea.BackgroundColorMsg{Color: color.Gray{Y: map[bool]uint8{true: 255, false: 10}[name == "light"]}})
				a.keys(keys)
				golden.RequireEqual(t, a.frame())
			})
		}
	}
}

func TestThemesAreSwitchedLive(t *testing.T) {
	a := start(t, own(t), 80, 20)
	for _, step := range []struct{ keys, says, accent string }{
		{"", "", "1;38;2;108;58;0"},
		{": =theme space =dark enter", "theme dark", "1;38;5;80"},
		{"alt+t", "theme light", "1;38;5;24"},
		{": =theme space =own enter", "theme own", "1;38;2;108;58;0"},
		{": =theme space =pink enter", "no theme is called pink; there are dark, light, high-contrast, colour-blind, plain, own", "1;38;2;108;58;0"},
	} {
		a.keys(step.keys)
		if frame := a.frame(); !strings.Contains(frame, step.accent) {
			t.Errorf("after %q the accent is not %s:\n%q", step.keys, step.accent, frame[:200])
		}
		if screen := a.screen(); !strings.Contains(strings.ReplaceAll(screen, "\n ", " "), step.says) {
			t.Errorf("after %q it does not say %q:\n%s", step.keys, step.says, screen)
		}
	}
	a.send(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
	if a.keys("alt+t"); !strings.Contains(a.screen(), "as far as this terminal has its colours") {
		t.Errorf("it is not said that there are few colours:\n%s", a.screen())
	}
}

// TestPaper: the terminal is asked for another background only where it has said its
// own, and that would not do.
func TestPaper(t *testing.T) {
	night, day := color.Gray{Y: 10}, color.Gray{Y: 250}
	for name, c := range map[string]struct {
		theme  string
		behind color.Color
		want   string // the background asked for, "" for none
	}{
		"dark on dark":           {"dark", night, ""},
		"light on dark":          {"light", night, "#ffffff"},
		"dark on light":          {"dark", day, "#0d1117"},
		"light, nothing is said": {"light", nil, ""},
		"high contrast on dark":  {"high-contrast", night, "#000000"},
		"high contrast on light": {"high-contrast", day, "#ffffff"},
		"colour-blind on light":  {"colour-blind", day, ""},
		"plain":                  {"plain", day, ""},
		"own":                    {"own", night, "#fdf6e3"},
	} {
		o := own(t)
		o.Theme = c.theme
		a := start(t, o, 80, 20)
		if c.behind != nil {
			a.send(tea.BackgroundColorMsg{Color: c.behind})
		}
		got := ""
		if back := a.View().BackgroundColor; back != nil {
			r, g, b, _ := back.RGBA()
			got = "#" + hex(r) + hex(g) + hex(b)
		}
		if got != c.want {
			t.Errorf("%s: asked for %q, want %q", name, got, c.want)
		}
	}
}

func hex(channel uint32) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[channel>>12], digits[channel>>8&15]})
}

func TestTheMouseIsGivenToTheTerminal(t *testing.T) {
	a := start(t, live(), 100, 24)
	if a.View().MouseMode != tea.MouseModeCellMotion {
		t.Error("the mouse is not the program's at first")
	}
	if a.keys("alt+m"); a.View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is not given away")
	}
	a.keys("alt+m")
	at := func() string { return a.screen() }
	before := at()
	a.send(tea.MouseClickMsg{X: 5, Y: 9, Button: tea.MouseLeft, Mod: tea.ModShift}, tea.MouseReleaseMsg{X: 5, Y: 9}, tea.MouseWheelMsg{X: 5, Y: 9, Button: tea.MouseWheelRight})
	if got := at(); strings.Count(got, "▌") != 1 || lineWith(got, "▌") != lineWith(before, "▌") {
		t.Errorf("a press with shift moved the cursor:\n%s", got)
	}
	a.send(tea.MouseClickMsg{X: 5, Y: 9, Button: tea.MouseLeft})
	if got := at(); lineWith(got, "▌") == lineWith(before, "▌") {
		t.Errorf("a press did not move the cursor:\n%s", got)
	}
}

func lineWith(screen, sign string) string {
	for line := range strings.Lines(screen) {
		if strings.Contains(line, sign) {
			return line
		}
	}
	return ""
}

func TestMistakesOfTheConfigurationAreSaidAtTheStart(t *testing.T) {
	o := live()
	o.Own.Wrong = []string{"config.toml:3: mouse = 3: wants true or false; the default is taken", "another"}
	a := start(t, o, 120, 24)
	if screen := a.screen(); !strings.Contains(screen, "config.toml:3: mouse = 3: wants true or false; the default is taken; and 1 more") {
		t.Errorf("it is not said:\n%s", screen)
	}
	if a.keys("j"); strings.Contains(a.screen(), "config.toml") {
		t.Error("it is said beyond the first key")
	}
}
