package previews

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// logged is a name as mlflow.log_image writes it.
func logged(key string, step, n int, small bool) string {
	twin, ext := "", ".png"
	if small {
		twin, ext = "+compressed", ".webp"
	}
	return fmt.Sprintf("%s+step+%d+timestamp+17750448%05d+%08d-0000-0000-0000-000000000000%s%s", key, step, n, n, twin, ext)
}

// TestPicturesStandByStep: ten comes behind two, and the smaller pictures of MLflow
// have no place of their own.
func TestPicturesStandByStep(t *testing.T) {
	for name, c := range map[string]struct {
		names, want []string
	}{
		"other names as they are": {[]string{"a10", "a2", "b"}, []string{"a10", "a2", "b"}},
		"by step": {
			[]string{logged("gen", 10, 1, false), logged("gen", 2, 2, false), logged("gen", -1, 3, false)},
			[]string{"step -1  gen", "step 2  gen", "step 10  gen"},
		},
		"smaller twins have no place":  {[]string{logged("gen", 10, 1, true), logged("gen", 10, 1, false)}, []string{"step 10  gen"}},
		"a smaller one by itself does": {[]string{logged("gen", 10, 1, true)}, []string{"step 10  gen (small)"}},
		"keys and other files by name": {
			[]string{"a.txt", logged("gen", 1, 1, false), logged("map", 0, 2, false), "k.txt", "z.txt"},
			[]string{"a.txt", "step 1  gen", "k.txt", "step 0  map", "z.txt"},
		},
		"nothing": {nil, nil},
	} {
		var got []string
		for _, p := range Arranged(c.names) {
			text := p.Label
			if text == "" {
				text = c.names[p.At]
			}
			got = append(got, text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestACutOfALogCounts: what became shorter is read anew, and is said to be.
func TestACutOfALogCounts(t *testing.T) {
	dir := written(t, map[string]string{"a.log": "one\ntwo\n"})
	l, ok := see(t, folder(t, dir), "a.log").Body.(*Log)
	if !ok {
		t.Fatal("it is no log")
	}
	for i, content := range []string{"1\n", "1\n2\n", ""} {
		if err := os.WriteFile(filepath.Join(dir, "a.log"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if more, err := l.Follow(t.Context()); more || err != nil {
			t.Fatal(more, err)
		}
		want := []int{1, 1, 2}[i]
		if l.Cuts != want {
			t.Errorf("%q: %d cuts, want %d", content, l.Cuts, want)
		}
	}
	if l.Was != 4 || l.Is != 0 || len(l.Tail.Lines()) != 0 {
		t.Errorf("cut from %d to %d bytes, with %d lines", l.Was, l.Is, len(l.Tail.Lines()))
	}
}

// TestRunsAreListedSideBySide: what is in one of two runs only is said to be, and a
// folder that one of them lacks is listed.
func TestRunsAreListedSideBySide(t *testing.T) {
	a := holds(t, map[string]string{"both.txt": "1", "a.txt": "", "only/x": "", "images/" + logged("gen", 10, 1, false): "", "images/" + logged("gen", 2, 2, false): ""})
	b := holds(t, map[string]string{"both.txt": "22", "b.txt": ""})
	for _, c := range []struct {
		first, second *Run
		folder        string
		want          []string
	}{
		{a, b, "", []string{"a.txt 1 0", "b.txt 2 0", "both.txt 0 2", "images 1 0", "only 1 0"}},
		{a, b, "only", []string{"x 1 0"}},
		{b, a, "only", []string{"x 2 0"}},
		{a, nil, "", []string{"a.txt 0 0", "both.txt 0 0", "images 0 0", "only 0 0"}},
		{a, nil, "images", []string{"step 2  gen 0 0", "step 10  gen 0 0"}},
	} {
		l, err := List(t.Context(), c.first, c.second, c.folder, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range l.Entries {
			got = append(got, fmt.Sprintf("%s %d %d", cmp.Or(e.Label, e.Name), e.Where, e.Other))
		}
		if !slices.Equal(got, c.want) || l.Read != len(c.want) || l.Total != len(c.want) {
			t.Errorf("%q: got %q, %d of %d, want %q", c.folder, got, l.Read, l.Total, c.want)
		}
	}
	if _, err := List(t.Context(), a, nil, "none", 0, 100); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	hits, cut, err := Find(t.Context(), a, "GEN", 1)
	if err != nil || !cut || len(hits) != 1 {
		t.Errorf("found %+v, %v, %v", hits, cut, err)
	}
}
