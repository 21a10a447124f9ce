// Package picturepane shows a picture: all of it or a part, alone or against
// that of another run. It decodes nothing itself and asks no terminal.
package picturepane

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/pictures"
	"benchside/pictures/protocol"
	"benchside/sanitize"
	"benchside/themes"
	"benchside/tui/painter"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Decoder decodes a picture.
type Decoder interface {
	Decode(ctx context.Context) (pictures.Picture, error)
}

// Series are the steps of which the picture is one.
type Series struct {
	Key   string
	Steps []int64
	Paths []string // of each step
	At    int
}

// side is whose picture is looked at.
type side int

const (
	first side = iota
	second
	blend
)

// View is the pane.
type View struct {
	of     [2]Decoder // the second is nil if there is none
	names  [2]string  // of the runs, safe to show
	paint  *painter.Painter
	theme  *themes.Theme
	series Series
	loads  struct{ decode, sheet view.Loader }

	decoded [3]pictures.Picture
	known   bool
	look    struct {
		port   pictures.Port
		side   side
		invert bool
		how    how
	}
	sheet *painter.Sheet
	heavy int // bytes that pixels would take, if they are kept back
	w, h  int
	away  bool // nothing is sent: it is not in front
	err   error
}

// how says whether pixels are sent where the terminal can show them.
type how int

const (
	usual how = iota // unless they take long
	asBlocks
	asPixels
)

// New returns a pane of a picture.
func New(of Decoder, series Series, paint *painter.Painter, theme *themes.Theme) *View {
	return &View{of: [2]Decoder{of}, series: series, paint: paint, theme: theme, w: 80, h: 24, away: true}
}

// Beside returns a pane of two pictures in one place.
func Beside(a, b Decoder, names [2]string, paint *painter.Painter, theme *themes.Theme) *View {
	v := New(a, Series{}, paint, theme)
	v.of[1], v.names = b, names
	return v
}

// Resume looks at the same part as a pane before, in the same way.
func (v *View) Resume(from view.View) {
	before, ok := from.(*View)
	if !ok {
		return
	}
	v.look = before.look
	if v.of[second] == nil {
		v.look.side = first
	}
	v.w, v.h = before.w, before.h
}

// Key is that of the series, "" if the picture is of none.
func (v *View) Key() string { return v.series.Key }

// Title implements view.View.
func (v *View) Title() string { return "picture" }

// Typing implements view.View.
func (v *View) Typing() bool { return false }

// Status implements view.View.
func (v *View) Status() string {
	switch {
	case v.err != nil:
		return ""
	case !v.known:
		return "decoding"
	case v.sheet == nil:
		return "drawing"
	}
	p := &v.decoded[min(v.look.side, second)]
	said := fmt.Sprintf("%d × %d %s", p.Width, p.Height, p.Format)
	if v.zoomed() {
		said = fmt.Sprintf("%s   %.3g × what fits", said, v.look.port.Zoom)
	}
	if left := v.paint.Sending(); left > 0 {
		said = fmt.Sprintf("sending %s of %s   ", widget.Bytes(int64(left)), widget.Bytes(int64(v.sheet.Bytes))) + said
	}
	if v.heavy > 0 {
		said = "B sends the pixels, " + widget.Bytes(int64(v.heavy)) + "   " + said
	} else if why := v.paint.Choice().Why; why != "" {
		said = why + "   " + said
	}
	return said
}

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	v.away = false
	if v.known {
		return v.draw()
	}
	of := v.of
	return view.Load(&v.loads.decode, func(ctx context.Context) (decodedRead, error) {
		var out decodedRead
		for i, d := range of {
			if d == nil {
				continue
			}
			var err error
			if out[i], err = d.Decode(ctx); err != nil {
				return out, err
			}
		}
		return out, nil
	})
}

type decodedRead [2]pictures.Picture

// Leave implements view.Leaver.
func (v *View) Leave() {
	v.loads.decode.Cancel()
	v.loads.sheet.Cancel()
	v.sheet, v.away = nil, true
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		if v.w == m.Width && v.h == m.Height && v.sheet != nil {
			return nil
		}
		v.w, v.h = m.Width, m.Height
		return v.draw()
	case painter.Chosen:
		return v.draw()
	case view.Loaded[decodedRead]:
		if m.Of(&v.loads.decode) && !v.failed(m.Err) {
			v.decoded[first], v.decoded[second], v.known = m.Value[0], m.Value[1], true
			return v.draw()
		}
	case view.Loaded[drawn]:
		if m.Of(&v.loads.sheet) && !v.failed(m.Err) {
			v.sheet, v.heavy = m.Value.sheet, m.Value.heavy
			if m.Value.mixed.Image != nil {
				v.decoded[blend] = m.Value.mixed
			}
			return v.paint.Show(v.sheet)
		}
	}
	return nil
}

