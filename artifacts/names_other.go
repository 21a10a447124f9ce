//go:build !linux

package artifacts

import (
	"errors"
	"io"
	"os"
)

// eachNames reads the names of a folder, in parts.
func eachNames(folder *os.File, each func(names [][]byte) error) error {
	for {
		part, err := folder.Readdirnames(chunk)
		names := make([][]byte, len(part))
		for i, name := range part {
			names[i] = []byte(name)
		}
		if err := each(names); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
