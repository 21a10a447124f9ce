package pictures_test

import (
	"image"
	"math"
	"testing"

	"benchside/pictures"
)

func TestPortsSee(t *testing.T) {
	plot, box := image.Pt(640, 480), pictures.Box{Cols: 160, Rows: 45, CellW: 8, CellH: 16}
	for name, c := range map[string]struct {
		size image.Point
		port pictures.Port
		want pictures.Seen
	}{
		"all of it, no wider than its shape": {plot, pictures.Port{}, pictures.Seen{Part: image.Rect(0, 0, 640, 480), Cols: 120, Rows: 45}},
		"twice as large":                     {plot, pictures.Port{Zoom: 2}, pictures.Seen{Part: image.Rect(107, 120, 534, 360), Cols: 160, Rows: 45}},
		"a pixel of its own for each":        {image.Pt(5000, 3000), pictures.Port{Zoom: pictures.Actual(image.Pt(5000, 3000), box)}, pictures.Seen{Part: image.Rect(1860, 1140, 3140, 1860), Cols: 160, Rows: 45}},
		"a small one at its own size":        {image.Pt(64, 48), pictures.Port{Zoom: pictures.Actual(image.Pt(64, 48), box)}, pictures.Seen{Part: image.Rect(0, 0, 64, 48), Cols: 8, Rows: 3}},
		"the upper left third":               {image.Pt(1280, 720), pictures.Port{}.Jump(1), pictures.Seen{Part: image.Rect(0, 0, 427, 240), Cols: 160, Rows: 45}},
		"the middle":                         {image.Pt(1280, 720), pictures.Port{}.Jump(5), pictures.Seen{Part: image.Rect(427, 240, 854, 480), Cols: 160, Rows: 45}},
		"the lower right third":              {image.Pt(1280, 720), pictures.Port{}.Jump(9), pictures.Seen{Part: image.Rect(853, 480, 1280, 720), Cols: 160, Rows: 45}},
		"a line":                             {image.Pt(10_000, 1), pictures.Port{}, pictures.Seen{Part: image.Rect(0, 0, 10_000, 1), Cols: 160, Rows: 1}},
	} {
		if got := c.port.See(c.size, box); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestPanningGoesByHalvesAndStopsAtTheEdges(t *testing.T) {
	size, box := image.Pt(1280, 720), pictures.Box{Cols: 160, Rows: 45, CellW: 8, CellH: 16}
	port := pictures.Port{Zoom: 4, X: -1, Y: -1} // 320 by 180 are seen
	at := func() image.Point { return port.See(size, box).Part.Min }
	for i, c := range []struct {
		dx, dy int
		want   image.Point
	}{
		{1, 0, image.Pt(160, 0)},
		{1, 1, image.Pt(320, 90)},
		{-1, 0, image.Pt(160, 90)},
		{-3, 0, image.Pt(0, 90)},
		{100, 100, image.Pt(960, 540)},
		{-1, -1, image.Pt(800, 450)},
		{0, 0, image.Pt(800, 450)},
	} {
		port = port.Pan(size, box, c.dx, c.dy)
		if got := at(); got != c.want {
			t.Errorf("step %d: at %v, want %v", i, got, c.want)
		}
	}
}

func TestMinimapShowsWhatIsSeen(t *testing.T) {
	size, box := image.Pt(1280, 720), pictures.Box{Cols: 160, Rows: 45, CellW: 8, CellH: 16}
	for name, c := range map[string]struct {
		port pictures.Port
		want image.Rectangle
	}{
		"everything":       {pictures.Port{}, image.Rect(0, 0, 12, 6)},
		"a quarter":        {pictures.Port{Zoom: 2, X: -1, Y: -1}, image.Rect(0, 0, 6, 3)},
		"the other end":    {pictures.Port{Zoom: 2, X: 1, Y: 1}, image.Rect(6, 3, 12, 6)},
		"less than a cell": {pictures.Port{Zoom: 64, X: 1, Y: 1}, image.Rect(11, 5, 12, 6)},
	} {
		if got := c.port.Minimap(size, box, 12, 6); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestPixelsAreNeverMoreThanThereAre(t *testing.T) {
	box := pictures.Box{Cols: 80, Rows: 24, CellW: 10, CellH: 20}
	seen := pictures.Port{}.See(image.Pt(1600, 1200), box)
	if w, h := seen.Pixels(box); w != 640 || h != 480 {
		t.Errorf("%d by %d for 64 by 24 cells", w, h)
	}
	seen = pictures.Port{}.See(image.Pt(64, 48), box)
	if w, h := seen.Pixels(box); w != 64 || h != 48 {
		t.Errorf("a small picture is sent in %d by %d", w, h)
	}
}

func FuzzPort(f *testing.F) {
	f.Add(640, 480, 160, 45, 8, 16, 2.0, 0.0, 0.0, 1, -1)
	f.Add(1, 1<<30, 1, 1, 0, 0, math.NaN(), math.Inf(1), -5.0, 1<<40, -(1 << 40))
	f.Fuzz(func(t *testing.T, w, h, cols, rows, cw, ch int, zoom, x, y float64, dx, dy int) {
		size, box := image.Pt(min(max(w, 1), 1<<30), min(max(h, 1), 1<<30)), pictures.Box{Cols: cols, Rows: rows, CellW: cw, CellH: ch}
		port := pictures.Port{Zoom: zoom, X: x, Y: y}
		for _, p := range []pictures.Port{port, port.Pan(size, box, dx, dy), port.Jump(dx)} {
			seen := p.See(size, box)
			if seen.Part.Empty() || !seen.Part.In(image.Rectangle{Max: size}) || seen.Cols < 1 || seen.Rows < 1 || seen.Cols > max(cols, 1) || seen.Rows > max(rows, 1) {
				t.Fatalf("%+v of %v in %+v: %+v", p, size, box, seen)
			}
			if m := p.Minimap(size, box, 10, 5); m.Empty() || !m.In(image.Rect(0, 0, 10, 5)) {
				t.Fatalf("%+v: minimap %v", p, m)
			}
		}
	})
}
