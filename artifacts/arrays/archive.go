package arrays

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Archive is a .npz file: a zip of arrays.
type Archive struct {
	r     io.ReaderAt
	files []*zip.File
}

// OpenArchive opens a .npz file of size bytes. It reads the directory only.
func OpenArchive(r io.ReaderAt, size int64) (*Archive, error) {
	limited := &budget{r: r, left: mostDirectory}
	z, err := zip.NewReader(limited, size)
	if err != nil {
		if limited.left < 0 {
			err = fmt.Errorf("%w: the directory has more than %d bytes", ErrTooBig, mostDirectory)
		}
		return nil, fmt.Errorf("open arrays: %w", err)
	}
	a := &Archive{r: r}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".npy") {
			a.files = append(a.files, f)
		}
	}
	if len(a.files) > mostEntries {
		return nil, fmt.Errorf("open arrays: %w: %d of them; the bound is %d", ErrTooBig, len(a.files), mostEntries)
	}
	limited.left = 1 << 62 // from here on what is read is asked for
	return a, nil
}

// budget reads only so many bytes: a directory may claim to be all of a file.
type budget struct {
	r    io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errors.New("the directory is too long")
	}
	return b.r.ReadAt(p, off)
}

// Names returns the names of the arrays in the order of the file.
func (a *Archive) Names() []string {
	var names []string
	for _, f := range a.files {
		names = append(names, strings.TrimSuffix(f.Name, ".npy"))
	}
	return names
}

// Array opens an array by its place in Names. One that is stored is read by the
// window; one that is deflated is unpacked up to the window, and nothing of it
// is kept.
func (a *Archive) Array(i int) (*Array, error) {
	if i < 0 || i >= len(a.files) {
		return nil, fmt.Errorf("open array %d of %d: there is none", i, len(a.files))
	}
	f := a.files[i]
	array, err := a.open(f)
	if err != nil {
		return nil, fmt.Errorf("open array %s: %w", f.Name, err)
	}
	return array, nil
}

func (a *Archive) open(f *zip.File) (*Array, error) {
	size := f.UncompressedSize64
	switch {
	case f.Flags&1 != 0:
		return nil, errors.New("it is encrypted")
	case size > 1<<62:
		return nil, fmt.Errorf("%w: it claims %d bytes", ErrDamaged, size)
	case f.Method == zip.Store:
		if f.CompressedSize64 != size {
			return nil, fmt.Errorf("%w: %d bytes are stored as %d", ErrDamaged, size, f.CompressedSize64)
		}
		at, err := f.DataOffset()
		if err != nil {
			return nil, err
		}
		return open(io.NewSectionReader(a.r, at, int64(size)), int64(size))
	case f.Method != zip.Deflate:
		return nil, fmt.Errorf("compression %d is not read", f.Method)
	case size > leastInflation && size/mostInflation > f.CompressedSize64:
		return nil, fmt.Errorf("%w: it claims %d bytes in %d, more than deflate can pack", ErrDamaged, size, f.CompressedSize64)
	}
	return open(&unpacking{file: f}, int64(size))
}

// unpacking reads a deflated file at any place, by unpacking it from the start
// when the place lies behind.
type unpacking struct {
	file *zip.File

	mu sync.Mutex // guards what follows
	z  io.ReadCloser
	at int64
}

// ReadAt implements io.ReaderAt, for the header, which is at the start.
func (u *unpacking) ReadAt(p []byte, off int64) (int, error) {
	return u.readAt(context.Background(), p, off)
}

func (u *unpacking) readAt(ctx context.Context, p []byte, off int64) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.z == nil || off < u.at {
		if u.z != nil {
			u.z.Close()
		}
		z, err := u.file.Open()
		if err != nil {
			u.z = nil
			return 0, err
		}
		u.z, u.at = z, 0
	}
	for u.at < off {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := io.CopyN(io.Discard, u.z, min(off-u.at, 1<<20))
		u.at += n
		if err != nil {
			return 0, u.failed(err)
		}
	}
	got, err := io.ReadFull(u.z, p)
	u.at += int64(got)
	if err != nil {
		return got, u.failed(err)
	}
	return got, nil
}

// failed lets go of a stream that is broken.
func (u *unpacking) failed(err error) error {
	u.z.Close()
	u.z = nil
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
