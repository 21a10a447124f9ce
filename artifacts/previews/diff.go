package previews

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"slices"
	"strconv"

	"benchside/artifacts/diffs"
	"benchside/artifacts/trees"
)

// Comparing says how two artifacts are compared. The zero value is the strictest.
type Comparing struct {
	Key       []string // columns of a table by which rows are found again; none: by their place
	Context   int      // lines around a change of a text; -1 means all
	Limit     int      // differences that are listed; 0 means no limit
	Tolerance float64  // part of the greater number by which numbers of documents and arrays may differ
}

// Difference is how an artifact differs. Its texts are as they are in the files:
// whoever shows them makes them safe.
type Difference struct {
	Path    string    `json:"path"`
	Kind    [2]string `json:"kinds"`
	Size    [2]int64  `json:"sizes"`
	As      string    `json:"compared_as"`
	Same    bool      `json:"same"`
	Summary []string  `json:"summary"`
	Changes []Change  `json:"changes"`
	Cut     bool      `json:"cut"` // there are more changes
}

// Change is one difference: A and B are nil where there is nothing.
type Change struct {
	Change string     `json:"change"` // added, removed, changed, retyped
	Where  string     `json:"where"`
	A      *Different `json:"a"`
	B      *Different `json:"b"`
}

// Different is one side of a difference.
type Different struct {
	Text  string          // in one line, for people
	typed json.RawMessage // as the file has it; nil for a text
}

// MarshalJSON implements json.Marshaler: the value with the type that it has.
func (d Different) MarshalJSON() ([]byte, error) {
	if d.typed != nil {
		return d.typed, nil
	}
	return json.Marshal(d.Text)
}

// Diff compares two artifacts as what both of them are, else as bytes.
func Diff(ctx context.Context, a, b *Preview, f Comparing) (Difference, error) {
	d := Difference{
		Path: a.Path, Kind: [2]string{a.Kind.String(), b.Kind.String()}, Size: [2]int64{a.Size, b.Size}, As: "bytes",
		Summary: []string{}, Changes: []Change{},
	}
	at, err := firstDifference(ctx, a, b)
	if err != nil {
		return d, err
	}
	if at < 0 {
		d.Same = true
		return d, nil
	}
	if f.Limit == 0 {
		f.Limit = math.MaxInt
	}
	done, err := d.compare(ctx, a, b, f)
	if err != nil || done {
		return d, err
	}
	d.say("the first byte that differs is %d, counted from 0", at)
	return d, nil
}

func (d *Difference) say(format string, args ...any) {
	d.Summary = append(d.Summary, fmt.Sprintf(format, args...))
}

func (d *Difference) add(change, where string, a, b *Different, limit int) {
	if len(d.Changes) >= limit {
		d.Cut = true
		return
	}
	d.Changes = append(d.Changes, Change{change, where, a, b})
}

// compare compares two files as what both are; it is false if that is but bytes.
func (d *Difference) compare(ctx context.Context, a, b *Preview, f Comparing) (done bool, err error) {
	switch x := a.Body.(type) {
	case *Table:
		if y, ok := b.Body.(*Table); ok {
			return true, d.tables(ctx, x, y, f)
		}
	case *Tree:
		if y, ok := b.Body.(*Tree); ok {
			done, err = d.trees(ctx, x, y, f)
			if done || err != nil {
				return done, err
			}
		}
	case *ModelFile:
		if _, ok := b.Body.(*ModelFile); ok {
			x, y := a.yaml(ctx), b.yaml(ctx)
			if x == nil || y == nil {
				break
			}
			done, err = d.trees(ctx, x, y, f)
			if done || err != nil {
				return done, err
			}
		}
	case *Array:
		if y, ok := b.Body.(*Array); ok {
			return true, d.arrays(ctx, x, y, f)
		}
	case *Picture:
		if y, ok := b.Body.(*Picture); ok {
			return true, d.pictures(ctx, x, y)
		}
	}
	if a.Lines() != nil && b.Lines() != nil {
		return d.lines(ctx, a, b, f)
	}
	return false, nil
}

