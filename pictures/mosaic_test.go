package pictures_test

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	xdraw "golang.org/x/image/draw"

	"benchside/pictures"
	"benchside/plots/cell"
)

var (
	night = color.RGBA{30, 30, 46, 255}
	white = color.RGBA{255, 255, 255, 255}
)

func cells(t testing.TB, m image.Image, cols, rows int, style pictures.Style) pictures.Mosaic {
	t.Helper()
	mosaic, err := pictures.Cells(context.Background(), m, m.Bounds(), cols, rows, style)
	if err != nil {
		t.Fatal(err)
	}
	return mosaic
}

// looks rasterises a mosaic from its signs: a pixel for each dot of a cell.
func looks(t testing.TB, m pictures.Mosaic, set cell.Dots) *image.RGBA {
	t.Helper()
	dx, dy := set.Size()
	masks := map[rune]int{}
	for mask := range 1 << (dx * dy) {
		masks[[]rune(set.Sign(mask))[0]] = mask
	}
	masks[' '] = 0
	out := image.NewRGBA(image.Rect(0, 0, m.Cols*dx, m.Rows*dy))
	for i, c := range m.Cells {
		mask, known := masks[c.Rune]
		if !known {
			t.Fatalf("cell %d is %q, which %s does not have", i, c.Rune, set)
		}
		fg, _ := c.Fg.RGBA()
		bg, _ := c.Bg.RGBA()
		for k := range dx * dy {
			dot := bg
			if mask&set.Bit(k%dx, k/dx) != 0 {
				dot = fg
			}
			out.SetRGBA(i%m.Cols*dx+k%dx, i/m.Cols*dy+k/dx, dot)
		}
	}
	return out
}

// TestAMosaicLooksLikeItsPicture compares the signs with the source, scaled to a
// pixel for each dot.
func TestAMosaicLooksLikeItsPicture(t *testing.T) {
	if testing.Short() {
		t.Skip("it computes in one goroutine, which the race detector makes many times slower")
	}
	for _, name := range []string{confusion, beeswarm, roc, static + "x.jpg"} {
		p, err := decode(lab(t, name), pictures.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			set     cell.Dots
			colours pictures.Colours
			within  float64 // levels of a channel, in the mean
		}{
			{cell.Sextant, pictures.TrueColour, 4},
			{cell.Octant, pictures.TrueColour, 4},
			{cell.Quadrant, pictures.TrueColour, 4},
			{cell.HalfBlock, pictures.TrueColour, 4},
			{cell.Sextant, pictures.Colours256, 15},
			{cell.Sextant, pictures.Colours16, 40},
		} {
			seen := pictures.Port{}.See(p.Image.Bounds().Size(), pictures.Box{Cols: 160, Rows: 45})
			m := cells(t, p.Image, seen.Cols, seen.Rows, pictures.Style{Set: c.set, Colours: c.colours, Back: white})
			got := looks(t, m, c.set)
			want := image.NewRGBA(got.Rect)
			draw.Draw(want, want.Rect, image.White, image.Point{}, draw.Src)
			xdraw.CatmullRom.Scale(want, want.Rect, p.Image, p.Image.Bounds(), draw.Over, nil)
			if d := difference(got, want); d > c.within {
				t.Errorf("%s in %s, colours %d: off by %.1f levels, more than %.0f", name, c.set, c.colours, d, c.within)
			}
		}
	}
}

// TestTwoColoursAreDrawnExactly holds each set to pixels that it can show.
func TestTwoColoursAreDrawnExactly(t *testing.T) {
	for _, set := range []cell.Dots{cell.Octant, cell.Sextant, cell.Quadrant, cell.HalfBlock} {
		dx, dy := set.Size()
		m := image.NewRGBA(image.Rect(0, 0, 8*dx, 4*dy))
		for i := range m.Rect.Dx() * m.Rect.Dy() {
			c := color.RGBA{200, 30, 60, 255}
			if i*i%7 < 3 {
				c = color.RGBA{10, 80, 160, 255}
			}
			m.SetRGBA(i%m.Rect.Dx(), i/m.Rect.Dx(), c)
		}
		if d := difference(looks(t, cells(t, m, 8, 4, pictures.Style{Set: set}), set), m); d != 0 {
			t.Errorf("%s is off by %.3f levels", set, d)
		}
	}
}

var ours = regexp.MustCompile(`^(\x1b\[[0-9;]*m|[^\x00-\x1f\x7f-\x9f])*$`)

