package painter

import (
	"context"
	"errors"
	"image"
	"image/color"

	"benchside/pictures"
	"benchside/pictures/protocol"
	"benchside/plots/cell"
)

// Easel prepares pictures. It is a value, for commands that run beside the
// program.
type Easel struct {
	choice  protocol.Choice
	cellW   int
	cellH   int
	colours pictures.Colours
	back    color.RGBA
	remote  bool
}

// Order is what is to be prepared: a part of a picture for some room.
type Order struct {
	Picture    image.Image
	Port       pictures.Port
	Cols, Rows int
	Invert     bool
	Blocks     bool // in cells, whatever the terminal can do
}

// Sheet is a part of a picture that is ready to be shown in Cols by Rows cells.
// It does not change.
type Sheet struct {
	Cols, Rows int
	Bytes      int // on the wire, without what terminal and text add
	lines      []string
	file       []byte // for a terminal that shows pixels; nil for cells
}

// Pixels reports whether the sheet is shown as pixels.
func (s *Sheet) Pixels() bool { return s.file != nil }

// ErrOff means that the user wants no pictures.
var ErrOff = errors.New("pictures are off: the configuration says images = off")

// mostSide is how many cells a side has at most: what placeholders can count.
const mostSide = 297

// Box is the room of an order in the measure of pictures.
func (e Easel) Box(cols, rows int) pictures.Box {
	return pictures.Box{Cols: min(cols, mostSide), Rows: min(rows, mostSide), CellW: e.cellW, CellH: e.cellH}
}

// Prepare crops, scales and encodes.
func (e Easel) Prepare(ctx context.Context, o Order) (*Sheet, error) {
	if e.choice.Protocol == protocol.Off {
		return nil, ErrOff
	}
	box := e.Box(o.Cols, o.Rows)
	seen := o.Port.See(o.Picture.Bounds().Size(), box)
	seen.Part = seen.Part.Add(o.Picture.Bounds().Min)
	if o.Blocks || e.choice.Protocol == protocol.Blocks {
		return e.cells(ctx, o, seen)
	}
	w, h := seen.Pixels(box)
	scaled, err := pictures.Scale(ctx, o.Picture, seen.Part, w, h, pictures.Look{Back: e.back, Invert: o.Invert})
	if err != nil {
		return nil, err
	}
	few, err := protocol.Reduce(scaled, e.most())
	if err != nil {
		return nil, err
	}
	s := &Sheet{Cols: seen.Cols, Rows: seen.Rows}
	switch e.choice.Protocol {
	case protocol.SixelAtCursor:
		u, err := protocol.Sixel(few)
		if err != nil {
			return nil, err
		}
		s.file = join(u)
	case protocol.ITerm2AtCursor:
		file, err := protocol.PNG(few)
		if err != nil {
			return nil, err
		}
		u, err := protocol.ITerm2(file, protocol.Place{Cols: s.Cols, Rows: s.Rows})
		if err != nil {
			return nil, err
		}
		s.file = join(u)
	default:
		if s.file, err = protocol.PNG(few); err != nil {
			return nil, err
		}
		s.Bytes = len(s.file) * 4 / 3
		return s, nil
	}
	s.Bytes = len(s.file)
	return s, nil
}

// most is how many colours a picture keeps: what a plot looks right with. Sixels
// are several times longer than a PNG, so they get fewer over a network.
func (e Easel) most() int {
	if e.choice.Protocol == protocol.SixelAtCursor && e.remote {
		return 16
	}
	return 64
}

func (e Easel) cells(ctx context.Context, o Order, seen pictures.Seen) (*Sheet, error) {
	style := pictures.Style{Set: e.choice.Set, Colours: e.colours, Back: e.back, Invert: o.Invert, Photo: pictures.IsPhoto(o.Picture)}
	if e.colours == pictures.NoColours && style.Set != cell.ASCII {
		style.Set = cell.Braille
	}
	m, err := pictures.Cells(ctx, o.Picture, seen.Part, seen.Cols, seen.Rows, style)
	if err != nil {
		return nil, err
	}
	s := &Sheet{Cols: m.Cols, Rows: m.Rows, lines: m.Lines()}
	for _, l := range s.lines {
		s.Bytes += len(l)
	}
	return s, nil
}

func join(u protocol.Upload) []byte {
	out := make([]byte, 0, u.Size)
	for _, c := range u.Chunks {
		out = append(out, c...)
	}
	return out
}

// Remote reports whether what is sent goes over a network.
func (e Easel) Remote() bool { return e.remote }
