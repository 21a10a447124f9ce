package described

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"benchside/artifacts/diffs"
	"benchside/artifacts/previews"
	"benchside/artifacts/tables"
	"benchside/artifacts/texts"
	"benchside/sanitize"
	"benchside/tui/textpane"
	"benchside/tui/widget"
)

// Difference is how a file differs between two runs: rows that say so, or two
// pictures.
type Difference struct {
	Rows  textpane.Static
	A, B  *previews.Picture // nil if they are no pictures
	Names [2]string
	Long  bool // the rows are sentences, to be wrapped, and no lines of a text
}

// Compare holds a file against that of another run. What goes wrong is a row.
func Compare(ctx context.Context, first, second *previews.Run, name string, names [2]string) *Difference {
	d := &Difference{Names: names}
	d.head(names)
	a, err := previews.Open(ctx, first, name)
	if err != nil {
		return d.without(names, 0, err)
	}
	b, err := previews.Open(ctx, second, name)
	if err != nil {
		_ = a.Close()
		return d.without(names, 1, err)
	}
	pictureA, oneA := a.Body.(*previews.Picture)
	pictureB, oneB := b.Body.(*previews.Picture)
	if oneA && oneB {
		d.A, d.B = pictureA, pictureB // which read the files later
		return d
	}
	defer a.Close()
	defer b.Close()
	same, err := alike(ctx, first, second, name)
	if err == nil && same {
		d.say(texts.Comment, "the same, byte for byte: "+widget.Bytes(a.Size))
		return d
	}
	if err == nil {
		err = d.compare(ctx, a, b)
	}
	if err != nil {
		d.say(texts.Deleted, err.Error())
	}
	return d
}

func (d *Difference) say(role texts.Role, text string) {
	d.Rows = append(d.Rows, textpane.Row{Spans: []texts.Span{{Text: sanitize.Line(text), Role: role}}})
}

func (d *Difference) head(names [2]string) {
	d.Rows = append(d.Rows,
		textpane.Row{Spans: []texts.Span{{Text: "- A  ", Role: texts.Deleted}, {Text: names[0], Role: texts.Heading}}},
		textpane.Row{Spans: []texts.Span{{Text: "+ B  ", Role: texts.Inserted}, {Text: names[1], Role: texts.Heading}}},
		textpane.Said(""))
}

func (d *Difference) without(names [2]string, which int, err error) *Difference {
	if errors.Is(err, fs.ErrNotExist) {
		d.say(texts.Comment, "not in "+names[which])
	} else {
		d.say(texts.Deleted, err.Error())
	}
	return d
}

func (d *Difference) compare(ctx context.Context, a, b *previews.Preview) error {
	treeA, oneA := a.Body.(*previews.Tree)
	treeB, oneB := b.Body.(*previews.Tree)
	if oneA && oneB {
		d.Long = true
		return d.trees(ctx, treeA, treeB)
	}
	tableA, oneA := a.Body.(*previews.Table)
	tableB, oneB := b.Body.(*previews.Table)
	if oneA && oneB {
		d.Long = true
		return d.tables(ctx, tableA.Table, tableB.Table)
	}
	if a.Lines() != nil && b.Lines() != nil {
		return d.lines(ctx, a, b)
	}
	d.say(texts.Plain, fmt.Sprintf("the bytes differ: %s, %s", widget.Bytes(a.Size), widget.Bytes(b.Size)))
	d.say(texts.Comment, "A is "+a.Line())
	d.say(texts.Comment, "B is "+b.Line())
	return nil
}

// mostAlike is up to where files are compared byte by byte.
const mostAlike = 256 << 20

// alike compares bytes.
func alike(ctx context.Context, first, second *previews.Run, name string) (bool, error) {
	var sums [2][sha256.Size]byte
	for i, r := range []*previews.Run{first, second} {
		f, err := r.OpenFile(name)
		if err != nil {
			return false, err
		}
		if f.Size() > mostAlike {
			return false, f.Close()
		}
		h := sha256.New()
		_, err = io.Copy(h, UntilDone(ctx, io.NewSectionReader(f, 0, f.Size())))
		if err = errors.Join(err, f.Close()); err != nil {
			return false, fmt.Errorf("read %s: %w", name, err)
		}
		copy(sums[i][:], h.Sum(nil))
	}
	return sums[0] == sums[1], nil
}

