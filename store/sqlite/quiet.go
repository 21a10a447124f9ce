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
	write  bool          // a write is inside, or waits for those inside to leave
	shut   int           // how many want quiet
	moved  chan struct{} // closed when the others should look again; nil if nobody waits
}

// enter waits until one may read. Alone is asked before each try, without a lock.
func (g *gate) enter(ctx context.Context, alone func() bool) error {
	return g.wait(ctx, func() func() bool {
		now := alone()
		return func() bool { return g.try(now) }
	})
}

func (g *gate) try(alone bool) bool {
	if g.shut > 0 || g.alone || g.write || alone && g.inside > 0 {
		return false
	}
	g.inside++
	g.alone = alone
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.alone = false
	g.move()
}

// enterToWrite waits until nobody is inside and keeps new reads waiting
// meanwhile: a write takes milliseconds, and reads that follow one another would
// keep it waiting for ever. Who wants quiet goes first.
func (g *gate) enterToWrite(ctx context.Context) error {
	ours := false // we are the write that waits
	try := func() bool {
		switch {
		case g.shut > 0 && ours:
			g.write, ours = false, false
			g.move()
			return false
		case g.shut > 0 || g.write && !ours:
			return false
		}
		g.write, ours = true, true
		if g.inside > 0 {
			return false
		}
		g.inside++
		return true
	}
	err := g.wait(ctx, func() func() bool { return try })
	if err != nil && ours {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.write = false
		g.move()
	}
	return err
}

func (g *gate) leaveFromWrite() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	g.write = false
	g.move()
}

// close keeps new reads waiting until open is called as often.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut++
	g.move() // a write that waits steps back
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut--
	g.move()
}

// wanted reports whether somebody wants quiet.
func (g *gate) wanted() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut > 0
}

// empty waits until nobody is inside.
func (g *gate) empty(ctx context.Context) error {
	return g.wait(ctx, func() func() bool { return func() bool { return g.inside == 0 } })
}

// wait tries again whenever something moved, until a try says yes. What next
// looks at is done without a lock, the try that it returns under mu.
func (g *gate) wait(ctx context.Context, next func() (try func() bool)) error {
	for {
		moved := g.unless(next())
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

// unless asks ready once, under mu, and returns what to wait for if it says no.
func (g *gate) unless(ready func() bool) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ready() {
		return nil
	}
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
