package scene_test

import (
	"math"
	"testing"

	"benchside/plots/scene"
)

func TestColoursAreMadeOf(t *testing.T) {
	for what, c := range map[string]struct {
		color   scene.Color
		r, g, b uint8
		ok      bool
	}{
		"none":                       {0, 0, 0, 0, false},
		"the terminal's own red":     {scene.Palette(9), 255, 0, 0, true},
		"black of the cube":          {scene.Palette(16), 0, 0, 0, true},
		"a colour of the cube":       {scene.Palette(75), 95, 175, 255, true},
		"the lightest grey":          {scene.Palette(255), 238, 238, 238, true},
		"red, green and blue":        {scene.RGB(1, 2, 3), 1, 2, 3, true},
		"black as red, green, blue":  {scene.RGB(0, 0, 0), 0, 0, 0, true},
		"a number that is no colour": {257, 0, 0, 0, false},
	} {
		r, g, b, ok := c.color.RGB()
		if r != c.r || g != c.g || b != c.b || ok != c.ok {
			t.Errorf("%s: got %d %d %d %t", what, r, g, b, ok)
		}
	}
	if _, ok := scene.RGB(0, 0, 3).Index(); ok {
		t.Error("a colour of red, green and blue has a place in the palette")
	}
}

func TestAHeatHasTheNearestColourOfItsRamp(t *testing.T) {
	h := scene.Heat{Ramp: []scene.Color{1, 2, 3}}
	for v, want := range map[float64]scene.Color{-1: 1, 0: 1, 0.2: 1, 0.3: 2, 0.7: 2, 0.8: 3, 2: 3} {
		if got := h.Color(v); got != want {
			t.Errorf("%v: got %v, want %v", v, got, want)
		}
	}
	if got := h.Color(math.NaN()) + (scene.Heat{}).Color(1); got != 0 {
		t.Errorf("nothing has the colour %v", got)
	}
}
