package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"benchside/artifacts/diffs"
	"benchside/artifacts/previews"
	"benchside/artifacts/tables"
	filetexts "benchside/artifacts/texts"
	"benchside/sanitize"
)

// diffFlags say how two artifacts are compared.
type diffFlags struct {
	key       []string
	context   int
	limit     int
	tolerance float64
}

func (s *session) artifactsDiff() *cobra.Command {
	var f diffFlags
	c := s.leaf(&cobra.Command{
		Use: "diff RUN_A RUN_B PATH", Short: "Compare an artifact of two runs: texts, documents, tables, arrays, pictures",
		Long: "Compares what two runs logged under one path. Exits with 0 if it is the same, with 3 if it differs.",
		Args: takes(3, "two runs and the path of a file"),
	}, func(ctx context.Context, args []string) error {
		if f.limit < 0 || !(f.tolerance >= 0) {
			return usage("--limit %d --tolerance %g: neither may be negative", f.limit, f.tolerance)
		}
		return s.diffArtifacts(ctx, args, f)
	})
	p := c.Flags()
	p.StringArrayVar(&f.key, "key", nil, "`COLUMN` of a table by which rows are found again; may be repeated; by their place by default")
	p.IntVar(&f.context, "context", 3, "lines around a change of a text; -1 means all")
	p.IntVar(&f.limit, "limit", 100, "at most `N` differences are listed; 0 means all")
	p.Float64Var(&f.tolerance, "tolerance", 0, "part of the greater number by which numbers of documents and arrays may differ")
	p.BoolVar(&s.forms.json, "json", false, "print JSON, which is stable")
	return c
}

// differenceJSON is how an artifact differs.
type differenceJSON struct {
	Path    string       `json:"path"`
	Kind    [2]string    `json:"kinds"`
	Size    [2]int64     `json:"sizes"`
	As      string       `json:"compared_as"`
	Same    bool         `json:"same"`
	Summary []string     `json:"summary"`
	Changes []changeJSON `json:"changes"`
	Cut     bool         `json:"cut"` // there are more changes
}

// changeJSON is one difference.
type changeJSON struct {
	Change string  `json:"change"` // added, removed, changed, retyped
	Where  string  `json:"where"`
	A      *string `json:"a"`
	B      *string `json:"b"`
}

