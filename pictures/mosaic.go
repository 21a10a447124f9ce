package pictures

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"benchside/plots/cell"
)

// Style is how a picture is drawn in cells.
type Style struct {
	Set     cell.Dots // braille is drawn without colours
	Colours Colours
	Back    color.RGBA // the background of the theme, opaque
	Invert  bool       // light becomes dark, hues stay
	// Photo dithers where there are no colours; it would fray text.
	Photo bool
}

// Mosaic is a picture in cells, row by row.
type Mosaic struct {
	Cols, Rows int
	Cells      []Cell
}

// Cell is a sign of one column. Of a blank only the background counts.
type Cell struct {
	Rune   rune
	Fg, Bg Color
}

// Cells draws a part of a picture in cols by rows cells.
func Cells(ctx context.Context, m image.Image, part image.Rectangle, cols, rows int, style Style) (Mosaic, error) {
	if cols < 1 || rows < 1 || cols > mostSide || rows > mostSide {
		return Mosaic{}, fmt.Errorf("draw a picture in %d by %d cells: it needs one, and at most %d a side", cols, rows, mostSide)
	}
	dx, dy := style.Set.Size()
	pixels, err := Scale(ctx, m, part, cols*dx, rows*dy, Look{Back: style.Back, Invert: style.Invert, Sharpen: true})
	if err != nil {
		return Mosaic{}, err
	}
	mosaic := Mosaic{Cols: cols, Rows: rows, Cells: make([]Cell, cols*rows)}
	switch {
	case style.Colours == NoColours && style.Set == cell.ASCII:
		mosaic.shade(pixels, style)
	case style.Colours == NoColours || style.Set == cell.Braille:
		mosaic.mono(pixels, style)
	default:
		mosaic.colour(pixels, style)
	}
	return mosaic, nil
}

// sample is a pixel of a cell.
type sample [3]int32

// apart is how different two colours look; the eye sees green best.
func apart(a, b sample) int32 {
	r, g, b2 := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return 2*r*r + 4*g*g + 3*b2*b2
}

// colour draws each cell in two colours. Any division of its pixels has a sign,
// so the best two colours are the best picture.
func (m *Mosaic) colour(pixels *image.RGBA, style Style) {
	dx, dy := style.Set.Size()
	var samples [8]sample
	for row := range m.Rows {
		var last Cell
		for col := range m.Cols {
			n := 0
			for y := row * dy; y < (row+1)*dy; y++ {
				for x := col * dx; x < (col+1)*dx; x++ {
					p := pixels.Pix[y*pixels.Stride+4*x:]
					samples[n] = sample{int32(p[0]), int32(p[1]), int32(p[2])}
					n++
				}
			}
			last = two(samples[:n], style, last)
			m.Cells[row*m.Cols+col] = last
		}
	}
}

const (
	rounds = 3 // means are taken; a fourth changes hardly a cell
	// alike is how far a channel may be off for the colour of the cell to the
	// left; on flats, where a tint would run on, less.
	alike, alikeOnFlats = 4, 1
)

// two returns a cell in the two means of its samples. It takes the colours of
// the cell to the left where they are the same to the eye, so that a row is short.
func two(samples []sample, style Style, left Cell) Cell {
	a, b := farthest(samples)
	if flat := apart(a, b) < 150; flat || len(samples) == 1 {
		var all [2]mean
		for _, s := range samples {
			all[0].add(s)
		}
		return Cell{Rune: ' ', Fg: left.Fg, Bg: style.Colours.near(all[0].of(a), left.Bg, alikeOnFlats)}
	}
	mask := 0 // of those that are nearer to b
	for range rounds {
		mask = 0
		var means [2]mean
		for i, s := range samples {
			side := 0
			if apart(s, b) < apart(s, a) {
				side = 1
				mask |= 1 << i
			}
			means[side].add(s)
		}
		a, b = means[0].of(a), means[1].of(b)
	}
	back, front := style.Colours.near(a, left.Bg, alike), style.Colours.near(b, left.Fg, alike)
	if other := style.Colours.near(b, left.Bg, alike); other == left.Bg && back != left.Bg {
		back, front, mask = other, style.Colours.near(a, left.Fg, alike), 1<<len(samples)-1-mask
	}
	if back == front {
		return Cell{Rune: ' ', Fg: left.Fg, Bg: back}
	}
	return Cell{Rune: []rune(style.Set.Sign(mask))[0], Fg: front, Bg: back}
}

// farthest returns the two samples that are farthest apart.
func farthest(samples []sample) (a, b sample) {
	a, b = samples[0], samples[0]
	most := int32(0)
	for i, s := range samples {
		for _, t := range samples[i+1:] {
			if d := apart(s, t); d > most {
				most, a, b = d, s, t
			}
		}
	}
	return a, b
}

type mean struct {
	sum sample
	n   int32
}

func (m *mean) add(s sample) {
	for k, v := range s {
		m.sum[k] += v
	}
	m.n++
}

// of returns the mean, or what it was before if it is of nothing.
func (m *mean) of(before sample) sample {
	if m.n == 0 {
		return before
	}
	for k := range before {
		before[k] = (m.sum[k] + m.n/2) / m.n
	}
	return before
}
