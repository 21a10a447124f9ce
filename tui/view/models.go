package view

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"benchside/store"
)

// The changes of a model that more than one screen asks for; called is how their
// titles call it.

// One are the mutations of a dialog that makes one.
func One(m store.Mutation) ([]store.Mutation, error) { return []store.Mutation{m}, nil }

// DescribeModel asks for the description of a model.
func DescribeModel(m store.RegisteredModel, called string) Change {
	return Change{
		Title: "description of " + called, Fields: []Field{{Name: "text", Value: m.Description, Hint: "may be Markdown", Lines: true}},
		Make: func(in Input) ([]store.Mutation, error) {
			return One(store.DescribeModel{Model: m.Name, To: in.Texts[0], From: store.Saw(m.Description)})
		},
	}
}

// RenameModel asks for another name of a model.
func RenameModel(m store.RegisteredModel, called string) Change {
	return Change{
		Title: "rename " + called, Fields: []Field{{Name: "new name", Value: m.Name}}, Reason: AskReason,
		Note: "Whoever loads it by its name must use the new one.",
		Make: func(in Input) ([]store.Mutation, error) {
			if to := strings.TrimSpace(in.Texts[0]); to != "" && to != m.Name {
				return One(store.RenameModel{Model: m.Name, To: to})
			}
			return nil, errors.New("another name")
		},
	}
}

// DeleteModel asks to delete a model, whose name is to be typed.
func DeleteModel(m store.RegisteredModel, called string) Change {
	return Change{
		Title: "delete " + called, Typed: m.Name, Reason: AskReason,
		Note: "All its versions, tags and aliases go. The files stay.",
		Make: func(Input) ([]store.Mutation, error) {
			return One(store.DeleteModel{Model: m.Name, Versions: store.Saw(m.Versions)})
		},
	}
}

// SetTag asks for a tag of what has the tags; set makes the mutation.
func SetTag(title string, tags map[string]string, set func(key, value string, from store.Seen[string]) store.Mutation) Change {
	return Change{
		Title: title, Fields: []Field{{Name: "key"}, {Name: "value"}},
		Make: func(in Input) ([]store.Mutation, error) {
			if in.Texts[0] == "" {
				return nil, errors.New("the key of the tag")
			}
			return One(set(in.Texts[0], in.Texts[1], store.SawTag(tags, in.Texts[0])))
		},
	}
}

// TakeTag asks which of some tags, of which there is one at least, is taken away;
// take makes the mutation.
func TakeTag(title string, tags map[string]string, take func(key string, from store.Seen[string]) store.Mutation) Change {
	keys := slices.Sorted(maps.Keys(tags))
	return Change{
		Title: title, Fields: []Field{{Name: "key", Value: keys[0], Choices: keys}},
		Make: func(in Input) ([]store.Mutation, error) {
			from := store.SawTag(tags, in.Texts[0])
			if !from.There {
				return nil, errors.New("one of " + strings.Join(keys, ", "))
			}
			return One(take(in.Texts[0], from))
		},
	}
}
