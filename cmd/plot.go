package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"benchside/curves"
	"benchside/plots"
	plotcell "benchside/plots/cell"
	plainchart "benchside/plots/plain"
	"benchside/plots/raster"
	"benchside/plots/svg"
	"benchside/sanitize"
	"benchside/store"
)

// plotFlags say what is drawn, and how.
type plotFlags struct {
	metric, x, svg, png, size, best, dots string
	smooth                                float64
	logX, logY, symY, ascii, light        bool
	outliers                              bool
}

// axes are the values of --x.
var axes = map[string]struct {
	by   curves.Across
	axis plots.Axis
}{
	"step":     {curves.Steps, plots.Axis{Title: "step"}},
	"time":     {curves.Clock, plots.Axis{Title: "UTC", Unit: plots.Moment}},
	"relative": {curves.Elapsed, plots.Axis{Title: "time", Unit: plots.Duration}},
}

// mostPlotted bounds the runs of one plot.
const mostPlotted = 200

func (s *session) plot() *cobra.Command {
	var f plotFlags
	c := s.leaf(&cobra.Command{
		Use: "plot RUN…", Short: "Draw a metric of runs as text, or into an SVG file",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > mostPlotted {
				return usage("plot takes from 1 to %d runs: ids, starts of ids or names", mostPlotted)
			}
			return nil
		},
	}, func(ctx context.Context, args []string) error { return s.drawPlot(ctx, args, f) })
	p := c.Flags()
	p.StringVar(&f.metric, "metric", "", "the metric `KEY` to draw")
	p.StringVar(&f.x, "x", "step", "step, time or relative (to the first point of the run)")
	p.Float64Var(&f.smooth, "smooth", 0, "weight of the past of a moving average, from 0 to below 1")
	p.StringVar(&f.best, "best", "", "mark the best point of each run: min or max")
	p.BoolVar(&f.symY, "symlog-y", false, "y logarithmic on both sides of 0, for numbers of both signs")
	p.BoolVar(&f.outliers, "ignore-outliers", false, "fit y to the values between the 2nd and the 98th percentile")
	f.addLook(p)
	s.forms.add(c)
	c.AddCommand(s.plotKinds()...)
	return c
}

// addLook adds the flags of how a chart looks.
func (f *plotFlags) addLook(p *pflag.FlagSet) {
	p.BoolVar(&f.logX, "log-x", false, "logarithmic x")
	p.BoolVar(&f.logY, "log-y", false, "logarithmic y")
	p.StringVar(&f.svg, "svg", "", "write an SVG picture into `FILE`")
	p.StringVar(&f.png, "png", "", "write a PNG picture into `FILE`")
	p.StringVar(&f.size, "size", "", "columns and rows, such as 100x30; those of the terminal by default")
	p.BoolVar(&f.ascii, "ascii", false, "draw with ASCII only")
	p.StringVar(&f.dots, "dots", "", "braille, octant, sextant, quadrant, half or ascii")
	p.BoolVar(&f.light, "light", false, "for a light background")
}

func (s *session) drawPlot(ctx context.Context, names []string, f plotFlags) error {
	frame, err := s.frameOf(f)
	if err != nil {
		return err
	}
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	var runs []store.Run
	for _, name := range names {
		r, err := oneRun(ctx, st, name)
		if err != nil {
			return err
		}
		if _, ok := r.Metrics[f.metric]; !ok {
			return fmt.Errorf("metric %s of run %s: %w; benchside metrics list %s names those that there are", f.metric, name, store.ErrNotFound, name)
		}
		runs = append(runs, r)
	}
	line, err := s.lineOf(ctx, st, runs, f)
	if err != nil {
		return err
	}
	if s.form != plain {
		return s.plotTable(runs, line, f)
	}
	return s.drawChart(line, frame, f)
}

// drawChart draws a chart into the files that were asked for, else as text.
func (s *session) drawChart(c plots.Chart, frame plots.Frame, f plotFlags) error {
	if f.svg != "" || f.png != "" {
		frame.DotsX, frame.DotsY = svg.CellW, svg.CellH
		frame.Look = plots.Look{Dark: !f.light, Depth: plots.Ansi256}
		picture := c.Scene(frame)
		if f.png != "" {
			content, err := raster.PNG(picture, !f.light)
			if err != nil {
				return err
			}
			if err := writeNew(f.png, string(content)); err != nil || f.svg == "" {
				return err
			}
		}
		return writeNew(f.svg, svg.Draw(picture, !f.light))
	}
	set, err := plotcell.Named(f.dots)
	if err != nil {
		return usage("--dots: %s", err)
	}
	if f.ascii || f.dots == "" && s.poor() {
		set, frame.Look.ASCII = plotcell.ASCII, true
	}
	if l, ok := c.(*plots.Line); ok && set == plotcell.ASCII {
		return s.drawPlain(l, frame)
	}
	frame.DotsX, frame.DotsY = set.Size()
	out, terminal := s.out.(*os.File)
	terminal = terminal && term.IsTerminal(out.Fd())
	for _, row := range new(plotcell.Canvas).Lines(c.Scene(frame), set) {
		if !terminal {
			row = ansi.Strip(row)
		}
		if _, err := fmt.Fprintln(s.out, strings.TrimRight(row, " ")); err != nil {
			return err
		}
	}
	return nil
}

// poor reports whether the output is a terminal that shows ASCII alone.
func (s *session) poor() bool {
	out, ok := s.out.(*os.File)
	if !ok || !term.IsTerminal(out.Fd()) {
		return false
	}
	locale := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG"))
	utf8 := strings.Contains(strings.ToUpper(strings.ReplaceAll(locale, "-", "")), "UTF8")
	return os.Getenv("TERM") == "dumb" || locale != "" && !utf8
}

