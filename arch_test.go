package benchside_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// plain are the packages that know neither a terminal nor a backend.
var plain = []string{
	"store", "store/search", "store/ledger", "themes", "sanitize", "artifacts", "artifacts/*", "forest", "measures", "rollups", "views", "pace", "news", "compare", "curves", "figures", "stats", "drift", "drift/*", "lineage", "gates", "promotion", "plots", "plots/*",
	"pictures", "pictures/*", "jobs", "webhooks", "monitors",
}

// mayImport is the import table of ARCHITECTURE.md: which packages of ours a
// package may import. The longest pattern that fits a package holds for it; a
// star stands for one path element. Tests are free in what they import.
var mayImport = map[string][]string{
	"store":               {"store/search"},
	"store/search":        {},
	"store/*":             {"store", "store/search", "store/memory"}, // the backends
	"store/sqlite":        {"store", "store/search", "store/memory", "store/ledger"},
	"store/ledger":        {"store"},
	"store/memory":        {"store", "store/search"},
	"store/storetest":     {"store", "store/search"},
	"themes":              {},
	"sanitize":            {},
	"artifacts":           {"store"},
	"artifacts/tally":     {},
	"artifacts/arrays":    {"artifacts/tally"},
	"artifacts/tables":    {"artifacts/tally", "artifacts/arrays"}, // both know 16-bit floats
	"artifacts/texts":     {"sanitize"},
	"artifacts/trees":     {},
	"artifacts/pages":     {"artifacts", "sanitize"},
	"artifacts/mlmodel":   {"artifacts/trees"},
	"artifacts/originals": {"artifacts/trees", "plots", "sanitize"},
	"artifacts/diffs":     {"artifacts/trees", "sanitize"},
	"artifacts/previews":  {"artifacts", "artifacts/*", "pictures", "pictures/vector", "plots", "plots/plotly", "sanitize", "store", "drift", "drift/foreign"},
	"forest":              {"store"},
	"measures":            {"compare", "store"},
	"rollups":             {"compare", "store"},
	"views":               {"measures", "store", "store/search"},
	"pace":                {"store"},
	"news":                {"store"},
	"lineage":             {"store", "compare", "artifacts", "artifacts/mlmodel", "artifacts/previews"},
	"jobs":                {"store"},
	"webhooks":            {"store", "jobs"},
	"monitors":            {"store", "artifacts", "drift", "drift/alerts"},
	"stats":               {},
	"compare":             {"stats", "store"},
	"drift":               {"stats", "drift/distances", "drift/quality"},
	"drift/distances":     {"stats"},
	"drift/quality":       {"stats"},
	"drift/cells":         {"drift"},
	"drift/foreign":       {"drift"},
	"drift/inputs":        {"artifacts", "artifacts/mlmodel", "artifacts/tables", "drift", "drift/cells"},
	"drift/sources":       {"artifacts", "artifacts/mlmodel", "artifacts/previews", "drift", "drift/inputs", "lineage", "store"},
	"drift/words":         {"drift", "sanitize"},
	"drift/pages":         {"drift", "drift/words", "sanitize"},
	"drift/streams":       {},
	"drift/alerts":        {},
	"promotion":           {"store", "store/search", "compare", "artifacts", "artifacts/mlmodel", "gates", "lineage"},
	"gates":               {"store", "compare", "artifacts/mlmodel"},
	"plots":               {"plots/scene", "themes"},
	"plots/scene":         {},
	"plots/*":             {"plots/scene"}, // what a scene is drawn with
	"plots/plotly":        {"plots", "sanitize"},
	"pictures":            {"pictures/vector", "plots/cell"}, // the signs of cells
	"pictures/vector":     {"sanitize"},
	"pictures/protocol":   {"plots/cell"},
	"demo":                {},
	"curves":              {"store", "plots"},
	"figures":             {"store", "compare", "plots", "sanitize"},
	"tui/histories":       {"store", "curves", "plots", "sanitize", "tui/view"},
	"tui/view":            {"compare", "drift", "store", "store/search", "themes", "sanitize", "views"},
	"tui/widget":          {"store", "themes", "sanitize"}, // store's values, to format them; it reads none
	"tui/viewtest":        {"store", "store/memory", "themes", "tui", "tui/view", "tui/pump"},
	"tui/pump":            {},
	"tui/clipboard":       {},
	"tui/painter":         {"pictures", "pictures/protocol", "plots/cell"},
	// A screen: never another screen, never a backend.
	"tui/*": append([]string{"tui/view", "tui/widget", "tui/filterbar", "tui/columns", "tui/histories", "tui/painter", "tui/confirm", "tui/statement"}, plain...),
	// The screen of files is put together from parts, a folder each.
	"tui/files":     append([]string{"tui/view", "tui/widget", "tui/painter", "tui/textpane", "tui/treepane", "tui/tablepane", "tui/arraypane", "tui/chartpane", "tui/picturepane", "tui/described", "tui/copies"}, plain...),
	"tui/copies":    append([]string{"tui/view", "tui/widget", "tui/described"}, plain...),
	"tui/described": append([]string{"tui/widget", "tui/textpane"}, plain...),
	"tui/jobs":      append([]string{"tui/view", "tui/widget", "tui/textpane", "tui/confirm"}, plain...),
	"tui/treepane":  append([]string{"tui/view", "tui/widget", "tui/textpane"}, plain...), // the same search
	"tui":           append([]string{"tui/*"}, plain...),
	"serve":         {"store", "themes", "sanitize", "tui"},
	"cmd":           append([]string{"store/*", "demo", "serve", "tui", "tui/*"}, plain...),
	"cmd/benchside": {"cmd"},
}

