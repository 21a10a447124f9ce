package cmd

import (
	"maps"

	"benchside/compare"
)

// directions keeps what is better of a metric: "max" or "min" by metric.
type directions struct{ *kept[string] }

func keptDirections() directions { return directions{keptIn[string]("directions.json")} }

// All implements view.Directions.
func (d directions) All() map[string]compare.Direction {
	out := map[string]compare.Direction{}
	for metric, word := range d.all() {
		out[metric] = map[string]compare.Direction{"max": compare.Higher, "min": compare.Lower}[word]
	}
	return out
}

// Keep implements view.Directions.
func (d directions) Keep(metric string, to compare.Direction) error {
	return d.change(func(held map[string]string) {
		if held[metric] = to.String(); to == compare.Unknown {
			delete(held, metric)
		}
	})
}

// sets keeps sets of runs by name, those of each store for itself.
type sets struct {
	*kept[map[string][]string]
	store string
}

func keptSets(store string) sets {
	return sets{keptIn[map[string][]string]("sets.json"), store}
}

// All implements view.Sets.
func (s sets) All() map[string][]string { return s.all()[s.store] }

// Keep implements view.Sets.
func (s sets) Keep(name string, runs []string) error {
	return s.change(func(held map[string]map[string][]string) {
		of := maps.Clone(held[s.store])
		if of == nil {
			of = map[string][]string{}
		}
		if of[name] = runs; len(runs) == 0 {
			delete(of, name)
		}
		if held[s.store] = of; len(of) == 0 {
			delete(held, s.store)
		}
	})
}
