// Package protocol knows how terminals show pictures: which protocol a terminal
// speaks, and what bytes a picture is in it. It asks no terminal and writes to
// none.
package protocol

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
)

// ErrTooLarge means that a picture takes more cells than a protocol counts, or
// more colours than a palette has.
var ErrTooLarge = errors.New("over the limit of the protocol")

// Upload is a picture as bytes for a terminal, in the order to be written.
type Upload struct {
	Chunks [][]byte
	Size   int // bytes in all
	// Whole means that nothing may be written between the chunks; otherwise
	// text may be, but no other picture.
	Whole bool
}

// piece is how many bytes a chunk has: the payload of a chunk of the kitty
// protocol has at most 4096.
const piece = 4096

func upload(chunks [][]byte) Upload {
	u := Upload{Chunks: chunks}
	for _, c := range chunks {
		u.Size += len(c)
	}
	return u
}

// whole is one sequence, in pieces only to pace them.
func whole(sequence []byte) Upload {
	var chunks [][]byte
	for len(sequence) > piece {
		chunks, sequence = append(chunks, sequence[:piece:piece]), sequence[piece:]
	}
	u := upload(append(chunks, sequence))
	u.Whole = true
	return u
}

// ThroughTmux returns what makes tmux hand the upload to the terminal around
// it. It does so only where allow-passthrough is on, and takes at most 1 MB in
// one sequence.
func (u Upload) ThroughTmux() Upload {
	if u.Whole {
		return whole(ThroughTmux(bytes.Join(u.Chunks, nil)))
	}
	var chunks [][]byte
	for _, c := range u.Chunks {
		chunks = append(chunks, ThroughTmux(c))
	}
	return upload(chunks)
}

// ThroughTmux wraps one sequence for tmux: each escape in it is doubled.
func ThroughTmux(sequence []byte) []byte {
	out := append([]byte("\x1bPtmux;"), bytes.ReplaceAll(sequence, []byte{0x1b}, []byte{0x1b, 0x1b})...)
	return append(out, "\x1b\\"...)
}

// Place is where a picture goes: its cells and, for kitty, its id. Ids are from
// 16 to 255, since a placeholder names its picture by a colour, and those below
// 16 are sent in other ways.
type Place struct {
	ID         uint8
	Cols, Rows int
}

// The ids.
const (
	FirstID = 16
	LastID  = 255
)

func (p Place) check() error {
	switch {
	case p.Cols < 1 || p.Rows < 1 || p.Cols > mostMarks || p.Rows > mostMarks:
		return fmt.Errorf("place a picture in %d by %d cells: %w of %d a side", p.Cols, p.Rows, ErrTooLarge, mostMarks)
	case p.ID < FirstID:
		return fmt.Errorf("place a picture by the id %d: it must be from %d to %d", p.ID, FirstID, LastID)
	}
	return nil
}

// PNG returns a reduced picture as the file that kitty and iTerm2 take.
func PNG(m *image.Paletted) ([]byte, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, m); err != nil {
		return nil, fmt.Errorf("write a PNG: %w", err)
	}
	return b.Bytes(), nil
}

// ITerm2 returns a picture for iTerm2's protocol, which draws at the cursor.
func ITerm2(file []byte, p Place) (Upload, error) {
	p.ID = FirstID // there are none
	if err := p.check(); err != nil {
		return Upload{}, err
	}
	head := fmt.Sprintf("\x1b]1337;File=inline=1;size=%d;width=%d;height=%d;preserveAspectRatio=0:", len(file), p.Cols, p.Rows)
	return whole(append(base64.StdEncoding.AppendEncode([]byte(head), file), '\a')), nil
}
