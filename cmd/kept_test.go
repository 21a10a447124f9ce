package cmd

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"benchside/compare"
)

func TestWhatTheUserSaidIsKept(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", folder)
	first, other, elsewhere := keptSets("/a.db"), keptSets("/a.db"), keptSets("/b.db")
	for name, s := range map[string]sets{"mine": first, "theirs": other, "far": elsewhere} {
		if err := s.Keep(name, []string{"r1", "r2"}); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string][]string{"mine": {"r1", "r2"}, "theirs": {"r1", "r2"}}
	if got := keptSets("/a.db").All(); !reflect.DeepEqual(got, want) {
		t.Errorf("two sessions kept %v, want %v", got, want)
	}
	if err := first.Keep("theirs", nil); err != nil {
		t.Fatal(err)
	}
	if got := keptSets("/a.db").All(); len(got) != 1 || len(keptSets("/b.db").All()) != 1 {
		t.Errorf("after one is forgotten: %v", got)
	}
	d := keptDirections()
	if err := d.Keep("auc", compare.Higher); err != nil {
		t.Fatal(err)
	}
	if got := keptDirections().All()["auc"]; got != compare.Higher {
		t.Errorf("the direction is %v", got)
	}
}

func TestABrokenFileIsNotOverwritten(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", folder)
	path := filepath.Join(folder, "benchside", "sets.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	for what, content := range map[string]string{"no JSON": "{oops", "another shape": `{"a": 3}`, "too large": strings.Repeat(" ", mostKept+1)} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		s := keptSets("/a.db")
		if err := s.Keep("mine", []string{"r"}); err == nil || !strings.Contains(err.Error(), "mend or remove it") {
			t.Errorf("%s: got %v", what, err)
		}
		if now, _ := os.ReadFile(path); string(now) != content {
			t.Errorf("%s: the file was changed", what)
		}
	}
}
