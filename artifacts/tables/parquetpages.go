package tables

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// feed is what the library reads pages from: exactly those that it is given,
// checked and decompressed.
type feed struct {
	pending served
	base    int64 // the offset of the first byte that is pending
}

// served are pages as they would be in a file without compression: headers and
// bodies in turn, which are not copied together, as they are big.
type served [][]byte

func (s served) bytes() (n int) {
	for _, part := range s {
		n += len(part)
	}
	return n
}

// ReadAt implements io.ReaderAt for reading in order.
func (f *feed) ReadAt(p []byte, off int64) (int, error) {
	at := off - f.base
	if at < 0 {
		return 0, io.EOF
	}
	for _, part := range f.pending {
		if at < int64(len(part)) {
			return copy(p, part[at:]), nil
		}
		at -= int64(len(part))
	}
	return 0, io.EOF
}

// give adds pages behind what was read. Nothing is left of those before.
func (f *feed) give(pages served) {
	f.base += int64(f.pending.bytes())
	f.pending = pages
}

// cursor reads the rows of one leaf, forwards; going back starts again at the
// beginning of the row group.
type cursor struct {
	file  *parquetTable
	leaf  int
	group int
	at    int64 // the next page header
	feed  *feed
	pages *parquet.FilePages
	dict  served // the dictionary page until it is needed
	gave  bool   // the dictionary, to the library
	row   int64  // the row of the group that the next page begins with, if rows do not go over pages

	page  parquet.Page
	first int64 // the row of the group that page begins with
	bytes int   // of the page, as it was given

	repeated
	buffer [256]parquet.Value
}

// repeated is where a cursor stands whose rows may go over pages.
type repeated struct {
	next      int64 // row of the group
	rowsKnown bool  // page said how many rows it has, so it begins with one
	values    parquet.ValueReader
	ahead     []parquet.Value // read and not used
}

func newCursor(t *parquetTable, leaf, group int) *cursor {
	c := &cursor{file: t, leaf: leaf, group: group, at: t.groups[group].chunks[leaf].start, feed: &feed{base: 4}}
	columns := t.decoder.RowGroups()[0].ColumnChunks()
	c.pages = columns[leaf].(*parquet.FileColumnChunk).PagesFrom(c.feed)
	return c
}

func (c *cursor) part() *part   { return c.file.leaves[c.leaf] }
func (c *cursor) repeats() bool { return c.part().repetition > 0 }
func (c *cursor) chunk() chunk  { return c.file.groups[c.group].chunks[c.leaf] }

func (c *cursor) fail(err error) error {
	return fmt.Errorf("column %s, row group %d: %w", c.part().element.Name, c.group, err)
}

// header reads the page header at the cursor and returns where the page begins.
func (c *cursor) header() (*format.PageHeader, int64, error) {
	const usual, most = 1 << 10, 1 << 20 // statistics may hold long texts
	end := c.chunk().end
	if c.at >= end {
		return nil, 0, io.EOF
	}
	for n := int64(usual); ; n *= 32 {
		n = min(n, end-c.at)
		b := make([]byte, n)
		if got, err := c.file.r.ReadAt(b, c.at); got < len(b) {
			return nil, 0, readError(err)
		}
		h := new(format.PageHeader)
		used, err := thriftDecode(b, "page header", h)
		if err != nil {
			if n < most && n < end-c.at {
				continue
			}
			return nil, 0, err
		}
		at := c.at + int64(used)
		if h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 || int64(h.CompressedPageSize) > end-at {
			return nil, 0, fmt.Errorf("%w: a page of %d bytes at byte %d goes over the end of its column", ErrDamaged, h.CompressedPageSize, at)
		}
		if h.CompressedPageSize > mostPageBytes || h.UncompressedPageSize > mostPageBytes {
			return nil, 0, fmt.Errorf("%w: a page of %d bytes; the bound is %d", ErrTooBig, max(h.CompressedPageSize, h.UncompressedPageSize), mostPageBytes)
		}
		return h, at, nil
	}
}

// rowsOf is how many rows a page says it has; -1 where it does not say.
func (c *cursor) rowsOf(h *format.PageHeader) int64 {
	switch {
	case h.DataPageHeaderV2.Valid && h.Type == format.DataPageV2:
		return int64(h.DataPageHeaderV2.V.NumRows)
	case !c.repeats():
		return int64(h.DataPageHeader.V.NumValues)
	}
	return -1
}

// load makes the page current that holds a row of the group, or the next one
// if rows may go over pages. Pages before it are not decoded.
func (c *cursor) load(ctx context.Context, row int64) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, at, err := c.header()
		if err != nil {
			return err
		}
		b, next := served(nil), at+int64(h.CompressedPageSize)
		switch h.Type {
		case format.DictionaryPage:
			if c.dict, err = c.dictionary(h, at); err != nil {
				return err
			}
		case format.DataPage, format.DataPageV2:
			rows := c.rowsOf(h)
			if rows >= 0 && c.row+rows <= row {
				c.row += rows
				break
			}
			if b, err = c.data(h, at); err != nil {
				return err
			}
			c.first, c.rowsKnown = c.row, rows >= 0
			c.row += max(rows, 0)
		}
		c.at = next
		if b != nil {
			return c.decode(b)
		}
	}
}

