package painter

import (
	"slices"

	"benchside/pictures/protocol"
)

// kept is how many pictures the terminal keeps of ours: enough to go back and
// forth between two, few enough for its memory.
const kept = 8

// pool gives out the ids of pictures. Content never gets the id of other content
// soon: some terminals keep the geometry of the old one.
type pool struct {
	slots []slot // the newest last
	last  uint8
	left  []uint8 // ids that were taken back of late: who sends that may be late
}

type slot struct {
	sheet *Sheet
	id    uint8
}

func (p *pool) at(s *Sheet) int {
	return slices.IndexFunc(p.slots, func(have slot) bool { return have.sheet == s })
}

// holds reports whether a sheet has an id, and makes it the newest.
func (p *pool) holds(s *Sheet) bool {
	at := p.at(s)
	if at < 0 {
		return false
	}
	have := p.slots[at]
	p.slots = append(slices.Delete(p.slots, at, at+1), have)
	return true
}

// of returns the id of a sheet, 0 if it has none.
func (p *pool) of(s *Sheet) uint8 {
	if at := p.at(s); at >= 0 {
		return p.slots[at].id
	}
	return 0
}

// take gives a sheet an id; gone is the one that had to go for it, or 0.
func (p *pool) take(s *Sheet) (id, gone uint8) {
	if len(p.slots) >= kept {
		gone = p.slots[0].id
		p.slots = slices.Delete(p.slots, 0, 1)
		p.leave(gone)
	}
	if p.last < protocol.FirstID || p.last == protocol.LastID {
		p.last = protocol.FirstID - 1
	}
	p.last++
	for slices.ContainsFunc(p.slots, func(have slot) bool { return have.id == p.last }) {
		p.last++ // kept pictures are few, so this ends before 255 but for a wrap
		if p.last < protocol.FirstID {
			p.last = protocol.FirstID
		}
	}
	p.slots = append(p.slots, slot{s, p.last})
	return p.last, gone
}

// drop takes the id from a sheet and returns it.
func (p *pool) drop(s *Sheet) uint8 {
	at := p.at(s)
	if at < 0 {
		return 0
	}
	id := p.slots[at].id
	p.slots = slices.Delete(p.slots, at, at+1)
	p.leave(id)
	return id
}

func (p *pool) leave(id uint8) {
	p.left = append(p.left, id)
	if len(p.left) > kept {
		p.left = p.left[1:]
	}
}

// clear takes all ids and returns them, with those that left a moment ago.
func (p *pool) clear() (ids []uint8) {
	ids, p.left = p.left, nil
	for _, s := range p.slots {
		ids = append(ids, s.id)
	}
	p.slots = nil
	return ids
}
