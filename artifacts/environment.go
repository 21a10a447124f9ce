package artifacts

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"benchside/store"
)

// mostEnvironment bounds a file that says what a model needs, in bytes.
const mostEnvironment = 1 << 20

// Environment is what the models of a run were made with, by package; "python" is
// the pythonOf. MLflow writes it beside each model. It is empty where the run
// logged no model or its files are elsewhere; home is the path of the store.
func Environment(home string, run *store.Run, models []store.LoggedModel) (map[string]string, error) {
	for _, m := range models {
		if !m.Output {
			continue
		}
		if found, err := environmentAt(home, m.ArtifactLocation, "."); err != nil || found != nil {
			return found, err
		}
	}
	for _, folder := range loggedBefore3(run) {
		if found, err := environmentAt(home, run.ArtifactURI, folder); err != nil || found != nil {
			return found, err
		}
	}
	return nil, nil
}

// EnvironmentReader is what Environments reads of a store.
type EnvironmentReader interface {
	store.InputReader
	store.Describer
}

// Environments is Environment of many runs, by run id; those without one are
// absent.
func Environments(ctx context.Context, r EnvironmentReader, runs []store.Run) (map[string]map[string]string, error) {
	ids := make([]string, len(runs))
	for i := range runs {
		ids[i] = runs[i].ID
	}
	models, err := store.IfKept(r.LoggedModelsOf(ctx, ids))
	if err != nil {
		return nil, err
	}
	home := "" // of the store, asked for when it is needed
	all := map[string]map[string]string{}
	for i := range runs {
		run := &runs[i]
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(models[run.ID]) == 0 && run.Tags[store.TagModels] == "" {
			continue
		}
		if home == "" && run.Store.Path == "" {
			about, err := r.About(ctx)
			if err != nil {
				return nil, err
			}
			home = about.Path
		}
		found, err := Environment(cmp.Or(run.Store.Path, home), run, models[run.ID])
		if err != nil {
			return nil, fmt.Errorf("read what the models of run %s were made with: %w", run.Called(), err)
		}
		if found != nil {
			all[run.ID] = found
		}
	}
	return all, nil
}

// loggedBefore3 are the folders of a run's models, below its artifacts.
func loggedBefore3(run *store.Run) []string {
	var history []struct {
		Path string `json:"artifact_path"`
	}
	text := run.Tags[store.TagModels]
	if text == "" || json.Unmarshal([]byte(text), &history) != nil {
		return nil
	}
	var out []string
	for _, m := range history {
		if m.Path != "" && fs.ValidPath(m.Path) {
			out = append(out, m.Path)
		}
	}
	return out
}

func environmentAt(home, uri, folder string) (map[string]string, error) {
	root, err := Open(home, uri)
	if errors.Is(err, ErrNone) || errors.Is(err, ErrRemote) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var out map[string]string
	for name, read := range map[string]func(line string) (key, value string){
		"requirements.txt": requirement, "python_env.yaml": pythonOf,
	} {
		err := eachLine(root, path.Join(folder, name), func(line string) {
			if key, value := read(line); key != "" {
				if out == nil {
					out = map[string]string{}
				}
				out[key] = value
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// eachLine calls take with the lines of a small file, none if it is not there.
func eachLine(root *Root, name string, take func(line string)) error {
	f, err := root.OpenFile(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNotFile) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(io.NewSectionReader(f, 0, min(f.Size(), mostEnvironment)))
	for lines.Scan() {
		take(strings.TrimSpace(lines.Text()))
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

// requirement reads a line of requirements.txt: a name, and what version of it.
func requirement(line string) (name, version string) {
	line, _, _ = strings.Cut(line, " #")
	line, _, _ = strings.Cut(line, ";") // what it holds for
	if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "-") {
		return "", ""
	}
	at := strings.IndexAny(line, "=<>!~ @")
	if at < 0 {
		return strings.TrimSpace(line), "any"
	}
	return line[:at], strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line[at:]), "=="))
}

// pythonOf reads a line of python_env.yaml.
func pythonOf(line string) (name, version string) {
	if value, ok := strings.CutPrefix(line, "python:"); ok {
		return "python", strings.Trim(strings.TrimSpace(value), `'"`)
	}
	return "", ""
}
