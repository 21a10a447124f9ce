package pictures

import (
	"image"
	"image/color"
	"image/draw"
)

// rows returns how to read a row of a picture from x on as RGBA, premultiplied,
// as many pixels as fit. Each kind that the decoders return has its own way: At
// takes an allocation a pixel, which is seconds for 40 megapixels.
func rows(m image.Image) func(y, x int, out []uint8) {
	switch m := m.(type) {
	case *image.RGBA:
		return func(y, x int, out []uint8) { copy(out, m.Pix[m.PixOffset(x, y):]) }
	case *image.NRGBA:
		return func(y, x int, out []uint8) { plain(m.Pix[m.PixOffset(x, y):], out) }
	case *image.Gray:
		return func(y, x int, out []uint8) { grey(m.Pix[m.PixOffset(x, y):], 1, out) }
	case *image.Gray16:
		return func(y, x int, out []uint8) { grey(m.Pix[m.PixOffset(x, y):], 2, out) }
	case *image.RGBA64:
		return func(y, x int, out []uint8) { halved(m.Pix[m.PixOffset(x, y):], out) }
	case *image.NRGBA64:
		return func(y, x int, out []uint8) {
			halved(m.Pix[m.PixOffset(x, y):], out)
			plain(out, out)
		}
	case *image.Paletted:
		return paletted(m)
	case *image.YCbCr:
		return func(y, x int, out []uint8) { ycbcr(m, y, x, out) }
	}
	return func(y, x int, out []uint8) {
		line := &image.RGBA{Pix: out, Stride: len(out), Rect: image.Rect(0, 0, len(out)/4, 1)}
		draw.Draw(line, line.Rect, m, image.Pt(x, y), draw.Src)
	}
}

// plain multiplies by alpha.
func plain(in, out []uint8) {
	for i := 0; i+4 <= len(out); i += 4 {
		p, q := in[i:i+4:i+4], out[i:i+4:i+4]
		a := uint32(p[3])
		if a == 255 {
			q[0], q[1], q[2], q[3] = p[0], p[1], p[2], 255
			continue
		}
		q[0], q[1], q[2], q[3] = uint8(uint32(p[0])*a/255), uint8(uint32(p[1])*a/255), uint8(uint32(p[2])*a/255), p[3]
	}
}

// halved takes the upper bytes of pixels of 16 bits.
func halved(in, out []uint8) {
	for i := range out {
		out[i] = in[2*i]
	}
}

func grey(in []uint8, step int, out []uint8) {
	for i := 0; i+4 <= len(out); i += 4 {
		v := in[i/4*step]
		out[i], out[i+1], out[i+2], out[i+3] = v, v, v, 255
	}
}

func paletted(m *image.Paletted) func(y, x int, out []uint8) {
	var palette [256]color.RGBA // beyond the palette is transparent
	for i, c := range m.Palette {
		palette[i] = color.RGBAModel.Convert(c).(color.RGBA)
	}
	return func(y, x int, out []uint8) {
		in := m.Pix[m.PixOffset(x, y):]
		for i := 0; i+4 <= len(out); i += 4 {
			c := &palette[in[i/4]]
			out[i], out[i+1], out[i+2], out[i+3] = c.R, c.G, c.B, c.A
		}
	}
}

func ycbcr(m *image.YCbCr, y, x int, out []uint8) {
	for i := 0; i+4 <= len(out); i += 4 {
		light, tint := m.YOffset(x+i/4, y), m.COffset(x+i/4, y)
		out[i], out[i+1], out[i+2] = color.YCbCrToRGB(m.Y[light], m.Cb[tint], m.Cr[tint])
		out[i+3] = 255
	}
}