// yaml is a small file as YAML, nil if it is none.
func (p *Preview) yaml(ctx context.Context) *Tree {
	const most = 1 << 20 // bytes; an MLmodel has some thousand
	if p.Size > most {
		return nil
	}
	data := make([]byte, p.Size)
	if n, err := p.ReadAt(data, 0); n < len(data) && err != nil {
		return nil
	}
	t, err := trees.Parse(ctx, trees.YAML, data)
	if err != nil {
		return nil
	}
	return &Tree{Tree: t}
}

// trees is false for documents that are too big to be compared by value.
func (d *Difference) trees(ctx context.Context, a, b *Tree, f Comparing) (bool, error) {
	diff, err := diffs.Trees(ctx, a.Tree, b.Tree, diffs.Tolerance{Relative: f.Tolerance})
	if errors.Is(err, diffs.ErrBounds) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.As, d.Same, d.Cut = "tree", len(diff.Changes) == 0, diff.Cut
	for _, c := range diff.Changes {
		words := map[diffs.Kind]string{diffs.Changed: "changed", diffs.Retyped: "retyped", diffs.Gone: "removed", diffs.New: "added"}
		if len(d.Changes) >= f.Limit {
			d.Cut = true
			break
		}
		var from, to *Different
		if c.A >= 0 {
			from = &Different{c.From, a.JSON(c.A)}
		}
		if c.B >= 0 {
			to = &Different{c.To, b.JSON(c.B)}
		}
		d.add(words[c.Kind], c.Path, from, to, f.Limit)
	}
	d.say("values that differ: %d", len(diff.Changes))
	if diff.Rough {
		d.say("lists were too different to be matched value by value")
	}
	return true, nil
}

func (d *Difference) arrays(ctx context.Context, a, b *Array, f Comparing) error {
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
		case x[i] == y[i], math.IsNaN(x[i]) && math.IsNaN(y[i]), gap <= f.Tolerance*max(math.Abs(x[i]), math.Abs(y[i])):
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
		d.say("the greatest difference is %s", strconv.FormatFloat(most, 'g', 6, 64))
	}
	return nil
}

func (d *Difference) pictures(ctx context.Context, a, b *Picture) error {
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
func (d *Difference) lines(ctx context.Context, a, b *Preview, f Comparing) (bool, error) {
	before, err := a.all(ctx, mostDiffed)
	if err != nil {
		return false, tooLong(ctx, err)
	}
	after, err := b.all(ctx, mostDiffed)
	if err != nil {
		return false, tooLong(ctx, err)
	}
	diff, err := diffs.Lines(ctx, string(before), string(after), f.Context)
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

func (d *Difference) hunks(diff diffs.Text, f Comparing) {
	words := map[diffs.Op]string{diffs.Same: "same", diffs.Removed: "removed", diffs.Added: "added"}
	for _, h := range diff.Hunks {
		for _, l := range h.Lines {
			line := Different{Text: l.Text}
			switch l.Op {
			case diffs.Removed:
				d.add(words[l.Op], fmt.Sprintf("line %d", l.Old), &line, nil, f.Limit)
			case diffs.Added:
				d.add(words[l.Op], fmt.Sprintf("line %d", l.New), nil, &line, f.Limit)
			default:
				d.add(words[l.Op], fmt.Sprintf("line %d", l.New), &line, &line, f.Limit)
			}
		}
	}
}

// mostDiffed bounds texts that are compared by lines, in bytes.
const mostDiffed = 8 << 20

// tooLong lets a long text be compared by its bytes; a context that ended stays.
func tooLong(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, ErrLonger) {
		return nil
	}
	return err
}

// firstDifference is the place of the first byte that differs, -1 if none does.
func firstDifference(ctx context.Context, a, b *Preview) (int64, error) {
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
