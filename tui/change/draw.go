package change

import (
	"fmt"

	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// mostSaid bounds the sentences that are shown of a change of many.
const mostSaid = 5

// nameWidth is the room for the names of fields, in cells.
const nameWidth = 13

// Wants implements view.Small.
func (v *View) Wants(width int) int { return len(v.lines(width)) }

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	lines := v.lines(width)
	if over := len(lines) - height; over > 0 { // what is to be read first gives way
		lines = lines[over:]
	}
	return widget.Fit(lines, width, height)
}

// note are the lines over the fields.
func (v *View) note(width int) (out []string) {
	if v.ask.Note == "" {
		return nil
	}
	for _, line := range append(widget.Wrap(sanitize.Line(v.ask.Note), width), "") {
		out = append(out, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Add(line, v.theme.Dim).String())
	}
	return out
}

func (v *View) lines(width int) []string {
	t := v.theme
	out := v.note(width)
	for i := range v.fields {
		out = append(out, v.field(i, width))
	}
	for i, b := range v.ask.Boxes {
		base, bar, box := themes.Style{}, " ", "[ ] "
		if v.at == len(v.fields)+i {
			base, bar = t.Cursor, t.Glyphs.Bar
		}
		if v.set[i] {
			box = "[x] "
		}
		out = append(out, widget.NewLine(width, base, t.Glyphs).Add(bar, t.Accent).Add(box+sanitize.Line(b.Says), themes.Style{}).String())
	}
	out = append(out, widget.NewLine(width, themes.Style{}, t.Glyphs).String())
	out = append(out, v.verdict(width)...)
	return out
}

// field is the line of a field, with its choices where it has the focus.
func (v *View) field(i, width int) string {
	t := v.theme
	name, hint := v.name(i)
	bar := " "
	if i == v.at {
		bar = t.Glyphs.Bar
	}
	l := widget.NewLine(width, themes.Style{}, t.Glyphs).Add(bar, t.Accent).Cell(name, min(nameWidth, width/3), false, t.Dim).Add(" ", themes.Style{})
	room := l.Left()
	if hint != "" && i == v.at {
		room -= widget.Width(hint) + 1
	}
	if i == v.at {
		v.fields[i].Draw(l, max(room, 1), t)
		l.Add(hint, t.Dim)
		return l.String()
	}
	return l.Add(v.fields[i].Text(), themes.Style{}).String()
}

func (v *View) name(i int) (name, hint string) {
	switch {
	case i < len(v.ask.Fields):
		if f := v.ask.Fields[i]; len(f.Choices) > 0 {
			return f.Name, "up down"
		}
		return v.ask.Fields[i].Name, ""
	case i == len(v.ask.Fields) && v.ask.Reason != view.NoReason:
		return "reason", ""
	}
	return "to be sure", ""
}

// verdict is what will be done, or what is missing or went wrong.
func (v *View) verdict(width int) []string {
	t := v.theme
	var out []string
	say := func(text string, style themes.Style) {
		for _, line := range widget.Wrap(sanitize.Line(text), width) {
			out = append(out, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(line, style).String())
		}
	}
	switch {
	case v.waited > 0:
		say(fmt.Sprintf("waiting for another program's write, %d s", int(v.waited.Seconds())), t.Warn)
		return out
	case v.load.Busy():
		say("writing", t.Dim)
		return out
	case v.err != nil:
		say(v.err.Error(), t.Bad)
		say("nothing was written", t.Dim)
		return out
	}
	if v.unfit() != "" {
		say(v.why(), t.Warn)
		return out
	}
	mutations, err := v.ask.Make(v.input())
	if err != nil {
		say(err.Error(), t.Dim)
		return out
	}
	for _, m := range mutations[:min(len(mutations), mostSaid)] {
		say(m.Sentence(), t.Strong)
	}
	if more := len(mutations) - mostSaid; more > 0 {
		say(fmt.Sprintf("and %d more, all or none of them", more), t.Strong)
	}
	return out
}
