package runtable

import (
	"context"
	"errors"
	"slices"
	"sync"

	tea "charm.land/bubbletea/v2"

	"benchside/forest"
	"benchside/store"
	"benchside/tui/columns"
	"benchside/tui/view"
)

const (
	firstHeads = 400 // of the first frame: enough for the roots of a screen
	sampled    = 60  // runs whose keys choose the first columns
	margin     = 20  // rows above and below the window whose cells are read too
)

// first is the answer for the first frame.
type first struct {
	page    store.Page
	names   map[string]string
	columns []store.Field
	cells   map[string]store.Cells
}

// loadFirst reads the newest runs with their cells, which does not depend on
// the size of the store; the rest follows.
func (v *View) loadFirst() tea.Cmd {
	r, q := v.reader, v.query()
	fresh := len(v.read()) == 0
	return view.Load(&v.loads.first, func(ctx context.Context) (first, error) { return readFirst(ctx, r, q, fresh) })
}

// readFirst reads the names and, for a fresh table, a sample beside the newest
// runs.
func readFirst(ctx context.Context, r Reader, q store.RunQuery, fresh bool) (first, error) {
	var out first
	var beside error
	var wait sync.WaitGroup
	wait.Go(func() {
		if out.names, beside = readNames(ctx, r); beside != nil || !fresh {
			return
		}
		sample := q
		sample.Limit = sampled
		runs, err := r.Runs(ctx, sample)
		if beside = err; err != nil {
			return
		}
		out.columns, out.cells = choose(runs), map[string]store.Cells{}
		for _, run := range runs {
			out.cells[run.ID] = store.Cells{Metrics: run.Metrics, Params: run.Params, Tags: run.Tags}
		}
	})
	page, err := r.Recent(ctx, q, firstHeads)
	out.page = page
	wait.Wait()
	return out, errors.Join(err, beside)
}

// readNames reads what the experiments are called, deleted ones included.
func readNames(ctx context.Context, r store.ExperimentReader) (names, error) {
	list, err := r.Experiments(ctx, store.ExperimentQuery{Stage: store.AnyStage})
	out := make(names, len(list))
	for _, e := range list {
		out[e.ID] = e.Name
	}
	return out, err
}

type names map[string]string

func (v *View) loadNames() tea.Cmd {
	r := v.reader
	return view.Load(&v.loads.names, func(ctx context.Context) (names, error) { return readNames(ctx, r) })
}

// again reads everything anew. What is there stays until its successor comes.
func (v *View) again() tea.Cmd {
	clear(v.cells)
	v.forget()
	if !v.scan.whole {
		return v.loadFirst()
	}
	return tea.Batch(v.loadHeads(), v.loadNames(), v.loadSort(), v.loadGroup(), v.rematch())
}

// loadHeads reads the heads of all runs in the background.
func (v *View) loadHeads() tea.Cmd {
	r, q := v.reader, v.query()
	return view.Stream(&v.loads.heads, func(ctx context.Context, emit func(headsRead) error) error {
		runs, shown := forest.New(nil), 0
		err := r.Heads(ctx, q, func(p store.Page) error {
			if runs.Len() == 0 {
				runs.Grow(p.Total)
			}
			runs.Upsert(p.Heads...)
			const step = 20_000
			if runs.Len() < shown+step {
				return nil
			}
			shown = runs.Len()
			return emit(headsRead{n: shown, of: p.Total})
		})
		if err != nil {
			return err
		}
		return emit(headsRead{runs: runs, n: runs.Len(), of: runs.Len()})
	})
}

// headsRead is how far the reading of all heads is; runs is set at its end.
type headsRead struct {
	runs  *forest.Forest
	n, of int
}

// window returns the ids of the runs in and around the window.
func (v *View) window() []string {
	from, to := v.table.Window()
	from, to = max(from-margin, 0), min(to+margin, len(v.rows))
	ids := make([]string, 0, to-from)
	for _, row := range v.rows[from:to] {
		if !v.isGroup(row.At) {
			ids = append(ids, v.runs.Head(row.At).ID)
		}
	}
	return append(ids, v.pinned()...)
}

