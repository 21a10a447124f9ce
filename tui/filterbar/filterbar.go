// Package filterbar is the line in which filters are typed, in MLflow's search language
// and what search.Read adds: it says what is wrong and where, and completes keys and values. It searches
// nothing; the screen that it is part of does.
package filterbar

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/store/search"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Bar is the line and what stands under it.
type Bar struct {
	keys  store.KeyReader
	kind  search.Kind
	theme *themes.Theme
	load  view.Loader

	field   widget.Field
	typing  bool
	applied string        // the last text that was right
	wrong   *search.Error // nil if the text is right
	pending bool          // a word at the cursor is not looked for yet
	offer   offers
	chosen  int
}

// New returns an empty bar that searches runs, with a hint of what to type.
func New(keys store.KeyReader, hint string, theme *themes.Theme) *Bar {
	return &Bar{keys: keys, theme: theme, field: widget.NewField(hint)}
}

// Of has the bar search records of a kind, whose keys it was given.
func (b *Bar) Of(kind search.Kind) *Bar {
	b.kind = kind
	return b
}

// Typing reports whether the bar has the focus.
func (b *Bar) Typing() bool { return b.typing }

// Open gives the bar the focus.
func (b *Bar) Open() tea.Cmd {
	b.typing = true
	return b.suggest()
}

// Set types a filter and leaves the bar if it is right.
func (b *Bar) Set(text string) {
	b.typing = false // so that a word at the end counts
	b.field.Set(text)
	if _, ok := b.Parse(); ok {
		b.close(text)
		return
	}
	b.typing = true
}

// Text returns the filter that was last right, and is in force.
func (b *Bar) Text() string { return b.applied }

// Shown reports whether the bar takes a line.
func (b *Bar) Shown() bool { return b.typing || b.field.Text() != "" }

// Parse reads what is typed. It returns false if that is wrong; the filter
// before it stays in force. A plain word counts once it is ended by a blank or by
// leaving the bar, since until then it may become a field.
func (b *Bar) Parse() (search.Filter, bool) {
	text := strings.TrimSpace(b.field.Text())
	parsed, err := search.Read(text, b.kind)
	b.pending = false
	if head, word := b.wordAtCursor(); err == nil && word {
		before, wrong := search.Read(head, b.kind)
		b.pending, b.wrong, b.applied = true, nil, text
		return before, wrong == nil || strings.TrimSpace(head) == ""
	}
	if err != nil {
		b.wrong = &search.Error{Text: text, Reason: err.Error()}
		errors.As(err, &b.wrong)
		return search.Filter{}, false
	}
	b.wrong, b.applied = nil, text
	return parsed, true
}

// wordAtCursor reports whether a word is being typed at the end, and what stands
// before it.
func (b *Bar) wordAtCursor() (head string, ok bool) {
	text := b.field.Text()
	what := search.Complete(text, b.field.Offset(), b.kind)
	if !b.typing || what.What != search.TypingField || what.Part == "" || what.End < len(text) {
		return "", false
	}
	return text[:what.Start], true
}

// Update gives the bar a message. Changed reports whether the text became
// another one.
func (b *Bar) Update(msg tea.Msg) (cmd tea.Cmd, changed bool) {
	switch m := msg.(type) {
	case view.Loaded[offers]:
		if m.Of(&b.load) && m.Err == nil {
			b.offer, b.chosen = m.Value, 0
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		before := b.field.Offset()
		if changed = b.field.Update(m); changed || b.field.Offset() != before {
			return b.suggest(), changed
		}
	}
	return nil, false
}

// Keys are those of the bar while it has the focus; changed is run when the
// text becomes another one.
func (b *Bar) Keys(changed func() tea.Cmd) []view.Key {
	const group = "filter"
	choose := func(n int) func() tea.Cmd {
		return func() tea.Cmd {
			if len(b.offer.texts) > 0 {
				b.chosen = (b.chosen + n + len(b.offer.texts)) % len(b.offer.texts)
			}
			return nil
		}
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "keep the filter", Short: "keep", Group: group, Foot: true, Run: func() tea.Cmd {
			late := b.pending
			return tea.Batch(b.keep(), b.apply(late, changed))
		}},
		{Press: []string{"esc"}, Does: "clear the filter", Short: "clear", Group: group, Foot: true, Run: func() tea.Cmd {
			b.close("")
			return changed()
		}},
		{Press: []string{"tab"}, Does: "complete", Group: group, Foot: true, Run: func() tea.Cmd {
			if !b.accept() {
				return nil
			}
			return tea.Batch(changed(), b.suggest())
		}},
		{Press: []string{"down"}, Does: "next completion", Group: group, Run: choose(1)},
		{Press: []string{"up"}, Does: "previous completion", Group: group, Run: choose(-1)},
	}
}

