package tui

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"benchside/themes"
	"benchside/tui/view"
)

// looks are what the theme of a session follows from.
type looks struct {
	name      string // of the theme, "" for what the terminal's background asks for
	profile   colorprofile.Profile
	dark      bool        // the terminal's background
	behind    color.Color // that background, nil until the terminal has said it
	graphemes bool        // see themes.Glyphs
}

// restyle changes the theme in place: views hold a pointer to it.
func (a *App) restyle() {
	*a.theme = a.chosen()
	if back := a.paper().back; back != nil {
		a.paint.Behind(back)
	} else {
		a.paint.Behind(a.looks.behind)
	}
}

// chosen is the theme that the looks ask for, as far as the terminal has its colours.
func (a *App) chosen() themes.Theme {
	l := a.looks
	t, ok := themes.Named(l.name, l.dark)
	switch {
	case l.name == themes.OwnName:
		t = a.opts.Own.Theme
	case !ok && l.dark:
		t = themes.Dark()
	case !ok:
		t = themes.Light()
	}
	glyphs := t.Glyphs
	switch {
	case l.profile <= colorprofile.ASCII:
		t = themes.Plain()
	case l.profile == colorprofile.ANSI && t.Colors > 0:
		t = themes.Ansi16(t.Dark)
	}
	t.Glyphs = glyphs
	if t.Colors == 0 {
		t.Dark = l.dark // nothing that it draws depends on it, but pictures do
	}
	if a.opts.ASCII {
		t.Glyphs = themes.ASCII()
	}
	if a.opts.Dots != "" {
		t.Glyphs.Dots = a.opts.Dots
	}
	t.Glyphs.Graphemes = l.graphemes
	return t
}

// sheet are the colours of text and of what is behind it that the terminal is asked
// for; nil for its own.
type sheet struct{ back, fore color.Color }

// paper is asked for where the terminal's own background would not do: only of
// terminals that have said theirs, since the others would keep it.
func (a *App) paper() sheet {
	t := a.theme
	if a.looks.behind == nil || t.Colors < 256 || a.looks.dark == t.Dark && !t.Paper.Always {
		return sheet{}
	}
	return sheet{colourOf(t.Paper.Back), colourOf(t.Paper.Fore)}
}

// colourOf is the colour that a theme writes as #rrggbb, nil for none.
func colourOf(text string) color.Color {
	rgb, err := themes.RGB(text)
	if err != nil {
		return nil
	}
	return color.RGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), 255} //nolint:gosec // channels of a byte
}

// themeNames are the themes of this session.
func (a *App) themeNames() []string {
	names := themes.Names()
	if a.opts.Own.Theme.Name != "" {
		names = append(names, themes.OwnName)
	}
	return names
}

// wear puts a theme on until the session ends. What views have laid out in the old
// one is read again.
func (a *App) wear(name string) tea.Cmd {
	if !slices.Contains(a.themeNames(), name) {
		return a.request(view.Say{Text: fmt.Sprintf("no theme is called %s; there are %s", name, strings.Join(a.themeNames(), ", ")), Bad: true})
	}
	a.looks.name = name
	a.restyle()
	a.said = view.Say{Text: "theme " + name}
	if a.looks.profile <= colorprofile.ANSI {
		a.said.Text += ", as far as this terminal has its colours"
	}
	return a.tell(view.Refresh{})
}

// nextTheme puts the next one on.
func (a *App) nextTheme() tea.Cmd {
	names := a.themeNames()
	at := slices.Index(names, a.looks.name)
	if at < 0 { // the terminal was asked
		at = slices.Index(names, a.theme.Name)
	}
	return a.wear(names[(at+1)%len(names)])
}
