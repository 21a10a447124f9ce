package protocol

import (
	"fmt"
	"slices"
	"strings"

	"benchside/plots/cell"
)

// Setting is what the user asks for.
type Setting string

// The settings; the zero value is Auto.
const (
	Auto        Setting = "auto"
	AsKitty     Setting = "kitty"
	AsITerm2    Setting = "iterm2"
	AsSixel     Setting = "sixel"
	AsBlocks    Setting = "blocks"
	WithoutThem Setting = "off"
)

// Settings are all of them, for help and completion.
func Settings() []Setting {
	return []Setting{Auto, AsKitty, AsITerm2, AsSixel, AsBlocks, WithoutThem}
}

// Named returns a setting by its name; none is Auto.
func Named(name string) (Setting, error) {
	if name == "" {
		return Auto, nil
	}
	if s := Setting(name); slices.Contains(Settings(), s) {
		return s, nil
	}
	return Auto, fmt.Errorf("no way to show pictures %q: there are %v", name, Settings())
}

// Protocol is how pictures are shown.
type Protocol int

// The protocols.
const (
	Blocks            Protocol = iota // signs in cells
	KittyPlaceholders                 // uploaded once, shown where their cells of text are
	KittyAtCursor
	ITerm2AtCursor
	SixelAtCursor
	Off
)

var protocolNames = [...]string{"blocks", "kitty placeholders", "kitty", "iTerm2", "sixel", "off"}

func (p Protocol) String() string { return protocolNames[p] }

// Multiplexer is a program between us and the terminal.
type Multiplexer int

// The multiplexers.
const (
	NoMultiplexer Multiplexer = iota
	Tmux
	Screen
	Zellij
)

// Replies are what is known of a terminal. Whatever did not answer in time is
// zero.
type Replies struct {
	Kitty        bool   // answered OK to the query of the kitty protocol
	Version      string // what it answered to XTVERSION
	Attributes   []int  // of DA1: 4 is sixel
	CellW, CellH int    // pixels
	Term         string // TERM, which survives SSH
	TermProgram  string // TERM_PROGRAM, which does not
	Multiplexer  Multiplexer
	// Passthrough means that tmux is known to forward what is wrapped for it.
	Passthrough bool
	// Outer names the terminal around a multiplexer, if it is known, as TERM
	// or XTVERSION do.
	Outer string
	// FewColours means fewer than 256: an id of a placeholder would be changed.
	FewColours bool
}

// Choice is how pictures are shown in a terminal.
type Choice struct {
	Protocol Protocol
	// Set is the finest set of blocks that the terminal is known to draw, for
	// pictures in cells. Octants says that it has those, too; they are hardly
	// better.
	Set     cell.Dots
	Octants bool
	// Tmux means that uploads go through tmux.
	Tmux bool
	// Why says what stands against something better, with what to do; "" if
	// there is nothing.
	Why string
}

// PassthroughCommand is what a user may run in tmux. It is shown, never run: the
// option is theirs.
const PassthroughCommand = "tmux set -p allow-passthrough on"

// Choose decides by what the user asks for, then what was answered, then who
// answered. That a terminal knows the kitty protocol does not mean that it knows
// placeholders: that goes by its brand.
func Choose(user Setting, r Replies) Choice {
	b := r.brand()
	var c Choice
	c.Set, c.Octants = r.blocks(b)
	switch user {
	case WithoutThem:
		c.Protocol = Off
	case AsBlocks:
	case AsKitty:
		c.Protocol = KittyAtCursor
		if b.placeholders || b.name == "" || r.Multiplexer == Tmux {
			c.Protocol = KittyPlaceholders
		}
	case AsITerm2:
		c.Protocol = ITerm2AtCursor
	case AsSixel:
		c.Protocol = SixelAtCursor
	default:
		c.Protocol = r.best(b)
	}
	return c.possible(r, b)
}

// best is the protocol that a terminal shows pictures best with.
func (r Replies) best(b brand) Protocol {
	sixel := slices.Contains(r.Attributes, 4)
	switch r.Multiplexer {
	case Tmux:
		switch {
		case b.placeholders && (r.Passthrough || !sixel):
			return KittyPlaceholders
		case sixel: // tmux draws those itself
			return SixelAtCursor
		}
		return Blocks
	case Screen:
		return Blocks
	}
	switch {
	case b.placeholders && r.Kitty:
		return KittyPlaceholders
	case b.none:
		return Blocks
	case b.iterm2 && (b.iterm2Always || sixel || r.Kitty):
		return ITerm2AtCursor
	case r.Kitty:
		return KittyAtCursor
	case sixel:
		return SixelAtCursor
	}
	return Blocks
}

// possible turns down what cannot work, and says why.
func (c Choice) possible(r Replies, b brand) Choice {
	if c.Protocol == KittyPlaceholders && r.FewColours {
		c.Protocol, c.Why = Blocks, "placeholders need 256 colours"
		return c
	}
	if c.Protocol == Blocks || c.Protocol == Off {
		return c
	}
	switch r.Multiplexer {
	case Screen:
		c.Protocol, c.Why = Blocks, "screen shows no pictures"
	case Zellij:
		if c.Protocol == KittyPlaceholders || c.Protocol == ITerm2AtCursor {
			c.Protocol, c.Why = Blocks, "Zellij shows no placeholders and no pictures of iTerm2"
		}
	case Tmux:
		switch {
		case c.Protocol == SixelAtCursor && slices.Contains(r.Attributes, 4):
		case !r.Passthrough:
			c.Protocol, c.Why = Blocks, "tmux holds pictures back; to change that: "+PassthroughCommand
		default:
			c.Tmux = true
		}
	}
	return c
}

// Query is what a terminal is asked at once: whether it knows the kitty
// protocol, its name and version, the pixels of a cell, synchronised output and,
// last, its attributes. Every terminal answers that one, so what has not
// answered before it never will. Through tmux, the terminal around it is asked,
// too, and may answer after tmux has.
func Query(tmux bool) string {
	const (
		graphics   = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
		version    = "\x1b[>q"
		cellSize   = "\x1b[16t"
		sync       = "\x1b[?2026$p"
		attributes = "\x1b[c"
	)
	if tmux {
		return string(ThroughTmux([]byte(graphics))) + version + cellSize + sync + attributes
	}
	return graphics + version + cellSize + sync + attributes
}

// fold is how brands are compared.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
