package previews

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// What is read whole, in bytes. The decoders have bounds of their own, which are
// not beyond these.
const (
	mostTree   = 16 << 20
	mostPage   = 16 << 20
	mostFigure = 32 << 20
	mostModel  = 1 << 20
	mostMarks  = 256 << 10 // of Markdown
	mostCode   = 256 << 10 // of code that is highlighted
)

// decode opens the file as its kind. An error leaves the preview as it was.
func (p *Preview) decode(ctx context.Context) (Body, error) {
	switch k := p.Kind; k.Form {
	case artifacts.CSV, artifacts.TSV, artifacts.Parquet, artifacts.Table, artifacts.JSONL:
		return p.table(ctx)
	case artifacts.JSON, artifacts.YAML, artifacts.TOML:
		return p.tree(ctx, k.Form)
	case artifacts.Plotly:
		return p.figure(ctx)
	case artifacts.Report:
		if k.In == artifacts.JSON {
			return p.tree(ctx, k.In)
		}
		return p.html(ctx)
	case artifacts.HTML:
		return p.html(ctx)
	case artifacts.Markdown:
		return p.markdown(ctx)
	case artifacts.NPY:
		return opened(arrays.Open(only{p.file}, p.Size))(func(a *arrays.Array) Body { return &Array{a} })
	case artifacts.NPZ:
		return opened(arrays.OpenArchive(only{p.file}, p.Size))(func(a *arrays.Archive) Body { return &Archive{a} })
	case artifacts.PDF:
		return opened(pages.ReadPDF(ctx, only{p.file}, p.Size))(func(d pages.PDF) Body { return &PDF{d} })
	case artifacts.MLmodel:
		return p.model(ctx)
	case artifacts.Log:
		return p.log(ctx)
	}
	if p.Kind.Picture() {
		return p.picture()
	}
	if p.Kind.Textual() || p.Kind.Form == artifacts.Empty {
		p.broken(ctx)
		return p.asText(), nil
	}
	return p.asHex(ctx)
}

// broken notes why a text is not the document that its name promises.
func (p *Preview) broken(ctx context.Context) {
	promised := artifacts.ByName(p.Path).Form
	format, ok := formats[promised]
	if p.Kind.Form != artifacts.Text || !ok {
		return
	}
	data, err := p.all(ctx, mostTree)
	if err == nil {
		_, err = trees.Parse(ctx, format, data)
	}
	if err != nil {
		p.note("shown as text and not as %s: %s", promised, err)
	}
}

// opened makes a body of what was opened without an error.
func opened[T any](v T, err error) func(func(T) Body) (Body, error) {
	return func(of func(T) Body) (Body, error) {
		if err != nil {
			return nil, err
		}
		return of(v), nil
	}
}

func (p *Preview) table(ctx context.Context) (Body, error) {
	var t tables.Table
	var err error
	// The content says what the file is, and not the name that tables.Open goes by.
	switch p.Kind.Form {
	case artifacts.TSV:
		t, err = tables.OpenCSV(ctx, p.text, p.long, '\t')
	case artifacts.Parquet:
		t, err = tables.OpenParquet(ctx, p.text, p.long)
	case artifacts.Table:
		t, err = tables.OpenJSON(ctx, p.text, p.long)
	case artifacts.JSONL:
		t, err = tables.OpenJSONLines(ctx, p.text, p.long)
	default:
		t, err = tables.OpenCSV(ctx, p.text, p.long, 0)
	}
	if err != nil && p.Kind.Form == artifacts.Table {
		return p.tree(ctx, artifacts.JSON)
	}
	if err != nil {
		return nil, err
	}
	for _, n := range t.Notes() {
		p.note("%s", n)
	}
	return &Table{t}, nil
}

// formats are those of trees.
var formats = map[artifacts.Form]trees.Format{artifacts.JSON: trees.JSON, artifacts.YAML: trees.YAML, artifacts.TOML: trees.TOML}

func (p *Preview) tree(ctx context.Context, form artifacts.Form) (Body, error) {
	data, err := p.all(ctx, mostTree)
	if err != nil {
		return nil, err
	}
	t, err := trees.Parse(ctx, formats[form], data)
	if err != nil {
		return nil, err
	}
	if t.Again > 0 {
		p.note("keys that an object has twice: %d", t.Again)
	}
	return &Tree{t}, nil
}

