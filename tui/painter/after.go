package painter

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"

	"benchside/pictures/protocol"
)

// after paints over the blanks of a frame when it was written. The renderer
// writes a frame at once, and knows nothing of it.
type after struct {
	w       io.Writer
	mu      sync.Mutex
	want    *spot
	painted *spot
}

// spot is a picture at a place of the screen.
type spot struct {
	x, y  int
	paint []byte
	erase []byte // nil where text over it is enough
}

func (a *spot) same(b *spot) bool {
	return a == b || a != nil && b != nil && a.x == b.x && a.y == b.y && bytes.Equal(a.paint, b.paint)
}

// Output returns what the program must write to instead of w, so that pictures
// can follow a frame. A file stays one for those who ask for its descriptor.
func (p *Painter) Output(w io.Writer) io.Writer {
	p.after = &after{w: w}
	if f, ok := w.(*os.File); ok {
		return painted{f, p.after}
	}
	return p.after
}

type painted struct {
	*os.File
	after *after
}

// Write implements io.Writer.
func (p painted) Write(b []byte) (int, error) { return p.after.Write(b) }

// Write writes a frame, and the picture behind it where the frame wrote over it.
func (a *after) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.painted != nil && !a.painted.same(a.want) {
		if len(a.painted.erase) > 0 {
			if _, err := a.w.Write(a.painted.erase); err != nil {
				return 0, err
			}
		}
		a.painted = nil
	}
	n, err := a.w.Write(b)
	if err != nil || a.want == nil || !conceals(b) {
		return n, err
	}
	a.painted = a.want
	head := fmt.Appendf(nil, "\x1b7\x1b[%d;%dH", a.want.y+1, a.want.x+1)
	// What is painted is not part of what the renderer counts.
	_, err = a.w.Write(append(append(head, a.want.paint...), "\x1b8"...))
	return n, err
}

// conceals reports whether some of the output selects concealed text.
func conceals(b []byte) bool {
	for {
		at := bytes.Index(b, []byte("\x1b["))
		if at < 0 {
			return false
		}
		b = b[at+2:]
		end := bytes.IndexFunc(b, func(r rune) bool { return r >= 0x40 && r <= 0x7e })
		if end < 0 {
			return false
		}
		if b[end] == 'm' && concealed(strings.Split(string(b[:end]), ";")) {
			return true
		}
	}
}

func concealed(params []string) bool {
	for i := 0; i < len(params); i++ {
		switch params[i] {
		case "8":
			return true
		case "38", "48", "58":
			if i+1 < len(params) && params[i+1] == "5" {
				i += 2
			} else {
				i += 4
			}
		}
	}
	return false
}

// Place looks for the cells of the picture in a frame and says where it is to be
// painted once that frame was written.
func (p *Painter) Place(frame string) {
	if p.after == nil {
		return
	}
	want := p.spot(frame)
	p.after.mu.Lock()
	defer p.after.mu.Unlock()
	if !want.same(p.after.want) {
		p.after.want = want
	}
}

func (p *Painter) spot(frame string) *spot {
	s := p.shown
	if s == nil || s.file == nil || p.choice.Protocol == protocol.KittyPlaceholders {
		return nil
	}
	mark := p.mark()
	at := strings.Index(frame, mark)
	if at < 0 {
		return nil
	}
	y := strings.Count(frame[:at], "\n")
	x := ansi.StringWidth(frame[strings.LastIndexByte(frame[:at], '\n')+1 : at])
	out := &spot{x: x, y: y, paint: s.file}
	if p.choice.Protocol == protocol.KittyAtCursor {
		place := protocol.Place{ID: p.ids.of(s), Cols: s.Cols, Rows: s.Rows}
		out.paint, out.erase = p.wrap(protocol.KittyPut(place)), p.wrap(protocol.KittyTakeOff(place.ID))
	} else {
		out.paint = p.wrap(out.paint)
	}
	return out
}

// Cover returns lines without the cells that a picture is painted on: under a
// dialog there is none.
func (p *Painter) Cover(lines []string) []string {
	if p.shown == nil || p.shown.file == nil || p.choice.Protocol == protocol.KittyPlaceholders {
		return lines
	}
	for i, l := range lines {
		lines[i] = strings.ReplaceAll(l, p.mark(), "")
	}
	return lines
}
