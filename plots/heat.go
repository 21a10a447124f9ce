package plots

import (
	"fmt"
	"math"

	"benchside/plots/scene"
)

// Heatmap is a grid of numbers under names.
type Heatmap struct {
	Title      string
	Cols, Rows []string
	Values     []float64 // row by row; NaN is nothing
	// Around0 colours by the distance from 0: for correlations.
	Around0 bool
	Note    string
}

// scale is the range of the colours.
func (c *Heatmap) scale() Range {
	r := none
	for _, v := range c.Values {
		r.add(v, false)
	}
	if c.Around0 && r.From <= r.To {
		most := max(math.Abs(r.From), math.Abs(r.To))
		if most == 0 {
			most = 1
		}
		return Range{-most, most}
	}
	return r.orUnit(false)
}

// empty counts the cells that have no number.
func (c *Heatmap) empty(o odd, of int) string {
	if n := o.nans + o.infs; n > 0 {
		return fmt.Sprintf("%d of %d cells empty", n, of)
	}
	return ""
}

func (r Range) part(v float64) float64 {
	// Halved, so that the widest range does not overflow.
	return (v/2 - r.From/2) / (r.To/2 - r.From/2)
}

// Scene implements Chart.
func (c *Heatmap) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	_, each, shown := s.rows(c.Rows, nil, 0)
	area := s.scene.Area
	labelled := area.Y1-area.Y0 > float64(len(c.Rows)) && len(c.Cols) > 0
	r, cols := c.scale(), len(c.Cols)
	var o odd
	if cols > 0 && shown > 0 && len(c.Values) >= shown*cols {
		if labelled {
			if each = (area.Y1 - area.Y0 - 1) / float64(shown); !f.file() {
				each = math.Floor(each)
			}
			s.scene.Items = nil
			c.names(s, each, shown)
		}
		heat := scene.Heat{Box: scene.Box{X0: area.X0, Y0: area.Y0, X1: area.X1, Y1: area.Y0 + each*float64(shown)}, Cols: cols}
		for _, v := range c.Values[:shown*cols] {
			if o.place(v, false) {
				heat.Values = append(heat.Values, min(max(r.part(v), 0), 1))
			} else {
				heat.Values = append(heat.Values, math.NaN())
			}
		}
		heat.Ramp = f.ramp(c.hues())
		s.add(heat)
		c.numbers(s, heat, each)
	}
	s.head(c.Title, c.Note, "from "+short(r.From)+" to "+short(r.To), c.empty(o, shown*cols), left(len(c.Rows)-shown, "row"))
	return s.scene
}

func (c *Heatmap) hues() hues {
	if c.Around0 {
		return diverging()
	}
	return viridis()
}

// names writes rows at the left and columns below.
func (c *Heatmap) names(s *sheet, each float64, shown int) {
	area := s.scene.Area
	for i, n := range s.f.Look.names(c.Rows, int(area.X0)-1)[:shown] {
		if area.X0 > 1 {
			s.add(s.f.raised(scene.Text{Text: n, Ink: s.f.Look.Quiet()}, area.Y0+(float64(i)+0.5)*each))
		}
	}
	wide := (area.X1 - area.X0) / float64(len(c.Cols))
	const least = 3 // a sign, what says that the rest is cut, and a blank
	if wide < least {
		return
	}
	for i, n := range s.f.Look.names(c.Cols, int(wide)-1) {
		s.add(s.f.raised(scene.Text{X: int(area.X0 + float64(i)*wide), Text: n, Ink: s.f.Look.Quiet()}, area.Y0+each*float64(shown)+0.5))
	}
}

// numbers writes the values into their cells where there is room, so that
// nothing rests on colour alone.
func (c *Heatmap) numbers(s *sheet, h scene.Heat, each float64) {
	const room = 7
	wide := (h.Box.X1 - h.Box.X0) / float64(h.Cols)
	if wide < room {
		return
	}
	for i, part := range h.Values {
		if math.IsNaN(part) {
			continue
		}
		at := h.Box.X0 + (float64(i%h.Cols)+0.5)*wide
		t := s.f.raised(scene.Text{X: int(at), Anchor: scene.Middle}, h.Box.Y0+(float64(i/h.Cols)+0.5)*each)
		if s.f.file() {
			t.Shift.X = at - math.Floor(at) - 0.5
		}
		t.Text = " " + short(math.Round(c.Values[i]*1000)/1000) + " "
		if math.Abs(c.Values[i]) >= 1000 {
			t.Text = " " + short(c.Values[i]) + " "
		}
		if len(t.Text) <= int(wide) {
			t.Ink.Color = s.f.on(h.Color(part))
			s.add(t)
		}
	}
}

// Hit implements Chart.
func (c *Heatmap) Hit(f Frame, at scene.Point) (Datum, bool) {
	for _, item := range c.Scene(f).Items {
		h, ok := item.(scene.Heat)
		if !ok || at.X < h.Box.X0 || at.X >= h.Box.X1 || at.Y < h.Box.Y0 || at.Y >= h.Box.Y1 {
			continue
		}
		rows := len(h.Values) / h.Cols
		col := int((at.X - h.Box.X0) / (h.Box.X1 - h.Box.X0) * float64(h.Cols))
		row := int((at.Y - h.Box.Y0) / (h.Box.Y1 - h.Box.Y0) * float64(rows))
		v := c.Values[row*h.Cols+col]
		name := c.Rows[row] + ", " + c.Cols[col]
		return Datum{Series: row, Name: name, X: float64(col), Y: v, Text: name + "  " + short(v)}, true
	}
	return Datum{}, false
}

