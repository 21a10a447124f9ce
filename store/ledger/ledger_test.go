package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"benchside/store"
)

func line(reason string, at int64) store.Line {
	return store.Line{
		At: store.At(at), By: store.Author{Name: "ada", Via: "cli"}, What: "move_stage", Sentence: "move m v1 to Staging",
		Of: store.Subject{Kind: store.VersionSubject, Name: "m", Version: 1}, Reason: reason,
	}
}

// TestTheHashIsWhatItsDocumentationSays computes one by hand.
func TestTheHashIsWhatItsDocumentationSays(t *testing.T) {
	first, chain := Chain{}.Next(line("why", 5), "[]")
	text := "0:,1:1,1:5,3:ada,3:cli,10:move_stage,7:version,1:m,1:1,20:move m v1 to Staging,3:why,2:[],"
	sum := sha256.Sum256([]byte(text))
	if want := hex.EncodeToString(sum[:]); first.Hash != want || chain != (Chain{1, want, store.At(5)}) {
		t.Errorf("got %s and %+v, want %s", first.Hash, chain, want)
	}
}

func TestALineIsNeverOlderThanTheOneBeforeIt(t *testing.T) {
	_, chain := Chain{}.Next(line("a", 100), "[]")
	second, _ := chain.Next(line("b", 50), "[]")
	if second.At != store.At(100) {
		t.Errorf("it is at %d", second.At.Millis())
	}
}

func TestEveryFieldIsUnderTheHash(t *testing.T) {
	for name, edit := range map[string]func(l *store.Line, changes *string){
		"the number":      func(l *store.Line, _ *string) { l.Seq++ },
		"the time":        func(l *store.Line, _ *string) { l.At = store.At(6) },
		"who":             func(l *store.Line, _ *string) { l.By.Name = "eve" },
		"how they came":   func(l *store.Line, _ *string) { l.By.Via = "ssh" },
		"what":            func(l *store.Line, _ *string) { l.What = "undo" },
		"the kind":        func(l *store.Line, _ *string) { l.Of.Kind = store.ModelSubject },
		"the model":       func(l *store.Line, _ *string) { l.Of.Name = "n" },
		"the version":     func(l *store.Line, _ *string) { l.Of.Version = 2 },
		"the sentence":    func(l *store.Line, _ *string) { l.Sentence += "." },
		"why":             func(l *store.Line, _ *string) { l.Reason = "" },
		"the changes":     func(_ *store.Line, changes *string) { *changes = "" },
		"the line before": func(l *store.Line, _ *string) { l.Prev = "ff" },
		// The border between two fields is part of it.
		"a letter moved on": func(l *store.Line, _ *string) { l.By = store.Author{Name: "adac", Via: "li"} },
	} {
		l, _ := Chain{}.Next(line("why", 5), "[]")
		changes := "[]"
		edit(&l, &changes)
		if Hash(l, changes) == l.Hash {
			t.Errorf("%s can be edited", name)
		}
		if _, err := (Chain{}).Check(l, changes); !errors.Is(err, store.ErrBroken) {
			t.Errorf("%s edited is checked with %v", name, err)
		}
	}
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	row := map[string]any{
		"null": nil, "integer": int64(math.MinInt64), "text": "a \"b\" \\ \n\x00\x1f ü 🙂 <&>\u2028", "empty": "", "broken": "\xff\xfea",
		"float": 0.1, "nan": math.Inf(-1), "zero": math.Copysign(0, -1), "blob": []byte{0, 255}, "no blob": []byte{}, "like a float": `{"float":"1"}`,
	}
	text, err := EncodeRow(row)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeRow(text)
	if err != nil || len(got) != len(row) {
		t.Fatalf("%s gives %v, %v", text, got, err)
	}
	for name, v := range row {
		if !Same(v, got[name]) {
			t.Errorf("%s was %#v and is %#v", name, v, got[name])
		}
	}
	for a, b := range map[any]any{int64(1): "1", "": nil, 1.0: int64(1), 0.0: math.Copysign(0, -1)} {
		if Same(a, b) {
			t.Errorf("%#v and %#v are the same", a, b)
		}
	}
	if Same([]byte("a"), "a") {
		t.Error("a blob and a text are the same")
	}
	if _, err := EncodeRow(map[string]any{"a": true}); err == nil {
		t.Error("a bool is encoded")
	}
}

