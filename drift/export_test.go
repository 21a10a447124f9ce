package drift

import "benchside/stats"

// Pair opens a pair to the truth test.
type Pair = pair

// PairOf cleans two columns as Compare does.
func PairOf(ref, cur Column, kind Kind) (*Pair, error) {
	var s stats.Sorter
	return newPair(&ref, &cur, kind, clean(&ref, &s), clean(&cur, &s))
}

func (p *pair) Kind() Kind                  { return p.kind }
func (p *pair) Choose(by Profile) string    { return by.choose(p) }
func (p *pair) Run(t Test) (float64, error) { return t.run(p) }
func (p *pair) Sorted() (x, y []float64)    { return p.x.sorted, p.y.sorted }

var (
	ScoreOf   = func(p *Pair, name string) (float64, error) { t, _ := TestNamed(name); return t.run(p) }
	BinsOf    = (*pair).bins
	LevelsOf  = (*pair).levels
	PoolOf    = (*pair).pooled
	GroupsOf  = (*pair).groups
	RankSumOf = (*pair).rankSum
	NannyOf   = (*pair).nanny
)

// FiniteOf returns the numbers of both sides in their order.
func FiniteOf(p *Pair) (x, y []float64) { return p.ref.finite(), p.cur.finite() }

// Label is a category for the truth test.
type Label struct {
	Name               string
	Reference, Current int
}

// LabelsOf returns the categories of both sides.
func LabelsOf(p *Pair) []Label {
	var out []Label
	for _, l := range p.labels() {
		out = append(out, Label{l.name, l.x, l.y})
	}
	return out
}

// SortedOf returns the finite numbers of a column, sorted.
func SortedOf(c Column) []float64 { return clean(&c, new(stats.Sorter)).sorted }

// InfinitiesOf is the number of distinct infinities of a column.
func InfinitiesOf(c Column) int { return clean(&c, new(stats.Sorter)).infinities }

// TopOf lists the labels of a column.
func TopOf(c Column, most int) []Top {
	s := clean(&c, new(stats.Sorter))
	return top(labels(&c, &c, &s, &sample{codes: make([]int, len(s.codes))}), most)
}
