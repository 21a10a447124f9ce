package jobs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"benchside/store"
)

// The sizes of a log, in bytes: its beginning is written as it comes, of the rest
// the end when the job ends.
const (
	mostHead = 8 << 20
	mostTail = 1 << 20
)

// writer writes the output of a job into its log, within bounds.
type writer struct {
	lock    sync.Mutex
	to      io.Writer
	head    int // bytes that may still be written
	keep    int
	tail    []byte
	dropped int64
	full    bool
}

func newWriter(to io.Writer) *writer { return &writer{to: to, head: mostHead, keep: mostTail} }

// Write never fails, so that a full disk does not end a training: the log says
// what it can.
func (w *writer) Write(b []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	n := len(b)
	now := min(len(b), w.head)
	if now > 0 {
		_, _ = w.to.Write(b[:now])
		w.head -= now
		b = b[now:]
	}
	if len(b) == 0 {
		return n, nil
	}
	if !w.full {
		w.full = true
		fmt.Fprintf(w.to, "\n[benchside] the log is full; its last %d bytes follow when the job ends\n", w.keep)
	}
	w.tail = append(w.tail, b...)
	if len(w.tail) > 2*w.keep {
		w.cut()
	}
	return n, nil
}

func (w *writer) cut() {
	over := max(len(w.tail)-w.keep, 0)
	w.dropped += int64(over)
	w.tail = append(w.tail[:0], w.tail[over:]...)
}

// end writes what is left, and a last notice if there is one.
func (w *writer) end(notice string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.full {
		w.cut()
		if w.dropped > 0 {
			fmt.Fprintf(w.to, "[benchside] %d bytes are not kept\n", w.dropped)
		}
		_, _ = w.to.Write(w.tail)
		w.tail = nil
	}
	if notice != "" {
		fmt.Fprintf(w.to, "\n[benchside] %s\n", notice)
	}
}

// OpenLog opens the log of a job that ran here. Where it lies is a text of the
// store, so only what lies in the folder of logs is opened.
func OpenLog(folder string, j store.Job) (*os.File, error) {
	host, _ := os.Hostname()
	switch {
	case j.Log == "":
		return nil, fmt.Errorf("open the log of job %d: it has none: %w", j.ID, store.ErrNotFound)
	case j.Host != host:
		return nil, fmt.Errorf("open the log of job %d: it is on %s", j.ID, j.Host)
	case filepath.Dir(j.Log) != filepath.Clean(folder) || filepath.Ext(j.Log) != ".log":
		return nil, fmt.Errorf("open the log of job %d: %s is not among the logs in %s", j.ID, j.Log, folder)
	}
	// No link is followed, and a pipe does not keep us waiting.
	f, err := os.OpenFile(j.Log, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open the log of job %d: it was removed: %w", j.ID, store.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open the log of job %d: %w", j.ID, err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("open the log of job %d: it is no file", j.ID), f.Close())
	}
	return f, nil
}
