package previews

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"benchside/artifacts"
	"benchside/artifacts/arrays"
	"benchside/artifacts/originals"
	"benchside/plots"
)

// Of the names among which the numbers behind pictures are looked for.
const (
	mostPictures  = 5000
	mostOriginals = 100
)

// Originals finds the numbers that a run logged beside its pictures.
func Originals(ctx context.Context, run *Run) ([]originals.Original, error) {
	// Each set of numbers is held against all names, so only names that may
	// matter are kept, and not too many.
	var numbers, others []string
	_, err := run.Walk(ctx, "", func(name string, e artifacts.Entry) error {
		switch {
		case e.Folder || e.Special != "":
		case len(originals.Find([]string{name})) > 0:
			if len(numbers) < mostOriginals {
				numbers = append(numbers, name)
			}
		case besides(name) && len(others) < mostPictures:
			others = append(others, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names := append(numbers, others...)
	slices.Sort(names)
	return originals.Find(names), ctx.Err()
}

// besides reports whether a file may show the same as numbers do, or belong to
// them.
func besides(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".svg", ".webp", ".gif", ".npy", ".csv", ".json":
		return true
	}
	return false
}

// Behind returns the numbers that a picture shows, or of which a file is part:
// those for which it is the likeliest.
func Behind(all []originals.Original, name string) (o originals.Original, ok bool) {
	best := -1
	for _, each := range all {
		rank := slices.Index(each.Pictures, name)
		if each.Names[0] == name {
			rank = 0
		}
		if rank < 0 {
			continue
		}
		if rank *= 2; path.Dir(each.Names[0]) != path.Dir(name) {
			rank++
		}
		if best < 0 || rank < best {
			best, o = rank, each
		}
	}
	return o, best >= 0
}

// Charts draws numbers of a run.
func Charts(ctx context.Context, run *Run, o originals.Original) ([]plots.Chart, error) {
	return o.Charts(ctx, originals.Files{
		Read:   func(ctx context.Context, name string, most int64) ([]byte, error) { return run.read(ctx, name, most) },
		Matrix: func(ctx context.Context, name string) (originals.Matrix, error) { return run.matrix(ctx, name) },
	})
}

func (r *Run) read(ctx context.Context, name string, most int64) ([]byte, error) {
	f, err := r.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.Size() > most {
		return nil, fmt.Errorf("read artifact %s: %w: %d bytes, the most is %d", name, ErrLonger, f.Size(), most)
	}
	data, err := read(ctx, f, f.Size(), nil)
	if err != nil {
		return nil, fmt.Errorf("read artifact %s: %w", name, err)
	}
	return data, nil
}

// matrix is an array of numbers in memory.
type matrix struct {
	shape  []int
	values []float64
}

func (m *matrix) Shape() []int     { return m.shape }
func (m *matrix) At(i int) float64 { return m.values[i] }

// mostNumbers bounds an array that is read whole.
const mostNumbers = 4 << 20

var errNumbers = errors.New("more numbers than are read at once")

func (r *Run) matrix(ctx context.Context, name string) (*matrix, error) {
	f, err := r.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a, err := arrays.Open(f, f.Size())
	if err != nil {
		return nil, fmt.Errorf("artifact %s: %w", name, err)
	}
	m, err := newMatrix(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("artifact %s: %w", name, err)
	}
	return m, nil
}

func newMatrix(ctx context.Context, a *arrays.Array) (*matrix, error) {
	if a.Count > mostNumbers {
		return nil, fmt.Errorf("%w: %d, the most is %d", errNumbers, a.Count, mostNumbers)
	}
	m := &matrix{values: make([]float64, 0, a.Count)}
	for _, n := range a.Shape {
		m.shape = append(m.shape, int(n))
	}
	return m, m.fill(ctx, a)
}

// fill reads all planes of an array, the last axes first.
func (m *matrix) fill(ctx context.Context, a *arrays.Array) error {
	view := a.View()
	rows, columns, err := a.Size(view)
	if err != nil || a.Count == 0 {
		return err
	}
	step := max(1, arrays.MostWindow/max(columns, 1))
	for {
		for row := int64(0); row < rows; row += step {
			window, err := a.Window(ctx, view, row, 0, int(min(step, rows-row)), int(columns))
			if err != nil {
				return err
			}
			for _, line := range window {
				for _, v := range line {
					m.values = append(m.values, v.Number)
				}
			}
		}
		if !advance(view.At[:max(len(a.Shape)-2, 0)], a.Shape) {
			return nil
		}
	}
}

// advance goes to the next place on the axes before a plane, false at the end.
func advance(at, shape []int64) bool {
	for axis := len(at) - 1; axis >= 0; axis-- {
		if at[axis]++; at[axis] < shape[axis] {
			return true
		}
		at[axis] = 0
	}
	return false
}

// Logged groups the pictures that mlflow.log_image wrote by their key.
func Logged(ctx context.Context, run *Run) ([]originals.Images, error) {
	var names []string
	_, err := run.Walk(ctx, StepsFolder, func(name string, e artifacts.Entry) error {
		if !e.Folder && e.Special == "" {
			names = append(names, name)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return originals.ImageSeries(names), nil
}
