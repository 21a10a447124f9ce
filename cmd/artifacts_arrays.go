package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"benchside/artifacts/arrays"
	"benchside/artifacts/previews"
	"benchside/artifacts/tally"
)

const (
	mostAcross = 10   // columns of an array that are shown
	mostWide   = 1000 // the same as JSON
	usualPart  = 5    // rows of each array of an archive, if nobody asks for more
)

// array prints a summary and the beginning of an array.
func (s *shower) array(ctx context.Context, a *previews.Array) error {
	if a.Count > 1 && a.Bytes <= mostSummed {
		sum, err := a.Summarise(ctx, nil)
		if err != nil {
			return err
		}
		if words := figuresOf(a.Type, sum); words[0] != "" {
			line := fmt.Sprintf("min %s, max %s, mean %s", words[0], words[1], words[2])
			if !math.IsNaN(sum.SD) && !strings.HasPrefix(a.Type, "datetime64") {
				line += ", sd " + short(sum.SD)
			}
			if strings.HasPrefix(a.Type, "complex") {
				line = "absolute values: " + line
			}
			s.line("%s", line)
		}
		if odd := oddNumbers(sum); odd != "" {
			s.line("%s", odd)
		}
	}
	return s.window(ctx, a, s.limit())
}

// oddNumbers counts what is no finite number, "" if there is nothing.
func oddNumbers(sum tally.Summary) string {
	var parts []string
	for _, one := range []struct {
		name  string
		count int64
	}{{"NaN", sum.NaN}, {"Infinity", sum.PosInf}, {"-Infinity", sum.NegInf}, {"NaT", sum.Missing}} {
		if one.count > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", one.name, one.count))
		}
	}
	return strings.Join(parts, ", ")
}

// firstRows reads the first rows of the first plane of an array, up to so many
// columns wide.
func firstRows(ctx context.Context, a *previews.Array, most, across int) (rows [][]arrays.Value, higher, wider bool, err error) {
	if a.Count == 0 {
		return nil, false, false, nil
	}
	view := a.View()
	rows, err = a.Window(ctx, view, 0, 0, min(most, arrays.MostWindow/across), across)
	if err != nil {
		return nil, false, false, err
	}
	high, wide, err := a.Size(view)
	return rows, high > int64(len(rows)), wide > int64(across), err
}

// window prints the first rows of an array.
func (s *shower) window(ctx context.Context, a *previews.Array, most int) error {
	rows, higher, wider, err := firstRows(ctx, a, most, mostAcross)
	if err != nil {
		return err
	}
	if len(a.Shape) > 2 && len(rows) > 0 {
		s.line("the first plane of the last two axes")
	}
	for _, row := range rows {
		texts := make([]string, len(row))
		for i, v := range row {
			texts[i] = fmt.Sprintf("%12s", v.Text)
		}
		line := strings.Join(texts, "  ")
		if len(row) == 1 {
			line = row[0].Text
		}
		if wider {
			line += "  …"
		}
		s.line("%s", line)
	}
	s.more(higher)
	return nil
}

// archive prints a row for each array, then the beginning of each.
func (s *shower) archive(ctx context.Context, a *previews.Archive) error {
	t := newTable(s.out, plain, s.screenWidth(), column{head: "array"}, column{head: "dtype", whole: true}, column{head: "shape", whole: true},
		column{head: "elements", right: true}, column{head: "min", right: true}, column{head: "max", right: true}, column{head: "mean", right: true},
		column{head: "besides"})
	var all []*previews.Array
	left := int64(mostSummed)
	for i, name := range a.Names()[:min(len(a.Names()), s.limit())] {
		one, err := a.Preview(i)
		if err != nil {
			all = append(all, nil)
			if err := t.row(texts(name, "?", "", "", "", "", "", err.Error())...); err != nil {
				return err
			}
			continue
		}
		all = append(all, one)
		cells := []cell{text(name), text(one.Type), text(previews.Shape(one.Shape)), text(fmt.Sprint(one.Count))}
		if left -= one.Bytes; left < 0 {
			cells = append(cells, texts("", "", "", "too big to be summed up here")...)
		} else {
			sum, err := one.Summarise(ctx, nil)
			if err != nil {
				return fmt.Errorf("array %s: %w", name, err)
			}
			cells = append(cells, texts(append(figuresOf(one.Type, sum), oddNumbers(sum))...)...)
		}
		if err := t.row(cells...); err != nil {
			return err
		}
	}
	if err := t.end(); err != nil {
		return err
	}
	s.more(len(a.Names()) > s.limit())
	return s.parts(ctx, a.Names(), all)
}

// parts prints the beginning of each array, if it could be opened.
func (s *shower) parts(ctx context.Context, names []string, all []*previews.Array) error {
	most := usualPart
	if s.f.asked {
		most = s.limit()
	}
	for i, one := range all {
		if one == nil || one.Count == 0 {
			continue
		}
		s.raw("")
		s.line("%s:", names[i])
		if err := s.window(ctx, one, most); err != nil {
			return fmt.Errorf("array %s: %w", names[i], err)
		}
	}
	return nil
}

// headOfArray are the first rows of an array for programs.
func headOfArray(ctx context.Context, a *previews.Array, n int) ([]any, error) {
	rows, _, _, err := firstRows(ctx, a, n, mostWide)
	out := []any{}
	for _, row := range rows {
		cells := make([]any, len(row))
		for i, v := range row {
			cells[i] = elementJSON(a.Type, v)
		}
		out = append(out, cells)
	}
	return out, err
}

// elementJSON is an element with the type that JSON has for it; what it has none
// for is a text, and NaT is null.
func elementJSON(dtype string, v arrays.Value) any {
	switch {
	case v.Text == "NaT":
		return nil
	case dtype == "bool":
		return v.Number != 0
	case strings.HasPrefix(dtype, "float") && (math.IsNaN(v.Number) || math.IsInf(v.Number, 0)):
		return number(v.Number)
	case strings.HasPrefix(dtype, "float"), strings.HasPrefix(dtype, "int"), strings.HasPrefix(dtype, "uint"):
		return json.Number(v.Text)
	}
	return v.Text
}

// figuresOf are the least, the greatest and the mean of an array as they are
// written for people; nothing of what has no numbers.
func figuresOf(dtype string, sum tally.Summary) []string {
	switch {
	case sum.Numbers == 0, dtype == "datetime64[Y]", dtype == "datetime64[M]": // those count in their units
		return []string{"", "", ""}
	case strings.HasPrefix(dtype, "datetime64"):
		return []string{momentOf(sum.Min), momentOf(sum.Max), momentOf(sum.Mean)}
	}
	return []string{short(sum.Min), short(sum.Max), short(sum.Mean)}
}

// headOfArchive are the first rows of each array.
func headOfArchive(ctx context.Context, a *previews.Archive, n int) ([]any, error) {
	type part struct {
		Name  string  `json:"name"`
		Head  []any   `json:"head"`
		Error *string `json:"error,omitempty"`
	}
	var out []any
	left := arrays.MostWindow / mostWide // rows
	for i, name := range a.Names()[:min(len(a.Names()), previews.MostArrays)] {
		p := part{Name: name, Head: []any{}}
		one, err := a.Preview(i)
		if err == nil {
			p.Head, err = headOfArray(ctx, one, min(n, left))
			left -= len(p.Head)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			p.Error = orNull(err.Error())
		}
		out = append(out, p)
	}
	return out, nil
}
