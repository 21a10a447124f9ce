package tables

import (
	"encoding/binary"
	"fmt"
	"runtime/debug"

	"github.com/parquet-go/parquet-go/format"
)

// The bounds of a page. Writers make pages of 1 MB and 20,000 rows as a rule.
const (
	mostPageBytes  = 128 << 20 // before and after decompression
	mostPageValues = 1 << 24
	runSlack       = 1 << 12 // by which runs may go over the number of values: writers pad
)

// guarded calls the Parquet library, which panics on some damaged files, and
// turns panics and bad memory accesses into errors.
// https://github.com/parquet-go/parquet-go/issues/537
func guarded(what string, call func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %w: %v", what, ErrDamaged, p)
		}
	}()
	if err := call(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// checkRuns looks whether runs of levels or of dictionary indexes hold no more
// than what is claimed: a run of four bytes can stand for gigabytes.
func checkRuns(b []byte, width, values int) error {
	total := 0
	for len(b) > 0 {
		head, n := binary.Uvarint(b)
		if n <= 0 || head>>1 > mostPageValues {
			return fmt.Errorf("%w: a run of values has no good length", ErrDamaged)
		}
		b = b[n:]
		count := int(head >> 1)
		size := (width + 7) / 8
		if head&1 == 1 {
			size = count * width
			count *= 8
		}
		if total += count; total > values+runSlack {
			return fmt.Errorf("%w: runs hold more than the %d values of their page", ErrDamaged, values)
		}
		b = b[min(size, len(b)):]
	}
	return nil
}

// levels splits off a section of levels that begins with its length.
func levels(b []byte, most, values int, coding format.Encoding) (section, rest []byte, err error) {
	if most == 0 {
		return nil, b, nil
	}
	if coding == format.BitPacked {
		return nil, nil, fmt.Errorf("levels are written as bits of an old version, which is not read")
	}
	if len(b) < 4 {
		return nil, nil, fmt.Errorf("%w: a page ends in its levels", ErrDamaged)
	}
	n := binary.LittleEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, fmt.Errorf("%w: levels are longer than their page", ErrDamaged)
	}
	section = b[4 : 4+n]
	return section, b[4+n:], checkRuns(section, width(most), values)
}

// present counts the levels, in runs that are checked, that are most: as many
// values are there. Runs may be padded beyond the values of their page.
func present(b []byte, most, values int) int {
	bits, total := width(most), 0
	for len(b) > 0 && values > 0 {
		head, n := binary.Uvarint(b)
		b = b[max(n, 0):]
		count := min(int(head>>1), values)
		if head&1 == 0 {
			size := min((bits+7)/8, len(b))
			if unpack(b, 0, min(bits, 8*size)) == uint64(most) {
				total += count
			}
			b, values = b[size:], values-count
			continue
		}
		size := min(int(head>>1)*bits, len(b))
		count = min(size*8/bits, values)
		for i := range count {
			if unpack(b, i*bits, bits) == uint64(most) {
				total++
			}
		}
		b, values = b[size:], values-count
	}
	return total
}

// checkTexts looks whether a page holds as many texts as values are there. Of
// any other number the library would print a warning to the terminal.
func checkTexts(b []byte, coding format.Encoding, values int) error {
	count := uint64(0)
	if coding == format.Plain {
		for ; len(b) >= 4; count++ {
			n := binary.LittleEndian.Uint32(b)
			if uint64(n) > uint64(len(b)-4) {
				break
			}
			b = b[4+n:]
		}
	} else {
		for range 3 { // the head of differences: block size, miniblocks, values
			x, n := binary.Uvarint(b)
			count, b = x, b[max(n, 0):]
		}
	}
	if count != uint64(values) {
		return fmt.Errorf("%w: a page of %d values holds %d", ErrDamaged, values, count)
	}
	return nil
}

// plainDictionary is how dictionaries were called in version 1 of the format.
const plainDictionary format.Encoding = 2

// checkBody looks whether the values of a page decode to no more than are there.
func checkBody(b []byte, coding format.Encoding, kind format.Type, values int) error {
	dictionary := coding == plainDictionary || coding == format.RLEDictionary
	if kind == format.ByteArray && !dictionary && (len(b) > 0 || values > 0) {
		if err := checkTexts(b, coding, values); err != nil {
			return err
		}
	}
	if len(b) == 0 {
		return nil
	}
	switch coding {
	case format.Plain, format.ByteStreamSplit:
		return nil
	case plainDictionary, format.RLEDictionary:
		if b[0] > 32 {
			return fmt.Errorf("%w: dictionary indexes of %d bits", ErrDamaged, b[0])
		}
		return checkRuns(b[1:], int(b[0]), values)
	case format.RLE:
		return checkRuns(b[min(4, len(b)):], 1, values)
	case format.DeltaBinaryPacked, format.DeltaLengthByteArray:
		_, err := deltas(b, values, nil)
		return err
	case format.DeltaByteArray:
		return checkPrefixes(b, values)
	}
	return fmt.Errorf("%w: %s values of encoding %d", ErrDamaged, kind, coding)
}

// checkPrefixes bounds texts that repeat the beginning of the one before.
func checkPrefixes(b []byte, values int) error {
	total := int64(0)
	add := func(n int64) bool {
		total += n
		return n >= 0 && total <= mostPageBytes
	}
	rest, err := deltas(b, values, add)
	if err != nil {
		return err
	}
	_, err = deltas(rest, values, add)
	return err
}

// deltas reads integers that are written as differences (DELTA_BINARY_PACKED)
// and returns what follows them; visit may be nil, and then only the head is read.
// https://parquet.apache.org/docs/file-format/data-pages/encodings/
func deltas(b []byte, most int, visit func(int64) bool) (rest []byte, err error) {
	damaged := fmt.Errorf("%w: differences of values are badly written", ErrDamaged)
	var head [4]uint64 // block size, miniblocks, values, first
	for i := range head {
		x, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, damaged
		}
		head[i], b = x, b[n:]
	}
	block, minis, left := head[0], head[1], head[2]
	if left > uint64(most) || block == 0 || block > 1<<16 || minis == 0 || minis > block || block/minis%32 != 0 {
		return nil, damaged
	}
	if visit == nil || left == 0 {
		return b, nil
	}
	value := int64(head[3]>>1) ^ -int64(head[3]&1)
	if !visit(value) {
		return nil, damaged
	}
	for left--; left > 0; {
		least, n := binary.Varint(b)
		if n <= 0 || uint64(len(b)-n) < minis {
			return nil, damaged
		}
		widths := b[n : n+int(minis)]
		b = b[n+int(minis):]
		for _, width := range widths {
			per := int(block / minis)
			size := per * int(width) / 8
			if left == 0 {
				break
			}
			if width > 64 || size > len(b) {
				return nil, damaged
			}
			for i := 0; i < per && left > 0; i, left = i+1, left-1 {
				value += least + int64(unpack(b, i*int(width), int(width)))
				if !visit(value) {
					return nil, damaged
				}
			}
			b = b[size:]
		}
	}
	return b, nil
}

// unpack reads width bits from a bit on, the lowest first.
func unpack(b []byte, from, width int) uint64 {
	var x uint64
	for i := range width {
		at := from + i
		x |= uint64(b[at/8]>>(at%8)&1) << i
	}
	return x
}
