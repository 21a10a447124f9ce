package search

import (
	"math"
	"reflect"
	"strconv"
	"strings"
)

// The language has no escapes, so that not every key and value can be written in
// it. Whether a spelling is right is asked of the parser: it must read back what
// was meant, also with another condition behind it.

// SpellField writes a field for a filter or an order; false if the language has no
// way to. The key of an attribute or of a dataset is its Name.
func SpellField(entity Entity, key string, kind Kind) (string, bool) {
	prefix := ""
	for _, s := range Entities(kind) {
		if s.Entity == entity {
			prefix = s.Names[0] + "."
		}
	}
	if prefix == "" {
		return "", false
	}
	value := "'1'" // which is an id, too
	if f, ok := fieldOf(kind, entity, key, false); ok && f.Number {
		value = "0"
	}
	meant := Compare{Entity: entity, Key: key, Op: Equal}
	for _, spelled := range keySpellings(key) {
		text := prefix + spelled
		if entity == Attribute {
			text = spelled
		}
		got, ok := readsAs(text+" = "+value, kind)
		if ok && got.Entity == meant.Entity && got.Key == meant.Key {
			return text, true
		}
	}
	return "", false
}

// keySpellings returns the ways to write a key, the usual one first.
func keySpellings(key string) []string {
	quoted := []string{"`" + key + "`", `"` + key + `"`, `'` + key + `'`}
	for i, r := range key {
		if !isWord(r) && (r != '.' || i == 0) {
			return quoted
		}
	}
	return append([]string{key}, quoted...)
}

func quoteIfNeeded(key string) string {
	for _, spelled := range keySpellings(key) {
		if _, ok := readsAs("tags."+spelled+" = 'x'", Runs); ok {
			return spelled
		}
	}
	return key
}

// readsAs parses a condition twice in one filter, and returns it if both times it
// is the same.
func readsAs(text string, kind Kind) (Compare, bool) {
	f, err := Parse(text+" AND "+text, kind)
	if err != nil {
		return Compare{}, false
	}
	all, _ := f.Expr.(And)
	if len(all) != 2 || !reflect.DeepEqual(all[0], all[1]) {
		return Compare{}, false
	}
	c, ok := all[0].(Compare)
	return c, ok
}

// SpellText writes a text to compare with; false if it contains what the language
// cannot write, such as both kinds of quotes.
func SpellText(text string) (string, bool) {
	for _, quote := range []string{"'", `"`} {
		spelled := quote + text + quote
		if c, ok := readsAs("tags.x = "+spelled, Runs); ok && c.Text == text {
			return spelled, true
		}
	}
	return "", false
}

// SpellListed writes a text for the list of IN, which does know escapes.
func SpellListed(text string) (string, bool) {
	spelled := "'" + strings.NewReplacer(`\`, `\\`, "'", `\x27`, "\n", `\n`, "\r", `\r`, "\x00", `\x00`).Replace(text) + "'"
	c, ok := readsAs("run_id IN ("+spelled+")", Runs)
	return spelled, ok && len(c.Texts) == 1 && c.Texts[0] == text
}

// Spell writes a condition; false if the language has no way to.
func Spell(c Compare, kind Kind) (string, bool) {
	text, ok := SpellField(c.Entity, c.Key, kind)
	if !ok {
		return "", false
	}
	f, _ := fieldOf(kind, c.Entity, c.Key, false)
	text += " " + c.Op.String()
	switch {
	case c.Op == IsNull || c.Op == IsNotNull:
	case c.Op == In || c.Op == NotIn:
		var listed []string
		for _, t := range c.Texts {
			spelled, ok := SpellListed(t)
			if !ok {
				return "", false
			}
			listed = append(listed, spelled)
		}
		text += " (" + strings.Join(listed, ", ") + ")"
	case f.Number:
		text += " " + SpellNumber(c.Number)
	default:
		spelled, ok := SpellText(c.Text)
		if !ok {
			return "", false
		}
		text += " " + spelled
	}
	got, ok := readsAs(text, kind)
	return text, ok && reflect.DeepEqual(got, c)
}

// SpellNumber writes a number so that it is read back exactly. There is no NaN in
// the language.
func SpellNumber(n float64) string {
	switch {
	case math.IsInf(n, 1):
		return "1e999"
	case math.IsInf(n, -1):
		return "-1e999"
	case n == math.Trunc(n) && math.Abs(n) < 1<<53:
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strings.ReplaceAll(strconv.FormatFloat(n, 'g', -1, 64), "e+", "e")
}
