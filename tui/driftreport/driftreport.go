// Package driftreport is the screen of a drift report: what it comes to, its columns,
// worst first, and one of them with all that is known of it. It judges nothing and
// computes no report.
package driftreport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	"benchside/drift"
	"benchside/drift/words"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Source reads the report that is shown.
type Source func(ctx context.Context) (drift.Report, error)

// View is the screen.
type View struct {
	source Source
	of     string // whose report it is, safe to show; "" if that is not known
	theme  *themes.Theme
	load   view.Loader

	report drift.Report
	known  bool
	err    error
	list
	inside *column // nil: the list of columns is shown
	model  quality
	w, h   int
	canvas *cell.Canvas // scratch of Draw
}

// New returns the screen of a report.
func New(source Source, of string, theme *themes.Theme) *View {
	v := &View{source: source, of: sanitize.Line(of), theme: theme, w: 80, h: 24, canvas: &cell.Canvas{}}
	v.field = widget.NewField("part of a name, a type or a verdict")
	return v
}

// Title implements view.View.
func (v *View) Title() string {
	if v.inside != nil {
		return "drift of " + widget.Cut(sanitize.Line(v.finding().Name), 24, v.theme.Glyphs.More)
	}
	if v.of != "" {
		return "drift " + widget.Cut(v.of, 32, v.theme.Glyphs.More)
	}
	return "drift report"
}

// Typing implements view.View.
func (v *View) Typing() bool { return v.typing }

// Status implements view.View: the score of the column under the cursor, whole.
func (v *View) Status() string {
	f := v.finding()
	switch {
	case v.load.Busy():
		return "reading"
	case f == nil:
		return ""
	case f.Test == nil || !f.Test.Score.Defined():
		return sanitize.Line(f.Name)
	}
	return sanitize.Line(f.Name) + "  " + whole(float64(f.Test.Score))
}

// whole is a number with all digits that it has, 17 at most.
func whole(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	if v.known {
		return nil
	}
	return v.read()
}

func (v *View) read() tea.Cmd { return view.Load(&v.load, v.source) }

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.w, v.h = m.Width, m.Height
		v.arrange()
		v.page(0)
	case view.Refresh:
		return v.read()
	case view.Loaded[drift.Report]:
		if m.Of(&v.load) {
			return v.take(m)
		}
	case view.Wheel:
		if v.inside != nil {
			v.scroll(m.Rows)
			return nil
		}
		if v.model.shown {
			v.page(m.Rows)
			return nil
		}
		v.table.Scroll(m.Rows)
		v.settle(1)
	case view.Click:
		return v.click(m)
	case tea.KeyPressMsg, tea.PasteMsg:
		if v.typing && v.field.Update(msg) {
			v.arrange()
		}
	}
	return nil
}

// take shows a report that was read; the cursor stays on its column. A run without a
// report leaves the user where they asked for it.
func (v *View) take(m view.Loaded[drift.Report]) tea.Cmd {
	if errors.Is(m.Err, context.Canceled) {
		return nil
	}
	if m.Err != nil && !v.known && (errors.Is(m.Err, fs.ErrNotExist) || errors.Is(m.Err, artifacts.ErrNone)) {
		return view.Send(view.Withdraw{View: v, Why: "the run has no drift report: drift/report.json, or one of Evidently's, among its artifacts"})
	}
	if several := new(previews.SeveralReports); !v.known && errors.As(m.Err, &several) {
		return view.Send(view.Withdraw{View: v, Why: fmt.Sprintf("the run has %d drift reports: open one of them among its artifacts (4)", len(several.Paths))})
	}
	if v.err = m.Err; m.Err != nil {
		v.arrange()
		return nil
	}
	name := ""
	if f := v.finding(); f != nil {
		name = f.Name
	}
	v.report, v.known, v.rows = m.Value, true, nil // the rows are places in the report before
	v.assess()
	v.arrange()
	v.put(name)
	if v.inside != nil && (v.finding() == nil || v.finding().Name != name) {
		v.inside = nil // it is not in the report any more
	}
	return nil
}

// finding is the column under the cursor, nil if there is none.
func (v *View) finding() *drift.Finding {
	if v.table.Cursor >= len(v.rows) || v.rows[v.table.Cursor] < 0 {
		return nil
	}
	return &v.report.Features[v.rows[v.table.Cursor]]
}

func (v *View) click(m view.Click) tea.Cmd {
	if v.inside != nil || v.model.shown {
		return nil
	}
	row, _ := v.table.At(m.X, m.Y-len(v.top(v.w))-1)
	if row < 0 {
		return nil
	}
	v.table.To(row)
	v.settle(1)
	if m.Double {
		return v.enter()
	}
	return nil
}

// style is that of a status, which a mark and a word say, too.
func (v *View) style(s drift.Status) themes.Style {
	t := v.theme
	return map[drift.Status]themes.Style{
		drift.Drifted: t.Bad, drift.Possible: t.Warn, drift.OK: t.Good, drift.Undefined: t.Warn, drift.Skipped: t.Dim,
	}[s]
}

// verdictStyle is that of the verdict on all columns.
func (v *View) verdictStyle() themes.Style {
	t := v.theme
	return cmp.Or(map[string]themes.Style{
		drift.VerdictDrift: t.Bad, drift.VerdictWarn: t.Warn, drift.VerdictOK: t.Good,
	}[v.report.Verdict.Status], t.Warn)
}

// plain is a text of words for a terminal without their signs.
func (v *View) plain(s string) string {
	if !v.theme.Glyphs.ASCII {
		return s
	}
	return ascii.Replace(s)
}

// counted says how many columns are shown.
func (v *View) counted() string {
	shown := 0
	for _, r := range v.rows {
		if r >= 0 {
			shown++
		}
	}
	if all := len(v.report.Features); shown < all {
		return fmt.Sprintf("%d of %s", shown, widget.Several(all, "column"))
	}
	return widget.Several(shown, "column")
}

// copied asks for a text on the clipboard.
func copied(text, what string) tea.Cmd { return view.Send(view.Copy{Text: text, What: what}) }

// headline is what stands over a column.
func (v *View) headline(f drift.Finding) string { return v.plain(words.Headline(f)) }
