package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// prefix starts the name of each temporary folder of the demo, and lockName is
// the file in it that its process keeps locked.
const (
	prefix   = "benchside-demo-"
	lockName = ".lock"
)

// settled is the age from which a folder must have its lock.
const settled = time.Minute

// Copy is a private copy of the demo store in a temporary folder, which only
// this user may enter.
type Copy struct {
	Dir  string
	lock *os.File
}

// Open unpacks the demo store into a new temporary folder and removes what
// killed processes left of theirs. Close removes the folder.
func Open(ctx context.Context) (*Copy, error) {
	return open(ctx, os.TempDir())
}

func open(ctx context.Context, temp string) (*Copy, error) {
	sweep(temp)
	dir, err := os.MkdirTemp(temp, prefix)
	if err != nil {
		return nil, fmt.Errorf("make a folder for the demo: %w", err)
	}
	c := &Copy{Dir: dir}
	if c.lock, err = lock(filepath.Join(dir, lockName), true); err == nil {
		err = Unpack(ctx, dir)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("unpack the demo: %w", err), c.Close())
	}
	return c, nil
}

// Database returns the path of the copy's database.
func (c *Copy) Database() string { return filepath.Join(c.Dir, Database) }

// Close removes the copy. It may be called more than once.
func (c *Copy) Close() error {
	if c.lock != nil {
		c.lock.Close() // first: some systems remove no open file
		c.lock = nil
	}
	if err := os.RemoveAll(c.Dir); err != nil {
		return fmt.Errorf("remove the demo: %w", err)
	}
	return nil
}

// sweep removes the folders of processes that were killed: those of this user
// whose lock nobody holds, and that are not just being made. Whatever it cannot judge or remove it leaves: that
// must not keep the demo from opening.
func sweep(temp string) {
	entries, err := os.ReadDir(temp)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), prefix) {
			continue
		}
		dir := filepath.Join(temp, entry.Name())
		info, err := os.Lstat(dir)
		if err != nil || !private(info) || time.Since(info.ModTime()) < settled {
			continue
		}
		held, err := lock(filepath.Join(dir, lockName), false)
		if err != nil {
			continue
		}
		held.Close()
		os.RemoveAll(dir)
	}
}
