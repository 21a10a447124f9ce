package plots

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// more is the sign of what was cut.
func (l Look) more() string {
	if l.ASCII {
		return "~"
	}
	return "…"
}

// cut shortens a text of narrow signs to n, and shows that it did.
func (l Look) cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	return string([]rune(s)[:n-1]) + l.more()
}

// names shortens names to n signs so that they stay different where they can: what
// a name shares with the one most like it is cut out of its middle.
func (l Look) names(of []string, n int) []string {
	long := func(s string) bool { return utf8.RuneCountInString(s) > n }
	if !slices.ContainsFunc(of, long) {
		return of
	}
	out := slices.Clone(of)
	for i, d := range shared(of) {
		if long(of[i]) {
			out[i] = l.shorten([]rune(of[i]), d, n)
		}
	}
	parts, values := telling(of, false), telling(of, true)
	for _, other := range []struct {
		of  []string
		cut func(string, int) string
	}{{parts, l.cut}, {of, l.middle}, {values, l.cut}, {values, l.middle}} {
		if apart(of, out) {
			return out
		}
		for i, name := range other.of {
			out[i] = other.cut(name, n)
		}
	}
	l.number(of, out, n)
	return out
}

// number tells names that are still alike from each other.
func (l Look) number(of, out []string, n int) {
	const least = 5 // signs that leave something of a name beside its number
	whose := map[string][]string{}
	for i, cut := range out {
		at := slices.Index(whose[cut], of[i])
		if at < 0 {
			at = len(whose[cut])
			whose[cut] = append(whose[cut], of[i])
		}
		if sign := fmt.Sprintf("#%d", at+1); at > 0 && n >= least {
			out[i] = l.cut(cut, n-len(sign)) + sign
		}
	}
}

// apart reports whether names that differ do so where they are cut.
func apart(of, out []string) bool {
	whose := map[string]string{}
	for i, cut := range out {
		if other, taken := whose[cut]; taken && other != of[i] {
			return false
		}
		whose[cut] = of[i]
	}
	return true
}

// middle keeps the beginning and the end of a name.
func (l Look) middle(s string, n int) string {
	name := []rune(s)
	const least = 3 // signs: a beginning, what says that there is more, and an end
	if len(name) <= n || n < least {
		return l.cut(s, n)
	}
	end := (n - 1) / 2
	return string(name[:n-1-end]) + l.more() + string(name[len(name)-end:])
}

// telling are names without the parts, between blanks, that all have alike. If short,
// of parts like lr=0.1 the values alone stay where all names have the same keys. Names
// that do not have as many parts are as they are.
func telling(of []string, short bool) []string {
	all := make([][]string, len(of))
	for i, name := range of {
		if all[i] = strings.Fields(name); len(all[i]) != len(all[0]) {
			return of
		}
	}
	out := make([]string, len(of))
	for k := range all[0] {
		column := make([]string, len(of))
		for i := range all {
			column[i] = all[i][k]
		}
		if len(slices.Compact(slices.Clone(column))) == 1 {
			continue
		}
		key, _, keyed := strings.Cut(column[0], "=")
		other := func(part string) bool { return !strings.HasPrefix(part, key+"=") }
		keyed = keyed && !slices.ContainsFunc(column, other)
		for i, part := range column {
			if keyed && short {
				part = part[len(key)+1:]
			}
			out[i] = strings.TrimSpace(out[i] + " " + part)
		}
	}
	return out
}

// Names is names for what stands beside charts.
func (l Look) Names(of []string, n int) []string { return l.names(of, n) }

// shared is, for each name, how many of its first signs another one begins with,
// too. Equal names are one.
func shared(of []string) []int {
	order := make([]int, len(of))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare([]rune(of[a]), []rune(of[b])) })
	out := make([]int, len(of))
	for i := 1; i < len(order); i++ {
		// The most alike stand beside each other.
		a, b := []rune(of[order[i-1]]), []rune(of[order[i]])
		n := 0
		for n < len(a) && n < len(b) && a[n] == b[n] {
			n++
		}
		if n == len(a) && n == len(b) {
			n = out[order[i-1]]
		}
		out[order[i-1]], out[order[i]] = max(out[order[i-1]], n), max(out[order[i]], n)
	}
	return out
}

// shorten keeps the beginning of a name and what follows its first d signs.
func (l Look) shorten(name []rune, d, n int) string {
	const least = 5 // signs in which a beginning and an end say something
	if d < n-1 || n < least {
		return l.cut(string(name), n)
	}
	head := n - 1 - max(len(name)-d, (n-1)/2)
	if head > 0 {
		return string(name[:head]) + l.more() + string(name[len(name)-(n-1-head):])
	}
	head = max((n-2)/3, 1)
	return string(name[:head]) + l.more() + string(name[d:d+n-2-head]) + l.more()
}