func (v *View) failed(err error) bool {
	if err == nil {
		v.err = nil
		return false
	}
	if !errors.Is(err, context.Canceled) {
		v.err = err
	}
	return true
}

// The map of where one is takes some columns beside a picture that is zoomed.
const (
	mapCols  = 12
	mapRows  = 6
	leastMap = 50 // columns of a pane that has room for it
)

func (v *View) mapped() bool { return v.zoomed() && v.w >= leastMap && v.h > mapRows }

// room is what the picture has.
func (v *View) room() (cols, rows int) {
	cols, rows = v.w, v.h-v.above()
	if v.mapped() {
		cols -= mapCols + 1
	}
	return max(cols, 1), max(rows, 1)
}

// above are the lines over the picture.
func (v *View) above() int {
	n := 0
	if v.captioned() {
		n++
	}
	if v.zoomed() {
		n++
	}
	return n + len(v.trouble(v.w))
}

// trouble are the lines of an error.
func (v *View) trouble(width int) (lines []string) {
	if v.err == nil {
		return nil
	}
	for _, part := range widget.Wrap(sanitize.Line(v.err.Error()), max(width-2, 1)) {
		lines = append(lines, widget.NewLine(width, themes.Style{}, v.theme.Glyphs).Pad(1).Add(part, v.theme.Bad).String())
	}
	return lines
}

// where says how far the picture is zoomed and which part of it is seen.
func (v *View) where(l *widget.Line) string {
	img := v.decoded[v.look.side].Image
	if img == nil {
		return l.String()
	}
	cols, rows := v.room()
	size := img.Bounds().Size()
	seen := v.look.port.See(size, v.paint.Easel().Box(cols, rows)).Part
	share := func(from, to, of int) string {
		return fmt.Sprintf("%d–%d %%", from*100/max(of, 1), to*100/max(of, 1))
	}
	l.Pad(1).Add(fmt.Sprintf("%.3g ×", v.look.port.Zoom), v.theme.Strong)
	l.Add("  across "+share(seen.Min.X, seen.Max.X, size.X)+"  down "+share(seen.Min.Y, seen.Max.Y, size.Y), v.theme.Dim)
	if hint := "  alt+1…9 ninths"; l.Left() >= widget.Width(hint) {
		l.Add(hint, v.theme.Dim)
	}
	return l.String()
}

func (v *View) captioned() bool { return len(v.series.Paths) > 1 || v.of[1] != nil }

type drawn struct {
	sheet *painter.Sheet
	heavy int
	mixed pictures.Picture
}

// heavyBytes take a second on a link of a megabit.
const heavyBytes = 128 << 10

// draw prepares what is looked at.
func (v *View) draw() tea.Cmd {
	if !v.known || v.away || v.w < 1 || v.h < 1 {
		return nil
	}
	easel, look := v.paint.Easel(), v.look
	cols, rows := v.room()
	decoded := v.decoded
	return view.Load(&v.loads.sheet, func(ctx context.Context) (drawn, error) {
		var out drawn
		if look.side == blend && decoded[blend].Image == nil {
			m, err := mix(ctx, decoded[first].Image, decoded[second].Image)
			if err != nil {
				return out, err
			}
			decoded[blend].Image, out.mixed = m, pictures.Picture{Image: m}
		}
		order := painter.Order{Picture: decoded[look.side].Image, Port: look.port, Cols: cols, Rows: rows, Invert: look.invert, Blocks: look.how == asBlocks}
		s, err := easel.Prepare(ctx, order)
		if err != nil {
			return out, err
		}
		if look.how == usual && easel.Remote() && s.Pixels() && s.Bytes > heavyBytes {
			out.heavy = s.Bytes
			order.Blocks = true
			s, err = easel.Prepare(ctx, order)
		}
		out.sheet = s
		return out, err
	})
}

