package comparison

import "slices"

// Kept reports whether the next frame takes the chart as it is kept, and whether that
// is what would be drawn.
func (v *View) Kept() (kept, right bool) {
	r := v.metric()
	if r == nil || v.look.panel != showCurves || v.panelHeight() == 0 {
		return false, true
	}
	of := v.drawnFrom(r, v.look.width, v.panelHeight()-1)
	held := v.below.picture
	return held.of == of, held.of != of || slices.Equal(held.lines, v.chart(r, of))
}
