package sqlite

import (
	"context"
	"database/sql/driver"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"benchside/store"
	"benchside/store/search"
)

// generator makes filters over the keys and values of some runs.
type generator struct {
	*rand.Rand
	runs []*store.Run
}

func newGenerator(seed uint64, runs []*store.Run) *generator {
	return &generator{rand.New(rand.NewPCG(seed, 7)), runs}
}

func pick[T any](g *generator, from []T) T { return from[g.IntN(len(from))] }

// run picks a run whose values the filter is about.
func (g *generator) run() *store.Run { return pick(g, g.runs) }

func (g *generator) expr(depth int) search.Expr {
	if depth == 0 {
		return g.leaf()
	}
	parts := func() (out []search.Expr) {
		for range 2 + g.IntN(2) {
			out = append(out, g.expr(depth-1))
		}
		return out
	}
	switch g.IntN(6) {
	case 0:
		return search.And(parts())
	case 1, 2:
		return search.Or(parts())
	case 3:
		return search.Not{Expr: g.expr(depth - 1)}
	}
	return g.leaf()
}

func (g *generator) leaf() search.Expr {
	switch g.IntN(9) {
	case 0:
		return g.words()
	case 1:
		return g.metric()
	case 2:
		c := g.metric()
		c.Summary = search.Summary(g.IntN(6))
		return c
	case 3:
		return g.time()
	case 4:
		return search.Compare{Key: "depth", Op: g.numberOp(), Number: float64(g.IntN(4))}
	case 5:
		return g.attribute()
	case 6:
		return g.parent()
	}
	return g.keyed()
}

func (g *generator) numberOp() search.Op {
	return pick(g, []search.Op{search.Equal, search.NotEqual, search.Less, search.LessEqual, search.Greater, search.GreaterEqual})
}

func (g *generator) words() search.Expr {
	r := g.run()
	text := r.Name
	if len(r.Params) > 0 && g.IntN(2) == 0 {
		text = r.Params[g.key(r.Params)]
	}
	if from := []rune(text); len(from) > 3 {
		at := g.IntN(len(from) - 2)
		text = string(from[at:min(at+2+g.IntN(3), len(from))])
	}
	if text == "" {
		text = "a"
	}
	return search.Words{Text: pick(g, []string{text, strings.ToUpper(text)}), Exact: g.IntN(2) == 0}
}

func (g *generator) key(of map[string]string) string {
	keys := make([]string, 0, len(of))
	for k := range of {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return pick(g, keys)
}

func (g *generator) metric() search.Compare {
	r := g.run()
	for len(r.Metrics) == 0 {
		r = g.run()
	}
	key := pick(g, r.MetricKeys())
	c := search.Compare{Entity: search.Metric, Key: key, Op: g.numberOp(), Number: r.Metrics[key].Value}
	if math.IsNaN(c.Number) || math.IsInf(c.Number, 0) {
		c.Number = 0.5
	}
	if g.IntN(6) == 0 {
		c.Op, c.Number = pick(g, []search.Op{search.IsNull, search.IsNotNull}), 0
	}
	return c
}

func (g *generator) time() search.Compare {
	r := g.run()
	c := search.Compare{Key: "start_time", Op: g.numberOp(), Number: float64(r.Start.Millis())}
	if g.IntN(3) == 0 {
		c.Key, c.Number = "end_time", float64(r.End.Millis())
		if g.IntN(2) == 0 {
			c.Op = pick(g, []search.Op{search.IsNull, search.IsNotNull})
		}
	}
	return c
}

func (g *generator) attribute() search.Compare {
	r := g.run()
	key := pick(g, []string{"run_id", "run_name", "status", "user_id"})
	value := map[string]string{"run_id": r.ID, "run_name": r.Name, "status": string(r.Status), "user_id": r.UserID}[key]
	return g.text(search.Compare{Key: key}, value)
}

func (g *generator) parent() search.Compare {
	r := g.run()
	return g.text(search.Compare{Key: "parent"}, pick(g, []string{r.ID, r.Name}))
}

func (g *generator) keyed() search.Compare {
	r := g.run()
	c, values := search.Compare{Entity: search.Param}, r.Params
	if g.IntN(3) == 0 || len(values) == 0 {
		c.Entity, values = search.Tag, r.Tags
	}
	if len(values) == 0 {
		return g.attribute()
	}
	c.Key = g.key(values)
	if n, ok := search.Decimal(values[c.Key]); ok && g.IntN(2) == 0 {
		c.Numeric, c.Number, c.Op = true, n, g.numberOp()
		return c
	}
	return g.text(c, values[c.Key])
}

// text compares with a text that is one of the values, or like it.
func (g *generator) text(c search.Compare, value string) search.Compare {
	part := value
	if from := []rune(value); len(from) > 2 {
		part = string(from[:1+g.IntN(len(from)-1)])
	}
	c.Op, c.Text = pick(g, []search.Op{search.Equal, search.NotEqual, search.Less, search.Greater, search.LessEqual, search.GreaterEqual}), value
	if c.Key == "parent" {
		c.Op = pick(g, []search.Op{search.Equal, search.NotEqual})
	}
	switch g.IntN(5) {
	case 0:
		c.Op, c.Text = pick(g, []search.Op{search.Like, search.NotLike, search.ILike, search.NotILike}), part+"%"
	case 1:
		c.Op, c.Text = pick(g, []search.Op{search.Matches, search.MatchesNot}), pick(g, []string{"[0-9]$", "^a|e", "(?i)^L.*[a-m]", `\d+-\d`, "^$"})
	case 2:
		c.Op, c.Text, c.Texts = pick(g, []search.Op{search.In, search.NotIn}), "", []string{value, part}
	case 3:
		c.Op, c.Text = pick(g, []search.Op{search.IsNull, search.IsNotNull}), ""
	}
	return c
}

// selected runs a statement that selects ids.
func selected(d *DB, statement string) (ids []string, err error) {
	err = d.burst(context.Background(), func(c *conn) error {
		ids = nil
		return c.query(context.Background(), statement, nil, func(v []driver.Value) error {
			ids = append(ids, text(v[0]))
			return nil
		})
	})
	return ids, err
}
