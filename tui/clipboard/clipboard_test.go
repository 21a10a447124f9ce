package clipboard

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		if at := slices.Index(pairs, name); at >= 0 {
			return pairs[at+1]
		}
		return ""
	}
}

func TestTheTerminalIsTold(t *testing.T) {
	const plain = "\x1b]52;c;YWJj\x07"
	for name, c := range map[string]struct {
		env  func(string) string
		want string
	}{
		"alone":  {env(), plain},
		"tmux":   {env("TMUX", "x"), plain + "\x1bPtmux;\x1b\x1b]52;c;YWJj\x07\x1b\\"},
		"screen": {env("STY", "x"), "\x1bP" + plain + "\x1b\\"},
		"nobody": {nil, plain},
	} {
		if got, err := (Board{Env: c.env}).Sequence("abc"); got != c.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, c.want)
		}
	}
	if _, err := (Board{}).Sequence(strings.Repeat("x", mostBytes+3)); !errors.Is(err, ErrTooLong) {
		t.Errorf("a long text: %v", err)
	}
	long := strings.Repeat("x", 3000)
	got, err := (Board{Env: env("STY", "x")}).Sequence(long)
	if err != nil {
		t.Fatal(err)
	}
	whole := ""
	for _, chunk := range strings.Split(got, "\x1bP")[1:] {
		if len(chunk) > 768 {
			t.Errorf("screen is given %d bytes at once, want at most 768", len(chunk))
		}
		whole += strings.TrimSuffix(chunk, "\x1b\\")
	}
	if want := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(long)) + "\x07"; whole != want {
		t.Errorf("through screen comes %.40q…, want %.40q…", whole, want)
	}
}

// script puts a program into a folder that does what a shell says.
func script(t *testing.T, dir, name, says string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+says+"\n"), 0o755); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
}

func TestTheProgramsOfThisMachine(t *testing.T) {
	wayland := []string{"WAYLAND_DISPLAY", "w", "DISPLAY", ":0"}
	for name, c := range map[string]struct {
		env     []string
		there   map[string]string // programs and what they do
		served  bool
		took    string
		err     string
		content string
	}{
		"wayland":            {wayland, map[string]string{"wl-copy": "cat > got", "xclip": "exit 7"}, false, "wl-copy", "", "abc"},
		"x11":                {[]string{"DISPLAY", ":0"}, map[string]string{"wl-copy": "exit 7", "xclip": `[ "$2" = clipboard ] && cat > got`}, false, "xclip", "", "abc"},
		"the first fails":    {wayland, map[string]string{"wl-copy": "exit 7", "xclip": "cat > got"}, false, "xclip", "wl-copy: exit status 7", "abc"},
		"tmux as well":       {append([]string{"TMUX", "x"}, wayland...), map[string]string{"tmux": `[ "$*" = "load-buffer -w -" ]`, "wl-copy": "cat > got"}, false, "tmux wl-copy", "", "abc"},
		"over SSH tmux only": {append([]string{"TMUX", "x", "SSH_TTY", "/dev/pts/1"}, wayland...), map[string]string{"tmux": "cat > got", "wl-copy": "exit 7"}, false, "tmux", "", "abc"},
		"served":             {append([]string{"TMUX", "x"}, wayland...), map[string]string{"tmux": "exit 7", "wl-copy": "exit 7"}, true, "", "", ""},
		"none is there":      {wayland, nil, false, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			for program, says := range c.there {
				script(t, dir, program, says)
			}
			b := Board{Env: env(c.env...), Served: c.served, Look: func(name string) (string, error) {
				path := filepath.Join(dir, name)
				_, err := os.Stat(path)
				return path, err
			}}
			took, err := b.Run(context.Background(), "abc")
			if got := strings.Join(took, " "); got != c.took {
				t.Errorf("took by %q, want %q", got, c.took)
			}
			if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
				t.Errorf("got %v, want %q", err, c.err)
			}
			if content, _ := os.ReadFile("got"); string(content) != c.content {
				t.Errorf("the program got %q, want %q", content, c.content)
			}
		})
	}
}

func TestAProgramThatHangsIsLeft(t *testing.T) {
	dir := t.TempDir()
	script(t, dir, "xclip", "exec sleep 60")
	b := Board{Env: env("DISPLAY", ":0"), Look: func(name string) (string, error) {
		if name != "xclip" {
			return "", errors.New("none")
		}
		return filepath.Join(dir, name), nil
	}}
	began := time.Now()
	if _, err := b.Run(context.Background(), "abc"); err == nil || time.Since(began) > 4*patience {
		t.Errorf("it took %s and said %v", time.Since(began), err)
	}
}

func TestWhatIsPastedIsNotObeyed(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                    "plain",
		"a\tb\nc":                  "a\tb\nc",
		"x\x1b[201~\rrm\x07\u009b": "x[201~rm",
		"é日":                       "é日",
	} {
		if got, _ := Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
}
