package textpane

import (
	"slices"
	"strings"
	"testing"

	"benchside/artifacts/texts"
	"benchside/tui/widget"
)

func TestLinesAreWrappedBehindBlanks(t *testing.T) {
	for name, c := range map[string]struct {
		spans []string
		want  []string
	}{
		"between words":             {[]string{"one two three"}, []string{"one two ", "three"}},
		"a word longer than a line": {[]string{"abcdefghijklmnop"}, []string{"abcdefghij", "klmnop"}},
		"a number is not broken":    {[]string{"a  ", "0.1234567"}, []string{"a  ", "0.1234567"}},
		"a line that fits":          {[]string{"0123456789"}, []string{"0123456789"}},
		"nothing":                   {nil, []string{""}},
		"wide signs":                {[]string{"日本語日本語"}, []string{"日本語日本", "語"}},
	} {
		const room = 10
		var spans []texts.Span
		for _, s := range c.spans {
			spans = append(spans, texts.Span{Text: s})
		}
		var got []string
		for _, part := range wrapped(spans, room, 0, 100) {
			line := Row{Spans: part}.text()
			if got = append(got, line); widget.Width(line) > room {
				t.Errorf("%s: %q is wider than %d cells", name, line, room)
			}
		}
		if !slices.Equal(got, c.want) || strings.Join(got, "") != strings.Join(c.spans, "") {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got := wrapped([]texts.Span{{Text: "日"}}, 1, 0, 9); len(got) > 2 {
		t.Errorf("a sign that fits nowhere takes %d lines", len(got))
	}
	if got := wrapped([]texts.Span{{Text: strings.Repeat("a ", 1000)}}, 10, 0, 3); len(got) != 3 {
		t.Errorf("%d lines, and at most 3 were asked for", len(got))
	}
	if got := wrapped([]texts.Span{{Text: "  name  a long value"}}, 12, 4, 9); len(got) != 3 || (Row{Spans: got[1]}).text() != "long " {
		t.Errorf("with a hanging indent: %+v", got)
	}
}
