package charts

import (
	"cmp"
	"fmt"
	"math"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/curves"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "charts"
	if v.pattern.typing {
		return v.patternKeys()
	}
	then := func(do func()) func() tea.Cmd {
		return func() tea.Cmd { do(); v.arrange(); return v.loadShown() }
	}
	toggle := func(b *bool) func() tea.Cmd { return then(func() { *b = !*b }) }
	some := func() string {
		if len(v.keys) == 0 {
			return "there is no metric"
		}
		return ""
	}
	keys := []view.Key{
		{Press: []string{"enter", "z"}, Name: "zoom", Does: "one chart or all of them", Short: "zoom", Group: group, Foot: true, Off: some, Run: toggle(&v.look.zoomed)},
		{Press: []string{"x"}, Name: "x-axis", Does: "x: step, time since the start, time of day", Short: "x axis", Group: group, Foot: true, Run: then(func() {
			if v.look.over == "" {
				v.look.across = (v.look.across + 1) % curves.Across(len(acrossNames))
			}
			v.look.over, v.look.window.X, v.look.cross = "", plots.Range{}, nil
		})},
		{Press: []string{"M"}, Name: "x-metric", Does: "x: the metric in focus", Group: group, Off: some, Run: then(func() {
			v.look.over, v.look.window.X, v.look.cross = v.keys[v.grid.Focus], plots.Range{}, nil
		})},
		{Press: []string{"D"}, Name: "direction", Does: "higher is better, lower is better, or not said", Group: group, Off: some, Run: v.turnDirection},
		{Press: []string{"Y"}, Name: "pin-y", Does: "keep y of the chart in focus as it is, or let it fit", Group: group, Off: some, Run: then(v.pin)},
		{Press: []string{"L"}, Name: "log-y", Does: "y: linear, logarithmic, or logarithmic on both sides of 0", Short: "log y", Group: group, Foot: true, Run: then(v.turnLog)},
		{Press: []string{"X"}, Name: "log-x", Does: "logarithmic x", Group: group, Run: toggle(&v.look.window.LogX)},
		{Press: []string{"]"}, Name: "smoother", Does: "smooth more", Short: "smooth", Group: group, Foot: true, Run: then(func() { v.look.smooth = min(v.look.smooth+1, len(weights)-1) })},
		{Press: []string{"["}, Name: "rougher", Does: "smooth less", Group: group, Run: then(func() { v.look.smooth = max(v.look.smooth-1, 0) })},
		{Press: []string{"o"}, Name: "outliers", Does: "ignore outliers in y", Group: group, Run: toggle(&v.look.window.NoOutliers)},
		{Press: []string{"T"}, Name: "timed", Does: "smooth by distance in x, or by number of points", Group: group, Run: toggle(&v.look.timed)},
		{Press: []string{"m"}, Name: "mean", Does: "the runs, their mean ± sd, or their mean between least and greatest", Short: "mean", Group: group, Foot: true, Off: v.alone, Run: then(func() { v.look.band = (v.look.band + 1) % bands })},
		{Press: []string{"g"}, Name: "grouping", Does: "means of all, of replicates (params but seeds alike), or of children of a parent", Group: group, Off: v.alone, Run: then(v.turnGrouping)},
		{Press: []string{"S"}, Name: "sections", Does: "headings of sections, or charts without gaps", Group: group, Off: some, Run: then(func() {
			if v.look.sections = named; v.grid.Headed() {
				v.look.sections = hidden
			}
		})},
	}
	keys = append(keys, v.placeKeys(then, some)...)
	if v.pattern.field.Text() != "" {
		keys = append(keys, view.Key{Press: []string{"esc"}, Name: "all-metrics", Does: "show all metrics again", Group: group, Run: then(func() { v.pattern.field.Set(""); v.narrow() })})
	}
	return append(keys, v.moves(then)...)
}

