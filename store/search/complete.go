package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What is being typed in a filter.
type What int

// The things that can be typed.
const (
	TypingField What = iota
	TypingComparator
	TypingValue
	TypingKeyword // AND or OR, between two conditions
)

// Completion is what is being typed at the cursor of a filter.
type Completion struct {
	What       What
	Start, End int    // the bytes of the text that a completion replaces
	Part       string // what there is of it before the cursor, without quotes

	// Entity is that of a field if its period is already there (HasEntity), and
	// Part is then its key. Otherwise Part may become an entity or an attribute.
	Entity    Entity
	HasEntity bool

	// Field is what is compared, for a comparator and a value, and Key its key. It
	// is zero, without Ops, if there is no such field.
	Field Field
	Key   string
	List  bool // the value stands in the list of IN
}

// Complete says what is being typed at a byte of a filter that need not be right.
// It reads more simply than Parse: to help with what people type, not to decide.
func Complete(text string, cursor int, kind Kind) Completion {
	cursor = min(max(cursor, 0), len(text))
	for 0 < cursor && cursor < len(text) && !utf8.RuneStart(text[cursor]) {
		cursor--
	}
	t := &typing{text: text, cursor: cursor, kind: kind}
	for {
		if t.field() || t.comparator() || t.value() || t.keyword() {
			return t.Completion
		}
	}
}

// typing walks over the conditions before the cursor. Each of its steps reports
// whether the cursor stands in it.
type typing struct {
	Completion
	text   string
	at     int
	cursor int
	kind   Kind
	op     string
	plain  bool // the word before stands alone: nothing compares it
}

// word returns where a run ends that begins at at, quoted parts included, and
// whether a quote is open at the cursor.
func (t *typing) word(at int, ends func(byte) bool) (end int, open bool) {
	for at < t.cursor && !ends(t.text[at]) {
		quote := t.text[at]
		at++
		if strings.IndexByte("`\"'", quote) < 0 {
			continue
		}
		closing := strings.IndexByte(t.text[at:t.cursor], quote)
		if closing < 0 {
			return t.cursor, true
		}
		at += closing + 1
	}
	return at, false
}

func isBlank(b byte) bool { return strings.IndexByte(" \t\r\n", b) >= 0 }

const signs = "=<>!~"

func isSign(b byte) bool { return strings.IndexByte(signs, b) >= 0 }

func isParen(b byte) bool { return b == '(' || b == ')' }

func endsField(b byte) bool { return isBlank(b) || isSign(b) || isParen(b) }

func endsValue(b byte) bool { return isBlank(b) || isParen(b) }

func endsWord(b byte) bool { return endsField(b) || strings.IndexByte("('\"", b) >= 0 }

func endsListed(b byte) bool { return isBlank(b) || b == ',' || b == ')' }

func (t *typing) skipBlanks() { t.skip(isBlank) }

func (t *typing) skip(what func(byte) bool) {
	for t.at < t.cursor && what(t.text[t.at]) {
		t.at++
	}
}

// stop notes what is being typed from start on. What goes on behind the cursor
// belongs to it up to a byte that ends it.
func (t *typing) stop(what What, start int, part string, ends func(byte) bool) bool {
	t.What, t.Start, t.Part, t.End = what, start, part, t.cursor
	for t.End < len(t.text) && !ends(t.text[t.End]) {
		t.End++
	}
	return true
}

func (t *typing) field() bool {
	t.Field, t.Key, t.List, t.HasEntity, t.Entity = Field{}, "", false, false, Attribute
	t.skip(endsValue)
	start := t.at
	end, open := t.word(start, endsField)
	t.at = end
	text := t.text[start:t.at]
	if _, of := summaries[strings.ToLower(text)]; t.at < t.cursor && (joins(text) || of && t.text[t.at] == '(') {
		return t.field()
	}
	prefix, key, found := strings.Cut(text, ".")
	if found {
		t.Entity, t.HasEntity = entityOf(t.kind, trimBackticks(prefix))
	} else {
		key = text
	}
	if t.at == t.cursor {
		if !t.HasEntity {
			key = text
		}
		t.stop(TypingField, start, unquoted(key), endsField)
		if open {
			t.closeQuote(text)
		}
		return true
	}
	if t.Key = unquoted(key); t.kind == Runs {
		t.Key = canonicalKey(t.Key)
	}
	if t.HasEntity || !found {
		t.Field, _ = moreFieldOf(t.kind, t.Entity, t.Key)
	}
	return false
}

