// Package copies takes artifacts out of a store: to a folder of the user's, or as a
// copy in a program of theirs. It replaces no file and changes none of the store.
package copies

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/previews"
	"benchside/sanitize"
	"benchside/tui/described"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Copied says where a file is now.
type Copied struct {
	to, sum string
	bytes   int64
	open    bool // in a program of the user's
	text    bool
}

// Say says so, or what went wrong; what is to be opened is.
func (c Copied) Say(err error) tea.Cmd {
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case err != nil:
		return view.Send(view.Say{Text: sanitize.Line(err.Error()), Bad: true})
	case c.open:
		return c.show()
	}
	return view.Send(view.Say{Text: fmt.Sprintf("sha256 %s   %s copied to %s", c.sum, widget.Bytes(c.bytes), sanitize.Line(c.to))})
}

// To copies a file to a folder, which is made if it is not there.
func To(ctx context.Context, files *previews.Run, name, folder string) (Copied, error) {
	to, err := home(folder)
	if err != nil {
		return Copied{}, err
	}
	if err := os.MkdirAll(to, 0o755); err != nil { //nolint:gosec // a folder as the user's others
		return Copied{}, fmt.Errorf("make folder %s: %w", to, err)
	}
	return fetch(ctx, files, name, filepath.Join(to, path.Base(name)))
}

// home spells out ~ at the beginning of a path.
func home(folder string) (string, error) {
	rest, ok := strings.CutPrefix(folder, "~")
	if !ok || rest != "" && rest[0] != '/' {
		return folder, nil
	}
	dir, err := os.UserHomeDir()
	return dir + rest, err
}

// fetch copies a file to a new one and sums its bytes up.
func fetch(ctx context.Context, files *previews.Run, name, to string) (Copied, error) {
	from, err := files.OpenFile(name)
	if err != nil {
		return Copied{}, err
	}
	defer from.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // as the user's other files
	if err != nil {
		return Copied{}, fmt.Errorf("copy %s: %w", name, err)
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, h), described.UntilDone(ctx, io.NewSectionReader(from, 0, from.Size())))
	if err == nil && n < from.Size() {
		err = io.ErrUnexpectedEOF
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return Copied{}, errors.Join(fmt.Errorf("copy %s to %s: %w", name, to, err), os.Remove(to))
	}
	return Copied{to: to, sum: hex.EncodeToString(h.Sum(nil)), bytes: n}, nil
}

// Aside copies a file to a folder of its own, to be opened: what is done to it there
// does not reach the store. A text goes to the user's pager or editor.
func Aside(ctx context.Context, files *previews.Run, name string, text bool) (Copied, error) {
	dir, err := os.MkdirTemp("", "benchside-")
	if err != nil {
		return Copied{}, err
	}
	c, err := fetch(ctx, files, name, filepath.Join(dir, path.Base(name)))
	if err != nil {
		return c, errors.Join(err, os.Remove(dir))
	}
	c.open, c.text = true, text
	return c, nil
}

// show runs the program for a copy. A pager or an editor has ended when it comes
// back, so the copy goes; a viewer may still want it.
func (c Copied) show() tea.Cmd {
	program, stays := opener(), true
	if c.text {
		program, stays = pager(), false
	}
	words := strings.Fields(program)
	if len(words) == 0 {
		return view.Send(view.Say{Text: "no program is known to open it with", Bad: true})
	}
	command := exec.Command(words[0], append(words[1:], c.to)...) //nolint:gosec // the user's own choice
	return view.Send(view.Outside{Command: command, Then: func(err error) tea.Msg {
		if !stays {
			err = errors.Join(err, os.RemoveAll(filepath.Dir(c.to)))
		}
		if err != nil && stays {
			return view.Say{Text: sanitize.Line(fmt.Sprintf("%s: %v; the copy is %s", words[0], err, c.to)), Bad: true}
		}
		if err != nil {
			return view.Say{Text: sanitize.Line(words[0] + ": " + err.Error()), Bad: true}
		}
		if stays {
			return view.Say{Text: "opened a copy: " + sanitize.Line(c.to)}
		}
		return view.Say{}
	}})
}

func pager() string {
	for _, name := range []string{"PAGER", "VISUAL", "EDITOR"} {
		if p := os.Getenv(name); p != "" {
			return p
		}
	}
	return "less"
}

func opener() string {
	if runtime.GOOS == "darwin" {
		return "open"
	}
	return "xdg-open"
}
