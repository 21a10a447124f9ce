package protocol

import (
	"fmt"
	"image"
	"strconv"
)

// Sixel returns a picture as sixels, which are drawn at the cursor. 16 to 64
// colours are what most terminals show.
func Sixel(m *image.Paletted) (Upload, error) {
	if len(m.Palette) < 1 || len(m.Palette) > 256 {
		return Upload{}, fmt.Errorf("write a sixel picture of %d colours: %w of 256", len(m.Palette), ErrTooLarge)
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	b := fmt.Appendf(nil, "\x1bP0;1;0q\"1;1;%d;%d", w, h)
	for i, c := range m.Palette {
		red, green, blue, _ := c.RGBA()
		percent := func(v uint32) uint32 { return (v*100 + 0x7fff) / 0xffff }
		b = fmt.Appendf(b, "#%d;2;%d;%d;%d", i, percent(red), percent(green), percent(blue))
	}
	bits := make([][]byte, len(m.Palette)) // of a band, by colour; nil if it has none
	for top := 0; top < h; top += 6 {
		if top > 0 {
			b = append(b, '-')
		}
		clear(bits)
		for y := top; y < min(top+6, h); y++ {
			for x, entry := range m.Pix[y*m.Stride : y*m.Stride+w] {
				if bits[entry] == nil {
					bits[entry] = make([]byte, w)
				}
				bits[entry][x] |= 1 << (y - top)
			}
		}
		b = band(b, bits)
	}
	return whole(append(b, "\x1b\\"...)), nil
}

// band appends six rows, a colour after the other.
func band(b []byte, bits [][]byte) []byte {
	first := true
	for entry, row := range bits {
		if row == nil {
			continue
		}
		if !first {
			b = append(b, '$')
		}
		first = false
		b = strconv.AppendInt(append(b, '#'), int64(entry), 10)
		for x := 0; x < len(row); {
			n := 1
			for x+n < len(row) && row[x+n] == row[x] {
				n++
			}
			if row[x] == 0 && x+n == len(row) {
				break // what is blank to the end is left out
			}
			b = repeated(b, row[x]+'?', n)
			x += n
		}
	}
	return b
}

func repeated(b []byte, sign byte, n int) []byte {
	if n > 3 {
		return append(strconv.AppendInt(append(b, '!'), int64(n), 10), sign)
	}
	for range n {
		b = append(b, sign)
	}
	return b
}
