package cmd

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"benchside/artifacts"
	"benchside/artifacts/originals"
	"benchside/artifacts/pages"
	"benchside/artifacts/previews"
	filetexts "benchside/artifacts/texts"
	"benchside/pictures"
	plotcell "benchside/plots/cell"
	"benchside/sanitize"
)

// showFlags say how much of an artifact is shown, and how.
type showFlags struct {
	head  int
	asked bool // --head was given
	look  plotFlags
}

// usualHead is how many rows or lines are shown.
const usualHead = 20

func (s *session) artifactsShow() *cobra.Command {
	var f showFlags
	c := &cobra.Command{
		Use: "show RUN PATH", Short: "Show an artifact as what it is: a table, a tree, text, a picture, charts, a model",
		Args: takes(2, "a run and the path of a file"),
	}
	p := c.Flags()
	p.IntVar(&f.head, "head", usualHead, "rows or lines, the last ones of a log; 0 means all")
	p.StringVar(&f.look.size, "size", "", "columns and rows of charts and pictures, such as 100x30; those of the terminal by default")
	p.BoolVar(&f.look.ascii, "ascii", false, "draw with ASCII only")
	p.StringVar(&f.look.dots, "dots", "", "braille, octant, sextant, quadrant, half or ascii")
	p.BoolVar(&f.look.light, "light", false, "for a light background")
	p.BoolVar(&s.forms.json, "json", false, "print JSON, which is stable")
	return s.leaf(c, func(ctx context.Context, args []string) error {
		f.asked = c.Flags().Changed("head")
		if f.head < 0 {
			return usage("--head %d: a number of rows or lines, or 0 for all", f.head)
		}
		if _, err := s.frameSize(f.look); err != nil {
			return err
		}
		if _, err := plotcell.Named(f.look.dots); err != nil {
			return usage("--dots: %s", err)
		}
		return s.showArtifact(ctx, args[0], args[1], f)
	})
}

func (s *session) showArtifact(ctx context.Context, name, file string, f showFlags) error {
	found, err := s.files(ctx, name)
	if err != nil {
		return err
	}
	defer closeAll(found)
	run := found[0]
	p, err := previews.Open(ctx, run, file)
	if errors.Is(err, artifacts.ErrNotFile) {
		if e, looked := run.Entry(file); looked == nil && e.Folder {
			err = fmt.Errorf("%w; `benchside artifacts list` lists it", err)
		}
	}
	if err != nil {
		return err
	}
	defer p.Close()
	if _, ok := p.Body.(*previews.Table); ok {
		debug.SetMemoryLimit(tableGoal)
	}
	o, behind := numbersBehind(ctx, run, p)
	if s.form == asJSON {
		return s.artifactJSON(ctx, p, o, behind, f)
	}
	sh := shower{session: s, p: p, f: f}
	sh.line("%s: %s, %s", p.Path, p.Line(), sizeIn(plain, p.Size))
	for _, n := range p.Notes {
		sh.line("note: %s", n)
	}
	if behind {
		charts, err := previews.Charts(ctx, run, o)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			sh.line("note: not drawn from the numbers: %s", err)
		default:
			from := "the numbers in " + o.Names[0]
			if o.Names[0] == p.Path {
				from = "its numbers"
			}
			sh.line("drawn from %s", from)
			for _, c := range charts {
				if err := sh.chart(c, nil); err != nil {
					return err
				}
			}
		}
	}
	return sh.body(ctx)
}

// tableGoal is what the garbage collector keeps a table near, in bytes: pages of
// many columns are decoded for a few rows.
const tableGoal = 48 << 20

// numbersBehind looks for the numbers that a picture shows, or that a file is
// one of. Not finding them is no error.
func numbersBehind(ctx context.Context, run *previews.Run, p *previews.Preview) (originals.Original, bool) {
	_, picture := p.Body.(*previews.Picture)
	if !picture && len(originals.Find([]string{p.Path})) == 0 {
		return originals.Original{}, false
	}
	all, err := previews.Originals(ctx, run)
	if err != nil {
		return originals.Original{}, false
	}
	return previews.Behind(all, p.Path)
}

// shownJSON is an artifact as artifacts show prints it.
type shownJSON struct {
	previews.Facts
	Numbers *numbersJSON `json:"numbers,omitempty"` // of which charts are drawn
	Model   *mlmodelJSON `json:"model,omitempty"`
	Head    []any        `json:"head,omitempty"` // with --head
}

type numbersJSON struct {
	Kind string   `json:"kind"`
	From []string `json:"from"`
}

