package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Usage is how much there is under a folder.
type Usage struct {
	Files, Folders int
	Bytes          int64
	Special        int  // entries that are neither file nor folder, and links
	Cut            bool // there is more: the bounds of a walk were met
}

// Of a walk.
const (
	mostWalked = 1_000_000
	deepest    = 128
)

// ErrEnough ends a walk without being its error.
var ErrEnough = errors.New("enough")

// Walk visits what lies under a folder, "" being the root: each folder before
// what is in it, in no order of names. Links are named, not followed. It is cut
// where there are a million entries, or folders lie too deep.
func (r *Root) Walk(ctx context.Context, folder string, visit func(name string, e Entry) error) (cut bool, err error) {
	w := walk{root: r, visit: visit}
	err = w.folder(ctx, folder, 0)
	if errors.Is(err, ErrEnough) {
		return true, nil
	}
	if err != nil {
		err = fmt.Errorf("walk artifacts: %w", err)
	}
	return w.cut, err
}

type walk struct {
	root  *Root
	visit func(name string, e Entry) error
	seen  int
	cut   bool
}

func (w *walk) folder(ctx context.Context, folder string, depth int) error {
	if depth > deepest {
		w.cut = true
		return nil
	}
	f, err := w.root.openFolder(folder)
	if err != nil {
		return err
	}
	// The handle is let go before its folders are entered.
	var below []string
	for {
		part, err := f.ReadDir(chunk)
		for _, d := range part {
			if strings.HasPrefix(d.Name(), uploading) {
				continue
			}
			if w.seen++; w.seen > mostWalked {
				w.cut = true
				f.Close()
				return ErrEnough
			}
			name, e := path.Join(folder, d.Name()), Entry{Name: d.Name(), Folder: d.IsDir()}
			if info, err := d.Info(); err == nil && !e.Folder {
				e.Modified = info.ModTime()
				if e.Bytes = info.Size(); !info.Mode().IsRegular() {
					e.Bytes, e.Special = 0, special(info.Mode())
				}
			}
			if err := w.visit(name, e); err != nil {
				f.Close()
				return err
			}
			if e.Folder {
				below = append(below, name)
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if errors.Is(err, io.EOF) {
			f.Close()
			break
		}
		if err != nil {
			f.Close()
			return err
		}
	}
	for _, name := range below {
		if err := w.folder(ctx, name, depth+1); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Du adds up what lies under a folder.
func (r *Root) Du(ctx context.Context, folder string) (Usage, error) {
	var u Usage
	cut, err := r.Walk(ctx, folder, func(_ string, e Entry) error {
		u.Add(e)
		return nil
	})
	u.Cut = cut
	return u, err
}

// Add counts an entry.
func (u *Usage) Add(e Entry) {
	switch {
	case e.Folder:
		u.Folders++
	case e.Special != "":
		u.Special++
	default:
		u.Files++
		u.Bytes += e.Bytes
	}
}
