package view

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Copier is a view that can give what is under its cursor in several forms. The
// program lists them in a dialog.
type Copier interface {
	Copies() []Form // none where there is nothing under the cursor
}

// Form is one of them, with the key that it has in the dialog.
type Form struct {
	Press string
	Copy
}

// Marker is a view in which runs are marked.
type Marker interface {
	Marked() []string // their ids, in the order in which they are shown
}

// Record is a row by the titles of its columns.
type Record struct{ Titles, Texts []string }

// Forms are the row as Markdown and as JSON; what says what it is of.
func (r Record) Forms(what string) []Form {
	return []Form{
		{"m", Copy{Text: r.Markdown(), What: what + " as Markdown"}},
		{"j", Copy{Text: r.JSON(), What: what + " as JSON"}},
	}
}

// Markdown is the row as a table of GitHub's kind, with its heading.
func (r Record) Markdown() string {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteByte('|')
		for _, c := range cells {
			c = strings.NewReplacer("|", `\|`, "\n", "<br>", "\r", "").Replace(c)
			b.WriteString(" " + c + " |")
		}
		b.WriteByte('\n')
	}
	rule := make([]string, len(r.Titles))
	for i := range rule {
		rule[i] = "---"
	}
	line(r.Titles)
	line(rule)
	line(r.Texts)
	return b.String()
}

// JSON is the row as an object with its columns in order. Values are the texts: what
// they are rounded to is what was seen.
func (r Record) JSON() string {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, title := range r.Titles {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quoted(title))
		b.WriteByte(':')
		b.Write(quoted(r.Texts[i]))
	}
	b.WriteByte('}')
	return b.String()
}

// quoted is a text in JSON, with the signs of HTML as they are.
func quoted(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil { // no text fails
		return []byte(`""`)
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
