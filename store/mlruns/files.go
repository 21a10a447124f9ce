package mlruns

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"benchside/store"
)

// What a hostile or broken folder may cost at most.
const (
	maxMeta    = 64 << 10 // bytes of a run's, an experiment's or a model's meta.yaml
	maxDataset = 18 << 20 // bytes of a dataset's: MLflow allows a profile of 16 MiB
	maxText    = 1 << 20  // bytes of a param or a tag; what is longer is cut
	maxKeys    = 100_000  // params, tags or metrics of one run
	maxDepth   = 64       // of sub-folders, which are the slashes of a key
)

// stamp tells whether a file is still what was read: its time and its size. The
// zero stamp is of a file that is not there.
type stamp struct{ mod, size int64 }

func (s stamp) there() bool { return s != stamp{} }

func stampOf(info fs.FileInfo) stamp {
	return stamp{info.ModTime().UnixNano(), info.Size() + 1} // an empty file is there, too
}

func stampAt(root *os.Root, name string) stamp {
	info, err := root.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return stamp{}
	}
	return stampOf(info)
}

// openFile opens a regular file. It never waits, as a pipe would have it.
func openFile(root *os.Root, name string) (*os.File, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file: %w", name, store.ErrDamaged)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// readFile reads at most limit bytes of a file and says whether that is all.
func readFile(root *os.Root, name string, limit int64) (content []byte, all bool, err error) {
	f, err := openFile(root, name)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(f, limit+1))
	if err != nil {
		return nil, false, err
	}
	return b.Bytes()[:min(n, limit)], n <= limit, nil
}

// readText reads a param or a tag, and whether there is one.
func readText(root *os.Root, name string) (string, bool) {
	content, _, err := readFile(root, name, maxText)
	return string(content), err == nil
}

// keyFile names the file of a key, or is false for a key that could leave its
// folder and so cannot be one of MLflow's.
func keyFile(run, kind, key string) (string, bool) {
	if key == "" || !filepath.IsLocal(key) || path.Clean(key) != key || strings.ContainsRune(key, 0) {
		return "", false
	}
	return path.Join(run, kind, key), true
}

// eachKey visits the files below a folder by their keys: a slash in a key is a
// sub-folder.
func eachKey(root *os.Root, folder string, visit func(key string) error) error {
	n := 0
	var walk func(prefix string, depth int) error
	walk = func(prefix string, depth int) error {
		entries, err := list(root, path.Join(folder, prefix))
		if errors.Is(err, fs.ErrNotExist) {
			return nil // git keeps no empty folders
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			key := path.Join(prefix, e.Name())
			switch {
			case e.IsDir() && depth < maxDepth:
				err = walk(key, depth+1)
			case e.Type().IsRegular() && n < maxKeys:
				n++
				err = visit(key)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	return walk("", 0)
}

// list returns the entries of a folder, in no order.
func list(root *os.Root, folder string) ([]fs.DirEntry, error) {
	f, err := root.OpenFile(folder, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil && len(entries) == 0 {
		return nil, err
	}
	return entries, nil
}
