package cell

import (
	"fmt"
	"slices"
	"strings"
)

// Dots says what a cell is made of.
type Dots int

// The sets of dots.
const (
	Braille   Dots = iota // 2 by 4 dots a cell, thin
	Octant                // 2 by 4 blocks a cell, of Unicode 16: few fonts have them yet
	Sextant               // 2 by 3 blocks a cell, of Unicode 13
	Quadrant              // 2 by 2 blocks a cell
	HalfBlock             // 1 by 2 blocks a cell, each of its own colour
	ASCII                 // one sign a cell, of ASCII only
)

var setNames = [...]string{"braille", "octant", "sextant", "quadrant", "half", "ascii"}

func (d Dots) String() string { return setNames[d] }

// Named returns the set of a name; the empty name is that of braille.
func Named(name string) (Dots, error) {
	if name == "" {
		return Braille, nil
	}
	at := slices.Index(setNames[:], name)
	if at < 0 {
		return Braille, fmt.Errorf("no dots %q: there are %s", name, strings.Join(setNames[:], ", "))
	}
	return Dots(at), nil
}

// Size returns the dots of a cell.
func (d Dots) Size() (x, y int) {
	size := [...][2]int{{2, 4}, {2, 4}, {2, 3}, {2, 2}, {1, 2}, {1, 1}}[d]
	return size[0], size[1]
}

// brailleBits are the dots of a sign of braille, row by row from the top left.
var brailleBits = [4][2]int{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// Bit is the part that a dot has in the number of a sign.
func (d Dots) Bit(x, y int) int {
	if d == Braille {
		return brailleBits[y][x]
	}
	w, _ := d.Size()
	return 1 << (y*w + x)
}

// Sign is the sign whose dots are the sum of their bits.
func (d Dots) Sign(mask int) string { return setSigns[d][mask] }

// Blocks finds a sign that is made of blocks: the set that it is of and the sum of
// its bits. Braille and the blank are none.
func Blocks(sign string) (d Dots, mask int, ok bool) {
	for _, d := range []Dots{HalfBlock, Quadrant, Sextant, Octant} {
		if mask := slices.Index(setSigns[d], sign); mask > 0 {
			return d, mask, true
		}
	}
	return 0, 0, false
}

var setSigns = [...][]string{
	Braille: run(0x2800, 256, nil), Octant: octants(), Sextant: sextants(),
	Quadrant: signsOf(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"), HalfBlock: signsOf(" ▀▄█"), ASCII: signsOf(" *"),
}

func signsOf(all string) (signs []string) {
	for _, r := range all {
		signs = append(signs, string(r))
	}
	return signs
}

// run are n signs that follow each other from first on, but for those that stand
// elsewhere in Unicode.
func run(first rune, n int, elsewhere map[int]rune) []string {
	signs := make([]string, n)
	for i := range signs {
		if r, ok := elsewhere[i]; ok {
			signs[i] = string(r)
			continue
		}
		signs[i] = string(first)
		first++
	}
	return signs
}

// sextants begin at U+1FB00, by their cells from the top left.
func sextants() []string {
	return run(0x1FB00, 64, map[int]rune{0: ' ', 0b010101: '▌', 0b101010: '▐', 0b111111: '█'})
}

// octants begin at U+1CD00, by their cells from the top left; those of them that
// are quadrants, halves or quarters are older.
func octants() []string {
	elsewhere := map[int]rune{
		0x01: 0x1CEA8, 0x02: 0x1CEAB, 0x03: 0x1FB82, 0x40: 0x1CEA3, 0x80: 0x1CEA0, 0xC0: '▂',
		0x3F: 0x1FB85, 0xFC: '▆', 0x14: 0x1FBE6, 0x28: 0x1FBE7,
	}
	quarters := [...]int{0x05, 0x0A, 0x50, 0xA0}
	for i, sign := range []rune(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█") {
		mask := 0
		for k, quarter := range quarters {
			mask |= quarter * (i >> k & 1)
		}
		elsewhere[mask] = sign
	}
	return run(0x1CD00, 256, elsewhere)
}