// Table implements Chart.
func (c *Heatmap) Table() Table {
	t := Table{Columns: append([]string{"name"}, c.Cols...)}
	for i, n := range c.Rows {
		row := []any{n}
		for k := range c.Cols {
			row = append(row, c.Values[i*len(c.Cols)+k])
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Height is a number at a place.
type Height struct {
	Name    string
	X, Y, Z float64
	Text    bool // one of them is a param that is no number
}

// Contour shows a number over two others. Between the places that are known it
// is interpolated by inverse squared distance, and says so: D. Shepard, Proc.
// 23rd ACM National Conference (1968).
type Contour struct {
	Title   string
	X, Y    Axis
	Heights []Height
	Note    string
}

func (c *Contour) lay(s *sheet) (known []Height, xs, ys Scale, r Range, o odd) {
	x, y := c.X, c.Y
	x.Log, y.Log = s.f.View.LogX, s.f.View.LogY
	rx, ry := none, none
	r = none
	for _, h := range c.Heights {
		if h.Text {
			o.texts++
			continue
		}
		if o.place(h.X, x.Log) && o.place(h.Y, y.Log) && o.place(h.Z, false) {
			known = append(known, h)
			rx.add(h.X, x.Log)
			ry.add(h.Y, y.Log)
			r.add(h.Z, false)
		}
	}
	x.Range, y.Range = rx.orUnit(x.Log), ry.orUnit(y.Log)
	xs, ys = s.axes(x, y)
	return known, xs, ys, r.orUnit(false), o
}

// mostKnown bounds the work: every cell looks at every place.
const mostKnown = 2000

// Scene implements Chart.
func (c *Contour) Scene(f Frame) *scene.Scene {
	s := newSheet(f)
	known, xs, ys, r, o := c.lay(s)
	note := fmt.Sprintf("interpolated between %s, from %s to %s", runs(len(known)), short(r.From), short(r.To))
	if len(known) > mostKnown {
		note = fmt.Sprintf("the first %d runs of %d", mostKnown, len(known))
		known = known[:mostKnown]
	}
	n := differing(known)
	if n < leastPlaces {
		note = fmt.Sprintf("%s at %d of the %d places that it takes to interpolate", runs(len(known)), n, leastPlaces)
	}
	area := s.scene.Area
	cols, rows := int(area.X1-area.X0), int(area.Y1-area.Y0)
	if len(known) > 0 && cols > 0 && rows > 0 {
		places := make([]scene.Point, len(known))
		for i, h := range known {
			places[i] = scene.Point{X: xs.At(h.X), Y: ys.At(h.Y)}
		}
		heat := scene.Heat{Box: area, Cols: cols, Ramp: f.ramp(viridis())}
		for row := 0; row < rows && n >= leastPlaces; row++ {
			for col := range cols {
				at := scene.Point{X: area.X0 + float64(col) + 0.5, Y: area.Y0 + float64(row) + 0.5}
				heat.Values = append(heat.Values, min(max(between2(at, places, known, r), 0), 1))
			}
		}
		if len(heat.Values) > 0 {
			s.add(heat)
		}
		for i, p := range places {
			s.add(scene.Marker{At: p, Shape: 0, Ink: scene.Ink{Bold: true}, ID: i})
		}
	}
	s.head(c.Title, c.Note, note, o.said())
	return s.scene
}

// leastPlaces is how many places span an area.
const leastPlaces = 3

// differing counts the places that are not the same.
func differing(known []Height) int {
	places := map[[2]float64]bool{}
	for _, h := range known {
		places[[2]float64{h.X, h.Y}] = true
	}
	return len(places)
}

// between2 interpolates the part of the range at a place of the scene.
func between2(at scene.Point, places []scene.Point, known []Height, r Range) float64 {
	sum, weights := 0.0, 0.0
	for i, p := range places {
		dx, dy := p.X-at.X, 2*(p.Y-at.Y)
		w := 1 / max(dx*dx+dy*dy, 0.01)
		sum += w * r.part(known[i].Z)
		weights += w
	}
	return sum / weights
}

// Hit implements Chart.
func (c *Contour) Hit(f Frame, at scene.Point) (Datum, bool) {
	known, xs, ys, _, _ := c.lay(newSheet(f))
	places := make([]scene.Point, len(known))
	for i, h := range known {
		places[i] = scene.Point{X: xs.At(h.X), Y: ys.At(h.Y)}
	}
	i := nearest(at, places)
	if i < 0 {
		return Datum{}, false
	}
	h := known[i]
	return Datum{Series: i, Name: h.Name, X: h.X, Y: h.Y, Text: fmt.Sprintf("%s  %s %s  %s %s  %s", h.Name, c.X.Title, short(h.X), c.Y.Title, short(h.Y), short(h.Z))}, true
}

// Table implements Chart.
func (c *Contour) Table() Table {
	t := Table{Columns: []string{"name", c.X.Title, c.Y.Title, c.Title}}
	for _, h := range c.Heights {
		t.Rows = append(t.Rows, []any{h.Name, h.X, h.Y, h.Z})
	}
	return t
}
