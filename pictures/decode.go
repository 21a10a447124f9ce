package pictures

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"

	"benchside/pictures/vector"
)

// readFunc is an io.Reader.
type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// patient reads little at a time and fails once the context ends: a kilobyte of
// an empty PNG is a megabyte decoded.
func patient(ctx context.Context, r io.Reader) io.Reader {
	const most = 1 << 10
	return readFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p[:min(len(p), most)])
	})
}

// decode fills in the picture. The decoders are others' code on others' bytes:
// what they panic with is an error.
func (p *Picture) decode(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the decoder failed: %v", cause)
		}
	}()
	file := io.NewSectionReader(r, 0, size)
	in := patient(ctx, file)
	switch p.Format {
	case PNG:
		p.Image, err = png.Decode(in)
	case JPEG:
		p.Image, err = jpeg.Decode(in)
	case GIF:
		p.Image, err = gif.Decode(in)
		p.onCanvas(0, 0)
	case BMP:
		p.Image, err = bmp.Decode(in)
	case WebP:
		err = p.webp(ctx, file, limits)
	case SVG:
		var drawing vector.Drawing
		drawing, err = vector.Draw(ctx, in, vector.Limits{Pixels: limits.Pixels, Bitmap: bitmap(ctx, limits)})
		p.Image, p.Notes = drawing.Image, drawing.Notes
	}
	if ended := ctx.Err(); ended != nil && err != nil {
		return ended // what a decoder makes of it
	}
	if err == nil && p.Image.Bounds().Empty() {
		return errors.New("it has no pixels")
	}
	return err
}

// webp decodes a still picture or the first frame of an animation, which is
// written as a picture of its own for the decoder.
func (p *Picture) webp(ctx context.Context, file *io.SectionReader, limits Limits) (err error) {
	frames := webpFrames(file)
	if len(frames) == 0 {
		p.Image, err = webp.Decode(patient(ctx, file))
		stretch(p.Image)
		return err
	}
	var head [16]byte // where the frame is, in units of 2 pixels, and its size
	if _, err := frames[0].ReadAt(head[:], 0); err != nil {
		return err
	}
	at := func(i int) int { return int(head[i]) | int(head[i+1])<<8 | int(head[i+2])<<16 }
	if pixels := int64(at(6)+1) * int64(at(9)+1); pixels > limits.Pixels {
		return fmt.Errorf("a frame of %s: %w of %s", megapixels(pixels), ErrTooLarge, megapixels(limits.Pixels))
	}
	length := frames[0].Size() - int64(len(head))
	const alpha = 0x10
	riff := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(length+22))
	riff = append(riff, "WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...)
	riff = append(riff, head[6:12]...)
	body := io.NewSectionReader(frames[0], int64(len(head)), length)
	var first [4]byte
	if _, err := body.ReadAt(first[:], 0); err != nil {
		return err
	}
	if string(first[:]) != "ALPH" {
		riff[20] &^= alpha
	}
	p.Image, err = webp.Decode(patient(ctx, io.MultiReader(bytes.NewReader(riff), body)))
	stretch(p.Image)
	p.onCanvas(2*at(0), 2*at(3))
	return err
}

// stretch makes the levels of a lossy WebP those of a JPEG, for which Go takes
// them: VP8 has black at 16 and white at 235, as television has (RFC 6386, 9.2).
// Without it a picture is washed out.
func stretch(m image.Image) {
	var lossy *image.YCbCr
	switch m := m.(type) {
	case *image.YCbCr:
		lossy = m
	case *image.NYCbCrA:
		lossy = &m.YCbCr
	default:
		return
	}
	level := func(v, from, of int) uint8 { return uint8(min(max((v-from)*255/of, 0), 255)) }
	for i, v := range lossy.Y {
		lossy.Y[i] = level(int(v), 16, 219)
	}
	for _, tint := range [2][]uint8{lossy.Cb, lossy.Cr} {
		for i, v := range tint {
			tint[i] = uint8(min(max((int(v)-128)*255/224+128, 0), 255))
		}
	}
}

// onCanvas puts a frame that is smaller than the screen of an animation where
// it belongs, off by x and y.
func (p *Picture) onCanvas(x, y int) {
	if p.Image == nil || p.Image.Bounds() == image.Rect(0, 0, p.Width, p.Height) {
		return
	}
	canvas := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	bounds := p.Image.Bounds()
	draw.Draw(canvas, bounds.Add(image.Pt(x, y)), p.Image, bounds.Min, draw.Src)
	p.Image = canvas
}

// bitmap decodes the pictures inside of a vector picture, which must be none
// themselves.
func bitmap(ctx context.Context, limits Limits) func([]byte) (image.Image, error) {
	return func(content []byte) (image.Image, error) {
		r := bytes.NewReader(content)
		if sniff(content[:min(len(content), sniffed)]) == SVG {
			return nil, errors.New("an SVG inside of an SVG")
		}
		p, err := Decode(ctx, r, r.Size(), limits)
		return p.Image, err
	}
}
