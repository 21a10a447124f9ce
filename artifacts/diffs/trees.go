package diffs

import (
	"context"
	"fmt"
	"hash/maphash"
	"math"
	"strconv"

	"benchside/artifacts/trees"
)

// Kind is what happened to a value.
type Kind int

// What happens to values. Retyped is a change to another type.
const (
	Changed Kind = iota
	Retyped
	Gone
	New
)

var kinds = [...]string{"changed", "retyped", "removed", "added"}

// String names the kind.
func (k Kind) String() string { return kinds[k] }

// Change is one value that differs. Its texts are as they are in the documents:
// whoever shows them makes them safe.
type Change struct {
	Path     string // in the older document, or in the newer for what is new
	Kind     Kind
	From, To string // a scalar as written, else how much there is; "" for nothing
	A, B     int    // the places of the nodes in the documents; -1 for nothing
}

// Tolerance is how far apart numbers may be and still count as equal: by this
// much, or by this part of the greater. The zero value asks for the same number.
type Tolerance struct{ Absolute, Relative float64 }

// Structure is how two documents differ.
type Structure struct {
	Changes []Change
	Cut     bool // there are more
	Rough   bool // lists were too different to be matched value by value
}

const mostChanges = 10_000

// Trees compares two documents value by value: objects by key, whatever their
// order, lists by what is equal in them.
func Trees(ctx context.Context, before, after *trees.Tree, within Tolerance) (Structure, error) {
	c := comparison{cancelled: ctx.Err, a: before, b: after, within: within, seed: maphash.MakeSeed()}
	c.hashA, c.hashB = c.hashes(before), c.hashes(after)
	c.node(0, 0)
	if err := ctx.Err(); err != nil {
		return Structure{}, fmt.Errorf("compare documents: %w", err)
	}
	return c.out, nil
}

type comparison struct {
	cancelled    func() error
	a, b         *trees.Tree
	within       Tolerance
	seed         maphash.Seed
	hashA, hashB []uint64 // of each node with all that is in it
	out          Structure
}

// hashes sums up each subtree, from the last node to the first.
func (c *comparison) hashes(t *trees.Tree) []uint64 {
	out := make([]uint64, len(t.Nodes))
	for i := len(t.Nodes) - 1; i >= 0; i-- {
		var h maphash.Hash
		h.SetSeed(c.seed)
		n := t.Nodes[i]
		h.WriteString(strconv.Itoa(int(n.Type)))
		h.WriteString(n.Text)
		sum := h.Sum64()
		t.Kids(i, func(k int) {
			if n.Type == trees.Object { // the order of keys is nothing
				var key maphash.Hash
				key.SetSeed(c.seed)
				key.WriteString(t.Nodes[k].Key)
				sum += mixed(key.Sum64(), out[k])
				return
			}
			sum = mixed(sum, out[k])
		})
		out[i] = sum
	}
	return out
}

