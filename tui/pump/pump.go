// Package pump runs commands to their end without a terminal, for frames that
// are rendered and for tests. It knows no view.
package pump

import (
	"reflect"
	"time"

	tea "charm.land/bubbletea/v2"
)

// patience bounds how long a single command may take.
const patience = 20 * time.Second

// Run runs a command and all that follow from it, in order, and gives each
// message to update. Commands that only wait, such as ticks, must not be among
// them.
func Run(cmd tea.Cmd, update func(tea.Msg) tea.Cmd) {
	queue := []tea.Cmd{cmd}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if next == nil {
			continue
		}
		msg := answer(next)
		if cmds, ok := several(msg); ok {
			queue = append(cmds, queue...)
			continue
		}
		if msg != nil {
			queue = append(queue, update(msg))
		}
	}
}

func answer(cmd tea.Cmd) tea.Msg {
	out := make(chan tea.Msg, 1)
	go func() { out <- cmd() }()
	select {
	case msg := <-out:
		return msg
	case <-time.After(patience):
		return nil
	}
}

// several takes batches and sequences apart; the type of a sequence is not
// exported, but it is a slice of commands like a batch.
func several(msg tea.Msg) ([]tea.Cmd, bool) {
	if msg == nil {
		return nil, false
	}
	v := reflect.ValueOf(msg)
	if v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
		return nil, false
	}
	out := make([]tea.Cmd, v.Len())
	for i := range out {
		out[i], _ = v.Index(i).Interface().(tea.Cmd)
	}
	return out, true
}
