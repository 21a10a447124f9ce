package scene

// Color is a colour of xterm's palette of 256, which looks the same in a
// terminal of 256 colours, in one of 16 million and in a file; or, for what can
// show it, one of red, green and blue. The zero value is none: the terminal's own.
type Color int32

// direct marks a colour that is not of the palette.
const direct Color = 1 << 24

// Palette returns the colour n of the palette, from 0 to 255. The first 16 are
// the terminal's own, for terminals that have no others.
func Palette(n uint8) Color { return Color(n) + 1 }

// RGB returns a colour of red, green and blue.
func RGB(r, g, b uint8) Color { return direct | Color(r)<<16 | Color(g)<<8 | Color(b) }

// Index returns the place in the palette, false for none and for a colour of red,
// green and blue.
func (c Color) Index() (n uint8, ok bool) { return uint8(c - 1), c > 0 && c <= 256 }

// The first 16 colours of xterm, which terminals choose themselves.
var first16 = [16][3]uint8{
	{},
	{0xcd},
	{0, 0xcd},
	{0xcd, 0xcd},
	{0, 0, 0xee},
	{0xcd, 0, 0xcd},
	{0, 0xcd, 0xcd},
	{0xe5, 0xe5, 0xe5},
	{0x7f, 0x7f, 0x7f},
	{0xff},
	{0, 0xff},
	{0xff, 0xff},
	{0x5c, 0x5c, 0xff},
	{0xff, 0, 0xff},
	{0, 0xff, 0xff},
	{0xff, 0xff, 0xff},
}

// RGB returns what a colour is made of, false for none. The first 16 of the
// palette are those of xterm.
func (c Color) RGB() (r, g, b uint8, ok bool) {
	n, ok := c.Index()
	switch {
	case c&direct != 0:
		return uint8(c >> 16), uint8(c >> 8), uint8(c), true
	case !ok:
		return 0, 0, 0, false
	case n < 16:
		v := first16[n]
		return v[0], v[1], v[2], true
	case n >= 232:
		grey := 8 + 10*(n-232)
		return grey, grey, grey, true
	}
	level := func(v uint8) uint8 {
		if v == 0 {
			return 0
		}
		return 55 + 40*v
	}
	n -= 16
	return level(n / 36), level(n / 6 % 6), level(n % 6), true
}

// Color is the colour of a value, 0 for none: of a NaN, or without a ramp.
func (h Heat) Color(v float64) Color {
	n := len(h.Ramp)
	if v != v || n == 0 {
		return 0
	}
	return h.Ramp[int(min(max(v, 0), 1)*float64(n-1)+0.5)]
}
