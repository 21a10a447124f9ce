// Package arrays reads NumPy arrays, .npy and .npz, by the window. It never
// loads Python objects, which are pickles, nor more than the window asks for.
package arrays

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"benchside/artifacts/tally"
)

// The kinds of error.
var (
	ErrDamaged = errors.New("damaged")
	ErrTooBig  = errors.New("too big")
	ErrPickle  = errors.New("it holds Python objects, which are pickles and are never loaded")
	ErrUnread  = errors.New("a type that is not read")
)

// The bounds of what is read.
const (
	MostWindow     = 1 << 20 // elements of a window
	mostAxes       = 64      // as NumPy has
	mostHeader     = 64 << 10
	mostItem       = 64 << 10 // bytes of an element, which may be a text
	mostTextBytes  = 4096     // of a text that are shown
	blockBytes     = 256 << 10
	mostEntries    = 10_000
	mostDirectory  = 16 << 20 // bytes of an archive's directory
	mostInflation  = 1100     // deflate packs at most 1032 bytes into one
	leastInflation = 1 << 10
)

// Header is what an array says of itself.
type Header struct {
	Type    string  // NumPy's name: float64, uint8, str12
	Order   string  // of bytes: little, big, or "" where it does not matter
	Shape   []int64 // no axis: a single value
	Fortran bool    // the first axis varies fastest
	Version int     // of the format, 1 to 3
	Count   int64   // of elements
	Bytes   int64   // of all elements
}

// Value is an element.
type Value struct {
	Text   string
	Number float64 // of a complex number, its absolute value; NaN for text and NaT
}

// Array is an array in a file. It may be used by several goroutines at once.
type Array struct {
	Header
	r       io.ReaderAt
	offset  int64 // of the first element
	item    item
	strides []int64 // bytes between neighbours on an axis
}

// Open opens a .npy file of size bytes.
func Open(r io.ReaderAt, size int64) (*Array, error) {
	a, err := open(r, size)
	if err != nil {
		return nil, fmt.Errorf("open array: %w", err)
	}
	return a, nil
}

// View is a plane of an array.
type View struct {
	RowAxis    int     // -1: there is one row
	ColumnAxis int     // -1: there is one column
	At         []int64 // the place on each axis; those of the plane are ignored
}

// View returns the plane of the last two axes at the beginning of the others. A
// vector is a column.
func (a *Array) View() View {
	v := View{RowAxis: len(a.Shape) - 2, ColumnAxis: len(a.Shape) - 1, At: make([]int64, len(a.Shape))}
	if len(a.Shape) < 2 {
		v.RowAxis, v.ColumnAxis = len(a.Shape)-1, -1
	}
	return v
}

// Size returns how many rows and columns a plane has.
func (a *Array) Size(v View) (rows, columns int64, err error) {
	if err := a.check(v); err != nil {
		return 0, 0, err
	}
	return a.length(v.RowAxis), a.length(v.ColumnAxis), nil
}

func (a *Array) length(axis int) int64 {
	if axis < 0 {
		return 1
	}
	return a.Shape[axis]
}

func (a *Array) stride(axis int) int64 {
	if axis < 0 {
		return 0
	}
	return a.strides[axis]
}

func (a *Array) check(v View) error {
	n := len(a.Shape)
	if v.RowAxis >= n || v.ColumnAxis >= n || v.RowAxis < -1 || v.ColumnAxis < -1 || len(v.At) != n {
		return fmt.Errorf("look at an array of %d axes: there is no plane of axes %d and %d at %v", n, v.RowAxis, v.ColumnAxis, v.At)
	}
	if v.RowAxis == v.ColumnAxis && v.RowAxis >= 0 {
		return fmt.Errorf("look at an array: axis %d is both rows and columns", v.RowAxis)
	}
	for axis, at := range v.At {
		if axis != v.RowAxis && axis != v.ColumnAxis && (at < 0 || at >= a.Shape[axis]) {
			return fmt.Errorf("look at an array: there is no place %d on axis %d of %d", at, axis, a.Shape[axis])
		}
	}
	return nil
}

