package plotly

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"benchside/plots"
)

const figs = "../../testdata/lab/mlruns/4/55da5886cf9548088392a7bee2a0f4ab/artifacts/figs/"

func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(figs + name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// figure reads traces without a layout.
func figure(t *testing.T, traces, layout string) Figure {
	t.Helper()
	f, err := JSON(t.Context(), []byte(`{"data":`+traces+`,"layout":`+layout+`}`))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func only[T plots.Chart](t *testing.T, f Figure) T {
	t.Helper()
	if len(f.Charts) != 1 {
		t.Fatalf("got %d charts and the notes %q, not one", len(f.Charts), f.Notes)
	}
	c, ok := f.Charts[0].Chart.(T)
	if !ok {
		t.Fatalf("got a %T", f.Charts[0].Chart)
	}
	return c
}

func TestTheLabsFigures(t *testing.T) {
	for name, parse := range map[string]func(context.Context, []byte) (Figure, error){"interactive.json": JSON, "interactive.html": HTML} {
		f, err := parse(t.Context(), read(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f.Title != "plotly figure" {
			t.Errorf("%s: got the title %q", name, f.Title)
		}
		line, ok := f.Charts[0].Chart.(*plots.Line)
		if !ok || line.X.Title != "t" || line.Y.Title != "v" || line.Series[0].Name != "sin" || len(line.Series[0].X) != 50 || math.Abs(line.Series[0].Y[1]-math.Sin(0.2)) > 1e-12 {
			t.Errorf("%s: got %+v", name, f.Charts)
		}
		t.Logf("%s: %d charts, notes %q", name, len(f.Charts), f.Notes)
	}
	f, err := JSON(t.Context(), read(t, "heatmap.json"))
	if err != nil {
		t.Fatal(err)
	}
	h := only[*plots.Heatmap](t, f)
	// Plotly draws the first row at the bottom, we at the top.
	if !slices.Equal(h.Cols, []string{"a", "b", "c"}) || !slices.Equal(h.Rows, []string{"z", "y", "x"}) || !slices.Equal(h.Values, []float64{7, 8, 9, 4, 5, 6, 1, 2, 3}) {
		t.Errorf("got %+v", h)
	}
}

func TestTracesAsCharts(t *testing.T) {
	line := only[*plots.Line](t, figure(t, `[{"y":[1,null,3]},{"name":"b<b>c</b>","mode":"lines+markers","x":[2,1],"y":[5,6]}]`, `{"title":"T<br>U"}`))
	if line.Title != "T U" || len(line.Series) != 2 || line.Series[1].Name != "bc" || !slices.Equal(line.Series[1].Y, []float64{6, 5}) || line.Series[0].Facts.NaNs != 1 {
		t.Errorf("lines: got %+v", line)
	}
	spots := only[*plots.Scatter](t, figure(t, `[{"mode":"markers","x":[1],"y":[2]},{"mode":"markers","x":[3],"y":[4]}]`, `{}`))
	if want := []plots.Spot{{Name: "trace 0", X: 1, Y: 2}, {Name: "trace 1", X: 3, Y: 4, Slot: 1}}; !slices.Equal(spots.Spots, want) {
		t.Errorf("markers: got %+v", spots.Spots)
	}
	bars := only[*plots.Bars](t, figure(t, `[{"type":"bar","x":["a","b"],"y":[1,2],"name":"n"},{"type":"bar","orientation":"h","y":["a"],"x":[3]}]`, `{}`))
	if want := []plots.Bar{{Name: "a · n", Value: 1}, {Name: "b · n", Value: 2}, {Name: "a", Value: 3, Slot: 1}}; !slices.Equal(bars.Bars, want) {
		t.Errorf("bars: got %+v", bars.Bars)
	}
	histogram := only[*plots.Histogram](t, figure(t, `[{"type":"histogram","x":[1,2,2]}]`, `{"xaxis":{"title":{"text":"age"}}}`))
	if histogram.X.Title != "age" || !slices.Equal(histogram.Values, []float64{1, 2, 2}) {
		t.Errorf("histogram: got %+v", histogram)
	}
	counts := only[*plots.Bars](t, figure(t, `[{"type":"histogram","x":["a","b","a"]}]`, `{}`))
	if want := []plots.Bar{{Name: "a", Value: 2}, {Name: "b", Value: 1}}; !slices.Equal(counts.Bars, want) {
		t.Errorf("histogram of names: got %+v", counts.Bars)
	}
	contour := only[*plots.Contour](t, figure(t, `[{"type":"contour","z":[[1,2],[3,4]],"x":[10,20]}]`, `{}`))
	if want := []plots.Height{{X: 10, Y: 0, Z: 1}, {X: 20, Y: 0, Z: 2}, {X: 10, Y: 1, Z: 3}, {X: 20, Y: 1, Z: 4}}; !slices.Equal(contour.Heights, want) {
		t.Errorf("contour: got %+v", contour.Heights)
	}
	boxes := only[*plots.Boxes](t, figure(t, `[{"type":"violin","x":["a","b","a"],"y":[1,2,3]},{"type":"violin","name":"v","y":[4]}]`, `{}`))
	if len(boxes.Samples) != 3 || !boxes.Violin || boxes.Samples[0].Name != "a" || !slices.Equal(boxes.Samples[0].Values, []float64{1, 3}) || boxes.Samples[2].Name != "v" {
		t.Errorf("violins: got %+v", boxes.Samples)
	}
	parallel := only[*plots.Parallel](t, figure(t, `[{"type":"parcoords","dimensions":[{"label":"lr","values":[1,2],"constraintrange":[1,1.5]},{"label":"kind","values":["x","y"]}]}]`, `{}`))
	if len(parallel.Paths) != 2 || !slices.Equal(parallel.Paths[1].Values, []float64{2, 1}) || !slices.Equal(parallel.Dimensions[1].Words, []string{"x", "y"}) || parallel.Kept(parallel.Paths[1]) {
		t.Errorf("parallel coordinates: got %+v", parallel)
	}
	pie := only[*plots.Bars](t, figure(t, `[{"type":"pie","labels":["a","b"],"values":[1,2]}]`, `{}`))
	if want := []plots.Bar{{Name: "a", Value: 1}, {Name: "b", Value: 2}}; !slices.Equal(pie.Bars, want) {
		t.Errorf("pie: got %+v", pie.Bars)
	}
	tables := figure(t, `[{"type":"table","header":{"values":["<b>n</b>",["v"]]},"cells":{"values":[["a","b"],[1,null]]}}]`, `{}`).Tables
	if got := fmt.Sprint(tables); got != "[{[n v] [[a 1] [b <nil>]]}]" {
		t.Errorf("table: got %s", got)
	}
}

func TestTypedArraysOfPlotly6(t *testing.T) {
	// numpy: base64.b64encode(np.array([...], dtype).tobytes())
	for name, c := range map[string]struct {
		array string
		want  []float64
	}{
		"i1": {`{"dtype":"i1","bdata":"/wE="}`, []float64{-1, 1}},
		"u2": {`{"dtype":"u2","bdata":"AQD//w=="}`, []float64{1, 65535}},
		"i4": {`{"dtype":"i4","bdata":"/////w=="}`, []float64{-1}},
		"f4": {`{"dtype":"f4","bdata":"AADAPw=="}`, []float64{1.5}},
		"f8": {`{"dtype":"f8","bdata":"AAAAAAAA+D8AAAAAAAAAwA=="}`, []float64{1.5, -2}},
	} {
		c2 := only[*plots.Line](t, figure(t, `[{"y":`+c.array+`}]`, `{}`))
		if !slices.Equal(c2.Series[0].Y, c.want) {
			t.Errorf("%s: got %v, want %v", name, c2.Series[0].Y, c.want)
		}
	}
	h := only[*plots.Heatmap](t, figure(t, `[{"type":"heatmap","z":{"dtype":"i1","bdata":"AQIDBAUG","shape":"2, 3"}}]`, `{"yaxis":{"autorange":"reversed"}}`))
	if !slices.Equal(h.Values, []float64{1, 2, 3, 4, 5, 6}) || len(h.Cols) != 3 || !slices.Equal(h.Rows, []string{"0", "1"}) {
		t.Errorf("a grid: got %+v", h)
	}
}

func TestAxesOfALayout(t *testing.T) {
	f := figure(t, `[{"x":["2026-01-01","2026-01-02T12:00:00"],"y":[1,10]},{"x":[1],"y":[1],"xaxis":"x2","yaxis":"y2"}]`,
		`{"xaxis":{"range":["2026-01-01","2026-01-03"]},"yaxis":{"type":"log","range":[0,2]},"xaxis2":{"title":"second"}}`)
	if len(f.Charts) != 2 {
		t.Fatalf("got %d charts, want one for each pair of axes", len(f.Charts))
	}
	line := f.Charts[0].Chart.(*plots.Line)
	view := f.Charts[0].View
	if line.X.Unit != plots.Moment || line.Series[0].X[1] != 1767355200000 || !view.LogY || view.LogX || view.Y != (plots.Range{From: 1, To: 100}) || view.X != (plots.Range{From: 1767225600000, To: 1767398400000}) {
		t.Errorf("got %+v in %+v", line, view)
	}
	if got := f.Charts[1].Chart.(*plots.Line).X.Title; got != "second" {
		t.Errorf("the second x is called %q", got)
	}
}

func TestWhatIsNotDrawnIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ traces, layout, says string }{
		"other kinds":      {`[{"type":"scatter3d"}]`, `{}`, "scatter3d is not drawn"},
		"hidden":           {`[{"visible":"legendonly","y":[1]}]`, `{}`, "hidden traces"},
		"fill":             {`[{"fill":"tonexty","y":[1]}]`, `{}`, "filled areas"},
		"stacks":           {`[{"type":"bar","y":[1]},{"type":"bar","y":[1]}]`, `{"barmode":"stack"}`, "stacked"},
		"a curve":          {`[{"x":[1,0],"y":[1,2]}]`, `{}`, "goes back in x"},
		"names as numbers": {`[{"x":["a","b"],"y":[1,2]}]`, `{}`, "names of x are numbered"},
		"menus":            {`[]`, `{"updatemenus":[{}]}`, "buttons"},
		"an escape":        {`[{"type":"a\u001b[2J"}]`, `{}`, "a␛[2J is not drawn"},
		"no values":        {`[{"type":"heatmap"}]`, `{}`, "without values"},
		"a wide grid":      {`[{"type":"heatmap","z":[` + strings.Repeat("[],", 6000) + `[1]]}]`, `{}`, "6001 by 1"},
	} {
		if f := figure(t, c.traces, c.layout); !strings.Contains(strings.Join(f.Notes, "|"), c.says) {
			t.Errorf("%s: the notes %q do not say %q", name, f.Notes, c.says)
		}
	}
}

func TestFiguresOfPages(t *testing.T) {
	page := `<script>/* plotly.js */ var a = "Plotly.newPlot("; f(Plotly.newPlot(b,c))</script>
	<script>Plotly.newPlot( "one", [{"y":[1]}], {"title":"A"}, {})</script>
	<script>Plotly.newPlot(document.getElementById('x'), [{"type":"bar","y":[2]}], layout)</script>`
	f, err := HTML(t.Context(), []byte(page))
	if err != nil || f.Title != "A" || len(f.Charts) != 2 {
		t.Errorf("got %+v, %v", f, err)
	}
	for name, text := range map[string]string{
		"nothing":       "",
		"a page":        "<html></html>",
		"no arguments":  "Plotly.newPlot(",
		"an expression": "Plotly.newPlot(a, data, layout)",
	} {
		if _, err := HTML(t.Context(), []byte(text)); !errors.Is(err, ErrFigure) {
			t.Errorf("%s: got %v, want %v", name, err, ErrFigure)
		}
	}
	for name, text := range map[string]string{"nothing": "", "a list": "[]", "other JSON": `{"a":1}`, "data of another type": `{"data":{}}`} {
		if _, err := JSON(t.Context(), []byte(text)); !errors.Is(err, ErrFigure) {
			t.Errorf("%s: got %v, want %v", name, err, ErrFigure)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := JSON(ctx, []byte(`{"data":[{"y":[1]}]}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func FuzzPlotly(f *testing.F) {
	for _, name := range []string{"interactive.json", "heatmap.json", "interactive.html"} {
		f.Add(read(f, name))
	}
	f.Add([]byte(`{"data":[{"type":"bar","x":["a"],"y":{"dtype":"f4","bdata":"AADAPw=="}},{"type":"box","y":[1],"x":["b"]},{"type":"pie","labels":["a"],"values":[1]},{"type":"parcoords","dimensions":[{"label":"a","values":["b"]}]}],"layout":{"yaxis":{"type":"log","range":[0,1]}}}`))
	f.Add([]byte(`{"data":[{"type":"contour","z":[[1,2],[3]]},{"type":"table","header":{"values":["a"]},"cells":{"values":[["b"],[1]]}},{"type":"histogram","x":["2026-01-01"]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		figure, err := JSON(t.Context(), data)
		if err != nil {
			figure, err = HTML(t.Context(), data)
		}
		if err != nil {
			if !errors.Is(err, ErrFigure) {
				t.Fatal(err)
			}
			return
		}
		for _, c := range figure.Charts {
			frame := plots.Frame{W: 40, H: 12, DotsX: 2, DotsY: 4, View: c.View}
			if s := c.Chart.Scene(frame); s.W != 40 || s.H != 12 {
				t.Errorf("got %d by %d", s.W, s.H)
			}
			c.Chart.Table()
		}
	})
}