// joins reports whether a word stands before or between conditions.
func joins(word string) bool {
	return strings.EqualFold(word, "AND") || strings.EqualFold(word, "OR") || strings.EqualFold(word, "NOT")
}

// closeQuote extends a field to the end of its quote, if that seems to be behind
// the cursor.
func (t *typing) closeQuote(text string) {
	quote := text[strings.IndexAny(text, "`\"'")]
	rest := t.text[t.cursor:]
	closing := strings.IndexByte(rest, quote)
	if closing >= 0 && !strings.ContainsAny(rest[:closing], signs) {
		t.End = t.cursor + closing + 1
	}
}

// unquoted cuts the quotes around a text, of which the last may be missing.
func unquoted(text string) string {
	if text == "" || strings.IndexByte("`\"'", text[0]) < 0 {
		return text
	}
	return strings.TrimSuffix(text[1:], text[:1])
}

// comparator takes signs, or words as long as they begin a comparator.
func (t *typing) comparator() bool {
	t.skip(func(b byte) bool { return isBlank(b) || b == ')' })
	start := t.at
	if t.plain = len(t.Field.Ops) == 0 && !t.HasEntity && t.at < t.cursor && !isSign(t.text[t.at]); t.plain {
		return false
	}
	for t.at < t.cursor && isSign(t.text[t.at]) {
		t.at++
	}
	if t.op = t.text[start:t.at]; t.op == "" {
		t.words(start)
	}
	if t.at == t.cursor {
		ends := endsField
		if t.at > start && isSign(t.text[start]) {
			ends = func(b byte) bool { return !isSign(b) }
		}
		return t.stop(TypingComparator, start, t.op, ends)
	}
	return false
}

// written are the comparators that are words.
var written = append(slices.Clone(comparators[Like:]), between, "NOT "+between, "RLIKE", "NOT RLIKE")

func (t *typing) words(start int) {
	for {
		t.at, _ = t.word(t.at, endsWord)
		t.op = strings.ToUpper(strings.Join(strings.Fields(t.text[start:t.at]), " "))
		longer := false
		for _, c := range written {
			longer = longer || strings.HasPrefix(c, t.op+" ")
		}
		gap := t.at
		if t.skipBlanks(); !longer || gap == t.at {
			t.at = gap
			return
		}
	}
}

func (t *typing) value() bool {
	switch t.op {
	case "IS NULL", "IS NOT NULL":
		return false
	case "IN", "NOT IN":
		return t.list()
	}
	if t.plain {
		return false
	}
	t.skipBlanks()
	start := t.at
	end, open := t.word(start, endsValue)
	t.at = end
	if t.at == t.cursor {
		return t.typed(start, open, endsValue)
	}
	if t.op != between && t.op != "NOT "+between {
		return false
	}
	if t.op = ""; t.keyword() {
		return true
	}
	t.at, _ = t.word(t.at, endsValue)
	return t.value()
}

// typed notes the value before the cursor. A quote that was opened before it may
// be closed behind it.
func (t *typing) typed(start int, open bool, ends func(byte) bool) bool {
	part := t.text[start:t.cursor]
	t.stop(TypingValue, start, unquoted(part), ends)
	if !open {
		return true
	}
	rest := t.text[t.cursor:t.End]
	if closing := strings.IndexByte(rest, part[0]); closing >= 0 {
		t.End = t.cursor + closing + 1
	} else {
		t.End = t.cursor
	}
	return true
}

func (t *typing) list() bool {
	t.List = true
	t.skipBlanks()
	if t.at == t.cursor {
		return t.typed(t.at, false, isBlank)
	}
	for t.at < t.cursor {
		if b := t.text[t.at]; b == ')' {
			t.at++
			return false
		} else if b == '(' || b == ',' || isBlank(b) {
			t.at++
			continue
		}
		start := t.at
		end, open := t.word(start, endsListed)
		if t.at = end; t.at == t.cursor {
			return t.typed(start, open, endsListed)
		}
	}
	return t.typed(t.cursor, false, endsListed)
}

// keyword stands between two conditions. A word that cannot become AND or OR begins
// the next one.
func (t *typing) keyword() bool {
	t.skip(func(b byte) bool { return isBlank(b) || b == ')' })
	end, _ := t.word(t.at, endsField)
	word := strings.ToUpper(t.text[t.at:end])
	if end == t.cursor && (strings.HasPrefix("AND", word) || strings.HasPrefix("OR", word)) {
		return t.stop(TypingKeyword, t.at, t.text[t.at:end], endsField)
	}
	return false
}
