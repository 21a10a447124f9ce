package tables

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The bounds of a Parquet file's footer.
const (
	mostFooterBytes = 64 << 20
	mostSchemaParts = 20_000
	mostSchemaDepth = 32
	mostFixedBytes  = 1 << 20 // of a value of fixed length
)

// part is a part of a schema: a leaf, which has values, or a group of parts.
type part struct {
	element     *format.SchemaElement
	parts       []*part
	optional    bool
	repeated    bool
	definition  int // level at which a value is there
	repetition  int
	first, last int // its leaves
	stored      string
	value       func(parquet.Value) Value // of a leaf
	kind        Type                      // of a leaf
	unsigned    bool                      // of a leaf of integers
}

func (p *part) leaf() bool { return p.element.Type.Valid }

// chunk is the column of a row group.
type chunk struct {
	start, end int64 // bytes of the file
	codec      format.CompressionCodec
}

// group is a row group.
type group struct {
	first, rows int64
	chunks      []chunk // by leaf
}

// readFooter reads and checks what the end of a Parquet file says.
func readFooter(r io.ReaderAt, size int64) (*format.FileMetaData, error) {
	tail := make([]byte, 8)
	if size < 12 {
		return nil, fmt.Errorf("%w: %d bytes hold no Parquet file", ErrDamaged, size)
	}
	if n, err := r.ReadAt(tail, size-8); n < len(tail) {
		return nil, readError(err)
	}
	switch string(tail[4:]) {
	case "PAR1":
	case "PARE":
		return nil, fmt.Errorf("the file is encrypted")
	default:
		return nil, fmt.Errorf("%w: the file does not end as Parquet does: it is cut, or still being written", ErrDamaged)
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	switch {
	case length > size-12:
		return nil, fmt.Errorf("%w: a footer of %d bytes in a file of %d", ErrDamaged, length, size)
	case length > mostFooterBytes:
		return nil, fmt.Errorf("%w: a footer of %d bytes; the bound is %d", ErrTooBig, length, mostFooterBytes)
	}
	b := make([]byte, length)
	if n, err := r.ReadAt(b, size-8-length); n < len(b) {
		return nil, readError(err)
	}
	meta := new(format.FileMetaData)
	_, err := thriftDecode(b, "footer", meta)
	return meta, err
}

// buildSchema makes the tree of a schema, which lies flat in the file.
func buildSchema(elements []format.SchemaElement) (root *part, leaves []*part, err error) {
	if len(elements) == 0 || len(elements) > mostSchemaParts {
		return nil, nil, fmt.Errorf("%w: a schema of %d parts; the bound is %d", ErrDamaged, len(elements), mostSchemaParts)
	}
	at := 0
	var build func(above *part, depth int) (*part, error)
	build = func(above *part, depth int) (*part, error) {
		if at >= len(elements) || depth > mostSchemaDepth {
			return nil, fmt.Errorf("%w: the schema has too few parts, or they lie deeper than %d", ErrDamaged, mostSchemaDepth)
		}
		p := &part{element: &elements[at], first: len(leaves)}
		at++
		p.levels(above)
		if p.leaf() {
			if err := p.describe(); err != nil {
				return nil, fmt.Errorf("column %s: %w", p.element.Name, err)
			}
			leaves = append(leaves, p)
		}
		for range p.element.NumChildren.V {
			below, err := build(p, depth+1)
			if err != nil {
				return nil, err
			}
			p.parts = append(p.parts, below)
		}
		p.last = len(leaves)
		if p.leaf() && len(p.parts) > 0 {
			return nil, fmt.Errorf("%w: column %s has both values and parts", ErrDamaged, p.element.Name)
		}
		return p, nil
	}
	root, err = build(nil, 0)
	if err == nil && at != len(elements) {
		err = fmt.Errorf("%w: the schema has %d parts too many", ErrDamaged, len(elements)-at)
	}
	return root, leaves, err
}

func (p *part) levels(above *part) {
	if above == nil {
		return
	}
	p.definition, p.repetition = above.definition, above.repetition
	switch p.element.RepetitionType.V {
	case format.Optional:
		p.optional = true
		p.definition++
	case format.Repeated:
		p.repeated = true
		p.definition++
		p.repetition++
	}
}

// readGroups checks where the row groups say that their columns are.
func readGroups(meta *format.FileMetaData, leaves []*part, size int64) ([]group, int64, error) {
	var groups []group
	total := int64(0)
	for i := range meta.RowGroups {
		rg := &meta.RowGroups[i]
		if rg.NumRows < 0 || total+rg.NumRows < total {
			return nil, 0, fmt.Errorf("%w: row group %d has %d rows", ErrDamaged, i, rg.NumRows)
		}
		if len(rg.Columns) != len(leaves) {
			return nil, 0, fmt.Errorf("%w: row group %d has %d columns, the schema %d", ErrDamaged, i, len(rg.Columns), len(leaves))
		}
		g := group{first: total, rows: rg.NumRows, chunks: make([]chunk, 0, len(leaves))}
		for j := range rg.Columns {
			c, err := readChunk(&rg.Columns[j], leaves[j], size)
			if err != nil {
				return nil, 0, fmt.Errorf("column %s of row group %d: %w", leaves[j].element.Name, i, err)
			}
			g.chunks = append(g.chunks, c)
		}
		total += rg.NumRows
		groups = append(groups, g)
	}
	return groups, total, nil
}

func readChunk(c *format.ColumnChunk, leaf *part, size int64) (chunk, error) {
	m := &c.MetaData
	start := m.DataPageOffset
	if d := m.DictionaryPageOffset; d > 0 && d < start {
		start = d
	}
	end := start + m.TotalCompressedSize
	switch {
	case c.FilePath != "":
		return chunk{}, fmt.Errorf("its values are in another file, which is not opened")
	case c.CryptoMetadata.Value != nil || len(c.EncryptedColumnMetadata) > 0:
		return chunk{}, fmt.Errorf("it is encrypted")
	case m.Type != leaf.element.Type.V:
		return chunk{}, fmt.Errorf("%w: it is %s, in the schema %s", ErrDamaged, m.Type, leaf.element.Type.V)
	case start < 0 || m.TotalCompressedSize < 0 || end < start || end > size-8:
		return chunk{}, fmt.Errorf("%w: it lies at bytes %d to %d of a file of %d", ErrDamaged, start, end, size)
	}
	return chunk{start: start, end: end, codec: m.Codec}, nil
}

// decoderFile makes a Parquet file without rows that has the levels and the
// physical types of a schema, and nothing else of it. Its columns decode pages
// that are handed to them: so the library never reads the file itself, nor
// believes what it says of sizes.
func decoderFile(elements []format.SchemaElement, leaves []*part) (*parquet.File, error) {
	meta := &format.FileMetaData{Version: 2}
	for _, e := range elements {
		e.LogicalType, e.FieldID = format.LogicalType{}, 0
		e.ConvertedType.Reset()
		e.Scale.Reset()
		e.Precision.Reset()
		e.Name = fmt.Sprintf("c%d", len(meta.Schema))
		meta.Schema = append(meta.Schema, e)
	}
	rg := format.RowGroup{}
	for _, leaf := range leaves {
		rg.Columns = append(rg.Columns, format.ColumnChunk{MetaData: format.ColumnMetaData{
			Type: leaf.element.Type.V, Encoding: []format.Encoding{format.Plain}, PathInSchema: []string{"c"},
			DataPageOffset: 4, TotalCompressedSize: 1 << 60,
		}})
	}
	meta.RowGroups = append(meta.RowGroups, rg)
	var file *parquet.File
	err := guarded("prepare the schema", func() error {
		footer, err := thrift.Marshal(&thrift.CompactProtocol{}, meta)
		if err != nil {
			return err
		}
		b := append([]byte("PAR1"), footer...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(footer)))
		b = append(b, "PAR1"...)
		file, err = parquet.OpenFile(bytes.NewReader(b), int64(len(b)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		return err
	})
	return file, err
}
