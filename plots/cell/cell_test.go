package cell_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"benchside/plots"
	"benchside/plots/cell"
	"benchside/plots/scene"
)

// plain is the frame of a terminal without colours.
func plain(w, h int) plots.Frame { return plots.Frame{W: w, H: h, DotsX: 2, DotsY: 4} }

func picture(c plots.Chart, f plots.Frame) string {
	set := cell.Braille
	if f.Look.ASCII {
		set, f.DotsX, f.DotsY = cell.ASCII, 1, 1
	}
	lines := new(cell.Canvas).Lines(c.Scene(f), set)
	for i, l := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

func curve(y ...float64) *plots.Line {
	x := make([]float64, len(y))
	for i := range x {
		x[i] = float64(i)
	}
	return &plots.Line{Series: []plots.Series{plots.NewSeries("a", "run", x, y)}}
}

func TestPictures(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ascii := plain(24, 7)
	ascii.Look.ASCII = true
	log := plain(24, 7)
	log.View.LogY = true
	for name, c := range map[string]struct {
		chart *plots.Line
		frame plots.Frame
		want  string
	}{
		"empty":     {&plots.Line{}, plain(20, 7), "\n1┤\n │\n │\n0┤\n └──────────────────\n  0                1"},
		"one point": {curve(5), plain(20, 7), "\n │\n │\n5┤         ⠁\n │\n └──────────────────\n           0"},
		"a gap": {curve(1, 2, nan, 4, 5), plain(24, 7), `
                   1 NaN
 │             ⢀⡠⠔⠊⠁
4┤             ⠁
2┤    ⣀
 │⣀⠤⠒⠉    ×
 └──────────────────────
  0                    5`},
		"infinities": {curve(1, inf, 2, -inf, 3), plain(24, 7), `
                   2 Inf
 │    ^            ⠁
 │
2┤        ⠈
 │⡀            v
 └──────────────────────
  0                    5`},
		"constant": {curve(3, 3, 3), plain(24, 7), "\n │\n │\n3┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉\n │\n └──────────────────────\n  0                    2"},
		"logarithmic": {curve(1, 0, 10, 100, -1, 1000), log, `
       2 of 6 ≤ 0 hidden
   │                   ⠈
100┤          ⡠⠔
   │        ⠔⠊
  1┤⡀
   └────────────────────
    0                  5`},
		"ASCII": {curve(0, 1, 4, 9, 16), ascii, `
  |                  ***
10+             *****
  |        *****
 0+********
  +---------------------
   0              3`},
		"no room for axes": {curve(0, 1, 4, 9), plain(6, 2), "\n  ⢀⠎\n⡠⠔⠁"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := "\n" + strings.Trim(picture(c.chart, c.frame), "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestThePictureIsThatOfAllPoints draws every point by hand and compares dot by
// dot.
func TestThePictureIsThatOfAllPoints(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 20 {
		points := 500 + n*1500
		x, y := make([]float64, points), make([]float64, points)
		for i := range x {
			x[i], y[i] = float64(i), math.Sin(float64(i)/300)+r.NormFloat64()/5
			switch {
			case n%3 == 1 && r.IntN(200) == 0:
				y[i] *= 40 // a spike
			case n%4 == 2 && r.IntN(50) == 0:
				y[i] = math.NaN()
			}
		}
		l := &plots.Line{Series: []plots.Series{plots.NewSeries("a", "run", x, y)}}
		f := plain(80, 24)
		f.View = plots.View{X: plots.Range{To: float64(points - 1)}, Y: plots.Range{From: -9, To: 9}}
		got := l.Scene(f)
		want := l.Scene(f)
		want.Items = slices.Clone(want.Items)
		for i, item := range want.Items {
			if line, ok := item.(scene.Line); ok {
				line.Points = everyPoint(l.Series[0], f, got.Area)
				want.Items[i] = line
			}
		}
		a, b := new(cell.Canvas).Lines(got, cell.Braille), new(cell.Canvas).Lines(want, cell.Braille)
		if !slices.Equal(a, b) {
			t.Fatalf("series %d: the picture of the reduced series differs:\n%s\nall points:\n%s", n, strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
		kept := 0
		for _, item := range got.Items {
			if line, ok := item.(scene.Line); ok {
				kept += len(line.Points)
			}
		}
		if n%4 != 2 && kept > 4*160 {
			t.Errorf("series %d: %d points are left of %d, want at most 4 for each column of dots", n, kept, points)
		}
	}
}

// everyPoint places all points of a series.
func everyPoint(s plots.Series, f plots.Frame, area scene.Box) []scene.Point {
	xs := plots.Scale{Range: f.View.X, A: area.X0 + 0.25, B: area.X1 - 0.25}
	ys := plots.Scale{Range: f.View.Y, A: area.Y1 - 0.125, B: area.Y0 + 0.125}
	out := make([]scene.Point, len(s.X))
	for i := range s.X {
		out[i] = scene.Point{X: xs.At(s.X[i]), Y: ys.At(s.Y[i])}
	}
	return out
}

// ours are the escape sequences that a picture may have.
var ours = regexp.MustCompile(`\x1b\[(0|1|3[0-7]|4[0-7]|9[0-7]|10[0-7]|38;5;\d{1,3}|48;5;\d{1,3}|;)*m`)

// check holds a picture to its size and to our own escape sequences.
func check(t *testing.T, lines []string, w, h int) {
	t.Helper()
	if len(lines) != h {
		t.Fatalf("%d rows, want %d", len(lines), h)
	}
	for i, l := range lines {
		if strings.ContainsRune(ours.ReplaceAllString(l, ""), '\x1b') {
			t.Fatalf("row %d has an escape sequence that is not ours: %q", i, l)
		}
		if got := ansi.StringWidth(l); got != w {
			t.Fatalf("row %d is %d cells wide, want %d: %q", i, got, w, l)
		}
	}
}

func TestAnySizeAndAnyNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, l := range map[string]*plots.Line{
		"empty": {}, "one point": curve(1), "NaN": curve(nan, nan), "Inf": curve(inf, 1, -inf), "constant": curve(3, 3, 3),
		"huge": curve(-1e300, 1e300, math.MaxFloat64, -math.MaxFloat64), "tiny": curve(0, 5e-324, 1e-310), "negative": curve(-1, -2, -3),
	} {
		l.Title, l.Best = "a title \x1b[31m with\u202e controls \t日本語", plots.Greatest
		for _, size := range [][2]int{{0, 0}, {1, 1}, {2, 9}, {9, 2}, {16, 5}, {40, 12}, {300, 3}, {3, 60}, {120, 40}} {
			for _, look := range []plots.Look{{}, {Dark: true, Depth: plots.Ansi256}, {Depth: plots.Ansi16}, {ASCII: true}} {
				for _, view := range []plots.View{{}, {LogY: true, LogX: true}, {NoOutliers: true}, {X: plots.Range{From: -5, To: 1e9}, Y: plots.Range{From: 0, To: 1e-9}}} {
					for _, smooth := range []float64{0, 0.9} {
						l.Smoothed = nil
						if smooth > 0 {
							l.Smoothed = plots.Smooth(l.Series, smooth, false)
						}
						f := plain(size[0], size[1])
						f.Look, f.View = look, view
						at := 1.0
						f.Cross = &at
						check(t, new(cell.Canvas).Lines(l.Scene(f), cell.Braille), size[0], size[1])
						if t.Failed() {
							t.Fatalf("%s at %v, %+v", name, size, view)
						}
						l.Hit(f, scene.Point{X: 5, Y: 5})
					}
				}
			}
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add(int16(80), int16(24), 1.0, 2.0, 3.0, 0.5, uint8(0), "name")
	f.Add(int16(1), int16(1), math.NaN(), math.Inf(1), -1e300, 0.0, uint8(7), "\x1b[2J")
	f.Add(int16(17), int16(6), 1e-320, 1e308, -1e308, 1e300, uint8(255), "日本語\u202e")
	f.Fuzz(func(t *testing.T, w, h int16, a, b, c, at float64, bits uint8, name string) {
		width, height := int(w)%200, int(h)%60
		if width < 0 || height < 0 {
			return
		}
		l := curve(a, b, c, a, c)
		l.Title, l.Series[0].Name = name, name
		l.Series = append(l.Series, plots.NewSeries("b", name, []float64{a, b, at}, []float64{c, a, b}))
		l.Events = []plots.Event{{X: at, Text: name}}
		if weight := float64(bits%4) / 4; weight > 0 {
			l.Smoothed = plots.Smooth(l.Series, weight, bits&16 != 0)
		}
		fr := plain(width, height)
		fr.Look = plots.Look{Dark: bits&1 != 0, Depth: plots.Depth(bits >> 1 % 3), ASCII: bits&8 != 0}
		fr.View = plots.View{LogX: bits&32 != 0, LogY: bits&64 != 0, NoOutliers: bits&128 != 0}
		if bits&4 != 0 {
			fr.View.X, fr.View.Y = plots.Range{From: a, To: b}, plots.Range{From: b, To: c}
		}
		fr.Cross, fr.Focus = &at, int(bits%3)
		set := cell.Braille
		if fr.Look.ASCII {
			set, fr.DotsX, fr.DotsY = cell.ASCII, 1, 1
		}
		check(t, new(cell.Canvas).Lines(l.Scene(fr), set), width, height)
	})
}

func TestFramesAllocateLittle(t *testing.T) {
	l, f := busy(), plain(160, 45)
	f.Look = plots.Look{Dark: true, Depth: plots.Ansi256}
	c := new(cell.Canvas)
	const most = 100
	if n := testing.AllocsPerRun(20, func() { c.Lines(l.Scene(f), cell.Braille) }); n > most {
		t.Errorf("a frame of ten series makes %.0f allocations, want at most %d", n, most)
	}
}

func busy() *plots.Line {
	l := &plots.Line{Title: "loss"}
	r := rand.New(rand.NewPCG(3, 4))
	for s := range 10 {
		x, y := make([]float64, 10_000), make([]float64, 10_000)
		for i := range x {
			x[i], y[i] = float64(i), float64(s)/10+1/(1+float64(i)/900)+r.NormFloat64()/20
		}
		l.Series = append(l.Series, plots.NewSeries(fmt.Sprint(s), fmt.Sprint("run-", s), x, y))
	}
	return l
}

func BenchmarkTenSeries(b *testing.B) {
	l, f, c := busy(), plain(160, 45), new(cell.Canvas)
	f.Look = plots.Look{Dark: true, Depth: plots.Ansi256}
	b.ReportAllocs()
	for b.Loop() {
		c.Lines(l.Scene(f), cell.Braille)
	}
}

func TestOnlyTrueColorLeavesThePalette(t *testing.T) {
	c := &plots.Heatmap{Cols: []string{"a", "b"}, Rows: []string{"a", "b"}, Values: []float64{1, 0.2, 0.3, 1}}
	for depth, want := range map[plots.Depth]bool{plots.NoColor: false, plots.Ansi16: false, plots.Ansi256: false, plots.TrueColor: true} {
		f := plain(40, 10)
		f.Look.Depth = depth
		text := strings.Join(new(cell.Canvas).Lines(c.Scene(f), cell.Braille), "\n")
		if got := strings.Contains(text, "48;2;253;231;37"); got != want {
			t.Errorf("depth %d: the yellow of 16 million colours is there: %t, want %t\n%q", depth, got, want, text)
		}
		if strings.Contains(text, "8;2;") != want {
			t.Errorf("depth %d: a colour of 16 million", depth)
		}
	}
}

func TestLinesOfASCIIAreLetters(t *testing.T) {
	for name, look := range map[string]plots.Look{"no colour": {ASCII: true}, "colours": {ASCII: true, Dark: true, Depth: plots.Ansi256}} {
		l := curve(0, 1, 2)
		l.Series = append(l.Series, plots.NewSeries("b", "other", []float64{0, 1, 2}, []float64{2, 2, 2}))
		l.Slots = []int{0, 9}
		f := plain(30, 8)
		f.Look = look
		got := picture(l, f)
		if strings.Contains(got, "*") || strings.Count(got, "a") < 10 || strings.Count(got, "j") < 10 {
			t.Errorf("%s: lines are not made of the letters of their series:\n%s", name, got)
		}
	}
}
