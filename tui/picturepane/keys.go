package picturepane

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/pictures"
	"benchside/tui/view"
)

// parts are the nine parts of a picture, as they lie. Their keys are not the numbers
// alone, which are the program's places.
var parts = [9]string{"the top left", "the top", "the top right", "the left", "the middle", "the right", "the bottom left", "the bottom", "the bottom right"}

// Keys implements view.View.
func (v *View) Keys() []view.Key {
	const group = "picture"
	then := func(do func()) func() tea.Cmd { return func() tea.Cmd { do(); return v.draw() } }
	keys := []view.Key{
		{Press: []string{"]"}, Name: "next-step", Does: "next step of a series", Short: "step", Group: group, Foot: true, Off: v.single, Run: func() tea.Cmd { return v.step(1) }},
		{Press: []string{"["}, Name: "previous-step", Does: "step before", Group: group, Off: v.single, Run: func() tea.Cmd { return v.step(-1) }},
		{Press: []string{"+", "="}, Name: "zoom-in", Does: "zoom in", Short: "zoom", Group: group, Foot: true, Off: v.none, Run: func() tea.Cmd { return v.zoom(2) }},
		{Press: []string{"-"}, Name: "zoom-out", Does: "zoom out", Group: group, Off: v.whole, Run: func() tea.Cmd { return v.zoom(0.5) }},
		{Press: []string{"z"}, Name: "fit", Does: "a pixel for a pixel or larger, or all of it", Short: v.fits(), Group: group, Foot: true, Off: v.none, Run: then(v.fit)},
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
		keys = append(keys, view.Key{
			Press: p.press, Does: "look further " + p.does, Short: "move", Group: group, Foot: p.dx > 0 && v.zoomed(), Off: v.whole,
			Run: func() tea.Cmd { return v.pan(p.dx, p.dy, p.does) },
		})
	}
	keys = append(keys,
		view.Key{Press: []string{"x"}, Name: "flip-runs", Does: "flip between the two runs", Short: "A/B", Group: group, Foot: true, Off: v.oneRun, Run: then(func() {
			if v.look.side++; v.look.side > second {
				v.look.side = first
			}
		})},
		view.Key{Press: []string{"X"}, Name: "blend", Does: "blend the two runs", Short: "blend", Group: group, Foot: true, Off: v.oneRun, Run: then(func() {
			if v.look.side == blend {
				v.look.side = first
			} else {
				v.look.side = blend
			}
		})},
		view.Key{Press: []string{"i"}, Name: "invert", Does: "turn light into dark", Short: "invert", Group: group, Foot: true, Off: v.none, Run: then(func() { v.look.invert = !v.look.invert })},
		view.Key{Press: []string{"B"}, Name: "blocks", Does: "pixels or blocks", Short: "blocks", Group: group, Foot: v.pixelled(), Off: v.noPixels, Run: then(v.turnBlocks)})
	for i, part := range parts {
		keys = append(keys, view.Key{Press: []string{fmt.Sprintf("alt+%d", i+1)}, Does: "look at a ninth: " + part, Group: group, Off: v.none, Run: then(func() { v.look.port = v.look.port.Jump(i + 1) })})
	}
	return keys
}

func (v *View) none() string {
	if !v.known {
		return "there is no picture yet"
	}
	return ""
}

func (v *View) single() string {
	if len(v.series.Paths) < 2 {
		return "it is no step of a series"
	}
	return ""
}

func (v *View) oneRun() string {
	if v.of[second] == nil {
		return "it is a picture of one run"
	}
	return v.none()
}

func (v *View) zoomed() bool { return v.look.port.Zoom > 1 }

func (v *View) whole() string {
	if !v.zoomed() {
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

func (v *View) zoom(by float64) tea.Cmd {
	const most = 64
	z := max(v.look.port.Zoom, 1) * by
	switch {
	case z > most:
		return view.Send(view.Say{Text: fmt.Sprintf("%d × is the most", most)})
	case z <= 1:
		v.look.port = pictures.Port{}
	default:
		v.look.port.Zoom = z
	}
	return v.draw()
}

// fits is what fit would do next.
func (v *View) fits() string {
	switch {
	case v.zoomed():
		return "all of it"
	case v.actual() > 1:
		return "1:1"
	}
	return "larger"
}

// fit shows all, or, if that is shown, a pixel of the picture for one of the
// screen; twice as much of one that is smaller than the screen.
func (v *View) fit() {
	if v.zoomed() {
		v.look.port = pictures.Port{}
		return
	}
	const step = 2
	v.look.port.Zoom = step
	if z := v.actual(); z > 1 {
		v.look.port.Zoom = z
	}
}

// actual is the zoom at which a pixel is one of the screen.
func (v *View) actual() float64 {
	img := v.decoded[v.look.side].Image
	if img == nil {
		return 1
	}
	cols, rows := v.room()
	return pictures.Actual(img.Bounds().Size(), v.paint.Easel().Box(cols, rows))
}

func (v *View) pan(dx, dy int, to string) tea.Cmd {
	cols, rows := v.room()
	img := v.decoded[v.look.side].Image
	if img == nil {
		return nil
	}
	size, box := img.Bounds().Size(), v.paint.Easel().Box(cols, rows)
	before := v.look.port.See(size, box)
	v.look.port = v.look.port.Pan(size, box, dx, dy)
	if v.look.port.See(size, box) == before {
		return view.Send(view.Say{Text: "the picture ends here " + to})
	}
	return v.draw()
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
