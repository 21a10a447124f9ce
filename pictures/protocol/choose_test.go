package protocol_test

import (
	"strings"
	"testing"

	"benchside/pictures/protocol"
	"benchside/plots/cell"
)

var sixel = []int{62, 4, 22}

// TestEachTerminalShowsWhatItCan has a row for each terminal of the table of who
// speaks what, as it answers.
func TestEachTerminalShowsWhatItCan(t *testing.T) {
	type replies = protocol.Replies
	for name, c := range map[string]struct {
		replies replies
		want    protocol.Protocol
		set     cell.Dots
		octants bool
	}{
		"kitty":                           {replies{Kitty: true, Version: "kitty(0.43.1)", Term: "xterm-kitty"}, protocol.KittyPlaceholders, cell.Sextant, true},
		"kitty before octants":            {replies{Kitty: true, Version: "kitty(0.32.2)"}, protocol.KittyPlaceholders, cell.Sextant, false},
		"kitty over SSH, by TERM":         {replies{Kitty: true, Term: "xterm-kitty"}, protocol.KittyPlaceholders, cell.Sextant, false},
		"TERM says kitty, nobody answers": {replies{Term: "xterm-kitty"}, protocol.Blocks, cell.Sextant, false},
		"Ghostty":                         {replies{Kitty: true, Version: "ghostty 1.2.0"}, protocol.KittyPlaceholders, cell.Sextant, true},
		"Ghostty before octants":          {replies{Kitty: true, Version: "ghostty 1.1.3"}, protocol.KittyPlaceholders, cell.Sextant, false},
		"Rio":                             {replies{Kitty: true, Version: "Rio 0.2.30", Attributes: sixel}, protocol.KittyPlaceholders, cell.Sextant, false},
		"WezTerm":                         {replies{Kitty: true, Version: "WezTerm 20240203-110809-5046fc22", Attributes: sixel}, protocol.ITerm2AtCursor, cell.Sextant, false},
		"iTerm2":                          {replies{Kitty: true, Version: "iTerm2 3.6.6", Attributes: sixel}, protocol.ITerm2AtCursor, cell.Quadrant, false},
		"iTerm2 by its program":           {replies{Term: "xterm-256color", TermProgram: "iTerm.app"}, protocol.ITerm2AtCursor, cell.Quadrant, false},
		"Konsole":                         {replies{Kitty: true, Version: "Konsole 24.12.3", Attributes: sixel}, protocol.KittyAtCursor, cell.Quadrant, false},
		"Konsole of old":                  {replies{Version: "Konsole 21.08"}, protocol.Blocks, cell.Quadrant, false},
		"foot":                            {replies{Version: "foot(1.20.2)", Attributes: sixel}, protocol.SixelAtCursor, cell.Sextant, true},
		"foot before octants":             {replies{Version: "foot(1.16.2)", Attributes: sixel}, protocol.SixelAtCursor, cell.Sextant, false},
		"Windows Terminal":                {replies{Term: "xterm-256color", Attributes: []int{61, 4, 6, 7, 14, 21}}, protocol.SixelAtCursor, cell.Quadrant, false},
		"VS Code":                         {replies{Kitty: true, Version: "xterm.js(6.1.0)", TermProgram: "vscode", Attributes: sixel}, protocol.ITerm2AtCursor, cell.Sextant, false},
		"VS Code without images":          {replies{Version: "xterm.js(6.1.0)", TermProgram: "vscode", Attributes: []int{1, 2}}, protocol.Blocks, cell.Sextant, false},
		"Warp":                            {replies{Kitty: true, TermProgram: "WarpTerminal"}, protocol.KittyAtCursor, cell.Quadrant, false},
		"Alacritty":                       {replies{Term: "alacritty", Attributes: []int{6}}, protocol.Blocks, cell.Sextant, false},
		"VTE":                             {replies{Version: "VTE(7802)", Term: "xterm-256color"}, protocol.Blocks, cell.Sextant, true},
		"VTE before octants":              {replies{Version: "VTE(7600)"}, protocol.Blocks, cell.Sextant, false},
		"an xterm":                        {replies{Version: "XTerm(390)", Attributes: sixel}, protocol.SixelAtCursor, cell.Quadrant, false},
		"an unknown one":                  {replies{Term: "xterm-256color"}, protocol.Blocks, cell.Quadrant, false},
		"an unknown one with kitty's":     {replies{Kitty: true, Version: "novel 1.0"}, protocol.KittyAtCursor, cell.Quadrant, false},
		"the console of Linux":            {replies{Term: "linux"}, protocol.Blocks, cell.HalfBlock, false},
		"a dumb one":                      {replies{Term: "dumb"}, protocol.Blocks, cell.ASCII, false},
		"kitty in 16 colours":             {replies{Kitty: true, Version: "kitty(0.43.1)", FewColours: true}, protocol.Blocks, cell.Sextant, true},
		"tmux":                            {replies{Version: "tmux 3.3a", Term: "tmux-256color", Multiplexer: protocol.Tmux}, protocol.Blocks, cell.Sextant, false},
		"tmux in kitty, passing":          {replies{Version: "tmux 3.4", Multiplexer: protocol.Tmux, Passthrough: true, Outer: "xterm-kitty", Kitty: true}, protocol.KittyPlaceholders, cell.Sextant, false},
		"tmux in kitty, not passing":      {replies{Version: "tmux 3.4", Multiplexer: protocol.Tmux, Outer: "xterm-kitty"}, protocol.Blocks, cell.Sextant, false},
		"tmux that passes, in WezTerm":    {replies{Version: "tmux 3.4", Multiplexer: protocol.Tmux, Passthrough: true, Outer: "WezTerm", Kitty: true}, protocol.Blocks, cell.Sextant, false},
		"tmux with sixel":                 {replies{Version: "tmux 3.5", Attributes: sixel, Multiplexer: protocol.Tmux}, protocol.SixelAtCursor, cell.Sextant, false},
		"tmux in Konsole":                 {replies{Version: "tmux 3.5", Multiplexer: protocol.Tmux, Outer: "Konsole"}, protocol.Blocks, cell.Quadrant, false},
		"screen":                          {replies{Term: "screen", Multiplexer: protocol.Screen, Attributes: sixel}, protocol.Blocks, cell.Quadrant, false},
		"Zellij":                          {replies{Kitty: true, Multiplexer: protocol.Zellij, Version: "Zellij(0.44)", Attributes: sixel}, protocol.KittyAtCursor, cell.Quadrant, false},
		"Zellij with sixel only":          {replies{Multiplexer: protocol.Zellij, Version: "Zellij(0.41)", Attributes: sixel}, protocol.SixelAtCursor, cell.Quadrant, false},
	} {
		got := protocol.Choose(protocol.Auto, c.replies)
		if got.Protocol != c.want || got.Set != c.set || got.Octants != c.octants {
			t.Errorf("%s: %v, %v, octants %t; want %v, %v, %t", name, got.Protocol, got.Set, got.Octants, c.want, c.set, c.octants)
		}
		if through := got.Protocol == protocol.KittyPlaceholders && c.replies.Multiplexer == protocol.Tmux; got.Tmux != through {
			t.Errorf("%s: through tmux %t", name, got.Tmux)
		}
	}
}

