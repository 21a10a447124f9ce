package sqlite

import (
	"cmp"
	"encoding/hex"
	"hash/maphash"
	"math"
	"slices"
	"time"

	"benchside/store"
)

// The comparison of all runs takes at most one part in share of the time of a
// core, and never longer than mostWait to begin.
const (
	share    = 50
	mostWait = 10 * time.Second
)

// headStart is what a reader that opens a big store has for its first page
// before the comparison begins.
const headStart = 150 * time.Millisecond

// rowsPerPage bounds one burst of the comparison, about 4 ms.
const rowsPerPage = 4096

// roll remembers what every run was like, 32 bytes each, to find those that
// were changed or removed.
type roll struct {
	seed   maphash.Seed
	rows   []entry          // by rowid
	odd    map[int64]string // ids that are not 32 hexadecimal digits, by rowid
	filled int64            // rows up to here are known
	upTo   int64            // the last row when the roll was begun

	live  map[string]int64 // rowids of the runs that are read at every commit
	dirty bool             // something was committed since the last comparison
	next  time.Time        // when the next comparison may begin
}

type entry struct {
	row   int64
	state uint64
	id    [16]byte
}

func newRoll(upTo int64, live []seenRun) roll {
	l := roll{
		seed: maphash.MakeSeed(), odd: map[int64]string{}, upTo: upTo,
		live: map[string]int64{}, dirty: true,
	}
	if upTo > rowsPerPage {
		l.next = time.Now().Add(headStart)
	}
	for _, r := range live {
		l.live[r.head.ID] = r.row
		l.put(r.row, r.head.ID, r.state)
	}
	return l
}

// due is how long the next comparison has to wait.
func (l *roll) due() time.Duration {
	if !l.dirty {
		return math.MaxInt64
	}
	return max(time.Until(l.next), time.Millisecond)
}

func (l *roll) find(row int64) (int, bool) {
	if n := len(l.rows); n == 0 || l.rows[n-1].row < row {
		return n, false
	}
	return slices.BinarySearchFunc(l.rows, row, func(e entry, row int64) int { return cmp.Compare(e.row, row) })
}

func (l *roll) insert(i int, e entry) { l.rows = slices.Insert(l.rows, i, e) }

func (l *roll) hash(s string) uint64 { return maphash.String(l.seed, s) }

func (l *roll) entry(row int64, id, state string) entry {
	e := entry{row: row, state: l.hash(state)}
	if len(id) == 2*len(e.id) {
		if _, err := hex.Decode(e.id[:], []byte(id)); err == nil && hex.EncodeToString(e.id[:]) == id {
			return e
		}
	}
	l.odd[row] = id
	e.id = [16]byte{}
	return e
}

// put remembers a run. It reports whether it was known, and otherwise.
func (l *roll) put(row int64, id, state string) (known, differs bool) {
	e := l.entry(row, id, state)
	i, known := l.find(row)
	if !known {
		l.insert(i, e)
		return false, false
	}
	differs = l.rows[i].state != e.state
	l.rows[i] = e
	return true, differs
}

// forget drops the run at i and returns its id.
func (l *roll) forget(i int) string {
	id := l.id(l.rows[i])
	delete(l.odd, l.rows[i].row)
	delete(l.live, id)
	l.rows = slices.Delete(l.rows, i, i+1)
	return id
}

func (l *roll) id(e entry) string {
	if id, ok := l.odd[e.row]; ok {
		return id
	}
	return hex.EncodeToString(e.id[:])
}

// track keeps the newest live runs in view.
func (l *roll) track(r seenRun) {
	if !r.head.Status.Live() {
		delete(l.live, r.head.ID)
		return
	}
	l.live[r.head.ID] = r.row
	if len(l.live) <= mostLive {
		return
	}
	oldest := r.head.ID
	for id, row := range l.live {
		if row < l.live[oldest] {
			oldest = id
		}
	}
	delete(l.live, oldest)
}

// events puts a batch into words, runs before what was logged for them.
func (f *feed) events(b *batch) []store.Event {
	events := make([]store.Event, 0, len(b.isNew)+len(b.points)+len(b.params)+len(b.tags)+1)
	if b.next.experiments != f.mark.experiments {
		events = append(events, store.Event{Kind: store.ExperimentsChanged})
	}
	for _, r := range b.isNew {
		f.runs.put(r.row, r.head.ID, r.state)
		f.runs.track(r)
		events = append(events, store.Event{Kind: store.RunCreated, Head: r.head})
	}
	for _, r := range b.again {
		known, differs := f.runs.put(r.row, r.head.ID, r.state)
		f.runs.track(r)
		if differs || b.linked[r.head.ID] || !known {
			events = append(events, store.Event{Kind: store.RunChanged, Head: r.head})
		}
	}
	events = append(events, b.params...)
	events = append(events, b.tags...)
	return append(events, b.points...)
}
