package texts

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Console makes one line of what a program wrote to a terminal: of a progress
// bar the last state stays, colours and movements of the cursor go.
func Console(line string) string {
	line = strings.TrimRight(line, "\r")
	line = ansi.Strip(strings.ReplaceAll(lastState(line), "\t", "        "))
	return Safe(backspaced(line))
}

// lastState is what stands behind the last carriage return that something stands
// behind.
func lastState(line string) string {
	for {
		i := strings.LastIndexByte(line, '\r')
		if i < 0 || strings.TrimSpace(ansi.Strip(line[i+1:])) != "" {
			return line[i+1:]
		}
		line = line[:i]
	}
}

// backspaced obeys backspaces, which bars of Keras are drawn with.
func backspaced(line string) string {
	if strings.IndexByte(line, '\b') < 0 {
		return line
	}
	var out []rune
	for _, r := range line {
		switch {
		case r != '\b':
			out = append(out, r)
		case len(out) > 0:
			out = out[:len(out)-1]
		}
	}
	return string(out)
}

// Tail is the end of a file that grows. It is for one goroutine.
type Tail struct {
	keep      int
	lines     []Line
	offset    int64 // what is before it was read
	start     int64 // of the line that is not whole yet
	rest      []byte
	lost      int64 // bytes of that line that are not kept
	number    int   // of the last whole line; from where the tail begins
	Skipped   int64 // bytes before the tail that were not read
	Restarted bool  // the file became shorter: it was written anew
}

const (
	firstTail = 1 << 20 // bytes of a file that are looked at first
	eachTail  = 4 << 20 // bytes read at once
)

// NewTail keeps at most so many lines, 0 being 10,000.
func NewTail(keep int) *Tail {
	if keep <= 0 {
		keep = mostWindow
	}
	return &Tail{keep: keep}
}

// Read takes what was written since, from the last megabyte on at first. more
// says that there is more than one reading takes.
func (t *Tail) Read(ctx context.Context, file io.ReaderAt, size int64) (more bool, err error) {
	if size < t.offset {
		*t = Tail{keep: t.keep, Restarted: true}
	}
	skip := false
	if t.offset == 0 && size > firstTail {
		t.offset, skip = size-firstTail, true
	}
	to := min(size, t.offset+eachTail)
	for t.offset < to {
		if err := ctx.Err(); err != nil {
			return false, fmt.Errorf("follow log: %w", err)
		}
		buf := make([]byte, min(window, to-t.offset))
		if _, err := readAt(file, buf, t.offset); err != nil {
			return false, err
		}
		at := t.offset
		t.offset += int64(len(buf))
		if skip { // the first line is not whole
			i := bytes.IndexByte(buf, '\n')
			if i < 0 && t.offset < to {
				continue
			}
			skip = false
			buf, at = buf[i+1:], at+int64(i)+1
			t.Skipped, t.start = at, at
		}
		t.take(buf, at)
	}
	return to < size, nil
}

func (t *Tail) take(buf []byte, at int64) {
	for {
		i := bytes.IndexByte(buf, '\n')
		if i < 0 {
			t.wait(buf)
			return
		}
		t.wait(buf[:i])
		t.number++
		t.lines = append(t.lines, Line{Number: t.number, Offset: t.start, Text: Console(string(t.rest)), Cut: t.lost})
		if len(t.lines) > 2*t.keep {
			t.lines = append([]Line(nil), t.lines[len(t.lines)-t.keep:]...)
		}
		buf, at = buf[i+1:], at+int64(i)+1
		t.rest, t.lost, t.start = t.rest[:0], 0, at
	}
}

// wait keeps what may become a line: of one that is too long its last state, if
// it is drawn over itself, else its beginning.
func (t *Tail) wait(part []byte) {
	t.rest = append(t.rest, part...)
	if len(t.rest) <= mostLine {
		return
	}
	kept := t.rest
	if i := bytes.LastIndexByte(kept[:len(kept)-1], '\r'); i >= 0 {
		kept = kept[i+1:]
	}
	n := len(kept)
	kept = kept[:min(n, mostLine)]
	t.lost += int64(n - len(kept))
	t.rest = append([]byte(nil), kept...)
}

// Lines returns the lines that are kept, the last one even if it has no end yet.
// Numbers count from the first line that was read: see Skipped.
func (t *Tail) Lines() []Line {
	out := t.lines
	if len(t.rest) > 0 {
		out = append(out[:len(out):len(out)], Line{Number: t.number + 1, Offset: t.start, Text: Console(string(t.rest)), Cut: t.lost})
	}
	return out[max(0, len(out)-t.keep):]
}

// Hit is a line that fits a search, and where in its text.
type Hit struct {
	Line
	From, To int // bytes of Text
}

// Search returns at most so many lines that fit a pattern, from a line on, as
// Console shows them. next is where to go on, 0 at the end.
func Search(ctx context.Context, l *Lines, pattern *regexp.Regexp, from, most int) (hits []Hit, next int, err error) {
	const batch = 2000
	for at := max(from, 1); ; {
		lines, err := l.raw(ctx, at, batch)
		if err != nil {
			return hits, at, err
		}
		for _, line := range lines {
			line.Text = Console(line.Text)
			if place := pattern.FindStringIndex(line.Text); place != nil {
				if len(hits) == most {
					return hits, line.Number, nil
				}
				hits = append(hits, Hit{line, place[0], place[1]})
			}
		}
		if len(lines) < batch {
			return hits, 0, nil
		}
		at += len(lines)
	}
}