// mix lays two pictures over each other, half and half.
func mix(ctx context.Context, a, b image.Image) (image.Image, error) {
	const most = 1600 // pixels a side: more than a screen shows
	w, h := a.Bounds().Dx(), a.Bounds().Dy()
	if long := max(w, h); long > most {
		w, h = max(w*most/long, 1), max(h*most/long, 1)
	}
	look := pictures.Look{}
	look.Back.A = 255
	x, err := pictures.Scale(ctx, a, a.Bounds(), w, h, look)
	if err != nil {
		return nil, err
	}
	y, err := pictures.Scale(ctx, b, b.Bounds(), w, h, look)
	if err != nil {
		return nil, err
	}
	for i := range x.Pix {
		x.Pix[i] = uint8((int(x.Pix[i]) + int(y.Pix[i])) / 2) //nolint:gosec // the mean of two bytes
	}
	return x, nil
}

// Draw implements view.View.
func (v *View) Draw(width, height int) string {
	t := v.theme
	line := func() *widget.Line { return widget.NewLine(width, themes.Style{}, t.Glyphs) }
	var lines []string
	if v.captioned() {
		lines = append(lines, v.caption(line()))
	}
	if v.zoomed() {
		lines = append(lines, v.where(line()))
	}
	if v.err != nil {
		return widget.Fit(append(lines, v.trouble(width)...), width, height)
	}
	if v.sheet == nil {
		return widget.Fit(append(lines, line().Pad(1).Add(v.Status(), t.Dim).String()), width, height)
	}
	small := v.minimap()
	for i, row := range v.paint.Lines(v.sheet) {
		side := 0
		if small != nil {
			side = mapCols + 1
		}
		pad := width - v.sheet.Cols - side
		if pad < 0 {
			row, pad = widget.Cut(row, width-side, ""), max(width-side-v.sheet.Cols, 0)
		}
		text := row + strings.Repeat(" ", pad)
		if small != nil {
			text += " " + small[min(i, len(small)-1)]
		}
		lines = append(lines, text)
	}
	return widget.Fit(lines[:min(len(lines), height)], width, height)
}

// minimap is the map of what is seen, and blank lines below it; nil where all is
// seen.
func (v *View) minimap() []string {
	if !v.mapped() {
		return nil
	}
	cols, rows := v.room()
	img := v.decoded[v.look.side].Image
	if img == nil {
		return nil
	}
	at := v.look.port.Minimap(img.Bounds().Size(), v.paint.Easel().Box(cols, rows), mapCols, mapRows)
	seen, rest := "█", "░"
	if v.theme.Glyphs.ASCII {
		seen, rest = "#", "."
	}
	lines := make([]string, 0, mapRows+1)
	for y := range mapRows {
		l := widget.NewLine(mapCols, themes.Style{}, v.theme.Glyphs)
		for x := range mapCols {
			if (image.Point{X: x, Y: y}).In(at) {
				l.Add(seen, v.theme.Accent)
			} else {
				l.Add(rest, v.theme.Rule)
			}
		}
		lines = append(lines, l.String())
	}
	return append(lines, strings.Repeat(" ", mapCols))
}

// caption says which of several pictures this is.
func (v *View) caption(l *widget.Line) string {
	t := v.theme
	l.Pad(1)
	if v.of[1] != nil {
		for i, name := range v.names {
			style := t.Dim
			if v.look.side == side(i) || v.look.side == blend {
				style = t.Accent
			}
			l.Add(string(rune('A'+i))+" "+name, style).Pad(3)
		}
		if v.look.side == blend {
			l.Add("blended", t.Strong)
		}
		return l.String()
	}
	s := v.series
	l.Add(fmt.Sprintf("%s  step %d  ", sanitize.Line(s.Key), s.Steps[s.At]), t.Strong)
	rule, knob := t.Glyphs.Rule, t.Glyphs.Finished
	const longest = 40
	n := len(s.Steps)
	room := min(longest, l.Left()-14)
	if room > 4 {
		at := s.At * (room - 1) / max(n-1, 1)
		l.Add(strings.Repeat(rule, at), t.Rule).Add(knob, t.Accent).Add(strings.Repeat(rule, room-1-at), t.Rule)
	}
	return l.Add(fmt.Sprintf("  %d of %d", s.At+1, n), t.Dim).String()
}

// pixelled reports whether the terminal could show pixels.
func (v *View) pixelled() bool {
	p := v.paint.Choice().Protocol
	return p != protocol.Blocks && p != protocol.Off
}