func TestLinesFillTheirCellsAndOnlySelectColours(t *testing.T) {
	p, err := decode(lab(t, beeswarm), pictures.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []cell.Dots{cell.Braille, cell.Octant, cell.Sextant, cell.Quadrant, cell.HalfBlock, cell.ASCII} {
		for colours, sequences := range map[pictures.Colours]string{
			pictures.TrueColour: `^(\x1b\[([34]8;2;\d+;\d+;\d+;?)*m|\x1b\[m|[^\x1b])*$`,
			pictures.Colours256: `^(\x1b\[([34]8;5;\d+;?)*m|\x1b\[m|[^\x1b])*$`,
			pictures.Colours16:  `^(\x1b\[((3|4|9|10)\d;?)*m|\x1b\[m|[^\x1b])*$`,
			pictures.NoColours:  `^[^\x1b]*$`,
		} {
			allowed := regexp.MustCompile(sequences)
			lines := cells(t, p.Image, 41, 13, pictures.Style{Set: set, Colours: colours, Back: night, Invert: true}).Lines()
			if len(lines) != 13 {
				t.Fatalf("%d lines", len(lines))
			}
			for _, line := range lines {
				if got := ansi.StringWidth(line); got != 41 {
					t.Errorf("%s: a line of %d cells", set, got)
				}
				if !ours.MatchString(line) || !allowed.MatchString(line) {
					t.Errorf("%s with colours %d: %q", set, colours, line)
				}
				if strings.Contains(line, "\x1b[") && !strings.HasSuffix(line, "\x1b[m") {
					t.Errorf("%s: no reset at the end of %q", set, line)
				}
			}
		}
	}
}

func TestLinesAreCompact(t *testing.T) {
	red := pictures.Cell{Rune: ' '}
	m := image.NewUniform(color.RGBA{255, 0, 0, 255})
	mosaic, err := pictures.Cells(context.Background(), m, image.Rect(0, 0, 40, 40), 10, 2, pictures.Style{Set: cell.Sextant, Colours: pictures.Colours256})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := mosaic.Lines()[0], "\x1b[48;5;196m          \x1b[m"; got != want || mosaic.Cells[0].Rune != red.Rune {
		t.Errorf("a red row is %q, want %q", got, want)
	}
}

func TestTransparentShowsTheBackground(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	draw.Draw(m, image.Rect(0, 0, 4, 8), image.NewUniform(color.NRGBA{0, 255, 0, 128}), image.Point{}, draw.Src)
	for _, invert := range []bool{false, true} {
		c := cells(t, m, 8, 8, pictures.Style{Set: cell.HalfBlock, Back: night, Invert: invert})
		if bg, _ := c.Cells[7].Bg.RGBA(); bg != night {
			t.Errorf("inverted %t: what is empty is %v, want %v", invert, bg, night)
		}
		if bg, _ := c.Cells[1].Bg.RGBA(); bg.G < 120 || bg.G > 160 || bg.R > 60 {
			t.Errorf("inverted %t: half green over the night is %v", invert, bg)
		}
	}
}

func TestInvertingMakesAWhitePageTheBackgroundAndKeepsHues(t *testing.T) {
	for name, c := range map[string]struct{ from, want color.RGBA }{
		"a page":    {white, night},
		"ink":       {color.RGBA{0, 0, 0, 255}, white},
		"dark blue": {color.RGBA{0, 0, 160, 255}, color.RGBA{114, 114, 255, 255}},
		"red":       {color.RGBA{255, 0, 0, 255}, color.RGBA{255, 30, 46, 255}},
	} {
		m, err := pictures.Scale(context.Background(), image.NewUniform(c.from), image.Rect(0, 0, 2, 2), 2, 2, pictures.Look{Back: night, Invert: true})
		if err != nil {
			t.Fatal(err)
		}
		got := m.RGBAAt(0, 0)
		if name == "dark blue" { // lifted by the background, too
			if !(got.B == 255 && got.R < 130 && got.G < 130) {
				t.Errorf("%s became %v", name, got)
			}
		} else if got != c.want {
			t.Errorf("%s became %v, want %v", name, got, c.want)
		}
	}
}

// TestWithoutColoursTheInkIsLit draws a black bar on a white page.
func TestWithoutColoursTheInkIsLit(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 8, 4))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(2, 0, 4, 4), image.Black, image.Point{}, draw.Src)
	for name, c := range map[string]struct {
		style pictures.Style
		want  string
	}{
		"on a light theme":                       {pictures.Style{Set: cell.Braille, Back: white}, " ⣿  "},
		"on a dark one, inverted":                {pictures.Style{Set: cell.Braille, Back: night, Invert: true}, " ⣿  "},
		"on a dark one, as it is":                {pictures.Style{Set: cell.Braille, Back: night}, "⣿ ⣿⣿"},
		"in blocks":                              {pictures.Style{Set: cell.Sextant, Back: white, Colours: pictures.NoColours}, " █  "},
		"in letters":                             {pictures.Style{Set: cell.ASCII, Back: white, Colours: pictures.NoColours}, " @  "},
		"a photo without shades is no other":     {pictures.Style{Set: cell.Braille, Back: white, Photo: true}, " ⣿  "},
		"colours are of no use to braille":       {pictures.Style{Set: cell.Braille, Back: white, Colours: pictures.Colours256}, " ⣿  "},
		"inverted on a light theme, the page is": {pictures.Style{Set: cell.Braille, Back: white, Invert: true}, "⣿ ⣿⣿"},
	} {
		if got := cells(t, m, 4, 1, c.style).Lines()[0]; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestPhotosKeepTheirShades: of a grey picture half of the dots are lit when it
// is dithered; a threshold lights all or none.
func TestPhotosKeepTheirShades(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 40, 40))
	for i := range m.Pix {
		m.Pix[i] = 96
	}
	lit := 0
	mosaic := cells(t, m, 20, 10, pictures.Style{Set: cell.Braille, Back: night, Photo: true})
	for y := range looks(t, mosaic, cell.Braille).Rect.Dy() {
		for x := range 40 {
			if c := mosaic.Cells[y/4*20+x/2]; (c.Rune-0x2800)&rune(cell.Braille.Bit(x%2, y%4)) != 0 && c.Rune != ' ' {
				lit++
			}
		}
	}
	if part := float64(lit) / 1600; part < 0.33 || part > 0.43 {
		t.Errorf("%.2f of the dots are lit; the grey is 0.38", part)
	}
}