// placeKeys are those for what is seen of the charts, and where else it leads.
func (v *View) placeKeys(then func(func()) func() tea.Cmd, some func() string) []view.Key {
	const group = "charts"
	wide := func() string { return cmp.Or(some(), v.narrowX()) }
	return []view.Key{
		{Press: []string{"/"}, Name: "metrics", Does: "choose metrics by a pattern", Short: "metrics", Group: group, Foot: true, Run: then(func() { v.pattern.typing = true })},
		{Press: []string{">", "."}, Name: "cross-right", Does: "crosshair right", Short: "crosshair", Group: group, Foot: true, Off: wide, Run: then(func() { v.move(1) })},
		{Press: []string{"<", ","}, Name: "cross-left", Does: "crosshair left", Group: group, Off: wide, Run: then(func() { v.move(-1) })},
		{Press: []string{"+", "="}, Name: "zoom-in", Does: "zoom into x", Group: group, Off: wide, Run: then(func() { v.zoom(false) })},
		{Press: []string{"-"}, Name: "zoom-out", Does: "zoom out of x", Group: group, Off: wide, Run: then(func() { v.zoom(true) })},
		{Press: []string{"shift+right", ")"}, Name: "pan-right", Does: "pan right", Group: group, Off: wide, Run: then(func() { v.pan(1) })},
		{Press: []string{"shift+left", "("}, Name: "pan-left", Does: "pan left", Group: group, Off: wide, Run: then(func() { v.pan(-1) })},
		{Press: []string{"4"}, Name: "artifacts", Does: "artifacts of these runs, side by side if there are several", Group: group, Run: func() tea.Cmd { return view.Artifacts(v.ask.Runs, v.ask.Title) }},
		{Press: []string{"2"}, Name: "compare", Does: "compare these runs", Group: group, Off: v.alone, Run: func() tea.Cmd {
			return view.Send(view.ShowComparison{Runs: v.ask.Runs, Title: v.ask.Title, Carry: v.ask.Carry})
		}},
		view.KeepKey(group, func() []string { return v.ask.Runs }),
		{Press: []string{"0"}, Name: "reset", Does: "show all of x, without the crosshair", Group: group, Run: then(func() {
			v.look.window.X, v.look.cross = plots.Range{}, nil
		})},
	}
}

func (v *View) moves(then func(func()) func() tea.Cmd) []view.Key {
	const group = "move"
	by := func(n int) func() tea.Cmd { return then(func() { v.grid.Focus += n }) }
	rows := func(n int) func() tea.Cmd { return then(func() { v.grid.Aside(n) }) }
	page := max(v.look.h/leastHeight, 1)
	return []view.Key{
		{Press: []string{"l", "right", "n"}, Does: "next chart", Group: group, Run: by(1)},
		{Press: []string{"h", "left", "N"}, Does: "previous chart", Group: group, Run: by(-1)},
		{Press: []string{"j", "down"}, Does: "chart below", Group: group, Run: rows(1)},
		{Press: []string{"k", "up"}, Does: "chart above", Group: group, Run: rows(-1)},
		{Press: []string{"pgdown", "ctrl+d"}, Does: "page down", Group: group, Run: rows(page)},
		{Press: []string{"pgup", "ctrl+u"}, Does: "page up", Group: group, Run: rows(-page)},
		{Press: []string{"home"}, Does: "first chart", Group: group, Run: then(func() { v.grid.Focus = 0 })},
		{Press: []string{"G", "end"}, Does: "last chart", Group: group, Run: then(func() { v.grid.Focus = len(v.keys) })},
	}
}

func (v *View) patternKeys() []view.Key {
	const group = "metrics"
	end := func(keep bool) func() tea.Cmd {
		return func() tea.Cmd {
			v.pattern.typing = false
			if !keep {
				v.pattern.field.Set("")
				v.narrow()
			}
			return v.loadShown()
		}
	}
	return []view.Key{
		{Press: []string{"enter"}, Does: "keep", Group: group, Foot: true, Run: end(true)},
		{Press: []string{"esc"}, Does: "clear", Group: group, Foot: true, Run: end(false)},
	}
}

func (v *View) alone() string {
	if len(v.runs) < 2 {
		return "there is one run"
	}
	return ""
}

// turnLog goes to the next scale of y.
func (v *View) turnLog() {
	w := &v.look.window
	w.LogY, w.SymY = !w.LogY && !w.SymY, w.LogY
}

// turnDirection says what is better of the metric in focus, and keeps it.
func (v *View) turnDirection() tea.Cmd {
	key := v.keys[v.grid.Focus]
	d := (v.better[key] + 1) % (compare.Lower + 1)
	v.better[key] = d
	keep := v.keep
	return func() tea.Msg {
		said := view.Say{Text: key + ": " + map[compare.Direction]string{compare.Unknown: "not said what is better", compare.Higher: "higher is better", compare.Lower: "lower is better"}[d]}
		if keep != nil {
			if err := keep.Keep(key, d); err != nil {
				said = view.Say{Text: "the direction holds for this session only: " + err.Error(), Bad: true}
			}
		}
		return said
	}
}

