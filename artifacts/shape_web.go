package artifacts

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

var (
	// constants are what Python writes into JSON that is not of it.
	constants = regexp.MustCompile(`([\[:,]\s*)-?(?:NaN|Infinity)\b`)

	markup = regexp.MustCompile(`(?i)^(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|style|script|div|table|link|meta|title|h[1-6]|p|span|pre|ul|ol|iframe)[\s>/]`)
	vector = regexp.MustCompile(`(?is)^(?:<\?xml.*?\?>\s*|<!--.*?-->\s*|<!doctype svg[^>]*>\s*)*<svg[\s>]`)
)

const reachOfMarkup = 4096 // bytes in which the first element of a document stands

func isSVG(text string) bool { return vector.MatchString(text[:min(len(text), reachOfMarkup)]) }

func isHTML(text string, named bool) bool {
	text = text[:min(len(text), reachOfMarkup)]
	return markup.MatchString(text) || named && strings.HasPrefix(text, "<")
}

// page tells what an HTML document carries.
func page(text string) Kind {
	switch {
	case FromEvidently(text):
		return Kind{Form: Report, Of: "Evidently", In: HTML}
	case strings.Contains(text, "Plotly.newPlot") || strings.Contains(text, "cdn.plot.ly/plotly") || strings.Contains(text, "plotly.js v"):
		return Kind{Form: Plotly, In: HTML}
	}
	return Kind{Form: HTML}
}

// FromEvidently reports whether the text of an HTML page is one of Evidently's:
// by the names that its template gives (evidently/utils/dashboard.py).
func FromEvidently(text string) bool {
	return strings.Contains(text, "additional_graphs_") || strings.Contains(text, "drawDashboard(") ||
		strings.Contains(text, ".reset-this") && strings.Contains(text, "Material+Icons") ||
		strings.Contains(text, "var metric_") && strings.Contains(text, `"alertsPosition"`)
}

// jsonKind recognises JSON, whole or cut, and what is written in it.
func jsonKind(by Kind, text string, whole bool) (Kind, bool) {
	named := by.Form == JSON || by.Form == JSONL
	if text[0] != '{' && text[0] != '[' && !(named && whole && json.Valid([]byte(text))) {
		return Kind{}, false
	}
	text = constants.ReplaceAllString(text, "${1}0")
	o := outline{decoder: json.NewDecoder(strings.NewReader(text)), keys: map[string]json.Delim{}}
	o.decoder.UseNumber()
	err := o.read()
	cut := !whole && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF))
	if err != nil && !cut {
		return Kind{}, false
	}
	if err == nil { // one value is read; is it all?
		rest := strings.TrimSpace(text[o.decoder.InputOffset():])
		switch {
		case rest == "" && by.Form == JSONL:
			return Kind{Form: JSONL}, true
		case rest != "" && jsonLines(text, whole):
			return Kind{Form: JSONL}, true
		case rest != "":
			return Kind{}, false
		}
	}
	return o.kind(), true
}

// jsonLines reports whether each of the first lines is a value.
func jsonLines(text string, whole bool) bool {
	const looked = 20
	n := 0
	for _, l := range firstLines(text, whole) {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		if !json.Valid([]byte(l)) {
			return false
		}
		if n++; n == looked {
			break
		}
	}
	return n > 1
}

// outline is what is seen of a JSON value: the keys of its object, and those of
// the first object in "data", "metrics" or "tests".
type outline struct {
	decoder *json.Decoder
	keys    map[string]json.Delim // what begins their values, 0 for a scalar
	inner   map[string]string     // with their values where they are strings
	nested  bool                  // "data" is an array of arrays
	schema  string                // what the document says it is of
}

// read walks over one value without recursion, so depth costs nothing.
func (o *outline) read() error {
	var stack []json.Delim // open brackets
	var key, innerKey string
	isKey := []bool{} // of each open bracket: a key comes next
	for {
		token, err := o.decoder.Token()
		if err != nil {
			if len(stack) > 0 && errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		depth := len(stack)
		delim, _ := token.(json.Delim)
		if depth > 0 && stack[depth-1] == '{' && isKey[depth-1] && delim == 0 {
			text, _ := token.(string)
			switch depth {
			case 1:
				key = text
			case 3:
				innerKey = text
			}
			isKey[depth-1] = false
			continue
		}
		if delim != '}' && delim != ']' {
			o.note(depth, delim, token, key, innerKey)
		}
		switch delim {
		case '{', '[':
			stack, isKey = append(stack, delim), append(isKey, true)
			continue
		case '}', ']':
			stack, isKey = stack[:depth-1], isKey[:depth-1]
			depth--
		}
		if depth == 0 {
			return nil
		}
		isKey[depth-1] = true
	}
}

func (o *outline) note(depth int, delim json.Delim, token json.Token, key, innerKey string) {
	watched := key == "data" || key == "metrics" || key == "tests"
	switch {
	case depth == 1:
		if o.keys[key] = delim; key == "schema" {
			o.schema, _ = token.(string)
		}
	case depth == 2 && key == "data" && delim == '[':
		o.nested = true
	case depth == 3 && watched && len(o.inner) < 200 && innerKey != "":
		if o.inner == nil {
			o.inner = map[string]string{}
		}
		text, _ := token.(string)
		if _, ok := o.inner[innerKey]; !ok {
			o.inner[innerKey] = text
		}
	}
}

func (o *outline) kind() Kind {
	_, layout := o.keys["layout"]
	has := func(key string) bool { _, ok := o.inner[key]; return ok }
	switch {
	case o.keys["columns"] == '[' && o.keys["data"] == '[' && (o.nested || !has("type")):
		return Kind{Form: Table}
	case o.keys["data"] == '[' && o.inner != nil && (layout && o.keys["layout"] == '{' || traces[o.inner["type"]] && (has("x") || has("y") || has("z") || has("values") || has("mode"))):
		return Kind{Form: Plotly, In: JSON}
	case o.evidently():
		return Kind{Form: Report, Of: "Evidently", In: JSON}
	case strings.HasPrefix(o.schema, ourReports):
		return Kind{Form: Report, Of: "benchside", In: JSON}
	}
	return Kind{Form: JSON}
}

// ourReports begins the schemas of benchside's own drift reports.
const ourReports = "benchside-drift-report/"

// evidently reports whether the keys are those of a report of Evidently: what
// as_dict and dict return, and what save_json and save write, of 0.4 to 0.7.
func (o *outline) evidently() bool {
	has := func(keys ...string) bool {
		return !slices.ContainsFunc(keys, func(key string) bool { _, ok := o.inner[key]; return !ok })
	}
	switch {
	case o.keys["metrics"] == '[':
		return has("metric", "result") || has("metric_id", "value") || has("metric_name", "config", "value")
	case o.keys["tests"] == '[':
		return has("name", "status", "group", "parameters")
	case o.keys["suite"] == '{':
		return o.keys["metadata"] == '{' && o.keys["tags"] == '['
	}
	return o.keys["metric_results"] == '{' && o.keys["report"] == '{'
}

// traces are the types by which a figure of plotly is known when its layout is
// not in sight.
var traces = map[string]bool{
	"scatter": true, "scattergl": true, "bar": true, "histogram": true, "heatmap": true, "contour": true, "box": true,
	"violin": true, "pie": true, "table": true, "parcoords": true, "scatter3d": true, "surface": true, "histogram2d": true,
}