func TestWhatWasNotEncodedIsNotDecoded(t *testing.T) {
	for _, text := range []string{
		``, `[`, `[{}]`, `[] `, ` []`, `[{"table":"t","key":{},"before":null,"after":null},]`, `{"a":1}`, `[{"table":"t","key":{"a":1.5},"before":null,"after":null}]`,
		`[{"table":"t","key":{"a":1,"a":2},"before":null,"after":null}]`, `[{"table":"t`, `[{"table":"t\u00`, `[{"table":"t\x"`, `[{"table":"t\u00ff"`,
		`[{"table":"t","key":{"a":{"blob":"0"}},"before":null,"after":null}]`, `[{"table":"t","key":{"a":{"float":"x"}},"before":null,"after":null}]`,
	} {
		if got, err := Decode(text); err == nil {
			t.Errorf("%s gives %v", text, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(`[{"table":"t","key":{"a":1},"before":null,"after":{"a":1,"b":{"float":"1e300"},"c":{"blob":"00ff"},"d":{"text":"ff"},"e":"\u0001\\\"","f":null}}]`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		changes, err := Decode(text)
		if err != nil {
			return
		}
		again, err := Encode(changes)
		if err != nil {
			t.Fatalf("%s was decoded and is not encoded: %v", text, err)
		}
		twice, err := Decode(again)
		if err != nil || !reflect.DeepEqual(fmt.Sprintf("%#v", twice), fmt.Sprintf("%#v", changes)) {
			t.Errorf("%s is %s: %v", text, again, err)
		}
	})
}

func TestADiffMakesOneOfTheOther(t *testing.T) {
	before, after := Rows{}, Rows{}
	put := func(r Rows, name string, value any) {
		if err := r.Put("t", map[string]any{"k": name}, map[string]any{"k": name, "v": value, "w": int64(1)}); err != nil {
			t.Fatal(err)
		}
	}
	put(before, "same", "x")
	put(after, "same", "x")
	put(before, "edited", "x")
	put(after, "edited", nil)
	put(before, "gone", "x")
	put(after, "new", "x")
	changes := Diff(before, after)
	want := []store.RowChange{
		{Table: "t", Key: map[string]any{"k": "edited"}, Before: map[string]any{"v": "x"}, After: map[string]any{"v": nil}},
		{Table: "t", Key: map[string]any{"k": "gone"}, Before: map[string]any{"k": "gone", "v": "x", "w": int64(1)}},
		{Table: "t", Key: map[string]any{"k": "new"}, After: map[string]any{"k": "new", "v": "x", "w": int64(1)}},
	}
	if !reflect.DeepEqual(changes, want) {
		t.Errorf("got %+v", changes)
	}
	if err := before.Apply(changes); err != nil || len(Diff(before, after)) != 0 {
		t.Errorf("applied it leaves %v, %v", Diff(before, after), err)
	}
	if err := (Rows{}).Put("t", map[string]any{"k": "same"}, map[string]any{"k": "same"}); err != nil {
		t.Error(err)
	}
}

func TestAColumnOfALaterReleaseIsNoChange(t *testing.T) {
	before, after := Rows{}, Rows{}
	key := map[string]any{"k": "a"}
	if err := errors.Join(before.Put("t", key, key), after.Put("t", key, map[string]any{"k": "a", "later": nil})); err != nil {
		t.Fatal(err)
	}
	if got := Diff(before, after); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestManyChangesAreToldShortly(t *testing.T) {
	var all []store.RowChange
	for i := range 20 {
		all = append(all, store.RowChange{Table: tableTags, Key: map[string]any{"key": fmt.Sprint(i)}, After: map[string]any{"value": strings.Repeat("x", 500)}})
	}
	got := Told("m", all, false)
	if !strings.HasSuffix(got, "… and 12 more changes (by another program)") || len(got) > 1000 {
		t.Errorf("got %q", got)
	}
}

func TestTheRegistryOfRows(t *testing.T) {
	rows := Rows{}
	err := rows.Apply([]store.RowChange{
		{Table: tableModels, Key: map[string]any{"name": "m"}, After: map[string]any{"name": "m", "creation_time": int64(5), "last_updated_time": nil, "description": "d"}},
		{Table: tableVersions, Key: map[string]any{"name": "m", "version": int64(1)}, After: map[string]any{"current_stage": "Production", "creation_time": 6.0}},
		{Table: tableVersions, Key: map[string]any{"name": "m", "version": int64(2)}, After: map[string]any{"current_stage": "Production"}},
		{Table: tableVersions, Key: map[string]any{"name": "m", "version": int64(3)}, After: map[string]any{"current_stage": deletedStage}},
		{Table: tableAliases, Key: map[string]any{"name": "m", "alias": "z"}, After: map[string]any{"version": int64(1)}},
		{Table: tableAliases, Key: map[string]any{"name": "m", "alias": "a"}, After: map[string]any{"version": int64(1)}},
		{Table: tableAliases, Key: map[string]any{"name": "gone", "alias": "a"}, After: map[string]any{"version": int64(1)}},
		{Table: tableVersionTags, Key: map[string]any{"name": "m", "version": int64(1), "key": "k"}, After: map[string]any{"value": "v"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	models, versions := Registry(rows)
	if len(models) != 1 || len(versions) != 2 {
		t.Fatalf("got %+v, %+v", models, versions)
	}
	m, first := models[0], versions[1]
	if m.Versions != 2 || len(m.Latest) != 1 || m.Latest[0].Version != 2 || m.Created != store.At(5) || m.Updated.Set() || m.Description != "d" {
		t.Errorf("the model is %+v", m)
	}
	if first.Version != 1 || !slices.Equal(first.Aliases, []string{"a", "z"}) || first.Tags["k"] != "v" || first.Created != store.At(6) {
		t.Errorf("the version is %+v", first)
	}
}