func TestPhotosAreToldFromCharts(t *testing.T) {
	for _, name := range []string{confusion, beeswarm, roc, "figs/lines.png", "plots/feature_importance.png"} {
		if p, err := decode(lab(t, name), pictures.Limits{}); err != nil || pictures.IsPhoto(p.Image) {
			t.Errorf("%s is taken for a photo (%v)", name, err)
		}
	}
	noisy := image.NewRGBA(image.Rect(0, 0, 300, 200))
	seed := uint32(1)
	for i := range noisy.Pix {
		seed = seed*1664525 + 1013904223
		noisy.Pix[i] = uint8(i/1200 + int(seed>>28))
	}
	if !pictures.IsPhoto(noisy) {
		t.Error("noise is taken for a chart")
	}
}

func TestScalingKeepsWhatWasThere(t *testing.T) {
	kinds := map[string]func(image.Rectangle) draw.Image{
		"RGBA": func(r image.Rectangle) draw.Image { return image.NewRGBA(r) }, "NRGBA": func(r image.Rectangle) draw.Image { return image.NewNRGBA(r) },
		"RGBA64": func(r image.Rectangle) draw.Image { return image.NewRGBA64(r) }, "NRGBA64": func(r image.Rectangle) draw.Image { return image.NewNRGBA64(r) },
		"CMYK": func(r image.Rectangle) draw.Image { return image.NewCMYK(r) },
		"Paletted": func(r image.Rectangle) draw.Image {
			return image.NewPaletted(r, color.Palette{color.Transparent, white, color.RGBA{200, 30, 60, 255}})
		},
	}
	for name, make := range kinds {
		m := make(image.Rect(-5, 7, 95, 107)) // not at the origin
		draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(m, image.Rect(-5, 7, 45, 57), image.NewUniform(color.RGBA{200, 30, 60, 255}), image.Point{}, draw.Src)
		for _, size := range []int{4, 30, 100, 350, 500} {
			got, err := pictures.Scale(context.Background(), m, m.Bounds(), size, size, pictures.Look{})
			if err != nil {
				t.Fatal(err)
			}
			if a, b := got.RGBAAt(0, 0), got.RGBAAt(size-1, 0); (a.R-200)+8 > 16 || b != white || a.G > 40 {
				t.Errorf("%s at %d: corners %v and %v", name, size, a, b)
			}
		}
	}
	part, err := pictures.Scale(context.Background(), drawn(90, 60), image.Rect(30, 20, 60, 40), 30, 20, pictures.Look{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := part.RGBAAt(0, 0), drawn(90, 60).NRGBAAt(30, 20); got != color.RGBA(want) {
		t.Errorf("a part begins with %v, want %v", got, want)
	}
}

func TestWhatCannotBeDrawnIsAnError(t *testing.T) {
	m := drawn(4, 4)
	for name, call := range map[string]func() error{
		"no cells": func() error {
			_, err := pictures.Cells(context.Background(), m, m.Rect, 0, 5, pictures.Style{})
			return err
		},
		"too many cells": func() error {
			_, err := pictures.Cells(context.Background(), m, m.Rect, 1e6, 5, pictures.Style{})
			return err
		},
		"no pixels": func() error {
			_, err := pictures.Cells(context.Background(), m, image.Rect(9, 9, 12, 12), 5, 5, pictures.Style{})
			return err
		},
		"too many pixels": func() error {
			_, err := pictures.Scale(context.Background(), m, m.Rect, 1<<20, 1<<20, pictures.Look{})
			return err
		},
		"a context that ended": func() error {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_, err := pictures.Cells(ctx, m, m.Rect, 5, 5, pictures.Style{})
			return err
		},
	} {
		if call() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
