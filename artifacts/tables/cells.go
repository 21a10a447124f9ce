package tables

import (
	"context"
	"fmt"
	"slices"
)

// Delimited is delimited text whose cells can be had as they are written.
type Delimited interface {
	Growing
	// Cells calls each with the cells of every row, in order, without their quotes
	// and with nothing read into them: the first MostCellBytes of each. They are
	// valid during the call only. A row may have fewer or more than Columns.
	Cells(ctx context.Context, each func(row int64, cells [][]byte) error) error
	// Header returns the columns that the header names, which longer rows do not
	// add to, and what is unusual about it and the encoding.
	Header() (columns []Column, notes []string)
}

// csvTable is delimited text.
type csvTable struct {
	*rowFile
	named int // columns of the header
	about []string
}

// Header implements Delimited.
func (t csvTable) Header() (columns []Column, notes []string) {
	return t.Columns()[:t.named], slices.Clone(t.about)
}

// Cells implements Delimited.
func (t csvTable) Cells(ctx context.Context, each func(row int64, cells [][]byte) error) error {
	t.mu.Lock()
	size := t.index.size
	t.mu.Unlock()
	s := newStream(ctx, t.r, t.coding, t.start, size)
	rec := new(record)
	var cells [][]byte
	for row := int64(0); ; row++ {
		more, err := t.layout.next(s, rec)
		if err != nil {
			return fmt.Errorf("read row %d: %w", row+1, err)
		}
		if !more {
			return nil
		}
		cells = cells[:0]
		for i := range rec.cells {
			text := rec.cells[i].text
			if t.coding == latin1 {
				text = fromLatin1(text)
			}
			cells = append(cells, text)
		}
		if err := each(row, cells); err != nil {
			return err
		}
	}
}
