// Package ledger is the arithmetic of a store's ledger: rows before and after a
// change, lines that are chained by their hashes, and the registry as lines leave
// it. It keeps nothing and reads no store.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"benchside/store"
)

// Canonical is the text that the hash of a line covers: a JSON object of all its
// fields but the hash, in this order, with the changes as they are kept.
func Canonical(l store.Line, changes string) string {
	text, err := json.Marshal(struct {
		Prev    string
		Seq, At int64
		By, Via string
		What    string
		Kind    string
		Name    string
		Version int64
		Says    string
		Reason  string
		Changes string
	}{
		l.Prev, l.Seq, l.At.Millis(), l.By.Name, l.By.Via, l.What, string(l.Of.Kind), l.Of.Name, l.Of.Version, l.Sentence, l.Reason, changes,
	})
	if err != nil {
		return "" // cannot happen: a struct of texts and numbers is always JSON
	}
	return string(text)
}

// Hash is the SHA-256 of a line, hexadecimal.
func Hash(l store.Line, changes string) string {
	sum := sha256.Sum256([]byte(Canonical(l, changes)))
	return hex.EncodeToString(sum[:])
}

// Head is the end of a ledger, which is kept beside it so that lines that were cut
// off its end are missed.
type Head struct {
	Seq  int64
	Hash string
}

// Next checks that a line, whose changes are kept as a text, follows the lines
// before it, and returns the head behind it.
func (h Head) Next(l store.Line, changes string) (Head, error) {
	switch {
	case l.Seq != h.Seq+1:
		return h, fmt.Errorf("line %d: %w: line %d comes before it, so some were taken out", l.Seq, store.ErrBroken, h.Seq)
	case l.Prev != h.Hash:
		return h, fmt.Errorf("line %d: %w: it was not written behind the line before it", l.Seq, store.ErrBroken)
	case Hash(l, changes) != l.Hash:
		return h, fmt.Errorf("line %d: %w: it was edited", l.Seq, store.ErrBroken)
	}
	return Head{l.Seq, l.Hash}, nil
}

// Ends checks that the lines end where the ledger is said to end.
func (h Head) Ends(at Head) error {
	switch {
	case h.Seq < at.Seq:
		return fmt.Errorf("line %d: %w: lines %d to %d were cut off", h.Seq, store.ErrBroken, h.Seq+1, at.Seq)
	case h != at:
		return fmt.Errorf("line %d: %w: the ledger was said to end with line %d", h.Seq, store.ErrBroken, at.Seq)
	}
	return nil
}
