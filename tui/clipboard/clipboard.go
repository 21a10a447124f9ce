// Package clipboard puts a text on the user's clipboard: through the terminal, which
// may be far away, and by a program of this machine where the user sits at it. It
// reads no clipboard.
package clipboard

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Board is the clipboard of a session.
type Board struct {
	Env    func(name string) string // of the user's terminal
	Served bool                     // the user sits at another machine: no program is run
	// Look finds a program; nil is exec.LookPath.
	Look func(name string) (string, error)
}

// mostBytes is the longest text that goes through a terminal: xterm and hterm take
// sequences of up to 100,000 bytes, in base64 that is three quarters of it.
const mostBytes = 74_000

// screenLimit is the longest piece of a sequence that GNU screen is given, in bytes: it
// takes 768 with what ends them.
const screenLimit = 760

// patience is how long a program may take; one that waits for a display that is gone
// never ends.
const patience = 2 * time.Second

// ErrTooLong says that a text is too long for a terminal.
var ErrTooLong = fmt.Errorf("more than %d kB do not go through a terminal", mostBytes/1000)

// Sequence is what tells the terminal the text (OSC 52). Within tmux it is sent to
// tmux, which takes it if set-clipboard is on, and through it, which works if
// allow-passthrough is; a terminal that hears both hears the same twice.
func (b Board) Sequence(text string) (string, error) {
	if base64.StdEncoding.EncodedLen(len(text)) > base64.StdEncoding.EncodedLen(mostBytes) {
		return "", ErrTooLong
	}
	told := ansi.SetSystemClipboard(text)
	switch {
	case b.env("TMUX") != "":
		return told + ansi.TmuxPassthrough(told), nil
	case b.env("STY") != "":
		return ansi.ScreenPassthrough(told, screenLimit), nil
	}
	return told, nil
}

func (b Board) env(name string) string {
	if b.Env == nil {
		return ""
	}
	return b.Env(name)
}

// program is one that takes the text from its standard input.
type program []string

// programs are those that could have the text, the likeliest first. Over SSH it would
// be the clipboard of the other machine; tmux there asks the user's terminal itself.
func (b Board) programs() []program {
	var all []program
	if b.env("TMUX") != "" {
		all = append(all, program{"tmux", "load-buffer", "-w", "-"})
	}
	if b.env("SSH_CONNECTION") != "" || b.env("SSH_TTY") != "" {
		return all
	}
	if runtime.GOOS == "darwin" {
		all = append(all, program{"pbcopy"})
	}
	if b.env("WAYLAND_DISPLAY") != "" {
		all = append(all, program{"wl-copy"})
	}
	if b.env("DISPLAY") != "" {
		all = append(all, program{"xclip", "-selection", "clipboard"}, program{"xsel", "--clipboard", "--input"})
	}
	if b.env("WSL_DISTRO_NAME") != "" {
		all = append(all, program{"clip.exe"})
	}
	return all
}

// Run gives the text to the programs that are there: to tmux, and to the first of the
// others that takes it. It names those that did, and joins what went wrong with the
// others.
func (b Board) Run(ctx context.Context, text string) (took []string, err error) {
	if b.Served {
		return nil, nil
	}
	look := b.Look
	if look == nil {
		look = exec.LookPath
	}
	native := false
	for _, p := range b.programs() {
		if native && p[0] != "tmux" {
			break
		}
		path, missing := look(p[0])
		if missing != nil {
			continue
		}
		if failed := run(ctx, path, p[1:], text); failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", p[0], failed))
			continue
		}
		took = append(took, p[0])
		native = native || p[0] != "tmux"
	}
	return took, err
}

func run(ctx context.Context, path string, args []string, text string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := exec.CommandContext(ctx, path, args...) //nolint:gosec // one of a few known programs
	c.Stdin = strings.NewReader(text)
	c.WaitDelay = patience / 4 // xclip stays in the background and keeps what it inherited
	if err := c.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return err
	}
	return nil
}

// Clean is a text without the controls that a terminal would obey when it is pasted:
// all but line ends and tabs. It says how many they were.
func Clean(text string) (string, int) {
	dropped := 0
	clean := strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			dropped++
			return -1
		}
		return r
	}, text)
	return clean, dropped
}
