package model

import (
	"math"
	"slices"
	"strings"

	"benchside/compare"
	"benchside/plots"
	"benchside/plots/cell"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/widget"
)

// trended is the metric that is drawn over the versions: that under the column
// cursor, else the first.
func (v *View) trended() (string, bool) {
	shown := v.shown()
	if i := v.table.Col - fixed; i >= 0 && i < len(shown) && shown[i].Kind == store.MetricField {
		return shown[i].Key, true
	}
	for _, f := range v.fields {
		if f.Kind == store.MetricField {
			return f.Key, true
		}
	}
	return "", false
}

// values are a metric by version, the lowest first; NaN where a version has none.
func (v *View) values(key string) (numbers, values []float64) {
	for i := range slices.Backward(v.versions) {
		x, ok := v.metric(&v.versions[i], key)
		if !ok {
			x = math.NaN()
		}
		numbers, values = append(numbers, float64(v.versions[i].Version)), append(values, x)
	}
	return numbers, values
}

// drawTrend draws a metric over the versions as steps, and below it the stages that
// they are in.
func (v *View) drawTrend(width, height int) []string {
	t := v.theme
	line := func(text string) []string {
		return []string{widget.NewLine(width, themes.Style{}, t.Glyphs).Add("  "+text, t.Dim).String()}
	}
	key, ok := v.trended()
	switch {
	case len(v.versions) == 0:
		return nil // the table says why
	case v.runs.heads == nil && v.err == nil:
		return line("reading")
	case !ok:
		return line("no metric of the source runs is shown: o chooses one")
	}
	numbers, values := v.values(key)
	if !slices.ContainsFunc(values, func(x float64) bool { return !math.IsNaN(x) }) {
		return line("no source run of these versions has " + sanitize.Line(key) + ": o chooses another")
	}
	const least = 6
	if height < least {
		return line(sanitize.Line(key) + "  " + plots.Spark(values, min(width-30, 60), t.Glyphs.ASCII))
	}
	chart := &plots.Line{Title: sanitize.Line(key), X: plots.Axis{Title: "version", Whole: true}, Series: []plots.Series{steps(numbers, values)}}
	chart.Best = map[compare.Direction]plots.Best{compare.Higher: plots.Greatest, compare.Lower: plots.Least}[v.directions[key]]
	set, _ := cell.Named(t.Glyphs.Dots)
	f := plots.Frame{W: width, H: height - 1, Look: plots.LookOf(t)}
	f.DotsX, f.DotsY = set.Size()
	out := append([]string(nil), v.side.canvas.Lines(chart.Scene(f), set)...)
	area, xs, _ := chart.Scales(f)
	return append(out, v.bands(int(area.X0), int(area.X1), xs, width))
}

// half is how far a version's step reaches to both sides of its number.
const half = 0.5

// steps is a series in which each version is a step of its value, as wide as one.
func steps(numbers, values []float64) plots.Series {
	var x, y []float64
	for i, n := range numbers {
		if math.IsNaN(values[i]) || math.IsInf(values[i], 0) { // one mark, and a gap
			x, y = append(x, n), append(y, values[i])
			continue
		}
		x, y = append(x, n-half, n+half), append(y, values[i], values[i])
	}
	s := plots.NewSeries("versions", "", x, y)
	s.Facts = plots.Facts{NaNs: s.Facts.NaNs, Infs: s.Facts.Infs} // the rest is of the steps, not of what was logged
	return s
}

// bands names below the chart the stages of the versions, over their steps: those of
// neighbours alike once.
func (v *View) bands(from, to int, xs plots.Scale, width int) string {
	t := v.theme
	l := widget.NewLine(width, themes.Style{}, t.Glyphs)
	place := func(number float64) int { return min(max(int(math.Round(xs.At(number))), from), to) }
	const label = "stage"
	if from > len(label) {
		l.Add(label, t.Dim)
	}
	for i := len(v.versions) - 1; i >= 0; {
		last := i
		for last > 0 && v.versions[last-1].Stage == v.versions[i].Stage {
			last--
		}
		stage := v.versions[i].Stage
		start, end := place(float64(v.versions[i].Version)-half), place(float64(v.versions[last].Version)+half)
		if last > 0 {
			end = min(end, place(float64(v.versions[last-1].Version)-half))
		}
		if room := end - start - 1; room > 0 {
			word := widget.Cut(sanitize.Line(stage), room, "")
			l.Pad(start-(width-l.Left())).Add(word, v.stageStyle(stage)).Add(strings.Repeat(t.Glyphs.Rule, room-widget.Width(word)), v.stageStyle(stage))
		}
		i = last - 1
	}
	return l.String()
}
