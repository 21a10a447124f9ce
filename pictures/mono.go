package pictures

import (
	"image"

	"benchside/plots/cell"
)

// luma is how light a pixel is, from 0 to 255.
func luma(p []uint8) float32 {
	return (299*float32(p[0]) + 587*float32(p[1]) + 114*float32(p[2])) / 1000
}

func lumas(pixels *image.RGBA) []float32 {
	out := make([]float32, len(pixels.Pix)/4)
	for i := range out {
		out[i] = luma(pixels.Pix[4*i:])
	}
	return out
}

// mono lights the dots of what is written with the terminal's own ink: on a dark
// background what is light, on a light one what is dark.
func (m *Mosaic) mono(pixels *image.RGBA, style Style) {
	light := lumas(pixels)
	level := otsu(light)
	wide := pixels.Rect.Dx()
	if style.Photo {
		level = 127.5
		dither(light, wide)
	}
	onDark := dark(style.Back)
	dx, dy := style.Set.Size()
	for i := range m.Cells {
		mask := 0
		for y := range dy {
			for x := range dx {
				at := (i/m.Cols*dy+y)*wide + i%m.Cols*dx + x
				if light[at] > level == onDark {
					mask |= style.Set.Bit(x, y)
				}
			}
		}
		sign := ' '
		if mask != 0 || style.Set != cell.Braille {
			sign = []rune(style.Set.Sign(mask))[0]
		}
		m.Cells[i] = Cell{Rune: sign}
	}
}

// otsu returns the level that divides the pixels into two kinds that differ most
// from each other: N. Otsu, A threshold selection method from gray-level
// histograms, IEEE Transactions on Systems, Man, and Cybernetics 9 (1979).
func otsu(light []float32) float32 {
	var bins [256]float64
	sum := 0.0
	for _, v := range light {
		bin := min(max(int(v), 0), 255)
		bins[bin]++
		sum += float64(bin)
	}
	all := float64(len(light))
	below, belowSum, most := 0.0, 0.0, 0.0
	first, last := 127, 127 // the levels that are best alike: between two peaks any is
	for level, n := range bins[:255] {
		below += n
		belowSum += n * float64(level)
		if below == 0 || below == all {
			continue
		}
		d := belowSum/below - (sum-belowSum)/(all-below)
		switch between := below * (all - below) * d * d; {
		case between > most:
			most, first, last = between, level, level
		case between == most:
			last = level
		}
	}
	return float32(first+last)/2 + 0.99
}

// dither spreads the error of each pixel over those that follow: R. Floyd and L.
// Steinberg, An adaptive algorithm for spatial grey scale (1976).
func dither(light []float32, wide int) {
	for i, v := range light {
		to := float32(0)
		if v > 127.5 {
			to = 255
		}
		light[i] = to
		rest := (v - to) / 16
		x := i % wide
		spread := func(at int, parts float32, in bool) {
			if in && at < len(light) {
				light[at] += rest * parts
			}
		}
		spread(i+1, 7, x+1 < wide)
		spread(i+wide-1, 3, x > 0)
		spread(i+wide, 5, true)
		spread(i+wide+1, 1, x+1 < wide)
	}
}

// shade writes a letter for how light a cell is, heavier the more ink it has.
func (m *Mosaic) shade(pixels *image.RGBA, style Style) {
	const ramp = " .:-=+*#%@"
	onDark := dark(style.Back)
	for i, v := range lumas(pixels) {
		if !onDark {
			v = 255 - v
		}
		m.Cells[i] = Cell{Rune: rune(ramp[min(int(v/256*float32(len(ramp))), len(ramp)-1)])}
	}
}

// IsPhoto tells a photo from a chart: in a chart most pixels are as the one
// beside them. It looks at some thousand of them.
func IsPhoto(m image.Image) bool {
	const lines, steps = 64, 64
	b := m.Bounds()
	if b.Dx() < 2 || b.Dy() < 1 {
		return false
	}
	read := rows(m)
	row := make([]uint8, 4*b.Dx())
	same, all := 0, 0
	for line := range min(lines, b.Dy()) {
		read(b.Min.Y+line*b.Dy()/min(lines, b.Dy()), b.Min.X, row)
		for step := range min(steps, b.Dx()-1) {
			at := 4 * (step * (b.Dx() - 1) / min(steps, b.Dx()-1))
			p, q := row[at:at+4], row[at+4:at+8]
			all++
			if apart(sample{int32(p[0]), int32(p[1]), int32(p[2])}, sample{int32(q[0]), int32(q[1]), int32(q[2])}) <= 9 {
				same++
			}
		}
	}
	return same*2 < all
}
