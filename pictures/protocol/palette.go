package protocol

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
)

// bin is the pixels of a picture that are almost of one colour.
type bin struct {
	sum    [3]float64
	n      float64
	place  [3]float64 // the mean
	weight float64
	entry  uint8 // of the palette
}

// Reduce returns a picture in at most so many colours, 2 to 256. It does not
// dither, which would cost more bytes than it is worth.
func Reduce(m *image.RGBA, most int) (*image.Paletted, error) {
	if most < 2 || most > 256 {
		return nil, fmt.Errorf("reduce a picture to %d colours: %w of 2 to 256", most, ErrTooLarge)
	}
	// Few colours stay as they are; of many the five upper bits tell them apart.
	bins, key := histogram(m, most, func(r, g, b uint8) uint32 { return uint32(r)<<16 | uint32(g)<<8 | uint32(b) })
	if bins == nil {
		bins, key = histogram(m, 1<<15, func(r, g, b uint8) uint32 { return uint32(r>>3)<<10 | uint32(g>>3)<<5 | uint32(b>>3) })
	}
	all := make([]*bin, 0, len(bins))
	for _, b := range bins {
		for k := range b.place {
			b.place[k] = b.sum[k] / b.n
		}
		b.weight = math.Sqrt(b.n) // a thin line counts beside its page
		all = append(all, b)
	}
	order(all)
	out := image.NewPaletted(image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()), palette(all, most))
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:]
		for x := range m.Rect.Dx() {
			out.Pix[y*out.Stride+x] = bins[key(row[4*x], row[4*x+1], row[4*x+2])].entry
		}
	}
	return out, nil
}

// histogram counts pixels by a key; nil if there are more kinds than most.
func histogram(m *image.RGBA, most int, key func(r, g, b uint8) uint32) (map[uint32]*bin, func(r, g, b uint8) uint32) {
	bins := map[uint32]*bin{}
	var last *bin
	lastKey := uint32(math.MaxUint32)
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride : y*m.Stride+4*m.Rect.Dx()]
		for x := 0; x+4 <= len(row); x += 4 {
			r, g, b := row[x], row[x+1], row[x+2]
			if k := key(r, g, b); k != lastKey {
				lastKey, last = k, bins[k]
				if last == nil {
					last = &bin{}
					bins[k] = last
				}
				if len(bins) > most {
					return nil, key
				}
			}
			last.n++
			last.sum[0] += float64(r)
			last.sum[1] += float64(g)
			last.sum[2] += float64(b)
		}
	}
	return bins, key
}

// palette divides the bins, the most uneven part first, at the mean of its
// longest side, and sets the entry of each bin: X. Wu, Efficient statistical
// computations for optimal color quantization, Graphics Gems II (1991), without
// his search for the best place.
func palette(all []*bin, most int) color.Palette {
	parts := [][]*bin{all}
	spreads := []spread{measure(all)}
	for len(parts) < min(most, len(all)) {
		worst := 0
		for i, s := range spreads {
			if s.uneven > spreads[worst].uneven {
				worst = i
			}
		}
		a, b := divide(parts[worst], spreads[worst])
		if len(a) == 0 || len(b) == 0 {
			break
		}
		parts[worst], spreads[worst] = a, measure(a)
		parts, spreads = append(parts, b), append(spreads, measure(b))
	}
	var colors color.Palette
	for i, part := range parts {
		var sum [3]float64
		n := 0.0
		for _, b := range part {
			b.entry = uint8(i)
			n += b.n
			for k := range sum {
				sum[k] += b.sum[k]
			}
		}
		colors = append(colors, color.RGBA{uint8(sum[0]/n + 0.5), uint8(sum[1]/n + 0.5), uint8(sum[2]/n + 0.5), 255})
	}
	return colors
}

// spread is how far the bins of a part are from its mean.
type spread struct {
	mean   [3]float64
	side   int // where they are farthest
	uneven float64
}

func measure(part []*bin) (s spread) {
	weight := 0.0
	for _, b := range part {
		weight += b.weight
		for k := range s.mean {
			s.mean[k] += b.place[k] * b.weight
		}
	}
	var off [3]float64
	for k := range s.mean {
		s.mean[k] /= weight
		for _, b := range part {
			off[k] += b.weight * (b.place[k] - s.mean[k]) * (b.place[k] - s.mean[k])
		}
		if off[k] > off[s.side] {
			s.side = k
		}
	}
	s.uneven = off[0] + off[1] + off[2]
	return s
}

func divide(part []*bin, s spread) (low, high []*bin) {
	for _, b := range part {
		if b.place[s.side] <= s.mean[s.side] {
			low = append(low, b)
		} else {
			high = append(high, b)
		}
	}
	return low, high
}

// order puts bins in an order of their own, since that of a map changes and the
// same picture must be the same bytes.
func order(all []*bin) {
	slices.SortFunc(all, func(a, b *bin) int {
		for k := range a.place {
			if a.place[k] != b.place[k] {
				if a.place[k] < b.place[k] {
					return -1
				}
				return 1
			}
		}
		return 0
	})
}
