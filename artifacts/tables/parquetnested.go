package tables

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// shape names the type of a structure: "list<struct<a, b>>".
func (p *part) shape() string {
	var inner string
	switch {
	case p.leaf():
		inner = p.stored
	case p.list() != nil:
		return p.list().shape()
	case p.mapping() != nil:
		return "map"
	default:
		var names []string
		for _, below := range p.parts[:min(len(p.parts), 8)] {
			names = append(names, below.element.Name)
		}
		inner = "struct<" + strings.Join(names, ", ") + ">"
	}
	if p.repeated {
		if len(p.parts) == 1 {
			inner = p.parts[0].shape()
		}
		return "list<" + inner + ">"
	}
	return inner
}

// annotated reports whether a group is a list or a map by either kind of type.
func (p *part) annotated(converted deprecated.ConvertedType, logical any) bool {
	e := p.element
	switch e.LogicalType.Value.(type) {
	case *format.ListType:
		_, same := logical.(*format.ListType)
		return same
	case *format.MapType:
		_, same := logical.(*format.MapType)
		return same
	}
	return e.ConvertedType.Valid && e.ConvertedType.V == converted
}

// list returns the repeated part of a list, nil if this is none.
func (p *part) list() *part {
	if !p.leaf() && len(p.parts) == 1 && p.parts[0].repeated && p.annotated(deprecated.List, new(format.ListType)) {
		return p.parts[0]
	}
	return nil
}

// mapping returns the repeated part of a map, nil if this is none.
func (p *part) mapping() *part {
	if p.leaf() || len(p.parts) != 1 || !p.annotated(deprecated.Map, new(format.MapType)) {
		return nil
	}
	if pairs := p.parts[0]; pairs.repeated && len(pairs.parts) == 2 {
		return pairs
	}
	return nil
}

// readNested reads rows of a structure and writes each as JSON.
func (t *parquetTable) readNested(ctx context.Context, cursors map[int]*cursor, p *part, g int, from int64, n int, set func(int, Value)) error {
	for done := 0; done < n; done += nestedRows {
		size := min(nestedRows, n-done)
		rows := make([][][]parquet.Value, size) // by row, then by leaf
		for i := range rows {
			rows[i] = make([][]parquet.Value, p.last-p.first)
		}
		for leaf := p.first; leaf < p.last; leaf++ {
			at := from + int64(done)
			err := t.cursor(cursors, leaf, g, at).rows(ctx, at, size, func(i int, values []parquet.Value) error {
				rows[i][leaf-p.first] = append([]parquet.Value(nil), values...)
				return nil
			})
			if err != nil {
				return err
			}
		}
		for i, values := range rows {
			var v Value
			err := guarded("put a structure together", func() error {
				v = p.structure(values)
				return nil
			})
			if err != nil {
				return err
			}
			set(done+i, v)
		}
	}
	return nil
}

// structure writes one row of a column as JSON.
func (p *part) structure(values [][]parquet.Value) Value {
	if len(values) == 0 { // a group without parts
		return Value{Text: "{}", Kind: Structure}
	}
	if !p.repeated && p.absent(values) {
		return Value{}
	}
	w := structureWriter{first: p.first}
	w.part(p, values)
	if len(w.b) > MostCellBytes {
		return Value{Text: string(w.b[:MostCellBytes]), Whole: -1, Kind: Structure}
	}
	return Value{Text: string(w.b), Kind: Structure}
}

// absent reports whether an optional part is missing.
func (p *part) absent(values [][]parquet.Value) bool {
	return p.optional && len(values[0]) > 0 && values[0][0].DefinitionLevel() < p.definition
}

// structureWriter puts structures together from the values of their leaves, as
// levels tell (Dremel, https://research.google/pubs/pub36632/). It stops when
// the text is longer than a cell.
type structureWriter struct {
	first int // the leaf of the first values
	b     []byte
}

func (w *structureWriter) full() bool { return len(w.b) > MostCellBytes }

// part writes a part; values are those of its leaves, in one instance of what
// is above it.
func (w *structureWriter) part(p *part, values [][]parquet.Value) {
	if len(values) == 0 || len(values[0]) == 0 {
		w.b = append(w.b, "null"...)
		return
	}
	if p.repeated {
		w.list(p, values, false)
		return
	}
	if p.absent(values) {
		w.b = append(w.b, "null"...)
		return
	}
	w.one(p, values)
}

// list writes the instances of a repeated part. If it is the inner part of a
// list, and holds one thing only, that is what the list holds.
func (w *structureWriter) list(p *part, values [][]parquet.Value, inner bool) {
	w.b = append(w.b, '[')
	w.instances(p, values, func(i int, instance [][]parquet.Value) {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		if inner && len(p.parts) == 1 {
			w.part(p.parts[0], instance)
		} else {
			w.one(p, instance)
		}
	})
	w.b = append(w.b, ']')
}

// instances cuts the values of a repeated part where another instance begins.
func (w *structureWriter) instances(p *part, values [][]parquet.Value, each func(i int, instance [][]parquet.Value)) {
	if len(values[0]) == 0 || values[0][0].DefinitionLevel() < p.definition {
		return
	}
	rest := append([][]parquet.Value(nil), values...)
	for i := 0; len(rest[0]) > 0 && !w.full(); i++ {
		instance := make([][]parquet.Value, len(rest))
		for leaf, all := range rest {
			end := min(1, len(all))
			for end < len(all) && all[end].RepetitionLevel() > p.repetition {
				end++
			}
			instance[leaf], rest[leaf] = all[:end], all[end:]
		}
		each(i, instance)
	}
}

// one writes one instance of a part that is there.
func (w *structureWriter) one(p *part, values [][]parquet.Value) {
	switch {
	case p.leaf():
		w.b = jsonOf(w.b, p.cell(values[0][0]))
	case p.list() != nil:
		w.list(p.list(), values, true)
	case p.mapping() != nil:
		w.mapping(p.mapping(), values)
	default:
		w.b = append(w.b, '{')
		at := p.first
		for i, below := range p.parts {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.key(below.element.Name)
			w.part(below, values[at-p.first:at-p.first+below.last-below.first])
			at = below.last
			if w.full() {
				return
			}
		}
		w.b = append(w.b, '}')
	}
}

func (w *structureWriter) key(name string) {
	quoted, err := json.Marshal(name)
	if err != nil {
		quoted = []byte(`""`)
	}
	w.b = append(append(w.b, quoted...), ':')
}

// mapping writes a map as an object.
func (w *structureWriter) mapping(pairs *part, values [][]parquet.Value) {
	w.b = append(w.b, '{')
	w.instances(pairs, values, func(i int, instance [][]parquet.Value) {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		key, split := pairs.parts[0], pairs.parts[1].first-pairs.first
		name := ""
		if key.leaf() && len(instance[0]) > 0 {
			name = key.cell(instance[0][0]).Text
		}
		w.key(name)
		w.part(pairs.parts[1], instance[split:])
	})
	w.b = append(w.b, '}')
}
