package sqlite

import (
	"context"
	"sync"
)

// gate counts the reads under way and can keep new ones waiting.
type gate struct {
	mu     sync.Mutex
	inside int
	shut   int           // how many want quiet
	opened chan struct{} // closed when shut falls to 0
	empty  chan struct{} // closed when inside falls to 0; nil if nobody waits
}

func (g *gate) enter(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.shut > 0 {
		opened := g.opened
		g.mu.Unlock()
		select {
		case <-opened:
		case <-ctx.Done():
		}
		g.mu.Lock()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	g.inside++
	return nil
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.inside == 0 && g.empty != nil {
		close(g.empty)
		g.empty = nil
	}
}

// close shuts the gate and returns a channel that is closed once nobody is
// inside.
func (g *gate) close() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == 0 {
		g.opened = make(chan struct{})
	}
	g.shut++
	if g.inside == 0 {
		empty := make(chan struct{})
		close(empty)
		return empty
	}
	if g.empty == nil {
		g.empty = make(chan struct{})
	}
	return g.empty
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut--
	if g.shut == 0 {
		close(g.opened)
	}
}

// Quiet implements store.Quieter: once it returns, no lock is held on the file
// until resume is called. A process that stops itself in the middle of a read
// would otherwise keep MLflow from committing.
func (d *DB) Quiet(ctx context.Context) (resume func(), err error) {
	empty := d.gate.close()
	resume = sync.OnceFunc(d.gate.open)
	select {
	case <-empty:
		return resume, nil
	case <-ctx.Done():
		resume()
		return nil, ctx.Err()
	}
}
