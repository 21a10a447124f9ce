// Package change is the dialog that changes the store: its fields, one sentence
// that says what will be done, and what became of it. It knows no screen and
// decides nothing: who asked says what is done with the fields.
package change

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// View is the dialog.
type View struct {
	ask    view.Change
	writes view.Writes
	theme  *themes.Theme
	load   view.Loader

	fields []widget.Field // those of the change, then the reason and what must be typed
	set    []bool
	at     int            // the field or box with the focus
	aside  map[int]string // texts that a line cannot show, by field
	waited time.Duration
	err    error
	size   struct{ width, height int }
}

// New returns the dialog of a change.
func New(m view.Change, w view.Writes, theme *themes.Theme) *View {
	v := &View{ask: m, writes: w, theme: theme, aside: map[int]string{}}
	for i, f := range m.Fields {
		v.fields = append(v.fields, widget.NewField(f.Hint))
		v.put(i, f.Value)
	}
	switch m.Reason {
	case view.AskReason:
		v.fields = append(v.fields, widget.NewField("for the ledger; may stay empty"))
	case view.NeedReason:
		v.fields = append(v.fields, widget.NewField("why, for the ledger"))
	}
	if m.Typed != "" {
		v.fields = append(v.fields, widget.NewField("type "+sanitize.Line(m.Typed)))
	}
	for _, b := range m.Boxes {
		v.set = append(v.set, b.Set)
	}
	return v
}

// lineBreak stands for the end of a line in a text of several.
const lineBreak = "⏎"

// shown is a text as its field shows it, meant what a field says.
func shown(f view.Field, text string) string {
	if f.Lines {
		return strings.ReplaceAll(text, "\n", lineBreak)
	}
	return text
}

func meant(f view.Field, text string) string {
	if f.Lines {
		return strings.ReplaceAll(text, lineBreak, "\n")
	}
	return text
}

// Title implements view.View.
func (v *View) Title() string { return v.ask.Title }

// Status implements view.View.
func (v *View) Status() string { return "" }

// Typing implements view.View.
func (v *View) Typing() bool { return v.at < len(v.fields) }

// Init implements view.View.
func (v *View) Init() tea.Cmd { return nil }

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "change"
	keys := []view.Key{
		{Press: []string{"enter"}, Does: "do it", Group: group, Foot: true, Writes: true, Off: v.why, Run: v.write},
		{Press: []string{"esc"}, Does: "leave it", Group: group, Foot: true, Run: v.leave},
		{Press: []string{"tab"}, Does: "next field", Group: group, Foot: v.stops() > 1, Run: func() tea.Cmd { return v.move(1) }},
		{Press: []string{"shift+tab"}, Does: "field before", Group: group, Run: func() tea.Cmd { return v.move(-1) }},
		{Press: []string{"down"}, Does: "next choice or field", Group: group, Run: func() tea.Cmd { return v.choose(1) }},
		{Press: []string{"up"}, Does: "choice or field before", Group: group, Run: func() tea.Cmd { return v.choose(-1) }},
	}
	if v.at < len(v.ask.Fields) && v.ask.Fields[v.at].Lines {
		keys = append(keys, view.Key{Press: []string{"alt+enter"}, Does: "line break", Group: group, Foot: true, Run: v.breakLine})
	}
	if v.editable() {
		keys = append(keys, view.Key{Press: []string{"alt+e"}, Does: "edit it in " + editorName(v.writes.Editor), Short: "editor", Group: group, Foot: true, Run: v.edit})
	}
	if !v.Typing() && len(v.set) > 0 {
		keys = append(keys, view.Key{Press: []string{"space"}, Does: "tick or not", Group: group, Foot: true, Run: v.tick})
	}
	return keys
}

// stops are the fields and boxes that have the focus one after the other.
func (v *View) stops() int { return len(v.fields) + len(v.set) }

func (v *View) move(n int) tea.Cmd {
	if stops := v.stops(); stops > 0 {
		v.at = (v.at + n + stops) % stops
	}
	return nil
}

func (v *View) tick() tea.Cmd {
	at := v.at - len(v.fields)
	v.set[at] = !v.set[at]
	v.err = nil
	return nil
}

func (v *View) breakLine() tea.Cmd {
	if _, aside := v.aside[v.at]; aside {
		return nil
	}
	f := &v.fields[v.at]
	f.Replace(f.Offset(), f.Offset(), lineBreak)
	return nil
}

// choose goes through the choices of the field in focus, or to another field.
func (v *View) choose(n int) tea.Cmd {
	if v.at >= len(v.ask.Fields) || len(v.ask.Fields[v.at].Choices) == 0 {
		return v.move(n)
	}
	choices, now := v.ask.Fields[v.at].Choices, v.fields[v.at].Text()
	at := -1
	for i, c := range choices {
		if strings.EqualFold(c, now) {
			at = i
		}
	}
	v.fields[v.at].Set(choices[(max(at, -n)+n+len(choices))%len(choices)])
	v.err = nil
	return nil
}

// input is what stands in the dialog.
func (v *View) input() view.Input {
	in := view.Input{Set: v.set}
	for i := range v.ask.Fields {
		in.Texts = append(in.Texts, v.text(i))
	}
	return in
}

// reason is what stands in the field for it.
func (v *View) reason() string {
	if v.ask.Reason == view.NoReason {
		return ""
	}
	return strings.TrimSpace(v.fields[len(v.ask.Fields)].Text())
}

// why says what is missing.
func (v *View) why() string {
	switch {
	case v.load.Busy():
		return "it is being written"
	case v.unfit() != "":
		return v.unfit() + " is too long to be edited here, or holds signs that a line cannot: a command can set it, or an editor that $EDITOR names"
	case v.ask.Reason == view.NeedReason && v.reason() == "":
		return "a reason is needed"
	case v.ask.Typed != "" && v.fields[len(v.fields)-1].Text() != v.ask.Typed:
		return "type " + sanitize.Line(v.ask.Typed)
	}
	if _, err := v.ask.Make(v.input()); err != nil {
		return err.Error()
	}
	return ""
}

func (v *View) write() tea.Cmd {
	mutations, err := v.ask.Make(v.input())
	if err != nil {
		v.err = err
		return nil
	}
	return view.Write(&v.load, v.writes, v.reason(), mutations)
}

func (v *View) leave() tea.Cmd {
	v.load.Cancel()
	return view.Send(view.Close{})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Loaded[view.Wrote]:
		if !m.Of(&v.load) {
			return nil
		}
		return view.Took(m, &v.err, &v.waited)
	case view.Sized:
		v.size.width, v.size.height = m.Width, m.Height
	case view.Click:
		return v.click(m)
	case edited:
		return v.take(m)
	case tea.KeyPressMsg, tea.PasteMsg:
		if _, aside := v.aside[v.at]; aside {
			return nil
		}
		if v.Typing() && v.fields[v.at].Update(m) {
			v.err = nil
		}
	}
	return nil
}

// click goes to a field, or ticks a box.
func (v *View) click(m view.Click) tea.Cmd {
	at := m.Y - len(v.note(v.size.width)) + max(len(v.lines(v.size.width))-v.size.height, 0)
	if at < 0 || at >= v.stops() {
		return nil
	}
	v.at = at
	if at >= len(v.fields) {
		return v.tick()
	}
	return nil
}
