package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"benchside/tui/view"
)

// Keymap are the keys that a user gave actions, by the action's ID. None at all
// leaves an action to its command alone.
type Keymap map[string][]string

// Binding is one line of a user's keymap.
type Binding struct {
	Action string // an action's ID, or a name for all sections that have one
	Press  []string
}

// leave is the key that always ends the program.
const leave = "ctrl+c"

// ParseKeymap makes a keymap of bindings, and says for each one that is not taken
// what is wrong with it, by its place. What is not taken keeps its usual keys.
func ParseKeymap(bindings []Binding) (Keymap, map[int]error) {
	all, wrong := Actions(), map[int]error{}
	by := map[string]int{} // which binding an action has its keys from
	keys := Keymap{}
	for i, b := range bindings {
		press, err := spelledOut(b.Press)
		ids := meant(all, b.Action)
		switch {
		case err != nil:
			wrong[i] = err
		case len(ids) == 0:
			wrong[i] = fmt.Errorf("there is no action %s; benchside keys lists them", b.Action)
		case slices.Contains(ids, everywhere+".leave-at-once"):
			wrong[i] = fmt.Errorf("%s always leaves the program", leave)
		}
		if wrong[i] != nil {
			continue
		}
		for _, id := range ids {
			keys[id], by[id] = press, i
		}
	}
	for { // taking one back may set another against its usual keys
		i, err := conflict(all, keys, by)
		if err == nil {
			return keys, wrong
		}
		wrong[i] = err
		maps.DeleteFunc(keys, func(id string, _ []string) bool { return by[id] == i })
	}
}

// spelledOut are keys as Bubble Tea spells them.
func spelledOut(names []string) ([]string, error) {
	press := make([]string, 0, len(names))
	for _, name := range names {
		key, err := KeyNamed(name)
		if err != nil {
			return nil, err
		}
		rest, shifted := strings.CutPrefix(name, "shift+")
		if shifted && utf8.RuneCountInString(rest) == 1 {
			return nil, fmt.Errorf("%s: a shifted letter is written as itself, such as %s", name, strings.ToUpper(rest))
		}
		spelled := pressName(key)
		if spelled == leave {
			return nil, fmt.Errorf("%s always leaves the program", leave)
		}
		press = append(press, spelled)
	}
	return press, nil
}

// meant are the actions that a binding means.
func meant(all []Action, name string) []string {
	var ids []string
	for _, a := range all {
		if a.ID() == name || a.Name == name {
			ids = append(ids, a.ID())
		}
	}
	return ids
}

// conflict finds two actions that want one key where they did not of old, and which
// binding is to blame: the later one.
func conflict(all []Action, keys Keymap, by map[string]int) (int, error) {
	now := func(a Action) []string {
		if press, ok := keys[a.ID()]; ok {
			return press
		}
		return a.Press
	}
	blame, why := -1, error(nil)
	for i, a := range all {
		for _, b := range all[i+1:] {
			ours, aMapped := by[a.ID()], keys[a.ID()] != nil
			theirs, bMapped := by[b.ID()], keys[b.ID()] != nil
			if !aMapped && !bMapped || a.Section != b.Section && a.Section != everywhere {
				continue
			}
			for _, press := range now(a) {
				if !slices.Contains(now(b), press) || slices.Contains(a.Press, press) && slices.Contains(b.Press, press) {
					continue
				}
				at, other := ours, b
				if bMapped && (!aMapped || theirs > ours) {
					at, other = theirs, a
				}
				if at > blame {
					blame, why = at, fmt.Errorf("%s is the key of %s already (%s)", press, other.ID(), other.Does)
				}
			}
		}
	}
	return blame, why
}

// apply gives keys of a section what the user chose. While text is typed no letter
// becomes a key.
func (m Keymap) apply(section string, keys []view.Key, typing bool) []view.Key {
	if len(m) == 0 || section == "" {
		return keys
	}
	out := slices.Clone(keys)
	for i, k := range out {
		press, ok := m[section+"."+actionName(k)]
		if !ok {
			continue
		}
		out[i].Press = slices.Clone(press)
		if typing {
			out[i].Press = slices.DeleteFunc(out[i].Press, func(p string) bool { return utf8.RuneCountInString(p) == 1 || p == "space" })
			if len(out[i].Press) == 0 && len(press) > 0 {
				out[i].Press = k.Press
			}
		}
	}
	return out
}

// Keys are the actions with the keys that they have in this keymap.
func (m Keymap) Keys() []Action {
	all := Actions()
	for i, a := range all {
		if press, ok := m[a.ID()]; ok {
			all[i].Press = press
		}
	}
	return all
}
