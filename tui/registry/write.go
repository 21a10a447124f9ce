package registry

import (
	"errors"
	"maps"
	"slices"
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

// one is the mutation of a dialog that makes one.
func one(m store.Mutation) ([]store.Mutation, error) { return []store.Mutation{m}, nil }

func (v *View) create() tea.Cmd {
	return view.Send(view.Change{
		Title: "create a model", Fields: []view.Field{{Name: "name"}, {Name: "description", Hint: "may be Markdown", Lines: true}},
		Note: "It has no version until one is registered: n on its page.",
		Make: func(in view.Input) ([]store.Mutation, error) {
			name := strings.TrimSpace(in.Texts[0])
			if name == "" {
				return nil, errors.New("the name of the model")
			}
			return one(store.CreateModel{Model: name, Description: in.Texts[1]})
		},
	})
}

func (v *View) describe(m store.RegisteredModel) tea.Cmd {
	return view.Send(view.Change{
		Title: "description of " + sanitize.Line(m.Name), Fields: []view.Field{{Name: "text", Value: m.Description, Hint: "may be Markdown", Lines: true}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			return one(store.DescribeModel{Model: m.Name, To: in.Texts[0], From: store.Saw(m.Description)})
		},
	})
}

// seen is a tag as it was seen.
func seen(m store.RegisteredModel, key string) store.Seen[string] {
	if value, ok := m.Tags[key]; ok {
		return store.Saw(value)
	}
	return store.SawNone[string]()
}

func (v *View) tag(m store.RegisteredModel) tea.Cmd {
	return view.Send(view.Change{
		Title: "tag of " + sanitize.Line(m.Name), Fields: []view.Field{{Name: "key"}, {Name: "value"}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			if in.Texts[0] == "" {
				return nil, errors.New("the key of the tag")
			}
			return one(store.TagModel{Model: m.Name, Key: in.Texts[0], Value: in.Texts[1], From: seen(m, in.Texts[0])})
		},
	})
}

func (v *View) untag(m store.RegisteredModel) tea.Cmd {
	keys := slices.Sorted(maps.Keys(m.Tags))
	if len(keys) == 0 {
		return view.Send(view.Say{Text: sanitize.Line(m.Name) + " has no tag", Bad: true})
	}
	return view.Send(view.Change{
		Title: "take a tag from " + sanitize.Line(m.Name), Fields: []view.Field{{Name: "key", Value: keys[0], Choices: keys}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			from := seen(m, in.Texts[0])
			if !from.There {
				return nil, errors.New("one of " + strings.Join(keys, ", "))
			}
			return one(store.UntagModel{Model: m.Name, Key: in.Texts[0], From: from})
		},
	})
}

func (v *View) rename(m store.RegisteredModel) tea.Cmd {
	return view.Send(view.Change{
		Title: "rename " + sanitize.Line(m.Name), Fields: []view.Field{{Name: "new name", Value: m.Name}}, Reason: view.AskReason,
		Note: "Whoever loads it by its name must use the new one.",
		Make: func(in view.Input) ([]store.Mutation, error) {
			if to := strings.TrimSpace(in.Texts[0]); to != "" && to != m.Name {
				return one(store.RenameModel{Model: m.Name, To: to})
			}
			return nil, errors.New("another name")
		},
	})
}

func (v *View) delete(m store.RegisteredModel) tea.Cmd {
	return view.Send(view.Change{
		Title: "delete " + sanitize.Line(m.Name), Typed: m.Name, Reason: view.AskReason,
		Note: "All its versions, tags and aliases go. The files stay.",
		Make: func(view.Input) ([]store.Mutation, error) {
			return one(store.DeleteModel{Model: m.Name, Versions: store.Saw(m.Versions)})
		},
	})
}
