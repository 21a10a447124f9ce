package cmd

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts and the examples")

// settled is an environment in which nothing of this machine is seen.
var settled = []string{"TZ=UTC", "NO_COLOR=1", "COLUMNS=", "MLFLOW_TRACKING_URI=", "SOURCE_DATE_EPOCH=1781166000"}

// lab puts a copy of the lab store into a folder.
func lab(dir string) error {
	content, err := os.ReadFile("../testdata/lab/mlflow.db")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "mlflow.db"), content, 0o600)
}

// labFiles puts copies of the lab's artifacts beside it, all of one time, and of two drift
// reports.
func labFiles(dir string) error {
	to := filepath.Join(dir, "mlruns")
	if err := os.CopyFS(to, os.DirFS("../testdata/lab/mlruns")); err != nil {
		return err
	}
	for name, from := range map[string]string{
		"drift.json":     "../drift/testdata/report.example.json",
		"evidently.json": "../drift/foreign/testdata/evidently/v0.4.40_datadrift_large_asdict.json",
	} {
		content, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	logged := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	return filepath.WalkDir(to, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(name, logged, logged))
	})
}

// TestTheExamplesOfTheDocumentationAreReal runs each command that docs/cli.md and
// docs/search.md show and compares what it prints; a line of … stands for the rest.
func TestTheExamplesOfTheDocumentationAreReal(t *testing.T) {
	if testing.Short() {
		t.Skip("the examples are no faster for the race detector")
	}
	dir := t.TempDir()
	if err := errors.Join(lab(dir), labFiles(dir)); err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]int{"../docs/cli.md": 10, "../docs/search.md": 2} {
		if examples := tryExamples(t, name, dir); examples < least {
			t.Errorf("%s: %d examples, want at least %d", name, examples, least)
		}
	}
}

// tryExamples runs the examples of a page in a folder and returns how many there are.
func tryExamples(t *testing.T, name, dir string) (examples int) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```console\n\\$ benchside ([^\n]*)\n(.*?)```")
	got := example.ReplaceAllStringFunc(string(content), func(block string) string {
		examples++
		parts := example.FindStringSubmatch(block)
		out := shell(t, dir, parts[1])
		if kept, cut := strings.CutSuffix(parts[2], "…\n"); cut {
			lines := strings.SplitAfter(out, "\n")
			out = strings.Join(lines[:min(len(lines), max(strings.Count(kept, "\n"), 1))], "") + "…\n"
		}
		if out != parts[2] && !*update {
			t.Errorf("benchside %s\n got %s\nwant %s", parts[1], out, parts[2])
		}
		return "```console\n$ benchside " + parts[1] + "\n" + out + "```"
	})
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return examples
}

// shell runs benchside with arguments as a shell reads them, in a folder with a
// store, and returns all that it prints.
func shell(t *testing.T, dir, args string) string {
	t.Helper()
	c := exec.Command("sh", "-c", "benchside "+args)
	c.Dir, c.Env = dir, append(os.Environ(), settled...)
	out, err := c.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatalf("benchside %s: %v", args, err)
	}
	return strings.ReplaceAll(string(out), dir, "/data")
}

func TestEveryCommandIsDocumented(t *testing.T) {
	content, err := os.ReadFile("../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	s := &session{out: io.Discard, err: io.Discard}
	for _, c := range s.root().Commands() {
		for _, leaf := range append(c.Commands(), c) {
			if c.HasSubCommands() && leaf == c {
				continue
			}
			if want := "`" + leaf.CommandPath(); !strings.Contains(string(content), want) {
				t.Errorf("docs/cli.md does not have %s`", want)
			}
			for _, flag := range strings.Fields(leaf.LocalNonPersistentFlags().FlagUsages()) {
				if strings.HasPrefix(flag, "--") && !strings.Contains(string(content), flag) {
					t.Errorf("docs/cli.md does not have %s of %s", flag, leaf.CommandPath())
				}
			}
		}
	}
}

func TestWatchTellsWhatAnotherProcessCommits(t *testing.T) {
	dir := t.TempDir()
	if err := lab(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "mlflow.db")
	lines, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- Main([]string{"watch", "--for", "2s", "--store", path}, nil, out, io.Discard)
		out.Close()
	}()
	const run = "7966223abb0d4c61ab642c3004b90cd7"
	var events []eventJSON
	for scan := bufio.NewScanner(lines); scan.Scan(); {
		var e eventJSON
		var event struct {
			Event string `json:"event"`
			Run   string `json:"run_id"`
			Key   string `json:"key"`
			Text  string `json:"text"`
			Point struct {
				Step, Timestamp int64
				Value           any
			}
		}
		if err := json.Unmarshal(scan.Bytes(), &event); err != nil {
			t.Fatalf("%s: %v", scan.Text(), err)
		}
		if event.Event == "watching" {
			change(t, path, `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('fid', 0, 1781170000000, '`+run+`', 46, 1);
				INSERT INTO tags (key, value, run_uuid) VALUES ('team', 'vision', '`+run+`')`)
			continue
		}
		e.Event, e.RunID, e.Key = event.Event, event.Run, event.Key
		if event.Event == "metric" && (event.Point.Step != 46 || event.Point.Timestamp != 1781170000000 || event.Point.Value != "NaN") {
			t.Errorf("the point: got %s, want step 46 and NaN", scan.Text())
		}
		if event.Event == "tag" && event.Text != "vision" {
			t.Errorf("the tag: got %s, want vision", scan.Text())
		}
		events = append(events, e)
	}
	if code := <-ended; code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
	for _, want := range []eventJSON{{Event: "metric", RunID: run, Key: "fid"}, {Event: "tag", RunID: run, Key: "team"}} {
		found := 0
		for _, e := range events {
			if e == want {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s %s: told %d times, want once; all: %+v", want.Event, want.Key, found, events)
		}
	}
}

// change commits statements as another program would.
func change(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}
