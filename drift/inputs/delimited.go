package inputs

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"benchside/artifacts/tables"
)

// The size of what one goroutine cuts into cells while others read the cells of
// the block before.
const (
	blockBytes = 256 << 10
	blockRows  = 4096
	blocks     = 4
)

// block is the cells of some rows, of the columns that are read.
type block struct {
	rows    int
	bytes   []byte
	ends    []int32 // of each cell in bytes, row by row
	readers atomic.Int32
}

// ragged counts rows with another number of cells than there are columns.
type ragged struct{ short, long, first int64 }

func (g *ragged) see(row int64, cells, columns int) {
	if cells == columns {
		return
	}
	if g.short+g.long == 0 {
		g.first = row + 1
	}
	if cells < columns {
		g.short++
	} else {
		g.long++
	}
}

func (g *ragged) note() string {
	if g.short+g.long == 0 {
		return ""
	}
	return fmt.Sprintf("%d rows have fewer cells than the header, %d more: the first is row %d", g.short, g.long, g.first)
}

// delimited reads cells: one goroutine cuts rows, others read the columns.
func (r *reader) delimited(ctx context.Context, t tables.Delimited, size int64, todo []*column, at []int, again bool) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	workers := min(r.options.Workers, len(todo))
	free := make(chan *block, blocks)
	for range blocks {
		free <- new(block)
	}
	queues := make([]chan *block, workers)
	var group sync.WaitGroup
	for w := range workers {
		queues[w] = make(chan *block, blocks)
		group.Go(func() {
			for b := range queues[w] {
				for i := w; i < len(todo); i += workers {
					if err := b.column(todo, i); err != nil {
						stop(err)
					}
				}
				if b.readers.Add(-1) == 0 {
					free <- b
				}
			}
		})
	}
	header, _ := t.Header()
	cut := cutter{free: free, queues: queues, at: at, columns: len(header), size: size, todo: todo}
	err := t.Cells(ctx, func(row int64, cells [][]byte) error { return cut.row(ctx, row, cells) })
	if err == nil {
		cut.send()
	}
	for _, q := range queues {
		close(q)
	}
	group.Wait()
	if note := cut.ragged.note(); note != "" && !again {
		r.notes = append(r.notes, note)
	}
	if why := context.Cause(ctx); why != nil {
		return why
	}
	return err
}

// column reads the cells of one column of a block.
func (b *block) column(todo []*column, i int) error {
	c := todo[i]
	for row := range b.rows {
		cell := row*len(todo) + i
		from := int32(0)
		if cell > 0 {
			from = b.ends[cell-1]
		}
		c.cell(b.bytes[from:b.ends[cell]])
	}
	return c.fault
}

// cutter gathers cells in blocks and gives them to the goroutines.
type cutter struct {
	free    chan *block
	queues  []chan *block
	block   *block
	at      []int
	columns int
	ragged  ragged

	todo  []*column
	size  int64 // of the file
	bytes int64 // of the first block, to guess how many rows come
	begun bool
}

func (c *cutter) row(ctx context.Context, row int64, cells [][]byte) error {
	if c.block == nil {
		select {
		case c.block = <-c.free:
		case <-ctx.Done():
			return ctx.Err()
		}
		c.block.rows, c.block.bytes, c.block.ends = 0, c.block.bytes[:0], c.block.ends[:0]
	}
	b := c.block
	c.ragged.see(row, len(cells), c.columns)
	for _, at := range c.at {
		if at < len(cells) {
			b.bytes = append(b.bytes, cells[at]...)
		}
		b.ends = append(b.ends, int32(len(b.bytes)))
	}
	b.rows++
	if !c.begun {
		for _, cell := range cells {
			c.bytes += int64(len(cell)) + 1
		}
	}
	if b.rows == blockRows || len(b.bytes) >= blockBytes {
		c.send()
	}
	return nil
}

// send gives a block to all goroutines.
func (c *cutter) send() {
	if c.block == nil {
		return
	}
	if !c.begun {
		c.begun = true
		rows := c.size / max(c.bytes/int64(c.block.rows), 1)
		for _, col := range c.todo {
			col.hint = int(min(rows+rows/32, int64(col.choice.Limit)))
		}
	}
	c.block.readers.Store(int32(len(c.queues)))
	for _, q := range c.queues {
		q <- c.block
	}
	c.block = nil
}