// pin keeps y of the chart in focus as it is now, or lets it fit again.
func (v *View) pin() {
	key := v.keys[v.grid.Focus]
	if _, pinned := v.look.pinned[key]; pinned {
		delete(v.look.pinned, key)
		return
	}
	_, _, ys := v.line(key).Scales(v.frame(key, leastWidth, leastHeight, cell.Braille))
	v.look.pinned[key] = ys.Range
}

// extent is the part of x that is shown, that of the points of the chart that
// has the focus unless it was chosen.
func (v *View) extent() (plots.Range, bool) {
	if v.look.window.X.Set() {
		return v.look.window.X, true
	}
	if len(v.keys) == 0 {
		return plots.Range{}, false
	}
	var r plots.Range
	some := false
	for _, s := range v.shelf.Draw(v.keys[v.grid.Focus], v.look.across, v.look.over, curves.Smoothing{}).Series {
		if n := len(s.X); n > 0 {
			if !some {
				r = plots.Range{From: s.X[0], To: s.X[n-1]}
			}
			r.From, r.To, some = min(r.From, s.X[0]), max(r.To, s.X[n-1]), true
		}
	}
	return r, some && r.From < r.To
}

// narrowX says why nothing can be moved along x, "" if it can.
func (v *View) narrowX() string {
	if v.look.window.X.Set() || v.look.over != "" || len(v.keys) == 0 {
		return ""
	}
	key := v.keys[v.grid.Focus]
	first, n := math.NaN(), 0
	for _, s := range v.shelf.Draw(key, v.look.across, "", curves.Smoothing{}).Series {
		for _, x := range []int{0, len(s.X) - 1} {
			if x < 0 {
				continue
			}
			if n++; n == 1 {
				first = s.X[0]
			}
			if s.X[x] != first {
				return ""
			}
		}
	}
	switch {
	case n == 0:
		return "no point of " + sanitize.Line(key) + " is there yet"
	case v.look.across == curves.Steps:
		return fmt.Sprintf("all points of %s are at step %.15g", sanitize.Line(key), first)
	}
	return "all points of " + sanitize.Line(key) + " are at one time"
}

// move takes the crosshair, which all charts share, a fiftieth of the window
// aside.
func (v *View) move(by float64) {
	r, ok := v.extent()
	if !ok {
		return
	}
	at := r.From/2 + r.To/2
	if v.look.cross != nil {
		at = *v.look.cross + by*(r.To-r.From)/50
	}
	v.cross(min(max(at, r.From), r.To), r)
}

// cross puts the crosshair at a place of the window, on a whole step where many
// are in view.
func (v *View) cross(at float64, r plots.Range) {
	if v.look.across == curves.Steps && v.look.over == "" && r.To-r.From >= 20 {
		at = math.Round(at)
	}
	v.look.cross = &at
}

// zoom halves or doubles the window around the crosshair, else around its
// middle.
func (v *View) zoom(out bool) { v.zoomAt(out, v.look.cross) }

// zoomAt keeps a place where it is; nil is the middle. Where x is logarithmic, so
// is the zoom.
func (v *View) zoomAt(out bool, at *float64) {
	r, ok := v.extent()
	if !ok {
		return
	}
	s := v.scale(r)
	middle, factor := 0.5, 0.5
	if at != nil {
		middle = s.At(*at)
	}
	if out {
		factor = 2
	}
	z := plots.Range{From: s.Value(middle - middle*factor), To: s.Value(middle + (1-middle)*factor)}
	if z.To-z.From > 1e-9*max(1e-9, math.Abs(z.From), math.Abs(z.To)) && z.To-z.From < math.MaxFloat64 {
		v.look.window.X = z
	}
}

// scale takes the window to 0 to 1.
func (v *View) scale(r plots.Range) plots.Scale {
	return plots.Scale{Range: r, A: 0, B: 1, Log: v.look.window.LogX && r.From > 0}
}

func (v *View) pan(by float64) {
	if r, ok := v.extent(); ok {
		s := v.scale(r)
		v.look.window.X = plots.Range{From: s.Value(by / 4), To: s.Value(1 + by/4)}
	}
}
