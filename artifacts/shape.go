package artifacts

import (
	"regexp"
	"strings"
)

// textKind says what a text is by its shape. A name that promises a kind of text
// decides where the shape allows it; it never makes JSON of what is none.
func textKind(name, text string, whole bool) Kind {
	by := ByName(name)
	trimmed := strings.TrimLeft(text, " \t\r\n")
	if trimmed == "" {
		return tie(by, Text, Log, Markdown, CSV, TSV, YAML, TOML, Code)
	}
	switch {
	case by.Form == Pickle && oldPickle(trimmed):
		return Kind{Form: Pickle}
	case isSVG(trimmed):
		return Kind{Form: SVG}
	case isHTML(trimmed, by.Form == HTML):
		return page(text)
	}
	if k, ok := jsonKind(by, trimmed, whole); ok {
		return k
	}
	if strings.HasPrefix(trimmed, "<?xml") {
		return code("xml")
	}
	lines := firstLines(text, whole)
	if looksLikeMLmodel(by, lines) {
		return Kind{Form: MLmodel}
	}
	if k, ok := promised(by, lines); ok {
		return k
	}
	return unnamed(by, lines)
}

// tie returns the kind that the name promises if it is one of those.
func tie(by Kind, among ...Form) Kind {
	for _, f := range among {
		if by.Form == f {
			return by
		}
	}
	return Kind{Form: Text}
}

// oldPickle recognises protocol 0, which is written in letters.
func oldPickle(text string) bool {
	return strings.HasPrefix(text, "(") || strings.HasPrefix(text, "c") && strings.Count(text, "\n") > 1
}

// firstLines are the lines that shapes are told by; the last one is left out
// where it may be cut.
func firstLines(text string, whole bool) []string {
	const most = 200
	lines := strings.SplitN(text, "\n", most+1)
	if len(lines) > most || !whole && len(lines) > 1 {
		lines = lines[:len(lines)-1]
	}
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\r")
	}
	return lines
}

func looksLikeMLmodel(by Kind, lines []string) bool {
	flavors, known := false, by.Form == MLmodel
	for _, l := range lines {
		flavors = flavors || strings.HasPrefix(l, "flavors:")
		known = known || strings.HasPrefix(l, "mlflow_version:") || strings.HasPrefix(l, "model_uuid:") || strings.HasPrefix(strings.TrimSpace(l), "loader_module:")
	}
	return flavors && known
}

// promised holds the name's promise against the shape.
func promised(by Kind, lines []string) (Kind, bool) {
	switch by.Form {
	case CSV, TSV:
		sep, ok := separator(lines, 1)
		if !ok { // one column has no separator
			return by, true
		}
		return separated(sep), true
	case YAML:
		return by, share(lines, yamlLine) > 0.5
	case TOML:
		return by, share(lines, tomlLine) > 0.3
	case Markdown, Code, Log:
		return by, true
	}
	return Kind{}, false
}

// unnamed is for texts whose name promises nothing, or something else.
func unnamed(by Kind, lines []string) Kind {
	if language := interpreter(lines[0]); language != "" {
		return code(language)
	}
	const enough = 3 // lines that agree before a shape is believed without a name
	sep, regular := separator(lines, enough)
	switch {
	case regular && by.Form != Text || regular && share(lines, func(l string) bool { return !strings.Contains(l, ". ") }) > 0.9:
		return separated(sep)
	case share(lines, logLine) > 0.3 || hasProgress(lines):
		return Kind{Form: Log}
	case by.Form == Text:
		return by
	case len(lines) >= enough && share(lines, tomlLine) == 1 && anyLine(lines, tomlPair):
		return Kind{Form: TOML}
	case len(lines) >= enough && share(lines, yamlLine) == 1 && anyLine(lines, yamlKey):
		return Kind{Form: YAML}
	case strings.HasPrefix(lines[0], "# ") && anyLine(lines, markdownMark):
		return Kind{Form: Markdown}
	}
	return Kind{Form: Text}
}