// loadCells reads the cells of the window that are not there yet.
func (v *View) loadCells() tea.Cmd {
	v.resize()
	fields := v.read()
	anew := !slices.Equal(fields, v.set.reads)
	var ids []string
	for _, id := range v.window() {
		if _, ok := v.cells[id]; !ok || anew {
			ids = append(ids, id)
		}
	}
	more := tea.Batch(v.loadSketches(), v.loadRolls(), v.loadBeats())
	if len(ids) == 0 {
		v.fit()
		return more
	}
	return tea.Batch(v.readCells(ids), more)
}

type cellsRead struct {
	ids    []string
	fields []store.Field
	cells  map[string]store.Cells
}

func (v *View) readCells(ids []string) tea.Cmd {
	r, fields := v.reader, v.read()
	if len(fields) == 0 {
		return nil
	}
	return view.Load(&v.loads.cells, func(ctx context.Context) (cellsRead, error) {
		cells, err := r.Cells(ctx, ids, fields)
		return cellsRead{ids, fields, cells}, err
	})
}

// loaded takes the answers of loads.
func (v *View) loaded(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Loaded[first]:
		if m.Of(&v.loads.first) {
			return v.takeFirst(m)
		}
	case view.Loaded[headsRead]:
		if m.Of(&v.loads.heads) {
			return v.takeHeads(m)
		}
	case view.Loaded[cellsRead]:
		if m.Of(&v.loads.cells) {
			return v.takeCells(m)
		}
	case view.Loaded[sorting]:
		if m.Of(&v.loads.sort) && !v.failed(m.Err) {
			return v.takeSort(m.Value)
		}
	case view.Loaded[found]:
		if m.Of(&v.loads.match) {
			return v.takeMatch(m)
		}
	case view.Loaded[[]store.Head]:
		if m.Of(&v.loads.late) && !v.failed(m.Err) {
			return v.takeHeadsOf(m.Value)
		}
	case view.Loaded[names]:
		if m.Of(&v.loads.names) && !v.failed(m.Err) {
			v.takeNames(m.Value)
		}
	case view.Loaded[view.Chosen]:
		if m.Of(&v.loads.change) {
			return m.Value.Answer(m.Err)
		}
	case columns.Chosen:
		return v.takeColumns(m)
	default:
		if cmd, taken := v.worked(msg); taken {
			return cmd
		}
	}
	cmd, _ := v.filter.bar.Update(msg)
	return cmd
}

// failed shows an error above the rows, which stay; being cancelled is none.
func (v *View) failed(err error) bool {
	if err == nil {
		v.err = nil
		return false
	}
	if !errors.Is(err, context.Canceled) {
		v.err = err
	}
	return true
}

func (v *View) takeFirst(m view.Loaded[first]) tea.Cmd {
	if v.failed(m.Err) {
		return nil
	}
	at := v.spot()
	v.names = m.Value.names
	v.set.name(v.names)
	if len(v.read()) == 0 && !v.scan.chosen {
		v.scan.chosen = len(m.Value.columns) > 0
		v.setColumns(append(v.usual(), m.Value.columns...))
	}
	if v.runs.Len() == 0 || !v.scan.whole {
		v.scan.total = max(m.Value.page.Total, len(m.Value.page.Heads))
		v.runs = forest.New(m.Value.page.Heads)
	}
	for id, c := range m.Value.cells {
		v.cells[id] = c
	}
	v.set.reads = v.read() // the sample has them all
	v.arrange(at)
	v.fit()
	return tea.Batch(v.loadHeads(), v.loadCells())
}

func (v *View) takeHeads(m view.Loaded[headsRead]) tea.Cmd {
	if v.failed(m.Err) || m.Last {
		return nil
	}
	v.scan.total = m.Value.of
	if m.Value.runs != nil {
		at := v.spot()
		v.addAncestors(m.Value.runs)
		v.runs, v.scan.whole = m.Value.runs, true
		v.unroll()
		v.scan.total = m.Value.n
		v.arrange(at)
		return tea.Batch(m.Next, v.loadCells(), v.readOfAll())
	}
	return tea.Batch(m.Next, v.loadCells())
}