// plainRows and plainCols are the rows and columns of a plain chart that are not of its data: a
// head, the axes and a legend.
const (
	plainRows = 4
	plainCols = 10
)

// drawPlain draws a line chart as ASCII text.
func (s *session) drawPlain(l *plots.Line, frame plots.Frame) error {
	rows := max(frame.H-plainRows, 2)
	c := l.Columns(frame, max(frame.W-plainCols, 2), rows)
	head := c.Title
	if c.Note != "" {
		head += "   " + c.Note
	}
	if l.X.Title != "" {
		head += "   over " + l.X.Title
	}
	for _, row := range (plainchart.Chart{Head: head, Names: c.Names, Values: c.Values, Rows: rows, X: c.X, Y: c.Y}).Lines() {
		if _, err := fmt.Fprintln(s.out, strings.TrimRight(row, " ")); err != nil {
			return err
		}
	}
	return nil
}

// frameOf is the frame that the flags ask for.
func (s *session) frameOf(f plotFlags) (plots.Frame, error) {
	frame, err := s.frameSize(f)
	if err != nil {
		return frame, err
	}
	if f.logY && f.symY {
		return frame, usage("--log-y and --symlog-y: choose one of them")
	}
	if f.metric == "" {
		return frame, usage("plot needs --metric KEY; benchside metrics list RUN names the keys")
	}
	if _, ok := axes[f.x]; !ok {
		return frame, usage("--x %s: there are step, time and relative", f.x)
	}
	if f.smooth > 0 && s.form != plain {
		return frame, usage("--smooth is for pictures: data are printed as they were logged")
	}
	if !(f.smooth >= 0 && f.smooth < 1) {
		return frame, usage("--smooth %g: a weight from 0 to below 1", f.smooth)
	}
	if f.best != "" && f.best != "min" && f.best != "max" {
		return frame, usage("--best %s: min or max", f.best)
	}
	return frame, nil
}

// frameSize is the room and the look of a chart.
func (s *session) frameSize(f plotFlags) (plots.Frame, error) {
	var frame plots.Frame
	frame.W, frame.H = 80, 24
	if w := s.screenWidth(); w > 0 {
		frame.W = min(max(w, 20), 300)
	}
	if f.size != "" {
		if n, err := fmt.Sscanf(f.size, "%dx%d", &frame.W, &frame.H); n != 2 || err != nil || frame.W < 10 || frame.H < 4 || frame.W > 1000 || frame.H > 1000 {
			return frame, usage("--size %s: columns x rows, such as 100x30, from 10x4 to 1000x1000", f.size)
		}
	}
	frame.View = plots.View{LogX: f.logX, LogY: f.logY, SymY: f.symY, NoOutliers: f.outliers}
	frame.Look = plots.Look{Dark: !f.light, ASCII: f.ascii}
	if out, ok := s.out.(*os.File); ok && term.IsTerminal(out.Fd()) && os.Getenv("NO_COLOR") == "" {
		frame.Look.Depth = plots.Ansi256
	}
	return frame, nil
}

// lineOf reads the metric of the runs. A run without it is an error: a chart in
// which it is merely not there would say something else.
func (s *session) lineOf(ctx context.Context, st store.Store, runs []store.Run, f plotFlags) (*plots.Line, error) {
	a := axes[f.x]
	l := &plots.Line{Title: sanitize.Line(f.metric), X: a.axis}
	l.Best = map[string]plots.Best{"min": plots.Least, "max": plots.Greatest}[f.best]
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
		b := curves.Builder{Room: math.MaxInt}
		err := st.Scan(ctx, r.ID, f.metric, func(part []store.Point) error {
			b.Add(part)
			return nil
		})
		if err != nil {
			return nil, err
		}
		l.Series = append(l.Series, b.Curve().Series(r.ID, nameOf(r), a.by))
	}
	if f.smooth > 0 {
		l.Smoothed = plots.Smooth(l.Series, f.smooth, false)
	}
	l.Slots = plots.Slots(ids)
	return l, nil
}

func nameOf(r store.Run) string { return sanitize.Line(r.Called()) }

// curveJSON is one run of a plot.
type curveJSON struct {
	RunID  string      `json:"run_id"`
	Name   string      `json:"name"`
	Metric string      `json:"metric"`
	Points [][2]number `json:"points"` // x and value
}

func (s *session) plotTable(runs []store.Run, l *plots.Line, f plotFlags) error {
	if s.form == asJSON {
		w := newJSONWriter(s.out)
		for i, c := range l.Series {
			curve := curveJSON{RunID: runs[i].ID, Name: runs[i].Name, Metric: f.metric, Points: make([][2]number, len(c.X))}
			for k := range c.X {
				curve.Points[k] = [2]number{number(c.X[k]), number(c.Y[k])}
			}
			if err := w.element(curve); err != nil {
				return err
			}
		}
		return w.end()
	}
	t := newTable(s.out, s.form, s.screenWidth(), column{head: "run_id"}, column{head: "name"}, column{head: f.x, right: true}, column{head: f.metric, right: true})
	for i, c := range l.Series {
		for k := range c.X {
			if err := t.row(text(runs[i].ID), text(runs[i].Name), text(decimal(c.X[k])), text(decimal(c.Y[k]))); err != nil {
				return err
			}
		}
	}
	return t.end()
}

// writeNew writes a file in one step: who reads it meanwhile sees the old one
// or the new one.
func writeNew(path, content string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".benchside-*")
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err // the name of the temporary file says nothing to anybody
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, errors.Join(err, ignore(os.Remove(f.Name()))))
		}
	}()
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// ignore lets a file be gone already.
func ignore(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
