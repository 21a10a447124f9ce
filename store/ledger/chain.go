// Package ledger is the arithmetic of the ledger: how its lines are chained by
// hashes, how the chain is verified, and what the registry was like at a date. It
// reads and writes no store.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"

	"benchside/store"
)

// Hash returns the hash of a line whose row changes are encoded as changes: the
// hexadecimal SHA-256 of these fields, each written as a netstring (its length in
// bytes in decimal, a colon, the bytes, a comma; cr.yp.to/proto/netstrings.txt):
// the hash of the line before, the number of the line, its time in milliseconds,
// the author's name, the author's way in, the name of the mutation, the kind,
// name and version of the subject, the sentence, the reason, the changes.
func Hash(l store.Line, changes string) string {
	h := sha256.New()
	for _, field := range []string{
		l.Prev, strconv.FormatInt(l.Seq, 10), strconv.FormatInt(l.At.Millis(), 10),
		l.By.Name, l.By.Via, l.What,
		string(l.Of.Kind), l.Of.Name, strconv.FormatInt(l.Of.Version, 10),
		l.Sentence, l.Reason, changes,
	} {
		netstring(h, field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// netstring cannot fail: a hash takes everything.
func netstring(h hash.Hash, field string) {
	_, _ = io.WriteString(h, strconv.Itoa(len(field))+":"+field+",")
}

// Chain is how far a ledger goes: the number of its lines, and the hash and time
// of the last. The zero value is a ledger without lines.
type Chain struct {
	Lines int64
	Hash  string
	At    store.Time
}

// Next makes l the next line: its number, the hash before it and its own. A line
// is never older than the one before it, whatever the clock says, so that a date
// cuts the ledger in two.
func (c Chain) Next(l store.Line, changes string) (store.Line, Chain) {
	l.Seq, l.Prev = c.Lines+1, c.Hash
	if l.At.Compare(c.At) < 0 {
		l.At = c.At
	}
	l.Hash = Hash(l, changes)
	return l, Chain{l.Seq, l.Hash, l.At}
}

// Check returns the chain with the line l, which must be its next: an error says
// how it is not. Lines are checked from the first.
func (c Chain) Check(l store.Line, changes string) (Chain, error) {
	switch {
	case l.Seq > c.Lines+1:
		return c, fmt.Errorf("%w: line %d is missing: line %d follows line %d", store.ErrBroken, c.Lines+1, l.Seq, c.Lines)
	case l.Seq <= c.Lines:
		return c, fmt.Errorf("%w: line %d follows line %d", store.ErrBroken, l.Seq, c.Lines)
	case l.Prev != c.Hash:
		return c, fmt.Errorf("%w: line %d does not follow the line before it: that one was exchanged or edited", store.ErrBroken, l.Seq)
	case l.Hash != Hash(l, changes):
		return c, fmt.Errorf("%w: line %d was edited: its content has another hash", store.ErrBroken, l.Seq)
	}
	return Chain{l.Seq, l.Hash, l.At}, nil
}

// End compares the whole chain with the head that is kept beside the lines, which
// shows that lines were cut from the end.
func (c Chain) End(head Chain) error {
	switch {
	case head.Lines > c.Lines:
		return fmt.Errorf("%w: the lines after line %d are missing: there were %d", store.ErrBroken, c.Lines, head.Lines)
	case head.Lines < c.Lines || head.Hash != c.Hash:
		return fmt.Errorf("%w: the head of the ledger is that of line %d, and there are %d", store.ErrBroken, head.Lines, c.Lines)
	}
	return nil
}
