package picturepane

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/pictures"
	"benchside/tui/view"
)

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "picture"
	then := func(do func()) func() tea.Cmd { return func() tea.Cmd { do(); return v.draw() } }
	keys := []view.Key{
		{Press: []string{"+", "="}, Name: "zoom-in", Does: "zoom in", Short: "zoom", Group: group, Foot: true, Off: v.none, Run: then(func() { v.zoom(2) })},
		{Press: []string{"-"}, Name: "zoom-out", Does: "zoom out", Group: group, Off: v.none, Run: then(func() { v.zoom(0.5) })},
		{Press: []string{"z"}, Name: "fit", Does: "all of it, or a pixel for a pixel", Short: "fit", Group: group, Foot: true, Off: v.none, Run: then(v.fit)},
		{Press: []string{"i"}, Name: "invert", Does: "turn light into dark", Short: "invert", Group: group, Foot: true, Off: v.none, Run: then(func() { v.look.invert = !v.look.invert })},
		{Press: []string{"B"}, Name: "blocks", Does: "pixels or blocks", Short: "blocks", Group: group, Foot: v.pixelled(), Off: v.noPixels, Run: then(v.turnBlocks)},
	}
	for _, p := range []struct {
		press  []string
		does   string
		dx, dy int
	}{
		{[]string{"l", "shift+right"}, "to the right", 1, 0},
		{[]string{"h", "shift+left"}, "to the left", -1, 0},
		{[]string{"j", "shift+down"}, "down", 0, 1},
		{[]string{"k", "shift+up"}, "up", 0, -1},
	} {
		keys = append(keys, view.Key{Press: p.press, Does: "look further " + p.does, Group: group, Off: v.whole, Run: then(func() { v.pan(p.dx, p.dy) })})
	}
	for n := 1; n <= 9; n++ {
		keys = append(keys, view.Key{Press: []string{fmt.Sprint(n)}, Does: fmt.Sprintf("look at part %d of 9", n), Group: group, Off: v.none, Run: then(func() { v.look.port = v.look.port.Jump(n) })})
	}
	if v.of[1] != nil {
		keys = append(keys,
			view.Key{Press: []string{"x"}, Name: "flip", Does: "flip between the two runs", Short: "A/B", Group: group, Foot: true, Off: v.none, Run: then(func() {
				if v.look.side++; v.look.side > second {
					v.look.side = first
				}
			})},
			view.Key{Press: []string{"X"}, Name: "blend", Does: "blend the two runs", Short: "blend", Group: group, Foot: true, Off: v.none, Run: then(func() {
				if v.look.side == blend {
					v.look.side = first
				} else {
					v.look.side = blend
				}
			})})
	}
	if len(v.series.Paths) > 1 {
		keys = append(keys,
			view.Key{Press: []string{"]"}, Name: "next-step", Does: "next step", Short: "step", Group: group, Foot: true, Run: func() tea.Cmd { return v.step(1) }},
			view.Key{Press: []string{"["}, Name: "previous-step", Does: "step before", Group: group, Run: func() tea.Cmd { return v.step(-1) }})
	}
	return keys
}

func (v *View) none() string {
	if !v.known {
		return "there is no picture yet"
	}
	return ""
}

func (v *View) whole() string {
	if v.look.port.Zoom <= 1 {
		return "all of it is in view; zoom in first (+)"
	}
	return v.none()
}

func (v *View) noPixels() string {
	if !v.pixelled() {
		if why := v.paint.Choice().Why; why != "" {
			return why
		}
		return "the terminal shows no pixels"
	}
	return v.none()
}

func (v *View) zoom(by float64) {
	z := max(v.look.port.Zoom, 1) * by
	if z <= 1 {
		v.look.port = pictures.Port{}
		return
	}
	const most = 64
	v.look.port.Zoom = min(z, most)
}

// fit shows all, or, if that is shown, a pixel of the picture for one of the
// screen.
func (v *View) fit() {
	if v.look.port.Zoom > 1 {
		v.look.port = pictures.Port{}
		return
	}
	cols, rows := v.room()
	size := v.decoded[v.look.side].Image.Bounds().Size()
	if z := pictures.Actual(size, v.paint.Easel().Box(cols, rows)); z > 1 {
		v.look.port.Zoom = z
	}
}

func (v *View) pan(dx, dy int) {
	cols, rows := v.room()
	img := v.decoded[v.look.side].Image
	if img == nil {
		return
	}
	v.look.port = v.look.port.Pan(img.Bounds().Size(), v.paint.Easel().Box(cols, rows), dx, dy)
}

func (v *View) turnBlocks() {
	switch {
	case v.heavy > 0:
		v.look.how = asPixels
	case v.look.how == asBlocks:
		v.look.how = asPixels
	default:
		v.look.how = asBlocks
	}
}

func (v *View) step(n int) tea.Cmd {
	at := min(max(v.series.At+n, 0), len(v.series.Paths)-1)
	if at == v.series.At {
		return nil
	}
	return view.Send(view.ShowFile{Path: v.series.Paths[at]})
}
