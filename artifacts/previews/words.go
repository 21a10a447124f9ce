package previews

import (
	"fmt"
	"strconv"
	"strings"

	"benchside/sanitize"
)

// many writes a number of things, with its digits in threes.
func many(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return Grouped(n) + " " + thing
}

// Grouped writes a number with its digits in threes.
func Grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	head := len(s) % 3
	if n < 0 {
		return "-" + Grouped(-n)
	}
	parts := []string{}
	if head > 0 {
		parts = append(parts, s[:head])
	}
	for ; head < len(s); head += 3 {
		parts = append(parts, s[head:head+3])
	}
	return strings.Join(parts, ",")
}

func (t *Text) words() []string {
	if n, all := t.Lines.Known(); all {
		return []string{many(int64(n), "line")}
	}
	return nil
}

func (l *Log) words() []string {
	if l.Skipped > 0 {
		return []string{"the last " + many(int64(len(l.Tail.Lines())), "line")}
	}
	return []string{many(int64(len(l.Tail.Lines())), "line")}
}

func (t *Tree) words() []string { return []string{many(int64(len(t.Nodes)), "value")} }

func (t *Table) words() []string {
	out := []string{many(int64(len(t.Columns())), "column")}
	if n, whole := t.Count(); whole {
		out = append(out, many(n, "row"))
	}
	return out
}

func (a *Array) words() []string { return []string{a.Type, Shape(a.Shape)} }

// Shape writes the axes of an array as NumPy does.
func Shape(axes []int64) string {
	texts := make([]string, len(axes))
	for i, n := range axes {
		texts[i] = strconv.FormatInt(n, 10)
	}
	if len(texts) == 1 {
		return "(" + texts[0] + ",)"
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

func (a *Archive) words() []string { return []string{many(int64(len(a.Names())), "array")} }

func (p *Picture) words() []string {
	out := []string{fmt.Sprintf("%d × %d pixels", p.Width, p.Height)}
	if p.Frames > 1 {
		out = append(out, many(int64(p.Frames), "frame"))
	}
	return out
}

func (p *Page) words() []string {
	if p.Title == "" {
		return nil
	}
	return []string{strconv.Quote(p.Title)}
}

func (g *Figure) words() []string {
	out := []string{}
	if n := len(g.Charts); n > 0 {
		out = append(out, many(int64(n), "chart"))
	}
	if n := len(g.Tables); n > 0 {
		out = append(out, many(int64(n), "table"))
	}
	return out
}

func (m *ModelFile) words() []string {
	return []string{
		sanitize.Line(strings.Join(flavors(&m.Model), " and ")),
		many(int64(len(m.Inputs)), "input"), many(int64(len(m.Outputs)), "output"),
	}
}

func (d *PDF) words() []string {
	out := []string{}
	if d.Pages > 0 {
		out = append(out, many(int64(d.Pages), "page"))
	}
	if d.Producer != "" {
		out = append(out, "by "+d.Producer)
	}
	return out
}

func (h *Hex) words() []string { return nil }
