package gates

import (
	"fmt"
	"slices"
	"strings"

	"benchside/artifacts/mlmodel"
	"benchside/store"
)

// signature compares what the challenger takes and gives with the champion's.
func signature(demand Demand, f Facts) store.GateCheck {
	c := store.GateCheck{Name: "signature"}
	mine := f.Challenger
	switch {
	case demand == Any:
		c.Verdict, c.Says = store.Passed, "any is allowed"
	case mine.Model == nil:
		c.Verdict, c.Says = store.NotKnown, mine.Unread
	case !mine.Model.Signed:
		c.Verdict, c.Says = store.NotMet, "the model has none: what it takes and gives is not known"
	case f.Champion == nil:
		c.Verdict, c.Says = store.Passed, counted(*mine.Model)+"; nobody holds the stage"
	case f.Champion.Model == nil:
		c.Verdict, c.Says = store.NotKnown, fmt.Sprintf("v%d: %s", f.Champion.Version.Version, f.Champion.Unread)
	case !f.Champion.Model.Signed:
		c.Verdict, c.Says = store.Warned, fmt.Sprintf("v%d has none to compare with", f.Champion.Version.Version)
	default:
		breaks, eases := Signatures(*f.Champion.Model, *mine.Model)
		c.Verdict = store.Passed
		c.Says = "unchanged (" + counted(*mine.Model) + ")"
		if all := append(slices.Clone(breaks), eases...); len(all) > 0 {
			c.Verdict, c.Says = store.Warned, strings.Join(all, ", ")
			if len(breaks) > 0 || demand == Same {
				c.Verdict = store.NotMet
			}
		}
	}
	return c
}

func counted(m mlmodel.Model) string {
	return fmt.Sprintf("%d inputs, %d outputs", len(m.Inputs), len(m.Outputs))
}

// Signatures says how the second signature differs from the first: what breaks
// whoever calls the first, and what does not.
func Signatures(from, to mlmodel.Model) (breaks, eases []string) {
	was, is := byName(from.Inputs), byName(to.Inputs)
	for _, col := range from.Inputs {
		now, there := is[col.Name]
		switch {
		case !there:
			breaks = append(breaks, "input "+called(col)+" is gone")
		case kind(now) != kind(col):
			breaks = append(breaks, fmt.Sprintf("input %s is %s, was %s", called(col), kind(now), kind(col)))
		case col.Optional && !now.Optional:
			breaks = append(breaks, "input "+called(col)+" must be given now")
		case !col.Optional && now.Optional:
			eases = append(eases, "input "+called(col)+" may be left out now")
		}
	}
	for _, col := range to.Inputs {
		if _, there := was[col.Name]; there {
			continue
		}
		if col.Optional {
			eases = append(eases, "input "+called(col)+" is new and may be left out")
		} else {
			breaks = append(breaks, "input "+called(col)+" is new")
		}
	}
	outputs, params := differences(from, to)
	return append(breaks, outputs...), append(eases, params...)
}

// differences compares outputs, on which somebody may stand, and params, which
// have defaults.
func differences(from, to mlmodel.Model) (outputs, params []string) {
	is := byName(to.Outputs)
	for _, col := range from.Outputs {
		if now, there := is[col.Name]; !there {
			outputs = append(outputs, "output "+called(col)+" is gone")
		} else if kind(now) != kind(col) {
			outputs = append(outputs, fmt.Sprintf("output %s is %s, was %s", called(col), kind(now), kind(col)))
		}
	}
	if len(to.Outputs) > len(from.Outputs) {
		params = append(params, fmt.Sprintf("%d outputs, were %d", len(to.Outputs), len(from.Outputs)))
	}
	same := func(a, b mlmodel.Param) bool {
		return a.Name == b.Name && a.Type == b.Type && a.Default == b.Default && a.Shape == b.Shape
	}
	if !slices.EqualFunc(from.Params, to.Params, same) {
		params = append(params, "its params differ")
	}
	return outputs, params
}

func byName(columns []mlmodel.Column) map[string]mlmodel.Column {
	out := map[string]mlmodel.Column{}
	for _, c := range columns {
		out[c.Name] = c
	}
	return out
}

func called(c mlmodel.Column) string {
	if c.Name == "" {
		return "without a name"
	}
	return c.Name
}

func kind(c mlmodel.Column) string {
	if c.Shape == nil {
		return c.Type
	}
	return fmt.Sprintf("%s %v", c.Type, c.Shape)
}
