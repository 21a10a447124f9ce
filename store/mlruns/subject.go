package mlruns

import (
	"benchside/store"
	"benchside/store/memory"
	"benchside/store/search"
)

// folders are where the values of a kind of field are.
func folders() map[store.FieldKind]string {
	return map[store.FieldKind]string{store.MetricField: metrics, store.ParamField: params, store.TagField: tags}
}

// subject is a run of which only what is asked for is read, once.
type subject struct {
	*run
	store *Store
	index *index
	read  map[store.Field]value
}

type value struct {
	text  string
	point store.Point
	ok    bool
}

var _ search.Related = (*subject)(nil)

func (s *Store) subject(x *index, r *run) *subject { return &subject{run: r, store: s, index: x} }

func (s *subject) value(f store.Field) value {
	if v, ok := s.read[f]; ok {
		return v
	}
	var v value
	if file, ok := keyFile(s.dir, folders()[f.Kind], f.Key); ok && f.Kind == store.MetricField {
		series := s.store.series(s.index.root, file)
		v = value{point: series.latest, ok: series.points > 0}
	} else if ok {
		v.text, v.ok = readText(s.index.root, file)
	}
	if s.read == nil {
		s.read = map[store.Field]value{}
	}
	s.read[f] = v
	return v
}

// some returns the run with the fields asked for and no others.
func (s *subject) some(fields []store.Field) store.Run {
	r := store.Run{
		Head: s.Head, ArtifactURI: s.artifactURI,
		Params: map[string]string{}, Tags: map[string]string{}, Metrics: map[string]store.Point{},
	}
	for _, f := range fields {
		if f.Kind == store.AttributeField {
			continue
		}
		switch v := s.value(f); {
		case !v.ok:
		case f.Kind == store.MetricField:
			r.Metrics[f.Key] = v.point
		case f.Kind == store.ParamField:
			r.Params[f.Key] = v.text
		case f.Kind == store.TagField:
			r.Tags[f.Key] = v.text
		}
	}
	return r
}

// Metric implements search.Subject.
func (s *subject) Metric(key string) (float64, bool) {
	v := s.value(store.Field{Kind: store.MetricField, Key: key})
	return v.point.Value, v.ok
}

// Param implements search.Subject.
func (s *subject) Param(key string) (string, bool) {
	v := s.value(store.Field{Kind: store.ParamField, Key: key})
	return v.text, v.ok
}

// Tag implements search.Subject.
func (s *subject) Tag(key string) (string, bool) {
	v := s.value(store.Field{Kind: store.TagField, Key: key})
	return v.text, v.ok
}

// Text implements search.Subject.
func (s *subject) Text(attribute string) (string, bool) {
	return s.light().Text(attribute)
}

// Number implements search.Subject.
func (s *subject) Number(attribute string) (int64, bool) {
	return s.light().Number(attribute)
}

// Datasets implements search.Subject. Inputs that cannot be read match nothing.
func (s *subject) Datasets() []search.DatasetInput {
	return memory.RunSubject{Run: &store.Run{}, Around: memory.Around{Inputs: func(string) []store.Input {
		found, err := s.index.datasets(s.run)
		if err != nil {
			return nil
		}
		return found
	}}}.Datasets()
}

// light is the run as far as it is known without reading more.
func (s *subject) light() memory.RunSubject {
	return memory.RunSubject{
		Run: &store.Run{Head: s.Head, ArtifactURI: s.artifactURI},
		Around: memory.Around{
			Find: func(id string) *store.Head {
				if r := s.index.byID[id]; r != nil {
					return &r.Head
				}
				return nil
			},
			Points: s.points,
		},
	}
}

// points reads a metric. A file that cannot be read has none.
func (s *subject) points(_, key string) (points []store.Point) {
	file, ok := keyFile(s.dir, metrics, key)
	if !ok {
		return nil
	}
	_, _, err := readPoints(s.index.root, file, 0, func(p store.Point) error {
		points = append(points, p)
		return nil
	})
	if err != nil {
		return nil
	}
	return points
}

// Several implements search.Related.
func (s *subject) Several(attribute string) []string { return s.light().Several(attribute) }

// Summary implements search.Related.
func (s *subject) Summary(key string, of search.Summary) (float64, bool) {
	return s.light().Summary(key, of)
}

// Words implements search.Related. What cannot be read has no words.
func (s *subject) Words() (name string, texts []string) {
	full, err := s.store.whole(s.index, s.run)
	if err != nil {
		full = store.Run{Head: s.Head}
	}
	return memory.RunSubject{Run: &full}.Words()
}