// mixed joins two hashes so that their order counts (splitmix64's finalizer).
func mixed(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + b
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (c *comparison) full() bool {
	if len(c.out.Changes) >= mostChanges {
		c.out.Cut = true
	}
	return c.out.Cut || c.cancelled() != nil
}

func (c *comparison) add(change Change) {
	if !c.full() {
		c.out.Changes = append(c.out.Changes, change)
	}
}

// node compares two values; trees bounds the depth.
func (c *comparison) node(i, k int) {
	if c.full() || c.hashA[i] == c.hashB[k] {
		return
	}
	from, to := c.a.Nodes[i], c.b.Nodes[k]
	switch {
	case from.Type != to.Type:
		c.add(Change{c.a.Path(i), Retyped, inWords(from), inWords(to), i, k})
	case from.Type == trees.Object:
		c.objects(i, k)
	case from.Type == trees.Array:
		c.arrays(i, k)
	case from.Text != to.Text && !(from.Type == trees.Number && c.within.equal(from.Text, to.Text)):
		c.add(Change{c.a.Path(i), Changed, inWords(from), inWords(to), i, k})
	}
}

// name is a key and how often it came before: documents may repeat keys.
type name struct {
	key string
	nth int
}

func named(t *trees.Tree, of int) (order []name, places map[name]int) {
	places = map[name]int{}
	seen := map[string]int{}
	t.Kids(of, func(i int) {
		key := t.Nodes[i].Key
		n := name{key, seen[key]}
		seen[key]++
		order = append(order, n)
		places[n] = i
	})
	return order, places
}

func (c *comparison) objects(i, k int) {
	before, placesA := named(c.a, i)
	after, placesB := named(c.b, k)
	for _, n := range before {
		if at, ok := placesB[n]; ok {
			c.node(placesA[n], at)
		} else {
			c.gone(placesA[n])
		}
	}
	for _, n := range after {
		if _, ok := placesA[n]; !ok {
			c.fresh(placesB[n])
		}
	}
}

func (c *comparison) gone(i int) {
	c.add(Change{c.a.Path(i), Gone, inWords(c.a.Nodes[i]), "", i, -1})
}

func (c *comparison) fresh(k int) {
	c.add(Change{c.b.Path(k), New, "", inWords(c.b.Nodes[k]), -1, k})
}

// arrays pairs what is equal, and compares what stands between in turn.
func (c *comparison) arrays(i, k int) {
	var kidsA, kidsB []int
	var sumsA, sumsB []uint64
	c.a.Kids(i, func(n int) { kidsA, sumsA = append(kidsA, n), append(sumsA, c.hashA[n]) })
	c.b.Kids(k, func(n int) { kidsB, sumsB = append(kidsB, n), append(sumsB, c.hashB[n]) })
	a, b := numbered(sumsA, sumsB)
	m := matcher{cancelled: c.cancelled, most: mostEdits}
	if len(a) == len(b) {
		// Of the same length: most likely values changed in place.
		for n := range kidsA {
			c.node(kidsA[n], kidsB[n])
		}
		return
	}
	m.match(a, b, 0, 0, 0)
	c.out.Rough = c.out.Rough || m.rough
	x, y := 0, 0
	for _, p := range append(m.pairs, [2]int{len(a), len(b)}) {
		for ; x < p[0] && y < p[1]; x, y = x+1, y+1 {
			c.node(kidsA[x], kidsB[y])
		}
		for ; x < p[0]; x++ {
			c.gone(kidsA[x])
		}
		for ; y < p[1]; y++ {
			c.fresh(kidsB[y])
		}
		x, y = p[0]+1, p[1]+1
	}
}

// equal compares numbers as they are written.
func (t Tolerance) equal(from, to string) bool {
	a, errA := strconv.ParseInt(from, 10, 64)
	b, errB := strconv.ParseInt(to, 10, 64)
	if errA == nil && errB == nil && t == (Tolerance{}) {
		return a == b // beyond 2^53, too
	}
	x, okX := float(from)
	y, okY := float(to)
	switch {
	case !okX || !okY:
		return false
	case math.IsNaN(x) || math.IsNaN(y):
		return math.IsNaN(x) && math.IsNaN(y)
	case x == y:
		return true
	}
	return math.Abs(x-y) <= max(t.Absolute, t.Relative*max(math.Abs(x), math.Abs(y))) && !math.IsInf(x, 0) && !math.IsInf(y, 0)
}

// float reads a number of any of the notations, those of YAML and TOML included.
func float(text string) (float64, bool) {
	switch text {
	case ".nan", ".NaN", ".NAN":
		return math.NaN(), true
	case ".inf", "+.inf":
		return math.Inf(1), true
	case "-.inf":
		return math.Inf(-1), true
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v, true
	}
	n, err := strconv.ParseInt(text, 0, 64) // 0x1F, 0o17, 1_000
	return float64(n), err == nil
}

// inWords is a scalar as written, or how much there is.
func inWords(n trees.Node) string {
	const longest = 200
	switch n.Type {
	case trees.Object:
		return fmt.Sprintf("{%d}", n.Children)
	case trees.Array:
		return fmt.Sprintf("[%d]", n.Children)
	case trees.String:
		if r := []rune(n.Text); len(r) > longest {
			return strconv.Quote(string(r[:longest])) + "…"
		}
		return strconv.Quote(n.Text)
	}
	return n.Text
}
