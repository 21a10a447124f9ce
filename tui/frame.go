package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// The header and the footer take a line each; the places line is left out on
// terminals that are too low for it.
const lowTerminal = 10

func (a *App) chrome() (above, below int) {
	if a.height < lowTerminal {
		return 1, 1
	}
	return 2, 1
}

func (a *App) room() (width, height int) {
	above, below := a.chrome()
	return a.width, max(a.height-above-below, 1)
}

// boxRoom is what a dialog has within its frame: one that is small takes no more
// than it needs.
func (a *App) boxRoom(d view.View) (width, height int) {
	w, h := a.room()
	air := 4
	if h < 16 {
		air = 2
	}
	width, height = max(min(w-4, 96), 1), max(min(h-air, 30), 3)
	if small, ok := d.(view.Small); ok {
		height = min(height, max(small.Wants(width), 1))
	}
	return width, height
}

// origin is where the front view's cell 0,0 is on the screen.
func (a *App) origin() (x, y int) {
	above, _ := a.chrome()
	if len(a.dialogs) == 0 {
		return 0, above
	}
	w, h := a.boxRoom(a.front())
	bx, by := a.boxAt(w+4, h+2)
	return bx + 2, by + 1
}

func (a *App) boxAt(w, h int) (x, y int) {
	return max((a.width-w)/2, 0), max((a.height-h)/3, 0)
}

// View implements tea.Model.
func (a *App) View() tea.View {
	frame := a.Frame()
	a.paint.Place(frame)
	v := tea.NewView(frame)
	v.AltScreen = true
	if !a.opts.Own.NoMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	paper := a.paper()
	v.BackgroundColor, v.ForegroundColor = paper.back, paper.fore
	v.WindowTitle = "benchside " + sanitize.Line(a.opts.Name)
	return v
}

// Frame draws the whole screen: height lines of width cells.
func (a *App) Frame() string {
	if a.width <= 0 || a.height <= 0 {
		return ""
	}
	w, h := a.room()
	lines := []string{a.header()}
	if above, _ := a.chrome(); above > 1 {
		lines = append(lines, a.places())
	}
	lines = append(lines, strings.Split(a.trail[a.at].Draw(w, h), "\n")...)
	lines = append(lines, a.footer())
	if said := a.saidLines(); len(said) > 1 { // it takes the lowest lines of the view, until the next key
		lines = a.paint.Cover(lines)
		n := min(len(said), len(lines)-1)
		copy(lines[len(lines)-n:], said[:n])
	}
	if len(a.dialogs) > 0 {
		lines = a.paint.Cover(lines)
	}
	for _, d := range a.dialogs {
		bw, bh := a.boxRoom(d)
		box := widget.Box(d.Title(), strings.Split(d.Draw(bw, bh), "\n"), bw+4, a.theme)
		x, y := a.boxAt(bw+4, bh+2)
		widget.Over(lines, box, x, y, a.width, a.theme.Glyphs)
	}
	if len(lines) > a.height {
		lines = lines[:a.height]
	}
	return strings.Join(lines, "\n")
}

func (a *App) header() string {
	t := a.theme
	state, style := a.liveText()
	right := state
	if a.opts.State != "" && a.width >= 60 {
		right += "   " + a.opts.State
	}
	room := a.width - widget.Width(right) - 2
	left := widget.NewLine(max(room, 0), themes.Style{}, t.Glyphs)
	if a.width >= 60 {
		left.Add(" benchside  ", t.Accent)
	} else {
		left.Pad(1)
	}
	left.Add(a.opts.Name, t.Strong)
	for _, crumb := range a.crumbs(left.Left()) {
		left.Add(t.Glyphs.Sep, t.Dim).Add(crumb, themes.Style{})
	}
	rest := widget.NewLine(a.width-max(room, 0), themes.Style{}, t.Glyphs)
	return left.String() + rest.Right(right, style, 1).String()
}

// crumbs are the titles on the way to the front view. Where they do not fit,
// those farthest back are left out.
func (a *App) crumbs(room int) []string {
	g := a.theme.Glyphs
	var out []string
	used := 0
	for i := a.at; i >= min(1, a.at); i-- {
		title := a.trail[i].Title()
		need := widget.Width(g.Sep) + widget.Width(title)
		spare := 0
		if i > 1 {
			spare = widget.Width(g.Sep) + widget.Width(g.More)
		}
		if len(out) > 0 && used+need+spare > room {
			return slices.Insert(out, 0, g.More)
		}
		out, used = slices.Insert(out, 0, title), used+need
	}
	return out
}

// liveText says whether the screen follows the store, and how old the newest
// change is. It changes at a few moments after a change and then keeps still.
func (a *App) liveText() (string, themes.Style) {
	t := a.theme
	switch {
	case a.live.lost != nil:
		return t.Glyphs.Lost + " " + brief(a.live.lost), t.Bad
	case !a.live.on:
		return "", t.Dim
	case a.live.paused:
		return t.Glyphs.Paused + " paused, " + a.live.arrived(), t.Warn
	}
	word := "live"
	if a.live.mode == store.Polling {
		word = "polling"
	}
	text := t.Glyphs.Live + " " + word
	if a.live.newest > 0 {
		text += " " + age(a.live.shown)
	}
	return text, t.Good
}

