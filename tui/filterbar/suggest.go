package filterbar

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/store/search"
	"benchside/tui/view"
)

// mostOffers bounds the completions that are shown.
const mostOffers = 8

// offers complete what is being typed.
type offers struct {
	texts    []string
	from, to int // the bytes of the text that one replaces
}

// suggest looks for what completes the text at the cursor.
func (b *Bar) suggest() tea.Cmd {
	what := search.Complete(b.field.Text(), b.field.Offset(), b.kind)
	keys := language{b.keys, b.kind}
	return view.Load(&b.load, func(ctx context.Context) (offers, error) {
		texts, err := completions(ctx, keys, what)
		if len(texts) == 1 && strings.EqualFold(texts[0], what.Part) {
			texts = nil // it is there already
		}
		return offers{texts[:min(len(texts), mostOffers)], what.Start, what.End}, err
	})
}

// language is what completions are made of: the keys that there are, and how records
// of a kind are searched.
type language struct {
	store.KeyReader
	kind search.Kind
}

func completions(ctx context.Context, keys language, what search.Completion) ([]string, error) {
	switch what.What {
	case search.TypingField:
		return fields(ctx, keys, what)
	case search.TypingComparator:
		return beginning(what.Field.Comparators(), what.Part), nil
	case search.TypingValue:
		return values(ctx, keys, what)
	}
	return beginning([]string{"AND", "OR"}, what.Part), nil
}

// beginning are the words that begin so, in capitals or not.
func beginning(words []string, part string) (out []string) {
	for _, word := range words {
		if strings.HasPrefix(word, strings.ToUpper(part)) {
			out = append(out, word)
		}
	}
	return out
}

// fields completes an entity or an attribute, or a key of any kind.
func fields(ctx context.Context, keys language, what search.Completion) ([]string, error) {
	if what.HasEntity {
		return keysOf(ctx, keys, what.Entity, what.Part)
	}
	var out []string
	for _, e := range search.Entities(keys.kind) {
		if text := e.Names[0] + "."; strings.HasPrefix(text, what.Part) && e.Entity != search.Attribute {
			out = append(out, text)
		}
	}
	for _, f := range search.MoreFields(keys.kind) {
		if f.Entity == search.Attribute && strings.HasPrefix(f.Name, what.Part) {
			out = append(out, f.Name)
		}
	}
	if len(what.Part) < 2 { // too little to mean a key by
		return out, nil
	}
	for _, e := range search.Entities(keys.kind) {
		if _, keyed := kinds[e.Entity]; !keyed || e.Entity == search.Attribute {
			continue
		}
		more, err := keysOf(ctx, keys, e.Entity, what.Part)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

var kinds = map[search.Entity]store.FieldKind{
	search.Attribute: store.AttributeField, search.Metric: store.MetricField, search.Param: store.ParamField, search.Tag: store.TagField,
}

// keysOf returns the fields of an entity whose keys contain part, those that
// begin with it first.
func keysOf(ctx context.Context, keys language, entity search.Entity, part string) ([]string, error) {
	kind, ok := kinds[entity]
	if !ok || kind == store.AttributeField {
		return fixed(entity, keys.kind, part), nil
	}
	all, err := keys.Keys(ctx, kind)
	if err != nil {
		return nil, err
	}
	var begin, contain []string
	part = strings.ToLower(part)
	for _, key := range all {
		at := strings.Index(strings.ToLower(key), part)
		if at < 0 || at == 0 && len(begin) >= mostOffers || at > 0 && len(contain) >= mostOffers {
			continue
		}
		spelled, ok := search.SpellField(entity, key, keys.kind)
		switch {
		case ok && at == 0 && entity == search.Metric && strings.EqualFold(key, part):
			begin = append(append(begin, spelled), summaries(spelled, "")...)
		case ok && at == 0:
			begin = append(begin, spelled)
		case ok:
			contain = append(contain, spelled)
		}
	}
	if before, last, ok := cutLast(part); ok && entity == search.Metric {
		for _, key := range all {
			if spelled, ok := search.SpellField(entity, key, keys.kind); ok && strings.EqualFold(key, strings.Trim(before, "`")) {
				begin = append(begin, summaries(spelled, last)...)
			}
		}
	}
	return append(begin, contain...), nil
}

// summaries are those of a metric that begin so.
func summaries(metric, part string) (out []string) {
	for _, s := range search.Summaries() {
		if strings.HasPrefix(s, part) {
			out = append(out, metric+"."+s)
		}
	}
	return out
}

func cutLast(key string) (before, last string, ok bool) {
	at := strings.LastIndexByte(key, '.')
	if at <= 0 {
		return "", "", false
	}
	return key[:at], key[at+1:], true
}

// fixed returns the fields of an entity that has no keys but a few of its own.
func fixed(entity search.Entity, kind search.Kind, part string) []string {
	var out []string
	for _, f := range search.MoreFields(kind) {
		if f.Entity != entity || !strings.Contains(f.Name, strings.ToLower(part)) {
			continue
		}
		spelled, ok := search.SpellField(entity, f.Name, kind)
		switch {
		case ok:
			out = append(out, spelled)
		case entity == search.Attribute: // one that MLflow does not know
			out = append(out, f.Name)
		}
	}
	return out
}

// spans are some times to compare with.
func spans(part string) (out []string) {
	for _, span := range []string{"-1h", "-1d", "-7d", "-30d"} {
		if strings.HasPrefix(span, part) {
			out = append(out, span)
		}
	}
	return out
}

// values completes a text that a field is compared with.
func values(ctx context.Context, keys language, what search.Completion) ([]string, error) {
	if what.Field.Time {
		return spans(what.Part), nil
	}
	kind, ok := kinds[what.Field.Entity]
	if what.Field.Number || len(what.Field.Ops) == 0 || !ok {
		return nil, nil
	}
	found := statuses(what)
	if found == nil {
		var err error
		if found, err = keys.Values(ctx, store.Field{Kind: kind, Key: what.Key}, what.Part, mostOffers); err != nil {
			return nil, err
		}
	}
	spell := search.SpellText
	if what.List {
		spell = search.SpellListed
	}
	var out []string
	for _, text := range found {
		if spelled, ok := spell(text); ok {
			out = append(out, spelled)
		}
	}
	return out, nil
}

// statuses are the values of the one field that has few; nil of another.
func statuses(what search.Completion) []string {
	if what.Field.Entity != search.Attribute || what.Key != "status" {
		return nil
	}
	out := []string{}
	for _, s := range []store.Status{store.Running, store.Finished, store.Failed, store.Killed, store.Scheduled} {
		if strings.HasPrefix(string(s), strings.ToUpper(what.Part)) {
			out = append(out, string(s))
		}
	}
	return out
}
