package sqlite

import (
	"context"
	"database/sql/driver"
	"hash/maphash"
	"math"
	"time"

	"benchside/store"
)

// What may change of the registry, by model. Tags and aliases move no time of
// their model, so all rows are compared; NULL adds nothing to a state.
const (
	modelStates   = `SELECT rowid, name, concat_ws(char(31), last_updated_time, description) FROM registered_models`
	versionStates = `SELECT rowid, name, concat_ws(char(31), version, current_stage, status, last_updated_time, description)
		FROM model_versions`
	modelTagStates   = `SELECT rowid, name, concat_ws(char(31), key, value) FROM registered_model_tags`
	versionTagStates = `SELECT rowid, name, concat_ws(char(31), version, key, value) FROM model_version_tags`
	aliasStates      = `SELECT rowid, name, concat_ws(char(31), alias, version) FROM registered_model_aliases`

	nextStates   = ` WHERE rowid > ?1 ORDER BY rowid LIMIT ?2`
	lastModelRow = `SELECT coalesce(max(rowid), 0) FROM model_versions`
	ledgerFrom   = `SELECT seq, iif(of_kind IN ('model', 'version'), of_name, NULL) FROM benchside_ledger WHERE seq > ?1 ORDER BY seq LIMIT ?2`
	ledgerLength = `SELECT coalesce(max(seq), 0) FROM benchside_ledger`
)

// fewVersions is how many a registry may have to be read before the feed begins,
// some 10 ms; a bigger one is read behind the first frame.
const fewVersions = 4096

// mostNamed bounds the models that a change names.
const mostNamed = 100

// catalogue remembers what every registered model was like, to find those that
// changed. Like the census it is compared at most so often that it takes one part
// in share of a core.
type catalogue struct {
	seed   maphash.Seed
	states map[string]uint64 // by model: the sum of the hashes of its rows
	line   int64             // of the ledger, up to which it was told
	turn   int64             // of the monitors, up to which it was told
	filled bool
	dirty  bool
	next   time.Time
}

func (c *catalogue) due() time.Duration {
	if !c.dirty {
		return math.MaxInt64
	}
	return max(time.Until(c.next), time.Millisecond)
}

// beginModels takes the registry as it is for told. If it is big, the first
// comparison reads it and says that many models may have changed.
func (f *feed) beginModels(ctx context.Context) error {
	f.models = catalogue{seed: maphash.MakeSeed(), states: map[string]uint64{}}
	if !f.db.schema.has("registered_models") || !f.db.schema.has("model_versions") {
		return nil // before MLflow 1.7
	}
	last, err := f.number(ctx, lastModelRow)
	if err != nil {
		return err
	}
	if f.models.line, err = f.number(ctx, ledgerLength); err != nil {
		return err
	}
	if f.models.turn, err = f.number(ctx, readTurn); err != nil {
		return err
	}
	if last > fewVersions {
		f.models.dirty, f.models.next = true, time.Now().Add(headStart)
		return nil
	}
	f.models.states, err = f.readStates(ctx)
	f.models.filled = true
	return err
}

// number reads one number, 0 in a store that has no such table.
func (f *feed) number(ctx context.Context, sql string) (n int64, err error) {
	err = f.db.burst(ctx, func(c *conn) error {
		err := c.query(ctx, sql, nil, func(v []driver.Value) error { n = integer(v[0]); return nil })
		if missing(err) {
			return nil
		}
		return err
	})
	return n, err
}

// compareModels sends the models that changed, if it is time to look.
func (f *feed) compareModels(ctx context.Context) error {
	c := &f.models
	if !c.dirty || time.Now().Before(c.next) || f.problem != nil {
		return nil
	}
	c.dirty = false
	if !f.db.schema.has("registered_models") {
		return nil
	}
	start := time.Now()
	defer func() { c.next = start.Add(min(share*time.Since(start), mostWait)) }()
	states, err := f.readStates(ctx)
	if err != nil {
		c.dirty = true
		return err
	}
	changed := map[string]bool{}
	for name, state := range states {
		if was, known := c.states[name]; !known || was != state {
			changed[name] = true
		}
	}
	for name := range c.states {
		if _, there := states[name]; !there {
			changed[name] = true
		}
	}
	if err := f.readTold(ctx, changed); err != nil {
		c.dirty = true
		return err
	}
	turn, err := f.number(ctx, readTurn)
	if err != nil {
		c.dirty = true
		return err
	}
	first, watched := !c.filled, turn != c.turn
	c.states, c.filled, c.turn = states, true, turn
	f.sendModels(ctx, changed, first, watched)
	return nil
}

// sendModels sends the models that changed, and that monitors did.
func (f *feed) sendModels(ctx context.Context, changed map[string]bool, all, watched bool) {
	var events []store.Event
	for _, name := range sortedKeys(changed) {
		events = append(events, store.Event{Kind: store.RegistryChanged, Key: name})
	}
	if all || len(events) > mostNamed {
		events = []store.Event{{Kind: store.RegistryChanged}}
	}
	if watched {
		events = append(events, store.Event{Kind: store.MonitorsChanged})
	}
	f.sendSome(ctx, &events) // a reader that is gone is noticed by the loop
}

// readStates reads the whole registry, burst by burst.
func (f *feed) readStates(ctx context.Context) (map[string]uint64, error) {
	states := map[string]uint64{}
	for table, statement := range map[string]string{
		"registered_models": modelStates, "model_versions": versionStates, "registered_model_tags": modelTagStates,
		"model_version_tags": versionTagStates, "registered_model_aliases": aliasStates,
	} {
		for after, more := int64(math.MinInt64), true; more; {
			last, rows := after, 0
			sums := map[string]uint64{}
			err := f.db.burst(ctx, func(c *conn) error {
				last, rows = after, 0
				clear(sums)
				err := c.query(ctx, statement+nextStates, []any{after, rowsPerPage}, func(v []driver.Value) error {
					last = integer(v[0])
					rows++
					sums[text(v[1])] += maphash.String(f.models.seed, table+text(v[2]))
					return nil
				})
				if missing(err) {
					return nil // an older store
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			for name, sum := range sums {
				states[name] += sum
			}
			after, more = last, rows == rowsPerPage
		}
	}
	return states, nil
}

// readTold adds the models that new lines of the ledger are about: what is asked,
// said and ruled of a model is not in its rows.
func (f *feed) readTold(ctx context.Context, changed map[string]bool) error {
	for more := true; more; {
		from, rows := f.models.line, 0
		var names []string
		last := from
		_, err := f.db.recorded(ctx, func(query queries) error {
			names, last, rows = nil, from, 0
			return query(ledgerFrom, []any{from, rowsPerPage}, func(v []driver.Value) error {
				last, names = integer(v[0]), append(names, text(v[1]))
				rows++
				return nil
			})
		})
		if err != nil {
			return err
		}
		for _, n := range names {
			changed[n] = true
		}
		f.models.line, more = last, rows == rowsPerPage
	}
	return nil
}
