package diffs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"benchside/artifacts/trees"
)

// drawn writes hunks as diff does, marks in brackets.
func drawn(t Text) string {
	var b strings.Builder
	for i, h := range t.Hunks {
		if i > 0 {
			b.WriteString("@@\n")
		}
		for _, l := range h.Lines {
			text := l.Text
			for k := len(l.Marks) - 1; k >= 0; k-- {
				m := l.Marks[k]
				text = text[:m[0]] + "[" + text[m[0]:m[1]] + "]" + text[m[1]:]
			}
			fmt.Fprintf(&b, "%c%s\n", " -+"[l.Op], text)
		}
	}
	return b.String()
}

func TestTextsLineByLine(t *testing.T) {
	numbers := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintln(&b, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		before, after string
		around        int
		want          string
	}{
		"nothing":              {"a\n", "a\n", 3, ""},
		"two of nothing":       {"", "", 3, ""},
		"all is new":           {"", "a\n", 3, "+a\n"},
		"all is gone":          {"a\n", "", 3, "-a\n"},
		"a word":               {"lr = 0.1\nb\n", "lr = 0.2\nb\n", 3, "-lr = 0.[1]\n+lr = 0.[2]\n b\n"},
		"unlike lines":         {"abc\n", "xyz\n", 3, "-abc\n+xyz\n"},
		"context":              {numbers(1, 9), strings.Replace(numbers(1, 9), "5\n", "", 1), 1, " 4\n-5\n 6\n"},
		"two hunks":            {numbers(1, 9), numbers(2, 8), 1, "-1\n 2\n@@\n 8\n-9\n"},
		"hunks that touch":     {numbers(1, 4), numbers(2, 3), 1, "-1\n 2\n 3\n-4\n"},
		"no context":           {numbers(1, 9), strings.Replace(numbers(1, 9), "5\n", "", 1), 0, "-5\n"},
		"all context":          {"a\nb\nc\n", "a\nc\n", -1, " a\n-b\n c\n"},
		"the classic":          {"a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", 9, "-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n"},
		"a last end":           {"a", "a\n", 3, "-a ⟨no newline⟩\n+a\n"},
		"ends of Windows":      {"a b c\r\n", "a b c\n", 3, "-a b c[␍]\n+a b c\n"},
		"what is obeyed":       {"\x1b[2J\n", "x\n", 3, "-␛[2J\n+x\n"},
		"moved without a pair": {"a\nb\n", "b\na\n", 3, "-a\n b\n+a\n"},
	} {
		got, err := Lines(t.Context(), c.before, c.after, c.around)
		if err != nil || drawn(got) != c.want || got.Rough {
			t.Errorf("%s: got\n%s%v, want\n%s", name, drawn(got), err, c.want)
		}
	}
}

// rebuilt makes both texts of a comparison with all its context.
func rebuilt(t Text) (before, after []string) {
	for _, h := range t.Hunks {
		for _, l := range h.Lines {
			if l.Op != Added {
				before = append(before, l.Text)
			}
			if l.Op != Removed {
				after = append(after, l.Text)
			}
		}
	}
	return before, after
}

func shown(text string) []string {
	var out []string
	for _, l := range split(text) {
		out = append(out, safe(l))
	}
	return out
}

func check(t *testing.T, before, after string) Text {
	t.Helper()
	got, err := Lines(t.Context(), before, after, -1)
	if err != nil {
		t.Fatal(err)
	}
	if got.Added+got.Removed == 0 {
		if before != after {
			t.Errorf("%.100q and %.100q are said to be the same", before, after)
		}
		return got
	}
	a, b := rebuilt(got)
	if strings.Join(a, "\n") != strings.Join(shown(before), "\n") || strings.Join(b, "\n") != strings.Join(shown(after), "\n") {
		t.Errorf("%.200q to %.200q: got\n%.500s", before, after, drawn(got))
	}
	for _, h := range got.Hunks {
		for _, l := range h.Lines {
			for _, m := range l.Marks {
				if m[0] < 0 || m[0] >= m[1] || m[1] > len(l.Text) {
					t.Errorf("the line %q has the marks %v", l.Text, l.Marks)
				}
			}
		}
	}
	return got
}

func TestRandomEditsAreFoundInFull(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var before, after strings.Builder
		for range random.IntN(40) {
			line := fmt.Sprintln(random.IntN(6))
			switch random.IntN(4) {
			case 0:
				before.WriteString(line)
			case 1:
				after.WriteString(line)
			default:
				before.WriteString(line)
				after.WriteString(line)
			}
		}
		check(t, before.String(), after.String())
	}
}

func TestBigTextsAreBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	noise := func(n, of int) string {
		var b strings.Builder
		for range n {
			fmt.Fprintln(&b, random.IntN(of))
		}
		return b.String()
	}
	unique := strings.Split(noise(50_000, 1<<60), "\n")
	moved := append(append([]string{}, unique[25_000:]...), unique[:25_000]...)
	edited := append([]string{}, unique...)
	for i := 0; i < len(edited); i += 10 {
		edited[i] = "new"
	}
	for name, c := range map[string][2]string{
		"unlike":         {noise(100_000, 1<<60), noise(100_000, 1<<60)},
		"few words":      {noise(100_000, 3), noise(100_000, 3)},
		"halves swapped": {strings.Join(unique, "\n"), strings.Join(moved, "\n")},
		"many edits":     {strings.Join(unique, "\n"), strings.Join(edited, "\n")},
		"one long line":  {strings.Repeat("a", 1<<20), strings.Repeat("b", 1<<20)},
	} {
		start := time.Now()
		got := check(t, c[0], c[1])
		took := time.Since(start)
		t.Logf("%s: +%d -%d, rough %v, in %v", name, got.Added, got.Removed, got.Rough, took)
		if took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
		if name == "many edits" && (got.Added != 5001 && got.Added != 5000 || got.Rough) {
			t.Errorf("%s: got +%d -%d", name, got.Added, got.Removed)
		}
	}
	if _, err := Lines(t.Context(), strings.Repeat("\n", mostLines+1), "", 3); !errors.Is(err, ErrBounds) {
		t.Errorf("too many lines: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Lines(ctx, "a", "b", 3); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func parse(t *testing.T, format trees.Format, text string) *trees.Tree {
	t.Helper()
	tree, err := trees.Parse(t.Context(), format, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestDocumentsValueByValue(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		within        Tolerance
		want          string
	}{
		"nothing":                {`{"a":[1,{"b":null}]}`, `{"a":[1,{"b":null}]}`, Tolerance{}, ""},
		"the order of keys":      {`{"a":1,"b":{"c":2,"d":3}}`, `{"b":{"d":3,"c":2},"a":1}`, Tolerance{}, ""},
		"a value":                {`{"a":{"lr":0.1}}`, `{"a":{"lr":0.2}}`, Tolerance{}, "a.lr changed 0.1 0.2"},
		"the same number":        {`[1, 100]`, `[1.0, 1e2]`, Tolerance{}, ""},
		"another type":           {`{"a":1}`, `{"a":"1"}`, Tolerance{}, `a retyped 1 "1"`},
		"a key more, one less":   {`{"a":[1,2]}`, `{"b c":{"x":1}}`, Tolerance{}, `a removed [2] |["b c"] added  {1}`},
		"a list that grew":       {`[1,2,3]`, `[0,1,2,3]`, Tolerance{}, "[0] added  0"},
		"a list that shrank":     {`["a","b","c"]`, `["a","c"]`, Tolerance{}, `[1] removed "b" `},
		"within a list that did": {`[{"a":1},{"a":2,"b":5}]`, `[{"a":1},{"a":3,"b":5},{"a":9}]`, Tolerance{}, "[1].a changed 2 3|[2] added  {1}"},
		"within a part":          {`[100, 1]`, `[101, 1.1]`, Tolerance{Relative: 0.01}, "[1] changed 1 1.1"},
		"within an amount":       {`[100, 1]`, `[101, 1.05]`, Tolerance{Absolute: 0.1}, "[0] changed 100 101"},
		"NaN":                    {`[NaN, NaN, Infinity]`, `[NaN, 1, -Infinity]`, Tolerance{Relative: 1}, "[1] changed NaN 1|[2] changed Infinity -Infinity"},
		"great integers":         {`[9007199254740993]`, `[9007199254740992]`, Tolerance{}, "[0] changed 9007199254740993 9007199254740992"},
		"keys that repeat":       {`{"a":1,"a":2}`, `{"a":1,"a":3}`, Tolerance{}, "a changed 2 3"},
		"the whole":              {`[]`, `{}`, Tolerance{}, " retyped [0] {0}"},
	} {
		got, err := Trees(t.Context(), parse(t, trees.JSON, c.before), parse(t, trees.JSON, c.after), c.within)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var words []string
		for _, ch := range got.Changes {
			words = append(words, fmt.Sprint(ch.Path, " ", ch.Kind, " ", ch.From, " ", ch.To))
		}
		if strings.Join(words, "|") != c.want {
			t.Errorf("%s: got %q, want %q", name, strings.Join(words, "|"), c.want)
		}
	}
	got, err := Trees(t.Context(), parse(t, trees.YAML, "a: 0x10\nb: x\n"), parse(t, trees.JSON, `{"a":16,"b":"y"}`), Tolerance{})
	if want := (Change{"b", Changed, `"x"`, `"y"`, 2, 2}); err != nil || len(got.Changes) != 1 || got.Changes[0] != want {
		t.Errorf("YAML and JSON: got %+v, %v", got, err)
	}
}

func TestBigDocumentsAreBounded(t *testing.T) {
	list := func(n, from int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ",%d", i+from)
		}
		return "[-1" + b.String() + "]"
	}
	a, b := parse(t, trees.JSON, list(200_000, 0)), parse(t, trees.JSON, list(200_001, 300_000))
	start := time.Now()
	got, err := Trees(t.Context(), a, b, Tolerance{})
	if err != nil || !got.Cut || len(got.Changes) != mostChanges || time.Since(start) > time.Minute {
		t.Errorf("got %d changes, cut %v, in %v, %v", len(got.Changes), got.Cut, time.Since(start), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Trees(ctx, a, b, Tolerance{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nc\nd")
	f.Add(`{"a":[1,2,{"b":null}]}`, `{"a":[1,{"b":3}],"a":1}`)
	f.Add("lr = 0.1\r\n\x1b[2J", "lr = 0.2\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		check(t, before, after)
		a, errA := trees.Parse(t.Context(), trees.JSON, []byte(before))
		b, errB := trees.Parse(t.Context(), trees.JSON, []byte(after))
		if errA != nil || errB != nil {
			return
		}
		there, err := Trees(t.Context(), a, b, Tolerance{})
		if err != nil {
			t.Fatal(err)
		}
		back, err := Trees(t.Context(), b, a, Tolerance{})
		if err != nil {
			t.Fatal(err)
		}
		if len(there.Changes) == 0 != (len(back.Changes) == 0) {
			t.Errorf("%q to %q: %d changes, back: %d", before, after, len(there.Changes), len(back.Changes))
		}
		if same, err := Trees(t.Context(), a, a, Tolerance{}); err != nil || len(same.Changes) > 0 {
			t.Errorf("%q differs from itself: %v, %v", before, same, err)
		}
	})
}
