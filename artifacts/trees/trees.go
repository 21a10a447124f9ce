// Package trees reads JSON, YAML and TOML as trees that can be folded and
// compared. It keeps numbers as they are written, expands no alias, and makes
// nothing safe to show: that is for whoever shows it.
package trees

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Format is a notation of trees.
type Format int

// The notations.
const (
	JSON Format = iota
	JSONL
	YAML
	TOML
)

var formats = [...]string{"JSON", "JSON lines", "YAML", "TOML"}

// String names the notation.
func (f Format) String() string { return formats[f] }

// Type is what a node is.
type Type int

// The types of nodes. Other is a scalar of one notation only: a date of TOML, an
// alias of YAML.
const (
	Object Type = iota
	Array
	String
	Number
	Bool
	Null
	Other
)

var types = [...]string{"object", "array", "string", "number", "bool", "null", "other"}

// String names the type.
func (t Type) String() string { return types[t] }

// Node is one value. Its children follow it, each with its own.
type Node struct {
	Key      string // in an object
	Index    int    // among its siblings
	Type     Type
	Text     string // of a scalar: as written, a string without its quotes
	Parent   int    // its place; -1 of the root
	Depth    int
	Children int
	End      int  // the place behind its last descendant
	Again    bool // the object has this key already: readers differ in which they take
}

// Tree is a whole document, the root first.
type Tree struct {
	Format Format
	Nodes  []Node
	Again  int // keys that an object has twice
}

// ErrBounds: the document is too big, too deep or has too many parts for a tree.
// It can be shown as text.
var ErrBounds = errors.New("too big for a tree")

// ErrSyntax: the text is not of its format.
var ErrSyntax = errors.New("not well-formed")

// The bounds of a tree. YAML and TOML are read by libraries that cannot be
// cancelled: a megabyte of YAML takes them 3 s, one of TOML 0.6 s.
const (
	mostBytes    = 16 << 20
	mostYAML     = 1 << 20
	mostTOML     = 4 << 20
	deepest      = 200
	mostNodes    = 1_000_000
	nodesAtATime = 4096 // between two looks at the context
)

// Parse reads a document.
func Parse(ctx context.Context, format Format, data []byte) (*Tree, error) {
	b := &builder{cancelled: ctx.Err, tree: Tree{Format: format}}
	most := map[Format]int{JSON: mostBytes, JSONL: mostBytes, YAML: mostYAML, TOML: mostTOML}[format]
	err := ctx.Err()
	if err == nil && len(data) > most {
		err = fmt.Errorf("%d bytes, the most is %d: %w", len(data), most, ErrBounds)
	}
	if err == nil {
		data = []byte(strings.TrimPrefix(string(data), "\ufeff"))
		switch format {
		case JSON:
			err = b.json(data)
		case JSONL:
			err = b.jsonLines(data)
		case YAML:
			err = guarded(b.yaml, data)
		case TOML:
			err = guarded(b.toml, data)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", format, err)
	}
	return &b.tree, nil
}

// guarded makes an error of a library's panic.
func guarded(read func([]byte) error, data []byte) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("%w: %v", ErrSyntax, broken)
		}
	}()
	return read(data)
}

// builder makes a tree in the order of the text.
type builder struct {
	cancelled func() error
	tree      Tree
	open      []level
}

// level is an object or an array that is not closed yet.
type level struct {
	at   int
	keys map[string]bool
}

// add appends a value; an object or an array is open until close.
func (b *builder) add(key string, t Type, text string) error {
	at := len(b.tree.Nodes)
	switch {
	case at >= mostNodes:
		return fmt.Errorf("more than %d values: %w", mostNodes, ErrBounds)
	case len(b.open) > deepest:
		return fmt.Errorf("deeper than %d: %w", deepest, ErrBounds)
	case at%nodesAtATime == 0:
		if err := b.cancelled(); err != nil {
			return err
		}
	}
	n := Node{Key: key, Type: t, Text: text, Parent: -1, Depth: len(b.open), End: at + 1}
	if len(b.open) > 0 {
		l := &b.open[len(b.open)-1]
		parent := &b.tree.Nodes[l.at]
		n.Parent, n.Index = l.at, parent.Children
		parent.Children++
		if parent.Type == Object {
			if n.Again = l.keys[key]; n.Again {
				b.tree.Again++
			} else if l.keys == nil {
				l.keys = map[string]bool{key: true}
			} else {
				l.keys[key] = true
			}
		}
	}
	b.tree.Nodes = append(b.tree.Nodes, n)
	if t == Object || t == Array {
		b.open = append(b.open, level{at: at})
	}
	return nil
}

func (b *builder) close() {
	last := len(b.open) - 1
	b.tree.Nodes[b.open[last].at].End = len(b.tree.Nodes)
	b.open = b.open[:last]
}

// Kids calls visit with each child of a node.
func (t *Tree) Kids(of int, visit func(i int)) {
	for i := of + 1; i < t.Nodes[of].End; i = t.Nodes[i].End {
		visit(i)
	}
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][\w-]*$`)

// Path names the place of a node from the root: a.b[3]["odd key"].
func (t *Tree) Path(of int) string {
	var parts []string
	for i := of; t.Nodes[i].Parent >= 0; i = t.Nodes[i].Parent {
		n := t.Nodes[i]
		switch {
		case t.Nodes[n.Parent].Type == Array:
			parts = append(parts, "["+strconv.Itoa(n.Index)+"]")
		case plainKey.MatchString(n.Key):
			parts = append(parts, "."+n.Key)
		default:
			parts = append(parts, "["+strconv.Quote(n.Key)+"]")
		}
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
	}
	return strings.TrimPrefix(b.String(), ".")
}

// Visible lists the nodes that are seen when some are folded.
func (t *Tree) Visible(folded func(i int) bool) []int {
	var out []int
	for i := 0; i < len(t.Nodes); {
		out = append(out, i)
		if t.Nodes[i].Children > 0 && folded(i) {
			i = t.Nodes[i].End
		} else {
			i++
		}
	}
	return out
}
