package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"benchside/sanitize"
	"benchside/tui"
)

// ends are the flags of how a session of screens begins and ends.
type ends struct {
	fresh bool
	marks bool
	said  string // why this store is open, if nobody named it
}

func (e *ends) add(c *cobra.Command) {
	c.Flags().BoolVar(&e.marks, "print-marks", false, "print the ids of the marked runs at the end, for a pipe; the screen is on the terminal then")
}

// place is where the last session of a store ended.
type place struct {
	Stores []string  `json:"stores"` // as they can be opened from anywhere
	At     int64     `json:"at"`     // milliseconds since the Unix epoch
	Where  tui.Where `json:"where"`
}

// mostPlaces bounds the stores whose places are kept.
const mostPlaces = 40

// keptPlaces are where sessions ended, by what storeKey calls their stores.
func keptPlaces() *kept[place] {
	folder := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(folder) { // the specification has others ignored
		home, err := os.UserHomeDir()
		if err != nil {
			return &kept[place]{held: map[string]place{}}
		}
		folder = filepath.Join(home, ".local", "state")
	}
	return keptAt[place](folder, "places.json")
}

// lastStore has the store of the last session opened where none is named and none is
// here, if it is still there.
func (s *session) lastStore() {
	if len(s.stores) > 0 || s.ends.fresh {
		return
	}
	if _, _, err := find(); err == nil {
		return
	}
	var last place
	for _, p := range keptPlaces().all() {
		if p.At > last.At {
			last = p
		}
	}
	there := func(uri string) bool {
		path, err := local(uri)
		if err != nil {
			return false
		}
		_, err = os.Stat(path)
		return err == nil
	}
	if len(last.Stores) == 0 || len(last.Stores) > mostStores || slices.ContainsFunc(last.Stores, func(uri string) bool { return !there(uri) }) {
		return
	}
	s.stores = last.Stores
	s.ends.said = "no store is here: this is the last one, " + sanitize.Line(last.Stores[0])
}

// between has a session begin where the last one of this store ended, and keeps where
// this one ends. free gives back what that took.
func (s *session) between(o *tui.Options) (free func(), err error) {
	free = func() {}
	if s.ends.marks {
		if out, ok := s.out.(*os.File); !ok || !term.IsTerminal(out.Fd()) {
			tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
			if err != nil {
				return free, fmt.Errorf("show the screen beside a pipe: %w", err)
			}
			o.Own.Terminal, free = tty, func() { _ = tty.Close() } // nothing of it is lost
		}
	}
	keep := s.demoAt == ""
	places, key := keptPlaces(), s.storeKey()
	if keep && !s.ends.fresh {
		o.Own.Where = places.all()[key].Where
	}
	o.Own.Said = s.ends.said
	o.Own.Left = func(at tui.Where, marked []string) error {
		var kept error
		if keep {
			kept = places.change(func(held map[string]place) { s.leftAt(held, key, at) })
		}
		if kept != nil { // the next session begins at the run table, so that is told and no failure
			fmt.Fprintf(s.err, "benchside: keep where this session ended: %s\n", sanitize.Line(kept.Error()))
		}
		if !s.ends.marks {
			return nil
		}
		for _, id := range marked {
			if _, err := fmt.Fprintln(s.out, id); err != nil {
				return err
			}
		}
		return nil
	}
	return free, nil
}

// leftAt notes where a session ended, and forgets the oldest of too many.
func (s *session) leftAt(held map[string]place, key string, at tui.Where) {
	uris := make([]string, len(s.stores))
	for i, uri := range s.stores {
		uris[i] = uri
		if path, err := local(uri); err == nil {
			if full, err := filepath.Abs(path); err == nil {
				uris[i] = full
			}
		}
	}
	held[key] = place{Stores: uris, At: time.Now().UnixMilli(), Where: at}
	for len(held) > mostPlaces {
		oldest := key
		for k, p := range held {
			if p.At < held[oldest].At {
				oldest = k
			}
		}
		delete(held, oldest)
	}
}
