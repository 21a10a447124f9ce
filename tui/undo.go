package tui

import (
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// mostUndone bounds the changes that U offers.
const mostUndone = 50

// did keeps what was changed, so that it can be taken back as it was done: at
// once. A line that changed nothing is nothing to take back.
func (a *App) did(r store.Receipt) {
	lines := slices.DeleteFunc(slices.Clone(r.Lines), func(l store.Line) bool { return len(l.Changes) == 0 })
	if len(lines) > 0 {
		a.done = append(a.done, lines)
	}
}

// undo asks which of the changes that were made here is taken back, the newest
// first.
func (a *App) undo() tea.Cmd {
	byName := map[string][]store.Line{}
	var names []string
	standing := stands(a.done)
	for _, lines := range standing[:min(len(standing), mostUndone)] {
		name := doneAs(lines)
		names, byName[name] = append(names, name), lines
	}
	note := fmt.Sprintf("%d changes were made here; up and down choose another one.", len(standing))
	if len(standing) == 1 {
		note = "One change was made here."
	}
	return a.request(view.Change{
		Title: "undo", Note: note, Fields: []view.Field{{Name: "change", Value: names[0], Choices: names}}, Reason: view.AskReason,
		Make: func(in view.Input) ([]store.Mutation, error) {
			lines, ok := byName[in.Texts[0]]
			if !ok {
				return nil, errors.New("one of the changes that were made here: up and down show them")
			}
			var out []store.Mutation
			for _, l := range slices.Backward(lines) {
				out = append(out, store.Undo{Line: l.Seq, Of: l.Of, Did: l.Sentence})
			}
			return out, nil
		},
	})
}

// stands are the changes that were not taken back since, the newest first. To take
// one back is a change as well, and so is to take that back.
func stands(done [][]store.Line) [][]store.Line {
	var standing [][]store.Line
	back := map[string]bool{} // the sentences that took lines back
	for _, lines := range slices.Backward(done) {
		if back[takesBack(lines[0])] {
			continue
		}
		standing = append(standing, lines)
		for _, l := range lines {
			if l.What == (store.Undo{}).Name() {
				back[l.Sentence] = true
			}
		}
	}
	return standing
}

func takesBack(l store.Line) string { return store.Undo{Line: l.Seq, Did: l.Sentence}.Sentence() }

// doneAs names a change by its lines: the number of the ledger makes it unlike any
// other.
func doneAs(lines []store.Line) string {
	const wide = 60 // cells of a sentence, of which the field shows the end
	first, last := lines[0], lines[len(lines)-1]
	says := widget.Cut(sanitize.Line(first.Sentence), wide, "…")
	if len(lines) == 1 {
		return fmt.Sprintf("%d: %s", first.Seq, says)
	}
	return fmt.Sprintf("%d to %d: %s, and %d more", first.Seq, last.Seq, says, len(lines)-1)
}
