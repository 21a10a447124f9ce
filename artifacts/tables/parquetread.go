package tables

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// width is how many bits levels up to most take.
func width(most int) int { return bits.Len(uint(most)) }

// decompress unpacks a page that claims a size, and nothing beyond it.
func (t *parquetTable) decompress(codec format.CompressionCodec, b []byte, size int) ([]byte, error) {
	var out []byte
	var err error
	switch codec {
	case format.Snappy:
		n, lenErr := snappy.DecodedLen(b)
		if lenErr != nil || n != size {
			return nil, fmt.Errorf("%w: snappy holds %d bytes, the page %d", ErrDamaged, n, size)
		}
		out, err = snappy.Decode(t.room(n), b)
	case format.Zstd:
		if size == 0 {
			return nil, nil
		}
		out, err = t.zstd.DecodeAll(b, t.room(size)[:0])
	case format.Lz4Raw:
		out = t.room(size)
		var n int
		n, err = lz4.UncompressBlock(b, out)
		out = out[:max(n, 0)]
	case format.Gzip:
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
			out, err = unpacked(z, size)
		}
	case format.Brotli:
		out, err = unpacked(brotli.NewReader(bytes.NewReader(b)), size)
	default:
		return nil, fmt.Errorf("%s is not read", codec)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(out) != size {
		return nil, fmt.Errorf("%w: the page holds %d bytes and claims %d", ErrDamaged, len(out), size)
	}
	return out, nil
}

// unpacked reads what a page claims, and looks for more.
func unpacked(r io.Reader, size int) ([]byte, error) {
	var out bytes.Buffer
	_, err := io.Copy(&out, io.LimitReader(r, int64(size)+1))
	return out.Bytes(), err
}

// batch is the values of some rows as they are given on: valid until the next.
type batch func(i int, values []parquet.Value) error

// rows reads n rows of the row group from a row on that is not before the
// cursor; see reach.
func (c *cursor) rows(ctx context.Context, from int64, n int, each batch) error {
	var err error
	if c.repeats() {
		err = c.repeatedRows(ctx, from, n, each)
	} else {
		err = c.flatRows(ctx, from, n, each)
	}
	if err == io.EOF {
		err = fmt.Errorf("%w: it ends before row %d of %d", ErrDamaged, from+int64(n), c.file.groups[c.group].rows)
	}
	if err != nil {
		return c.fail(err)
	}
	return nil
}

// reaches reports whether the cursor has not passed a row yet.
func (c *cursor) reaches(row int64) bool { return row >= c.first && row >= c.next }

func (c *cursor) flatRows(ctx context.Context, from int64, n int, each batch) error {
	for i := 0; i < n; {
		row := from + int64(i)
		if c.page == nil || row >= c.first+c.page.NumRows() {
			c.page = nil
			if err := c.load(ctx, row); err != nil {
				return err
			}
			continue
		}
		low := row - c.first
		high := min(low+int64(n-i), c.page.NumRows())
		err := guarded("read values", func() error {
			values := c.page.Slice(low, high).Values()
			for left := high - low; left > 0; {
				got, err := values.ReadValues(c.buffer[:min(left, int64(len(c.buffer)))])
				if got == 0 && err != nil {
					return fmt.Errorf("%w: values are missing", ErrDamaged)
				}
				for j := range got {
					if err := each(i, c.buffer[j:j+1]); err != nil {
						return err
					}
					i++
				}
				left -= int64(got)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mostRowValues bounds what is kept of a row whose column is a list; what is
// beyond would not fit into a cell.
const mostRowValues = MostCellBytes / 2

// repeatedRows reads rows that may hold many values and go over pages.
func (c *cursor) repeatedRows(ctx context.Context, from int64, n int, each batch) error {
	for c.next < from+int64(n) {
		if _, err := c.peek(ctx, from); err != nil {
			return err
		}
		at := c.next
		row, err := c.oneRow(ctx, from)
		if err != nil {
			return err
		}
		c.next = max(c.next, at+1) // it is beyond if pages were passed
		if at < from {
			continue
		}
		if err := each(int(at-from), row); err != nil {
			return err
		}
	}
	return nil
}

// oneRow takes the values up to the next that begins a row.
func (c *cursor) oneRow(ctx context.Context, want int64) ([]parquet.Value, error) {
	var row []parquet.Value
	for {
		v, err := c.peek(ctx, want)
		if errors.Is(err, io.EOF) && len(row) > 0 {
			return row, nil
		}
		if err != nil {
			return nil, err
		}
		if v.RepetitionLevel() == 0 && len(row) > 0 {
			return row, nil
		}
		if len(row) <= mostRowValues {
			row = append(row, v)
		}
		c.ahead = c.ahead[1:]
	}
}

// peek returns the next value and leaves it. Values stay valid: pages are not
// given back to the library.
func (c *cursor) peek(ctx context.Context, want int64) (parquet.Value, error) {
	for len(c.ahead) == 0 {
		if c.values == nil {
			if err := c.load(ctx, want); err != nil {
				return parquet.Value{}, err
			}
			if c.rowsKnown {
				c.next = c.first // whole pages were passed
			}
			c.values = c.page.Values()
		}
		got := 0
		err := guarded("read values", func() (err error) {
			got, err = c.values.ReadValues(c.buffer[:])
			if err == io.EOF {
				err = nil
			}
			return err
		})
		if err != nil {
			return parquet.Value{}, err
		}
		if got == 0 {
			c.values = nil
		}
		c.ahead = c.buffer[:got]
	}
	return c.ahead[0], nil
}
