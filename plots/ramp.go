package plots

import (
	"math"

	"benchside/plots/scene"
)

// hues is a ramp of colours: in the palette of 256, and in red, green and blue.
type hues struct {
	palette []uint8
	rgb     []uint32
}

// viridis rises in lightness and is told apart by the colour-blind (S. van der
// Walt and N. Smith, matplotlib).
func viridis() hues {
	return hues{
		[]uint8{53, 54, 24, 25, 30, 31, 36, 71, 77, 148, 220},
		[]uint32{0x440154, 0x482475, 0x414487, 0x355f8d, 0x2a788e, 0x21918c, 0x22a884, 0x44bf70, 0x7ad151, 0xbddf26, 0xfde725},
	}
}

// diverging leads from blue over white to red, for numbers around 0 (RdBu of C.
// Brewer).
func diverging() hues {
	return hues{
		[]uint8{17, 25, 67, 116, 254, 231, 224, 216, 167, 124, 52},
		[]uint32{0x053061, 0x2065ab, 0x4393c3, 0x90c4dd, 0xd1e5f0, 0xf7f6f6, 0xfddbc7, 0xf3a481, 0xd6604d, 0xb1182b, 0x67001f},
	}
}

// ramp is a ramp for a frame: none where there are too few colours for it.
func (f Frame) ramp(h hues) []scene.Color {
	switch {
	case f.Look.Depth == TrueColor || f.Look.Depth == Ansi256 && f.file():
		return h.smooth()
	case f.Look.Depth == Ansi256:
		out := make([]scene.Color, len(h.palette))
		for i, p := range h.palette {
			out[i] = scene.Palette(p)
		}
		return out
	}
	return nil
}

// smooth is the ramp without visible steps.
func (h hues) smooth() []scene.Color {
	const steps = 256
	out := make([]scene.Color, steps)
	for i := range out {
		at := float64(i) / (steps - 1) * float64(len(h.rgb)-1)
		k := min(int(at), len(h.rgb)-2)
		part := at - float64(k)
		mix := func(shift int) uint8 {
			a, b := float64(h.rgb[k]>>shift&0xff), float64(h.rgb[k+1]>>shift&0xff)
			return uint8(math.Round(a*(1-part) + b*part))
		}
		out[i] = scene.RGB(mix(16), mix(8), mix(0))
	}
	return out
}

// on is the ink of words on a colour: dark on what is lighter than a luminance of
// 0.18, as WCAG 2 defines it, else light.
func (f Frame) on(c scene.Color) scene.Color {
	r, g, b, ok := c.RGB()
	if !ok {
		return 0
	}
	light := 0.2126*linearLight(r)+0.7152*linearLight(g)+0.0722*linearLight(b) > 0.18
	_, palette := c.Index()
	switch {
	case light && palette:
		return scene.Palette(233)
	case light:
		return scene.RGB(0x10, 0x10, 0x14)
	case palette:
		return scene.Palette(255)
	}
	return scene.RGB(0xf4, 0xf4, 0xf8)
}

// linearLight undoes the gamma of sRGB.
func linearLight(v uint8) float64 {
	s := float64(v) / 255
	if s > 0.04045 {
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return s / 12.92
}
