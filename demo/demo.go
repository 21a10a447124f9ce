// Package demo holds the demo store, made by the real MLflow, and unpacks it
// into a private folder. It opens nothing: the backends read what it unpacks.
package demo

import (
	"archive/zip"
	"bytes"
	"context"
	_ "embed" // the archive below
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Database is the name of the store's database within its folder. Artifacts
// lie beside it.
const Database = "mlflow.db"

// Sweep is the run of the store whose descendants are worth replaying: a
// parent of five families of eight trials each, some of which diverge.
const Sweep = "ce987a4a19eb48cf8d9c468ade58eb89"

// Experiment is where to begin to look: the experiment of the sweep.
const (
	Experiment     = "1"
	ExperimentName = "churn/hpo-sweep"
)

// archive is the store as demo/make packed it. It is a zip so that the
// database and the artifacts can be inflated at the same time.
//
//go:embed store.zip
var archive []byte

// largest bounds one unpacked file: the archive is ours, but a file that grows
// without end would fill a disk.
const largest = 64 << 20

// Unpack writes the demo store into dir, an existing folder without any of its
// files.
func Unpack(ctx context.Context, dir string) error {
	return unpack(ctx, archive, dir)
}

func unpack(ctx context.Context, packed []byte, dir string) error {
	reader, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return fmt.Errorf("open the demo archive: %w", err)
	}
	var database, artifacts []*zip.File
	for _, file := range reader.File {
		// The reader may have let such names pass; nothing of ours has them.
		if !fs.ValidPath(file.Name) || !filepath.IsLocal(file.Name) || !file.Mode().IsRegular() {
			return fmt.Errorf("unpack %q: %w", file.Name, fs.ErrInvalid)
		}
		if file.Name == Database {
			database = append(database, file)
		} else {
			artifacts = append(artifacts, file)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, 2)
	var group sync.WaitGroup
	for i, files := range [][]*zip.File{database, artifacts} {
		group.Go(func() {
			if errs[i] = writeAll(ctx, files, dir); errs[i] != nil {
				cancel() // the other half is of no use now
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

func writeAll(ctx context.Context, files []*zip.File, dir string) error {
	made := map[string]bool{}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if parent := filepath.Dir(path); !made[parent] {
			if err := os.MkdirAll(parent, 0o700); err != nil {
				return fmt.Errorf("unpack %s: %w", file.Name, err)
			}
			made[parent] = true
		}
		if err := write(file, path); err != nil {
			return fmt.Errorf("unpack %s: %w", file.Name, err)
		}
	}
	return nil
}

func write(packed *zip.File, path string) error {
	if packed.UncompressedSize64 > largest {
		return fmt.Errorf("%d bytes are more than %d", packed.UncompressedSize64, largest)
	}
	content, err := packed.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	// O_EXCL: whatever is there already, a link included, is not written through.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, io.LimitReader(content, largest))
	return errors.Join(err, file.Close())
}
