package textpane

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"

	"benchside/artifacts/pages"
	"benchside/artifacts/previews"
	"benchside/artifacts/texts"
	"benchside/tui/widget"
)

// mostCounted bounds texts whose lines are counted at once, in bytes.
const mostCounted = 4 << 20

// mostHits bounds what a search finds.
const mostHits = 100_000

// Static is a source of rows that are there.
type Static []Row

// Rows implements Source.
func (s Static) Rows(_ context.Context, _, from, count int) (Page, error) {
	from = min(max(from, 0), len(s))
	return Page{Rows: s[from:min(from+count, len(s))], Count: len(s), Whole: true}, nil
}

// Count implements Source.
func (s Static) Count(context.Context) (Page, error) { return Page{Count: len(s), Whole: true}, nil }

// Search implements Source.
func (s Static) Search(_ context.Context, pattern *regexp.Regexp) (at []int, err error) {
	for i, r := range s {
		if len(at) < mostHits && pattern.MatchString(r.text()) {
			at = append(at, i)
		}
	}
	return at, nil
}

func (r Row) text() string {
	if r.Styled != "" {
		return ansi.Strip(r.Styled)
	}
	var b strings.Builder
	for _, s := range r.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Said returns a row of plain text.
func Said(text string) Row { return Row{Spans: []texts.Span{{Text: text}}} }

// file is a text, with the colours of code as far as they go.
type file struct {
	mu     sync.Mutex // Lines are for one goroutine
	text   *previews.Text
	colour [][]texts.Span
	looked bool
}

// Text returns a text or code.
func Text(t *previews.Text) Source { return &file{text: t} }

func (f *file) Rows(ctx context.Context, _, from, count int) (Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.looked {
		colour, _, err := f.text.Highlighted(ctx)
		if ctx.Err() != nil {
			return Page{}, ctx.Err()
		}
		if f.looked = true; err == nil { // without colours it is still a text
			f.colour = colour
		}
	}
	if f.text.Bytes() <= mostCounted {
		if _, err := f.text.Lines.Count(ctx); err != nil {
			return Page{}, err
		}
	}
	lines, err := f.text.Lines.Window(ctx, from+1, count)
	if err != nil {
		return Page{}, err
	}
	var p Page
	for _, l := range lines {
		p.Rows = append(p.Rows, f.row(l))
	}
	p.Count, p.Whole = f.text.Lines.Known()
	p.Whole = p.Whole || len(lines) < count
	return p, nil
}

// row has the colours of code where these are of the same text.
func (f *file) row(l texts.Line) Row {
	r := lineRow(l)
	if at := l.Number - 1; at >= 0 && at < len(f.colour) && l.Cut == 0 {
		if coloured := (Row{Spans: f.colour[at]}); coloured.text() == l.Text {
			r.Spans = coloured.Spans
		}
	}
	return r
}

func lineRow(l texts.Line) Row {
	r := Row{Number: l.Number, Spans: []texts.Span{{Text: l.Text}}}
	if l.Cut > 0 {
		r.Spans = append(r.Spans, texts.Span{Text: " … " + previews.Grouped(l.Cut) + " bytes more", Role: texts.Comment})
	}
	return r
}

func (f *file) Count(ctx context.Context) (Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.text.Lines.Count(ctx)
	return Page{Count: n, Whole: true}, err
}

func (f *file) Search(ctx context.Context, pattern *regexp.Regexp) (at []int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for from := 1; from > 0 && len(at) < mostHits; {
		found, next, err := texts.Search(ctx, f.text.Lines, pattern, from, mostHits)
		if err != nil {
			return at, err
		}
		for _, h := range found {
			at = append(at, h.Number-1)
		}
		from = next
	}
	return at, nil
}

// log is the end of a console log.
type log struct {
	mu   sync.Mutex
	log  *previews.Log
	cut  Static // what was read before the log was cut
	cuts int
}

// Log returns a console log, whose end is followed.
func Log(l *previews.Log) Source { return &log{log: l} }

func (l *log) rows() Static {
	rows := l.cut[:len(l.cut):len(l.cut)]
	if l.log.Skipped > 0 {
		rows = append(rows, Row{Spans: []texts.Span{{Text: previews.Grouped(l.log.Skipped) + " bytes before this are not shown", Role: texts.Comment}}})
	}
	for _, line := range l.log.Lines() {
		r := lineRow(line)
		if l.log.Skipped > 0 {
			r.Number = 0 // they are not those of the file
		}
		r.Spans[0].Role = severity(line.Text)
		rows = append(rows, r)
	}
	return rows
}

// severe are the words of what a reader of a log looks for.
var severe = regexp.MustCompile(`\b(ERROR|CRITICAL|FATAL|Traceback|[A-Za-z]+Error:)`)

var wary = regexp.MustCompile(`\b(WARN|WARNING|[A-Za-z]+Warning:)`)

func severity(line string) texts.Role {
	switch {
	case severe.MatchString(line):
		return texts.Deleted
	case wary.MatchString(line):
		return texts.Number
	}
	return texts.Plain
}

func (l *log) Rows(ctx context.Context, width, from, count int) (Page, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rows().Rows(ctx, width, from, count)
}

func (l *log) Count(ctx context.Context) (Page, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rows().Count(ctx)
}

func (l *log) Search(ctx context.Context, pattern *regexp.Regexp) ([]int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rows().Search(ctx, pattern)
}

// Follow implements Growing. What was read of a log stays when it is cut.
func (l *log) Follow(ctx context.Context) (grown bool, said string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rows := l.rows()
	before, last := l.end()
	for more := true; more && err == nil; {
		more, err = l.log.Follow(ctx)
		if l.log.Cuts > l.cuts {
			l.cuts = l.log.Cuts
			const most = 10_000 // rows of before
			l.cut = append(slices.Clone(rows[max(len(rows)-most, 0):]), Row{Spans: []texts.Span{{Text: "the log was cut here; what came since:", Role: texts.Deleted}}})
			for i := range l.cut {
				l.cut[i].Number = 0 // they are those of a file that was
			}
			grown = true
		}
	}
	after, now := l.end()
	if l.cuts > 0 {
		said = fmt.Sprintf("the log was cut from %s to %s", widget.Bytes(l.log.Was), widget.Bytes(l.log.Is))
	}
	return grown || before != after || last != now, said, err
}

func (l *log) end() (n int, last string) {
	lines := l.log.Lines()
	if n = len(lines); n > 0 {
		last = lines[n-1].Text
	}
	return n, last
}

// page is Markdown or HTML, laid out for a width.
type page struct {
	mu    sync.Mutex
	page  *previews.Page
	style pages.Style
	width int
	rows  Static
}

// Laid returns a page, laid out for the width that it is shown in.
func Laid(p *previews.Page, style pages.Style) Source { return &page{page: p, style: style} }

func (p *page) Rows(ctx context.Context, width, from, count int) (Page, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	const mostWidth = 100 // longer lines are hard to read
	width = min(max(width-2, 10), mostWidth)
	if width != p.width {
		lines, err := p.page.Lines(ctx, width, p.style)
		if err != nil {
			return Page{}, err
		}
		p.rows, p.width = nil, width
		for _, l := range lines {
			if p.page.Marked {
				p.rows = append(p.rows, Row{Styled: l + "\x1b[m"})
			} else {
				p.rows = append(p.rows, Said(l))
			}
		}
	}
	return p.rows.Rows(ctx, width, from, count)
}

func (p *page) Count(ctx context.Context) (Page, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rows.Count(ctx)
}

func (p *page) Search(ctx context.Context, pattern *regexp.Regexp) ([]int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rows.Search(ctx, pattern)
}

// bytes is a file in hexadecimal.
type bytes struct {
	preview *previews.Preview
}

// Bytes returns a file as rows of 16 bytes.
func Bytes(p *previews.Preview) Source { return &bytes{p} }

func (b *bytes) lines() int { return int((b.preview.Size + 15) / 16) }

func (b *bytes) Rows(ctx context.Context, _, from, count int) (Page, error) {
	p := Page{Count: b.lines(), Whole: true}
	rows, err := b.preview.Hex(ctx, int64(from)*16, min(count, max(p.Count-from, 0)))
	if err == io.EOF {
		err = nil
	}
	for _, r := range rows {
		p.Rows = append(p.Rows, Row{Spans: []texts.Span{{Text: hexOffset(r.Offset), Role: texts.Comment}, {Text: r.Hex + "  "}, {Text: r.Text, Role: texts.String}}})
	}
	return p, err
}

func hexOffset(n int64) string {
	const digits = "0123456789abcdef"
	var b [10]byte
	b[8], b[9] = ' ', ' '
	for i := 7; i >= 0; i-- {
		b[i] = digits[n&15]
		n >>= 4
	}
	return string(b[:])
}

func (b *bytes) Count(context.Context) (Page, error) {
	return Page{Count: b.lines(), Whole: true}, nil
}

// Search looks through the text column of the first rows.
func (b *bytes) Search(ctx context.Context, pattern *regexp.Regexp) (at []int, err error) {
	const most = 1 << 16 // rows: a megabyte
	p, err := b.Rows(ctx, 0, 0, most)
	if err != nil {
		return nil, err
	}
	return Static(p.Rows).Search(ctx, pattern)
}
