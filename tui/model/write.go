package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/view"
)

// writes are the keys that change the model.
func (v *View) writes(group string) []view.Key {
	of := func(press, name, does string, run func(m store.ModelVersion) tea.Cmd) view.Key {
		return view.Key{
			Press: []string{press}, Name: name, Does: does, Group: group, Writes: true, Off: v.noVersion,
			Run: func() tea.Cmd { return run(*v.version()) },
		}
	}
	move := of("m", "move", "move the version to another stage", v.moveStage)
	move.Short, move.Foot = "move", true
	return []view.Key{
		move,
		of("a", "alias", "point an alias to the version", v.setAlias),
		of("A", "unalias", "take an alias away", v.deleteAlias),
		of("t", "tag", "set a tag of the version", v.tagVersion),
		of("T", "untag", "take a tag from the version", v.untagVersion),
		of("d", "describe", "describe the version", v.describe),
		of("C", "comment", "comment on the version", v.comment),
		of("X", "delete", "delete the version", v.deleteVersion),
		{Press: []string{"n"}, Name: "register", Does: "register a new version", Group: group, Writes: true, Run: v.register},
		{Press: []string{"R"}, Name: "rename", Does: "rename the model", Group: group, Writes: true, Run: v.rename},
		{Press: []string{"D"}, Name: "describe-model", Does: "describe the model", Group: group, Writes: true, Run: v.describeModel},
		{Press: []string{"ctrl+x"}, Name: "delete-model", Does: "delete the model", Group: group, Writes: true, Run: v.deleteModel},
		{Press: []string{"H"}, Name: "history", Does: "what was done to the model", Group: group, Run: func() tea.Cmd {
			return view.Send(view.ShowActivity{Of: store.Subject{Kind: store.ModelSubject, Name: v.model.Name}})
		}},
	}
}

// moveStage asks where to, with the card of the promotion beside it.
func (v *View) moveStage(m store.ModelVersion) tea.Cmd {
	return view.Send(view.ShowTransition{Version: m})
}

func (v *View) setAlias(m store.ModelVersion) tea.Cmd {
	shown := v.model
	return view.Send(view.Change{
		Title: fmt.Sprintf("alias of v%d", m.Version), Fields: []view.Field{{Name: "alias", Hint: "champion"}}, Reason: view.AskReason,
		Make: func(in view.Input) ([]store.Mutation, error) {
			alias := strings.TrimPrefix(strings.TrimSpace(in.Texts[0]), "@")
			if alias == "" {
				return nil, errors.New("the name of the alias")
			}
			return view.One(store.SetAlias{Model: m.Name, Alias: alias, Version: m.Version, From: shown.SawAlias(alias)})
		},
	})
}

func (v *View) deleteAlias(m store.ModelVersion) tea.Cmd {
	aliases := slices.Clone(v.model.Aliases)
	if len(aliases) == 0 {
		return view.Send(view.Say{Text: "the model has no alias", Bad: true})
	}
	var names []string
	for _, a := range aliases {
		names = append(names, a.Name)
	}
	first := names[0]
	if len(m.Aliases) > 0 {
		first = m.Aliases[0]
	}
	return view.Send(view.Change{
		Title: "take an alias away", Fields: []view.Field{{Name: "alias", Value: first, Choices: names}}, Reason: view.AskReason,
		Make: func(in view.Input) ([]store.Mutation, error) {
			for _, a := range aliases {
				if a.Name == in.Texts[0] {
					return view.One(store.DeleteAlias{Model: m.Name, Alias: a.Name, From: store.Saw(a.Version)})
				}
			}
			return nil, errors.New("one of " + strings.Join(names, ", "))
		},
	})
}

func (v *View) tagVersion(m store.ModelVersion) tea.Cmd {
	return view.Send(view.SetTag(fmt.Sprintf("tag of v%d", m.Version), m.Tags, func(key, value string, from store.Seen[string]) store.Mutation {
		return store.TagVersion{Model: m.Name, Version: m.Version, Key: key, Value: value, From: from}
	}))
}

func (v *View) untagVersion(m store.ModelVersion) tea.Cmd {
	if len(m.Tags) == 0 {
		return view.Send(view.Say{Text: fmt.Sprintf("v%d has no tag", m.Version), Bad: true})
	}
	return view.Send(view.TakeTag(fmt.Sprintf("take a tag from v%d", m.Version), m.Tags, func(key string, from store.Seen[string]) store.Mutation {
		return store.UntagVersion{Model: m.Name, Version: m.Version, Key: key, From: from}
	}))
}

func (v *View) describe(m store.ModelVersion) tea.Cmd {
	return view.Send(view.Change{
		Title: fmt.Sprintf("description of v%d", m.Version), Fields: []view.Field{{Name: "text", Value: m.Description, Hint: "may be Markdown", Lines: true}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			return view.One(store.DescribeVersion{Model: m.Name, Version: m.Version, To: in.Texts[0], From: store.Saw(m.Description)})
		},
	})
}

func (v *View) comment(m store.ModelVersion) tea.Cmd {
	return view.Send(view.Change{
		Title: fmt.Sprintf("comment on v%d", m.Version), Fields: []view.Field{{Name: "text", Lines: true}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			if strings.TrimSpace(in.Texts[0]) == "" {
				return nil, errors.New("the comment")
			}
			return view.One(store.CommentVersion{Model: m.Name, Version: m.Version, Text: in.Texts[0]})
		},
	})
}

func (v *View) deleteVersion(m store.ModelVersion) tea.Cmd {
	return view.Send(view.Change{
		Title: fmt.Sprintf("delete v%d", m.Version), Reason: view.AskReason,
		Note: "Its number is not given again, its source and its run are forgotten. Its files stay.",
		Make: func(view.Input) ([]store.Mutation, error) {
			return view.One(store.DeleteVersion{Model: m.Name, Version: m.Version, From: store.Saw(m.Stage)})
		},
	})
}

func (v *View) register() tea.Cmd {
	name := v.model.Name
	return view.Send(view.Change{
		Title:  "register a version",
		Fields: []view.Field{{Name: "source", Hint: "runs:/RUN/PATH, models:/m-ID or models:/NAME/VERSION"}, {Name: "description", Lines: true}},
		Make: func(in view.Input) ([]store.Mutation, error) {
			source := strings.TrimSpace(in.Texts[0])
			if source == "" {
				return nil, errors.New("where the model is")
			}
			m := store.NewVersion(name, source)
			m.Description = in.Texts[1]
			return view.One(m)
		},
	})
}

func (v *View) rename() tea.Cmd { return view.Send(view.RenameModel(v.model, "the model")) }

func (v *View) describeModel() tea.Cmd { return view.Send(view.DescribeModel(v.model, "the model")) }

func (v *View) deleteModel() tea.Cmd { return view.Send(view.DeleteModel(v.model, "the model")) }
