package raster_test

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"image/png"
	"math"
	"testing"

	"benchside/plots/raster"
	"benchside/plots/scene"
)

func picture(t *testing.T, s *scene.Scene) func(x, y int) color.RGBA {
	t.Helper()
	content, err := raster.PNG(s, true)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if b := m.Bounds(); b.Dx() != s.W*raster.CellW || b.Dy() != s.H*raster.CellH {
		t.Fatalf("%d by %d pixels for %d by %d cells", b.Dx(), b.Dy(), s.W, s.H)
	}
	return func(x, y int) color.RGBA { return color.RGBAModel.Convert(m.At(x, y)).(color.RGBA) }
}

func TestAPictureHasWhatTheSceneHas(t *testing.T) {
	green := scene.Ink{Color: scene.Palette(114)}
	s := &scene.Scene{W: 10, H: 4, Area: scene.Box{X0: 1, Y0: 1, X1: 9, Y1: 4}, Items: []scene.Item{
		scene.Line{Points: []scene.Point{{X: 0, Y: 36.5 / raster.CellH}, {X: 10, Y: 36.5 / raster.CellH}}, Ink: green},
		scene.Rect{Box: scene.Box{X0: 2, Y0: 3, X1: 4, Y1: 5}, Ink: green},
		scene.Text{X: 0, Y: 0, Text: "M"},
	}}
	at := picture(t, s)
	paper, ink := color.RGBA{0x16, 0x16, 0x16, 0xff}, color.RGBA{135, 215, 135, 0xff}
	for name, c := range map[string]struct {
		x, y int
		want color.RGBA
	}{
		"on the line": {45, 36, ink}, "beside the line": {45, 44, paper}, "the line is cut at the area": {4, 36, paper},
		"in the bar": {25, 60, ink}, "right of the bar": {40, 60, paper},
	} {
		if got := at(c.x, c.y); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	lit := 0
	for y := range raster.CellH {
		for x := range raster.CellW {
			if at(x, y) != paper {
				lit++
			}
		}
	}
	if lit < 20 {
		t.Errorf("the letter has %d pixels", lit)
	}
}

func TestTooLargeIsAnError(t *testing.T) {
	for _, s := range []*scene.Scene{{W: 100_000, H: 100_000}, {W: 0, H: 5}, {W: 5, H: -1}} {
		if _, err := raster.PNG(s, true); err == nil {
			t.Errorf("%d by %d is drawn", s.W, s.H)
		}
	}
}

func FuzzPNG(f *testing.F) {
	f.Add([]byte("12345678abcdefgh12345678abcdefgh"), "text", uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, text string, shape uint8) {
		v := make([]float64, 8)
		for i := range v {
			if len(data) >= 8 {
				v[i] = math.Float64frombits(binary.LittleEndian.Uint64(data))
				data = data[8:]
			}
		}
		ink := scene.Ink{Color: scene.Palette(shape), Dash: shape, Faint: shape%2 == 0}
		s := &scene.Scene{W: 20, H: 6, Area: scene.Box{X0: v[0], Y0: 0, X1: 20, Y1: v[1]}, Items: []scene.Item{
			scene.Line{Points: []scene.Point{{X: v[0], Y: v[1]}, {X: v[2], Y: v[3]}, {X: v[4], Y: v[5]}}, Ink: ink},
			scene.Band{X: v[:3], Low: v[3:6], High: v[5:], Ink: ink},
			scene.Rect{Box: scene.Box{X0: v[0], Y0: v[1], X1: v[2], Y1: v[3]}, Ink: ink},
			scene.Heat{Box: scene.Box{X0: v[4], Y0: v[5], X1: v[6], Y1: v[7]}, Cols: 3, Values: v},
			scene.Marker{At: scene.Point{X: v[0], Y: v[1]}, Shape: int(shape), Ink: ink},
			scene.Rule{From: scene.Point{X: v[0], Y: v[1]}, To: scene.Point{X: v[2], Y: v[3]}, Sign: '─', Ink: ink},
			scene.Text{X: int(shape) - 100, Y: int(shape) % 7, Anchor: scene.End, Text: text, Ink: ink},
		}}
		if _, err := raster.PNG(s, shape > 9); err != nil {
			t.Fatal(err)
		}
	})
}

func TestABandHasNoSeams(t *testing.T) {
	b := scene.Band{Ink: scene.Ink{Color: scene.Palette(114)}}
	for x := 0.0; x < 20; x += 0.137 {
		b.X, b.Low, b.High = append(b.X, x), append(b.Low, 5), append(b.High, 1)
	}
	at := picture(t, &scene.Scene{W: 20, H: 6, Area: scene.Box{X1: 20, Y1: 6}, Items: []scene.Item{b}})
	for x := 2; x < 175; x++ {
		if got, want := at(x, 50), at(1, 50); got != want {
			t.Fatalf("at %d: %v, want %v", x, got, want)
		}
	}
}

func TestAWordCanHideWhatIsUnderIt(t *testing.T) {
	at := picture(t, &scene.Scene{W: 10, H: 3, Area: scene.Box{X1: 10, Y1: 3}, Items: []scene.Item{
		scene.Line{Points: []scene.Point{{X: 0, Y: 1.5}, {X: 10, Y: 1.5}}},
		scene.Text{X: 4, Y: 1, Text: "  ", Over: true},
	}})
	paper := color.RGBA{0x16, 0x16, 0x16, 0xff}
	if at(20, 27) == paper || at(45, 27) != paper {
		t.Errorf("beside the word %v, under it %v", at(20, 27), at(45, 27))
	}
}
