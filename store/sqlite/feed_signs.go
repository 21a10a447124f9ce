package sqlite

import (
	"path/filepath"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// signs tells that a file of the store was written, as far as the operating
// system tells us.
type signs struct {
	told chan struct{} // holds one sign until it is taken

	watcher *fsnotify.Watcher // nil if the system has none to give
	folder  string
	mu      sync.Mutex
	name    string // of the database within the folder
}

func newSigns() *signs {
	s := &signs{told: make(chan struct{}, 1)}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return s // the feed looks at the files now and then in any case
	}
	s.watcher = w
	go s.listen()
	return s
}

// follow watches the folder of a database and reports whether that works. It
// may be called again and again: a folder that was made anew is followed anew.
func (s *signs) follow(path string) bool {
	if s.watcher == nil || path == "" {
		return false
	}
	folder, name := filepath.Split(path)
	folder = filepath.Clean(folder)
	s.mu.Lock()
	s.name = name
	s.mu.Unlock()
	if s.folder != folder && s.folder != "" {
		_ = s.watcher.Remove(s.folder) // it may be gone
	}
	if err := s.watcher.Add(folder); err != nil {
		s.folder = ""
		return false
	}
	s.folder = folder
	return true
}

// pause stops following until follow is called.
func (s *signs) pause() {
	if s.watcher != nil && s.folder != "" {
		_ = s.watcher.Remove(s.folder) // it may be gone
		s.folder = ""
	}
}

func (s *signs) listen() {
	for {
		select {
		case e, open := <-s.watcher.Events:
			if !open {
				return
			}
			if !s.ours(filepath.Base(e.Name)) {
				continue
			}
		case _, open := <-s.watcher.Errors: // events were lost: something happened
			if !open {
				return
			}
		}
		select {
		case s.told <- struct{}{}:
		default:
		}
	}
}

// ours tells the database and its log from other files, and from its journal,
// which is written before the commit.
func (s *signs) ours(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest, ok := strings.CutPrefix(name, s.name)
	return ok && (rest == "" || rest == "-wal" || rest == "-shm")
}

func (s *signs) close() {
	if s.watcher != nil {
		_ = s.watcher.Close() // nothing is left to be told
	}
}
