// Package painter shows pictures in the terminal of a session: it finds out what
// the terminal can do, prepares pixels for it, sends them at a pace and takes
// them back. It decodes no file and lays out no screen.
package painter

import (
	"image/color"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"benchside/pictures"
	"benchside/pictures/protocol"
	"benchside/plots/cell"
)

// Painter shows one picture at a time. It belongs to one session and is for the
// goroutine of its program.
type Painter struct {
	setting protocol.Setting
	asked   asked
	choice  protocol.Choice
	cellW   int // pixels, 0 if they are not known
	cellH   int
	colours pictures.Colours
	back    color.RGBA
	remote  bool // over SSH

	shown *Sheet
	ids   pool
	up    upload
	turn  uint8  // tells what is painted after a frame from what was there before
	after *after // nil where nothing can be
}

// upload is what is being sent.
type upload struct {
	sheet  *Sheet
	chunks [][]byte
	turn   int
}

// Chosen is the fact that it is known how pictures are shown: what was prepared
// before may be prepared better.
type Chosen struct{}

// New returns the painter of a session. Until the terminal has answered it
// paints in cells.
func New(setting protocol.Setting) *Painter {
	p := &Painter{setting: setting, back: color.RGBA{A: 255}}
	p.choice.Set = cell.Sextant
	if setting == protocol.WithoutThem {
		p.choice.Protocol = protocol.Off
	}
	return p
}

// Choice says how pictures are shown, and what stands against something better.
func (p *Painter) Choice() protocol.Choice { return p.choice }

// Easel is what is needed to prepare a picture: commands get a copy.
func (p *Painter) Easel() Easel {
	return Easel{choice: p.choice, cellW: p.cellW, cellH: p.cellH, colours: p.colours, back: p.back, remote: p.remote}
}

// Coloured says what colours there are, for pictures in cells.
func (p *Painter) Coloured(profile colorprofile.Profile) {
	// With fewer than 256 the ids of placeholders would be changed on the way.
	p.asked.replies.FewColours = profile < colorprofile.ANSI256
	switch {
	case profile <= colorprofile.ASCII:
		p.colours = pictures.NoColours
	case profile == colorprofile.ANSI:
		p.colours = pictures.Colours16
	case profile == colorprofile.ANSI256 || p.remote:
		p.colours = pictures.Colours256
	default:
		p.colours = pictures.TrueColour
	}
}

// Behind says what colour the background of the terminal has.
func (p *Painter) Behind(c color.Color) {
	if c == nil {
		return
	}
	r, g, b, _ := c.RGBA()
	p.back = color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255} //nolint:gosec // 16 bits to 8
}

// Show puts a sheet in the place of the one that is shown. The view draws its
// Lines.
func (p *Painter) Show(s *Sheet) tea.Cmd {
	if s == p.shown && s != nil {
		return nil
	}
	stop := p.stop()
	p.shown = s
	p.turn++
	if s == nil || s.file == nil || p.ids.holds(s) {
		return stop
	}
	if p.choice.Protocol != protocol.KittyPlaceholders && p.choice.Protocol != protocol.KittyAtCursor {
		return stop
	}
	return tea.Sequence(stop, p.send(s))
}

// Hide takes the picture off the screen. The terminal keeps the last ones for a
// while, so that coming back costs nothing.
func (p *Painter) Hide() tea.Cmd { return p.Show(nil) }

// stop ends the upload under way: what was sent of it is forgotten.
func (p *Painter) stop() tea.Cmd {
	if p.up.sheet == nil {
		return nil
	}
	id := p.ids.drop(p.up.sheet)
	p.up = upload{turn: p.up.turn + 1}
	return tea.Raw(string(p.wrap(protocol.Delete(id))))
}

// The pace of uploads: what a slow link takes in the time, and text in between.
const (
	batchBytes = 32 << 10
	batchPause = 100 * time.Millisecond
)

// batch asks for the next chunks of an upload.
type batch struct{ turn int }

func (p *Painter) send(s *Sheet) tea.Cmd {
	id, gone := p.ids.take(s)
	place := protocol.Place{ID: id, Cols: s.Cols, Rows: s.Rows}
	encode := protocol.Kitty
	if p.choice.Protocol == protocol.KittyAtCursor {
		encode = protocol.KittyStore
	}
	u, err := encode(s.file, place)
	if err != nil {
		p.ids.drop(s)
		p.shown = nil
		return nil
	}
	if p.choice.Tmux {
		u = u.ThroughTmux()
	}
	p.up = upload{sheet: s, chunks: u.Chunks, turn: p.up.turn + 1}
	next := p.next()
	if gone == 0 {
		return next
	}
	return tea.Sequence(tea.Raw(string(p.wrap(protocol.Delete(gone)))), next)
}

// next sends as many chunks as go at once, and asks for the rest.
func (p *Painter) next() tea.Cmd {
	var b strings.Builder
	for len(p.up.chunks) > 0 && b.Len() < batchBytes {
		b.Write(p.up.chunks[0])
		p.up.chunks = p.up.chunks[1:]
	}
	turn := p.up.turn
	pause := batchPause
	if len(p.up.chunks) == 0 {
		pause = time.Millisecond // behind what is written now
	}
	return tea.Sequence(tea.Raw(b.String()), tea.Tick(pause, func(time.Time) tea.Msg { return batch{turn} }))
}

// Sending says how much of the picture is still to be sent, in bytes.
func (p *Painter) Sending() (left int) {
	for _, c := range p.up.chunks {
		left += len(c)
	}
	return left
}

// Lines returns what a view draws in the place of a sheet: as many lines and
// cells as it has. While the pixels are not there they are blank.
func (p *Painter) Lines(s *Sheet) []string {
	if s.file == nil {
		return s.lines
	}
	blank := strings.Repeat(" ", s.Cols)
	lines := make([]string, s.Rows)
	for i := range lines {
		lines[i] = blank
	}
	if s != p.shown || s == p.up.sheet {
		return lines
	}
	if p.choice.Protocol == protocol.KittyPlaceholders {
		held, err := protocol.Placeholders(protocol.Place{ID: p.ids.of(s), Cols: s.Cols, Rows: s.Rows}, p.choice.Tmux)
		if err != nil {
			return lines
		}
		return held
	}
	for i := range lines {
		lines[i] = p.mark() + blank + "\x1b[m"
	}
	return lines
}

// mark selects the look of the blanks that a picture is painted over after the
// frame. Nobody else conceals, so a frame that writes such cells is one behind
// which it must be painted again; and it changes with the picture, so that the
// renderer writes them, over the picture before, which erases it.
func (p *Painter) mark() string {
	const colours = 12 // of the 16, without black and white: they survive every profile
	n := 31 + int(p.turn%colours)
	if n > 36 {
		n += 91 - 37
	}
	return "\x1b[8;" + strconv.Itoa(n) + "m"
}

// wrap makes tmux hand a sequence on.
func (p *Painter) wrap(sequence []byte) []byte {
	if p.choice.Tmux {
		return protocol.ThroughTmux(sequence)
	}
	return sequence
}

// Forget takes all pictures from the terminal's memory, before the program
// stops; what was shown is sent again when it is shown again.
func (p *Painter) Forget() string {
	var b strings.Builder
	for _, id := range p.ids.clear() {
		b.Write(p.wrap(protocol.Delete(id)))
	}
	p.up = upload{turn: p.up.turn + 1}
	return b.String()
}

// Again shows the sheet anew after the terminal forgot everything.
func (p *Painter) Again() tea.Cmd {
	s := p.shown
	p.shown = nil
	return p.Show(s)
}
