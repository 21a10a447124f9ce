package pictures_test

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"testing"

	"benchside/pictures"
	"benchside/plots/cell"
)

// plot is a plot of matplotlib in its usual size, 640 by 480.
func plot(t testing.TB) []byte {
	t.Helper()
	p, err := decode(lab(t, roc), pictures.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := pictures.Scale(context.Background(), p.Image, p.Image.Bounds(), 640, 480, pictures.Look{Back: white})
	if err != nil {
		t.Fatal(err)
	}
	return encoded(t, "png", m)
}

// BenchmarkDecodeToCells has a budget of 40 ms.
func BenchmarkDecodeToCells(b *testing.B) {
	content := plot(b)
	for name, style := range map[string]pictures.Style{
		"sextants": {Set: cell.Sextant}, "sextants 256": {Set: cell.Sextant, Colours: pictures.Colours256},
		"octants": {Set: cell.Octant}, "braille": {Set: cell.Braille},
	} {
		style.Back, style.Invert = night, true
		b.Run(name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				p, err := decode(content, pictures.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				size = 0
				for _, line := range cells(b, p.Image, 160, 45, style).Lines() {
					size += len(line)
				}
			}
			b.ReportMetric(float64(size), "bytes/frame")
		})
	}
}

// BenchmarkForty decodes and shrinks 40 megapixels, within a budget of 2 s.
func BenchmarkForty(b *testing.B) {
	tile, err := decode(lab(b, roc), pictures.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	big := image.NewRGBA(image.Rect(0, 0, 8000, 5000))
	for y := 0; y < 5000; y += tile.Height {
		for x := 0; x < 8000; x += tile.Width {
			draw.Draw(big, image.Rect(x, y, x+tile.Width, y+tile.Height), tile.Image, image.Point{}, draw.Src)
		}
	}
	for _, format := range []string{"png", "jpeg"} {
		content := encoded(b, format, big)
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				p, err := pictures.Decode(context.Background(), bytes.NewReader(content), int64(len(content)), pictures.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				cells(b, p.Image, 160, 45, pictures.Style{Set: cell.Sextant})
			}
		})
	}
}
