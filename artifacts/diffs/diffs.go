// Package diffs says how two files differ: line by line, or value by value of a
// tree. It reads no files and changes none.
package diffs

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"benchside/sanitize"
)

// Op is what happened to a line.
type Op int

// What happens to lines.
const (
	Same Op = iota
	Removed
	Added
)

// Line is one line of a hunk, safe to show.
type Line struct {
	Op       Op
	Text     string
	Old, New int // its numbers from 1; 0 where it is not
	// Marks are the bytes of Text, from and to, that differ from the line that it
	// stands for.
	Marks [][2]int
}

// Hunk is a run of lines around changes.
type Hunk struct{ Lines []Line }

// Text is how two texts differ.
type Text struct {
	Hunks          []Hunk
	Added, Removed int
	// Rough: parts were too different to be matched line by line in good time;
	// they count as replaced.
	Rough bool
}

// ErrBounds: the files are too big to be compared.
var ErrBounds = errors.New("too big to be compared")

const (
	mostBytes = 8 << 20
	mostLines = 200_000
)

// Lines compares two texts, with so many lines of context around changes; less
// than 0 means all.
func Lines(ctx context.Context, before, after string, around int) (Text, error) {
	old, fresh := split(before), split(after)
	if len(before) > mostBytes || len(after) > mostBytes || len(old) > mostLines || len(fresh) > mostLines {
		return Text{}, fmt.Errorf("compare texts: %w", ErrBounds)
	}
	a, b := numbered(old, fresh)
	m := matcher{cancelled: ctx.Err, most: mostEdits}
	m.match(a, b, 0, 0, 0)
	if err := ctx.Err(); err != nil {
		return Text{}, fmt.Errorf("compare texts: %w", err)
	}
	t := Text{Rough: m.rough}
	lines := t.lines(old, fresh, m.pairs)
	emphasise(ctx, lines)
	t.Hunks = hunks(lines, around)
	return t, nil
}

// split keeps what tells lines apart: a last line without its end differs from
// one with it.
func split(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.SplitAfter(text, "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}

// numbered gives equal lines equal numbers.
func numbered[T comparable](old, fresh []T) (a, b []int) {
	numbers := map[T]int{}
	of := func(items []T) []int {
		out := make([]int, len(items))
		for i, item := range items {
			n, known := numbers[item]
			if !known {
				n = len(numbers)
				numbers[item] = n
			}
			out[i] = n
		}
		return out
	}
	return of(old), of(fresh)
}

// lines writes all lines of both texts in order.
func (t *Text) lines(old, fresh []string, pairs [][2]int) []Line {
	var out []Line
	i, k := 0, 0
	for _, p := range append(pairs, [2]int{len(old), len(fresh)}) {
		for ; i < p[0]; i++ {
			out = append(out, Line{Op: Removed, Text: safe(old[i]), Old: i + 1})
			t.Removed++
		}
		for ; k < p[1]; k++ {
			out = append(out, Line{Op: Added, Text: safe(fresh[k]), New: k + 1})
			t.Added++
		}
		if i < len(old) && k < len(fresh) {
			out = append(out, Line{Text: safe(old[i]), Old: i + 1, New: k + 1})
			i, k = i+1, k+1
		}
	}
	return out
}

// safe is a line to show; a carriage return stays visible, since it may be all
// that differs, as does an end that is missing.
func safe(line string) string {
	line, ended := strings.CutSuffix(line, "\n")
	line = sanitize.Line(strings.ReplaceAll(line, "\t", "    "))
	if !ended {
		line += " ⟨no newline⟩"
	}
	return line
}

// hunks cuts what is far from any change.
func hunks(lines []Line, around int) []Hunk {
	if around < 0 {
		around = len(lines)
	}
	near := make([]bool, len(lines))
	last := -1 // the end of what is marked
	for i, l := range lines {
		if l.Op == Same {
			continue
		}
		for k := max(i-around, last+1, 0); k < min(i+around+1, len(lines)); k++ {
			near[k] = true
			last = k
		}
	}
	var out []Hunk
	for i, l := range lines {
		switch {
		case !near[i]:
		case i > 0 && near[i-1]:
			h := &out[len(out)-1]
			h.Lines = append(h.Lines, l)
		default:
			out = append(out, Hunk{Lines: []Line{l}})
		}
	}
	return out
}
