package textpane

import (
	"context"
	"regexp"
	"sync"

	"benchside/artifacts/previews"
	"benchside/artifacts/texts"
)

// tail is the end of a file that grows, of which only reading is known.
type tail struct {
	mu   sync.Mutex
	kept *texts.Tail
	read func(ctx context.Context, into *texts.Tail) (more bool, err error)
}

// Tail returns the end of what read reads on each time that it is called; more
// says that there is more than one reading takes.
func Tail(read func(ctx context.Context, into *texts.Tail) (more bool, err error)) Source {
	return &tail{kept: texts.NewTail(0), read: read}
}

// tailRows are rows of the end of a file.
func tailRows(t *texts.Tail) (rows Static) {
	if t.Skipped > 0 {
		rows = append(rows, Row{Spans: []texts.Span{{Text: previews.Grouped(t.Skipped) + " bytes before this are not shown", Role: texts.Comment}}})
	}
	for _, line := range t.Lines() {
		r := lineRow(line)
		if t.Skipped > 0 {
			r.Number = 0 // they are not those of the file
		}
		r.Spans[0].Role = severity(line.Text)
		rows = append(rows, r)
	}
	return rows
}

func (t *tail) Rows(ctx context.Context, width, from, count int) (Page, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return tailRows(t.kept).Rows(ctx, width, from, count)
}

// Count reads on first: it is asked for where the end is wanted.
func (t *tail) Count(ctx context.Context) (Page, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.on(ctx); err != nil {
		return Page{}, err
	}
	return tailRows(t.kept).Count(ctx)
}

func (t *tail) on(ctx context.Context) (err error) {
	for more := true; more && err == nil; {
		more, err = t.read(ctx, t.kept)
	}
	return err
}

func (t *tail) Search(ctx context.Context, pattern *regexp.Regexp) ([]int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return tailRows(t.kept).Search(ctx, pattern)
}

// Follow implements Growing.
func (t *tail) Follow(ctx context.Context) (grown bool, said string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.kept.Lines()
	err = t.on(ctx)
	after := t.kept.Lines()
	grown = len(before) != len(after) || len(after) > 0 && before[len(before)-1] != after[len(after)-1]
	return grown, "", err
}