func (s *session) artifactJSON(ctx context.Context, p *previews.Preview, o originals.Original, behind bool, f showFlags) error {
	facts, err := p.Facts(ctx)
	if err != nil {
		return err
	}
	out := shownJSON{Facts: facts}
	if behind {
		out.Numbers = &numbersJSON{o.Kind.String(), o.Names}
	}
	if m, ok := p.Body.(*previews.ModelFile); ok {
		j := modelFileJSON(&m.Model)
		out.Model = &j
	}
	if f.asked {
		if out.Head, err = headJSON(ctx, p, f.head); err != nil {
			return err
		}
	}
	return newJSONWriter(s.out).value(out)
}

// mostHead bounds the rows or lines that are gathered in memory.
const mostHead = 1_000_000

// headJSON are the first rows, or lines, of what has them.
func headJSON(ctx context.Context, p *previews.Preview, n int) ([]any, error) {
	if n == 0 {
		n = mostHead
	}
	var out []any
	switch b := p.Body.(type) {
	case *previews.Array:
		return headOfArray(ctx, b, n)
	case *previews.Archive:
		return headOfArchive(ctx, b, n)
	case *previews.Table:
		rows, err := b.Rows(ctx, nil, 0, n)
		for _, row := range rows {
			cells := make([]any, len(row))
			for i, v := range row {
				cells[i] = v.JSON()
			}
			out = append(out, cells)
		}
		return out, err
	}
	lines := p.Lines()
	for lines != nil && len(out) < n {
		part, err := lines.Window(ctx, len(out)+1, min(n-len(out), 10_000))
		if err != nil || len(part) == 0 {
			return out, err
		}
		for _, l := range part {
			out = append(out, l.Text)
		}
	}
	return out, nil
}

// shower prints one artifact.
type shower struct {
	*session
	p   *previews.Preview
	f   showFlags
	err error
}

// line prints a line, made safe; the first error stays.
func (s *shower) line(format string, args ...any) {
	s.raw(sanitize.Line(fmt.Sprintf(format, args...)))
}

// raw prints a line that is safe already.
func (s *shower) raw(line string) {
	if s.err == nil {
		_, s.err = fmt.Fprintln(s.out, strings.TrimRight(line, " "))
	}
}

// limit is how many rows or lines are shown of so many, all if that is not known.
func (s *shower) limit() int {
	if s.f.head == 0 {
		return mostHead
	}
	return s.f.head
}

func (s *shower) body(ctx context.Context) error {
	var err error
	switch b := s.p.Body.(type) {
	case *previews.Text:
		err = s.text(ctx, b)
	case *previews.Log:
		s.log(b)
	case *previews.Tree:
		s.tree(b)
	case *previews.Table:
		err = s.table(ctx, b)
	case *previews.Array:
		err = s.array(ctx, b)
	case *previews.Archive:
		err = s.archive(ctx, b)
	case *previews.Picture:
		err = s.picture(ctx, b)
	case *previews.Page:
		err = s.page(ctx, b)
	case *previews.Figure:
		err = s.figure(b)
	case *previews.ModelFile:
		err = s.tableOfModel(&b.Model)
	case *previews.PDF:
		s.pdf(b)
	case *previews.Hex:
		for _, r := range b.Head[:min(len(b.Head), s.limit())] {
			s.line("%08x  %s  %s", r.Offset, r.Hex, r.Text)
		}
	}
	return errors.Join(err, s.err)
}

// inks are the colours of a terminal for the roles of code, by xterm's palette.
var inks = map[filetexts.Role]int{
	filetexts.Keyword: 5, filetexts.String: 2, filetexts.Comment: 8, filetexts.Number: 6, filetexts.Name: 4, filetexts.Heading: 3,
	filetexts.Inserted: 2, filetexts.Deleted: 1,
}

func (s *shower) coloured() bool { return s.onTerminal() && os.Getenv("NO_COLOR") == "" }

func (s *shower) text(ctx context.Context, t *previews.Text) error {
	n := s.limit()
	if s.coloured() {
		lines, cut, err := t.Highlighted(ctx)
		if err != nil {
			return err
		}
		if len(lines) >= n || !cut {
			for _, spans := range lines[:min(n, len(lines))] {
				var b strings.Builder
				for _, span := range spans {
					if ink, ok := inks[span.Role]; ok {
						fmt.Fprintf(&b, "\x1b[38;5;%dm%s\x1b[0m", ink, span.Text)
					} else {
						b.WriteString(span.Text)
					}
				}
				s.raw(b.String())
			}
			s.more(cut || len(lines) > n)
			return nil
		}
	}
	for shown := 0; shown < n; {
		part, err := t.Lines.Window(ctx, shown+1, min(n-shown, 10_000))
		if err != nil || len(part) == 0 {
			return err
		}
		for _, l := range part {
			s.raw(wholeLine(l))
		}
		shown += len(part)
	}
	further, err := t.Lines.Window(ctx, n+1, 1)
	s.more(len(further) > 0)
	return err
}

