package plots

import (
	"slices"
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
