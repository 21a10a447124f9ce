package cmd

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"benchside/sanitize"
)

// form is how an answer is printed; the zero value is the plain table.
type form struct{ json, csv, md bool }

func (s *session) formFlags(c *cobra.Command) *cobra.Command {
	f := c.Flags()
	f.BoolVar(&s.form.json, "json", false, "print JSON")
	f.BoolVar(&s.form.csv, "csv", false, "print CSV")
	f.BoolVar(&s.form.md, "md", false, "print a Markdown table")
	c.MarkFlagsMutuallyExclusive("json", "csv", "md")
	return c
}

// number is a metric's value in JSON: NaN and the infinities are texts.
type number float64

func (n number) String() string {
	switch v := float64(n); {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	default:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
}

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if v := float64(n); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte(`"` + n.String() + `"`), nil
	}
	return json.Marshal(float64(n))
}

func (s *session) printJSON(v any) error {
	w := bufio.NewWriter(s.out)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	return w.Flush()
}

// table is an answer of rows.
type table struct {
	heads []string
	right map[int]bool // columns of numbers
	rows  [][]string
}

// print writes the table in the form that was asked for; values are cut in the
// plain one only.
func (t table) print(w io.Writer, f form) error {
	switch {
	case f.csv:
		out := csv.NewWriter(w)
		if err := out.Write(t.heads); err != nil {
			return err
		}
		if err := out.WriteAll(t.rows); err != nil {
			return err
		}
		return out.Error()
	case f.md:
		return t.markdown(w)
	}
	return t.plain(w)
}

func (t table) markdown(w io.Writer) error {
	clean := strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ")
	b := bufio.NewWriter(w)
	line := func(cells []string) {
		for _, c := range cells {
			fmt.Fprintf(b, "| %s ", sanitize.Line(clean.Replace(c)))
		}
		b.WriteString("|\n")
	}
	line(t.heads)
	for i := range t.heads {
		b.WriteString(map[bool]string{true: "|---:", false: "|---"}[t.right[i]])
	}
	b.WriteString("|\n")
	for _, r := range t.rows {
		line(r)
	}
	return b.Flush()
}

func (t table) plain(w io.Writer) error {
	const widest = 48
	widths := make([]int, len(t.heads))
	cells := func(row []string) []string {
		out := make([]string, len(row))
		for i, c := range row {
			out[i] = ansi.Truncate(sanitize.Line(c), widest, "…")
			widths[i] = max(widths[i], ansi.StringWidth(out[i]))
		}
		return out
	}
	lines := [][]string{cells(t.heads)}
	for _, r := range t.rows {
		lines = append(lines, cells(r))
	}
	b := bufio.NewWriter(w)
	for _, l := range lines {
		text := ""
		for i, c := range l {
			pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(c))
			if t.right[i] {
				c, pad = pad+c, ""
			}
			text += c + pad + "  "
		}
		fmt.Fprintln(b, strings.TrimRight(text, " "))
	}
	return b.Flush()
}
