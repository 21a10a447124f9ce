package cmd

import (
	"bufio"
	"io"
	"math"
	"strings"

	"benchside/compare"
	"benchside/sanitize"
)

// comparisonJSON is the comparison for programs. It is stable.
type comparisonJSON struct {
	Baseline *string        `json:"baseline"` // its id
	Runs     []comparedJSON `json:"runs"`
	Rows     []rowJSON      `json:"rows"`
	Groups   []groupJSON    `json:"groups,omitempty"`
	Failures []failureJSON  `json:"failures,omitempty"`
}

type comparedJSON struct {
	ID   string `json:"run_id"`
	Name string `json:"name"`
}

// rowJSON is one key; its cells are in the order of the runs.
type rowJSON struct {
	Section   string             `json:"section"`
	Key       string             `json:"key"`
	Varies    bool               `json:"varies"`
	Direction string             `json:"direction,omitempty"`
	Cells     []comparedCellJSON `json:"cells"`
}

type comparedCellJSON struct {
	Value   any     `json:"value"` // number of a metric, else text; null if missing
	Delta   *number `json:"delta"`
	Percent *number `json:"percent"`
	Best    bool    `json:"best"`
}

type groupJSON struct {
	Name      string         `json:"name"`
	Runs      []string       `json:"runs"`
	Baseline  bool           `json:"baseline,omitempty"`
	Contrasts []contrastJSON `json:"contrasts,omitempty"`
}

// contrastJSON compares a metric of a group with the baseline's group. What could
// not be computed is null, and why says the reason.
type contrastJSON struct {
	Metric       string  `json:"metric"`
	N            int     `json:"n"`
	BaselineN    int     `json:"baseline_n"`
	Missing      int     `json:"missing,omitempty"`
	NotFinite    int     `json:"not_finite,omitempty"`
	Mean         *number `json:"mean"`
	SD           *number `json:"sd"`
	BaselineMean *number `json:"baseline_mean"`
	BaselineSD   *number `json:"baseline_sd"`
	Delta        *number `json:"delta"`
	P            *number `json:"p"` // Welch's, corrected
	Verdict      string  `json:"verdict"`
	Why          string  `json:"why,omitempty"`

	Welch  *welchJSON  `json:"welch"`
	Rank   *rankJSON   `json:"mann_whitney"`
	Effect *effectJSON `json:"effect"`
}

type welchJSON struct {
	T    number `json:"t"`
	DF   number `json:"df"`
	P    number `json:"p"`
	Low  number `json:"low"` // of delta
	High number `json:"high"`
}

type rankJSON struct {
	U     number `json:"u"`
	P     number `json:"p"`
	Exact bool   `json:"exact"`
	Cliff number `json:"cliff_delta"`
}

type effectJSON struct {
	D number `json:"cohen_d"`
	G number `json:"hedges_g"`
}

type failureJSON struct {
	ID   string `json:"run_id"`
	Gate string `json:"fail_if"`
	Why  string `json:"why"`
}

// finiteNumber is a number, or null where there is none.
func finiteNumber(v float64) *number {
	if math.IsNaN(v) {
		return nil
	}
	n := number(v)
	return &n
}

func (c *comparison) json() comparisonJSON {
	out := comparisonJSON{Rows: []rowJSON{}}
	for i, s := range c.table.Subjects {
		out.Runs = append(out.Runs, comparedJSON{ID: s.Run.ID, Name: s.Run.Name})
		if i == c.table.Baseline {
			out.Baseline = &s.Run.ID
		}
		for _, g := range c.gates {
			if fails, why := g.Check(c.table, i); fails && i != c.table.Baseline {
				out.Failures = append(out.Failures, failureJSON{ID: s.Run.ID, Gate: g.Text, Why: why})
			}
		}
	}
	for _, r := range c.rows {
		row := rowJSON{Section: r.Section.String(), Key: r.Key, Varies: r.Varies, Direction: r.Direction.String()}
		for _, k := range r.Cells {
			row.Cells = append(row.Cells, cellJSON(r, k))
		}
		out.Rows = append(out.Rows, row)
	}
	for i, g := range c.groups {
		out.Groups = append(out.Groups, c.groupJSON(i, g))
	}
	return out
}

func cellJSON(r compare.Row, k compare.Cell) comparedCellJSON {
	out := comparedCellJSON{Best: k.Best, Delta: finiteNumber(k.Delta), Percent: finiteNumber(k.Percent)}
	switch {
	case k.Missing:
	case r.Section == compare.Metrics:
		out.Value = number(k.Number)
	default:
		out.Value = k.Text
	}
	return out
}

func (c *comparison) groupJSON(i int, g compare.Group) groupJSON {
	out := groupJSON{Name: g.Name, Baseline: i == c.base}
	for _, m := range g.Members {
		out.Runs = append(out.Runs, c.table.Subjects[m].Run.ID)
	}
	for _, k := range c.contrast[i] {
		j := contrastJSON{
			Metric: k.Metric, N: k.Group.N(), BaselineN: k.Baseline.N(), Missing: k.Group.Missing, NotFinite: k.Group.Infinite,
			Mean: finiteNumber(k.Group.Mean), SD: finiteNumber(k.Group.SD),
			BaselineMean: finiteNumber(k.Baseline.Mean), BaselineSD: finiteNumber(k.Baseline.SD),
			Delta: finiteNumber(k.Delta), P: finiteNumber(k.P), Verdict: k.Verdict(c.alpha).String(),
		}
		if k.WelchErr == nil {
			w := k.Welch
			j.Welch = &welchJSON{T: number(w.T), DF: number(w.DF), P: number(w.P), Low: number(w.Low), High: number(w.High)}
		} else {
			j.Why = k.WelchErr.Error()
		}
		if k.RankErr == nil {
			j.Rank = &rankJSON{U: number(k.Rank.U), P: number(k.Rank.P), Exact: k.Rank.Exact, Cliff: number(k.Rank.Biserial)}
		}
		if k.EffectErr == nil {
			j.Effect = &effectJSON{D: number(k.Effect.D), G: number(k.Effect.G)}
		}
		out.Contrasts = append(out.Contrasts, j)
	}
	return out
}

// texSigns are what LaTeX would not print as they are.
var texSigns = strings.NewReplacer(
	`\`, `\textbackslash{}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "{", `\{`, "}", `\}`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "★", `$\star$`, "—", "---", "<", `\textless{}`, ">", `\textgreater{}`,
)

// tex prints the comparison as a LaTeX table in the style of booktabs.
func (c *comparison) tex(out io.Writer, transpose bool) error {
	w := bufio.NewWriter(out)
	grid := c.grid(asTeX, transpose)
	w.WriteString(`\begin{tabular}{l` + strings.Repeat("r", len(grid[0])-1) + "}\n\\toprule\n")
	for i, row := range grid {
		for k, s := range row {
			if k > 0 {
				w.WriteString(" & ")
			}
			w.WriteString(texSigns.Replace(sanitize.Line(s)))
		}
		w.WriteString(" \\\\\n")
		if i == 0 {
			w.WriteString("\\midrule\n")
		}
	}
	w.WriteString("\\bottomrule\n\\end{tabular}\n")
	return w.Flush()
}
