// Package textpane shows what can be shown as lines: text, code, logs, pages,
// bytes. It holds the lines in the window only, and knows no files: it is given
// a source.
package textpane

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"benchside/artifacts/texts"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Row is one line, safe to show.
type Row struct {
	Number int // 0 where lines have none
	Spans  []texts.Span
	Styled string // a line with the escapes of its styles in it, in the place of spans
}

// Page is some rows, and what is known of all of them.
type Page struct {
	Rows  []Row
	Count int  // lines known so far
	Whole bool // that is all
}

// Source gives rows. Its methods are called by commands, several of them at a
// time.
type Source interface {
	// Rows returns at most count rows from a place on, 0 being the first, laid out
	// for a width where that matters.
	Rows(ctx context.Context, width, from, count int) (Page, error)
	// Count goes to the end.
	Count(ctx context.Context) (Page, error)
	// Search returns the places of lines that fit a pattern.
	Search(ctx context.Context, pattern *regexp.Regexp) ([]int, error)
}

// Growing is a source whose end is followed.
type Growing interface {
	// Follow reads on, and reports whether there was anything. said is what is
	// unusual about the source since, safe to show.
	Follow(ctx context.Context) (grown bool, said string, err error)
}

// Pause is how long after a look at the end of what grows the next one is.
const Pause = time.Second

// View is the pane.
type View struct {
	theme  *themes.Theme
	source Source
	loads  struct{ rows, count, search, follow view.Loader }

	page  Page // of the rows from..
	from  int
	top   int
	left  int // cells scrolled away
	w, h  int
	wrap  bool
	plain bool // without numbers
	find  find
	said  string // what is unusual about what grows
	err   error
	tail  bool // the end is followed
	ended bool // no more follows: another pane is in front
	turn  int  // how often it was asked to look at the end again
}

// New returns a pane over a source. Of what grows it shows the end.
func New(source Source, theme *themes.Theme) *View {
	v := &View{source: source, theme: theme, w: 80, h: 24}
	v.find.field = widget.NewField("text or a regular expression")
	_, v.tail = source.(Growing)
	return v
}

// Wrapped has long lines begin wrapped.
func (v *View) Wrapped() *View {
	v.wrap = true
	return v
}

// Title implements view.View.
func (v *View) Title() string { return "text" }

// Typing implements view.View.
func (v *View) Typing() bool { return v.find.typing }

// Status implements view.View.
func (v *View) Status() string {
	if v.page.Count == 0 {
		return ""
	}
	said := "of " + widget.Count(v.page.Count)
	if !v.page.Whole {
		said += "+"
	}
	said = fmt.Sprintf("line %s %s", widget.Count(v.top+1), said)
	if v.loads.count.Busy() || v.loads.search.Busy() {
		said += "   reading"
	}
	if s := v.find.status(); s != "" {
		said += "   " + s
	}
	switch _, grows := v.source.(Growing); { // the last part is the last to go where there is no room
	case v.tail:
		said += "   following"
	case grows:
		said += "   F follows"
	}
	return said
}

// Resume goes on where a pane of the same file was: it was read again.
func (v *View) Resume(from view.View) {
	before, ok := from.(*View)
	if !ok {
		return
	}
	v.top, v.left, v.wrap, v.plain = before.top, before.left, before.wrap, before.plain
	if _, grows := v.source.(Growing); grows {
		v.tail = before.tail
	}
	v.page.Count = before.top + 1 // until it is read
	v.find = before.find
	v.find.typing = false
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	v.ended = false
	return tea.Batch(v.load(), v.wait(), v.searchAgain())
}

// Leave implements view.Leaver.
func (v *View) Leave() {
	v.ended = true
	for _, l := range []*view.Loader{&v.loads.rows, &v.loads.count, &v.loads.search, &v.loads.follow} {
		l.Cancel()
	}
}

type rowsRead struct {
	Page
	from int
	end  bool // it was asked for the end
}

// load reads the window, and as much before and behind it.
func (v *View) load() tea.Cmd {
	source, width, h := v.source, v.w, max(v.h, 1)
	from := max(v.top-h, 0)
	if v.tail {
		return v.loadEnd()
	}
	return view.Load(&v.loads.rows, func(ctx context.Context) (rowsRead, error) {
		p, err := source.Rows(ctx, width, from, 3*h)
		return rowsRead{Page: p, from: from}, err
	})
}

func (v *View) loadEnd() tea.Cmd {
	source, width, h := v.source, v.w, max(v.h, 1)
	return view.Load(&v.loads.rows, func(ctx context.Context) (rowsRead, error) {
		all, err := source.Count(ctx)
		if err != nil {
			return rowsRead{}, err
		}
		from := max(all.Count-2*h, 0)
		p, err := source.Rows(ctx, width, from, 2*h)
		return rowsRead{Page: p, from: from, end: true}, err
	})
}

// followed: a look at the end brought something.
type followed struct {
	grown bool
	said  string
}

// look is the time for another look at the end.
type look struct {
	at   *View
	turn int
}

func (v *View) wait() tea.Cmd {
	if _, grows := v.source.(Growing); !grows || v.ended {
		return nil
	}
	v.turn++
	return view.Send(view.Wait{For: Pause, Then: look{v, v.turn}})
}