func TestTheUserHasTheLastWordWhereItCanWork(t *testing.T) {
	unknown := protocol.Replies{Term: "xterm-256color"}
	for name, c := range map[string]struct {
		user    protocol.Setting
		replies protocol.Replies
		want    protocol.Protocol
		why     string
	}{
		"kitty, somewhere":       {protocol.AsKitty, unknown, protocol.KittyPlaceholders, ""},
		"kitty in Konsole":       {protocol.AsKitty, protocol.Replies{Version: "Konsole 24.12"}, protocol.KittyAtCursor, ""},
		"kitty in 16 colours":    {protocol.AsKitty, protocol.Replies{FewColours: true}, protocol.Blocks, "256 colours"},
		"kitty in tmux":          {protocol.AsKitty, protocol.Replies{Multiplexer: protocol.Tmux}, protocol.Blocks, protocol.PassthroughCommand},
		"kitty in tmux, passing": {protocol.AsKitty, protocol.Replies{Multiplexer: protocol.Tmux, Passthrough: true}, protocol.KittyPlaceholders, ""},
		"kitty in Zellij":        {protocol.AsKitty, protocol.Replies{Multiplexer: protocol.Zellij, Outer: "Konsole"}, protocol.KittyAtCursor, ""},
		"iTerm2":                 {protocol.AsITerm2, unknown, protocol.ITerm2AtCursor, ""},
		"iTerm2 in Zellij":       {protocol.AsITerm2, protocol.Replies{Multiplexer: protocol.Zellij}, protocol.Blocks, "Zellij"},
		"sixel":                  {protocol.AsSixel, unknown, protocol.SixelAtCursor, ""},
		"sixel in screen":        {protocol.AsSixel, protocol.Replies{Multiplexer: protocol.Screen}, protocol.Blocks, "screen"},
		"blocks in kitty":        {protocol.AsBlocks, protocol.Replies{Kitty: true, Version: "kitty(0.43.1)"}, protocol.Blocks, ""},
		"nothing in kitty":       {protocol.WithoutThem, protocol.Replies{Kitty: true, Version: "kitty(0.43.1)"}, protocol.Off, ""},
		"no setting":             {"", protocol.Replies{Kitty: true, Version: "kitty(0.43.1)"}, protocol.KittyPlaceholders, ""},
	} {
		got := protocol.Choose(c.user, c.replies)
		if got.Protocol != c.want || !strings.Contains(got.Why, c.why) || (c.why == "") != (got.Why == "") {
			t.Errorf("%s: %v, %q; want %v, %q", name, got.Protocol, got.Why, c.want, c.why)
		}
	}
}

func TestSettingsAreNamed(t *testing.T) {
	for _, s := range protocol.Settings() {
		if got, err := protocol.Named(string(s)); err != nil || got != s {
			t.Errorf("%s is %v, %v", s, got, err)
		}
	}
	if got, err := protocol.Named(""); err != nil || got != protocol.Auto {
		t.Errorf("no name is %v, %v", got, err)
	}
	if _, err := protocol.Named("vga"); err == nil || !strings.Contains(err.Error(), "iterm2") {
		t.Errorf("a wrong name says %v", err)
	}
}

func TestTheQueryEndsWithWhatEverybodyAnswers(t *testing.T) {
	for _, tmux := range []bool{false, true} {
		q := protocol.Query(tmux)
		if !strings.HasSuffix(q, "\x1b[c") || strings.Count(q, "\x1b[c") != 1 {
			t.Errorf("in tmux %t: %q does not end with DA1", tmux, q)
		}
		for _, part := range []string{"\x1b[>q", "\x1b[16t", "a=q"} {
			if !strings.Contains(q, part) {
				t.Errorf("in tmux %t: %q is not asked", tmux, part)
			}
		}
		if wrapped := strings.HasPrefix(q, "\x1bPtmux;\x1b\x1b_G"); wrapped != tmux {
			t.Errorf("in tmux %t: %q", tmux, q)
		}
	}
}
