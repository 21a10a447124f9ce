package tui

import (
	"fmt"
	"strings"

	"benchside/tui/view"
)

// KeyDoc writes docs/keys.md from what the screens declare.
func KeyDoc() string {
	a := New(nil, Options{Theme: "dark", still: true})
	var b strings.Builder
	b.WriteString("# Keys\n\nWritten by `make docs` from the keys that the screens declare. The command works behind `:`; the action is what\n" +
		"`[keys]` of the [configuration](cli.md#configuration) calls it.\n")
	list := func(title, name string, keys []view.Key) {
		fmt.Fprintf(&b, "\n## %s\n\n| key | does | command | action |\n|---|---|---|---|\n", title)
		for _, k := range keys {
			press := make([]string, len(k.Press))
			for i, p := range k.Press {
				press[i] = "`" + glyphOf(p) + "`"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | `%s.%s` |\n", strings.Join(press, " "), k.Does, k.Command(), name, actionName(k))
		}
	}
	list("Everywhere", everywhere, a.ownKeys())
	for _, s := range sections {
		list(s.title, s.name, s.keys(a))
		for _, p := range s.parts(a) {
			list(s.title+": "+p.Title, s.name, p.Keys)
		}
	}
	return b.String()
}