// share is the part of the lines that say something and fit.
func share(lines []string, fits func(string) bool) float64 {
	all, good := 0, 0
	for _, l := range lines {
		if t := strings.TrimSpace(l); t == "" || strings.HasPrefix(t, "#") {
			continue
		}
		all++
		if fits(l) {
			good++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(good) / float64(all)
}

func anyLine(lines []string, fits func(string) bool) bool {
	for _, l := range lines {
		if fits(l) {
			return true
		}
	}
	return false
}

var (
	yamlKeys   = regexp.MustCompile(`^(?:- )*(?:"[^"]*"|'[^']*'|[\w./()*-][\w ./()*@-]*):(?: |$)`)
	yamlItem   = regexp.MustCompile(`^\s*-(?: |$)|^---|^\.\.\.$|^\s+\S|^%`)
	tomlPairs  = regexp.MustCompile(`^\s*(?:"[^"]*"|[\w.-]+)\s*=\s*[^=\s]`)
	tomlLines  = regexp.MustCompile(`^\s*\[\[?[\w." -]+\]\]?\s*(?:#.*)?$|^\s*[\]}"'\d\[{].*,?$`)
	mdMarks    = regexp.MustCompile("^(?:## |```|\\|[ :|-]+\\||- \\[[ x]\\] |[*+-] |> )|\\*\\*\\S|\\]\\(")
	logLines   = regexp.MustCompile(`\x1b\[[\d;]*m|^\[?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d|^\[?\d\d:\d\d:\d\d|\b(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL|TRACE)\b`)
	shebang    = regexp.MustCompile(`^#!\s*\S*/(?:env\s+(?:-S\s+)?)?(?:\S*/)?([a-zA-Z]+)`)
	progresses = regexp.MustCompile(`\d%\|.*\||\r[^\r]*\r`)
)

func yamlKey(l string) bool      { return yamlKeys.MatchString(l) }
func yamlLine(l string) bool     { return yamlKeys.MatchString(l) || yamlItem.MatchString(l) }
func tomlPair(l string) bool     { return tomlPairs.MatchString(l) }
func tomlLine(l string) bool     { return tomlPairs.MatchString(l) || tomlLines.MatchString(l) }
func markdownMark(l string) bool { return mdMarks.MatchString(l) }
func logLine(l string) bool      { return logLines.MatchString(l) }

// hasProgress finds a bar that is drawn over itself.
func hasProgress(lines []string) bool { return anyLine(lines, progresses.MatchString) }

func interpreter(line string) string {
	m := shebang.FindStringSubmatch(line)
	switch {
	case m == nil:
		return ""
	case m[1] == "sh":
		return "bash"
	case m[1] == "Rscript":
		return "r"
	case m[1] == "node":
		return "javascript"
	}
	return m[1]
}

func separated(sep byte) Kind {
	switch sep {
	case '\t':
		return Kind{Form: TSV}
	case ',':
		return Kind{Form: CSV}
	}
	return Kind{Form: CSV, Of: string(sep)}
}

// separator finds what parts all lines into the same number of fields, at least
// two, quotes respected.
func separator(lines []string, enough int) (sep byte, ok bool) {
	const most = 100
	for _, sep := range []byte{'\t', ',', ';', '|'} {
		want, rows, quoted, fields := 0, 0, false, 1
		for _, l := range lines[:min(len(lines), most)] {
			if l == "" && !quoted {
				continue
			}
			for i := range len(l) {
				switch {
				case l[i] == '"':
					quoted = !quoted
				case l[i] == sep && !quoted:
					fields++
				}
			}
			if quoted {
				continue // the record goes on
			}
			if want == 0 {
				want = fields
			}
			if fields != want || fields < 2 {
				rows = 0
				break
			}
			rows++
			fields = 1
		}
		if rows >= enough {
			return sep, true
		}
	}
	return 0, false
}
