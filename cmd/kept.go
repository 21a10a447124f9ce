package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
)

// kept is what the user said once and what holds beyond the session: a JSON object
// in the user's configuration, by key.
type kept[V any] struct {
	path string
	lock sync.Mutex
	held map[string]V
}

// mostKept bounds the file that is read, in bytes.
const mostKept = 1 << 20

// keptIn reads a file of the configuration. One that cannot be read is no reason
// not to start: keeping says what is wrong.
func keptIn[V any](name string) *kept[V] {
	folder, err := os.UserConfigDir()
	if err != nil {
		return &kept[V]{held: map[string]V{}}
	}
	return keptAt[V](folder, name)
}

func keptAt[V any](folder, name string) *kept[V] {
	k := &kept[V]{held: map[string]V{}}
	k.path = filepath.Join(folder, "benchside", name)
	if held, err := k.read(); err == nil {
		k.held = held
	}
	return k
}

// read reads the file; it is empty where there is none.
func (k *kept[V]) read() (map[string]V, error) {
	held := map[string]V{}
	info, err := os.Stat(k.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return held, nil
	case err != nil:
		return nil, err
	case info.Size() > mostKept:
		return nil, fmt.Errorf("%s is larger than %d bytes: mend or remove it", k.path, mostKept)
	}
	content, err := os.ReadFile(k.path)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(content, &held); err != nil {
		return nil, fmt.Errorf("%s cannot be read: mend or remove it: %w", k.path, err)
	}
	return held, nil
}

func (k *kept[V]) all() map[string]V {
	k.lock.Lock()
	defer k.lock.Unlock()
	return maps.Clone(k.held)
}

// change changes what is kept, after reading what another session kept meanwhile.
func (k *kept[V]) change(do func(held map[string]V)) error {
	k.lock.Lock()
	defer k.lock.Unlock()
	if k.path == "" {
		return errors.New("there is no folder for configuration: set XDG_CONFIG_HOME or HOME")
	}
	held, err := k.read()
	if err != nil {
		return err
	}
	do(held)
	content, err := json.MarshalIndent(held, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", k.path, err)
	}
	if err := os.MkdirAll(filepath.Dir(k.path), 0o755); err != nil {
		return err
	}
	if err := writeNew(k.path, string(content)+"\n"); err != nil {
		return err
	}
	k.held = held
	return nil
}