// wholeLine is a line, and how much of it is not there.
func wholeLine(l filetexts.Line) string {
	if l.Cut == 0 {
		return l.Text
	}
	return l.Text + " … " + previews.Grouped(l.Cut) + " bytes more"
}

func (s *shower) more(is bool) {
	if is {
		s.line("… there is more; --head 0 shows all")
	}
}

func (s *shower) log(l *previews.Log) {
	lines := l.Tail.Lines()
	if over := len(lines) - s.limit(); over > 0 || l.Skipped > 0 {
		lines = lines[max(over, 0):]
		s.line("… the last lines; artifacts cat prints all")
	}
	for _, l := range lines {
		s.raw(wholeLine(l))
	}
}

func (s *shower) page(ctx context.Context, p *previews.Page) error {
	style := pages.NoTTY
	if s.coloured() {
		style = pages.Dark
		if s.f.look.light {
			style = pages.Light
		}
	}
	frame, err := s.frameSize(s.f.look)
	if err != nil {
		return err
	}
	if len(p.Holds) > 0 {
		s.line("drawn by scripts, which are not run: %s", strings.Join(p.Holds, ", "))
	}
	lines, err := p.Lines(ctx, frame.W, style)
	for _, l := range lines[:min(len(lines), s.limit())] {
		s.raw(l)
	}
	s.more(len(lines) > s.limit())
	return err
}

func (s *shower) pdf(d *previews.PDF) {
	rows := [][2]string{{"version", d.Version}, {"title", d.Title}, {"author", d.Author}, {"creator", d.Creator}, {"producer", d.Producer}}
	if d.Pages > 0 {
		rows = append(rows, [2]string{"pages", fmt.Sprint(d.Pages)})
	}
	if d.Width > 0 {
		rows = append(rows, [2]string{"first page", fmt.Sprintf("%g × %g points", d.Width, d.Height)})
	}
	if d.Encrypted {
		rows = append(rows, [2]string{"encrypted", "yes"})
	}
	for _, r := range rows {
		if r[1] != "" {
			s.line("%-10s  %s", r[0], r[1])
		}
	}
	s.line("artifacts get copies it for a viewer of PDF")
}

// picture draws a picture in cells where there is a terminal, or room was asked
// for.
func (s *shower) picture(ctx context.Context, p *previews.Picture) error {
	switch {
	case s.f.look.size != "":
	case !s.onTerminal():
		s.line("not drawn, as the output is no terminal; --size 80x24 draws it")
		return nil
	case s.configured().images == "off":
		s.line("not drawn, as images are off in the configuration; --size 80x24 draws it")
		return nil
	}
	frame, err := s.frameSize(s.f.look)
	if err != nil {
		return err
	}
	decoded, err := p.Decode(ctx)
	if errors.Is(err, pictures.ErrTooLarge) || errors.Is(err, pictures.ErrDamaged) {
		s.line("note: not drawn: %s", err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, n := range decoded.Notes {
		s.line("note: %s", n)
	}
	style := pictures.Style{Colours: pictures.NoColours, Photo: pictures.IsPhoto(decoded.Image), Back: color.RGBA{A: 255}}
	if s.f.look.light {
		style.Back = color.RGBA{255, 255, 255, 255}
	}
	if s.coloured() {
		style.Colours, style.Set = pictures.Colours256, plotcell.Sextant
	}
	if s.f.look.dots != "" {
		if style.Set, err = plotcell.Named(s.f.look.dots); err != nil {
			return err
		}
	}
	if s.f.look.ascii || s.poor() {
		style.Set = plotcell.ASCII
	}
	bounds := decoded.Image.Bounds()
	seen := pictures.Port{}.See(bounds.Size(), pictures.Box{Cols: frame.W, Rows: frame.H})
	mosaic, err := pictures.Cells(ctx, decoded.Image, seen.Part.Add(bounds.Min), seen.Cols, seen.Rows, style)
	if err != nil {
		return err
	}
	for _, l := range mosaic.Lines() {
		s.raw(l)
	}
	return nil
}
