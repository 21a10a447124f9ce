package sqlite

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const labFile = "../../testdata/lab/mlflow.db"

// copied puts a copy of a store into a folder of its own.
func copied(t testing.TB, from, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	duplicate(t, from, path)
	return path
}

func duplicate(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// writer is another connection, with MLflow's settings.
func writer(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)+"?_busy_timeout=20000&_foreign_keys=1&_cslike=1")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func do(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// inWAL makes a copy of the lab a WAL store at rest.
func inWAL(t testing.TB) string {
	t.Helper()
	path := copied(t, labFile, "mlflow.db")
	db := writer(t, path)
	do(t, db, "PRAGMA journal_mode = WAL")
	db.Close()
	return path
}

// listing describes every file of a folder, with its bytes.
func listing(t testing.TB, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %v %v %x\n", e.Name(), info.Mode(), info.ModTime().UnixNano(), sha256.Sum256(content))
	}
	return b.String()
}

func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// process is another process with the store open, as MLflow is one: locks and
// the index of a log are another matter between processes than within one.
type process struct {
	in  io.WriteCloser
	out *bufio.Scanner
	cmd *exec.Cmd
}

func startProcess(t testing.TB, path string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestOtherProcess$")
	cmd.Env = append(os.Environ(), "BENCHSIDE_TEST_STORE="+path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{in, bufio.NewScanner(out), cmd}
	t.Cleanup(p.end)
	return p
}

// do runs a statement there and returns how long it took.
func (p *process) do(t testing.TB, statement string, args ...any) time.Duration {
	t.Helper()
	statement = fmt.Sprintf(strings.Join(strings.Fields(statement), " "), args...)
	if _, err := fmt.Fprintln(p.in, statement); err != nil {
		t.Fatal(err)
	}
	if !p.out.Scan() {
		t.Fatalf("%s: the process has ended", statement)
	}
	took, err := time.ParseDuration(p.out.Text())
	if err != nil {
		t.Fatalf("%s: %s", statement, p.out.Text())
	}
	return took
}

func (p *process) end() {
	_ = p.in.Close()
	_ = p.cmd.Wait() // its last words were read, or do not matter
}

// kill ends the process as kill -9 does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// TestOtherProcess is the other process: it runs the statements that it reads.
func TestOtherProcess(t *testing.T) {
	path := os.Getenv("BENCHSIDE_TEST_STORE")
	if path == "" {
		t.Skip("it is run by other tests")
	}
	db := writer(t, path)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		start := time.Now()
		if _, err := db.Exec(in.Text()); err != nil {
			fmt.Println("error:", err)
			continue
		}
		fmt.Println(time.Since(start))
	}
}
