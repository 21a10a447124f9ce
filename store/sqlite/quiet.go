package sqlite

import (
	"context"
	"sync"
)

// gate counts the reads under way and can keep new ones waiting. The zero value
// is open.
type gate struct {
	mu     sync.Mutex
	inside int
	alone  bool          // the one inside wants nobody beside it
	shut   int           // how many want quiet
	moved  chan struct{} // closed when the others should look again; nil if nobody waits
}

// enter waits until one may read. Alone is asked before each try.
func (g *gate) enter(ctx context.Context, alone func() bool) error {
	for {
		moved := g.try(alone())
		if moved == nil {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (g *gate) try(alone bool) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut > 0 || g.alone || alone && g.inside > 0 {
		return g.waiting()
	}
	g.inside++
	g.alone = alone
	return nil
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.alone = false
	g.move()
}

// close keeps new reads waiting until open is called as often.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut++
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut--
	g.move()
}

// empty waits until nobody is inside.
func (g *gate) empty(ctx context.Context) error {
	for {
		g.mu.Lock()
		if g.inside == 0 {
			g.mu.Unlock()
			return nil
		}
		moved := g.waiting()
		g.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (g *gate) waiting() <-chan struct{} {
	if g.moved == nil {
		g.moved = make(chan struct{})
	}
	return g.moved
}

func (g *gate) move() {
	if g.moved != nil {
		close(g.moved)
		g.moved = nil
	}
}

// Quiet implements store.Quieter: once it returns, no lock is held on the file
// until resume is called. A process that stops itself in the middle of a read
// would otherwise keep MLflow from committing.
func (d *DB) Quiet(ctx context.Context) (resume func(), err error) {
	d.gate.close()
	resume = sync.OnceFunc(d.gate.open)
	if err := d.gate.empty(ctx); err != nil {
		resume()
		return nil, err
	}
	return resume, nil
}
