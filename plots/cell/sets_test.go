package cell_test

import (
	"math/bits"
	"strings"
	"testing"
	"unicode/utf8"

	"benchside/plots/cell"
	"benchside/plots/scene"
)

var allSets = []cell.Dots{cell.Braille, cell.Octant, cell.Sextant, cell.Quadrant, cell.HalfBlock, cell.ASCII}

// TestEachSetIsWhole lights every combination of the dots of a cell, whose signs
// must all differ, and be what Unicode has for some that are known.
func TestEachSetIsWhole(t *testing.T) {
	known := map[cell.Dots]map[int]rune{
		cell.Braille:   {0x01: '⠁', 0xff: '⣿'},
		cell.Octant:    {0x04: 0x1CD00, 0x06: 0x1CD01, 0x05: '▘', 0x0f: '▀', 0x55: '▌', 0xff: '█', 0x01: 0x1CEA8, 0xfe: 0x1CDE5},
		cell.Sextant:   {0x01: 0x1FB00, 0x15: '▌', 0x2a: '▐', 0x3f: '█', 0x3e: 0x1FB3B},
		cell.Quadrant:  {0x01: '▘', 0x09: '▚', 0x0f: '█'},
		cell.HalfBlock: {0x01: '▀', 0x02: '▄', 0x03: '█'},
	}
	for _, set := range allSets {
		dx, dy := set.Size()
		seen := map[string]int{}
		for mask := 1; mask < 1<<(dx*dy); mask++ {
			s := &scene.Scene{W: 1, H: 1, Area: scene.Box{X1: 1, Y1: 1}}
			for i := range dx * dy {
				if mask>>i&1 == 1 {
					at := scene.Point{X: (float64(i%dx) + 0.5) / float64(dx), Y: (float64(i/dx) + 0.5) / float64(dy)}
					s.Items = append(s.Items, scene.Line{Points: []scene.Point{at}})
				}
			}
			sign := new(cell.Canvas).Lines(s, set)[0]
			if utf8.RuneCountInString(sign) != 1 {
				t.Fatalf("%s %b: %q is not one sign", set, mask, sign)
			}
			if other, twice := seen[sign]; twice {
				t.Errorf("%s: %b and %b are both %q", set, other, mask, sign)
			}
			seen[sign] = mask
			plain := mask
			if set == cell.Braille && bits.OnesCount(uint(mask)) != 1 && mask != 0xff {
				continue
			}
			if want, ok := known[set][plain]; ok && sign != string(want) {
				t.Errorf("%s %b: %U, want %U", set, mask, []rune(sign), want)
			}
		}
	}
}

func TestSetsAreNamed(t *testing.T) {
	for _, set := range allSets {
		if got, err := cell.Named(set.String()); err != nil || got != set {
			t.Errorf("%s is %v, %v", set, got, err)
		}
	}
	if got, err := cell.Named(""); err != nil || got != cell.Braille {
		t.Errorf("no name is %v, %v", got, err)
	}
	if _, err := cell.Named("dots"); err == nil || !strings.Contains(err.Error(), "octant") {
		t.Errorf("a wrong name says %v", err)
	}
}

func TestHalvesHaveTheirOwnColours(t *testing.T) {
	s := &scene.Scene{W: 1, H: 1, Area: scene.Box{X1: 1, Y1: 1}}
	for i, color := range []scene.Color{scene.Palette(1), scene.Palette(2)} {
		s.Items = append(s.Items, scene.Line{Points: []scene.Point{{X: 0.5, Y: 0.25 + 0.5*float64(i)}}, Ink: scene.Ink{Color: color}})
	}
	if got, want := new(cell.Canvas).Lines(s, cell.HalfBlock)[0], "\x1b[31;42m▀\x1b[m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSignsOfBlocksAreFound(t *testing.T) {
	for _, d := range []cell.Dots{cell.HalfBlock, cell.Quadrant, cell.Sextant, cell.Octant} {
		w, h := d.Size()
		for mask := 1; mask < 1<<(w*h); mask++ {
			found, bits, ok := cell.Blocks(d.Sign(mask))
			if !ok || found.Sign(bits) != d.Sign(mask) {
				t.Errorf("%v %b: got %v %b, %v", d, mask, found, bits, ok)
			}
		}
	}
	for _, sign := range []string{" ", "", "a", "⠿", "│"} {
		if _, _, ok := cell.Blocks(sign); ok {
			t.Errorf("%q is taken for blocks", sign)
		}
	}
}
