package drift

import (
	"fmt"
	"math"

	"benchside/stats"
)

// slice is the rows of one value of a column on both sides.
type slice struct {
	label    string
	ref, cur []int
}

// slicesOf bounds the values of a column that are compared by themselves.
const slicesOf = 20

// prepare cuts the rows into periods and slices.
func (w *work) prepare(jobs []job, r *Report) error {
	for _, j := range jobs {
		if j.role != Feature {
			r.Config.Roles[j.role.String()] = j.cur.Name
		}
	}
	if w.options.Period != "" {
		stamp := -1
		for i, c := range w.current {
			if c.Role == Timestamp {
				stamp = i
			}
		}
		if stamp < 0 {
			return fmt.Errorf("cut by %s: no column of the current has the role timestamp", w.options.Period)
		}
		slots, without, err := Slots(w.current[stamp], w.options.Period)
		if err != nil {
			return fmt.Errorf("cut by %s: %w", w.options.Period, err)
		}
		w.slots = slots
		r.Config.Timestamp = w.current[stamp].Name
		r.Config.Roles[Timestamp.String()] = r.Config.Timestamp
		if without > 0 {
			r.Notes = append(r.Notes, fmt.Sprintf("%d rows have no %s: in no window", without, r.Config.Timestamp))
		}
	}
	for _, name := range w.options.Slices {
		if err := w.cutBy(name, jobs); err != nil {
			return err
		}
	}
	return nil
}

// cutBy adds the slices of a column: its commonest values.
func (w *work) cutBy(name string, jobs []job) error {
	for _, j := range jobs {
		if j.cur.Name != name {
			continue
		}
		ref, cur := byValue(j.ref), byValue(j.cur)
		for _, t := range commonest(ref, cur) {
			w.slices = append(w.slices, slice{name + "=" + t, ref[t], cur[t]})
		}
		return nil
	}
	return fmt.Errorf("slice by %s: no such column on both sides", name)
}

// commonest are the values with most rows on both sides.
func commonest(ref, cur map[string][]int) []string {
	var all []label
	for name, rows := range cur {
		all = append(all, label{name: name, x: len(rows) + len(ref[name])})
	}
	for name, rows := range ref {
		if cur[name] == nil {
			all = append(all, label{name: name, x: len(rows)})
		}
	}
	var out []string
	for _, t := range top(all, slicesOf) {
		out = append(out, t.Label)
	}
	return out
}

// byValue lists the rows of each value of a column.
func byValue(c *Column) map[string][]int {
	out := map[string][]int{}
	if c.Storage == String {
		for row, code := range c.Texts.Codes {
			if !c.absent(row) {
				out[c.Texts.Labels[code]] = append(out[c.Texts.Labels[code]], row)
			}
		}
		return out
	}
	byNumber := map[float64][]int{}
	for row, v := range c.Numbers {
		if !c.absent(row) {
			byNumber[v] = append(byNumber[v], row) // -0 and 0 are one key
		}
	}
	for v, rows := range byNumber {
		out[numberName(v, c.Storage == Bool, c.whole())] = rows
	}
	return out
}

// window compares the reference with one period of the current.
func (w *work) window(p *pair, ref *Column, s Slot, sorter *stats.Sorter) Window {
	part := p.cur.pick(s.Rows)
	out := w.cell(p, ref, p.x, &part, sorter)
	out.Label, out.StartMS, out.Rows = s.Label, s.Start.UnixMilli(), len(s.Rows)
	return out
}

// slice compares one value's rows of both sides.
func (w *work) slice(p *pair, s slice, sorter *stats.Sorter) Window {
	ref, cur := p.ref.pick(s.ref), p.cur.pick(s.cur)
	out := w.cell(p, &ref, clean(&ref, sorter), &cur, sorter)
	out.Label, out.Rows = s.label, len(s.cur)
	return out
}

// cell compares two parts of a column as the whole is: same kind, own test.
func (w *work) cell(whole *pair, ref *Column, x sample, cur *Column, sorter *stats.Sorter) Window {
	n := Number(math.NaN())
	out := Window{Status: Undefined, Score: n, Threshold: n, PSI: n, JS: n}
	p, err := newPair(ref, cur, whole.kind, x, clean(cur, sorter))
	if err != nil {
		out.Reason = reason(err)
		return out
	}
	p.upper, p.integral = whole.upper, whole.integral
	t, threshold, err := w.options.testOf(cur.Name, p)
	if err != nil {
		out.Reason = err.Error()
		return out
	}
	score, err := t.run(p)
	out.Test, out.Score, out.Threshold = t.Name, Number(score), Number(threshold)
	out.Status, out.Reason = w.status(p, t, score, threshold, err)
	if b, err := p.bins(); err == nil {
		out.PSI, out.JS = Number(b.PSI()), Number(b.JensenShannon())
	}
	return out
}
