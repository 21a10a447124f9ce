package vector_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	xdraw "golang.org/x/image/draw"

	"benchside/pictures/vector"
)

func lab(t testing.TB, end string) []byte {
	t.Helper()
	var content []byte
	root := os.DirFS("../../testdata/lab/mlruns")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && content == nil && strings.HasSuffix(name, end) {
			content, err = fs.ReadFile(root, name)
		}
		return err
	})
	if err != nil || content == nil {
		t.Fatalf("no file %s in the lab: %v", end, err)
	}
	return content
}

func bitmap(content []byte) (image.Image, error) { return png.Decode(bytes.NewReader(content)) }

func draw(svg string, side int) (vector.Drawing, error) {
	return vector.Draw(context.Background(), strings.NewReader(svg), vector.Limits{Side: side, Bitmap: bitmap})
}

// inside draws elements in a square of 100 by 100 pixels.
func inside(t testing.TB, elements string) vector.Drawing {
	t.Helper()
	d, err := draw(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100">`+elements+`</svg>`, 100)
	if err != nil {
		t.Fatalf("%s: %v", elements, err)
	}
	return d
}

// TestMatplotlibsSVGLooksLikeItsPNG holds the reader to matplotlib's own pixels
// of the same figure. Agg moves lines by up to half a pixel, so that they are
// sharp; so pixels are compared four by four.
func TestMatplotlibsSVGLooksLikeItsPNG(t *testing.T) {
	theirs, err := png.Decode(bytes.NewReader(lab(t, "figs/lines.png")))
	if err != nil {
		t.Fatal(err)
	}
	coarse := func(m image.Image) *image.RGBA {
		out := image.NewRGBA(image.Rect(0, 0, 100, 60))
		xdraw.CatmullRom.Scale(out, out.Rect, m, m.Bounds(), xdraw.Src, nil)
		return out
	}
	off := func(a, b *image.RGBA) (mean float64) {
		for i := range a.Pix {
			mean += math.Abs(float64(a.Pix[i])-float64(b.Pix[i])) / float64(len(a.Pix))
		}
		return mean
	}
	want := coarse(theirs)
	for _, side := range []int{400, 1600} {
		d, err := draw(string(lab(t, "figs/lines.svg")), side)
		if err != nil || len(d.Notes) != 0 {
			t.Fatal(d.Notes, err)
		}
		blank := image.NewRGBA(want.Rect)
		xdraw.Draw(blank, blank.Rect, image.White, image.Point{}, xdraw.Src)
		if got, without := off(coarse(d.Image), want), off(blank, want); got > 0.8 || without < 5*got {
			t.Errorf("%d pixels wide: off by %.2f levels, more than 0.8; a white page is off by %.2f", side, got, without)
		}
	}
}

func TestShapesCoverWhatTheyShould(t *testing.T) {
	dot := base64.StdEncoding.EncodeToString(func() []byte {
		m := image.NewRGBA(image.Rect(0, 0, 2, 2))
		for i := range m.Pix {
			m.Pix[i] = 255
		}
		m.SetRGBA(0, 0, color.RGBA{255, 0, 0, 255})
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}())
	const r, g, k, none = "red", "green", "black", ""
	type spots map[image.Point]string
	for elements, want := range map[string]spots{
		`<rect x="10" y="20" width="30" height="40" fill="red"/>`:                                                                                 {{11, 21}: r, {39, 59}: r, {41, 30}: none, {20, 61}: none},
		`<rect x="10%" y="20%" width="30%" height="40%" fill="#f00"/>`:                                                                            {{11, 21}: r, {39, 59}: r, {41, 30}: none},
		`<rect x="10" y="10" width="80" height="80" rx="40" fill="red"/>`:                                                                         {{50, 12}: r, {12, 12}: none, {88, 88}: none, {88, 50}: r},
		`<circle cx="50" cy="50" r="20"/>`:                                                                                                        {{50, 31}: k, {50, 68}: k, {31, 50}: k, {36, 36}: k, {33, 33}: none},
		`<ellipse cx="50" cy="50" rx="40" ry="10" fill="rgb(255,0,0)"/>`:                                                                          {{12, 50}: r, {50, 58}: r, {50, 62}: none},
		`<line x1="0" y1="50" x2="100" y2="50" stroke="red" stroke-width="10"/>`:                                                                  {{3, 46}: r, {97, 54}: r, {50, 44}: none, {50, 56}: none},
		`<polyline points="10,10 90,10 90,90" fill="none" stroke="red" stroke-width="8"/>`:                                                        {{50, 12}: r, {88, 50}: r, {93, 7}: r, {50, 50}: none},
		`<polyline points="10,10 90,10 90,90" fill="none" stroke="red" stroke-width="8" stroke-linejoin="bevel"/>`:                                {{93, 7}: none, {88, 12}: r},
		`<polygon points="10,10 90,10 50,90" fill="green"/>`:                                                                                      {{50, 50}: g, {15, 80}: none},
		`<path d="M10 10H90V90H10Z" fill="red"/>`:                                                                                                 {{50, 50}: r, {5, 5}: none},
		`<path d="m10,10h80v80h-80z" fill="red"/>`:                                                                                                {{50, 50}: r, {88, 88}: r, {5, 5}: none},
		`<path d="M10 50 A40 40 0 0 1 90 50 Z" fill="red"/>`:                                                                                      {{50, 20}: r, {50, 60}: none, {13, 47}: r},
		`<path d="M10 50a40 40 0 00 80 0z" fill="red"/>`:                                                                                          {{50, 80}: r, {50, 40}: none},
		`<path d="M50 10a40 40 0 1 0 40 40" fill="none" stroke="red" stroke-width="6"/>`:                                                          {{10, 50}: r, {50, 90}: r, {78, 22}: none},
		`<path d="M10 90C10 10 90 10 90 90Z" fill="red"/>`:                                                                                        {{50, 40}: r, {50, 25}: none, {15, 40}: none},
		`<path d="M10 50Q30 10 50 50T90 50" fill="none" stroke="red" stroke-width="6"/>`:                                                          {{30, 30}: r, {70, 70}: r, {70, 30}: none},
		`<path d="M10 50C10 10 50 10 50 50S90 90 90 50" fill="none" stroke="red" stroke-width="6"/>`:                                              {{30, 20}: r, {70, 80}: r, {70, 20}: none},
		`<path d="M0 50H100" stroke="red" stroke-width="10" stroke-dasharray="20 10"/>`:                                                           {{10, 50}: r, {25, 50}: none, {35, 50}: r, {55, 50}: none, {65, 50}: r},
		`<path d="M0 50H100" stroke="red" stroke-width="10" stroke-dasharray="20 10" stroke-dashoffset="20"/>`:                                    {{5, 50}: none, {15, 50}: r},
		`<path d="M30 50H70" stroke="red" stroke-width="20"/>`:                                                                                    {{25, 50}: none, {32, 50}: r, {75, 50}: none},
		`<path d="M30 50H70" stroke="red" stroke-width="20" stroke-linecap="square"/>`:                                                            {{22, 42}: r, {78, 58}: r},
		`<path d="M30 50H70" stroke="red" stroke-width="20" stroke-linecap="round"/>`:                                                             {{22, 50}: r, {22, 42}: none},
		`<path d="M50 50Z" stroke="red" stroke-width="20" stroke-linecap="round"/>`:                                                               {{50, 42}: r},
		`<g transform="translate(50 50) scale(1 -1)"><rect width="20" height="20" fill="red"/></g>`:                                               {{60, 40}: r, {60, 60}: none},
		`<rect width="20" height="20" fill="red" transform="rotate(90 50 50)"/>`:                                                                  {{90, 10}: r, {10, 10}: none},
		`<rect width="20" height="20" fill="red" transform="matrix(2 0 0 2 10,10) skewX(0)"/>`:                                                    {{45, 45}: r, {5, 5}: none},
		`<defs><rect id="a" width="10" height="10"/></defs><use xlink:href="#a" x="40" y="40" fill="red"/>`:                                       {{45, 45}: r, {5, 5}: none},
		`<defs><g id="b"><rect id="a" width="10" height="10"/></g></defs><use href="#b" transform="translate(60)" style="fill:red"/>`:             {{65, 5}: r},
		`<clipPath id="c"><rect x="20" y="20" width="20" height="20"/></clipPath><rect width="100" height="100" fill="red" clip-path="url(#c)"/>`: {{21, 21}: r, {39, 39}: r, {41, 30}: none, {18, 30}: none},
		`<style>.hot{fill:red} rect{fill:green} #x{fill:red}</style><rect class="warm hot" width="20" height="20"/><rect x="40" width="20" height="20"/><rect id="x" x="80" width="20" height="20"/>`:                                     {{5, 5}: r, {45, 5}: g, {85, 5}: r},
		`<g fill="red" style="stroke:none"><rect width="20" height="20"/><rect x="40" width="20" height="20" fill="none"/></g>`:                                                                                                           {{5, 5}: r, {45, 5}: none},
		`<g style="color:red"><rect width="20" height="20" fill="currentColor"/></g>`:                                                                                                                                                     {{5, 5}: r},
		`<rect width="20" height="20" visibility="hidden"/><g display="none"><rect width="50" height="50"/></g>`:                                                                                                                          {{5, 5}: none, {45, 45}: none},
		`<image width="100" height="100" xlink:href="data:image/png;base64,` + dot + `" style="image-rendering:pixelated"/>`:                                                                                                              {{10, 10}: r, {40, 40}: r},
		`<linearGradient id="l"><stop offset="0.5" stop-color="red"/><stop offset="0.5" style="stop-color:green"/></linearGradient><rect width="80" height="20" fill="url(#l)"/>`:                                                         {{35, 5}: r, {45, 5}: g},
		`<linearGradient id="l" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="0" y2="100"><stop offset="50%" stop-color="red"/><stop offset="50%" stop-color="green"/></linearGradient><rect width="80" height="100" fill="url(#l)"/>`: {{35, 45}: r, {35, 55}: g},
	} {
		d := inside(t, elements)
		for at, name := range want {
			c := d.Image.RGBAAt(at.X, at.Y)
			named := map[color.RGBA]string{{}: none, {255, 0, 0, 255}: r, {0, 128, 0, 255}: g, {0, 0, 0, 255}: k}
			if got, ok := named[c]; !ok || got != name {
				t.Errorf("%s\n at %v: %v, want %q", elements, at, c, name)
			}
		}
	}
}

func TestOpacitiesMultiply(t *testing.T) {
	d := inside(t, `<g opacity="0.5"><rect width="50" height="50" fill="red" fill-opacity="0.5"/></g><path d="M60 60h9M60 60h9" stroke="#00f8" stroke-width="9"/>`)
	if c := d.Image.RGBAAt(5, 5); c.A < 62 || c.A > 66 {
		t.Errorf("half of half is %v", c)
	}
	// A stroke is one shape: where it overlaps itself it is no darker.
	if c := d.Image.RGBAAt(65, 60); c.A < 134 || c.A > 138 {
		t.Errorf("a stroke over itself is %v", c)
	}
}

// TestTextIsWritten looks for ink where words must be, and for its middle.
func TestTextIsWritten(t *testing.T) {
	box := func(elements string) (ink image.Rectangle) {
		d := inside(t, elements)
		for i := range 100 * 100 {
			if d.Image.RGBAAt(i%100, i/100).A > 100 {
				ink = ink.Union(image.Rect(i%100, i/100, i%100+1, i/100+1))
			}
		}
		return ink
	}
	start, mid, end := box(`<text x="50" y="50" font-size="20">HH</text>`), box(`<text x="50" y="50" style="font-size:20px;text-anchor:middle">HH</text>`), box(`<text x="50" y="50" font-size="20" text-anchor="end">HH</text>`)
	if start.Min.X < 50 || start.Max.Y != 50 || start.Dy() < 13 || start.Dy() > 16 {
		t.Errorf("HH is in %v", start)
	}
	if off := mid.Min.X + mid.Max.X - 100; off < -2 || off > 2 {
		t.Errorf("the middle one is in %v", mid)
	}
	if end.Max.X > 50 || end.Max.X < 45 {
		t.Errorf("the one that ends there is in %v", end)
	}
	if turned := box(`<text transform="translate(50 50) rotate(-90)" font-size="20">HH</text>`); turned.Max.Y > 50 || turned.Dy() < turned.Dx() {
		t.Errorf("the turned one is in %v", turned)
	}
	if two := box(`<text x="5" y="20" font-size="20">H<tspan x="5" dy="2em" font-weight="bold">H</tspan></text>`); two.Max.Y != 60 || two.Dx() > 20 {
		t.Errorf("two lines are in %v", two)
	}
}

func TestWhatIsNotDrawnIsSaid(t *testing.T) {
	d := inside(t, `<script>alert(1)</script><foreignObject><b/></foreignObject><filter id="f"/><filter/><image href="https://example.org/x.png"/>
		<image href="file:///etc/passwd"/><use href="other.svg#a"/><rect width="9" height="9" fill="url(#p)" filter="url(#f)"/>
		<radialGradient id="r"><stop stop-color="red"/></radialGradient><circle r="5" fill="url(#r)"/><style>g > rect{fill:red}</style>
		<clipPath id="c"><circle r="5"/></clipPath><rect width="5" height="5" clip-path="url(#c)"/><metadata><x/></metadata><title>t</title>`)
	for _, what := range []string{
		"script", "foreignObject", "filter, 3 times", "a picture out of the file, 2 times", "a reference out of the file", "a fill that is no colour",
		"radial gradient", "a style's selector", "shape of a clip path",
	} {
		if !slices.ContainsFunc(d.Notes, func(note string) bool { return strings.Contains(note, what) }) {
			t.Errorf("%q is not among %q", what, d.Notes)
		}
	}
	if all := strings.Join(d.Notes, "\n"); strings.Contains(all, "metadata") || strings.Contains(all, "title") {
		t.Errorf("what draws nothing is among %q", d.Notes)
	}
	many := ""
	for i := range 50 {
		many += fmt.Sprintf("<e%d\u202e/>", i)
	}
	d, err := draw(`<svg>`+strings.ReplaceAll(many, "\u202e", strings.Repeat("x", 80))+`</svg>`, 10)
	if err != nil || len(d.Notes) > 13 || len(d.Notes[0]) > 70 {
		t.Errorf("%d notes, the first %q, %v", len(d.Notes), d.Notes, err)
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("it computes in one goroutine, which the race detector makes many times slower")
	}
	billion := `<svg><defs><rect id="a0" width="9" height="9"/>`
	for i := range 12 {
		billion += fmt.Sprintf(`<g id="a%d">%s</g>`, i+1, strings.Repeat(fmt.Sprintf(`<use href="#a%d"/>`, i), 12))
	}
	zigzag := strings.Repeat("M0 0L2000 2000L0 2000L2000 0", 300_000)
	for name, c := range map[string]struct {
		svg  string
		want error // nil: any
	}{
		"an entity":              {`<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>`, nil},
		"entities in entities":   {`<!DOCTYPE svg [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><svg><text>&b;</text></svg>`, nil},
		"no end":                 {`<svg><g>`, nil},
		"no SVG":                 {`<html><svg/></html>`, nil},
		"nothing":                {``, nil},
		"very deep":              {`<svg>` + strings.Repeat("<g>", 1000) + strings.Repeat("</g>", 1000) + `</svg>`, vector.ErrTooLarge},
		"very many elements":     {`<svg>` + strings.Repeat("<g/>", 300_000) + `</svg>`, vector.ErrTooLarge},
		"a billion uses":         {billion + `</defs><use href="#a12"/></svg>`, vector.ErrTooLarge},
		"very long lines":        {`<svg viewBox="0 0 2000 2000"><path d="` + zigzag + `"/></svg>`, vector.ErrTooLarge},
		"a page filled for ever": {`<svg viewBox="0 0 10 10">` + strings.Repeat(`<rect width="10" height="10"/>`, 20_000) + `</svg>`, vector.ErrTooLarge},
		"more than 16 MB":        {`<svg><text>` + strings.Repeat("x ", 9<<20) + `</text></svg>`, vector.ErrTooLarge},
		"another encoding":       {`<?xml version="1.0" encoding="utf-7"?><svg/>`, nil},
		"dashes without an end":  {`<svg viewBox="0 0 9 9"><path d="M0 0` + strings.Repeat("L9e9 9e9L0 0", 50_000) + `" stroke="red" stroke-dasharray="0.01"/></svg>`, vector.ErrTooLarge},
	} {
		_, err := draw(c.svg, 200)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUsesThatGoInCirclesEnd(t *testing.T) {
	d := inside(t, `<g id="a"><rect width="9" height="9"/><use href="#a" x="1"/></g><use id="b" href="#b"/>`)
	if d.Image.RGBAAt(35, 5).A == 0 {
		t.Error("it is not drawn as deep as it may be")
	}
	if !slices.ContainsFunc(d.Notes, func(n string) bool { return strings.Contains(n, "deeper") }) {
		t.Errorf("notes: %q", d.Notes)
	}
	inside(t, `<linearGradient id="g" href="#g"/><rect width="9" height="9" fill="url(#g)"/>`)
}

func TestSizes(t *testing.T) {
	for svg, want := range map[string]image.Point{
		`<svg width="360pt" height="216pt">`:                  {480, 288},
		`<svg width="2in" height="2.54cm">`:                   {192, 96},
		`<svg viewBox="0 0 30 40">`:                           {30, 40},
		`<svg width="60" viewBox="0 0 30 40">`:                {60, 80},
		`<svg width="100%" height="50%" viewBox="0 0 30 40">`: {30, 20},
		`<svg>`: {300, 150},
		`<!-- x --><svg width="-5" height="1e308">`: {300, 1_000_000},
	} {
		w, h, err := vector.Size(strings.NewReader(svg))
		if err != nil || image.Pt(w, h) != want {
			t.Errorf("%s: %d by %d, %v; want %v", svg, w, h, err, want)
		}
	}
}

func TestADrawingIsAsLargeAsItMayBe(t *testing.T) {
	for name, c := range map[string]struct {
		svg    string
		limits vector.Limits
		want   image.Point
	}{
		"a small one gains":       {`<svg width="100" height="50"/>`, vector.Limits{}, image.Pt(1600, 800)},
		"a large one is shrunk":   {`<svg width="100000" height="50000"/>`, vector.Limits{}, image.Pt(4096, 2048)},
		"as it is asked for":      {`<svg width="100" height="50"/>`, vector.Limits{Side: 10}, image.Pt(10, 5)},
		"no more than is allowed": {`<svg width="1000" height="1000"/>`, vector.Limits{Pixels: 10_000}, image.Pt(100, 100)},
		"a line":                  {`<svg width="1000000" height="1"/>`, vector.Limits{}, image.Pt(4096, 1)},
	} {
		d, err := vector.Draw(context.Background(), strings.NewReader(c.svg), c.limits)
		if err != nil || d.Image.Rect.Size() != c.want {
			t.Errorf("%s: %v, %v", name, d.Image.Rect, err)
		}
	}
}

func TestDrawingStopsWhenItsContextEnds(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	svg := `<svg viewBox="0 0 10 10">` + strings.Repeat(`<circle cx="5" cy="5" r="5"/>`, 100_000) + `</svg>`
	start := time.Now()
	_, err := vector.Draw(ctx, strings.NewReader(svg), vector.Limits{})
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > time.Second {
		t.Errorf("%v after %v", err, took)
	}
}

func FuzzVector(f *testing.F) {
	for _, svg := range []string{ // small ones: large ones are minimised for minutes
		`<svg><defs><style>*{stroke-linejoin:round}</style><path id="a" d="M 0 0 L 0 3.5" transform="scale(.1 -.1)"/><clipPath id="c"><rect width="9" height="9"/></clipPath></defs><g clip-path="url(#c)"><use xlink:href="#a" x="5" style="stroke:#000;stroke-width:0.8"/></g></svg>`,
		`<svg viewBox="0 0 9 9"><path d="M1 1A3 2 5 1 0 6 6zm1-1l.5.5e-3" stroke="red" stroke-dasharray="1 .1"/></svg>`,
		`<svg><style>*{fill:#123}.a{stroke:hsl(1)}</style><text x="1 2" dy="1em" class="a">a<tspan>b</tspan></text></svg>`,
		`<svg><defs><linearGradient id="g" x2="0" gradientTransform="rotate(9)"><stop offset="9%"/></linearGradient></defs><circle r="9" fill="url(#g)"/></svg>`,
		`<svg width="1e308" height="NaN"><use href="#a"/><g id="a" transform="matrix(1e300 1 1e300 0 1e9 0)"><use href="#a"/><line x2="1e308"/></g></svg>`,
		`<svg><image href="data:image/png;base64,iVBORw0KGgo=" transform="scale(1e-9)"/><ellipse rx="1e200" ry="1e200" stroke-width="1e99"/></svg>`,
	} {
		f.Add([]byte(svg))
	}
	f.Fuzz(func(t *testing.T, svg []byte) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		d, err := vector.Draw(ctx, bytes.NewReader(svg), vector.Limits{Side: 60, Bitmap: bitmap})
		if err == nil && (d.Image.Rect.Empty() || d.Image.Rect.Dx() > 60 || d.Image.Rect.Dy() > 60) {
			t.Fatalf("an image in %v", d.Image.Rect)
		}
		if errors.Is(err, context.DeadlineExceeded) {
			t.Fatal("it took 5 s")
		}
	})
}

func BenchmarkLines(b *testing.B) {
	svg := string(lab(b, "figs/lines.svg"))
	for b.Loop() {
		if _, err := draw(svg, 0); err != nil {
			b.Fatal(err)
		}
	}
}
