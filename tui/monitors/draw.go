package monitors

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"benchside/plots"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	l := widget.Listing{Table: v.table, Cell: v.cell, Err: v.err, Nothing: v.nothing()}
	if w, below := v.monitor(), v.below(); w != nil && below > 0 {
		l.Room, l.Below = below, v.panel(w, width, below)
	}
	return l.Draw(width, height, v.theme)
}

// nothing says why there are no monitors and what makes some.
func (v *View) nothing() []string {
	switch {
	case v.reader == nil:
		return []string{"this store keeps no monitors: what is watched for drift would be here"}
	case !v.known:
		return []string{"reading"}
	}
	return []string{
		"nothing is watched: folders and experiments whose data are compared with a reference would be here",
		"benchside monitor add NAME --reference DATA --folder DIR adds one; benchside monitor watch compares what arrives",
	}
}

// sign is a verdict as a glyph and a word, so that it does not rest on colour.
func sign(r store.BatchResult, t *themes.Theme) widget.Cell {
	drifts, warns := "▲ ", "△ "
	if t.Glyphs.ASCII {
		drifts, warns = "^ ", "! "
	}
	switch r.Verdict {
	case "drift":
		return widget.Cell{Text: drifts + "drift", Style: t.Bad}
	case "warn":
		return widget.Cell{Text: warns + "some", Style: t.Warn}
	case "ok":
		return widget.Cell{Text: "  ok", Style: t.Good}
	case "":
		return widget.Cell{Text: "? " + sanitize.Line(string(r.State)), Style: t.Dim}
	}
	return widget.Cell{Text: "? " + sanitize.Line(r.Verdict), Style: t.Dim}
}

func (v *View) cell(i, col int) widget.Cell {
	t, w := v.theme, &v.all[i]
	last := store.BatchResult{Share: math.NaN()}
	if len(w.results) > 0 {
		last = w.results[0]
	}
	switch col {
	case name:
		return widget.Cell{Text: sanitize.Line(w.Name)}
	case verdict:
		switch {
		case w.Paused:
			return widget.Cell{Text: t.Glyphs.Paused + " paused", Style: t.Warn}
		case len(w.results) == 0:
			return widget.Cell{Text: "  no data", Style: t.Dim}
		}
		return sign(last, t)
	case share:
		return widget.Cell{Text: number(last.Share)}
	case alerts:
		open := len(w.open())
		if open == 0 {
			return widget.Cell{Text: "0", Style: t.Dim}
		}
		return widget.Cell{Text: t.Glyphs.Up + strconv.Itoa(open), Style: t.Bad}
	case trend:
		return widget.Cell{Text: plots.Spark(w.shares(), v.table.Shown(trend), t.Glyphs.ASCII), Style: t.Info}
	case until:
		return widget.Cell{Text: day(last.Batch.End), Style: t.Dim}
	case compared:
		return widget.Cell{Text: widget.Ago(last.At, v.now), Style: t.Dim}
	}
	return widget.Cell{Text: sanitize.Line(w.Arrives.String()), Style: t.Dim}
}

func day(at store.Time) string {
	if !at.Set() {
		return ""
	}
	return at.Time().UTC().Format("2006-01-02")
}

func number(share float64) string {
	if math.IsNaN(share) {
		return ""
	}
	return strconv.FormatFloat(share, 'f', 2, 64)
}

// shares are the shares of drifted columns, the oldest data first.
func (w *watched) shares() (out []float64) {
	for _, r := range slices.Backward(w.results) {
		if r.Verdict != "" {
			out = append(out, r.Share)
		}
	}
	return out
}

// panel is what the monitor under the cursor found: its open alerts first.
func (v *View) panel(w *watched, width, height int) []string {
	t := v.theme
	lines := []string{widget.Rule(width, t)}
	add := func(text string, style themes.Style) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Add(sanitize.Line(text), style).String())
	}
	add("against "+w.Reference.String(), t.Dim)
	for _, a := range w.alerts {
		text, style := fmt.Sprintf("%s %d %s: %s, %s", t.Glyphs.Up, a.ID, a.Rule, a.Says, a.Batch), t.Bad
		switch {
		case a.Resolved.Set():
			text, style = text+", ended "+widget.Ago(a.Resolved, v.now), t.Dim
		case a.Acknowledged.Set():
			text, style = strings.TrimSuffix(text+", known to "+a.By+": "+a.Comment, ": "), t.Warn
		default:
			text += ", fired " + widget.Ago(a.Fired, v.now)
		}
		if a.Open() || len(lines) < height/2 {
			add(text, style)
		}
	}
	for _, r := range w.results {
		c := sign(r, t)
		l := widget.NewLine(width, themes.Style{}, t.Glyphs).Pad(1).Cell(day(r.Batch.End), 11, false, t.Dim).Cell(c.Text, 12, false, c.Style)
		says := r.Says
		if r.State != store.BatchCompared && r.Verdict != "" {
			says = string(r.State) + ", not counted; " + says
		}
		if n := len(r.Schema); n > 0 {
			says = widget.Several(n, "difference") + " of the schema, as " + r.Schema[0] + "; " + says
		}
		lines = append(lines, l.Add(sanitize.Line(r.Batch.Name+"  "+says), themes.Style{}).String())
	}
	return lines[:min(len(lines), height)]
}