func (s *session) diffArtifacts(ctx context.Context, args []string, f diffFlags) error {
	runs, err := s.files(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	defer closeAll(runs)
	a, err := previews.Open(ctx, runs[0], args[2])
	if err != nil {
		return fmt.Errorf("of %s: %w", args[0], err)
	}
	defer a.Close()
	b, err := previews.Open(ctx, runs[1], args[2])
	if err != nil {
		return fmt.Errorf("of %s: %w", args[1], err)
	}
	defer b.Close()
	d, err := difference(ctx, a, b, f)
	if err != nil {
		return err
	}
	if s.form == asJSON {
		if err := newJSONWriter(s.out).value(d); err != nil {
			return err
		}
	} else if err := s.printDifference(d); err != nil {
		return err
	}
	if !d.Same {
		return noError{fmt.Errorf("%s differs", a.Path)}
	}
	return nil
}

func difference(ctx context.Context, a, b *previews.Preview, f diffFlags) (differenceJSON, error) {
	d := differenceJSON{
		Path: a.Path, Kind: [2]string{a.Kind.String(), b.Kind.String()}, Size: [2]int64{a.Size, b.Size}, As: "bytes",
		Summary: []string{}, Changes: []changeJSON{},
	}
	at, err := firstDifference(ctx, a, b)
	if err != nil {
		return d, err
	}
	if at < 0 {
		d.Same = true
		return d, nil
	}
	if f.limit == 0 {
		f.limit = mostHead
	}
	done, err := d.compare(ctx, a, b, f)
	if err != nil || done {
		return d, err
	}
	d.say("the first byte that differs is %d, counted from 0", at)
	return d, nil
}

func (d *differenceJSON) say(format string, args ...any) {
	d.Summary = append(d.Summary, fmt.Sprintf(format, args...))
}

func (d *differenceJSON) add(change, where string, a, b *string, limit int) {
	if len(d.Changes) >= limit {
		d.Cut = true
		return
	}
	d.Changes = append(d.Changes, changeJSON{change, where, a, b})
}

// compare compares two files as what both are; it is false if that is but bytes.
func (d *differenceJSON) compare(ctx context.Context, a, b *previews.Preview, f diffFlags) (done bool, err error) {
	switch x := a.Body.(type) {
	case *previews.Table:
		if y, ok := b.Body.(*previews.Table); ok {
			return true, d.tables(ctx, x, y, f)
		}
	case *previews.Tree:
		if y, ok := b.Body.(*previews.Tree); ok {
			done, err = d.trees(ctx, x, y, f)
			if done || err != nil {
				return done, err
			}
		}
	case *previews.Array:
		if y, ok := b.Body.(*previews.Array); ok {
			return true, d.arrays(ctx, x, y, f)
		}
	case *previews.Picture:
		if y, ok := b.Body.(*previews.Picture); ok {
			return true, d.pictures(ctx, x, y)
		}
	}
	if a.Lines() != nil && b.Lines() != nil {
		return d.texts(ctx, a, b, f)
	}
	return false, nil
}

func (d *differenceJSON) tables(ctx context.Context, a, b *previews.Table, f diffFlags) error {
	d.As = "table"
	diff, err := tables.Diff(ctx, a.Table, b.Table, f.key, f.limit)
	if err != nil {
		return err
	}
	d.Summary, d.Cut = append(d.Summary, diff.Summary()...), diff.Cut
	d.Same = diff.Added+diff.Removed+diff.Changed+diff.RepeatedA+diff.RepeatedB == 0
	for _, c := range diff.Columns {
		switch {
		case !c.InA:
			d.add("added", "column "+c.Name, nil, orNull(c.B.String()), f.limit)
		case !c.InB:
			d.add("removed", "column "+c.Name, orNull(c.A.String()), nil, f.limit)
		case c.A != c.B:
			d.add("retyped", "column "+c.Name, orNull(c.A.String()), orNull(c.B.String()), f.limit)
		default:
			continue
		}
		d.Same = false
	}
	rows := tableRows{a: a.Table, b: b.Table, diff: &diff}
	for _, r := range diff.Rows {
		if err := rows.add(ctx, d, r, f.limit); err != nil {
			return err
		}
	}
	return nil
}

// tableRows writes the rows that differ.
type tableRows struct {
	a, b tables.Table
	diff *tables.TableDiff
}

func (t *tableRows) add(ctx context.Context, d *differenceJSON, r tables.RowDiff, limit int) error {
	var a, b map[string]string
	var err error
	if r.A >= 0 {
		if a, err = rowOf(ctx, t.a, r.A); err != nil {
			return err
		}
	}
	if r.B >= 0 {
		if b, err = rowOf(ctx, t.b, r.B); err != nil {
			return err
		}
	}
	where := t.where(r, a, b)
	switch r.Change {
	case tables.RowAdded:
		d.add("added", where, nil, t.whole(b), limit)
	case tables.RowRemoved:
		d.add("removed", where, t.whole(a), nil, limit)
	default:
		for _, i := range r.Columns {
			name := t.diff.Columns[i].Name
			from, to := a[name], b[name]
			d.add("changed", where+", "+name, &from, &to, limit)
		}
	}
	return nil
}

// where names a row by its key, else by its place from 1.
func (t *tableRows) where(r tables.RowDiff, a, b map[string]string) string {
	if len(t.diff.Key) == 0 {
		return fmt.Sprintf("row %d", max(r.A, r.B)+1)
	}
	values := a
	if values == nil {
		values = b
	}
	var parts []string
	for _, k := range t.diff.Key {
		parts = append(parts, k+" "+values[k])
	}
	return strings.Join(parts, ", ")
}

// whole writes all cells of a row.
func (t *tableRows) whole(row map[string]string) *string {
	var parts []string
	for _, c := range t.diff.Columns {
		if v, ok := row[c.Name]; ok && !slices.Contains(t.diff.Key, c.Name) {
			parts = append(parts, c.Name+" "+v)
		}
	}
	text := strings.Join(parts, ", ")
	return &text
}

func rowOf(ctx context.Context, t tables.Table, row int64) (map[string]string, error) {
	rows, err := t.Rows(ctx, nil, row, 1)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	columns := t.Columns()
	for _, values := range rows {
		for i, v := range values {
			out[columns[i].Name] = shownCell(v)
		}
	}
	return out, nil
}

// trees is false for documents that are too big to be compared by value.
func (d *differenceJSON) trees(ctx context.Context, a, b *previews.Tree, f diffFlags) (bool, error) {
	diff, err := diffs.Trees(ctx, a.Tree, b.Tree, diffs.Tolerance{Relative: f.tolerance})
	if errors.Is(err, diffs.ErrBounds) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.As, d.Same, d.Cut = "tree", len(diff.Changes) == 0, diff.Cut
	for _, c := range diff.Changes {
		words := map[diffs.Kind]string{diffs.Changed: "changed", diffs.Retyped: "retyped", diffs.Gone: "removed", diffs.New: "added"}
		var from, to *string
		if c.Kind != diffs.New {
			from = &c.From
		}
		if c.Kind != diffs.Gone {
			to = &c.To
		}
		d.add(words[c.Kind], c.Path, from, to, f.limit)
	}
	d.say("values that differ: %d", len(diff.Changes))
	if diff.Rough {
		d.say("lists were too different to be matched value by value")
	}
	return true, nil
}

func (d *differenceJSON) arrays(ctx context.Context, a, b *previews.Array, f diffFlags) error {
	d.As = "array"
	if a.Type != b.Type || !slices.Equal(a.Shape, b.Shape) {
		d.say("%s %v and %s %v", a.Type, a.Shape, b.Type, b.Shape)
		return nil
	}
	x, err := a.Values(ctx)
	if err != nil {
		return err
	}
	y, err := b.Values(ctx)
	if err != nil {
		return err
	}
	differ, most := 0, 0.0
	for i := range x {
		gap := math.Abs(x[i] - y[i])
		switch {
		case x[i] == y[i], math.IsNaN(x[i]) && math.IsNaN(y[i]), gap <= f.tolerance*max(math.Abs(x[i]), math.Abs(y[i])):
			continue
		}
		differ++
		if gap > most {
			most = gap
		}
	}
	d.Same = differ == 0
	d.say("elements that differ: %d of %d", differ, len(x))
	if differ > 0 {
		d.say("the greatest difference is %s", short(most))
	}
	return nil
}

func (d *differenceJSON) pictures(ctx context.Context, a, b *previews.Picture) error {
	d.As = "picture"
	x, err := a.Decode(ctx)
	if err != nil {
		return err
	}
	y, err := b.Decode(ctx)
	if err != nil {
		return err
	}
	if x.Image.Bounds().Size() != y.Image.Bounds().Size() {
		d.say("%d × %d and %d × %d pixels", a.Width, a.Height, b.Width, b.Height)
		return nil
	}
	differ, most, err := pixels(ctx, x.Image, y.Image)
	if err != nil {
		return err
	}
	size := x.Image.Bounds().Size()
	all := size.X * size.Y
	d.Same = differ == 0
	d.say("pixels that differ: %d of %d (%.2g %%), by up to %d of 255", differ, all, 100*float64(differ)/float64(all), most)
	return nil
}

// pixels counts the pixels that differ, and by how much of 255 in the channel that
// differs most.
func pixels(ctx context.Context, a, b image.Image) (differ, most int, err error) {
	size := a.Bounds().Size()
	from, to := a.Bounds().Min, b.Bounds().Min
	for y := range size.Y {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		for x := range size.X {
			r1, g1, b1, a1 := a.At(from.X+x, from.Y+y).RGBA()
			r2, g2, b2, a2 := b.At(to.X+x, to.Y+y).RGBA()
			gap := max(apart(r1, r2), apart(g1, g2), apart(b1, b2), apart(a1, a2))
			if gap > 0 {
				differ++
				most = max(most, gap)
			}
		}
	}
	return differ, most, nil
}

// apart is the difference of two channels, in 255 parts.
func apart(a, b uint32) int { return max(int(a>>8)-int(b>>8), int(b>>8)-int(a>>8)) }

// texts is false for texts that are too long to be compared by lines.
func (d *differenceJSON) texts(ctx context.Context, a, b *previews.Preview, f diffFlags) (bool, error) {
	before, err := a.Whole(ctx, mostDiffed)
	if err != nil {
		return false, tooLong(ctx, err)
	}
	after, err := b.Whole(ctx, mostDiffed)
	if err != nil {
		return false, tooLong(ctx, err)
	}
	diff, err := diffs.Lines(ctx, string(before), string(after), f.context)
	if errors.Is(err, diffs.ErrBounds) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.As = "text"
	d.say("lines added: %d, removed: %d", diff.Added, diff.Removed)
	if diff.Added+diff.Removed == 0 {
		d.say("only the ends of lines differ")
	}
	d.hunks(diff, f)
	return true, nil
}

func (d *differenceJSON) hunks(diff diffs.Text, f diffFlags) {
	words := map[diffs.Op]string{diffs.Same: "same", diffs.Removed: "removed", diffs.Added: "added"}
	for _, h := range diff.Hunks {
		for _, l := range h.Lines {
			line := l.Text
			switch l.Op {
			case diffs.Removed:
				d.add(words[l.Op], fmt.Sprintf("line %d", l.Old), &line, nil, f.limit)
			case diffs.Added:
				d.add(words[l.Op], fmt.Sprintf("line %d", l.New), nil, &line, f.limit)
			default:
				d.add(words[l.Op], fmt.Sprintf("line %d", l.New), &line, &line, f.limit)
			}
		}
	}
}

// mostDiffed bounds texts that are compared by lines, in bytes.
const mostDiffed = 8 << 20

// tooLong lets a long text be compared by its bytes; a context that ended stays.
func tooLong(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, previews.ErrLonger) {
		return nil
	}
	return err
}

