package runtable

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/pace"
	"benchside/store"
	"benchside/tui/view"
	"benchside/tui/widget"
	"benchside/views"
)

// Live says when a run that goes on has stalled, and where it is said how many steps it
// will do. The zero value is the usual.
type Live struct {
	Times  float64  // a run is stalled after so many of its own intervals; 0 means 10
	Totals []string // params and tags that hold the number of steps; nil for the usual ones
}

// The columns of runs that go on.
var (
	speedField = store.Field{Key: "speed"}
	etaField   = store.Field{Key: "eta"}
)

// mostBeats bounds the runs whose rhythm is read at once.
const mostBeats = 300

// loadBeats reads the rhythms of the runs in the window that go on.
func (v *View) loadBeats() tea.Cmd { return v.readBeats(append(v.window(), v.liveBelow()...)) }

// loadAllBeats reads those of the newest runs of the table that go on.
func (v *View) loadAllBeats() tea.Cmd { return v.readBeats(v.allIDs()) }

func (v *View) readBeats(ids []string) tea.Cmd {
	var live []string
	for _, id := range ids {
		at, ok := v.runs.Find(id)
		if ok && v.runs.Head(at).Status == store.Running && v.set.beats[id] == nil && len(live) < mostBeats {
			live = append(live, id)
		}
	}
	if len(live) == 0 || v.loads.beats.Busy() {
		return nil
	}
	r, totals := v.reader, v.set.means.Live.Totals
	if totals == nil {
		totals = pace.Totals()
	}
	return view.Load(&v.loads.beats, func(ctx context.Context) (map[string]*pace.Run, error) {
		runs, err := r.RunsOf(ctx, live)
		if err != nil {
			return nil, err
		}
		out := map[string]*pace.Run{}
		for _, id := range live {
			out[id] = &pace.Run{} // also of one that is gone by now
		}
		for i := range runs {
			if out[runs[i].ID], err = pace.Read(ctx, r, &runs[i], totals); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

func (v *View) takeBeats(beats map[string]*pace.Run) tea.Cmd {
	const most = 5000
	if len(v.set.beats) > most {
		clear(v.set.beats)
	}
	for id, b := range beats {
		if old := v.set.beats[id]; old != nil && old.From == byUser {
			b.Total, b.From = old.Total, old.From
		}
		v.set.beats[id] = b
	}
	if v.set.faulty {
		v.show(v.spot())
	}
	v.recount()
	v.fit()
	return v.loadBeats() // of those that came into the window meanwhile
}

// heard takes a point that a run logged.
func (v *View) heard(e *store.Event) {
	switch b := v.set.beats[e.Head.ID]; {
	case b == nil:
	case b.Key == e.Key:
		b.Add(e.Point)
	case b.Key == "" && b.From != byUser:
		delete(v.set.beats, e.Head.ID) // it is read again, with its total
	}
}

// stalled returns how long a run that goes on has logged nothing, if that is too long.
func (v *View) stalled(h *store.Head) (time.Duration, bool) {
	b := v.set.beats[h.ID]
	if h.Status != store.Running || b == nil {
		return 0, false
	}
	return b.Stalled(v.now, cmp.Or(v.set.means.Live.Times, pace.Times))
}

func (v *View) isStalled(h *store.Head) bool {
	_, is := v.stalled(h)
	return is
}

// isFaulty reports whether a run failed or stalled.
func (v *View) isFaulty(id string) bool {
	at, ok := v.runs.Find(id)
	if !ok {
		return false
	}
	h := v.runs.Head(at)
	return h.Status == store.Failed || v.isStalled(h)
}

// eta returns how long a run will still take, as far as anybody knows.
func (v *View) eta(h *store.Head) (time.Duration, bool) {
	b := v.set.beats[h.ID]
	if h.Status != store.Running || b == nil || b.Total == 0 || v.isStalled(h) {
		return 0, false
	}
	return b.Left(b.Total, v.now)
}

// byUser is who says a total that was typed.
const byUser = "you"

// setTotal is the command that says how many steps the run under the cursor will do.
func (v *View) setTotal(words string) tea.Cmd {
	n, err := strconv.ParseFloat(strings.TrimSpace(words), 64)
	if err != nil || !(n > 0 && n < 1e18) {
		return view.Send(view.Say{Text: "total: wants a number of steps", Bad: true})
	}
	h := v.current()
	b := v.set.beats[h.ID]
	if b == nil {
		b = &pace.Run{}
		v.set.beats[h.ID] = b
	}
	b.Total, b.From = n, byUser
	v.fit()
	return nil
}

// liveText is what is known of a run that goes on, for the status line.
func (v *View) liveText(h *store.Head) string {
	b := v.set.beats[h.ID]
	if b == nil || h.Status != store.Running {
		return ""
	}
	last, ok := b.Last()
	if !ok {
		return "no point yet"
	}
	parts := []string{"step " + last.Step.String()}
	if b.Total > 0 {
		parts[0] += " of " + widget.Full(b.Total) + " by " + clean(b.From)
	}
	if speed, ok := b.Speed(); ok {
		parts = append(parts, widget.Number(speed, widget.Digits([]float64{speed}))+" steps/s")
	}
	if silent, is := v.stalled(h); is {
		every, _ := b.Every()
		parts = append(parts, fmt.Sprintf("no point for %s, usually each %s", took(silent), took(every)))
	} else if left, ok := v.eta(h); ok {
		parts = append(parts, "done in "+took(left))
	}
	return strings.Join(parts, ", ")
}

// took formats a time as the table does.
func took(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return widget.Lasted(store.At(0), store.At(d.Milliseconds()), 0)
}

// liveCell is the cell of a column of runs that go on.
func (v *View) liveCell(h *store.Head, f store.Field) widget.Cell {
	t := v.theme
	missing := widget.Cell{Text: t.Glyphs.Missing, Style: t.Dim}
	b := v.set.beats[h.ID]
	if b == nil || h.Status != store.Running {
		return missing
	}
	if f == etaField {
		if left, ok := v.eta(h); ok {
			return widget.Cell{Text: took(left)}
		}
		return missing
	}
	speed, ok := b.Speed()
	if !ok || v.isStalled(h) {
		return missing
	}
	return widget.Cell{Text: widget.Number(speed, widget.Digits([]float64{speed})) + "/s"}
}

// worked takes the answers of what the table as a workbench loads.
func (v *View) worked(msg tea.Msg) (cmd tea.Cmd, taken bool) {
	switch m := msg.(type) {
	case view.Loaded[labelled]:
		if m.Of(&v.loads.group) && !v.failed(m.Err) {
			return v.takeGroup(m.Value), true
		}
	case view.Loaded[sketched]:
		if m.Of(&v.loads.sketches) {
			return v.takeSketches(m), true
		}
	case view.Loaded[rolledUp]:
		if m.Of(&v.loads.rolls) {
			return v.takeRolls(m), true
		}
	case view.Loaded[alike]:
		if m.Of(&v.loads.terse) && !v.failed(m.Err) {
			return v.takeTerse(m.Value), true
		}
	case view.Loaded[map[string]*pace.Run]:
		if m.Of(&v.loads.beats) && !v.failed(m.Err) {
			return v.takeBeats(m.Value), true
		}
	case rollSoon:
		if m.v == v {
			return v.takeSoon(), true
		}
	default:
		return nil, false
	}
	return nil, true
}

func spell(f store.Field) string { return views.Spell(f) }