// Window reads the elements of a plane from a row and a column on. What lies
// outside of the plane is left out.
func (a *Array) Window(ctx context.Context, v View, row, column int64, rows, columns int) ([][]Value, error) {
	height, breadth, err := a.Size(v)
	if err != nil {
		return nil, err
	}
	if row < 0 || column < 0 || rows < 0 || columns < 0 {
		return nil, fmt.Errorf("look at an array: there is no window of %d x %d at %d, %d", rows, columns, row, column)
	}
	h, w := min(int64(rows), max(height-row, 0)), min(int64(columns), max(breadth-column, 0))
	if h == 0 || w == 0 {
		return nil, nil
	}
	if w > MostWindow/h {
		return nil, fmt.Errorf("look at an array: %w: a window of %d x %d elements; the bound is %d", ErrTooBig, h, w, MostWindow)
	}
	start := a.offset + row*a.stride(v.RowAxis) + column*a.stride(v.ColumnAxis)
	for axis, at := range v.At {
		if axis != v.RowAxis && axis != v.ColumnAxis {
			start += at * a.strides[axis]
		}
	}
	out := make([][]Value, h)
	for i := range out {
		out[i] = make([]Value, w)
	}
	return out, a.fill(ctx, out, start, a.stride(v.RowAxis), a.stride(v.ColumnAxis))
}

// read reads bytes of the file. Unpacking up to them may take long.
func (a *Array) read(ctx context.Context, b []byte, at int64) (int, error) {
	if u, ok := a.r.(*unpacking); ok {
		return u.readAt(ctx, b, at)
	}
	return a.r.ReadAt(b, at)
}

// fill reads elements in the order in which they lie in the file, neighbours in
// one go.
func (a *Array) fill(ctx context.Context, out [][]Value, start, down, right int64) error {
	outer, inner := len(out), len(out[0])
	turned := down != 0 && (right == 0 || down < right)
	if turned {
		outer, inner, down, right = inner, outer, right, down
	}
	set := func(i, j int, v Value) {
		if turned {
			i, j = j, i
		}
		out[i][j] = v
	}
	size := a.item.size
	run := 1 // elements read at once
	if right == size {
		run = max(1, int(blockBytes/max(size, 1)))
	}
	buffer := make([]byte, size*int64(min(run, inner)))
	for i := range outer {
		if err := ctx.Err(); err != nil {
			return err
		}
		for j := 0; j < inner; j += run {
			n := min(run, inner-j)
			b := buffer[:size*int64(n)]
			if got, err := a.read(ctx, b, start+int64(i)*down+int64(j)*right); got < len(b) {
				return fmt.Errorf("read elements: %w", readError(err))
			}
			for k := range n {
				set(i, j+k, a.item.value(b[int64(k)*size:int64(k+1)*size]))
			}
		}
	}
	return nil
}

// Summarise reads all elements once. Complex numbers count by their absolute
// value. progress may be nil.
func (a *Array) Summarise(ctx context.Context, progress func(done, total int64)) (tally.Summary, error) {
	sum := tally.New()
	size := a.item.size
	if size == 0 { // texts of no characters
		for range min(a.Count, MostWindow) {
			sum.Text("")
		}
		return sum.Summary(), nil
	}
	buffer := make([]byte, size*max(1, blockBytes/size))
	for at := int64(0); at < a.Bytes; at += int64(len(buffer)) {
		if err := ctx.Err(); err != nil {
			return tally.Summary{}, err
		}
		b := buffer[:min(int64(len(buffer)), a.Bytes-at)]
		if n, err := a.read(ctx, b, a.offset+at); n < len(b) {
			return tally.Summary{}, fmt.Errorf("summarise an array: %w", readError(err))
		}
		for i := int64(0); i < int64(len(b)); i += size {
			a.item.count(sum, b[i:i+size])
		}
		if progress != nil {
			progress(at+int64(len(b)), a.Bytes)
		}
	}
	return sum.Summary(), nil
}

func (i item) count(sum *tally.Tally, b []byte) {
	switch v := i.value(b); {
	case i.text:
		sum.Text(v.Text)
	case v.Text == notATime:
		sum.Missing()
	default:
		sum.Number(v.Number)
	}
}

// readError says what it means that a file ended before its size.
func readError(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the file is shorter than it was", ErrDamaged)
	}
	return err
}

// product multiplies lengths and tells whether that is a number of bytes.
func product(lengths []int64, item int64) (int64, bool) {
	total := max(item, 1)
	for _, n := range lengths {
		if n == 0 {
			return 0, true
		}
		if n < 0 || total > math.MaxInt64/n {
			return 0, false
		}
		total *= n
	}
	return total / max(item, 1), true
}
