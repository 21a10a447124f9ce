package deliveries

import (
	"fmt"
	"net/url"
	"strings"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
	"benchside/webhooks"
)

// detail is how many lines the delivery under the cursor is told in, where there is
// room for them.
const detail = 7

// above is how many lines are above the rows.
func (v *View) above() int {
	if v.err != nil {
		return 3
	}
	return 2
}

// room is how many rows there are in a height.
func (v *View) room(height int) int {
	room := height - v.above()
	if room >= 2*detail {
		room -= detail
	}
	return max(room, 0)
}

// gathered are all who are told: the webhooks of the store, and the hooks of the
// configuration.
func (v *View) gathered(found []store.Webhook) (all []recipient) {
	for _, w := range found {
		all = append(all, recipient{store.ToWebhook, w.ID, w.Name, shown(w.URL), w.Events, w.Active, w.Secret != ""})
	}
	for _, h := range v.hooks {
		r := recipient{store.ToHook, h.Name, h.Name, shown(h.URL), h.Events, true, h.Secret != ""}
		if h.Runs() {
			r.kind, r.tells = store.ToCommand, strings.Join(h.Command.Args, " ")
		}
		all = append(all, r)
	}
	return all
}

// shown is a URL without what may be secret in it: a password.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(not a URL)"
	}
	return u.Redacted()
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	if v.whole && v.noDelivery() == "" {
		return widget.Fit(v.details(width, height), width, height)
	}
	t, table := v.theme, *v.table()
	rows := v.room(height)
	table.Resize(width-1, rows)
	var lines []string
	line := func(text string, style themes.Style) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(text, style).String())
	}
	if v.err != nil {
		line(sanitize.Line(v.err.Error()), t.Bad)
	}
	lines = append(lines, table.Heading(t, 1), widget.Rule(width, t))
	if table.Count == 0 && v.err == nil {
		line("", themes.Style{})
		for _, l := range widget.Wrap(v.nothing(), max(width-2, 1)) {
			line(l, t.Dim)
		}
	}
	from, to := table.Window()
	for i := from; i < to; i++ {
		lines = append(lines, table.Row(i, t, func(col int) widget.Cell { return v.cell(i, col) }))
	}
	if height-v.above() > rows && !v.who && len(v.all) > 0 {
		lines = append(lines, strings.Split(widget.Fit(nil, width, max(height-detail-len(lines), 0)), "\n")...)
		if height-detail-len(lines) < 0 {
			lines = lines[:height-detail]
		}
		lines = append(lines, v.details(width, detail)...)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

func (v *View) nothing() string {
	switch {
	case !v.loaded:
		return "reading"
	case v.who:
		return "nobody is told: MlflowClient().create_webhook makes a webhook, [[hooks]] in config.toml a hook"
	}
	return "nothing was told to anybody yet; tab shows who is told"
}

func (v *View) cell(row, col int) widget.Cell {
	if v.who {
		return v.recipientCell(v.recipients[row], col)
	}
	t, d := v.theme, v.all[row]
	switch col {
	case 0:
		return state(d, t)
	case 1:
		return widget.Cell{Text: sanitize.Line(d.Happening.Event())}
	case 2:
		return widget.Cell{Text: sanitize.Line(v.called(d))}
	case 3:
		return widget.Cell{Text: fmt.Sprint(d.Attempts), Style: t.Dim}
	case 4:
		return widget.Cell{Text: widget.Ago(d.Happening.At, v.now), Style: t.Dim}
	}
	return widget.Cell{Text: sanitize.Line(d.Answer), Style: t.Dim}
}

func (v *View) recipientCell(r recipient, col int) widget.Cell {
	t := v.theme
	yes := func(b bool) widget.Cell {
		if b {
			return widget.Cell{Text: "yes"}
		}
		return widget.Cell{Text: "no", Style: t.Warn}
	}
	switch col {
	case 0:
		return widget.Cell{Text: sanitize.Line(r.name)}
	case 1:
		return widget.Cell{Text: string(r.kind), Style: t.Dim}
	case 2:
		return yes(r.active)
	case 3:
		if r.kind == store.ToCommand {
			return widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
		}
		return yes(r.isSigned)
	case 4:
		return widget.Cell{Text: sanitize.Line(strings.Join(r.events, ", "))}
	}
	return widget.Cell{Text: sanitize.Line(r.tells), Style: t.Dim}
}

// state is the state of a delivery as a glyph and a word.
func state(d store.Delivery, t *themes.Theme) widget.Cell {
	g := t.Glyphs
	signs := map[store.DeliveryState]struct {
		glyph string
		style themes.Style
	}{
		store.Pending: {g.Scheduled, t.Dim}, store.Sending: {g.Running, t.Info}, store.Delivered: {g.Finished, t.Good},
		store.Undelivered: {g.Failed, t.Bad}, store.Interrupted: {g.Stalled, t.Warn},
	}
	sign, known := signs[d.State]
	if !known {
		sign.glyph = "?"
	}
	return widget.Cell{Text: sign.glyph + " " + sanitize.Line(string(d.State)), Style: sign.style}
}

// details tell of the delivery under the cursor what its row has no room for, in at
// most so many lines.
func (v *View) details(width, most int) []string {
	t, d := v.theme, v.delivery()
	lines := []string{widget.Rule(width, t)}
	fact := func(key, text string) {
		l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1)
		lines = append(lines, l.Cell(key, 10, false, t.Dim).Add(sanitize.Line(text), themes.Style{}).String())
	}
	told := widget.Stamp(d.Happening.At)
	if d.State == store.Pending && d.Next.Set() {
		told += ", is sent at " + widget.Stamp(d.Next)
	} else if d.Changed.Set() {
		told += ", " + string(d.State) + " " + widget.Stamp(d.Changed)
	}
	fact("happened", told)
	id := d.ID
	switch {
	case d.ReplayOf != "":
		id += ", again after " + d.ReplayOf
	case d.Line == 0:
		id += ", a test"
	default:
		id += fmt.Sprintf(", line %d of the ledger", d.Line)
	}
	fact("delivery", id)
	long := func(key, text string, most int) {
		for _, part := range widget.Wrap(sanitize.Line(text), max(width-11, 1)) {
			if most--; most >= 0 {
				fact(key, part)
			}
			key = ""
		}
	}
	long("answer", d.Answer, max(most-5, 1)) // of which the body gets two at least
	long("body", body(d.Happening), most-len(lines))
	return lines[:min(len(lines), most)]
}

// body is what is sent, or why it cannot be.
func body(h store.Happening) string {
	text, err := webhooks.Envelope{Entity: h.Entity, Action: h.Action, At: h.At.Time(), Data: h.Data}.Body()
	if err != nil {
		return err.Error()
	}
	return string(text)
}
