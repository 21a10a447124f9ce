package plots_test

import (
	"testing"

	"benchside/plots"
	"benchside/themes"
)

// TestWordsAboutSeriesCanBeRead: WCAG asks 4.5 of text, 7 of its level AAA, and 3 of
// what is drawn.
func TestWordsAboutSeriesCanBeRead(t *testing.T) {
	for _, name := range themes.Names() {
		for _, dark := range []bool{true, false} {
			theme, _ := themes.Named(name, dark)
			if theme.Colors == 0 {
				continue
			}
			least, back := 4.5, 0xffffff
			if theme.Name == themes.ContrastName {
				least = 7
			}
			if theme.Dark {
				back = 0
			}
			cursor, _ := theme.Cursor.Background()
			look := plots.LookOf(&theme)
			for slot := range 8 {
				for where, behind := range map[string]int{"the background": back, "the cursor's row": cursor} {
					if c := themes.Contrast(colour(look.Word(slot).Color.Index()), behind); c < least {
						t.Errorf("%s, dark %v: a word of slot %d on %s has a contrast of %.2f, want %.1f", name, dark, slot, where, c, least)
					}
				}
				if c := themes.Contrast(colour(look.Series(slot).Color.Index()), back); c < 3 {
					t.Errorf("%s, dark %v: the line of slot %d has a contrast of %.2f, want 3", name, dark, slot, c)
				}
				if c := themes.Contrast(colour(look.Quiet().Color.Index()), back); c < least {
					t.Errorf("%s, dark %v: axes have a contrast of %.2f, want %.1f", name, dark, c, least)
				}
			}
		}
	}
}

// colour is one of the palette of 256 as 0xrrggbb.
func colour(n uint8, _ bool) int {
	rgb, _ := themes.Palette(n, true).Foreground()
	return rgb
}
