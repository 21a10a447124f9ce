// Package confirm is the dialog that says in a sentence what will be done, and
// waits for a yes. It does nothing itself.
package confirm

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View is the dialog.
type View struct {
	title, sentence, does string
	yes                   func() tea.Cmd
	theme                 *themes.Theme
}

// New returns the dialog: does is the word on the key, yes what it does.
func New(title, sentence, does string, yes func() tea.Cmd, theme *themes.Theme) *View {
	return &View{title: title, sentence: sentence, does: does, yes: yes, theme: theme}
}

// Title implements view.View.
func (v *View) Title() string { return v.title }

// Status implements view.View.
func (v *View) Status() string { return "" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Init implements view.View.
func (v *View) Init() tea.Cmd { return nil }

// Update implements view.View.
func (v *View) Update(tea.Msg) tea.Cmd { return nil }

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "confirm"
	return []view.Key{
		{Press: []string{"y", "enter"}, Does: v.does, Group: group, Foot: true, Run: func() tea.Cmd {
			return tea.Sequence(view.Send(view.Close{}), view.Send(view.Do{Run: v.yes}))
		}},
		{Press: []string{"esc", "n"}, Does: "leave it", Group: group, Foot: true, Run: func() tea.Cmd { return view.Send(view.Close{}) }},
	}
}

// sentences are the lines of the sentence in a width.
func (v *View) sentences(width int) (lines []string) {
	for part := range strings.Lines(sanitize.Text(v.sentence)) {
		lines = append(lines, widget.Wrap(part, max(width-2, 1))...)
	}
	return lines
}

// Wants implements view.Small.
func (v *View) Wants(width int) int { return len(v.sentences(width)) + 2 }

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	var lines []string
	add := func(text string, style themes.Style) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(1).Add(text, style).String())
	}
	for _, l := range v.sentences(width) {
		add(l, themes.Style{})
	}
	add("", themes.Style{})
	add("y "+v.does+"   esc leave it", v.theme.Accent)
	if over := len(lines) - height; over > 0 && height > 1 {
		lines = append(lines[:height-1], lines[len(lines)-1]) // the keys are always there
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}
