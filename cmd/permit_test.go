package cmd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"benchside/store"
	"benchside/tui"
)

// session over a copy of the lab store, as the program itself opens it.
func opened(t *testing.T, readOnly bool) (path string, st store.Store, o tui.Options) {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := t.TempDir()
	if err := lab(dir); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "mlflow.db")
	s := &session{in: strings.NewReader(""), out: io.Discard, err: io.Discard, stores: []string{path}, readOnly: readOnly}
	st, err := s.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	if o, err = s.look.options("mlflow.db"); err != nil {
		t.Fatal(err)
	}
	if err := s.permit(st, &o); err != nil {
		t.Fatal(err)
	}
	return path, st, o
}

func hashOf(t *testing.T, path string) [32]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(content)
}

// pressed is the screen after some keys on the page of the first model.
func pressed(t *testing.T, st store.Store, o tui.Options, keys ...string) string {
	t.Helper()
	frame, err := tui.Render(context.Background(), st, tui.RenderOptions{
		Screen: "models", Width: 120, Height: 40, Format: "text", Press: keys, Options: o,
	})
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestAReadOnlySessionLeavesEveryByteOfTheStore(t *testing.T) {
	path, st, o := opened(t, true)
	before := hashOf(t, path)
	if o.Writes.Writer != nil || o.State != "read-only" {
		t.Fatalf("the session may write: %+v", o.State)
	}
	for _, key := range []string{"m", "a", "A", "t", "T", "d", "C", "X", "n", "R", "D", "ctrl+x", "U"} {
		got := pressed(t, st, o, "enter", key, "enter", "y", "enter")
		if strings.Contains(got, "╭─") {
			t.Errorf("%s opens a dialog:\n%s", key, got)
		}
	}
	for _, keys := range [][]string{{"n", "x", "enter"}, {"ctrl+x", "enter"}, {"alt+h", "o", "enter"}, {"alt+h", "B", "enter"}, {"alt+i", "a", "enter"}} {
		pressed(t, st, o, keys...)
	}
	if hashOf(t, path) != before {
		t.Error("the file changed")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the store lie %v, %v", entries, err)
	}
}

func TestASessionOverAWritableStoreMovesAVersion(t *testing.T) {
	path, st, o := opened(t, false)
	before := hashOf(t, path)
	if o.Writes.Writer == nil || o.State != "read-write" || o.Writes.Author.Via != "tui" || o.Writes.Author.Name == "" {
		t.Fatalf("the session may not write: %q by %+v", o.State, o.Writes.Author)
	}
	pressed(t, st, o, "enter", "m")
	if hashOf(t, path) != before {
		t.Error("the dialog alone changed the file")
	}
	got := pressed(t, st, o, "enter", "m", "w", "h", "y", "ctrl+w", "enter")
	if !strings.Contains(got, "move churn-classifier v5 from None to Staging and archive v4") {
		t.Errorf("got\n%s", got)
	}
	versions, err := st.ModelVersions(t.Context(), "churn-classifier")
	if err != nil || versions[0].Stage != store.StageStaging || versions[1].Stage != store.StageArchived {
		t.Errorf("got v5 in %s and v4 in %s, %v", versions[0].Stage, versions[1].Stage, err)
	}
	lines, err := st.(store.LedgerReader).Lines(t.Context(), store.LineQuery{Limit: 2})
	if err != nil || len(lines) != 2 || lines[0].What != "move_stage" || lines[0].Reason != "why" || lines[1].What != "record_gate" {
		t.Errorf("the ledger says %+v, %v", lines, err)
	}
}

func TestWhatMayNotBeWrittenMakesAReadOnlySession(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everything")
	}
	path, _, _ := opened(t, false)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s := &session{in: strings.NewReader(""), out: &out, err: &out, stores: []string{path}}
	st, err := s.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var o tui.Options
	if err := s.permit(st, &o); err != nil || o.Writes.Writer != nil {
		t.Errorf("the session may write: %v", err)
	}
}