// decode hands a page to the library.
func (c *cursor) decode(b served) error {
	if c.dict != nil && !c.gave {
		c.gave = true
		b = append(c.dict, b...)
		c.dict = nil
	}
	c.feed.give(b)
	c.bytes = 2 * b.bytes() // with indexes and a dictionary, what is made of it is up to twice as long
	return guarded("decode a page", func() (err error) {
		c.page, err = c.pages.ReadPage()
		c.feed.give(nil) // it was copied
		for _, part := range b {
			c.file.free(part)
		}
		if err != nil {
			return err
		}
		if d := c.page.Dictionary(); d != nil {
			words := int32(d.Len())
			values := c.page.Data()
			for _, i := range values.Int32() {
				if i < 0 || i >= words {
					return fmt.Errorf("%w: there is no word %d in a dictionary of %d", ErrDamaged, i, words)
				}
			}
		}
		return nil
	})
}

// body reads and decompresses what follows the levels of a page.
func (c *cursor) body(h *format.PageHeader, at int64, plain int32, compressed bool) ([]byte, error) {
	b := c.file.room(int(h.CompressedPageSize))
	if n, err := c.file.r.ReadAt(b, at); n < len(b) {
		return nil, readError(err)
	}
	if h.CRC != 0 && uint32(h.CRC) != crc32.ChecksumIEEE(b) {
		return nil, fmt.Errorf("%w: the checksum of the page at byte %d is wrong", ErrDamaged, at)
	}
	codec := c.chunk().codec
	if !compressed || codec == format.Uncompressed {
		return b, nil
	}
	rest, err := c.file.decompress(codec, b[plain:], int(h.UncompressedPageSize-plain))
	if err != nil {
		return nil, fmt.Errorf("decompress the page at byte %d: %w", at, err)
	}
	if plain == 0 {
		c.file.free(b)
		return rest, nil
	}
	return append(b[:plain:plain], rest...), nil
}

func (c *cursor) dictionary(h *format.PageHeader, at int64) (served, error) {
	b, err := c.body(h, at, 0, true)
	if err != nil {
		return nil, err
	}
	d := &h.DictionaryPageHeader.V
	width := map[format.Type]int{format.Int32: 4, format.Int64: 8, format.Int96: 12, format.Float: 4, format.Double: 8, format.ByteArray: 4}
	kind := c.part().element.Type.V
	size := max(width[kind], 1)
	if kind == format.FixedLenByteArray {
		size = int(c.part().element.TypeLength.V)
	}
	if d.NumValues < 0 || int(d.NumValues) > len(b)/size || d.Encoding != format.Plain && d.Encoding != plainDictionary {
		return nil, fmt.Errorf("%w: a dictionary of %d words in %d bytes", ErrDamaged, d.NumValues, len(b))
	}
	if kind == format.ByteArray {
		if err := checkTexts(b, format.Plain, int(d.NumValues)); err != nil {
			return nil, err
		}
	}
	return serve(h, b)
}

// data reads a data page, checks it, and makes of it what the library is given.
func (c *cursor) data(h *format.PageHeader, at int64) (served, error) {
	if h.Type == format.DataPageV2 {
		return c.dataV2(h, at)
	}
	d := &h.DataPageHeader.V
	values := int(d.NumValues)
	if values < 0 || values > mostPageValues {
		return nil, fmt.Errorf("%w: a page of %d values; the bound is %d", ErrTooBig, values, mostPageValues)
	}
	b, err := c.body(h, at, 0, true)
	if err != nil {
		return nil, err
	}
	most := c.part().definition
	_, rest, err := levels(b, c.part().repetition, values, d.RepetitionLevelEncoding)
	var section []byte
	if err == nil {
		section, rest, err = levels(rest, most, values, d.DefinitionLevelEncoding)
	}
	if err == nil {
		if most > 0 {
			values = present(section, most, values)
		}
		err = checkBody(rest, d.Encoding, c.part().element.Type.V, values)
	}
	if err != nil {
		return nil, err
	}
	return serve(h, b)
}

func (c *cursor) dataV2(h *format.PageHeader, at int64) (served, error) {
	d := &h.DataPageHeaderV2.V
	values, nulls := int(d.NumValues), int(d.NumNulls)
	rep, def := d.RepetitionLevelsByteLength, d.DefinitionLevelsByteLength
	switch {
	case values < 0 || values > mostPageValues || nulls < 0 || nulls > values || d.NumRows < 0 || int(d.NumRows) > values:
		return nil, fmt.Errorf("%w: a page of %d values, %d missing, in %d rows", ErrDamaged, values, nulls, d.NumRows)
	case rep < 0 || def < 0 || int64(rep)+int64(def) > int64(min(h.CompressedPageSize, h.UncompressedPageSize)):
		return nil, fmt.Errorf("%w: levels are longer than their page", ErrDamaged)
	}
	b, err := c.body(h, at, rep+def, !d.IsCompressed.Valid || d.IsCompressed.V)
	if err != nil {
		return nil, err
	}
	p := c.part()
	err = checkRuns(b[:rep], width(p.repetition), values)
	if err == nil {
		err = checkRuns(b[rep:rep+def], width(p.definition), values)
	}
	if err == nil {
		err = checkBody(b[rep+def:], d.Encoding, p.element.Type.V, values-nulls)
	}
	if err != nil {
		return nil, err
	}
	d.IsCompressed.Set(false)
	return serve(h, b)
}

// serve writes a page as it would be in a file without compression.
func serve(h *format.PageHeader, b []byte) (served, error) {
	h.CRC, h.CompressedPageSize, h.UncompressedPageSize = 0, int32(len(b)), int32(len(b))
	h.DataPageHeader.V.Statistics, h.DataPageHeaderV2.V.Statistics = format.Statistics{}, format.Statistics{}
	var head []byte
	err := guarded("write a page header", func() (err error) {
		head, err = thrift.Marshal(&thrift.CompactProtocol{}, h)
		return err
	})
	return served{head, b}, err
}
