package widget

import (
	"strings"

	"benchside/sanitize"
	"benchside/themes"
)

// Whole returns a rule and all of a text below it, made safe and wrapped, for what is
// cut where it stands; of one that takes more than so many lines the first ones.
func Whole(text string, width, most int, t *themes.Theme) []string {
	const widest = 8 // bytes of a cell that are worth a look; a text may have megabytes
	if bound := max(width, 1) * max(most, 1) * widest; len(text) > bound {
		text = strings.ToValidUTF8(text[:bound], "")
	}
	lines := []string{Rule(width, t)}
	for _, part := range Wrap(sanitize.Line(text), max(width-2, 1)) {
		if len(lines) >= most {
			last := NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(t.Glyphs.More+" and more; copy it to have all", t.Dim)
			return append(lines[:max(most-1, 0)], last.String())
		}
		lines = append(lines, NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(part, themes.Style{}).String())
	}
	return lines
}
