package previews

import (
	"context"
	"fmt"
	"strings"

	"benchside/artifacts"
	"benchside/artifacts/arrays"
	"benchside/artifacts/mlmodel"
	"benchside/artifacts/tables"
	"benchside/store"
)

// Facts are what a preview knows, in a form for programs. Texts are as they are
// in the file.
type Facts struct {
	Path     string     `json:"path"`
	Kind     string     `json:"kind"`
	Of       string     `json:"of,omitempty"` // the language, the tool, the format inside
	In       string     `json:"in,omitempty"` // json or html, which a figure or a report is in
	Size     int64      `json:"size"`
	Modified store.Time `json:"modified"`
	ShownAs  string     `json:"shown_as"`
	*TextFacts
	*TreeFacts
	*TableFacts
	*ArrayFacts
	*PictureFacts
	*PageFacts
	*FigureFacts
	*ModelFacts
	*PDFFacts
	Arrays   []NamedArray `json:"arrays,omitempty"`
	Protocol *int         `json:"pickle_protocol,omitempty"`
	Notes    []string     `json:"notes"`
}

// TextFacts are about lines.
type TextFacts struct {
	Lines *int `json:"lines,omitempty"` // nil if the file is too long to count them at once
}

// TreeFacts are about a document.
type TreeFacts struct {
	Root   string `json:"root"` // object, array or a scalar
	Items  int    `json:"items"`
	Values int    `json:"values"`
}

// TableFacts are about rows and columns.
type TableFacts struct {
	Rows     int64        `json:"rows"`
	RowsMore bool         `json:"rows_more,omitempty"` // there are more: they were not all counted
	Columns  []ColumnFact `json:"columns"`
}

// ColumnFact is one column.
type ColumnFact struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Stored string `json:"stored,omitempty"`
}

// ArrayFacts are about an array.
type ArrayFacts struct {
	DType string  `json:"dtype"`
	Shape []int64 `json:"shape"`
	Order string  `json:"byte_order,omitempty"`
	Count int64   `json:"elements"`
}

// NamedArray is one of an archive.
type NamedArray struct {
	Name string `json:"name"`
	*ArrayFacts
	Error string `json:"error,omitempty"`
}

// PictureFacts are about a picture.
type PictureFacts struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	Frames int `json:"frames"`
}

// PageFacts are about a page.
type PageFacts struct {
	Title string   `json:"title"`
	Holds []string `json:"holds"`
}

// FigureFacts are about charts.
type FigureFacts struct {
	Figure string `json:"figure_title"`
	Charts int    `json:"charts"`
	Tables int    `json:"tables"`
}

// ModelFacts are about an MLmodel.
type ModelFacts struct {
	ModelID       string   `json:"model_id"`
	ModelRun      string   `json:"model_run_id"`
	MLflow        string   `json:"mlflow_version"`
	Flavors       []string `json:"flavors"`
	Inputs        int      `json:"inputs"`
	Outputs       int      `json:"outputs"`
	Signed        bool     `json:"signature"`
	ModelBytes    int64    `json:"model_size"`
	PythonVersion string   `json:"python_version"`
}

// PDFFacts are about a document of pages.
type PDFFacts struct {
	Version   string  `json:"pdf_version"`
	Pages     int     `json:"pages"`
	PageWide  float64 `json:"page_width"` // points of 1/72 inch
	PageHigh  float64 `json:"page_height"`
	PDFTitle  string  `json:"pdf_title"`
	Author    string  `json:"author"`
	Producer  string  `json:"producer"`
	Creator   string  `json:"creator"`
	Encrypted bool    `json:"encrypted"`
}

// What is read to its end so that it can be counted, in bytes.
const mostCounted = 64 << 20

// Facts says what is known. Lines and rows are counted in files of up to 64 MB.
func (p *Preview) Facts(ctx context.Context) (Facts, error) {
	f := Facts{
		Path: p.Path, Kind: p.Kind.Form.String(), Of: p.Kind.Of, Size: p.Size, Modified: store.AtTime(p.Modified), Notes: append([]string{}, p.Notes...),
	}
	if p.Kind.In != artifacts.Unknown {
		f.In = p.Kind.In.String()
	}
	if err := p.Body.fill(ctx, &f); err != nil {
		return Facts{}, fmt.Errorf("look at artifact %s: %w", p.Path, err)
	}
	return f, nil
}

func (t *Text) fill(ctx context.Context, f *Facts) error {
	f.ShownAs = "text"
	return f.countLines(ctx, t.preview)
}

