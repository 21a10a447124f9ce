package themes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// role is one style of a theme that a user may choose.
type role struct {
	name string
	of   func(*Theme) *Style
	back bool // what it colours is behind the text
	line bool // it draws no text
}

var roles = []role{
	{name: "dim", of: func(t *Theme) *Style { return &t.Dim }},
	{name: "strong", of: func(t *Theme) *Style { return &t.Strong }},
	{name: "accent", of: func(t *Theme) *Style { return &t.Accent }},
	{name: "cursor", of: func(t *Theme) *Style { return &t.Cursor }, back: true},
	{name: "column", of: func(t *Theme) *Style { return &t.Column }},
	{name: "rule", of: func(t *Theme) *Style { return &t.Rule }, line: true},
	{name: "fresh", of: func(t *Theme) *Style { return &t.Fresh }},
	{name: "good", of: func(t *Theme) *Style { return &t.Good }},
	{name: "bad", of: func(t *Theme) *Style { return &t.Bad }},
	{name: "warn", of: func(t *Theme) *Style { return &t.Warn }},
	{name: "info", of: func(t *Theme) *Style { return &t.Info }},
	{name: "match", of: func(t *Theme) *Style { return &t.Match }},
	{name: "mark", of: func(t *Theme) *Style { return &t.Mark }},
}

// Roles are the names that Set takes: the paper's and those of the styles.
func Roles() []string {
	names := []string{"background", "text"}
	for _, r := range roles {
		names = append(names, r.name)
	}
	return names
}

// OwnName is what a theme with colours of the user's is called.
const OwnName = "own"

// Set gives a role a colour of the user's: "#1e66f5", a number of the palette of
// 256, "bold", "underline" and "reverse", alone or together.
func (t *Theme) Set(name, words string) error {
	if name == "background" || name == "text" {
		rgb, err := RGB(words)
		if err != nil {
			return err
		}
		to := &t.Paper.Back
		if name == "text" {
			to = &t.Paper.Fore
		} else {
			t.Dark = luminance(rgb) < 0.18 // what is nearer to black than to white in contrast
		}
		*to, t.Paper.Always = words, true
		return nil
	}
	at := slices.IndexFunc(roles, func(r role) bool { return r.name == name })
	if at < 0 {
		return fmt.Errorf("there is no role %s; there are %s", name, strings.Join(Roles(), ", "))
	}
	style, err := parseStyle(words, roles[at].back)
	if err != nil {
		return err
	}
	*roles[at].of(t) = style
	return nil
}

// Says is what Set takes for a role as it is, "" for one that has no colour of its own.
func (t *Theme) Says(name string) string {
	switch name {
	case "background":
		return t.Paper.Back
	case "text":
		return t.Paper.Fore
	}
	var words []string
	for _, r := range roles {
		if r.name != name {
			continue
		}
		s := *r.of(t)
		for _, code := range strings.Split(s.sgr, ";") {
			if code == "38" || code == "48" {
				break
			}
			if word := map[string]string{"1": "bold", "4": "underline", reverse: "reverse"}[code]; word != "" {
				words = append(words, word)
			}
		}
		rgb, ok := s.Foreground()
		if r.back {
			rgb, ok = s.Background()
		}
		if ok {
			words = append(words, fmt.Sprintf("#%06x", rgb))
		}
	}
	return strings.Join(words, " ")
}

// Keep gives a role back what it is in another theme.
func (t *Theme) Keep(name string, from Theme) {
	if name == "background" || name == "text" {
		t.Paper, t.Dark = from.Paper, from.Dark
		return
	}
	for _, r := range roles {
		if r.name == name {
			*r.of(t) = *r.of(&from)
		}
	}
}

// parseStyle reads the words of a style; back has its colour be behind the text.
func parseStyle(words string, back bool) (Style, error) {
	var sgr, colours []string
	selector := "38"
	if back {
		selector = "48"
	}
	for _, word := range strings.Fields(words) {
		if code, ok := map[string]string{"bold": "1", "underline": "4", "reverse": reverse}[word]; ok {
			sgr = append(sgr, code)
			continue
		}
		if n, err := strconv.ParseUint(word, 10, 8); err == nil && n >= 16 {
			colours = append(colours, selector+";5;"+strconv.FormatUint(n, 10))
			continue
		}
		rgb, err := RGB(word)
		if err != nil {
			return Style{}, fmt.Errorf("%q is no colour such as #1e66f5, no number from 16 to 255, and not bold, underline or reverse", word)
		}
		colours = append(colours, selector+";2;"+triple(rgb))
	}
	if len(colours) > 1 {
		return Style{}, fmt.Errorf("%q says more than one colour", words)
	}
	sgr = append(sgr, colours...)
	if len(sgr) == 0 {
		return Style{}, fmt.Errorf("%q says no colour", words)
	}
	return Style{strings.Join(sgr, ";")}, nil
}

// leastReadable is the contrast below which a text is not read at all: what WCAG
// asks of large text.
const leastReadable = 3

// Unreadable names the roles whose text cannot be told from what is behind it, with
// the contrast.
func (t *Theme) Unreadable() map[string]float64 {
	out := map[string]float64{}
	back, fore := 0xffffff, 0
	if t.Dark {
		back, fore = 0, 0xffffff
	}
	if rgb, err := RGB(t.Paper.Back); err == nil {
		back = rgb
	}
	if rgb, err := RGB(t.Paper.Fore); err == nil {
		fore = rgb
	}
	told := func(name string, a, b int) {
		if c := Contrast(a, b); c < leastReadable {
			out[name] = c
		}
	}
	told("text", fore, back)
	for _, r := range roles {
		if rgb, ok := r.of(t).Foreground(); ok && !r.line {
			told(r.name, rgb, back)
		} else if rgb, ok := r.of(t).Background(); ok && r.back {
			told(r.name, fore, rgb)
		}
	}
	return out
}
