package originals

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Images are the steps of one key of mlflow.log_image.
type Images struct {
	Key   string
	Steps []Image // by step, then by time
}

// Image is a picture that was logged at a step. It has a file or two.
type Image struct {
	Step    int64
	Time    time.Time
	UUID    string
	Full    string // the file as it was logged, "" if it is not there
	Smaller string // the WebP that MLflow makes of it, "" if it is not there
}

// logged is MLflow's name of an image (tracking/client.py): the parts are joined
// by + since 3.11, by % before. A key may hold neither.
var logged = regexp.MustCompile(`^([a-zA-Z0-9_\-.~# ]+)([+%])step([+%])(-?\d{1,19})([+%])timestamp([+%])(\d{1,16})([+%])([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})([+%]compressed)?\.[a-z]+$`)

// ImageSeries groups the names of a run's files by key. What is not named as
// log_image does is left out.
func ImageSeries(names []string) []Images {
	places := map[string]int{}
	images := map[string]map[string]*Image{}
	var out []Images
	for _, name := range names {
		key, image, ok := parseImage(name)
		if !ok {
			continue
		}
		if _, seen := places[key]; !seen {
			places[key] = len(out)
			out = append(out, Images{Key: key})
			images[key] = map[string]*Image{}
		}
		twin := image.UUID + "/" + strconv.FormatInt(image.Step, 10)
		if known := images[key][twin]; known != nil {
			known.Full, known.Smaller = cmp.Or(known.Full, image.Full), cmp.Or(known.Smaller, image.Smaller)
			continue
		}
		images[key][twin] = &image
	}
	for key, at := range places {
		for _, image := range images[key] {
			out[at].Steps = append(out[at].Steps, *image)
		}
		slices.SortFunc(out[at].Steps, func(a, b Image) int {
			return cmp.Or(cmp.Compare(a.Step, b.Step), a.Time.Compare(b.Time), cmp.Compare(a.UUID, b.UUID))
		})
	}
	slices.SortFunc(out, func(a, b Images) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

func parseImage(name string) (key string, image Image, ok bool) {
	m := logged.FindStringSubmatch(path.Base(name))
	if m == nil {
		return "", Image{}, false
	}
	for _, sign := range []string{m[3], m[5], m[6], m[8]} {
		if sign != m[2] {
			return "", Image{}, false
		}
	}
	step, err := strconv.ParseInt(m[4], 10, 64)
	if err != nil {
		return "", Image{}, false
	}
	ms, _ := strconv.ParseInt(m[7], 10, 64) // 16 digits at most
	image = Image{Step: step, Time: time.UnixMilli(ms).UTC(), UUID: m[9], Full: name}
	if m[10] != "" {
		image.Full, image.Smaller = "", name
	}
	slash := map[string]string{"+": "~", "%": "#"}[m[2]]
	return strings.ReplaceAll(m[1], slash, "/"), image, true
}
