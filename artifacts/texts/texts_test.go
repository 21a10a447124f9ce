package texts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const zoo = "../../testdata/lab/mlruns/4/38096efa07f84cef93a359b6a886ea40/artifacts/"

func of(text string) *Lines { return NewLines(strings.NewReader(text), int64(len(text))) }

func shown(lines []Line) string {
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%d:%s", l.Number, l.Text))
	}
	return strings.Join(out, "|")
}

func TestWindowsOfLines(t *testing.T) {
	for name, c := range map[string]struct {
		text        string
		from, count int
		want        string
	}{
		"all":                     {"a\nb\nc\n", 1, 9, "1:a|2:b|3:c"},
		"the middle":              {"a\nb\nc\n", 2, 1, "2:b"},
		"behind the end":          {"a\nb\n", 5, 3, ""},
		"without a last newline":  {"a\nb", 1, 9, "1:a|2:b"},
		"nothing":                 {"", 1, 9, ""},
		"empty lines":             {"\n\n", 1, 9, "1:|2:"},
		"lines of Windows":        {"a\r\nb\r\n", 1, 9, "1:a|2:b"},
		"tabs":                    {"a\tb", 1, 9, "1:a       b"},
		"what a terminal obeys":   {"\x1b[31mred\x07", 1, 9, "1:␛[31mred␇"},
		"bytes that are no UTF-8": {"a\xffb", 1, 9, "1:a\ufffdb"},
	} {
		got, err := of(c.text).Window(t.Context(), c.from, c.count)
		if err != nil || shown(got) != c.want {
			t.Errorf("%s: got %q, %v; want %q", name, shown(got), err, c.want)
		}
	}
}