func (f *Facts) countLines(ctx context.Context, p *Preview) error {
	f.TextFacts = &TextFacts{}
	if p.long > mostCounted {
		return nil
	}
	n, err := p.Lines().Count(ctx)
	f.Lines = &n
	return err
}

func (l *Log) fill(ctx context.Context, f *Facts) error {
	f.ShownAs = "log"
	return f.countLines(ctx, l.kept)
}

func (t *Tree) fill(_ context.Context, f *Facts) error {
	f.ShownAs = "tree"
	f.TreeFacts = &TreeFacts{Values: len(t.Nodes)}
	if len(t.Nodes) > 0 {
		f.Root, f.Items = t.Nodes[0].Type.String(), t.Nodes[0].Children
	}
	return nil
}

func (t *Table) fill(ctx context.Context, f *Facts) error {
	f.ShownAs = "table"
	if g, ok := t.Table.(tables.Growing); ok && f.Size <= mostCounted {
		if err := g.Index(ctx, nil); err != nil {
			return err
		}
	}
	n, whole := t.Count()
	f.TableFacts = &TableFacts{Rows: n, RowsMore: !whole, Columns: []ColumnFact{}}
	for _, c := range t.Columns() {
		f.TableFacts.Columns = append(f.TableFacts.Columns, ColumnFact{c.Name, c.Type.String(), c.Stored})
	}
	return nil
}

func (a *Array) fill(_ context.Context, f *Facts) error {
	f.ShownAs = "array"
	f.ArrayFacts = factsOf(a.Array)
	return nil
}

func factsOf(a *arrays.Array) *ArrayFacts {
	return &ArrayFacts{DType: a.Type, Shape: append([]int64{}, a.Shape...), Order: a.Order, Count: a.Count}
}

// MostArrays bounds the arrays of an archive that are described.
const MostArrays = 1000

func (a *Archive) fill(ctx context.Context, f *Facts) error {
	f.ShownAs = "arrays"
	for i, name := range a.Names() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i == MostArrays {
			f.Notes = append(f.Notes, fmt.Sprintf("only the first %d of %d arrays are described", MostArrays, len(a.Names())))
			break
		}
		named := NamedArray{Name: name}
		if one, err := a.Array(i); err != nil {
			named.Error = err.Error()
		} else {
			named.ArrayFacts = factsOf(one)
		}
		f.Arrays = append(f.Arrays, named)
	}
	return nil
}

func (p *Picture) fill(_ context.Context, f *Facts) error {
	f.ShownAs = "picture"
	f.PictureFacts = &PictureFacts{p.Width, p.Height, p.Frames}
	return nil
}

func (p *Page) fill(_ context.Context, f *Facts) error {
	f.ShownAs = "page"
	f.PageFacts = &PageFacts{Title: p.Title, Holds: append([]string{}, p.Holds...)}
	return nil
}

func (g *Figure) fill(_ context.Context, f *Facts) error {
	f.ShownAs = "charts"
	f.FigureFacts = &FigureFacts{g.Title, len(g.Charts), len(g.Tables)}
	return nil
}

func (m *ModelFile) fill(_ context.Context, f *Facts) error {
	f.ShownAs = "model"
	f.ModelFacts = &ModelFacts{
		ModelID: m.ID, ModelRun: m.RunID, MLflow: m.Version, Flavors: flavors(&m.Model), Inputs: len(m.Inputs),
		Outputs: len(m.Outputs), Signed: m.Signed, ModelBytes: m.Bytes, PythonVersion: m.Environment.Python,
	}
	return nil
}

func flavors(m *mlmodel.Model) []string {
	names := make([]string, 0, len(m.Flavors))
	for _, one := range m.Flavors {
		names = append(names, one.Name)
	}
	return names
}

func (d *PDF) fill(_ context.Context, f *Facts) error {
	f.ShownAs = "document"
	f.PDFFacts = &PDFFacts{
		Version: d.Version, Pages: d.Pages, PageWide: d.Width, PageHigh: d.Height, PDFTitle: d.Title, Author: d.Author,
		Producer: d.Producer, Creator: d.Creator, Encrypted: d.Encrypted,
	}
	return nil
}

func (h *Hex) fill(_ context.Context, f *Facts) error {
	f.ShownAs = "bytes"
	if f.Kind == artifacts.Pickle.String() {
		f.Protocol = &h.Protocol
	}
	return nil
}

// Line says what is known at once, such as "parquet, 12 columns, 4,000 rows". It
// counts nothing and is safe to show.
func (p *Preview) Line() string {
	words := append([]string{p.Kind.String()}, p.Body.words()...)
	return strings.Join(words, ", ")
}
