package widget

import (
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"benchside/themes"
)

// Field is a line of text that the user types. The zero value is not ready;
// use NewField.
type Field struct{ in textinput.Model }

// NewField returns an empty field with the focus and a hint.
func NewField(hint string) Field {
	in := textinput.New()
	in.Prompt = ""
	in.Placeholder = hint
	in.CharLimit = 4096
	in.SetVirtualCursor(false)
	in.Focus()
	return Field{in: in}
}

// Text returns what was typed.
func (f *Field) Text() string { return f.in.Value() }

// Set replaces the text and puts the cursor at its end.
func (f *Field) Set(s string) {
	f.in.SetValue(s)
	f.in.CursorEnd()
}

// Offset returns the cursor's place in bytes of the text.
func (f *Field) Offset() int {
	at, text := 0, f.in.Value()
	for range f.in.Position() {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return at
}

// Replace puts s in the place of the bytes from..to, and the cursor behind it.
func (f *Field) Replace(from, to int, s string) {
	text := f.in.Value()
	f.in.SetValue(text[:from] + s + text[to:])
	f.in.SetCursor(utf8.RuneCountInString(text[:from] + s))
}

// Update gives the field a key or a paste and reports whether the text changed.
func (f *Field) Update(msg tea.Msg) bool {
	before := f.in.Value()
	f.in, _ = f.in.Update(msg)
	return f.in.Value() != before
}

// from returns the first sign that is shown in w cells.
func (f *Field) from(w int) int {
	text, at := []rune(f.in.Value()), f.in.Position()
	from := 0
	for Width(string(text[from:min(at+1, len(text))])) > w-2 && from < at {
		from++
	}
	return from
}

// Hidden returns the cells of the text that are scrolled away in w cells.
func (f *Field) Hidden(w int) int { return Width(string([]rune(f.in.Value())[:f.from(w)])) }

// Draw appends the field to a line in w cells, with its cursor shown as a
// reversed cell so that no terminal cursor has to move with it.
func (f *Field) Draw(l *Line, w int, t *themes.Theme) {
	text, at := []rune(f.in.Value()), f.in.Position()
	if len(text) == 0 {
		l.Add(" ", themes.Reverse())
		l.Cell(f.in.Placeholder, w-1, false, t.Dim)
		return
	}
	from := f.from(w)
	under := " "
	rest := ""
	if at < len(text) {
		under, rest = string(text[at]), string(text[at+1:])
	}
	head := string(text[from:at])
	l.Add(head, themes.Style{})
	l.Add(under, themes.Reverse())
	l.Cell(rest, w-Width(head)-Width(under), false, themes.Style{})
}
