package ledger

import (
	"maps"
	"slices"

	"benchside/store"
)

// Row is one row of a table.
type Row struct{ Key, Values map[string]any }

// Rows are rows of several tables, by table and by their encoded key.
type Rows map[string]map[string]Row

// Put adds a row, or takes the place of the one with its key.
func (r Rows) Put(table string, key, values map[string]any) error {
	name, err := EncodeRow(key)
	if err != nil {
		return err
	}
	if r[table] == nil {
		r[table] = map[string]Row{}
	}
	r[table][name] = Row{key, values}
	return nil
}

// Apply makes the changes.
func (r Rows) Apply(changes []store.RowChange) error {
	for _, c := range changes {
		name, err := EncodeRow(c.Key)
		if err != nil {
			return err
		}
		if c.After == nil {
			delete(r[c.Table], name)
			continue
		}
		values := map[string]any{}
		if c.Before != nil {
			maps.Copy(values, r[c.Table][name].Values)
		}
		maps.Copy(values, c.After)
		if err := r.Put(c.Table, c.Key, values); err != nil {
			return err
		}
	}
	return nil
}

// Diff returns what makes after of before, in the order of tables and keys.
func Diff(before, after Rows) []store.RowChange {
	var changes []store.RowChange
	for _, table := range both(before, after) {
		b, a := before[table], after[table]
		for _, name := range both(b, a) {
			was, there := b[name]
			is, here := a[name]
			switch {
			case !there:
				changes = append(changes, store.RowChange{Table: table, Key: is.Key, After: is.Values})
			case !here:
				changes = append(changes, store.RowChange{Table: table, Key: was.Key, Before: was.Values})
			default:
				if from, to := differing(was.Values, is.Values); len(to) > 0 {
					changes = append(changes, store.RowChange{Table: table, Key: is.Key, Before: from, After: to})
				}
			}
		}
	}
	return changes
}

func differing(before, after map[string]any) (from, to map[string]any) {
	from, to = map[string]any{}, map[string]any{}
	for _, column := range both(before, after) {
		if !Same(before[column], after[column]) {
			from[column], to[column] = before[column], after[column]
		}
	}
	return from, to
}

// both returns the keys of either map, sorted.
func both[V any](a, b map[string]V) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}
