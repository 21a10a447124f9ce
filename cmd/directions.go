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

	"benchside/compare"
)

// directions keeps in the user's configuration what is better of a metric: a
// JSON object of "max" and "min" by metric.
type directions struct {
	path string
	lock sync.Mutex
	held map[string]string
}

// mostDirections bounds the file that is read.
const mostDirections = 1 << 20

// keptDirections reads what was kept. A file that cannot be read is no reason not
// to start: keeping says what is wrong.
func keptDirections() *directions {
	d := &directions{held: map[string]string{}}
	folder, err := os.UserConfigDir()
	if err != nil {
		return d
	}
	d.path = filepath.Join(folder, "benchside", "directions.json")
	if info, err := os.Stat(d.path); err != nil || info.Size() > mostDirections {
		return d
	}
	if content, err := os.ReadFile(d.path); err == nil {
		held := map[string]string{}
		if json.Unmarshal(content, &held) == nil {
			d.held = held
		}
	}
	return d
}

// All implements comparison.Directions.
func (d *directions) All() map[string]compare.Direction {
	d.lock.Lock()
	defer d.lock.Unlock()
	out := map[string]compare.Direction{}
	for metric, word := range d.held {
		out[metric] = map[string]compare.Direction{"max": compare.Higher, "min": compare.Lower}[word]
	}
	return out
}

// Keep implements comparison.Directions.
func (d *directions) Keep(metric string, to compare.Direction) error {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.path == "" {
		return errors.New("there is no folder for configuration: set XDG_CONFIG_HOME or HOME")
	}
	if content, err := os.ReadFile(d.path); err == nil && !json.Valid(content) {
		return fmt.Errorf("%s is not JSON: mend or remove it", d.path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	held := maps.Clone(d.held)
	if held[metric] = to.String(); to == compare.Unknown {
		delete(held, metric)
	}
	content, err := json.MarshalIndent(held, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", d.path, err)
	}
	if err := os.MkdirAll(filepath.Dir(d.path), 0o755); err != nil {
		return err
	}
	if err := writeNew(d.path, string(content)+"\n"); err != nil {
		return err
	}
	d.held = held
	return nil
}