// onlyUnder names the trees in which a dependency may be imported.
var onlyUnder = map[string][]string{
	"charm.land/bubbletea/v2":      {"tui", "serve"},
	"charm.land/bubbles/v2":        {"tui"},
	"charm.land/wish/v2":           {"serve"},
	"database/sql":                 {"store/sqlite", "store/postgres"},
	"github.com/mattn/go-sqlite3":  {"store/sqlite"},
	"github.com/fsnotify/fsnotify": {"store/sqlite", "store/mlruns", "monitors"},
	"github.com/spf13/cobra":       {"cmd"},
	"log":                          {},
	"log/slog":                     {},
}

// The habits of size, and what may exceed them for a reason.
const (
	fileLines      = 500
	functionLines  = 60
	structFields   = 20
	screenCodeSize = 800 // lines of a screen's package without its tests
)

var oversized = map[string]string{
	// "path", "path function", "path type" or a screen's package: why
	"themes/themes.go Glyphs":            "a table: a glyph a field",
	"store/sqlite/releases.go revisions": "a table",
	"tui/runtable":                       "loading, live changes, folds, marks and filter of one table",
	"tui/rundetail":                      "eight parts, each with columns of its own",
	"tui/charts":                         "a grid of charts under keys, mouse and pattern",
	"tui/figure":                         "fields, their parts and brushes, for ten kinds of chart",
	"tui/files":                          "a tree of one or two runs, parts of a dozen kinds beside it, and what is copied out of it",
	"tui/calendar":                       "a grid of columns over time, bands above it and a metric below it on the same cursor",
	"tui/comparison":                     "a table that turns, and three panels below it on the same cursor",
	"tui/driftreport":                    "a table of columns with its order and search, and one of them with its charts and words",
	"tui/model":                          "versions with columns of their runs, and six parts below them on the same cursor",
}

// notScreens are the packages under tui that are no screens.
// The parts of the screen of files end in pane; the filter bar, the choice of columns and the histories are parts that screens share.
var notScreens = []string{
	"tui/view", "tui/widget", "tui/viewtest", "tui/pump", "tui/filterbar", "tui/columns", "tui/histories", "tui/painter", "tui/clipboard", "tui/confirm", "tui/statement",
	"tui/textpane", "tui/treepane", "tui/tablepane", "tui/arraypane", "tui/chartpane", "tui/picturepane",
}

// source is one Go file of the project.
type source struct {
	path  string // from the root, with slashes
	test  bool
	lines int
	file  *ast.File
}

func (s source) pkg() string { return path.Dir(s.path) }

// sources parses every Go file of the project. It parses rather than asks `go
// list`, whose answer the test cache would keep.
func sources(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	set := token.NewFileSet()
	var all []source
	walk(t, func(name string) {
		if !strings.HasSuffix(name, ".go") {
			return
		}
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{
			path: name, test: strings.HasSuffix(name, "_test.go"),
			lines: set.File(file.Pos()).LineCount(), file: file,
		})
	})
	return set, all
}

// walk calls visit with every file of the project that is not made by it.
func walk(t *testing.T, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			visit(filepath.ToSlash(name))
		case slices.Contains([]string{".git", ".venv", "bin", "build"}, entry.Name()):
			return filepath.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rule returns the row of the import table that holds for a package.
func rule(pkg string) (allowed []string, ok bool) {
	if allowed, ok = mayImport[pkg]; ok {
		return allowed, true
	}
	allowed, ok = mayImport[path.Dir(pkg)+"/*"]
	return allowed, ok
}

func fits(pkg string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(pattern, pkg)
		return err == nil && matched
	})
}

func under(pkg string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool {
		return pkg == tree || strings.HasPrefix(pkg, tree+"/")
	})
}

func imports(t *testing.T, file *ast.File) []string {
	t.Helper()
	var paths []string
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, name)
	}
	return paths
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	_, all := sources(t)
	for _, s := range all {
		if s.test {
			continue
		}
		allowed, known := rule(s.pkg())
		if !known {
			t.Errorf("%s: package %s has no row in the import table", s.path, s.pkg())
			continue
		}
		for _, name := range imports(t, s.file) {
			if ours, ok := strings.CutPrefix(name, "benchside/"); ok && !fits(ours, allowed) {
				t.Errorf("%s imports %s; %s may import %v of ours", s.path, ours, s.pkg(), allowed)
			}
		}
	}
}