func (p *Preview) figure(ctx context.Context) (Body, error) {
	data, err := p.all(ctx, mostFigure)
	if err != nil {
		return nil, err
	}
	read := plotly.JSON
	if p.Kind.In == artifacts.HTML {
		read = plotly.HTML
	}
	f, err := read(ctx, data)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		p.note("the figure is not drawn: %s", err)
	case len(f.Charts)+len(f.Tables) == 0:
		p.note("nothing of the figure can be drawn")
		p.noteAll(f.Notes)
	default:
		p.noteAll(f.Notes)
		return &Figure{f}, nil
	}
	if p.Kind.In == artifacts.HTML {
		return p.html(ctx)
	}
	return p.tree(ctx, artifacts.JSON)
}

func (p *Preview) noteAll(notes []string) {
	for _, n := range notes {
		p.note("%s", n)
	}
}

func (p *Preview) html(ctx context.Context) (Body, error) {
	// A longer page is cut, which the reader of pages notes by one byte more.
	data, err := p.whole(ctx, mostPage+1)
	if err != nil {
		return nil, err
	}
	page, err := pages.HTML(ctx, data)
	if err != nil {
		return nil, err
	}
	if page.Cut {
		p.note("the page is longer than what is shown of it")
	}
	if slices.Contains(page.Holds, "Evidently") { // beyond what the kind was told by
		p.Kind = artifacts.Kind{Form: artifacts.Report, Of: "Evidently", In: artifacts.HTML}
	}
	if p.Kind.Form == artifacts.Report {
		p.note("a report of %s; its charts are drawn by scripts, which are not run", p.Kind.Of)
	}
	return &Page{Title: page.Title, Holds: page.Holds, lines: page.Lines}, nil
}

func (p *Preview) markdown(ctx context.Context) (Body, error) {
	data, err := p.all(ctx, mostMarks)
	if err != nil {
		return nil, err
	}
	page := &Page{Marked: true, text: string(data)}
	if _, err := page.Lines(ctx, usualWidth, pages.NoTTY); err != nil {
		return nil, err
	}
	return page, nil
}

func (p *Preview) model(ctx context.Context) (Body, error) {
	data, err := p.all(ctx, mostModel)
	if err != nil {
		return nil, err
	}
	m, err := mlmodel.Parse(ctx, data)
	if errors.Is(err, mlmodel.ErrSyntax) {
		t, broken := p.tree(ctx, artifacts.YAML)
		if broken == nil {
			p.note("%s", err)
		}
		return t, broken
	}
	if err != nil {
		return nil, err
	}
	p.noteAll(m.Notes)
	return &ModelFile{m}, nil
}

func (p *Preview) picture() (Body, error) {
	about, err := pictures.Describe(only{p.file}, p.Size)
	if err != nil {
		return nil, err
	}
	return &Picture{About: about, preview: p}, nil
}

func (p *Preview) log(ctx context.Context) (Body, error) {
	l := &Log{Tail: texts.NewTail(0), file: p.file, kept: p}
	for {
		more, err := l.Read(ctx, p.text, p.long)
		if err != nil {
			return nil, err
		}
		if !more {
			return l, nil
		}
	}
}

func (p *Preview) asText() Body { return &Text{Lines: p.Lines(), preview: p} }

// headRows are the rows of 16 bytes that are shown of what is not read.
const headRows = 32

func (p *Preview) asHex(ctx context.Context) (Body, error) {
	head, err := p.Hex(ctx, 0, headRows)
	if err != nil {
		return nil, err
	}
	h := &Hex{Head: head}
	if p.Kind.Form == artifacts.Pickle {
		first := make([]byte, 2)
		n, _ := p.file.ReadAt(first, 0) // fewer bytes tell less
		h.Protocol = texts.PickleProtocol(first[:n])
		p.note("a pickle is never loaded: loading one runs what is in it (protocol %s)", protocol(h.Protocol))
	}
	return h, nil
}

func protocol(n int) string {
	if n == 0 {
		return "0 or 1"
	}
	return fmt.Sprint(n)
}
