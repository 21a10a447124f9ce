package tables

import (
	"context"
	"fmt"

	"github.com/parquet-go/parquet-go"
)

// texts reads rows of texts: codes of the dictionary, or of the page's own values.
func (v *pageView) texts(n int) error {
	if v.codes == nil {
		v.codes = make([]int32, chunkRows)
	}
	c := &v.chunk
	c.Codes = v.codes[:n]
	switch {
	case v.dict != nil && v.reads.direct:
		v.codesOfWords(n)
		dict := v.dict
		c.Words, c.Fresh, v.fresh = dict.Len(), v.fresh, false
		c.word = func(code int32) []byte { return dict.Index(code).ByteArray() }
		return nil
	case v.reads.direct:
		data, offsets := v.values.ByteArray()
		c.Fresh, c.Words = true, max(len(offsets)-1, 0)
		c.word = func(code int32) []byte { return data[offsets[code]:offsets[code+1]] }
		return v.codesOfPage(n)
	}
	v.made = v.made[:0]
	err := v.slowly(n, func(i int, x parquet.Value) {
		if c.Codes[i] = Absent; x.IsNull() {
			return
		}
		c.Codes[i] = int32(len(v.made))
		v.made = append(v.made, []byte(v.part.value(x).Text))
	})
	made := v.made
	c.Fresh, c.Words, c.word = true, len(made), func(code int32) []byte { return made[code] }
	return err
}

func (v *pageView) codesOfWords(n int) {
	codes := v.values.Int32()
	if v.levels == nil {
		copy(v.chunk.Codes, codes[v.row:v.row+n])
		return
	}
	most := byte(v.part.definition)
	for i, level := range v.levels[v.row : v.row+n] {
		if level != most {
			v.chunk.Codes[i] = Absent
			v.chunk.Nulls++
			continue
		}
		v.chunk.Codes[i] = codes[v.value]
		v.value++
	}
}

// codesOfPage numbers the values of the page.
func (v *pageView) codesOfPage(n int) error {
	most := byte(v.part.definition)
	for i := range v.chunk.Codes {
		if v.levels != nil && v.levels[v.row+i] != most {
			v.chunk.Codes[i] = Absent
			v.chunk.Nulls++
			continue
		}
		if v.value >= v.chunk.Words {
			return fmt.Errorf("%w: values are missing", ErrDamaged)
		}
		v.chunk.Codes[i] = int32(v.value)
		v.value++
	}
	return nil
}

// Pairs implements Columnar.
func (t *parquetTable) Pairs(ctx context.Context, path []string, each func(row int64, pairs map[string]*string) error) error {
	p := t.inner(path)
	if p == nil || p.mapping() == nil {
		return fmt.Errorf("%w: no map %v", ErrNoPart, path)
	}
	keys, values := p.mapping().parts[0], p.mapping().parts[1]
	if !keys.leaf() || !values.leaf() {
		return fmt.Errorf("%w: no map of texts %v", ErrNoPart, path)
	}
	for g := range t.groups {
		if err := t.pairsOf(ctx, g, keys, values, each); err != nil {
			return err
		}
	}
	return nil
}

func (t *parquetTable) pairsOf(ctx context.Context, g int, keys, values *part, each func(row int64, pairs map[string]*string) error) error {
	cursors := map[int]*cursor{}
	for from := int64(0); from < t.groups[g].rows; from += nestedRows {
		n := int(min(nestedRows, t.groups[g].rows-from))
		names := make([][]*string, n)
		read := func(p *part, see func(i int, texts []*string)) error {
			return t.cursor(cursors, p.first, g, from).rows(ctx, from, n, func(i int, all []parquet.Value) error {
				var texts []*string
				for _, x := range all {
					if x.IsNull() {
						texts = append(texts, nil)
						continue
					}
					text := p.value(x).Text
					texts = append(texts, &text)
				}
				see(i, texts)
				return nil
			})
		}
		if err := read(keys, func(i int, texts []*string) { names[i] = texts }); err != nil {
			return err
		}
		pairs := make([]map[string]*string, n)
		err := read(values, func(i int, texts []*string) {
			pairs[i] = map[string]*string{}
			for j, name := range names[i] {
				if name != nil && j < len(texts) {
					pairs[i][*name] = texts[j]
				}
			}
		})
		for i := 0; i < n && err == nil; i++ {
			err = each(t.groups[g].first+from+int64(i), pairs[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}
