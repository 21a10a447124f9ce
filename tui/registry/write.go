package registry

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
)

// writes are the keys that make and change models.
func (v *View) writes(group string) []view.Key {
	of := func(press, name, does string, run func(m store.RegisteredModel) tea.Cmd) view.Key {
		return view.Key{
			Press: []string{press}, Name: name, Does: does, Group: group, Writes: true, Off: v.notWhole,
			Run: func() tea.Cmd { return run(v.whole[v.current()]) },
		}
	}
	return []view.Key{
		{Press: []string{"n"}, Name: "create", Does: "create a model", Short: "new", Group: group, Foot: true, Writes: true, Run: v.create},
		of("d", "describe", "describe the model", v.describe),
		of("t", "tag", "set a tag of the model", v.tag),
		of("T", "untag", "take a tag from the model", v.untag),
		of("R", "rename", "rename the model", v.rename),
		of("ctrl+x", "delete", "delete the model", v.delete),
	}
}

// notWhole says why the model under the cursor cannot be changed yet.
func (v *View) notWhole() string {
	if why := v.noModel(); why != "" {
		return why
	}
	if _, ok := v.whole[v.current()]; !ok {
		return "the model is being read"
	}
	return ""
}

func (v *View) create() tea.Cmd {
	return view.Send(view.Change{
		Title: "create a model", Fields: []view.Field{{Name: "name"}, {Name: "description", Hint: "may be Markdown", Lines: true}},
		Note: "It has no version until one is registered: n on its page.",
		Make: func(in view.Input) ([]store.Mutation, error) {
			name := strings.TrimSpace(in.Texts[0])
			if name == "" {
				return nil, errors.New("the name of the model")
			}
			return view.One(store.CreateModel{Model: name, Description: in.Texts[1]})
		},
	})
}

func (v *View) describe(m store.RegisteredModel) tea.Cmd {
	return view.Send(view.DescribeModel(m, sanitize.Line(m.Name)))
}

func (v *View) tag(m store.RegisteredModel) tea.Cmd {
	return view.Send(view.SetTag("tag of "+sanitize.Line(m.Name), m.Tags, func(key, value string, from store.Seen[string]) store.Mutation {
		return store.TagModel{Model: m.Name, Key: key, Value: value, From: from}
	}))
}

func (v *View) untag(m store.RegisteredModel) tea.Cmd {
	if len(m.Tags) == 0 {
		return view.Send(view.Say{Text: sanitize.Line(m.Name) + " has no tag", Bad: true})
	}
	return view.Send(view.TakeTag("take a tag from "+sanitize.Line(m.Name), m.Tags, func(key string, from store.Seen[string]) store.Mutation {
		return store.UntagModel{Model: m.Name, Key: key, From: from}
	}))
}

func (v *View) rename(m store.RegisteredModel) tea.Cmd {
	return view.Send(view.RenameModel(m, sanitize.Line(m.Name)))
}

func (v *View) delete(m store.RegisteredModel) tea.Cmd {
	return view.Send(view.DeleteModel(m, sanitize.Line(m.Name)))
}

// made is the model that a change created, which the cursor goes to, or "".
func made(r store.Receipt) string {
	if n := len(r.Lines); n > 0 && r.Lines[n-1].What == (store.CreateModel{}).Name() {
		return r.Lines[n-1].Of.Name
	}
	return ""
}