type reader struct {
	ctx  context.Context //nolint:containedctx // for the length of one call
	from io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// UntilDone is a reader that ends with the context.
func UntilDone(ctx context.Context, from io.Reader) io.Reader { return reader{ctx, from} }

func (d *Difference) trees(ctx context.Context, a, b *previews.Tree) error {
	s, err := diffs.Trees(ctx, a.Tree, b.Tree, diffs.Tolerance{})
	if err != nil {
		return err
	}
	if len(s.Changes) == 0 {
		d.say(texts.Comment, "the same values, written differently")
	}
	wide := 0
	for _, c := range s.Changes {
		wide = max(wide, min(widget.Width(sanitize.Line(c.Path)), 48))
	}
	for _, c := range s.Changes {
		name := sanitize.Line(c.Path)
		row := textpane.Row{Spans: []texts.Span{{Text: name + strings.Repeat(" ", max(wide-widget.Width(name), 0)) + "  ", Role: texts.Name}}}
		switch c.Kind {
		case diffs.Gone:
			row.Spans = append(row.Spans, texts.Span{Text: "- " + sanitize.Line(c.From), Role: texts.Deleted})
		case diffs.New:
			row.Spans = append(row.Spans, texts.Span{Text: "+ " + sanitize.Line(c.To), Role: texts.Inserted})
		default:
			row.Spans = append(row.Spans, texts.Span{Text: sanitize.Line(c.From), Role: texts.Deleted}, texts.Span{Text: "  →  ", Role: texts.Comment}, texts.Span{Text: sanitize.Line(c.To), Role: texts.Inserted})
			if c.Kind == diffs.Retyped {
				row.Spans = append(row.Spans, texts.Span{Text: "  another type", Role: texts.Comment})
			}
		}
		d.Rows = append(d.Rows, row)
	}
	if s.Cut {
		d.say(texts.Comment, "there are more differences")
	}
	if s.Rough {
		d.say(texts.Comment, "lists were too different to be matched value by value")
	}
	return nil
}

func (d *Difference) tables(ctx context.Context, a, b tables.Table) error {
	const most = 500 // rows that are listed
	t, err := tables.Diff(ctx, a, b, nil, most)
	if err != nil {
		return err
	}
	for _, s := range t.Summary() {
		d.say(texts.Plain, s)
	}
	d.Rows = append(d.Rows, textpane.Said(""))
	for _, r := range t.Rows {
		if err := d.tableRow(ctx, t, r, a, b); err != nil {
			return err
		}
	}
	if t.Cut {
		d.say(texts.Comment, "there are more rows that differ")
	}
	return nil
}

func (d *Difference) tableRow(ctx context.Context, t tables.TableDiff, r tables.RowDiff, a, b tables.Table) error {
	const most = 12 // values of a row that are listed
	valuesA, err := valuesAt(ctx, a, r.A)
	if err != nil {
		return err
	}
	valuesB, err := valuesAt(ctx, b, r.B)
	if err != nil {
		return err
	}
	switch r.Change {
	case tables.RowAdded:
		d.say(texts.Inserted, fmt.Sprintf("+ row %d  %s", r.B+1, joinedValues(valuesB, most)))
	case tables.RowRemoved:
		d.say(texts.Deleted, fmt.Sprintf("- row %d  %s", r.A+1, joinedValues(valuesA, most)))
	case tables.RowChanged:
		row := textpane.Row{Spans: []texts.Span{{Text: fmt.Sprintf("~ row %d  ", r.A+1), Role: texts.Comment}}}
		for i, c := range r.Columns {
			if i >= most {
				row.Spans = append(row.Spans, texts.Span{Text: fmt.Sprintf("and %d more", len(r.Columns)-most), Role: texts.Comment})
				break
			}
			name := t.Columns[c].Name
			row.Spans = append(row.Spans, texts.Span{Text: sanitize.Line(name) + " ", Role: texts.Name},
				texts.Span{Text: sanitize.Line(named(valuesA, a, name)), Role: texts.Deleted}, texts.Span{Text: " → ", Role: texts.Comment},
				texts.Span{Text: sanitize.Line(named(valuesB, b, name)) + "   ", Role: texts.Inserted})
		}
		d.Rows = append(d.Rows, row)
	}
	return nil
}

func valuesAt(ctx context.Context, t tables.Table, row int64) ([]tables.Value, error) {
	if row < 0 {
		return nil, nil
	}
	rows, err := t.Rows(ctx, nil, row, 1)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

func joinedValues(values []tables.Value, most int) string {
	var out []string
	for _, v := range values[:min(len(values), most)] {
		out = append(out, v.Text)
	}
	return strings.Join(out, "  ")
}

func named(values []tables.Value, t tables.Table, name string) string {
	for i, c := range t.Columns() {
		if c.Name == name && i < len(values) {
			if values[i].Kind == tables.Missing {
				return "nothing"
			}
			return values[i].Text
		}
	}
	return ""
}

// lines compares two texts line by line.
func (d *Difference) lines(ctx context.Context, a, b *previews.Preview) error {
	before, err := textOf(ctx, a)
	if err != nil {
		return err
	}
	after, err := textOf(ctx, b)
	if err != nil {
		return err
	}
	const around = 3
	t, err := diffs.Lines(ctx, before, after, around)
	if err != nil {
		return err
	}
	d.say(texts.Comment, fmt.Sprintf("%s more, %s fewer", widget.Several(t.Added, "line"), widget.Several(t.Removed, "line")))
	for _, h := range t.Hunks {
		d.Rows = append(d.Rows, textpane.Said(""))
		for _, l := range h.Lines {
			d.Rows = append(d.Rows, lineRow(l))
		}
	}
	return nil
}

func lineRow(l diffs.Line) textpane.Row {
	sign, role := "  ", texts.Plain
	switch l.Op {
	case diffs.Removed:
		sign, role = "- ", texts.Deleted
	case diffs.Added:
		sign, role = "+ ", texts.Inserted
	}
	number := func(n int) string {
		if n == 0 {
			return "    "
		}
		return fmt.Sprintf("%4d", n)
	}
	return textpane.Row{Spans: []texts.Span{{Text: number(l.Old) + " " + number(l.New) + " ", Role: texts.Comment}, {Text: sign + l.Text, Role: role}}}
}

// textOf reads the lines of a text as they are shown.
func textOf(ctx context.Context, p *previews.Preview) (string, error) {
	const most = 50_000
	lines, err := p.Lines().Window(ctx, 1, most)
	if err != nil {
		return "", err
	}
	var s strings.Builder
	for _, l := range lines {
		s.WriteString(l.Text)
		s.WriteByte('\n')
	}
	return s.String(), nil
}
