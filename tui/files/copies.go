package files

import (
	"cmp"
	"path"

	"benchside/tui/view"
)

// Copies implements view.Copier: the file under the cursor, or what the part that has
// the focus gives.
func (v *View) Copies() []view.Form {
	if v.focused {
		if part, ok := v.seen.front().(view.Copier); ok {
			return part.Copies()
		}
	}
	l := v.tree.current()
	if l == nil || l.more || len(v.ask.Runs) == 0 {
		return nil
	}
	return []view.Form{
		{Press: "p", Copy: view.Copy{Text: l.path, What: "the path of the file"}},
		{Press: "n", Copy: view.Copy{Text: path.Base(l.path), What: "its name"}},
		{Press: "u", Copy: view.Copy{Text: "runs:/" + v.ask.Runs[0] + "/" + l.path, What: "the path runs:/…"}},
		{Press: "i", Copy: view.Copy{Text: v.ask.Runs[0], What: "the id of the run"}},
	}
}

// Spot implements view.Returner: the file that is shown.
func (v *View) Spot() string { return cmp.Or(v.seen.path, v.ask.Path) }

// Return implements view.Returner.
func (v *View) Return(spot string) { v.ask.Path = spot }
