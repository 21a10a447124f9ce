package painter

import (
	"reflect"

	tea "charm.land/bubbletea/v2"
)

// sequence returns the commands of tea.Sequence, whose message is not exported.
func sequence(m tea.Msg) (cmds []tea.Cmd) {
	v := reflect.ValueOf(m)
	if v.Kind() != reflect.Slice {
		return nil
	}
	for i := range v.Len() {
		if c, ok := v.Index(i).Interface().(tea.Cmd); ok {
			cmds = append(cmds, c)
		}
	}
	return cmds
}
