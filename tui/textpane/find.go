package textpane

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// find is a search over all lines.
type find struct {
	field   widget.Field
	typing  bool
	pattern *regexp.Regexp
	hits    []int
	at      int // the hit that was gone to, -1 if none
}

type hits struct {
	pattern *regexp.Regexp
	lines   []int
	again   bool // it was searched for before, and the place stays
}

// Pattern reads what is searched for: a regular expression, or, if it is none,
// itself. Without capitals it finds both.
func Pattern(text string) *regexp.Regexp {
	flags := "(?i)"
	for _, r := range text {
		if r >= 'A' && r <= 'Z' {
			flags = ""
		}
	}
	if p, err := regexp.Compile(flags + text); err == nil {
		return p
	}
	return regexp.MustCompile(flags + regexp.QuoteMeta(text))
}

func (f *find) status() string {
	switch {
	case f.pattern == nil:
		return ""
	case len(f.hits) == 0:
		return "not found"
	case f.at < 0:
		return widget.Several(len(f.hits), "hit")
	}
	return fmt.Sprintf("hit %d of %d", f.at+1, len(f.hits))
}

func (f *find) isHit(line int) bool {
	_, hit := slices.BinarySearch(f.hits, line)
	return hit
}

func (f *find) draw(width int, t *themes.Theme) string {
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	l.Pad(1).Add("search  ", t.Dim)
	f.field.Draw(l, l.Left(), t)
	return l.String()
}

// search looks for what was typed.
func (v *View) search() tea.Cmd {
	v.find.typing = false
	if v.find.field.Text() == "" {
		v.find.pattern, v.find.hits = nil, nil
		return nil
	}
	source, pattern := v.source, Pattern(v.find.field.Text())
	v.find.pattern, v.find.hits, v.find.at = pattern, nil, -1
	return view.Load(&v.loads.search, func(ctx context.Context) (hits, error) {
		lines, err := source.Search(ctx, pattern)
		return hits{pattern: pattern, lines: lines}, err
	})
}

// searchAgain finds what was searched for in what has come since.
func (v *View) searchAgain() tea.Cmd {
	if v.find.pattern == nil || v.loads.search.Busy() {
		return nil
	}
	source, pattern := v.source, v.find.pattern
	return view.Load(&v.loads.search, func(ctx context.Context) (hits, error) {
		lines, err := source.Search(ctx, pattern)
		return hits{pattern: pattern, lines: lines, again: true}, err
	})
}

func (v *View) takeHits(h hits) tea.Cmd {
	v.find.hits = h.lines
	if h.again {
		v.find.at = min(v.find.at, len(h.lines)-1)
		return nil
	}
	if len(h.lines) == 0 {
		return nil
	}
	// The first one at or behind the top.
	at, _ := slices.BinarySearch(h.lines, v.top)
	return v.goHit(at % len(h.lines))
}

func (v *View) goHit(at int) tea.Cmd {
	n := len(v.find.hits)
	if n == 0 {
		return nil
	}
	v.find.at = (at%n + n) % n
	v.tail = false
	line := v.find.hits[v.find.at]
	v.page.Count = max(v.page.Count, line+1)
	if line < v.top || line >= v.top+v.body() {
		v.top = max(line-v.body()/3, 0)
		if v.page.Whole {
			v.top = min(v.top, v.last())
		}
	}
	if v.have() {
		return nil
	}
	return v.load()
}
