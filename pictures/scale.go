package pictures

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// Look says how pixels are changed for a screen.
type Look struct {
	// Back is the background that shows through, opaque.
	Back color.RGBA
	// Invert turns light into dark and keeps the hue: a white page becomes the
	// background of a dark theme, or black on a light one.
	Invert bool
	// Sharpen makes up for what shrinking blurs, where cells are coarse.
	Sharpen bool
}

// mostScaled bounds what a picture is scaled to: a screen of 8K.
const mostScaled = 1 << 25

// Scale returns a part of a picture in w by h pixels over the background. What
// is shrunk much is averaged first. What is enlarged four times or more shows its
// pixels.
func Scale(ctx context.Context, m image.Image, part image.Rectangle, w, h int, look Look) (*image.RGBA, error) {
	part = part.Intersect(m.Bounds())
	if part.Empty() || w < 1 || h < 1 || w > mostScaled/h {
		return nil, fmt.Errorf("scale %d by %d pixels to %d by %d: it must have pixels, and at most %d", part.Dx(), part.Dy(), w, h, mostScaled)
	}
	const finer = 3 // how much is left to the better filter
	shrunk, err := averaged(ctx, m, part, min(part.Dx(), finer*w), min(part.Dy(), finer*h))
	if err != nil {
		return nil, fmt.Errorf("scale a picture: %w", err)
	}
	out := shrunk
	if size := shrunk.Rect.Size(); size != image.Pt(w, h) {
		out = image.NewRGBA(image.Rect(0, 0, w, h))
		var filter draw.Scaler = draw.CatmullRom
		if w >= 4*size.X && h >= 4*size.Y {
			filter = draw.NearestNeighbor
		}
		filter.Scale(out, out.Rect, shrunk, shrunk.Rect, draw.Src, nil)
	}
	finish(out, look)
	if look.Sharpen && (part.Dx() > w || part.Dy() > h) {
		out = sharpened(out)
	}
	return out, nil
}

// averaged returns a part of a picture in w by h pixels, no more than it has,
// each the mean of those it covers.
func averaged(ctx context.Context, m image.Image, part image.Rectangle, w, h int) (*image.RGBA, error) {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	read := rows(m)
	wide, high := part.Dx(), part.Dy()
	row := make([]uint8, 4*wide)
	if wide == w && high == h {
		for y := range h {
			read(part.Min.Y+y, part.Min.X, out.Pix[y*out.Stride:y*out.Stride+4*w])
		}
		return out, ctx.Err()
	}
	sums := make([]uint32, 4*w)
	for y := range h {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		clear(sums)
		from, to := y*high/h, (y+1)*high/h
		for line := from; line < to; line++ {
			read(part.Min.Y+line, part.Min.X, row)
			gather(sums, row, w, wide)
		}
		for x := range w {
			n := uint32((to - from) * ((x+1)*wide/w - x*wide/w))
			for k := range 4 {
				out.Pix[y*out.Stride+4*x+k] = uint8((sums[4*x+k] + n/2) / n)
			}
		}
	}
	return out, nil
}

// gather adds the pixels of a row to the sums of the w that they go to.
func gather(sums []uint32, row []uint8, w, wide int) {
	at := 0
	for x := range w {
		end := (x + 1) * wide / w * 4
		var r, g, b, a uint32
		for ; at < end; at += 4 {
			p := row[at : at+4 : at+4]
			r, g, b, a = r+uint32(p[0]), g+uint32(p[1]), b+uint32(p[2]), a+uint32(p[3])
		}
		s := sums[4*x : 4*x+4 : 4*x+4]
		s[0], s[1], s[2], s[3] = s[0]+r, s[1]+g, s[2]+b, s[3]+a
	}
}

// finish inverts and fills in the background.
func finish(m *image.RGBA, look Look) {
	back := [3]uint32{uint32(look.Back.R), uint32(look.Back.G), uint32(look.Back.B)}
	floor := [3]uint32{} // what black becomes
	if dark(look.Back) {
		floor = back
	}
	for i := 0; i+4 <= len(m.Pix); i += 4 {
		p := m.Pix[i : i+4 : i+4]
		if look.Invert {
			turn := int(p[3]) - int(max(p[0], p[1], p[2])) - int(min(p[0], p[1], p[2]))
			for k := range 3 {
				v, a := uint32(min(max(int(p[k])+turn, 0), int(p[3]))), uint32(p[3])
				p[k] = uint8(v + floor[k]*(a-v)/255)
			}
		}
		if p[3] != 255 {
			rest := 255 - uint32(p[3])
			for k := range 3 {
				p[k] = uint8(min(uint32(p[k])+(back[k]*rest+127)/255, 255))
			}
			p[3] = 255
		}
	}
}

func dark(c color.RGBA) bool { return luma([]uint8{c.R, c.G, c.B}) < 128 }

// sharpened is an unsharp mask: 0.8 of the difference to the mean of nine pixels
// is added. That weight made axis labels readable in cells.
func sharpened(m *image.RGBA) *image.RGBA {
	const weight = 0.8
	out := image.NewRGBA(m.Rect)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for y := range h {
		up, down := max(y-1, 0)*m.Stride, min(y+1, h-1)*m.Stride
		here := y * m.Stride
		for x := range w {
			left, right := 4*max(x-1, 0), 4*min(x+1, w-1)
			at := 4 * x
			for k := range 3 {
				sum := 0
				for _, line := range [3]int{up, here, down} {
					sum += int(m.Pix[line+left+k]) + int(m.Pix[line+at+k]) + int(m.Pix[line+right+k])
				}
				v := float64(m.Pix[here+at+k])
				out.Pix[here+at+k] = uint8(min(max(v+weight*(v-float64(sum)/9)+0.5, 0), 255))
			}
			out.Pix[here+at+3] = 255
		}
	}
	return out
}
