package cmd

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	filetexts "benchside/artifacts/texts"
	"benchside/sanitize"
)

func (s *session) artifactsCat() *cobra.Command {
	var force bool
	c := s.leaf(&cobra.Command{
		Use: "cat RUN PATH", Short: "Print the bytes of an artifact", Args: takes(2, "a run and the path of a file"),
	}, func(ctx context.Context, args []string) error { return s.catArtifact(ctx, args[0], args[1], force) })
	c.Flags().BoolVar(&force, "force", false, "print bytes that are no text to a terminal, too, and texts with their controls")
	return c
}

// onTerminal reports whether the output is a terminal.
func (s *session) onTerminal() bool {
	out, ok := s.out.(*os.File)
	return ok && term.IsTerminal(out.Fd())
}

func (s *session) catArtifact(ctx context.Context, name, file string, force bool) error {
	found, err := s.files(ctx, name)
	if err != nil {
		return err
	}
	defer closeAll(found)
	f, err := found[0].OpenFile(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if s.onTerminal() && !force {
		return s.catSafely(ctx, f, file)
	}
	_, err = copyFile(ctx, s.out, f)
	return err
}

// catSafely prints a text line by line, without what a terminal would obey.
func (s *session) catSafely(ctx context.Context, f *artifacts.File, file string) error {
	head, err := f.Head()
	if err != nil {
		return err
	}
	if k := artifacts.Sniff(file, head, f.Size()); !k.Textual() && k.Form != artifacts.Empty {
		return fmt.Errorf("artifact %s is no text but %s, which a terminal would obey; --force prints it all the same", file, k)
	}
	const step = 1000
	for lines, from := filetexts.NewLines(f, f.Size()), 1; ; from += step {
		part, err := lines.Window(ctx, from, step)
		if err != nil || len(part) == 0 {
			return err
		}
		for _, l := range part {
			if _, err := fmt.Fprintln(s.out, l.Text); err != nil {
				return err
			}
		}
	}
}

// copyFile copies a file as long as it was when it was opened.
func copyFile(ctx context.Context, to io.Writer, f *artifacts.File) (int64, error) {
	const step = 1 << 20
	var at int64
	for buffer := make([]byte, step); at < f.Size(); {
		if err := ctx.Err(); err != nil {
			return at, err
		}
		n, err := f.ReadAt(buffer[:min(step, f.Size()-at)], at)
		if n > 0 {
			at += int64(n)
			if _, err := to.Write(buffer[:n]); err != nil {
				return at, err
			}
			continue
		}
		if errors.Is(err, io.EOF) {
			err = errors.New("it became shorter while it was read")
		}
		return at, err
	}
	return at, nil
}

// copiedJSON is a file as artifacts get prints it.
type copiedJSON struct {
	Path   string `json:"path"`
	To     string `json:"to"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// getFlags say what copying may do besides.
type getFlags struct {
	force   bool // replace files
	parents bool // make the folders that lead to the place
}

func (s *session) artifactsGet() *cobra.Command {
	var f getFlags
	c := s.leaf(&cobra.Command{
		Use: "get RUN PATH DEST", Short: "Copy an artifact, or a folder of them, and print checksums",
		Long: "Copies a file or a folder, . being all artifacts of the run, to DEST: into it if it is a folder or ends\n" +
			"in /, else as it. The folder that DEST is to lie in has to be there, or --parents makes it. What is there already is not\n" +
			"replaced without --force; then nothing is copied. Prints the SHA-256 of each file as sha256sum does.",
		Args: takes(3, "a run, the path of a file or a folder, and where to copy it"),
	}, func(ctx context.Context, args []string) error {
		return s.getArtifacts(ctx, args[0], args[1], args[2], f)
	})
	c.Flags().BoolVar(&f.force, "force", false, "replace files that are there")
	c.Flags().BoolVar(&f.parents, "parents", false, "make the folders that lead to DEST if they are not there")
	s.forms.add(c)
	return c
}

func (s *session) getArtifacts(ctx context.Context, name, from, dest string, f getFlags) error {
	clean, err := previews.Clean(from)
	if err != nil {
		return err
	}
	found, err := s.files(ctx, name)
	if err != nil {
		return err
	}
	defer closeAll(found)
	wanted, err := s.wanted(ctx, found[0], clean)
	if err != nil {
		return err
	}
	to, err := destination(clean, dest, wanted[0].path == clean && !wanted[0].folder, f.parents)
	if err != nil {
		return err
	}
	defer to.Close()
	if !f.force {
		for _, w := range wanted {
			if _, err := to.Lstat(to.name(w.path)); !w.folder && err == nil {
				return fmt.Errorf("get %s: %s is there already; --force replaces it", w.path, to.shown(w.path))
			}
		}
	}
	return s.copyAll(ctx, found[0], wanted, to, f.force)
}

// wish is a file or a folder that is to be copied.
type wish struct {
	path   string
	folder bool
}

// wanted are a file, or a folder and all that lies in it, in the order of paths.
func (s *session) wanted(ctx context.Context, run *previews.Run, clean string) ([]wish, error) {
	e, err := run.Entry(clean)
	if err != nil || !e.Folder {
		return []wish{{clean, false}}, err
	}
	all := []wish{{clean, true}}
	cut, err := run.Walk(ctx, clean, func(name string, e artifacts.Entry) error {
		if e.Special != "" {
			fmt.Fprintf(s.err, "benchside: left out: %s: %s\n", sanitize.Line(name), e.Special)
			return nil
		}
		all = append(all, wish{name, e.Folder})
		return nil
	})
	if cut && err == nil {
		err = errors.New("there is more than is copied at once: get the folders one by one")
	}
	slices.SortFunc(all, func(a, b wish) int { return cmp.Compare(a.path, b.path) })
	return all, err
}

func (s *session) copyAll(ctx context.Context, run *previews.Run, wanted []wish, to *target, force bool) error {
	w := newJSONWriter(s.out)
	t := newTable(s.out, s.form, 0, column{head: "sha256", whole: true}, column{head: "size", right: true}, column{head: "path", whole: true}, column{head: "to", whole: true})
	for _, one := range wanted {
		if one.folder {
			if err := to.MkdirAll(cmp.Or(to.name(one.path), "."), 0o755); err != nil {
				return fmt.Errorf("get %s: %w", one.path, err)
			}
			continue
		}
		got, err := to.take(ctx, run, one.path, force)
		if err != nil {
			return fmt.Errorf("get %s: %w", one.path, err)
		}
		switch s.form {
		case asJSON:
			err = w.element(got)
		case plain:
			_, err = fmt.Fprintf(s.out, "%s  %s\n", got.SHA256, sanitize.Line(got.To))
		default:
			err = t.row(text(got.SHA256), text(fmt.Sprint(got.Size)), text(got.Path), text(got.To))
		}
		if err != nil {
			return err
		}
	}
	switch s.form {
	case asJSON:
		return w.end()
	case plain:
		return nil
	}
	return t.end()
}

// target is the folder that is copied into, which nothing leaves.
type target struct {
	*os.Root
	dir  string // as it is shown
	from string // the part of a path that is left out
	as   string // what stands for it
}

// destination opens the folder in which what is copied will lie. One that DEST
// names is made if it is not there; those that lead to it only if asked for.
func destination(clean, dest string, file, parents bool) (*target, error) {
	to := &target{dir: dest, from: clean}
	info, err := os.Stat(dest)
	switch {
	case err == nil && info.IsDir():
		to.as = path.Base(clean)
		if clean == "" {
			to.as = ""
		}
	case err == nil && !file:
		return nil, fmt.Errorf("get %s: %s is no folder", clean, dest)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("get %s: %w", clean, err)
	case file && !strings.HasSuffix(dest, "/"):
		to.dir, to.as = filepath.Dir(dest), filepath.Base(dest)
	case file:
		to.as = path.Base(clean)
	}
	if above := filepath.Dir(filepath.Clean(dest)); !parents && errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(above); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("get %s: there is no folder %s; --parents makes it", clean, above)
		}
	}
	if err := os.MkdirAll(to.dir, 0o755); err != nil {
		return nil, fmt.Errorf("get %s: %w", clean, err)
	}
	if to.Root, err = os.OpenRoot(to.dir); err != nil {
		return nil, fmt.Errorf("get %s: %w", clean, err)
	}
	return to, nil
}

// name is where a path lies below the folder.
func (t *target) name(p string) string {
	return path.Join(t.as, strings.TrimPrefix(strings.TrimPrefix(p, t.from), "/"))
}

func (t *target) shown(p string) string { return filepath.Join(t.dir, t.name(p)) }

// take copies one file under a name of its own and gives it the right one when it
// is whole.
func (t *target) take(ctx context.Context, run *previews.Run, p string, force bool) (got copiedJSON, err error) {
	f, err := run.OpenFile(p)
	if err != nil {
		return got, err
	}
	defer f.Close()
	name := t.name(p)
	if err := t.MkdirAll(path.Dir(name), 0o755); err != nil {
		return got, err
	}
	half := path.Join(path.Dir(name), ".benchside-"+rand.Text())
	out, err := t.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return got, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignore(t.Remove(half)))
		}
	}()
	sum := sha256.New()
	size, err := copyFile(ctx, io.MultiWriter(out, sum), f)
	if err = errors.Join(err, out.Close()); err != nil {
		return got, err
	}
	if err := t.settle(half, name, force); err != nil {
		return got, err
	}
	return copiedJSON{p, t.shown(p), size, hex.EncodeToString(sum.Sum(nil))}, nil
}

// settle gives a file its name. A link is made where nothing is to be replaced,
// since only that fails if somebody made the file meanwhile.
func (t *target) settle(half, name string, force bool) error {
	if force {
		return t.Rename(half, name)
	}
	err := t.Link(half, name)
	if err == nil {
		return t.Remove(half)
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; --force replaces it", filepath.Join(t.dir, name))
	}
	if _, there := t.Lstat(name); there == nil { // a file system without links
		return fmt.Errorf("%s is there already; --force replaces it", filepath.Join(t.dir, name))
	}
	return t.Rename(half, name)
}
