package search

// What MLflow accepts is decided by how sqlparse groups tokens into bigger ones,
// in passes over all of a statement. These are the passes that can make a
// difference to a filter. Nothing looks inside a group afterwards but at its text
// and at the three parts of a comparison, so a group is one node without children.

// The limits of sqlparse 0.6.1.
const (
	mostTokens = 10000
	mostDepth  = 100
)

// group leaves only what stands at the top of a statement.
func group(tokens []node) []node {
	nodes := gatherComments(tokens)
	nodes = enclose(nodes, brackets, "[", "]")
	nodes = enclose(nodes, parens, "(", ")")
	nodes = gatherCalls(nodes)
	nodes = periods.join(nodes)
	nodes = subscripts.join(nodes)
	nodes = nameFields(nodes)
	nodes = gatherDirections(nodes)
	for _, j := range []joint{casts, zones, operations, comparisons, renamings} {
		nodes = j.join(nodes)
	}
	nodes = gatherAliases(nodes)
	return attachComments(nodes)
}

// reach says what a joint takes in of what stands to its right.
type reach int

const (
	refuses reach = iota
	withoutRight
	withRight
)

// joint is a pass that joins what stands left and right of a token.
type joint struct {
	becomes kind
	at      func(n node) bool
	left    func(n node) bool
	right   func(n node) reach // of a node of kind none at the end
}

func of(kinds ...kind) func(node) bool {
	var set [remark + 1]bool
	for _, k := range kinds {
		set[k] = true
	}
	return func(n node) bool { return set[n.kind] }
}

func with(ok func(node) bool) func(node) reach {
	return func(n node) reach {
		if ok(n) {
			return withRight
		}
		return refuses
	}
}

func anything(n node) bool { return n.kind != none }

var (
	// A period takes a left side even if nothing that fits follows.
	periods = joint{
		field,
		func(n node) bool { return n.is(punctuation, ".") || n.is(operator, "->") || n.is(operator, "->>") },
		of(brackets, field, name, double),
		func(n node) reach {
			if of(brackets, call, name, double, wildcard, single)(n) {
				return withRight
			}
			return withoutRight
		},
	}
	subscripts = joint{
		field, of(brackets), of(brackets, field, call, name, double),
		func(node) reach { return withoutRight },
	}
	casts = joint{
		field, func(n node) bool { return n.is(punctuation, "::") }, anything, with(anything),
	}
	zones = joint{
		field, of(zone), anything,
		with(func(n node) bool { return n.is(keyword, "AS") || n.kind == single }),
	}
	operations  = joint{operation, of(operator, wildcard), operand, with(operand)}
	comparisons = joint{comparison, of(comparator), side, with(side)}
	renamings   = joint{
		field,
		func(n node) bool { return n.is(keyword, "AS") },
		func(n node) bool { return !n.kind.isKeyword() || n.word == "NULL" },
		with(func(n node) bool { return n.kind != none && n.kind != reservedWord }),
	}
)

func operand(n node) bool {
	switch n.word {
	case "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP":
		return n.kind == keyword
	}
	return of(brackets, parens, call, field, operation, integer, float, single, double, name, placeholder)(n)
}

func side(n node) bool {
	return n.is(keyword, "NULL") ||
		of(parens, call, field, operation, integer, float, single, double, name, placeholder)(n)
}

// join makes one pass. What was just taken in from the right is looked at again:
// it may be the left side of the next joint, or a joint itself.
func (j joint) join(nodes []node) []node {
	var out []node
	var last node   // what stands to the left
	inside := false // nodes[i] is already in the last group
	for i, n := range nodes {
		if taken := j.reach(nodes, i, last); taken != refuses && len(out) > 0 {
			left := &out[len(out)-1]
			parts := []node{*left, n}
			if taken == withRight {
				parts = append(parts, nodes[i+1])
			}
			*left = merge(j.becomes, parts...)
			last, inside = *left, taken == withRight
			continue
		}
		if !inside {
			out = append(out, n)
		}
		last, inside = n, false
	}
	return out
}

func (j joint) reach(nodes []node, i int, last node) reach {
	if !j.at(nodes[i]) || last.kind == none || !j.left(last) {
		return refuses
	}
	return j.right(after(nodes, i))
}

// after returns the node behind an index, one of kind none at the end.
func after(nodes []node, i int) node {
	if i+1 < len(nodes) {
		return nodes[i+1]
	}
	return node{}
}

func merge(k kind, parts ...node) node {
	n := node{kind: k, start: parts[0].start, end: parts[len(parts)-1].end}
	for _, p := range parts {
		n.end = max(n.end, p.end)
		n.depth = max(n.depth, p.depth)
	}
	if k == comparison {
		n.parts = parts
	}
	return n
}

// gatherComments drops spaces and makes one node of comments that follow each
// other. Those at the end of the text stay single.
func gatherComments(tokens []node) []node {
	var nodes []node
	for i := 0; i < len(tokens); i++ {
		n := tokens[i]
		if n.kind == space || n.kind == newline {
			continue
		}
		if n.kind == comment {
			end := i
			for end < len(tokens) && (tokens[end].kind == comment || tokens[end].kind == newline) {
				end++
			}
			if end < len(tokens) {
				n = merge(remark, tokens[i:end]...)
				i = end - 1
			}
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// enclose makes a group of what stands between two signs, innermost first. Signs
// without a partner stay.
func enclose(nodes []node, becomes kind, opening, closing string) []node {
	var out []node
	var open []int // the places in out of signs that wait for a partner
	for _, n := range nodes {
		out = append(out, n)
		switch {
		case n.is(punctuation, opening):
			open = append(open, len(out)-1)
		case n.is(punctuation, closing) && len(open) > 0:
			start := open[len(open)-1]
			open = open[:len(open)-1]
			group := merge(becomes, out[start:]...)
			group.depth++
			out = append(out[:start], group)
		}
	}
	return out
}

// gatherPairs joins neighbours; a group that was made takes part in no other.
func gatherPairs(nodes []node, becomes kind, first, second func(node) bool) []node {
	var out []node
	for i := 0; i < len(nodes); i++ {
		n := nodes[i]
		if next := after(nodes, i); first(n) && second(next) {
			n = merge(becomes, n, next)
			i++
		}
		out = append(out, n)
	}
	return out
}

func gatherCalls(nodes []node) []node {
	return gatherPairs(nodes, call, of(name, builtin, placeholder), of(parens))
}

func gatherAliases(nodes []node) []node {
	named := of(parens, call, field, operation, comparison, integer, float, hexadecimal)
	return gatherPairs(nodes, field, named, of(field))
}

func nameFields(nodes []node) []node {
	for i, n := range nodes {
		if n.kind == name || n.kind == double {
			nodes[i] = merge(field, n)
		}
	}
	return nodes
}

func gatherDirections(nodes []node) []node {
	var out []node
	for _, n := range nodes {
		if last := len(out) - 1; n.kind == direction && last >= 0 &&
			(out[last].kind == field || out[last].kind.isNumber()) {
			out[last] = merge(field, out[last], n)
			continue
		}
		out = append(out, n)
	}
	return out
}

// attachComments adds comments to the group before them.
func attachComments(nodes []node) []node {
	var out []node
	for _, n := range nodes {
		if last := len(out) - 1; n.kind == remark && last >= 0 && out[last].kind >= field {
			parts := append(out[last].parts, n) // no longer a comparison of three parts
			out[last] = merge(out[last].kind, out[last], n)
			out[last].parts = parts
			continue
		}
		out = append(out, n)
	}
	return out
}
