// Package described writes as rows of text what files say of themselves, and how
// a file differs between two runs. It draws nothing.
package described

import (
	"fmt"
	"strings"

	"benchside/artifacts/mlmodel"
	"benchside/artifacts/pages"
	"benchside/artifacts/previews"
	"benchside/artifacts/texts"
	"benchside/plots"
	"benchside/sanitize"
	"benchside/tui/textpane"
	"benchside/tui/widget"
)

// About is what is known of a file at once: its size and what it is. Of a log, which
// grows, it is what it is.
func About(p *previews.Preview) string {
	if _, grows := p.Body.(*previews.Log); grows {
		return p.Kind.String()
	}
	return widget.Bytes(p.Size) + "  " + p.Line()
}

// page collects rows of headings and facts.
type page struct{ rows textpane.Static }

func (p *page) heading(text string) {
	if len(p.rows) > 0 {
		p.rows = append(p.rows, textpane.Said(""))
	}
	p.rows = append(p.rows, textpane.Row{Spans: []texts.Span{{Text: sanitize.Line(text), Role: texts.Heading}}})
}

// fact adds a name and what it is, unless that is nothing.
func (p *page) fact(name, value string) {
	if value == "" {
		return
	}
	const wide = 18
	name = sanitize.Line(name)
	p.rows = append(p.rows, textpane.Row{Spans: []texts.Span{
		{Text: "  " + name + strings.Repeat(" ", max(wide-widget.Width(name), 1)), Role: texts.Comment}, {Text: sanitize.Line(value)},
	}})
}

// table adds lines whose cells stand below each other.
func (p *page) table(head []string, rows [][]string) {
	const most = 40 // cells of a column
	wide := make([]int, len(head))
	all := append([][]string{head}, rows...)
	for _, row := range all {
		for i := range row {
			row[i] = sanitize.Line(row[i])
			wide[i] = min(max(wide[i], widget.Width(row[i])), most)
		}
	}
	for n, row := range all {
		var b strings.Builder
		for i, c := range row {
			c = widget.Cut(c, most, "…")
			b.WriteString("  " + c + strings.Repeat(" ", max(wide[i]-widget.Width(c), 0)))
		}
		role := texts.Plain
		if n == 0 {
			role = texts.Comment
		}
		p.rows = append(p.rows, textpane.Row{Spans: []texts.Span{{Text: b.String(), Role: role}}})
	}
}

// Model is what an MLmodel says.
func Model(m *mlmodel.Model) textpane.Static {
	var p page
	p.heading("Model")
	p.fact("id", m.ID)
	p.fact("uuid", m.UUID)
	p.fact("path", m.ArtifactPath)
	if !m.Created.IsZero() {
		p.fact("created", m.Created.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	if m.Bytes > 0 {
		p.fact("size", widget.Bytes(m.Bytes))
	}
	p.fact("MLflow", m.Version)
	p.fact("python", m.Environment.Python)
	p.fact("logged by run", m.RunID)
	p.signature(m)
	for _, f := range m.Flavors {
		p.heading("Flavor " + f.Name)
		for _, field := range f.Fields {
			p.fact(field.Key, field.Value)
		}
	}
	if m.Example != (mlmodel.Example{}) {
		p.heading("Input example")
		p.fact("file", m.Example.Path)
		p.fact("for serving", m.Example.Serving)
		p.fact("type", m.Example.Kind)
		p.fact("orient", m.Example.Orient)
	}
	if m.Environment.Conda != "" || m.Environment.Virtualenv != "" {
		p.heading("Environment")
		p.fact("conda", m.Environment.Conda)
		p.fact("virtualenv", m.Environment.Virtualenv)
	}
	if len(m.Rest) > 0 {
		p.heading("More")
		for _, f := range m.Rest {
			p.fact(f.Key, f.Value)
		}
	}
	return p.rows
}

func (p *page) signature(m *mlmodel.Model) {
	if !m.Signed {
		p.heading("No signature")
		p.rows = append(p.rows, textpane.Row{Spans: []texts.Span{{Text: "  infer_signature makes one; without it nobody checks the columns that are predicted from", Role: texts.Comment}}})
		return
	}
	columns := func(name string, all []mlmodel.Column) {
		if len(all) == 0 {
			return
		}
		p.heading(fmt.Sprintf("%s  %d", name, len(all)))
		var rows [][]string
		for _, c := range all {
			typed, needed := c.Type, "required"
			if len(c.Shape) > 0 {
				typed += " " + strings.ReplaceAll(fmt.Sprint(c.Shape), " ", ", ")
			}
			if c.Optional {
				needed = "optional"
			}
			name := c.Name
			if name == "" {
				name = "(no name)"
			}
			rows = append(rows, []string{name, typed, needed})
		}
		p.table([]string{"name", "type", ""}, rows)
	}
	columns("Inputs", m.Inputs)
	columns("Outputs", m.Outputs)
	if len(m.Params) > 0 {
		p.heading(fmt.Sprintf("Params  %d", len(m.Params)))
		var rows [][]string
		for _, q := range m.Params {
			rows = append(rows, []string{q.Name, q.Type, q.Default, q.Shape})
		}
		p.table([]string{"name", "type", "default", "shape"}, rows)
	}
	if m.TypeHint {
		p.fact("made from", "type hints")
	}
}

// Document is what a PDF says of itself.
func Document(d *pages.PDF) textpane.Static {
	var p page
	p.heading("PDF " + d.Version)
	p.rows = append(p.rows, textpane.Row{Spans: []texts.Span{{Text: "  o opens it in a viewer; its pages are not drawn here", Role: texts.Comment}}})
	p.fact("title", d.Title)
	p.fact("author", d.Author)
	if d.Pages > 0 {
		p.fact("pages", fmt.Sprint(d.Pages))
	}
	if d.Width > 0 {
		const inch = 72 // points
		p.fact("first page", fmt.Sprintf("%.4g × %.4g in", d.Width/inch, d.Height/inch))
	}
	p.fact("producer", d.Producer)
	p.fact("creator", d.Creator)
	if d.Encrypted {
		p.fact("encrypted", "yes")
	}
	return p.rows
}

// Tables are the tables of a figure.
func Tables(tables []plots.Table) textpane.Static {
	var p page
	for _, t := range tables {
		var rows [][]string
		for _, row := range t.Rows {
			var cells []string
			for _, c := range row {
				text := ""
				if c != nil {
					text = fmt.Sprint(c)
				}
				cells = append(cells, text)
			}
			rows = append(rows, cells)
		}
		p.table(t.Columns, rows)
		p.rows = append(p.rows, textpane.Said(""))
	}
	return p.rows
}
