package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"benchside/artifacts"
	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/files"
	"benchside/tui/painter"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// TestDriftReportsHaveABadge: a report says in the tree what it comes to, and opens.
func TestDriftReportsHaveABadge(t *testing.T) {
	dir := t.TempDir()
	for name, from := range map[string]string{
		"a.json": "../../drift/foreign/testdata/evidently/v0.4.40_datadrift_asdict.json", "b.json": "../../drift/testdata/report.schema.json",
	} {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := memory.New(memory.Records{Runs: []store.Run{{Head: store.Head{ID: "r", Name: "r", ExperimentID: "1"}, ArtifactURI: dir}}})
	v := files.New(db, func(store.Run) artifacts.Places { return artifacts.Places{Store: filepath.Join(dir, "mlflow.db")} }, view.ShowArtifacts{Runs: []string{"r"}}, painter.New(""), viewtest.Theme())
	s := viewtest.Start(t, v, 100, 20)
	got := s.Screen()
	if !strings.Contains(got, "a.json  ▲ drift 4/7") || strings.Contains(got, "b.json  ▲") || !strings.Contains(got, "R opens the report") {
		t.Errorf("got\n%s", got)
	}
	s.Press("R")
	if m, ok := s.Asked[len(s.Asked)-1].(view.ShowDriftReport); !ok || m.Run != "r" || m.Path != "a.json" {
		t.Errorf("asked %+v", s.Asked)
	}
	s.Press("j")
	if got := off(v, "R"); got != "the file is no drift report" {
		t.Errorf("off because %q", got)
	}
}

// off is why a key cannot be used.
func off(v view.View, press string) string {
	for _, k := range v.Keys() {
		if k.Press != nil && k.Press[0] == press {
			return k.Why()
		}
	}
	return ""
}