func (v *View) follow() tea.Cmd {
	g, grows := v.source.(Growing)
	if !grows || v.loads.follow.Busy() {
		return nil
	}
	return view.Load(&v.loads.follow, func(ctx context.Context) (followed, error) {
		grown, said, err := g.Follow(ctx)
		return followed{grown, said}, err
	})
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		wider := m.Width != v.w
		v.w, v.h = m.Width, m.Height
		v.move(0)
		if wider || !v.have() {
			return v.load()
		}
	case view.Wheel:
		return v.scroll(m.Rows)
	case view.StoreChanged, view.Refresh:
		return v.follow()
	case look:
		if m.at == v && m.turn == v.turn && !v.ended {
			return tea.Batch(v.follow(), v.wait())
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		v.find.field.Update(m)
	}
	return v.loaded(msg)
}

func (v *View) loaded(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Loaded[rowsRead]:
		if m.Of(&v.loads.rows) && !v.failed(m.Err) {
			v.page, v.from = m.Value.Page, m.Value.from
			v.page.Count = max(v.page.Count, v.from+len(v.page.Rows))
			if m.Value.end {
				v.top = v.last()
			}
			v.move(0)
		}
	case view.Loaded[Page]:
		if m.Of(&v.loads.count) && !v.failed(m.Err) {
			v.page.Count, v.page.Whole = m.Value.Count, true
			v.top = v.last()
			return v.load()
		}
	case view.Loaded[followed]:
		if m.Of(&v.loads.follow) && !v.failed(m.Err) && (m.Value.grown || m.Value.said != v.said) {
			v.said = m.Value.said
			return tea.Batch(v.load(), v.searchAgain())
		}
	case view.Loaded[hits]:
		if m.Of(&v.loads.search) && !v.failed(m.Err) {
			return v.takeHits(m.Value)
		}
	}
	return nil
}

func (v *View) failed(err error) bool {
	if err == nil {
		v.err = nil
		return false
	}
	if !errors.Is(err, context.Canceled) {
		v.err = err
	}
	return true
}

// body is how many rows there is room for.
func (v *View) body() int {
	h := v.h - len(v.above(v.w))
	if v.find.typing {
		h--
	}
	return max(h, 1)
}

// above are the lines over the rows.
func (v *View) above(width int) (lines []string) {
	add := func(text string, style themes.Style) {
		for _, part := range widget.Wrap(text, max(width-2, 1)) {
			lines = append(lines, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(1).Add(part, style).String())
		}
	}
	if v.said != "" {
		add(v.said, v.theme.Warn)
	}
	if v.err != nil {
		add(sanitize.Line(v.err.Error()), v.theme.Bad)
	}
	return lines
}

// last is the place of the window at the end. Wrapped lines take more room, which
// is known of those that were read.
func (v *View) last() int {
	room, at := v.body(), v.page.Count
	for at > 0 && room > 0 {
		high := 1
		if i := at - 1 - v.from; v.wrap && i >= 0 && i < len(v.page.Rows) {
			high = v.high(v.page.Rows[i])
		}
		if room -= high; room >= 0 {
			at--
		}
	}
	return min(at, max(v.page.Count-1, 0))
}

// high is how many lines of the screen a wrapped row takes.
func (v *View) high(r Row) int {
	across := v.across(v.w, v.gutter())
	if r.Styled != "" {
		return strings.Count(ansi.Hardwrap(r.Styled, across, true), "\n") + 1
	}
	return len(wrapped(r.Spans, across, r.hang(across), v.h+1))
}

func (v *View) move(n int) {
	most := v.last()
	if !v.page.Whole {
		most = max(v.page.Count-1, 0)
	}
	v.top = min(max(v.top+n, 0), most)
}

func (v *View) have() bool {
	return v.top >= v.from && (v.top+v.body() <= v.from+len(v.page.Rows) || v.page.Whole && v.from+len(v.page.Rows) >= v.page.Count)
}

func (v *View) scroll(n int) tea.Cmd {
	v.move(n)
	if n < 0 {
		v.tail = false
	}
	if v.have() && (v.page.Whole || v.top+2*v.body() < v.from+len(v.page.Rows)) {
		return nil
	}
	return v.load()
}

// end goes to the last line, which may have to be looked for.
func (v *View) end() tea.Cmd {
	if _, grows := v.source.(Growing); grows {
		v.tail = true
		return v.load()
	}
	if v.page.Whole {
		v.top = v.last()
		return v.load()
	}
	source := v.source
	return view.Load(&v.loads.count, source.Count)
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	g := v.theme.Glyphs
	lines := v.above(width)
	lines = lines[:min(len(lines), height)]
	room := height
	if v.find.typing {
		room--
	}
	numbers := v.gutter()
	for at := v.top; len(lines) < room; at++ {
		i := at - v.from
		if i < 0 || i >= len(v.page.Rows) {
			break
		}
		lines = append(lines, v.row(v.page.Rows[i], at, numbers, width, room-len(lines))...)
	}
	if len(v.page.Rows) == 0 && v.err == nil {
		said := "nothing in it"
		if v.loads.rows.Busy() {
			said = "reading"
		}
		lines = append(lines, widget.NewLine(width, themes.Style{}, g).Pad(1).Add(said, v.theme.Dim).String())
	}
	if !v.find.typing {
		return widget.Fit(lines, width, height)
	}
	return strings.TrimSuffix(widget.Fit(lines, width, room)+"\n"+v.find.draw(width, v.theme), "\n")
}

// gutter is how wide the numbers of lines are, 0 if there are none.
func (v *View) gutter() int {
	if v.plain || len(v.page.Rows) == 0 || v.page.Rows[0].Number == 0 || v.w < 30 {
		return 0
	}
	last := v.page.Rows[len(v.page.Rows)-1].Number
	return max(len(fmt.Sprint(max(last, v.page.Count))), 3)
}
