package texts

import (
	"embed"
	"io/fs"
	"path"
	"sync"

	"github.com/alecthomas/chroma/v2"
)

// languages are chroma's descriptions of the languages that runs leave behind,
// as its package lexers has them (tools/languages.sh copies them). That package
// reads all of its 280 before main begins, in each command: 15 ms.
//
//go:embed languages/*.xml
var languages embed.FS

// known reads the languages when the first code is shown. A description that
// cannot be read is a language less; a test holds that all can.
var known = sync.OnceValue(func() *chroma.LexerRegistry {
	registry := chroma.NewLexerRegistry()
	names, _ := fs.Glob(languages, "languages/*.xml")
	for _, name := range names {
		if lexer, err := chroma.NewXMLLexer(languages, name); err == nil {
			registry.Register(lexer)
		}
	}
	return registry
})

// lexer returns what reads a language, which chroma or a file name calls so, or
// nil.
func lexer(language string) chroma.Lexer {
	if l := known().Get(language); l != nil {
		return l
	}
	return known().Match(path.Base(language))
}
