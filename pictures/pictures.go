// Package pictures reads pictures within limits, crops and scales them, and
// draws them in the cells of a terminal. It opens no file, writes to no terminal
// and follows no reference that a picture holds.
package pictures

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
)

// Kinds of error that callers tell apart.
var (
	// ErrTooLarge means that a picture is over a limit; nothing was decoded.
	ErrTooLarge = errors.New("over the limit")
	// ErrUnknown means that a file is none of the formats read here.
	ErrUnknown = errors.New("not a PNG, JPEG, GIF, WebP, BMP or SVG picture")
	// ErrDamaged means that a file begins like a picture but cannot be decoded.
	ErrDamaged = errors.New("damaged")
)

// The usual limits.
const (
	UsualBytes  = 32 << 20
	UsualPixels = 40_000_000
)

// Limits bound what is decoded. 40 megapixels are 160 MB once decoded, and up to
// 600 MB while a progressive JPEG of full colour is.
type Limits struct {
	Bytes  int64 // of the file; 0 means UsualBytes
	Pixels int64 // 0 means UsualPixels
}

func (l Limits) usual() Limits {
	if l.Bytes == 0 {
		l.Bytes = UsualBytes
	}
	if l.Pixels == 0 {
		l.Pixels = UsualPixels
	}
	return l
}

// Picture is a decoded picture.
type Picture struct {
	About
	Image image.Image
	// Notes say what of a vector picture is not drawn. They are safe to show.
	Notes []string
}

// Decode reads a picture; of an animation its first frame. What is over a limit
// is ErrTooLarge before memory for it is taken. A context that ends is noticed
// whenever the decoder wants the next kilobyte.
func Decode(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (Picture, error) {
	limits = limits.usual()
	if size > limits.Bytes {
		return Picture{}, fmt.Errorf("read a picture of %s: %w of %s", bytesOf(size), ErrTooLarge, bytesOf(limits.Bytes))
	}
	about, err := Describe(r, size)
	if err != nil {
		return Picture{}, err
	}
	// An SVG has no pixels before it is drawn.
	if pixels := int64(about.Width) * int64(about.Height); pixels > limits.Pixels && about.Format != SVG {
		return Picture{}, fmt.Errorf("read a %s of %d by %d pixels, %s: %w of %s", about.Format, about.Width, about.Height,
			megapixels(pixels), ErrTooLarge, megapixels(limits.Pixels))
	}
	p := Picture{About: about}
	if err := p.decode(ctx, r, size, limits); err != nil {
		return Picture{}, decoding(about, err)
	}
	return p, nil
}

// decoding says what was being decoded when an error came.
func decoding(about About, err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, ErrTooLarge):
		return fmt.Errorf("read a %s: %w", about.Format, err)
	}
	return fmt.Errorf("read a %s: %w: %w", about.Format, ErrDamaged, err)
}

func bytesOf(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.4g MB", float64(n)/(1<<20))
}

func megapixels(n int64) string { return fmt.Sprintf("%.6g megapixels", float64(n)/1e6) }
