package cmd

import (
	"bufio"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"benchside/sanitize"
	"benchside/tui/widget"
)

// column is one of a table.
type column struct {
	head  string
	right bool // numbers: to the right, and never cut
	whole bool // never cut: a time, a status
	id    bool // cut to the start that commands take
}

// cell is what stands in a row under a column: a text, or the number if numeric.
type cell struct {
	text    string
	number  float64
	numeric bool
}

func text(s string) cell { return cell{text: s} }

func numeric(v float64) cell { return cell{text: decimal(v), number: v, numeric: true} }

func count(n int) cell { return text(strconv.Itoa(n)) }

// texts makes cells of texts.
func texts(all ...string) []cell {
	out := make([]cell, len(all))
	for i, s := range all {
		out[i] = text(s)
	}
	return out
}

// table prints rows as they come; a plain one looks at the first of them to
// find its widths.
type table struct {
	form    form
	out     *bufio.Writer
	csv     *csv.Writer
	columns []column
	fit     fit
	held    [][]cell
	settled bool
}

// heldRows is how many rows a plain table looks at before it prints.
const heldRows = 1000

// newTable starts a table of any form but JSON; width is the most that a plain
// one takes, 0 for no limit.
func newTable(out io.Writer, f form, width int, columns ...column) *table {
	b := bufio.NewWriterSize(out, 64<<10)
	return &table{form: f, out: b, csv: csv.NewWriter(b), columns: columns, fit: fit{width: width}}
}

// row prints one row, of a cell for each column.
func (t *table) row(cells ...cell) error {
	if !t.settled && t.form != plain {
		if err := t.head(); err != nil {
			return err
		}
	}
	switch {
	case t.form != plain:
		return t.write(wholeTexts(cells))
	case t.settled:
		return t.write(t.fit.shown(cells))
	}
	t.held = append(t.held, cells)
	if len(t.held) < heldRows {
		return nil
	}
	return t.release()
}

// end prints what is left. A table without rows has its heads.
func (t *table) end() error {
	if !t.settled {
		if err := t.release(); err != nil {
			return err
		}
	}
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return err
	}
	return t.out.Flush()
}

// release settles the widths and prints the rows that were held.
func (t *table) release() error {
	if t.form == plain {
		t.fit.settle(t.columns, t.held)
	}
	if err := t.head(); err != nil {
		return err
	}
	for _, cells := range t.held {
		if err := t.write(t.fit.shown(cells)); err != nil {
			return err
		}
	}
	t.held = nil
	return nil
}

func (t *table) head() error {
	t.settled = true
	heads := make([]cell, len(t.columns))
	for i, c := range t.columns {
		heads[i] = text(c.head)
	}
	if t.form == plain {
		return t.write(t.fit.shown(heads))
	}
	if err := t.write(wholeTexts(heads)); err != nil || t.form == asCSV {
		return err
	}
	rule := make([]string, len(t.columns))
	for i, c := range t.columns {
		rule[i] = "---"
		if c.right {
			rule[i] = "---:"
		}
	}
	return t.write(rule)
}

// wholeTexts are the values of cells, safe to show, each in one line.
func wholeTexts(cells []cell) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = sanitize.Line(c.text)
	}
	return out
}

// write prints a line of texts.
func (t *table) write(texts []string) error {
	switch t.form {
	case asCSV:
		return t.csv.Write(texts)
	case asMarkdown:
		for _, s := range texts {
			t.out.WriteString("| " + markdown(s) + " ")
		}
		_, err := t.out.WriteString("|\n")
		return err
	}
	line := strings.TrimRight(strings.Join(texts, "  "), " ")
	_, err := t.out.WriteString(line + "\n")
	return err
}

// markdown escapes the signs that would be no text in a table of Markdown.
func markdown(s string) string {
	if !strings.ContainsAny(s, "\\|<&*`[~") {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\|<&*`[~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fit is how a plain table fits the screen.
type fit struct {
	width   int // of the screen, 0 for no limit
	columns []column
	widths  []int // of the columns that are shown
	digits  []int // of numbers, behind the point
	dropped bool  // there are more columns than fit
}

const (
	leastText = 14 // cells to which a column of texts may be cut
	usualText = 64 // cells beyond which, without a screen, one long text does not widen all rows
	shortID   = 8  // of a run id: enough to name a run
	gap       = 2
	missing   = "—"
)

// settle finds the widths that the columns need, and what is cut or left out
// for the screen's.
func (f *fit) settle(columns []column, rows [][]cell) {
	f.columns = columns
	f.widths, f.digits = make([]int, len(columns)), make([]int, len(columns))
	for i, c := range columns {
		var numbers []float64
		for _, cells := range rows {
			if cells[i].numeric {
				numbers = append(numbers, cells[i].number)
			}
		}
		f.digits[i] = widget.Digits(numbers)
		f.widths[i] = ansi.StringWidth(sanitize.Line(c.head))
		for _, cells := range rows {
			f.widths[i] = max(f.widths[i], ansi.StringWidth(f.text(i, cells[i])))
		}
	}
	if f.width <= 0 {
		for i := range f.widths {
			f.widths[i] = min(f.widths[i], usualText)
		}
		return
	}
	natural := f.widths
	for n := len(natural); n > 0; n-- {
		f.widths, f.dropped = slices.Clone(natural[:n]), n < len(natural)
		for f.total() > f.width && f.shrink() {
		}
		if f.total() <= f.width {
			return
		}
	}
}

// text is a cell as a plain table shows it.
func (f *fit) text(i int, c cell) string {
	if c.numeric {
		return widget.Number(c.number, f.digits[i])
	}
	return sanitize.Line(c.text)
}

func (f *fit) total() int {
	sum := gap * (len(f.widths) - 1)
	for _, w := range f.widths {
		sum += w
	}
	if f.dropped {
		sum += gap + 1
	}
	return sum
}

// shrink takes from the ids first, then a cell of the widest texts. It reports
// whether there was something to take.
func (f *fit) shrink() bool {
	widest := -1
	for i, c := range f.columns[:len(f.widths)] {
		switch {
		case c.id && f.widths[i] > shortID:
			f.widths[i] = shortID
			return true
		case c.right || c.whole || c.id:
		case widest < 0 || f.widths[i] > f.widths[widest]:
			widest = i
		}
	}
	if widest < 0 || f.widths[widest] <= leastText {
		return false
	}
	f.widths[widest]--
	return true
}

// shown are the texts of a row, padded to the widths of their columns. What does
// not fit is cut on a screen and pushes the rest elsewhere.
func (f *fit) shown(cells []cell) []string {
	out := make([]string, 0, len(f.widths)+1)
	for i, width := range f.widths {
		s := f.text(i, cells[i])
		if over := ansi.StringWidth(s) > width; over && f.width > 0 {
			tail := "…"
			if f.columns[i].id {
				tail = ""
			}
			s = ansi.Truncate(s, width, tail)
		}
		pad := strings.Repeat(" ", max(width-ansi.StringWidth(s), 0))
		if f.columns[i].right {
			s = pad + s
		} else {
			s += pad
		}
		out = append(out, s)
	}
	if f.dropped {
		out = append(out, "…")
	}
	return out
}
