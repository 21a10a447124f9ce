package themes

import (
	"math"
	"testing"
)

// builtin are the themes with colours, each on the backgrounds it is read on.
func builtin() map[string]Theme {
	out := map[string]Theme{}
	for _, name := range Names() {
		for word, dark := range map[string]bool{" on dark": true, " on light": false} {
			if t, _ := Named(name, dark); t.Colors > 0 {
				out[name+word] = t
			}
		}
	}
	return out
}

// behind are the backgrounds of a theme: the terminal's, which is taken to be black
// or white, the paper that is asked for, and the cursor's row.
func behind(t Theme) map[string]int {
	paper, _ := RGB(t.Paper.Back)
	out := map[string]int{"white": 0xffffff, "paper": paper}
	if t.Dark {
		out = map[string]int{"black": 0, "paper": paper}
	}
	if rgb, ok := t.Cursor.Background(); ok {
		out["the cursor's row"] = rgb
	}
	return out
}

func TestEachTextCanBeReadInEachTheme(t *testing.T) {
	for name, theme := range builtin() {
		least := 4.5 // WCAG 2.2 AA
		if theme.Name == ContrastName {
			least = 7 // AAA
		}
		text, err := RGB(theme.Paper.Fore)
		if err != nil {
			t.Fatal(err)
		}
		for where, back := range behind(theme) {
			if c := Contrast(text, back); c < least {
				t.Errorf("%s: text on %s has a contrast of %.2f, want %.1f", name, where, c, least)
			}
			for _, r := range roles {
				rgb, ok := r.of(&theme).Foreground()
				if !ok || r.line {
					continue
				}
				if c := Contrast(rgb, back); c < least {
					t.Errorf("%s: %s (#%06x) on %s (#%06x) has a contrast of %.2f, want %.1f", name, r.name, rgb, where, back, c, least)
				}
			}
		}
	}
}

// sight turns light into what an eye without one kind of cones sees (Machado,
// Oliveira and Fernandes 2009, severity 1).
var sight = map[string][9]float64{
	"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	"tritanopia":   {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
}

// oklab is a colour where equal distances look alike (Ottosson 2020), as an eye sees it.
func oklab(rgb int, m [9]float64) [3]float64 {
	r0, g0, b0 := linear(rgb)
	at := func(i int) float64 { return min(max(m[i]*r0+m[i+1]*g0+m[i+2]*b0, 0), 1) }
	r, g, b := at(0), at(3), at(6)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	mm := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return [3]float64{
		0.2104542553*l + 0.7936177850*mm - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*mm + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*mm - 0.8086757660*s,
	}
}

func TestGoodAndBadStayApartForTheColourBlind(t *testing.T) {
	const least = 0.12 // in OKLab: six times what is just noticed, about 0.02
	for name, theme := range builtin() {
		if theme.Name != SafeName {
			continue
		}
		for kind, m := range sight {
			for pair, of := range map[string][2]Style{"good and bad": {theme.Good, theme.Bad}, "info and bad": {theme.Info, theme.Bad}} {
				a, _ := of[0].Foreground()
				b, _ := of[1].Foreground()
				la, lb := oklab(a, m), oklab(b, m)
				d := math.Hypot(math.Hypot(la[0]-lb[0], la[1]-lb[1]), la[2]-lb[2])
				if d < least {
					t.Errorf("%s: %s are %.3f apart under %s, want %.2f", name, pair, d, kind, least)
				}
			}
		}
	}
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	for _, c := range []struct {
		a, b int
		want float64
	}{{0, 0xffffff, 21}, {0xffffff, 0xffffff, 1}, {0x767676, 0xffffff, 4.54}, {0xffffff, 0x0000ff, 8.59}} {
		if got := Contrast(c.a, c.b); math.Abs(got-c.want) > 0.005 {
			t.Errorf("Contrast(#%06x, #%06x) = %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestColoursOfTheUser(t *testing.T) {
	for words, want := range map[string]string{
		"#1e66f5": "38;2;30;102;245", "bold 210": "1;38;5;210", "underline": "4", "reverse": "7",
	} {
		theme := Dark()
		if err := theme.Set("bad", words); err != nil || theme.Bad.sgr != want {
			t.Errorf("bad = %q: got %q, %v, want %q", words, theme.Bad.sgr, err, want)
		}
	}
	for role, words := range map[string]string{"bad": "red", "good": "", "warn": "3", "info": "#12345", "text": "bold", "colour": "#ffffff", "mark": "256", "dim": "#+12345"} {
		theme := Dark()
		if err := theme.Set(role, words); err == nil {
			t.Errorf("%s = %q was taken", role, words)
		}
	}
	theme := Dark()
	if err := theme.Set("background", "#fdf6e3"); err != nil || theme.Dark {
		t.Errorf("a light background: dark is %v, %v", theme.Dark, err)
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	theme := Dark()
	for role, words := range map[string]string{"background": "#1e1e2e", "text": "#cdd6f4", "bad": "#302020", "rule": "#202030", "cursor": "#c0c8e0"} {
		if err := theme.Set(role, words); err != nil {
			t.Fatal(err)
		}
	}
	got := theme.Unreadable()
	if len(got) != 2 || got["bad"] == 0 || got["cursor"] == 0 {
		t.Errorf("unreadable: %v, want bad and cursor", got)
	}
	for name, theme := range builtin() {
		if got := theme.Unreadable(); len(got) > 0 {
			t.Errorf("%s: unreadable: %v", name, got)
		}
	}
}
