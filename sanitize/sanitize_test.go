package sanitize

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNothingIsObeyed(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain text stays":         {"bold-ape-12", "bold-ape-12"},
		"umlauts and emoji stay":   {"Übung 🚀 日本語 👩‍🔬", "Übung 🚀 日本語 👩‍🔬"},
		"escape is shown":          {"a\x1b[31mred", "a␛[31mred"},
		"newline is shown":         {"a\nb", "a␊b"},
		"delete is shown":          {"a\x7f", "a␡"},
		"C1 controls are named":    {"a\u009b31m", "a⟨U+009B⟩31m"},
		"bidi override is named":   {"abc\u202etxt", "abc⟨U+202E⟩txt"},
		"isolates are named":       {"\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"},
		"invalid UTF-8":            {"a\xffb", "a�b"},
		"zero width space":         {"a\u200bb", "a⟨U+200B⟩b"},
		"right-to-left text stays": {"العربية", "العربية"},
	} {
		if got := Line(c.in); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got, want := Text("a\n\tb\r"), "a\n\tb␍"; got != want {
		t.Errorf("lines stay in a text: got %q, want %q", got, want)
	}
}

func TestPlainTextCostsNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Line("metrics.val/auc über alles") }); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b]0;title\x07b")
	f.Add("\u202e\x9b\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := Line(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q became invalid UTF-8: %q", s, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r < 0x20 || r == 0x7f || Hidden(r) }) {
			t.Errorf("%q still holds a control: %q", s, got)
		}
		if again := Line(got); again != got {
			t.Errorf("cleaning twice changes %q to %q", got, again)
		}
	})
}
