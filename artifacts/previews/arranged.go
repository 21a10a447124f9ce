package previews

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"benchside/artifacts/originals"
	"benchside/sanitize"
)

// Placed is a name of a folder in the order of Arranged.
type Placed struct {
	At    int    // its place among the names
	Label string // "step 5  samples" of a picture of mlflow.log_image, else ""; safe to show
	Twin  string // the name of the smaller picture that MLflow made of it, which has no place of its own
}

// Arranged puts the names of a folder in the order in which they are read: as they
// are, but pictures of mlflow.log_image by key and step, without the smaller
// picture that MLflow makes of each, unless the picture itself is not there.
func Arranged(names []string) []Placed {
	places := map[string]int{}
	sorted := make([]string, len(names)) // what a name is sorted by: of a picture its key
	rank := make([]int, len(names))      // among the pictures of the key
	for i, name := range names {
		places[name], sorted[i] = i, name
	}
	labels, twins := map[int]string{}, map[int]string{}
	for _, images := range originals.ImageSeries(names) {
		for n, image := range images.Steps {
			at := places[cmp.Or(image.Full, image.Smaller)]
			labels[at] = StepLabel(images.Key, image)
			sorted[at], rank[at] = path.Join(path.Dir(names[at]), images.Key), n
			if image.Full != "" && image.Smaller != "" {
				twins[at] = image.Smaller
			}
		}
	}
	skip := map[string]bool{}
	for _, twin := range twins {
		skip[twin] = true
	}
	out := make([]Placed, 0, len(names)-len(skip))
	for i, name := range names {
		if !skip[name] {
			out = append(out, Placed{At: i, Label: labels[i], Twin: twins[i]})
		}
	}
	slices.SortStableFunc(out, func(a, b Placed) int {
		return cmp.Or(cmp.Compare(sorted[a.At], sorted[b.At]), cmp.Compare(rank[a.At], rank[b.At]))
	})
	return out
}

// StepLabel is what a picture of mlflow.log_image is called, safe to show.
func StepLabel(key string, image originals.Image) string {
	label := fmt.Sprintf("step %d  %s", image.Step, sanitize.Line(key))
	if image.Full == "" {
		label += " (small)"
	}
	return label
}

// Labels are the labels of a run's logged pictures by path. A smaller picture has
// that of its own.
func Labels(logged []originals.Images) map[string]string {
	labels := map[string]string{}
	for _, images := range logged {
		for _, image := range images.Steps {
			if image.Full != "" {
				labels[image.Full] = StepLabel(images.Key, image)
			}
			if image.Smaller != "" {
				labels[image.Smaller] = StepLabel(images.Key, originals.Image{Step: image.Step, Smaller: image.Smaller})
			}
		}
	}
	return labels
}

// StepsFolder is where mlflow.log_image writes.
const StepsFolder = "images"

// Beside are the steps that the picture of a path is one of: their paths, and its
// place among them.
func Beside(logged []originals.Images, name string) (of originals.Images, paths []string, at int, ok bool) {
	for _, images := range logged {
		at = slices.IndexFunc(images.Steps, func(i originals.Image) bool { return i.Full == name || i.Smaller == name })
		if at < 0 {
			continue
		}
		for _, i := range images.Steps {
			paths = append(paths, cmp.Or(i.Full, i.Smaller))
		}
		paths[at] = path.Clean(name)
		return images, paths, at, true
	}
	return of, nil, 0, false
}
