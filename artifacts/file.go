package artifacts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrNotFile: what was to be opened is no regular file.
var ErrNotFile = errors.New("not a regular file")

// readOnly never waits for the other end of a fifo, nor makes a terminal ours.
const readOnly = os.O_RDONLY | syscall.O_NONBLOCK

// File is one open artifact. Others may write it meanwhile: what is read behind
// its end is an error, as io.ReaderAt has it.
type File struct {
	file  *os.File
	info  fs.FileInfo
	first fs.FileInfo // when it was opened
}

// OpenFile opens a regular file of the artifacts. Links are followed within the
// root only; fifos, devices, sockets and folders are refused.
func (r *Root) OpenFile(name string) (*File, error) {
	// Looked at before it is opened, since opening a device may do something, and
	// again behind it, since it may have been replaced in between.
	info, err := r.root.Stat(name)
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, fmt.Errorf("open artifact %s: %w", name, bare(err))
	}
	f, err := r.root.OpenFile(name, readOnly, 0)
	if err != nil {
		return nil, fmt.Errorf("open artifact %s: %w", name, bare(err))
	}
	info, err = f.Stat()
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open artifact %s: %w", name, bare(err))
	}
	return &File{file: f, info: info, first: info}, nil
}

func regular(info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w but a %s", ErrNotFile, special(info.Mode()))
	}
	return nil
}

// bare takes the path off an error that will name it anyhow.
func bare(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, off int64) (int, error) { return f.file.ReadAt(p, off) }

// Size is the size when the file was opened or looked at last.
func (f *File) Size() int64 { return f.info.Size() }

// ModTime is when the file had been changed when it was looked at last.
func (f *File) ModTime() time.Time { return f.info.ModTime() }

// Look reads size and time again: a log grows.
func (f *File) Look() error {
	info, err := f.file.Stat()
	if err != nil {
		return fmt.Errorf("look at artifact: %w", err)
	}
	f.info = info
	return nil
}

// Same reports whether another File is the same file on the disk: a log that was
// put in the place of another one is not.
func (f *File) Same(other *File) bool { return os.SameFile(f.first, other.first) }

// Close lets go of the file.
func (f *File) Close() error { return f.file.Close() }

// Head reads as much of a file's beginning as Sniff looks at.
func (f *File) Head() ([]byte, error) {
	head := make([]byte, min(f.Size(), HeadBytes))
	n, err := f.file.ReadAt(head, 0)
	if n < len(head) && err != nil && n == 0 {
		return nil, fmt.Errorf("read artifact: %w", err)
	}
	return head[:n], nil // shorter if the file shrank
}

// Path is where a regular file of the artifacts is, for what opens files by their
// path. A link that leads out of the root is refused as it is now.
func (r *Root) Path(name string) (string, error) {
	f, err := r.OpenFile(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	inside, err := filepath.Localize(name)
	if err != nil {
		return "", fmt.Errorf("open artifact %s: %w", name, err)
	}
	full, err := filepath.EvalSymlinks(filepath.Join(r.root.Name(), inside))
	if err != nil {
		return "", fmt.Errorf("open artifact %s: %w", name, bare(err))
	}
	info, err := os.Lstat(full)
	if err == nil && !os.SameFile(info, f.info) {
		err = ErrNotFile // it was replaced in between
	}
	if err != nil {
		return "", fmt.Errorf("open artifact %s: %w", name, bare(err))
	}
	return full, nil
}
