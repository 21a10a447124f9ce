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
