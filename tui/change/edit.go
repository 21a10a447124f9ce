package change

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/tui/view"
)

// longestText bounds what is read back from the user's editor, in bytes. MLflow
// takes less.
const longestText = 1 << 20

// edited is a text that comes back from the user's editor.
type edited struct {
	of   *View
	at   int // the field
	text string
	err  error
}

// edit opens the text of the field in focus in the user's editor, in a file of its
// own that is gone afterwards.
func (v *View) edit() tea.Cmd {
	at, text, program := v.at, v.text(v.at), strings.Fields(v.writes.Editor)
	failed := func(err error) tea.Msg { return edited{v, at, text, fmt.Errorf("edit: %w", err)} }
	return func() tea.Msg {
		folder, err := os.MkdirTemp("", "benchside-")
		if err != nil {
			return failed(err)
		}
		name := filepath.Join(folder, "note.md")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return failed(errors.Join(err, os.RemoveAll(folder)))
		}
		command := exec.Command(program[0], append(program[1:], name)...) //nolint:gosec // the user's own choice
		command.Stdin, command.Stderr = os.Stdin, os.Stderr
		return view.Outside{Command: command, Then: func(err error) tea.Msg {
			back, failure := readBack(name, strings.HasSuffix(text, "\n"))
			if err = errors.Join(err, failure, os.RemoveAll(folder)); err != nil {
				return failed(err)
			}
			return edited{of: v, at: at, text: back}
		}}
	}
}

// readBack reads what the editor left. The line end that editors put behind the
// last line is not of the text, unless it had one.
func readBack(name string, ended bool) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, longestText+1))
	switch {
	case err != nil:
		return "", err
	case len(b) > longestText:
		return "", fmt.Errorf("the text is longer than %d bytes", longestText)
	}
	text := string(b)
	if !ended {
		text = strings.TrimSuffix(text, "\n")
	}
	return text, nil
}

// take puts an edited text into its field.
func (v *View) take(m edited) tea.Cmd {
	if m.of != v {
		return nil
	}
	if v.err = m.err; m.err == nil {
		v.put(m.at, m.text)
	}
	return nil
}

// put sets the text of a field. One that a line cannot show, since it is too long
// or holds signs such as tabs, is kept aside, and only the editor changes it.
func (v *View) put(at int, text string) {
	f := v.ask.Fields[at]
	delete(v.aside, at)
	v.fields[at].Set(shown(f, text))
	if meant(f, v.fields[at].Text()) != text {
		v.aside[at] = text
		v.fields[at].Set(sanitize.Line(text[:min(len(text), 80)]) + " …")
	}
}

// text is what a field says.
func (v *View) text(at int) string {
	if text, ok := v.aside[at]; ok {
		return text
	}
	return meant(v.ask.Fields[at], v.fields[at].Text())
}

// unfit is the name of a field whose text can only be changed in an editor, where
// there is none; "" if there is no such field.
func (v *View) unfit() string {
	for at := range v.aside {
		if v.writes.Editor == "" || !v.ask.Fields[at].Lines {
			return v.ask.Fields[at].Name
		}
	}
	return ""
}

// editable reports whether the field in focus can be opened in an editor.
func (v *View) editable() bool {
	return v.writes.Editor != "" && v.at < len(v.ask.Fields) && v.ask.Fields[v.at].Lines
}

// editorName is the program of a command line, without its folder.
func editorName(command string) string {
	if words := strings.Fields(command); len(words) > 0 {
		return sanitize.Line(filepath.Base(words[0]))
	}
	return ""
}