func TestLinesOfABigFile(t *testing.T) {
	var b strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	l := of(b.String())
	for _, from := range []int{49_990, 1024, 1025, 1, 2048, 30_000} {
		got, err := l.Window(t.Context(), from, 3)
		if err != nil || len(got) != 3 || got[0].Text != fmt.Sprintf("line %d", from) || got[2].Number != from+2 {
			t.Errorf("from %d: got %q, %v", from, shown(got), err)
		}
		if at, err := l.LineAt(t.Context(), got[1].Offset+2); err != nil || at != from+1 {
			t.Errorf("offset %d is in line %d, %v; want %d", got[1].Offset, at, err, from+1)
		}
	}
	if n, err := l.Count(t.Context()); err != nil || n != 50_000 {
		t.Errorf("got %d lines, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := of(b.String()).Count(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// ones is an endless line.
type ones struct{}

func (ones) ReadAt(p []byte, _ int64) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	return len(p), nil
}

func TestALineOf100MegabytesIsBounded(t *testing.T) {
	start := time.Now()
	l := NewLines(ones{}, 100<<20)
	got, err := l.Window(t.Context(), 1, 10)
	if err != nil || len(got) != 1 || len(got[0].Text) != mostLine || got[0].Cut != 100<<20-mostLine {
		t.Errorf("got %d lines, %v", len(got), err)
	}
	t.Logf("took %v", time.Since(start))
	tail := NewTail(0)
	if _, err := tail.Read(t.Context(), ones{}, 100<<20); err != nil || len(tail.rest) > mostLine {
		t.Errorf("the tail keeps %d bytes, %v", len(tail.rest), err)
	}
}

func TestAFileThatShrinks(t *testing.T) {
	l := NewLines(strings.NewReader("abc"), 10)
	if _, err := l.Window(t.Context(), 1, 1); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}

func TestConsoleLines(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"colours":                {"\x1b[31mred\x1b[0m plain\x1b[1mbold\x1b[0m", "red plainbold"},
		"a bar":                  {"\r 0%|  | 0/2\r50%|# | 1/2\r100%|##| 2/2", "100%|##| 2/2"},
		"a bar that is wiped":    {"50%|# |\r100%|##|\r       ", "100%|##|"},
		"a bar that is unstyled": {"1\r2\x1b[K\r\x1b[2K", "2"},
		"a bar of Keras":         {"1/9\b\b\b2/9", "2/9"},
		"a window title":         {"\x1b]0;title\x07text", "text"},
		"a line of Windows":      {"text\r", "text"},
		"an unfinished escape":   {"text\x1b[3", "text"},
	} {
		if got := Console(c.line); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestATailFollowsAFile(t *testing.T) {
	text := ""
	tail := NewTail(3)
	step := func(add, want string) {
		t.Helper()
		text += add
		if _, err := tail.Read(t.Context(), strings.NewReader(text), int64(len(text))); err != nil {
			t.Fatal(err)
		}
		if got := shown(tail.Lines()); got != want {
			t.Errorf("after %q: got %q, want %q", add, got, want)
		}
	}
	step("a\nb", "1:a|2:b")
	step("c\n", "1:a|2:bc")
	step("10%\r20%", "1:a|2:bc|3:20%")
	step("\r30%", "1:a|2:bc|3:30%")
	step("\nd\ne\nf\n", "4:d|5:e|6:f")
	if tail.Restarted {
		t.Error("a file that grows was not written anew")
	}
	text = ""
	step("new\n", "1:new")
	if !tail.Restarted {
		t.Error("a file that became shorter was written anew")
	}
}

func TestATailOfABigFileBeginsNearItsEnd(t *testing.T) {
	var b strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	tail := NewTail(2)
	more, err := tail.Read(t.Context(), strings.NewReader(b.String()), int64(b.Len()))
	if got := tail.Lines(); err != nil || more || len(got) != 2 || got[1].Text != "line 200000" || tail.Skipped < 1<<20 {
		t.Errorf("got %q, %v; %d bytes skipped", shown(got), err, tail.Skipped)
	}
}

func TestSearchingALog(t *testing.T) {
	f, err := os.Open(filepath.Join(zoo, "logs/train.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	l := NewLines(f, info.Size())
	hits, next, err := Search(t.Context(), l, regexp.MustCompile(`step=1\d `), 1, 4)
	if err != nil || len(hits) != 4 || hits[0].Number != 11 || next != 15 || hits[0].Text[hits[0].From:hits[0].To] != "step=10 " {
		t.Errorf("got %v, next %d, %v", hits, next, err)
	}
	hits, next, err = Search(t.Context(), l, regexp.MustCompile(`step=1\d `), next, 100)
	if err != nil || len(hits) != 6 || next != 0 {
		t.Errorf("got %d more hits, next %d, %v", len(hits), next, err)
	}
}

func TestHexRows(t *testing.T) {
	rows, err := Hex(t.Context(), strings.NewReader("\x80\x04\x95ABCDEFGHIJKLMNOP"), 19, 0, 9)
	want := []HexRow{
		{0, "80 04 95 41 42 43 44 45  46 47 48 49 4a 4b 4c 4d", "···ABCDEFGHIJKLM"},
		{16, "4e 4f 50                                        ", "NOP"},
	}
	if err != nil || !slices.Equal(rows, want) {
		t.Errorf("got %v, %v; want %v", rows, err, want)
	}
	if rows, err := Hex(t.Context(), strings.NewReader(""), 0, 5, 3); err != nil || rows != nil {
		t.Errorf("of nothing: got %v, %v", rows, err)
	}
	model, err := os.ReadFile("../../testdata/lab/mlruns/2/models/m-4db1a0ae27c241f381fd1d14bfe579d4/artifacts/model.pkl")
	if err != nil {
		t.Fatal(err)
	}
	if got := PickleProtocol(model); got != 4 {
		t.Errorf("a model of scikit-learn is of protocol %d, want 4", got)
	}
	if got := PickleProtocol([]byte("(lp0")); got != 0 {
		t.Errorf("got protocol %d, want 0", got)
	}
}

func roles(lines [][]Span) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\n")
		}
		for _, s := range line {
			if s.Role == Plain {
				b.WriteString(s.Text)
			} else {
				fmt.Fprintf(&b, "<%d:%s>", s.Role, s.Text)
			}
		}
	}
	return b.String()
}

func TestCodeHasRoles(t *testing.T) {
	for name, c := range map[string]struct {
		language, text, want string
		cut                  bool
	}{
		"Python":              {"python", "def f(x):\n\treturn 'a' + 1 # so\n", "<1:def> <5:f>(x):\n        <1:return> <2:'a'> + <4:1> <3:# so>", false},
		"by a file name":      {"train.py", "None\n", "<1:None>", false},
		"an unknown language": {"brainwave", "a b\n", "a b", true},
		"what a terminal obeys": {
			"python", "x = '\x1b[2J'\n", "x = <2:'␛[2J'>", false,
		},
		"a diff": {"diff", "-a\n+b\n", "<8:-a>\n<7:+b>", false},
	} {
		lines, cut, err := Highlight(t.Context(), c.language, c.text)
		if got := roles(lines); err != nil || got != c.want || cut != c.cut {
			t.Errorf("%s: got %q, cut %v, %v; want %q", name, got, cut, err, c.want)
		}
	}
}

func TestEachLanguageCanBeRead(t *testing.T) {
	names, err := fs.Glob(languages, "languages/*.xml")
	if err != nil || len(known().Lexers) != len(names) {
		t.Errorf("%d of %d languages, %v", len(known().Lexers), len(names), err)
	}
	for _, name := range names { // some embed others, which are there
		if of := lexer(strings.ReplaceAll(strings.TrimSuffix(path.Base(name), ".xml"), "_", " ")); of == nil {
			t.Errorf("%s has no such name", name)
		} else if _, err := tokens(t.Context(), of, "<script>x</script>\n$(a) `b`\n"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, file := range []string{"src/train.py", "run.sh", "Dockerfile", "Makefile", "conda.yaml", "pyproject.toml", "a.json", "q.sql", "m.R"} {
		if lexer(file) == nil {
			t.Errorf("%s is of no language", file)
		}
	}
}

func TestOnlyTheStartOfLongCodeIsHighlighted(t *testing.T) {
	line := "x = 1\n"
	n := mostCode/len(line) + 1000
	start := time.Now()
	lines, cut, err := Highlight(t.Context(), "python", strings.Repeat(line, n))
	if err != nil || !cut || len(lines) != n {
		t.Fatalf("got %d lines of %d, cut %v, %v", len(lines), n, cut, err)
	}
	t.Logf("took %v", time.Since(start))
	if first, last := roles(lines[:1]), roles(lines[n-1:]); first != "x = <4:1>" || last != "x = 1" {
		t.Errorf("got %q first, %q last", first, last)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Highlight(ctx, "python", "x = 1"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// obeyed finds what a terminal would act on.
var obeyed = regexp.MustCompile(`[\x00-\x1f\x7f\x{80}-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}]`)

func FuzzLog(f *testing.F) {
	for _, name := range []string{"logs/ansi.log", "report.md", "config/config.yaml"} {
		content, err := os.ReadFile(filepath.Join(zoo, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content, 5)
	}
	f.Add([]byte("\r10%\r\x1b[2K20%\b\b\n\x1b]0;x\x07\xff\n\tz"), 9)
	f.Fuzz(func(t *testing.T, content []byte, at int) {
		at = min(max(at, 0), len(content))
		whole, parts := NewTail(1<<20), NewTail(1<<20)
		file := bytes.NewReader(content)
		for tail, ends := range map[*Tail][]int{whole: {len(content)}, parts: {at, len(content)}} {
			for _, end := range ends {
				if _, err := tail.Read(t.Context(), file, int64(end)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if a, b := shown(whole.Lines()), shown(parts.Lines()); a != b {
			t.Errorf("read at once %q, in two parts %q", a, b)
		}
		lines, err := NewLines(file, int64(len(content))).Window(t.Context(), 1, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range append(lines, whole.Lines()...) {
			if obeyed.MatchString(l.Text) || !utf8.ValidString(l.Text) {
				t.Errorf("the line %q is not safe", l.Text)
			}
		}
		code, _, err := Highlight(t.Context(), "python", string(content))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range code {
			for _, s := range l {
				if obeyed.MatchString(s.Text) {
					t.Errorf("the code %q is not safe", s.Text)
				}
			}
		}
	})
}
