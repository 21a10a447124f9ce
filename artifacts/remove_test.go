package artifacts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	oneRun   = "0123456789abcdef0123456789abcdef"
	otherRun = "fedcba9876543210fedcba9876543210"
)

// removable is a store's folder with the files of two runs and a model.
func removable(t *testing.T) (home string, places Places) {
	t.Helper()
	home = t.TempDir()
	for _, name := range []string{
		"mlruns/1/" + oneRun + "/artifacts/a/b.txt", "mlruns/1/" + otherRun + "/artifacts/c.txt",
		"mlruns/1/models/m-" + oneRun + "/artifacts/MLmodel", "outside.txt", "mlflow.db",
	} {
		write(t, filepath.Join(home, name))
	}
	return home, Places{Store: filepath.Join(home, "mlflow.db")}
}

func files(t *testing.T, home string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(home, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(home, name)
			all = append(all, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func TestTheFilesOfARunAreRemovedAndNoOthers(t *testing.T) {
	home, places := removable(t)
	for _, location := range []string{"mlruns/1", filepath.Join(home, "mlruns/1"), "file://" + filepath.Join(home, "mlruns/1"), "mlruns/1/"} {
		write(t, filepath.Join(home, "mlruns/1", oneRun, "artifacts/a/b.txt"))
		r := Removal{Within: home, Location: location, URI: strings.TrimRight(location, "/") + "/" + oneRun + "/artifacts", ID: oneRun}
		if u, err := places.Measure(context.Background(), r); err != nil || u.Files != 1 {
			t.Errorf("%s: measured %+v, %v", location, u, err)
		}
		if err := places.Remove(r); err != nil {
			t.Errorf("%s: %v", location, err)
		}
		if got := files(t, home); strings.Contains(got, oneRun+"/artifacts/a") || !strings.Contains(got, otherRun) || !strings.Contains(got, "outside") {
			t.Errorf("%s: what is left is %s", location, got)
		}
		if _, err := os.Stat(filepath.Join(home, "mlruns/1", oneRun)); !os.IsNotExist(err) {
			t.Errorf("%s: the run's folder stays: %v", location, err)
		}
		if err := places.Remove(r); !errors.Is(err, ErrNone) {
			t.Errorf("%s: again: %v", location, err)
		}
	}
	model := Removal{Within: home, Location: "mlruns/1", URI: "mlruns/1/models/m-" + oneRun + "/artifacts", ID: "m-" + oneRun}
	if err := places.Remove(model); err != nil || strings.Contains(files(t, home), "MLmodel") {
		t.Errorf("a model: %v, %s", err, files(t, home))
	}
}

func TestWhatElseIsInTheFolderOfARunStays(t *testing.T) {
	home, places := removable(t)
	write(t, filepath.Join(home, "mlruns/1", oneRun, "mine.txt"))
	r := Removal{Within: home, Location: "mlruns/1", URI: "mlruns/1/" + oneRun + "/artifacts", ID: oneRun}
	if err := places.Remove(r); err != nil || !strings.Contains(files(t, home), "mine.txt") {
		t.Errorf("%v, %s", err, files(t, home))
	}
}

// TestNothingElseIsRemoved holds Remove to what hostile stores could say.
func TestNothingElseIsRemoved(t *testing.T) {
	home, places := removable(t)
	elsewhere := t.TempDir()
	write(t, filepath.Join(elsewhere, oneRun, "artifacts/x.txt"))
	link := func(from, to string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(home, from)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(home, from)); err != nil {
			t.Fatal(err)
		}
	}
	link("mlruns/2/"+oneRun, "../1/"+otherRun)                              // another run, within
	link("mlruns/3/"+oneRun+"/artifacts", "../../1/"+otherRun+"/artifacts") // its files
	link("mlruns/4", elsewhere)                                             // outside
	link("mlruns/5/"+oneRun, filepath.Join(elsewhere, oneRun))
	write(t, filepath.Join(home, "mlruns/6", oneRun, "artifacts"))
	tests := map[string]Removal{
		"an id that is a path":          {Location: "mlruns/1", URI: "mlruns/1/../artifacts", ID: ".."},
		"an id that is a name":          {Location: ".", URI: "./mlruns/artifacts", ID: "mlruns"},
		"an id in capitals":             {Location: "mlruns/1", URI: "mlruns/1/" + strings.ToUpper(oneRun) + "/artifacts", ID: strings.ToUpper(oneRun)},
		"the files of another run":      {Location: "mlruns/1", URI: "mlruns/1/" + otherRun + "/artifacts", ID: oneRun},
		"a folder of everything":        {Location: "mlruns/1", URI: "mlruns/1", ID: oneRun},
		"a way up":                      {Location: "mlruns/../..", URI: "mlruns/../../" + oneRun + "/artifacts", ID: oneRun},
		"a folder outside":              {Location: elsewhere, URI: elsewhere + "/" + oneRun + "/artifacts", ID: oneRun},
		"a link to another run":         {Location: "mlruns/2", URI: "mlruns/2/" + oneRun + "/artifacts", ID: oneRun},
		"a link to another run's files": {Location: "mlruns/3", URI: "mlruns/3/" + oneRun + "/artifacts", ID: oneRun},
		"an experiment that leads out":  {Location: "mlruns/4", URI: "mlruns/4/" + oneRun + "/artifacts", ID: oneRun},
		"a run that leads out":          {Location: "mlruns/5", URI: "mlruns/5/" + oneRun + "/artifacts", ID: oneRun},
		"a file":                        {Location: "mlruns/6", URI: "mlruns/6/" + oneRun + "/artifacts", ID: oneRun},
		"somewhere else":                {Location: "s3://bucket/1", URI: "s3://bucket/1/" + oneRun + "/artifacts", ID: oneRun},
		"nothing":                       {},
		"a zero byte":                   {Location: "mlruns\x00", URI: "mlruns\x00/" + oneRun + "/artifacts", ID: oneRun},
	}
	before, outside := files(t, home), files(t, elsewhere)
	for name, r := range tests {
		r.Within = home
		if err := places.Remove(r); err == nil {
			t.Errorf("%s: it was removed", name)
		}
		if _, err := places.Measure(context.Background(), r); err == nil {
			t.Errorf("%s: it was measured", name)
		}
		if files(t, home) != before || files(t, elsewhere) != outside {
			t.Fatalf("%s: files are gone", name)
		}
	}
}

func TestFoldersOfRunsThatNobodyKnowsAreFound(t *testing.T) {
	home, places := removable(t)
	write(t, filepath.Join(home, "mlruns/1/notes/x.txt"))
	found, err := places.Orphans(context.Background(), home, "mlruns/1", func(id string) bool { return id == otherRun })
	if err != nil || len(found) != 1 || found[0].ID != oneRun {
		t.Fatalf("found %+v, %v", found, err)
	}
	if err := places.Remove(found[0]); err != nil {
		t.Fatal(err)
	}
	for _, location := range []string{"s3://bucket/1", "mlruns/9"} {
		if found, err := places.Orphans(context.Background(), home, location, func(string) bool { return false }); err != nil || len(found) > 0 {
			t.Errorf("%s: found %+v, %v", location, found, err)
		}
	}
}