func TestDependenciesStayInTheirTrees(t *testing.T) {
	_, all := sources(t)
	for _, s := range all {
		if s.test {
			continue
		}
		for _, name := range imports(t, s.file) {
			for dependency, trees := range onlyUnder {
				if (name == dependency || strings.HasPrefix(name, dependency+"/")) && !under(s.pkg(), trees) {
					t.Errorf("%s imports %s, which only %v may", s.path, name, trees)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	_, all := sources(t)
	docs := map[string][]string{}
	for _, s := range all {
		if s.test {
			continue
		}
		docs[s.pkg()] = append(docs[s.pkg()], "")
		if s.file.Doc == nil {
			continue
		}
		text := s.file.Doc.Text()
		start := "Package " + s.file.Name.Name + " "
		if s.file.Name.Name == "main" {
			start = "Command " + path.Base(s.pkg()) + " "
		}
		if !strings.HasPrefix(text, start) {
			t.Errorf("%s: the package comment starts %.30q, not %q", s.path, text, start)
		}
		docs[s.pkg()] = append(docs[s.pkg()], text)
	}
	sentence := regexp.MustCompile(`[.?!](\s|$)`)
	for pkg, texts := range docs {
		texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
		if len(texts) != 1 {
			t.Errorf("%s has %d package comments, not 1", pkg, len(texts))
			continue
		}
		if n := len(sentence.FindAllString(texts[0], -1)); n < 2 {
			t.Errorf("%s: the package comment has %d sentence; the second says what it will not do:\n%s", pkg, n, texts[0])
		}
	}
}

// TestOnlyMainExits also keeps the packages below cmd from printing: they
// return errors.
func TestOnlyMainExits(t *testing.T) {
	set, all := sources(t)
	for _, s := range all {
		if s.test || s.pkg() == "cmd/benchside" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := called(call)
			exits := name == "os.Exit" || name == "runtime.Goexit" || name == "syscall.Exit"
			prints := name == "fmt.Print" || name == "fmt.Println" || name == "fmt.Printf" ||
				name == "println" || name == "print" || name == "panic"
			if exits || prints && !under(s.pkg(), []string{"cmd"}) {
				t.Errorf("%s calls %s; return an error", set.Position(call.Pos()), name)
			}
			return true
		})
	}
}

// called names the function of a call, "" if it is not a plain or a package's.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if pkg, ok := f.X.(*ast.Ident); ok {
			return pkg.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// excess says once what is over a habit of size, unless it is allowed.
func excess(t *testing.T, used map[string]bool, what string, size, limit int, unit string) {
	t.Helper()
	if size <= limit {
		return
	}
	if oversized[what] != "" {
		used[what] = true
		return
	}
	t.Errorf("%s has %d %s; the habit is at most %d", what, size, unit, limit)
}

func TestNothingIsFarOverTheHabitsOfSize(t *testing.T) {
	set, all := sources(t)
	used := map[string]bool{}
	packages := map[string]int{}
	for _, s := range all {
		if s.test {
			continue
		}
		packages[s.pkg()] += s.lines
		excess(t, used, s.path, s.lines, fileLines, "lines")
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				size := set.Position(n.End()).Line - set.Position(n.Pos()).Line + 1
				excess(t, used, s.path+" "+n.Name.Name, size, functionLines, "lines")
			case *ast.TypeSpec:
				if body, ok := n.Type.(*ast.StructType); ok {
					excess(t, used, s.path+" "+n.Name.Name, body.Fields.NumFields(), structFields, "fields")
				}
			}
			return true
		})
	}
	for pkg, lines := range packages {
		if path.Dir(pkg) == "tui" && !slices.Contains(notScreens, pkg) {
			excess(t, used, pkg, lines, screenCodeSize, "lines")
		}
	}
	for what := range oversized {
		if !used[what] {
			t.Errorf("%s is in the list of exceptions and needs none", what)
		}
	}
}

// TestTheProjectSpeaksOfItselfAlone finds absolute paths of somebody's machine.
func TestTheProjectSpeaksOfItselfAlone(t *testing.T) {
	foreign := regexp.MustCompile(`(^|[\s"'=(` + "`" + `])/(work|home|root|Users|tmp/w)/[A-Za-z0-9._-]+`)
	text := []string{".go", ".md", ".py", ".sh", ".txt", ".txtar", ".mod", ".toml", ".yaml", ""}
	walk(t, func(name string) {
		if !slices.Contains(text, path.Ext(name)) {
			return
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(content), "\n") {
			if found := foreign.FindString(line); found != "" {
				t.Error(fmt.Sprintf("%s:%d names a path of one machine:", name, n+1), strings.TrimSpace(found))
			}
		}
	})
}
