// Package news says what became of runs since a moment: which started, finished or
// failed. It reads no store and keeps no moment: callers bring heads and say since when.
package news

import (
	"cmp"
	"slices"

	"benchside/store"
)

// Kind is what became of a run.
type Kind int

// What may become of a run, in the order of a summary.
const (
	Failed Kind = iota
	Killed
	Finished
	Started // and still goes on
	kinds
)

func (k Kind) String() string { return [...]string{"failed", "killed", "finished", "started"}[k] }

// Item is a run that something became of, and when.
type Item struct {
	Kind Kind
	At   store.Time
	Head store.Head
}

// Of returns what became of a run since a moment; false if nothing did. A run that
// started and ended since is one that ended.
func Of(h *store.Head, since store.Time) (Item, bool) {
	if h.Stage == store.Deleted {
		return Item{}, false
	}
	if !h.Status.Live() && h.End.Compare(since) > 0 {
		kind := map[store.Status]Kind{store.Failed: Failed, store.Killed: Killed}
		k, ok := kind[h.Status]
		if !ok {
			k = Finished
		}
		return Item{k, h.End, *h}, true
	}
	if h.Start.Compare(since) > 0 && h.Status.Live() {
		return Item{Started, h.Start, *h}, true
	}
	return Item{}, false
}

// Sort puts the latest first.
func Sort(items []Item) {
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Head.ID, b.Head.ID))
	})
}

// Count returns how many there are of each kind, by kind.
func Count(items []Item) (counts [kinds]int) {
	for _, it := range items {
		counts[it.Kind]++
	}
	return counts
}
