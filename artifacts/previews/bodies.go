package previews

import (
	"context"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"benchside/artifacts"
	"benchside/artifacts/arrays"
	"benchside/artifacts/mlmodel"
	"benchside/artifacts/pages"
	"benchside/artifacts/tables"
	"benchside/artifacts/texts"
	"benchside/artifacts/trees"
	"benchside/pictures"
	"benchside/plots/plotly"
)

// Text is a file as lines, code or not.
type Text struct {
	Lines   *texts.Lines // for one goroutine
	preview *Preview
}

// Bytes is how long the text is.
func (t *Text) Bytes() int64 { return t.preview.long }

// Highlighted returns the first lines with the roles of code; cut says that there
// is more text than was looked at. It is as long as 256 KB at most.
func (t *Text) Highlighted(ctx context.Context) (lines [][]texts.Span, cut bool, err error) {
	data, err := t.preview.whole(ctx, mostCode)
	if err != nil {
		return nil, false, err
	}
	language := t.preview.Path
	if t.preview.Kind.Form == artifacts.Code {
		language = t.preview.Kind.Of
	}
	lines, cut, err = texts.Highlight(ctx, language, strings.ToValidUTF8(string(data), "\ufffd"))
	return lines, cut || t.preview.long > mostCode, err
}

// Log is the end of a console log, for one goroutine.
type Log struct {
	*texts.Tail
	// Cuts counts how often the log became shorter while it was followed; Was and Is
	// are its bytes before and after the last time.
	Cuts    int
	Was, Is int64

	file *artifacts.File
	kept *Preview
}

// Follow looks whether the log has grown and reads on; more says that there is
// more than one reading takes.
func (l *Log) Follow(ctx context.Context) (more bool, err error) {
	if err := l.file.Look(); err != nil {
		return false, err
	}
	if l.file.Size() == l.kept.Size {
		return false, nil
	}
	if l.file.Size() < l.kept.Size {
		l.Cuts++
		l.Was, l.Is = l.kept.Size, l.file.Size()
		l.kept.Size = -1 // a cut counts once, also if reading it takes several times
	}
	more, err = l.Read(ctx, only{l.file}, l.file.Size())
	if err == nil && !more {
		l.kept.Size, l.kept.long, l.kept.Modified = l.file.Size(), l.file.Size(), l.file.ModTime()
	}
	return more, err
}

// Tree is a document of JSON, YAML or TOML.
type Tree struct{ *trees.Tree }

// Table is rows and columns.
type Table struct{ tables.Table }

// Array is one array of NumPy.
type Array struct{ *arrays.Array }

// Archive is several arrays of NumPy.
type Archive struct{ *arrays.Archive }

// Picture is pixels or vectors that were not decoded yet.
type Picture struct {
	pictures.About
	preview *Preview
}

// Decode decodes the picture within the usual limits. It may take seconds.
func (p *Picture) Decode(ctx context.Context) (pictures.Picture, error) {
	decoded, err := pictures.Decode(ctx, only{p.preview.file}, p.preview.Size, pictures.Limits{})
	if err != nil {
		return pictures.Picture{}, fmt.Errorf("decode %s: %w", p.preview.Path, err)
	}
	return decoded, nil
}

// usualWidth is a width at which a page can be laid out if it can at all.
const usualWidth = 80

// Page is HTML or Markdown.
type Page struct {
	Title  string
	Holds  []string // what the scripts of the page would draw
	Marked bool     // it is Markdown

	lines []string // of HTML
	text  string   // of Markdown
}

// Lines lays the page out in lines of a width. The only escapes in them are those
// of colours and weights, and none if the style is pages.NoTTY.
func (p *Page) Lines(ctx context.Context, width int, style pages.Style) ([]string, error) {
	if p.Marked {
		return pages.Markdown(ctx, p.text, width, style)
	}
	var out []string
	for i, line := range p.lines {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out = append(out, strings.Split(ansi.Wrap(line, max(width, 10), ""), "\n")...)
	}
	return out, nil
}

// Figure is charts of plotly, from their data.
type Figure struct{ plotly.Figure }

// ModelFile is an MLmodel.
type ModelFile struct{ mlmodel.Model }

// PDF is what a document says of itself.
type PDF struct{ pages.PDF }

// Hex is the beginning of what is not read.
type Hex struct {
	Head     []texts.HexRow
	Protocol int // of a pickle
}

// Values reads all numbers of an array, row by row; texts count as NaN. More than
// four million are an error.
func (a *Array) Values(ctx context.Context) ([]float64, error) {
	m, err := newMatrix(ctx, a.Array)
	if err != nil {
		return nil, err
	}
	return m.values, nil
}

// Preview opens one array of the archive by its place in Names.
func (a *Archive) Preview(i int) (*Array, error) {
	one, err := a.Array(i)
	if err != nil {
		return nil, err
	}
	return &Array{one}, nil
}