// firstDifference is the place of the first byte that differs, -1 if none does.
func firstDifference(ctx context.Context, a, b *previews.Preview) (int64, error) {
	const step = 1 << 20
	x, y := make([]byte, step), make([]byte, step)
	for at := int64(0); ; at += step {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := a.ReadAt(x, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		m, err := b.ReadAt(y, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if !bytes.Equal(x[:n], y[:m]) {
			for i := range min(n, m) {
				if x[i] != y[i] {
					return at + int64(i), nil
				}
			}
			return at + int64(min(n, m)), nil
		}
		if n < step {
			return -1, nil
		}
	}
}

func (s *session) printDifference(d differenceJSON) error {
	line := func(format string, args ...any) error {
		_, err := fmt.Fprintln(s.out, strings.TrimRight(sanitize.Line(fmt.Sprintf(format, args...)), " "))
		return err
	}
	if d.Same && len(d.Summary) == 0 {
		return line("%s is the same, byte for byte", d.Path)
	}
	err := line("%s, compared as %s: %s", d.Path, d.As, strings.Join(d.Summary, "; "))
	if d.Kind[0] != d.Kind[1] {
		err = errors.Join(err, line("  %s and %s", d.Kind[0], d.Kind[1]))
	}
	for _, c := range d.Changes {
		if err != nil {
			return err
		}
		switch {
		case d.As == "text":
			err = line("%s%s", map[string]string{"same": "  ", "removed": "- ", "added": "+ "}[c.Change], filetexts.Safe(oneOf(c.A, c.B)))
		case c.A == nil:
			err = line("+ %s: %s", c.Where, *c.B)
		case c.B == nil:
			err = line("- %s: %s", c.Where, *c.A)
		default:
			err = line("~ %s: %s → %s", c.Where, *c.A, *c.B)
		}
	}
	if d.Cut {
		err = errors.Join(err, line("… there are more; --limit 0 lists all"))
	}
	return err
}

func oneOf(a, b *string) string {
	if a != nil {
		return *a
	}
	return *b
}
