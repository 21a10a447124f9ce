package tables

import (
	"encoding/binary"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// Thrift's compact protocol lets a list claim any length, and the decoder
// allocates what is claimed. So the bytes are walked before they are decoded:
// every claim must be there in the bytes.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
const (
	thriftDepth = 24      // the deepest structure of Parquet has 8
	thriftItems = 1 << 20 // of all lists, as a column chunk decodes to some 700 bytes
)

type thriftWalk struct {
	b     []byte
	pos   int
	items int // that lists may still have
}

// thriftDecode decodes the structure that begins b and returns its length.
func thriftDecode(b []byte, what string, into any) (int, error) {
	w := thriftWalk{b: b, items: thriftItems}
	if err := w.structure(0); err != nil {
		return 0, fmt.Errorf("read %s: %w", what, err)
	}
	err := guarded("read "+what, func() error {
		return thrift.Unmarshal(&thrift.CompactProtocol{}, b[:w.pos:w.pos], into)
	})
	return w.pos, err
}

func (w *thriftWalk) damaged(why string) error {
	return fmt.Errorf("%w Thrift at byte %d: %s", ErrDamaged, w.pos, why)
}

func (w *thriftWalk) skip(n int) error {
	if n < 0 || n > len(w.b)-w.pos {
		return w.damaged("it is longer than its bytes")
	}
	w.pos += n
	return nil
}

func (w *thriftWalk) varint() (uint64, error) {
	x, n := binary.Uvarint(w.b[w.pos:])
	if n <= 0 {
		return 0, w.damaged("a number does not end")
	}
	w.pos += n
	return x, nil
}

func (w *thriftWalk) structure(depth int) error {
	if depth > thriftDepth {
		return w.damaged("structures lie too deep in each other")
	}
	for {
		if w.pos >= len(w.b) {
			return w.damaged("a structure does not end")
		}
		head := w.b[w.pos]
		w.pos++
		if head == 0 {
			return nil
		}
		if head>>4 == 0 {
			if _, err := w.varint(); err != nil {
				return err
			}
		}
		if err := w.field(head&15, depth); err != nil {
			return err
		}
	}
}

func (w *thriftWalk) field(kind byte, depth int) error {
	switch kind {
	case 1, 2: // true, false
		return nil
	case 3:
		return w.skip(1)
	case 4, 5, 6:
		_, err := w.varint()
		return err
	case 7:
		return w.skip(8)
	case 8:
		n, err := w.varint()
		if err != nil || n > uint64(len(w.b)) {
			return w.damaged("a text is longer than its bytes")
		}
		return w.skip(int(n))
	case 9, 10:
		return w.list(depth)
	case 12:
		return w.structure(depth + 1)
	}
	return w.damaged(fmt.Sprintf("there is no type %d", kind))
}

func (w *thriftWalk) list(depth int) error {
	if w.pos >= len(w.b) {
		return w.damaged("a list does not begin")
	}
	head := w.b[w.pos]
	w.pos++
	n := uint64(head >> 4)
	if n == 15 {
		var err error
		if n, err = w.varint(); err != nil {
			return err
		}
	}
	if n > uint64(w.items) || n > uint64(len(w.b)-w.pos) {
		return w.damaged(fmt.Sprintf("a list claims %d items", n))
	}
	w.items -= int(n)
	for range n {
		kind := head & 15
		if kind <= 2 {
			kind = 3 // in a list a bool has a byte
		}
		if err := w.field(kind, depth); err != nil {
			return err
		}
	}
	return nil
}
