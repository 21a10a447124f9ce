package plots

import (
	"testing"

	"benchside/plots/scene"
)

// heats are the heats of a chart.
func heats(s *scene.Scene) (out []scene.Heat) {
	for _, item := range s.Items {
		if h, ok := item.(scene.Heat); ok {
			out = append(out, h)
		}
	}
	return out
}

func TestRampsHaveStepsOnlyInThePalette(t *testing.T) {
	c := &Heatmap{Cols: []string{"a", "b"}, Rows: []string{"a", "b"}, Values: []float64{1, 0.2, 0.2, 1}}
	for what, k := range map[string]struct {
		frame Frame
		want  int
	}{
		"no colour":               {Frame{DotsY: 4}, 0},
		"16":                      {Frame{DotsY: 4, Look: Look{Depth: Ansi16}}, 0},
		"256":                     {Frame{DotsY: 4, Look: Look{Depth: Ansi256}}, 11},
		"16 million, if asked":    {Frame{DotsY: 4, Look: Look{Depth: TrueColor}}, 256},
		"a file, whatever is set": {Frame{DotsY: 18, Look: Look{Depth: Ansi256}}, 256},
	} {
		k.frame.W, k.frame.H = 40, 10
		ramp := heats(c.Scene(k.frame))[0].Ramp
		if len(ramp) != k.want {
			t.Errorf("%s: %d colours, want %d", what, len(ramp), k.want)
		}
		for i := 1; i < len(ramp) && k.want == 256; i++ {
			before, _, _, _ := ramp[i-1].RGB()
			if red, _, _, _ := ramp[i].RGB(); max(red, before)-min(red, before) > 12 {
				t.Errorf("%s: a step of red from %d to %d", what, before, red)
			}
		}
	}
}

func TestNumbersAreReadableOnTheirCells(t *testing.T) {
	light := func(c scene.Color) float64 {
		r, g, b, ok := c.RGB()
		if !ok {
			return -1
		}
		return 0.2126*linearLight(r) + 0.7152*linearLight(g) + 0.0722*linearLight(b)
	}
	for _, around0 := range []bool{true, false} {
		for _, f := range []Frame{{DotsY: 4, Look: Look{Depth: Ansi256, Dark: true}}, {DotsY: 18, Look: Look{Depth: Ansi256}}, {DotsY: 4, Look: Look{Depth: TrueColor}}} {
			c := &Heatmap{Around0: around0, Rows: []string{"a"}}
			for i := range 11 {
				c.Cols, c.Values = append(c.Cols, "k"), append(c.Values, float64(i-5)/5)
			}
			f.W, f.H = 120, 8
			s := c.Scene(f)
			h, n := heats(s)[0], 0
			for _, item := range s.Items {
				text, ok := item.(scene.Text)
				if !ok || text.Anchor != scene.Middle {
					continue
				}
				a, b := light(text.Ink.Color), light(h.Color(h.Values[n]))
				// WCAG 2 asks for 4.5 where text is small; the limit of 0.18 gives nearly that.
				if contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05); a < 0 || contrast < 4 {
					t.Errorf("around 0 %t, %+v: %s has a contrast of %.1f", around0, f.Look, text.Text, contrast)
				}
				n++
			}
			if n != len(c.Values) {
				t.Errorf("%d numbers of %d", n, len(c.Values))
			}
		}
	}
}
