package charts

import (
	tea "charm.land/bubbletea/v2"

	"benchside/plots"
	"benchside/plots/cell"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// xOf is the x of a chart under a column of the screen, and how x is scaled there.
// It is false beside the data.
func (v *View) xOf(p widget.Tile, x int) (plots.Scale, float64, bool) {
	key := v.keys[p.Item]
	set, _ := cell.Named(v.theme.Glyphs.Dots)
	area, xs, _ := v.line(key).Scales(v.frame(key, max(p.W-1, 1), p.H, set))
	at := float64(x-p.X) + 0.5
	return xs, xs.Value(at), at >= area.X0 && at < area.X1
}

// click gives a chart the focus and puts the crosshair there; twice, it is shown
// alone, or all are again.
func (v *View) click(m view.Click) tea.Cmd {
	p, ok := v.at(m.X, m.Y)
	if !ok {
		return nil
	}
	v.grid.Focus = p.Item
	v.dragged = plots.Range{}
	if m.Double {
		v.look.zoomed = !v.look.zoomed
		v.look.cross = nil
	} else if _, x, on := v.xOf(p, m.X); on {
		r, _ := v.extent()
		v.cross(x, r)
	}
	v.arrange()
	return v.loadShown()
}

// wheel zooms around what is under the pointer.
func (v *View) wheel(m view.Wheel) {
	p, ok := v.at(m.X, m.Y)
	if !ok {
		return
	}
	if _, x, on := v.xOf(p, m.X); on {
		v.zoomAt(m.Rows > 0, &x)
	}
}

// drag pans, so that what was under the pointer stays under it.
func (v *View) drag(m view.Drag) {
	p, ok := v.at(m.FromX, m.FromY)
	if !ok {
		return
	}
	if !v.dragged.Set() {
		r, some := v.extent()
		if !some {
			return
		}
		v.dragged = r
	}
	v.look.window.X = v.dragged // what the places of both ends are measured in
	xs, from, on := v.xOf(p, m.FromX)
	if on {
		to := xs.Value(float64(m.X-p.X) + 0.5)
		s := plots.Scale{Range: v.dragged, A: 0, B: 1, Log: xs.Log}
		by := s.At(from) - s.At(to)
		v.look.window.X = plots.Range{From: s.Value(by), To: s.Value(1 + by)}
		v.look.cross = nil
	}
	if m.Done {
		v.dragged = plots.Range{}
	}
}