// addAncestors keeps those parents that the scan of the scope does not see,
// such as deleted ones, which were read for the first frame.
func (v *View) addAncestors(into *forest.Forest) {
	v.scan.outside = 0
	for _, row := range v.rows {
		h := v.runs.Head(row.At)
		if _, ok := into.Find(h.ID); !ok && !v.isGroup(row.At) && !v.sees(h) {
			into.Upsert(*h)
			v.scan.outside++
		}
	}
}

func (v *View) takeCells(m view.Loaded[cellsRead]) tea.Cmd {
	if v.failed(m.Err) {
		return nil
	}
	const most = 20_000 // rows whose cells are kept
	if len(v.cells) > most || !slices.Equal(v.set.reads, m.Value.fields) {
		clear(v.cells)
	}
	v.set.reads = m.Value.fields
	for _, id := range m.Value.ids {
		v.cells[id] = m.Value.cells[id]
	}
	v.fit()
	return tea.Batch(v.loadSketches(), v.loadRolls())
}

// changed takes what others committed.
func (v *View) changed(c store.Change) tea.Cmd {
	if c.Problem != nil {
		v.err = c.Problem
		return nil
	}
	v.err = nil
	if c.Reload {
		return v.again()
	}
	at, moved, named, touched := v.spot(), false, false, map[string]bool{}
	for i := range c.Events {
		e := &c.Events[i]
		switch e.Kind {
		case store.RunCreated, store.RunChanged:
			moved = v.take(e.Head) || moved
			touched[e.Head.ID] = true
		case store.RunRemoved:
			v.runs.Remove(e.Head.ID)
			moved = true
		case store.PointLogged, store.ParamLogged, store.TagSet:
			moved = v.logged(e) || moved
			touched[e.Head.ID] = true
		case store.ExperimentsChanged:
			named = true
		}
	}
	if moved {
		v.arrange(at)
	}
	cmds := []tea.Cmd{v.reread(touched), v.rollAgain(touched)}
	if named {
		cmds = append(cmds, v.loadNames())
	}
	if !v.scan.chosen && len(touched) > 0 && !v.loads.first.Busy() { // the first runs of an empty store bring the columns
		cmds = append(cmds, v.loadFirst())
	}
	return tea.Batch(cmds...)
}

func (v *View) takeNames(m names) {
	v.names = m
	if v.set.name(v.names) || v.set.group == forest.Experiment {
		v.arrange(v.spot())
	}
	v.fit()
}

// take enters a run's new state and reports whether the table changes by it.
func (v *View) take(h store.Head) bool {
	if !v.sees(&h) {
		if _, known := v.runs.Find(h.ID); known {
			v.runs.Remove(h.ID)
			return true
		}
		return false
	}
	v.runs.Upsert(h)
	v.fresh[h.ID] = true
	v.scan.total = max(v.scan.total, v.runs.Len())
	return true
}

// reread reads the cells of touched runs that are in the window; those of the
// others are read when they come into it.
func (v *View) reread(touched map[string]bool) tea.Cmd {
	var ids []string
	for _, id := range v.window() {
		_, have := v.cells[id]
		if touched[id] || !have {
			ids = append(ids, id)
		}
	}
	for id := range touched {
		v.fresh[id] = true
		if _, ok := v.cells[id]; ok && len(ids) == 0 {
			delete(v.cells, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return v.readCells(ids)
}

// settled ends the brightness of what changed, and sorts and filters anew where
// that takes a scan of the store.
func (v *View) settled() tea.Cmd {
	if len(v.fresh) == 0 {
		return nil
	}
	clear(v.fresh)
	return tea.Batch(v.loadSort(), v.rematch(), v.loadCells())
}

func (v *View) takeHeadsOf(heads []store.Head) tea.Cmd {
	at := v.spot()
	v.runs.Upsert(heads...)
	v.arrange(at)
	return v.loadCells()
}
