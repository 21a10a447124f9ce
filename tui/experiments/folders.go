package experiments

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/view"
)

// Folders say what folders experiments are in. The zero value is by the slashes of their
// names.
type Folders struct {
	Delimiter string // in the names; "" means /
	Tag       string // whose value, with slashes in it, is the folder; "" for none
}

// sep stands between the folders of a path: no name has it.
const sep = "\x1f"

// ParseFolders reads a delimiter of up to 3 signs, or tags.KEY.
func ParseFolders(text string) (Folders, error) {
	const longest = 3
	if key, ok := strings.CutPrefix(text, "tags."); ok && key != "" {
		return Folders{Tag: strings.Trim(key, "`")}, nil
	}
	if text == "" || len([]rune(text)) > longest || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
		return Folders{}, errors.New("wants a delimiter of up to 3 signs such as / or ., or tags.KEY")
	}
	return Folders{Delimiter: text}, nil
}

func (f Folders) delimiter() string {
	if f.Delimiter == "" {
		return "/"
	}
	return f.Delimiter
}

// path is the name of an experiment behind its folders.
func (f Folders) path(e store.Experiment) string {
	if f.Tag == "" {
		return strings.ReplaceAll(e.Name, f.delimiter(), sep)
	}
	folder := strings.Trim(e.Tags[f.Tag], "/")
	if folder == "" {
		return e.Name
	}
	return strings.ReplaceAll(folder, "/", sep) + sep + e.Name
}

// join is a path as people read it.
func (f Folders) join(path string) string {
	return strings.ReplaceAll(path, sep, f.delimiter())
}

// By has the screen arrange the experiments in such folders.
func (v *View) By(f Folders) *View {
	v.folders = f
	return v
}

// foldersBy is the command that does so.
func (v *View) foldersBy(words string) tea.Cmd {
	f, err := ParseFolders(words)
	if err != nil {
		return view.Send(view.Say{Text: "folders: " + err.Error(), Bad: true})
	}
	v.folders, v.flat = f, false
	clear(v.folded)
	v.arrange()
	return nil
}
