package protocol

import (
	"strconv"
	"strings"

	"benchside/plots/cell"
)

// brand is what is known of a terminal. The rows are from the terminals' own
// notes and from yazi's and chafa's tables as of 2026.
type brand struct {
	name         string
	also         []string // how else TERM, TERM_PROGRAM or XTVERSION begin
	placeholders bool     // of the kitty protocol
	none         bool     // it shows no pictures, whatever it answers
	iterm2       bool
	iterm2Always bool // also where nothing else is answered
	sextants     bool // drawn by the terminal, not taken from a font
	octants      version
}

// version is the first one that can do something; nil is none.
type version []int

var brands = []brand{
	{name: "kitty", also: []string{"xterm-kitty"}, placeholders: true, sextants: true, octants: version{0, 40}},
	{name: "ghostty", also: []string{"xterm-ghostty"}, placeholders: true, sextants: true, octants: version{1, 2}},
	{name: "rio", also: []string{"xterm-rio"}, placeholders: true, sextants: true},
	{name: "wezterm", iterm2: true, iterm2Always: true, sextants: true},
	{name: "iterm2", also: []string{"iterm.app", "iterm"}, iterm2: true, iterm2Always: true},
	{name: "konsole"},
	{name: "foot", sextants: true, octants: version{1, 20}},
	{name: "windows terminal"},
	{name: "xterm.js", also: []string{"vscode"}, iterm2: true, sextants: true},
	{name: "warp"},
	{name: "alacritty", none: true, sextants: true},
	{name: "vte", also: []string{"gnome"}, none: true, sextants: true, octants: version{7800}},
	{name: "xterm("},
	{name: "apple_terminal", none: true},
	{name: "linux", none: true},
	{name: "dumb", none: true},
}

// brand finds the row of a terminal: by XTVERSION, else by TERM, else by
// TERM_PROGRAM. In a multiplexer those speak of it, and Outer of the terminal.
func (r Replies) brand() brand {
	said := []string{r.Version, r.Term, r.TermProgram}
	if r.Multiplexer != NoMultiplexer {
		said = []string{r.Outer}
	}
	for _, text := range said {
		if text = fold(text); text == "" {
			continue
		}
		for _, b := range brands {
			if strings.HasPrefix(text, b.name) {
				return b
			}
			for _, other := range b.also {
				if strings.HasPrefix(text, other) {
					return b
				}
			}
		}
	}
	return brand{}
}

// numbers are those of a version: "kitty(0.40.1)" has 0, 40 and 1.
func numbers(text string) (all version) {
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.Atoi(field); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// reached says whether a version is as new as the first that can do something.
func (v version) reached(first version) bool {
	if first == nil || v == nil {
		return false
	}
	for i, n := range first {
		switch {
		case i >= len(v):
			return false
		case v[i] != n:
			return v[i] > n
		}
	}
	return true
}

// blocks returns the set of blocks that is safe. Octants break the rows of older
// multiplexers, so they are never used in one.
func (r Replies) blocks(b brand) (set cell.Dots, octants bool) {
	switch {
	case r.Term == "dumb":
		return cell.ASCII, false
	case r.Term == "linux" && r.Multiplexer == NoMultiplexer:
		return cell.HalfBlock, false // its font has no others
	case b.sextants:
		said := strings.TrimPrefix(fold(r.Version), b.name)
		return cell.Sextant, r.Multiplexer == NoMultiplexer && numbers(said).reached(b.octants)
	case b.name == "" && r.Multiplexer == Tmux:
		return cell.Sextant, false // it passes them on, and most draw them
	}
	return cell.Quadrant, false
}