func age(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	switch {
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d h", d/time.Hour)
}

// brief cuts an error to its kind, for the header; the view shows it whole.
func brief(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return text
}

// placesGap is the room between two places.
const placesGap = 2

// places names the top-level places; those to come are not shown.
func (a *App) places() string {
	t := a.theme
	l := widget.NewLine(a.width, themes.Style{}, t.Glyphs)
	l.Pad(1)
	for i, name := range a.placeNames() {
		style := t.Dim
		if placesOf[i].is(a.trail[a.at].View) {
			style = t.Accent
		}
		l.Add(name, style).Pad(placesGap)
	}
	return l.String()
}

// placeNames are the places as they are shown, each behind its key: where they have no
// room, the keys alone of those where the user is not.
func (a *App) placeNames() []string {
	keys := a.placeKeys()
	names, need := make([]string, len(placesOf)), 1-placesGap
	for i, p := range placesOf {
		names[i] = strings.TrimPrefix(keys[i]+" "+p.name, " ")
		need += widget.Width(names[i]) + placesGap
	}
	for i, p := range placesOf {
		if need > a.width && !p.is(a.trail[a.at].View) && keys[i] != "" {
			names[i] = keys[i]
		}
	}
	return names
}

// placeKeys spell the keys of the places, "" for one that the user took away.
func (a *App) placeKeys() []string {
	usual, now := a.ownKeys(), a.keys()
	keys := make([]string, len(placesOf))
	for i, p := range placesOf {
		at := slices.IndexFunc(usual, func(k view.Key) bool { return slices.Contains(k.Press, p.press) })
		if at >= 0 && len(now[at].Press) > 0 {
			keys[i] = widget.Spell(now[at].Press[0])
		}
	}
	return keys
}

// saidLines are what was said last, in as many lines as it takes.
func (a *App) saidLines() (lines []string) {
	if a.said.Text == "" {
		return nil
	}
	t := a.theme
	style := t.Info
	if a.said.Bad {
		style = t.Bad
	}
	for _, part := range widget.Wrap(a.said.Text, max(a.width-2, 1)) {
		lines = append(lines, widget.NewLine(a.width, themes.Style{}, t.Glyphs).Pad(1).Add(part, style).String())
	}
	return lines
}

// footer shows at most eight keys of what has the focus, and the status. The
// last key is the help, which has its place on the narrowest screen.
func (a *App) footer() string {
	const most = 8
	t := a.theme
	l := widget.NewLine(a.width, themes.Style{}, t.Glyphs)
	if said := a.saidLines(); len(said) > 0 {
		return said[0]
	}
	status := a.status()
	free := a.width
	if status != "" {
		free -= widget.Width(status) + 2
	}
	keys := a.footKeys()
	for i, k := range keys {
		last := i == len(keys)-1
		need := footWidth(k)
		if !last {
			need += footWidth(keys[len(keys)-1])
		}
		if !last && i >= most-1 || need > free {
			continue
		}
		free -= footWidth(k)
		l.Pad(1).Add(widget.Spell(k.Press[0]), t.Accent).Add(" "+k.Foots(), t.Dim).Pad(1)
	}
	l.Right(status, t.Dim, 1)
	return l.String()
}

func footWidth(k view.Key) int {
	return widget.Width(widget.Spell(k.Press[0])) + widget.Width(k.Foots()) + 3
}

// status is what the front view and the feed say, in the room that the keys
// leave. Its parts stand apart by three blanks; the last is the last to go.
func (a *App) status() string {
	status := a.front().Status()
	if a.live.said != "" && len(a.dialogs) == 0 {
		status = strings.TrimPrefix(status+"   "+a.live.said, "   ")
	}
	room := max(a.width-64, a.width*2/5)
	for widget.Width(status) > room {
		_, rest, more := strings.Cut(status, "   ")
		if !more {
			break
		}
		status = rest
	}
	return widget.Cut(status, room, a.theme.Glyphs.More)
}

// footKeys are the keys that are worth a place in the footer now. While text is
// typed, those that are letters are part of it.
func (a *App) footKeys() []view.Key {
	var keys []view.Key
	front := a.front()
	for _, k := range append(a.may(front), a.keys()...) {
		if !k.Foot || len(k.Press) == 0 || k.Why() != "" || len(a.dialogs) > 0 && k.Group == everywhere {
			continue
		}
		if k.Group == everywhere && front.Typing() {
			k.Press = slices.DeleteFunc(slices.Clone(k.Press), func(press string) bool { return len(press) == 1 })
		}
		if len(k.Press) > 0 {
			keys = append(keys, k)
		}
	}
	return keys
}
