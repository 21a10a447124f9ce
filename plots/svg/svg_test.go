package svg_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"benchside/plots"
	"benchside/plots/scene"
	"benchside/plots/svg"
)

func curve(n int, name string) plots.Series {
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = float64(i), math.Sin(float64(i)/20)
	}
	return plots.NewSeries(name, name, x, y)
}

func frame(w, h int) plots.Frame {
	return plots.Frame{W: w, H: h, DotsX: svg.CellW, DotsY: svg.CellH, Look: plots.Look{Dark: true, Depth: plots.Ansi256}}
}

// wellFormed reads a document to its end.
func wellFormed(doc string) error {
	for d := xml.NewDecoder(strings.NewReader(doc)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestAChartIsAPicture(t *testing.T) {
	l := &plots.Line{Title: `val/loss <of> "a" & b`, Series: []plots.Series{curve(2000, "bold-ape"), curve(500, "x\x1b[2J\u202e\n")}, Best: plots.Least}
	doc := svg.Draw(l.Scene(frame(100, 30)), true)
	if err := wellFormed(doc); err != nil {
		t.Fatal(err)
	}
	for what, part := range map[string]string{
		"the size":      `width="900" height="540"`,
		"the title":     "val/loss &lt;of&gt; &#34;a&#34; &amp; b",
		"a name":        "bold-ape",
		"a line":        `stroke-linejoin="round"`,
		"a best marker": "<circle ",
	} {
		if !strings.Contains(doc, part) {
			t.Errorf("%s is missing: no %s", what, part)
		}
	}
	if strings.ContainsAny(doc, "\x1b\u202e") {
		t.Error("a control of a name is in the picture")
	}
	if most := 60_000; len(doc) > most {
		t.Errorf("the picture has %d bytes, want at most %d", len(doc), most)
	}
}

func TestAnyItemIsWellFormed(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	s := &scene.Scene{W: 10, H: 5, Area: scene.Box{X1: 10, Y1: 5}, Items: []scene.Item{
		scene.Line{Points: []scene.Point{{X: 1, Y: inf}, {X: nan, Y: nan}, {X: 1e300, Y: -1e300}, {X: 2, Y: 2}}, Ink: scene.Ink{Dash: 0x0f, Faint: true}},
		scene.Band{X: []float64{1, 2, nan, 4}, Low: []float64{3, nan, 3, 3}, High: []float64{1, 1, 1, 1}},
		scene.Rect{Box: scene.Box{X0: 3, Y0: 3, X1: 1, Y1: 1}},
		scene.Rect{Box: scene.Box{X0: 1, Y0: 1, X1: 3, Y1: 3}},
		scene.Heat{Box: scene.Box{X1: 4, Y1: 2}, Cols: 2, Values: []float64{0, 1, nan, 0.5}, Ramp: []scene.Color{scene.Palette(53), scene.RGB(1, 2, 3)}},
		scene.Heat{Cols: 0},
		scene.Rule{From: scene.Point{X: 1, Y: 1}, To: scene.Point{X: 1, Y: 1}, Sign: '└'},
		scene.Rule{From: scene.Point{X: 1, Y: 1}, To: scene.Point{X: 1, Y: 4}, Sign: '┊'},
		scene.Text{Text: "<&>\"'\x00\xff", Anchor: scene.Middle, Ink: scene.Ink{Bold: true, Color: scene.Palette(240)}},
	}}
	for shape := range 9 {
		s.Items = append(s.Items, scene.Marker{At: scene.Point{X: 2, Y: 2}, Shape: shape, Ink: scene.Ink{Color: scene.Palette(uint8(shape * 30))}})
	}
	for _, dark := range []bool{true, false} {
		if err := wellFormed(svg.Draw(s, dark)); err != nil {
			t.Errorf("dark %t: %v", dark, err)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a name", 3.0, 4.0)
	f.Add("]]>\x1b\u202e\xff", math.Inf(1), math.NaN())
	f.Fuzz(func(t *testing.T, text string, x, y float64) {
		l := &plots.Line{Title: text, Series: []plots.Series{plots.NewSeries("a", text, []float64{x, y}, []float64{y, x})}, Events: []plots.Event{{X: x, Text: text}}}
		if err := wellFormed(svg.Draw(l.Scene(frame(40, 12)), false)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAMedianStandsUpright(t *testing.T) {
	at := scene.Point{X: 2, Y: 3}
	doc := svg.Draw(&scene.Scene{W: 10, H: 5, Area: scene.Box{X1: 10, Y1: 5}, Items: []scene.Item{scene.Rule{From: at, To: at, Sign: '┃'}}}, true)
	if want := `d="M22.5 54.0V72.0"`; !strings.Contains(doc, want) {
		t.Errorf("no %s in %s", want, doc)
	}
}

func TestWhatIsFaintIsFaintEverywhere(t *testing.T) {
	at := scene.Point{X: 2, Y: 3}
	for faint, want := range map[bool]bool{true: true, false: false} {
		doc := svg.Draw(&scene.Scene{W: 10, H: 5, Area: scene.Box{X1: 10, Y1: 5}, Items: []scene.Item{scene.Marker{At: at, Ink: scene.Ink{Faint: faint}}}}, true)
		if got := strings.Contains(doc, ` opacity="0.45"`); got != want {
			t.Errorf("faint %t: %s", faint, doc)
		}
	}
}
