package diffs

import (
	"context"
	"unicode"
)

const (
	mostWordEdits = 200
	longestLine   = 8 << 10 // bytes of a line whose words are compared
	// leastAlike is the part of a line that must be the same for the rest to be
	// marked: else all of it is new.
	leastAlike = 0.3
)

// emphasise marks the words that differ in lines that stand for each other: the
// first of a run of removed lines for the first of those added behind it.
func emphasise(ctx context.Context, lines []Line) {
	for i := 0; i < len(lines); {
		if lines[i].Op != Removed {
			i++
			continue
		}
		from := i
		for i < len(lines) && lines[i].Op == Removed {
			i++
		}
		added := i
		for i < len(lines) && lines[i].Op == Added {
			i++
		}
		if ctx.Err() != nil {
			return
		}
		for k := 0; from+k < added && added+k < i; k++ {
			mark(ctx, &lines[from+k], &lines[added+k])
		}
	}
}

func mark(ctx context.Context, old, fresh *Line) {
	if len(old.Text) > longestLine || len(fresh.Text) > longestLine {
		return
	}
	oldWords, newWords := words(old.Text), words(fresh.Text)
	a, b := numbered(oldWords, newWords)
	m := matcher{cancelled: ctx.Err, most: mostWordEdits}
	m.match(a, b, 0, 0, mostSplits)
	same := 0
	for _, p := range m.pairs {
		same += len(oldWords[p[0]])
	}
	if float64(same) < leastAlike*float64(max(len(old.Text), len(fresh.Text))) {
		return
	}
	old.Marks = unpaired(oldWords, m.pairs, 0)
	fresh.Marks = unpaired(newWords, m.pairs, 1)
}

// unpaired are the places of words that have no pair, joined where they touch.
func unpaired(words []string, pairs [][2]int, side int) [][2]int {
	paired := make([]bool, len(words))
	for _, p := range pairs {
		paired[p[side]] = true
	}
	var out [][2]int
	at := 0
	for i, w := range words {
		if !paired[i] {
			if n := len(out); n > 0 && out[n-1][1] == at {
				out[n-1][1] += len(w)
			} else {
				out = append(out, [2]int{at, at + len(w)})
			}
		}
		at += len(w)
	}
	return out
}

// words splits a line into words, numbers and single signs.
func words(line string) []string {
	var out []string
	from := 0
	for i, r := range line {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' {
			continue
		}
		if i > from {
			out = append(out, line[from:i])
		}
		from = i + len(string(r))
		out = append(out, line[i:from])
	}
	if from < len(line) {
		out = append(out, line[from:])
	}
	return out
}
