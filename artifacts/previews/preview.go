package previews

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf16"

	"benchside/artifacts"
	"benchside/artifacts/texts"
	"benchside/sanitize"
)

// Preview is one open artifact.
type Preview struct {
	Path     string
	Size     int64
	Modified time.Time
	Kind     artifacts.Kind
	// Notes say what is unusual about the file, and why it is not shown as its
	// kind if it is not. They are safe to show.
	Notes []string
	Body  Body

	file *artifacts.File
	text io.ReaderAt // of a text, its UTF-8
	long int64       // bytes of text
}

// Body is what an artifact is shown as: one of *Text, *Log, *Tree, *Table,
// *Array, *Archive, *Picture, *Page, *Figure, *ModelFile, *PDF and *Hex.
type Body interface {
	// fill says what is known in a form for programs, and words in a few words.
	fill(ctx context.Context, f *Facts) error
	words() []string
}

// Open opens an artifact as what its content says it is. What cannot be read as
// that is shown as text or bytes, with a note that says why; the error is for
// what is not there or cannot be read at all.
func Open(ctx context.Context, run *Run, name string) (*Preview, error) {
	clean, err := Clean(name)
	if err != nil {
		return nil, err
	}
	file, err := run.OpenFile(clean)
	if err != nil {
		return nil, err
	}
	p := &Preview{Path: clean, Size: file.Size(), Modified: file.ModTime(), file: file, text: only{file}, long: file.Size()}
	if err := p.open(ctx); err != nil {
		return nil, fmt.Errorf("look at artifact %s: %w", clean, errors.Join(err, file.Close()))
	}
	return p, nil
}

// only hides all but reading, so that nothing else closes the file.
type only struct{ io.ReaderAt }

func (p *Preview) open(ctx context.Context) error {
	head, err := p.file.Head()
	if err != nil {
		return err
	}
	p.Kind = artifacts.Sniff(p.Path, head, p.Size)
	if p.Kind.Of == "utf-16" {
		if err := p.fromUTF16(ctx); err != nil {
			return err
		}
	}
	if p.Kind.Form == artifacts.Gzip {
		p.Kind.Of = inside(p.Path, head)
	}
	body, err := p.decode(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		p.Body = body
		return nil
	}
	p.note("shown as %s: %s", p.plain(), err)
	p.Body, err = p.fallback(ctx)
	return err
}

func (p *Preview) note(format string, args ...any) {
	p.Notes = append(p.Notes, sanitize.Line(fmt.Sprintf(format, args...)))
}

// plain names what a file is shown as if it cannot be shown as its kind.
func (p *Preview) plain() string {
	if p.Kind.Textual() {
		return "text"
	}
	return "bytes"
}

func (p *Preview) fallback(ctx context.Context) (Body, error) {
	if p.Kind.Textual() {
		return p.asText(), nil
	}
	return p.asHex(ctx)
}

// mostUTF16 bounds a text of two bytes a letter that is made UTF-8, in bytes.
const mostUTF16 = 8 << 20

// fromUTF16 makes a text UTF-8 in memory.
func (p *Preview) fromUTF16(ctx context.Context) error {
	data, err := p.whole(ctx, min(p.Size, mostUTF16))
	if err != nil {
		return err
	}
	if p.Size > mostUTF16 {
		p.note("only the first %d bytes are shown: the text is UTF-16", mostUTF16)
	}
	big := bytes.HasPrefix(data, []byte("\xfe\xff"))
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		if big {
			units = append(units, uint16(data[i])<<8|uint16(data[i+1]))
		} else {
			units = append(units, uint16(data[i+1])<<8|uint16(data[i]))
		}
	}
	text := []byte(string(utf16.Decode(units)))
	p.text, p.long = bytes.NewReader(text), int64(len(text))
	if k := artifacts.Sniff(p.Path, text, p.long); k.Form != artifacts.Empty {
		p.Kind.Form = k.Form
	}
	return nil
}

// inside says what a gzip holds, by its first kilobytes.
func inside(name string, head []byte) string {
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return ""
	}
	const looked = 32 << 10
	first := make([]byte, looked)
	n, err := io.ReadFull(z, first)
	if n == 0 {
		return ""
	}
	size := int64(n)
	if err == nil {
		size++ // there is more
	}
	if ext := path.Ext(name); strings.EqualFold(ext, ".gz") {
		name = strings.TrimSuffix(name, ext)
	}
	return artifacts.Sniff(name, first[:n], size).Form.String()
}

// ErrLonger: a file is longer than what it is read as may be.
var ErrLonger = errors.New("too long")

// whole reads a file, or a text, of at most so many bytes.
func (p *Preview) whole(ctx context.Context, most int64) ([]byte, error) {
	return read(ctx, p.text, min(p.long, most), nil)
}

// all reads a text, or fails if it is longer than most bytes.
func (p *Preview) all(ctx context.Context, most int64) ([]byte, error) {
	if p.long > most {
		return nil, fmt.Errorf("%w: %d bytes, the most is %d", ErrLonger, p.long, most)
	}
	return p.whole(ctx, most)
}

// read reads the first bytes of a file, a megabyte at a time.
func read(ctx context.Context, file io.ReaderAt, size int64, into []byte) ([]byte, error) {
	const step = 1 << 20
	for at := int64(0); at < size; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		into = append(into, make([]byte, min(step, size-at))...)
		n, err := file.ReadAt(into[at:], at)
		if at += int64(n); at < int64(len(into)) {
			if errors.Is(err, io.EOF) {
				err = fmt.Errorf("it is shorter than it was: %w", io.ErrUnexpectedEOF)
			}
			return nil, err
		}
	}
	return into, nil
}

// Lines is the file as lines of text, whatever it is shown as; nil if it is no
// text. Each call returns lines of its own, for one goroutine.
func (p *Preview) Lines() *texts.Lines {
	if !p.Kind.Textual() && p.Kind.Form != artifacts.Empty {
		return nil
	}
	return texts.NewLines(p.text, p.long)
}

// Hex is the file as bytes, whatever it is shown as.
func (p *Preview) Hex(ctx context.Context, offset int64, rows int) ([]texts.HexRow, error) {
	return texts.Hex(ctx, only{p.file}, p.Size, offset, rows)
}

// Same reports whether a file that was opened later by the same path is still this
// one, and no other that was put in its place.
func (p *Preview) Same(f *artifacts.File) bool { return p.file.Same(f) }

// Close lets go of the file.
func (p *Preview) Close() error {
	var err error
	if t, ok := p.Body.(*Table); ok {
		err = t.Table.Close()
	}
	return errors.Join(err, p.file.Close())
}

// ReadAt implements io.ReaderAt: the bytes of the file as they are.
func (p *Preview) ReadAt(b []byte, at int64) (int, error) { return p.file.ReadAt(b, at) }
