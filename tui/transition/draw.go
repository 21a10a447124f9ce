package transition

import (
	"cmp"
	"fmt"

	"benchside/gates"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// nameWidth is the room for the names of fields, in cells.
const nameWidth = 9

// Wants implements view.Small. A blank line stands before what will be done.
func (v *View) Wants(width int) int {
	return len(v.head(width)) + 1 + max(len(v.checks(width)), 1) + 1 + len(v.foot(width))
}

// around are the lines above and below the checks with their heading. Where not all of
// it fits, there are none of them around checks that have the focus.
func (v *View) around(width, height int) (head, foot []string) {
	const most = 3 // lines of what is done, where room is short
	head, foot = v.head(width), v.foot(width)
	switch {
	case height >= v.Wants(width):
		return head, append([]string{v.blank(width)}, foot...)
	case v.at == atChecks:
		return nil, nil
	}
	return head, foot[:min(len(foot), most)]
}

func (v *View) blank(width int) string {
	return widget.NewLine(width, themes.Style{}, v.theme.Glyphs).String()
}

// room is how many lines of the checks are shown.
func (v *View) room(width, height int) int {
	head, foot := v.around(width, height)
	return max(height-len(head)-len(foot)-1, 1)
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	lines, foot := v.around(width, height)
	checks, room := v.checks(width), v.room(width, height)
	top := min(v.top, max(len(checks)-room, 0))
	end := min(top+room, len(checks))
	lines = append(lines, v.heading(width, top, end, len(checks)))
	lines = append(lines, checks[top:end]...)
	for len(lines)+len(foot) < height {
		lines = append(lines, v.blank(width))
	}
	lines = append(lines, foot...)
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// head are the fields.
func (v *View) head(width int) []string {
	t := v.theme
	field := func(name string, focus bool) *widget.Line {
		bar := " "
		if focus {
			bar = t.Glyphs.Bar
		}
		return widget.NewLine(width, themes.Style{}, t.Glyphs).Add(bar, t.Accent).Cell(name, nameWidth, false, t.Dim)
	}
	stage := field("to", false).Add(v.to(), t.Strong)
	if hint := "up down"; stage.Left() > len(hint)+2 {
		stage.Right(hint, t.Dim, 1)
	}
	lines := []string{stage.String()}
	if v.boxed() {
		box := "[x] "
		if v.keep {
			box = "[ ] "
		}
		is := " is"
		if len(v.judged.there) > 1 {
			is = " are"
		}
		lines = append(lines, field("archive", v.at == atBox).Add(box+numbered(v.judged.there)+", which"+is+" there now", themes.Style{}).String())
	}
	reason := field("reason", v.at == atReason)
	if v.at == atReason {
		v.reason.Draw(reason, max(reason.Left(), 1), t)
	} else {
		reason.Add(v.reason.Text(), themes.Style{})
	}
	return append(lines, reason.String())
}

// heading says what the checks come to, and which of them are shown.
func (v *View) heading(width, from, to, of int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	bar := " "
	if v.at == atChecks {
		bar = t.Glyphs.Bar
	}
	l.Add(bar, t.Accent)
	switch {
	case !v.known && v.err == nil:
		return l.Add("checking", t.Dim).String()
	case !v.judged.carded || !v.known:
		return l.String()
	}
	c := v.judged.card
	l.Add("checks ", t.Dim).Add(verdictWord(c.Verdict), v.style(c.Verdict))
	if c.Against > 0 {
		l.Add(fmt.Sprintf(", against v%d", c.Against), t.Dim)
	}
	if part := fmt.Sprintf("%d-%d/%d", from+1, to, of); to-from < of && l.Left() > len(part)+2 {
		l.Right(part, t.Dim, 1)
	}
	return l.String()
}

// verdictWord is a verdict in words.
func verdictWord(v store.Verdict) string {
	words := map[store.Verdict]string{store.Passed: "pass", store.Waived: "pass with waivers", store.NotMet: "fail"}
	return cmp.Or(words[v], string(v))
}

func (v *View) style(of store.Verdict) themes.Style {
	t := v.theme
	return map[store.Verdict]themes.Style{
		store.Passed: t.Good, store.Warned: t.Warn, store.NotMet: t.Bad, store.Waived: t.Info, store.NotKnown: t.Warn,
	}[of]
}

// sign is how a verdict is drawn.
func (v *View) sign(of store.Verdict) string {
	if !v.theme.Glyphs.ASCII {
		return gates.Sign(of)
	}
	return map[store.Verdict]string{store.Passed: "+", store.Warned: "!", store.NotMet: "x", store.Waived: "~", store.NotKnown: "?"}[of]
}

// checks are the lines of the card, wrapped.
func (v *View) checks(width int) []string {
	t := v.theme
	var out []string
	plain := func(text string) {
		for _, part := range widget.Wrap(text, max(width-1, 1)) {
			out = append(out, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(part, t.Dim).String())
		}
	}
	switch {
	case !v.known:
		return nil
	case !v.judged.carded:
		plain("no checks for " + v.to())
		return out
	}
	names := 0
	for _, c := range v.judged.card.Checks {
		names = max(names, widget.Width(sanitize.Line(c.Name)))
	}
	names = min(names, max(width/3, 8))
	for _, first := range []bool{true, false} { // what stands against it is read first
		for _, c := range v.judged.card.Checks {
			if first == (c.Verdict == store.NotMet || c.Verdict == store.NotKnown || c.Verdict == store.Waived) {
				out = append(out, v.check(c, names, width)...)
			}
		}
	}
	return out
}

// check is one check: its sign, its name, and what was found beside it.
func (v *View) check(c store.GateCheck, names, width int) []string {
	t := v.theme
	var out []string
	put := func(text string, style themes.Style) {
		for _, part := range widget.Wrap(text, max(width-names-4, 1)) {
			sign, name := " ", ""
			if len(out) == 0 {
				sign, name = v.sign(c.Verdict), sanitize.Line(c.Name)
			}
			out = append(out, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).
				Cell(sign, 1, false, v.style(c.Verdict)).Pad(1).Cell(name, names, false, t.Strong).Pad(1).Add(part, style).String())
		}
	}
	put(sanitize.Line(c.Says), themes.Style{})
	if c.Verdict == store.Waived {
		put("waived by "+sanitize.Line(c.By)+": "+sanitize.Line(c.Reason), t.Info)
	}
	return out
}

// foot is what will be done, or why not.
func (v *View) foot(width int) []string {
	t := v.theme
	var out []string
	say := func(text string, style themes.Style) {
		for _, part := range widget.Wrap(sanitize.Line(text), max(width, 1)) {
			out = append(out, widget.NewLine(width, themes.Style{}, t.Glyphs).Add(part, style).String())
		}
	}
	switch why := v.why(); {
	case v.waited > 0 && v.loads.write.Busy():
		say(fmt.Sprintf("waiting for another program's write, %d s", int(v.waited.Seconds())), t.Warn)
	case v.loads.write.Busy():
		say("writing", t.Dim)
	case v.err != nil:
		say(v.err.Error(), t.Bad)
		say("nothing was written", t.Dim)
	case v.known && why != "":
		say(why, t.Warn)
	case v.known:
		say(v.sentence(), t.Strong)
	default:
		say("", themes.Style{})
	}
	return out
}

var _ view.Small = (*View)(nil)
