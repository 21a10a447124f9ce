package tables

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/parquet-go/parquet-go"
	pagevalues "github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"
)

// Columnar is a Table whose columns can be read by themselves, many rows at once,
// without a Value for each. Several may be read at the same time.
type Columnar interface {
	Table
	// Chunks calls each with all rows of a column, in order, some thousands at a
	// time. The column must not be Nested.
	Chunks(ctx context.Context, column int, each func(*Chunk) error) error
	// Inside is Chunks of a part of a structure, named from the outside in. It must
	// not be in a list; the error is ErrNoPart if there is no such part.
	Inside(ctx context.Context, path []string, each func(*Chunk) error) error
	// Pairs calls each with the keys and values of a map of texts inside of
	// structures, row by row.
	Pairs(ctx context.Context, path []string, each func(row int64, pairs map[string]*string) error) error
}

// ErrNoPart: a structure has no such part.
var ErrNoPart = errors.New("no such part of a structure")

// chunkRows is the most rows of a Chunk.
const chunkRows = 1 << 15

// Chunk is some rows of a column that follow each other. It is valid during the
// call only.
type Chunk struct {
	Rows  int
	Nulls int
	// Numbers has a number a row, NaN where there is none: booleans are 0 and 1,
	// times milliseconds since 1970 UTC. It is nil for texts.
	Numbers []float64
	// Codes has a code a row, Absent where there is no text; Word tells the text.
	Codes []int32
	Words int  // codes are below it
	Fresh bool // the words are others than those of the chunk before

	word func(code int32) []byte
}

// Absent is the code of a row without a text.
const Absent = -1

// Word is the text of a code, its first MostCellBytes.
func (c *Chunk) Word(code int32) []byte {
	b := c.word(code)
	return b[:min(len(b), MostCellBytes)]
}

// Whole is the text of a code, however long.
func (c *Chunk) Whole(code int32) []byte { return c.word(code) }

// Chunks implements Columnar.
func (t *parquetTable) Chunks(ctx context.Context, column int, each func(*Chunk) error) error {
	if column < 0 || column >= len(t.tops) {
		return fmt.Errorf("there is no column %d of %d", column, len(t.tops))
	}
	return t.chunks(ctx, t.tops[column], each)
}

// Inside implements Columnar.
func (t *parquetTable) Inside(ctx context.Context, path []string, each func(*Chunk) error) error {
	p := t.inner(path)
	if p == nil {
		return fmt.Errorf("%w: %v", ErrNoPart, path)
	}
	return t.chunks(ctx, p, each)
}

// inner finds a part by the names that lead to it.
func (t *parquetTable) inner(path []string) *part {
	parts := t.tops
	var found *part
	for _, name := range path {
		found = nil
		for _, p := range parts {
			if p.element.Name == name {
				found = p
			}
		}
		if found == nil {
			return nil
		}
		parts = found.parts
	}
	return found
}

func (t *parquetTable) chunks(ctx context.Context, p *part, each func(*Chunk) error) error {
	if !p.leaf() || p.repetition > 0 {
		return fmt.Errorf("column %s is a structure", p.element.Name)
	}
	v := &pageView{part: p, reads: readingOf(p)}
	for g := range t.groups {
		c := newCursor(t, p.first, g)
		for row := int64(0); row < t.groups[g].rows; {
			n, err := v.load(ctx, c, row)
			if err == nil {
				err = v.each(ctx, int(min(n, t.groups[g].rows-row)), each)
			}
			if err != nil {
				return c.fail(err)
			}
			row += n
		}
	}
	return nil
}

// reading is how the values of a leaf become numbers or texts.
type reading struct {
	direct bool    // without a Value each
	scale  float64 // of a number
	signed bool
	texts  bool
}

// readingOf finds the fast way to read a leaf, if there is one.
func readingOf(p *part) reading {
	const day, second = 86_400_000, time.Second // in ms
	r := reading{scale: 1, signed: true, texts: p.kind == Text || p.kind == Nested}
	as := p.element.LogicalType.Value
	if as == nil && p.element.ConvertedType.Valid {
		as = convertedType(p.element)
	}
	kind := p.element.Type.V
	whole := kind == format.Int32 || kind == format.Int64
	switch as := as.(type) {
	case nil:
		r.direct = whole || kind == format.Float || kind == format.Double
	case *format.IntType:
		r.direct, r.signed = whole, as.IsSigned
	case *format.DateType:
		r.direct, r.scale = kind == format.Int32, day
	case *format.TimestampType:
		r.direct, r.scale = kind == format.Int64, float64(unitOf(as.Unit))/float64(second)*1000
	case *format.StringType, *format.EnumType, *format.JsonType:
		r.direct = kind == format.ByteArray
	}
	return r
}

// pageView reads a page from its beginning to its end.
type pageView struct {
	part  *part
	reads reading

	page   parquet.Page
	levels []byte // nil if each row has a value
	values pagevalues.Values
	dict   parquet.Dictionary
	fresh  bool
	row    int // the next one, and its value
	value  int
	slow   parquet.ValueReader

	known []float64 // the numbers of dict
	chunk Chunk
	spare []float64
	codes []int32
	made  [][]byte // texts of the slow way
}