// apply has a word looked for that was not while it was typed.
func (b *Bar) apply(late bool, changed func() tea.Cmd) tea.Cmd {
	if late && !b.typing {
		return changed()
	}
	return nil
}

// keep ends the typing if the text is right; a wrong one stays to be mended.
func (b *Bar) keep() tea.Cmd {
	if b.wrong != nil {
		b.offer = offers{}
		return view.Send(view.Say{Text: "the filter: " + sanitize.Line(b.wrong.Reason), Bad: true})
	}
	b.close(b.applied)
	return nil
}

func (b *Bar) close(text string) {
	b.typing, b.offer = false, offers{}
	b.load.Cancel()
	b.field.Set(text)
}

// accept puts the chosen completion into the text.
func (b *Bar) accept() bool {
	o := b.offer
	if len(o.texts) == 0 || o.to > len(b.field.Text()) {
		return false
	}
	text := o.texts[b.chosen]
	if !strings.HasSuffix(text, ".") {
		text += " "
	}
	b.field.Replace(o.from, o.to, text)
	b.offer = offers{}
	return true
}

const label = " filter  "

// Draw returns the lines of the bar: the text with a count at its end and, while
// it is typed, what is wrong with it or what completes it.
func (b *Bar) Draw(width int, count string) []string {
	if !b.Shown() {
		return nil
	}
	t := b.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Add(label, t.Dim)
	room := l.Left()
	if w := widget.Width(count) + 2; w < room/2 {
		room -= w
	} else {
		count = ""
	}
	if !b.typing {
		l.Add(widget.Cut(sanitize.Line(b.field.Text()), room, t.Glyphs.More), t.Match)
		return []string{l.Right(count, t.Dim, 1).String()}
	}
	b.field.Draw(l, room, t)
	lines := []string{l.Right(count, t.Dim, 1).String()}
	switch {
	case b.showsError():
		return append(lines, b.drawError(width, b.field.Hidden(room))...)
	case len(b.offer.texts) > 0:
		return append(lines, b.drawOffers(width))
	}
	return lines
}

// showsError reports whether the error is worth more than the completions: it
// is if it stands before what is being typed, which cannot be right yet.
func (b *Bar) showsError() bool {
	if b.wrong == nil || len(b.offer.texts) == 0 {
		return b.wrong != nil
	}
	text := b.field.Text()
	from := min(b.offer.from, len(text))
	return strings.TrimSpace(text[min(b.wrong.Pos+b.wrong.Len, from):from]) != ""
}

// drawError points at the place of the error and says what is wrong, behind the
// sign, before it or below it, wherever there is room. Hidden cells of the text
// are scrolled away.
func (b *Bar) drawError(width, hidden int) []string {
	t := b.theme
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs) }
	reason, w := sanitize.Line(b.wrong.Reason), b.wrong
	at := widget.Width(label) - hidden + widget.Width(sanitize.Line(w.Text[:min(w.Pos, len(w.Text))]))
	at = max(min(at, width-2), 0)
	switch n := widget.Width(reason); {
	case at+2+n < width:
		return []string{line().Pad(at).Add("^ "+reason, t.Bad).String()}
	case n+2 <= at:
		return []string{line().Pad(at-n-1).Add(reason+" ^", t.Bad).String()}
	}
	return []string{line().Pad(at).Add("^", t.Bad).String(), line().Pad(1).Add(reason, t.Bad).String()}
}

// drawOffers shows the completions from the one before the chosen on, so that
// the chosen one is always seen.
func (b *Bar) drawOffers(width int) string {
	t := b.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(widget.Width(label))
	from := 0
	for used := 0; from < b.chosen; from++ {
		used = 0
		for _, text := range b.offer.texts[from : b.chosen+1] {
			used += widget.Width(sanitize.Line(text)) + 3
		}
		if used <= l.Left() {
			break
		}
	}
	for i, text := range b.offer.texts[from:] {
		style := t.Dim
		if from+i == b.chosen {
			style = t.Accent
		}
		l.Add(sanitize.Line(text), style).Pad(3)
	}
	return l.String()
}
