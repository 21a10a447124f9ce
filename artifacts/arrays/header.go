package arrays

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// open reads the head of an array.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
func open(r io.ReaderAt, size int64) (*Array, error) {
	b := make([]byte, min(size, 12))
	if n, err := r.ReadAt(b, 0); n < len(b) {
		return nil, readError(err)
	}
	if len(b) < 10 || !bytes.HasPrefix(b, []byte("\x93NUMPY")) {
		return nil, fmt.Errorf("%w: it does not begin as a NumPy array", ErrDamaged)
	}
	version, start, length := int(b[6]), int64(10), int64(binary.LittleEndian.Uint16(b[8:]))
	switch {
	case version < 1 || version > 3:
		return nil, fmt.Errorf("version %d of the format is not read", version)
	case version > 1 && len(b) < 12:
		return nil, fmt.Errorf("%w: the header is cut", ErrDamaged)
	case version > 1:
		start, length = 12, int64(binary.LittleEndian.Uint32(b[8:]))
	}
	if length > mostHeader {
		return nil, fmt.Errorf("%w: a header of %d bytes; the bound is %d", ErrTooBig, length, mostHeader)
	}
	if length > size-start {
		return nil, fmt.Errorf("%w: a header of %d bytes in a file of %d", ErrDamaged, length, size)
	}
	text := make([]byte, length)
	if n, err := r.ReadAt(text, start); n < len(text) {
		return nil, readError(err)
	}
	a := &Array{r: r, offset: start + length}
	a.Version = version
	if err := a.parse(string(text)); err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	return a, a.measure(size)
}

// measure checks the shape against the file and finds out where elements lie.
func (a *Array) measure(size int64) error {
	count, ok := product(a.Shape, a.item.size)
	if !ok {
		return fmt.Errorf("%w: the shape %v is of more elements than any file holds", ErrDamaged, a.Shape)
	}
	a.Count, a.Bytes = count, count*a.item.size
	if a.Bytes > size-a.offset {
		return fmt.Errorf("%w: the shape %v takes %d bytes, the file holds %d", ErrDamaged, a.Shape, a.Bytes, size-a.offset)
	}
	if a.item.size == 0 && count > MostWindow {
		return fmt.Errorf("%w: %d elements of no bytes", ErrTooBig, count)
	}
	a.strides = make([]int64, len(a.Shape))
	step := a.item.size
	for i := range a.Shape {
		axis := len(a.Shape) - 1 - i
		if a.Fortran {
			axis = i
		}
		a.strides[axis] = step
		step *= max(a.Shape[axis], 1) // overflows only if an axis has no elements, and then none is read
	}
	return nil
}

// parse reads the dictionary of the header, which is a Python literal.
func (a *Array) parse(text string) error {
	p := &literal{rest: text}
	whole, err := p.value(0)
	if err != nil {
		return err
	}
	if strings.TrimSpace(p.rest) != "" {
		return fmt.Errorf("%w: there is more behind the dictionary", ErrDamaged)
	}
	fields, ok := whole.(map[string]any)
	if !ok {
		return fmt.Errorf("%w: it is no dictionary", ErrDamaged)
	}
	shape, ok := fields["shape"].([]any)
	if !ok || len(shape) > mostAxes {
		return fmt.Errorf("%w: there is no good shape", ErrDamaged)
	}
	for _, n := range shape {
		n, ok := n.(int64)
		if !ok || n < 0 {
			return fmt.Errorf("%w: a shape of %v", ErrDamaged, shape)
		}
		a.Shape = append(a.Shape, n)
	}
	if a.Fortran, ok = fields["fortran_order"].(bool); !ok {
		return fmt.Errorf("%w: fortran_order is neither True nor False", ErrDamaged)
	}
	switch descr := fields["descr"].(type) {
	case string:
		a.item, err = itemOf(descr)
		a.Type, a.Order = a.item.name, a.item.order
		return err
	case []any:
		return fmt.Errorf("%w: a record of %d fields", ErrUnread, len(descr))
	}
	return fmt.Errorf("%w: there is no type", ErrDamaged)
}

// literal reads Python literals: what NumPy writes, and no more.
type literal struct{ rest string }

const mostLiteralDepth = 8

func (p *literal) take(s string) bool {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	if strings.HasPrefix(p.rest, s) {
		p.rest = p.rest[len(s):]
		return true
	}
	return false
}

func (p *literal) damaged(why string) error {
	return fmt.Errorf("%w: %s at %.20q", ErrDamaged, why, p.rest)
}

func (p *literal) value(depth int) (any, error) {
	switch {
	case depth > mostLiteralDepth:
		return nil, p.damaged("brackets are too deep")
	case p.take("{"):
		return p.dictionary(depth)
	case p.take("("):
		return p.list(depth, ")")
	case p.take("["):
		return p.list(depth, "]")
	case p.take("'"):
		return p.text("'")
	case p.take(`"`):
		return p.text(`"`)
	case p.take("True"):
		return true, nil
	case p.take("False"):
		return false, nil
	}
	end := strings.IndexFunc(p.rest, func(r rune) bool { return (r < '0' || r > '9') && r != '-' })
	if end < 0 {
		end = len(p.rest)
	}
	n, err := strconv.ParseInt(p.rest[:end], 10, 64)
	if err != nil {
		return nil, p.damaged("there is no value")
	}
	p.rest = strings.TrimPrefix(p.rest[end:], "L") // as Python 2 wrote it
	return n, nil
}

func (p *literal) text(quote string) (any, error) {
	text, rest, ok := strings.Cut(p.rest, quote)
	if !ok || strings.Contains(text, `\`) {
		return nil, p.damaged("a text does not end well")
	}
	p.rest = rest
	return text, nil
}

func (p *literal) list(depth int, end string) (any, error) {
	items := []any{}
	for !p.take(end) {
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if !p.take(",") && !strings.HasPrefix(strings.TrimLeft(p.rest, " "), end) {
			return nil, p.damaged("want a comma")
		}
	}
	return items, nil
}

func (p *literal) dictionary(depth int) (any, error) {
	fields := map[string]any{}
	for !p.take("}") {
		key, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok || !p.take(":") {
			return nil, p.damaged("want a name and a colon")
		}
		if fields[name], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		if !p.take(",") && !strings.HasPrefix(strings.TrimLeft(p.rest, " "), "}") {
			return nil, p.damaged("want a comma")
		}
	}
	return fields, nil
}
