package plots

import (
	"cmp"
	"hash/fnv"
	"slices"

	"benchside/plots/scene"
	"benchside/themes"
)

// slots is how many series are told apart by colour alone; beyond that dashes
// and letters go on.
const slots = 8

// The colours of series: cubes of xterm's palette chosen for their distance in
// OKLab under normal and colour-blind sight and for their contrast.
var (
	onDark  = [slots]uint8{75, 214, 114, 169, 159, 203, 227, 99}
	onLight = [slots]uint8{33, 137, 22, 90, 31, 124, 64, 57}
	dark16  = [slots]uint8{12, 3, 10, 13, 14, 9, 11, 5}
	light16 = [slots]uint8{4, 3, 2, 5, 6, 1, 8, 13}
	// Words beside a line need more contrast than the line: 4.5 on the cursor's row, too.
	wordOnDark  = [slots]uint8{75, 214, 114, 176, 159, 210, 227, 141}
	wordOnLight = [slots]uint8{26, 94, 22, 90, 24, 124, 58, 57}
	dashes      = [slots]uint8{0, 0x0f, 0x55, 0x3f, 0, 0x0f, 0x55, 0x3f}
)

// LookOf is what charts need of a theme.
func LookOf(t *themes.Theme) Look {
	l := Look{Dark: t.Dark, ASCII: t.Glyphs.ASCII, Axes: t.Axes}
	switch {
	case t.Colors >= 256:
		l.Depth = Ansi256
	case t.Colors >= 16:
		l.Depth = Ansi16
	}
	return l
}

// Series returns the ink of the series in a slot. Without colours, and beyond
// the slots, the dashes tell the lines apart.
func (l Look) Series(slot int) scene.Ink {
	at := ((slot % slots) + slots) % slots
	var ink scene.Ink
	switch {
	case l.Depth == Ansi16 && l.Dark:
		ink.Color = scene.Palette(dark16[at])
	case l.Depth == Ansi16:
		ink.Color = scene.Palette(light16[at])
	case l.Depth >= Ansi256 && l.Dark:
		ink.Color = scene.Palette(onDark[at])
	case l.Depth >= Ansi256:
		ink.Color = scene.Palette(onLight[at])
	}
	if l.Depth == NoColor {
		ink.Dash = dashes[at]
	} else if slot >= slots {
		ink.Dash = dashes[1+(slot/slots-1)%3]
	}
	return ink
}

// Word is the ink of words about the series in a slot. Where contrast is what counts,
// letters alone tell them apart.
func (l Look) Word(slot int) scene.Ink {
	ink := l.Series(slot)
	at := ((slot % slots) + slots) % slots
	switch {
	case l.Depth < Ansi256:
	case l.Axes != 0:
		ink.Color = l.Quiet().Color
	case l.Dark:
		ink.Color = scene.Palette(wordOnDark[at])
	default:
		ink.Color = scene.Palette(wordOnLight[at])
	}
	return ink
}

// Dash shows the dashes of a slot in two signs, which the font of files has, too.
func (l Look) Dash(slot int) string {
	signs := [...]string{"──", "─ ", "··", "─·"}
	if l.ASCII {
		signs = [...]string{"--", "- ", "..", "-."}
	}
	return signs[max(slices.Index(dashes[:], l.Series(slot).Dash), 0)]
}

// Mark is the marker of a slot: a shape, or its letters beyond the shapes.
func (l Look) Mark(slot int) string {
	if sign := markOf(slot); sign != "" {
		return sign
	}
	return scene.Shape(slot, l.ASCII)
}

// markOf are the letters that are the marker of a slot, "" for a shape.
func markOf(slot int) string {
	if slot < scene.Shapes {
		return ""
	}
	return Letter(slot)
}

// Dashed reports whether colours alone do not tell lines apart.
func (l Look) Dashed(slots ...int) bool {
	return len(slots) > 1 && slices.ContainsFunc(slots, func(s int) bool { return l.Series(s).Dash != 0 })
}

// Quiet is the ink of axes and secondary words.
func (l Look) Quiet() scene.Ink {
	switch {
	case l.Depth == NoColor:
		return scene.Ink{}
	case l.Depth == Ansi16:
		return scene.Ink{Color: scene.Palette(8)}
	case l.Axes != 0:
		return scene.Ink{Color: scene.Palette(l.Axes)}
	case l.Dark:
		return scene.Ink{Color: scene.Palette(247)}
	}
	return scene.Ink{Color: scene.Palette(241)}
}

// Letter is the sign of a series in a legend and beside its line: a to z, then
// aa and so on.
func Letter(slot int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	if slot < len(letters) {
		slot = max(slot, 0)
		return letters[slot : slot+1]
	}
	return Letter(slot/len(letters)-1) + Letter(slot%len(letters))
}

// Slots gives every id a slot that depends on the id: a run keeps its colour
// wherever it is drawn. Of several ids that want the same slot the first by the
// alphabet gets it, in whatever order they come.
func Slots(ids []string) []int { return SlotsAfter(nil, ids) }

// SlotsAfter is Slots for ids of which some have slots already, and keep them.
func SlotsAfter(held map[string]int, ids []string) []int {
	taken := map[int]bool{}
	out := make([]int, len(ids))
	room := slots
	for room < len(ids) {
		room += slots
	}
	places := make([]int, len(ids))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(ids[a], ids[b]) })
	for i, id := range ids {
		if at, ok := held[id]; ok && !taken[at] {
			taken[at], out[i] = true, at
			places = slices.DeleteFunc(places, func(p int) bool { return p == i })
			room = max(room, at+1)
		}
	}
	for _, i := range places {
		h := fnv.New32a()
		_, _ = h.Write([]byte(ids[i])) // never fails
		at := int(h.Sum32() % slots)
		for n := 0; taken[at]; n++ {
			at = (at + 1) % room
		}
		taken[at] = true
		out[i] = at
	}
	return out
}
