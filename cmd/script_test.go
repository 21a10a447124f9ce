package cmd

import (
	"archive/tar"
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // to make stores that MLflow would not make
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"benchside": func() {
			// The test's own program is what the name in PATH leads to.
			os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, func() (string, error) { return exec.LookPath("benchside") }))
		},
	})
}

// TestScripts runs the commands as users do. A script finds the stores of
// testdata under $DATA, and has these commands besides testscript's:
//
//	exits CODE command…   runs a command whose exit code is to be CODE
//	sql FILE STATEMENTS   changes a store; the statements are a file of the script
//	extract FILE          unpacks a tar.gz here
//	lacks-controls        checks that stdout has no control but newlines
func TestScripts(t *testing.T) {
	data, err := filepath.Abs("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	params := testscript.Params{
		Dir: "testdata", UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("DATA", data)
			e.Setenv("LAB", filepath.Join(data, "lab", "mlflow.db"))
			e.Vars = append(e.Vars, settled...)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "sql": runSQL, "extract": extract, "lacks-controls": lacksControls,
		},
	}
	if testing.Short() { // the race detector: a process takes ten times as long, and most scripts run one goroutine
		params.Dir = ""
		for _, name := range []string{"models", "models_change", "compare", "open", "runs_list", "store"} {
			params.Files = append(params.Files, filepath.Join("testdata", name+".txtar"))
		}
	}
	testscript.Run(t, params)
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if failed := new(exec.ExitError); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s: got exit code %d, want %d\n%s", strings.Join(args[1:], " "), got, want, ts.ReadFile("stderr"))
	}
}

func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(ts.ReadFile(args[1]))
	ts.Check(err)
}

func extract(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	ts.Check(err)
	for r := tar.NewReader(unzipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		ts.Check(err)
		path := ts.MkAbs(h.Name)
		if h.FileInfo().IsDir() {
			ts.Check(os.MkdirAll(path, 0o755))
			continue
		}
		content, err := io.ReadAll(r)
		ts.Check(err)
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path, content, 0o644))
	}
}

func lacksControls(ts *testscript.TestScript, _ bool, _ []string) {
	for n, line := range strings.Split(ts.ReadFile("stdout"), "\n") {
		for _, r := range line {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == '\uFFFD' {
				ts.Fatalf("%s", fmt.Sprintf("line %d has %U: %q", n+1, r, line))
			}
		}
	}
}
