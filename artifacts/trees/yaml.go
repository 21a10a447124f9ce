package trees

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// yaml reads the syntax, never the values: an alias stays the name that it is, so
// a document cannot grow.
func (b *builder) yaml(data []byte) error {
	tokens := lexer.Tokenize(string(data))
	if err := flat(tokens); err != nil {
		return err
	}
	if err := b.cancelled(); err != nil {
		return err
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return fmt.Errorf("%s: %w", firstLine(err), ErrSyntax)
	}
	var docs []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			docs = append(docs, doc.Body)
		}
	}
	if len(docs) == 1 {
		return b.yamlNode("", docs[0], 0)
	}
	if err := b.add("", Array, ""); err != nil {
		return err
	}
	for _, doc := range docs {
		if err := b.yamlNode("", doc, 0); err != nil {
			return err
		}
	}
	b.close()
	return nil
}

// firstLine is an error without the picture of its place.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// flat refuses what would nest the parser's calls too deep: brackets, and signs
// that nest without a value between them, as in "- - - a".
func flat(tokens token.Tokens) error {
	brackets, run := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
			run = 0
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType, token.MappingValueType:
			run++
		default:
			run = 0
		}
		if brackets > deepest || run > deepest {
			return fmt.Errorf("deeper than %d: %w", deepest, ErrBounds)
		}
	}
	return nil
}

// yamlNode adds one node. Hops bounds signs around a value that add no depth.
func (b *builder) yamlNode(key string, n ast.Node, hops int) error {
	if hops > deepest {
		return fmt.Errorf("deeper than %d: %w", deepest, ErrBounds)
	}
	switch n := n.(type) {
	case nil:
		return b.add(key, Null, "")
	case *ast.MappingNode:
		return b.yamlMap(key, n.Values)
	case *ast.MappingValueNode:
		return b.yamlMap(key, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		if err := b.add(key, Array, ""); err != nil {
			return err
		}
		for _, v := range n.Values {
			if err := b.yamlNode("", v, 0); err != nil {
				return err
			}
		}
		b.close()
		return nil
	case *ast.AnchorNode:
		return b.yamlNode(key, n.Value, hops+1)
	case *ast.TagNode:
		return b.yamlNode(key, n.Value, hops+1)
	case *ast.LiteralNode:
		return b.add(key, String, n.Value.Value)
	case *ast.StringNode:
		return b.add(key, String, n.Value)
	case *ast.AliasNode:
		return b.add(key, Other, "*"+n.Value.GetToken().Value)
	case *ast.NullNode:
		return b.add(key, Null, n.Token.Value)
	case *ast.BoolNode:
		return b.add(key, Bool, n.Token.Value)
	case *ast.IntegerNode:
		return b.add(key, Number, n.Token.Value)
	case *ast.FloatNode:
		return b.add(key, Number, n.Token.Value)
	case *ast.InfinityNode:
		return b.add(key, Number, n.Token.Value)
	case *ast.NanNode:
		return b.add(key, Number, n.Token.Value)
	case *ast.CommentGroupNode:
		return b.add(key, Null, "")
	}
	return b.add(key, Other, n.GetToken().Value)
}

func (b *builder) yamlMap(key string, values []*ast.MappingValueNode) error {
	if err := b.add(key, Object, ""); err != nil {
		return err
	}
	for _, v := range values {
		if err := b.yamlNode(yamlKey(v.Key), v.Value, 0); err != nil {
			return err
		}
	}
	b.close()
	return nil
}

func yamlKey(key ast.MapKeyNode) string {
	switch k := key.(type) {
	case *ast.StringNode:
		return k.Value
	case *ast.MappingKeyNode: // "? key"
		if s, ok := k.Value.(*ast.StringNode); ok {
			return s.Value
		}
	}
	return key.GetToken().Value
}