// load makes the page current that begins with a row, and returns its rows.
func (v *pageView) load(ctx context.Context, c *cursor, row int64) (int64, error) {
	c.page = nil
	err := c.load(ctx, row)
	switch {
	case errors.Is(err, io.EOF):
		return 0, fmt.Errorf("%w: it ends before row %d of %d", ErrDamaged, row+1, c.file.groups[c.group].rows)
	case err != nil:
		return 0, err
	case c.first != row:
		return 0, fmt.Errorf("%w: a page has another number of rows than it says", ErrDamaged)
	}
	return c.page.NumRows(), guarded("open a page", func() error {
		dict := c.page.Dictionary()
		v.fresh = v.fresh || dict == nil || dict != v.dict
		if dict != v.dict {
			v.known = nil
		}
		v.page, v.dict, v.levels, v.values = c.page, dict, c.page.DefinitionLevels(), c.page.Data()
		v.row, v.value, v.slow = 0, 0, nil
		if len(v.levels) == 0 {
			v.levels = nil
		}
		return nil
	})
}

// each gives on n rows of the page.
func (v *pageView) each(ctx context.Context, n int, each func(*Chunk) error) error {
	for v.row < n {
		if err := ctx.Err(); err != nil {
			return err
		}
		size := min(n-v.row, chunkRows)
		v.chunk = Chunk{Rows: size}
		err := guarded("read values", func() error {
			if v.reads.texts {
				return v.texts(size)
			}
			return v.numbers(size)
		})
		if err != nil {
			return err
		}
		v.row += size
		if err := each(&v.chunk); err != nil {
			return err
		}
	}
	return nil
}

func (v *pageView) numbers(n int) error {
	if v.spare == nil {
		v.spare = make([]float64, chunkRows)
	}
	v.chunk.Numbers = v.spare[:n]
	kind := v.part.element.Type.V
	switch {
	case v.dict != nil:
		return v.numbersOfWords(n)
	case !v.reads.direct:
		return v.slowly(n, func(i int, x parquet.Value) { v.chunk.Numbers[i] = v.number(x) })
	case kind == format.Double && v.levels == nil && v.reads.scale == 1:
		v.chunk.Numbers = v.values.Double()[v.row : v.row+n]
	case kind == format.Double:
		spread(v, v.values.Double())
	case kind == format.Float:
		spread(v, v.values.Float())
	case kind == format.Int32 && v.reads.signed:
		spread(v, v.values.Int32())
	case kind == format.Int32:
		spread(v, v.values.Uint32())
	case kind == format.Int64 && v.reads.signed:
		spread(v, v.values.Int64())
	default:
		spread(v, v.values.Uint64())
	}
	return nil
}

// spread puts the values that are there where their rows are.
func spread[T int32 | uint32 | int64 | uint64 | float32 | float64](v *pageView, from []T) {
	out := v.chunk.Numbers
	if v.levels == nil {
		for i, x := range from[v.row : v.row+len(out)] {
			out[i] = float64(x) * v.reads.scale
		}
		return
	}
	most := byte(v.part.definition)
	for i, level := range v.levels[v.row : v.row+len(out)] {
		if level != most {
			out[i] = math.NaN()
			v.chunk.Nulls++
			continue
		}
		out[i] = float64(from[v.value]) * v.reads.scale
		v.value++
	}
}

// numbersOfWords looks numbers up in the dictionary, each word of which is read once.
func (v *pageView) numbersOfWords(n int) error {
	if v.known == nil {
		v.known = make([]float64, v.dict.Len())
		for i := range v.known {
			v.known[i] = v.number(v.dict.Index(int32(i)))
		}
	}
	codes := v.values.Int32()
	if v.levels == nil {
		for i, code := range codes[v.row : v.row+n] {
			v.chunk.Numbers[i] = v.known[code]
		}
		return nil
	}
	most := byte(v.part.definition)
	for i, level := range v.levels[v.row : v.row+n] {
		if level != most {
			v.chunk.Numbers[i] = math.NaN()
			v.chunk.Nulls++
			continue
		}
		v.chunk.Numbers[i] = v.known[codes[v.value]]
		v.value++
	}
	return nil
}

// number is a value of the file as a number.
func (v *pageView) number(x parquet.Value) float64 {
	if x.IsNull() {
		return math.NaN()
	}
	if v.reads.direct {
		return v.reads.scale * v.plain(x)
	}
	made := v.part.value(x)
	if made.Kind == Instant {
		return made.Number * 1000
	}
	return made.Float()
}

// plain is the number of a value whose type is read directly.
func (v *pageView) plain(x parquet.Value) float64 {
	switch v.part.element.Type.V {
	case format.Double:
		return x.Double()
	case format.Float:
		return float64(x.Float())
	case format.Int32:
		if v.reads.signed {
			return float64(x.Int32())
		}
		return float64(x.Uint32())
	}
	if v.reads.signed {
		return float64(x.Int64())
	}
	return float64(x.Uint64())
}

// slowly reads rows as values.
func (v *pageView) slowly(n int, set func(i int, x parquet.Value)) error {
	if v.slow == nil {
		v.slow = v.page.Values()
	}
	var buffer [256]parquet.Value
	for i := 0; i < n; {
		got, err := v.slow.ReadValues(buffer[:min(n-i, len(buffer))])
		for _, x := range buffer[:got] {
			if x.IsNull() {
				v.chunk.Nulls++
			}
			set(i, x)
			i++
		}
		if got == 0 {
			return fmt.Errorf("%w: values are missing: %w", ErrDamaged, err)
		}
	}
	return nil
}
