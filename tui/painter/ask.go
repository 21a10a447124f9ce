package painter

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"benchside/pictures"
	"benchside/pictures/protocol"
)

// asked is what is known of the terminal so far.
type asked struct {
	replies    protocol.Replies
	begun      bool
	done       bool
	attributes bool // the terminal's or the multiplexer's own; they come last
	outside    bool // tmux has said what is around it
}

// The patience with a terminal, from when it is asked.
const (
	patience    = time.Second
	patienceSSH = 3 * time.Second
)

type (
	overdue struct{}
	outside struct {
		term        string // of the terminal around tmux
		passthrough bool
	}
)

// Update hears what the terminal says and what was sent; taken is false for
// messages that are for others, or for others too.
func (p *Painter) Update(msg tea.Msg) (cmd tea.Cmd, taken bool) {
	r := &p.asked.replies
	switch m := msg.(type) {
	case tea.EnvMsg:
		return p.ask(m), true
	case uv.KittyGraphicsEvent:
		if !strings.HasPrefix(string(m.Payload), "OK") {
			return nil, true
		}
		r.Kitty = true
		if r.Multiplexer == protocol.Tmux {
			r.Passthrough = true // else it could not have been asked
		}
	case tea.TerminalVersionMsg:
		r.Version = m.Name
	case uv.CellSizeEvent:
		p.cellW, p.cellH = m.Width, m.Height
		r.CellW, r.CellH = m.Width, m.Height
	case uv.PrimaryDeviceAttributesEvent:
		r.Attributes = m
		p.asked.attributes = true
	case outside:
		p.asked.outside = true
		r.Outer, r.Passthrough = m.term, r.Passthrough || m.passthrough
	case overdue:
		return p.decide(true), true
	case batch:
		return p.sent(m), true
	default:
		return nil, false
	}
	return p.decide(false), true
}

// ask asks the terminal everything at once.
func (p *Painter) ask(env tea.EnvMsg) tea.Cmd {
	if p.asked.begun {
		return nil
	}
	p.asked.begun = true
	r := &p.asked.replies
	r.Term, r.TermProgram = env.Getenv("TERM"), env.Getenv("TERM_PROGRAM")
	p.remote = env.Getenv("SSH_CONNECTION") != "" || env.Getenv("SSH_TTY") != ""
	if p.remote && p.colours == pictures.TrueColour {
		p.colours = pictures.Colours256 // half the bytes
	}
	switch {
	case env.Getenv("TMUX") != "":
		r.Multiplexer = protocol.Tmux
	case env.Getenv("STY") != "":
		r.Multiplexer = protocol.Screen
	case env.Getenv("ZELLIJ") != "":
		r.Multiplexer = protocol.Zellij
	}
	wait := patience
	if p.remote {
		wait = patienceSSH
	}
	inTmux := r.Multiplexer == protocol.Tmux
	cmds := []tea.Cmd{tea.Raw(protocol.Query(inTmux)), tea.Tick(wait, func(time.Time) tea.Msg { return overdue{} })}
	if inTmux && env.Getenv("TMUX") == os.Getenv("TMUX") {
		cmds = append(cmds, lookOutside)
	}
	return tea.Batch(cmds...)
}

// lookOutside asks tmux what terminal it is shown in and whether it hands
// pictures on. It changes nothing: the option is the user's.
func lookOutside() tea.Msg {
	ctx, cancel := context.WithTimeout(context.Background(), patience/2)
	defer cancel()
	said, err := exec.CommandContext(ctx, "tmux", "display-message", "-p", "#{client_termtype}|#{client_termname}|#{allow-passthrough}").Output()
	if err != nil {
		return outside{}
	}
	return heardOutside(string(said))
}

func heardOutside(said string) outside {
	parts := strings.SplitN(strings.TrimSpace(said)+"||", "|", 4)
	// tmux writes choices as their numbers: off, on, all.
	out := outside{term: parts[0], passthrough: slices.Contains([]string{"1", "2", "on", "all"}, parts[2])}
	if out.term == "" {
		out.term = parts[1]
	}
	return out
}

// decide chooses once everything is known that will be: no terminal answers
// after its attributes. Through tmux, which answers for itself, the terminal
// around it may.
func (p *Painter) decide(late bool) tea.Cmd {
	a := &p.asked
	known := a.attributes
	if a.replies.Multiplexer == protocol.Tmux {
		known = known && a.outside && (a.replies.Kitty || !a.replies.Passthrough)
	}
	// An answer that comes late is heard all the same.
	if !known && !late && !a.done {
		return nil
	}
	a.done = true
	choice := protocol.Choose(p.setting, p.asked.replies)
	if choice == p.choice {
		return nil
	}
	p.choice = choice
	return func() tea.Msg { return Chosen{} }
}

// sent goes on with an upload, or ends it: then its picture is shown.
func (p *Painter) sent(b batch) tea.Cmd {
	switch {
	case b.turn != p.up.turn || p.up.sheet == nil:
		return nil
	case len(p.up.chunks) > 0:
		return p.next()
	}
	p.up.sheet = nil
	p.turn++
	return nil
}
