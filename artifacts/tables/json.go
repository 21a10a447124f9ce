package tables

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// mostDepth bounds how deep values may lie in each other.
const mostDepth = 1000

// jsonFormat are rows as arrays or objects: in the "data" of a table that MLflow
// logged, in an array, or one a line.
type jsonFormat struct {
	lines bool // one a line; else separated by commas up to a bracket
	keys  *keys
}

// keys are the names of columns in the order in which rows brought them.
type keys struct {
	mu   sync.Mutex
	list []string
	at   map[string]int
}

func newKeys() *keys { return &keys{at: map[string]int{}} }

// place returns the column of a key, -1 if there are too many.
func (k *keys) place(key string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	i, ok := k.at[key]
	if ok {
		return i
	}
	if len(k.list) >= MostColumns {
		return -1
	}
	k.at[key] = len(k.list)
	k.list = append(k.list, key)
	return len(k.list) - 1
}

// OpenJSONLines opens a file with an object or array a line.
func OpenJSONLines(ctx context.Context, r io.ReaderAt, size int64) (Growing, error) {
	s := newStream(ctx, r, utf8Text, 0, size)
	if c, ok := skipSpace(s); ok && c != '{' && c != '[' {
		return nil, fmt.Errorf("%w: the first line is no object", ErrNotTable)
	}
	if s.err != nil {
		return nil, s.err
	}
	return newRowFile(ctx, r, size, utf8Text, 0, &jsonFormat{lines: true, keys: newKeys()}, nil)
}

// OpenJSON opens a table as MLflow's log_table writes it, {"columns": […],
// "data": [[…]]}, or an array of objects.
func OpenJSON(ctx context.Context, r io.ReaderAt, size int64) (Growing, error) {
	s := newStream(ctx, r, utf8Text, 0, size)
	f := &jsonFormat{keys: newKeys()}
	c, _ := skipSpace(s)
	switch {
	case s.err != nil:
		return nil, s.err
	case c == '[':
		s.consume(1)
		start := s.at
		if c, _ := skipSpace(s); c != '{' && c != ']' {
			return nil, fmt.Errorf("%w: the JSON is no list of objects", ErrNotTable)
		}
		return newRowFile(ctx, r, size, utf8Text, start, f, nil)
	case c != '{':
		return nil, fmt.Errorf("%w: the JSON holds no columns and data", ErrNotTable)
	}
	s.consume(1)
	titles, start, err := splitHead(s)
	if err != nil {
		return nil, err
	}
	f.keys = nil
	return newRowFile(ctx, r, size, utf8Text, start, f, nameColumns(titles))
}

// splitHead finds the columns and where the first row of the data begins.
func splitHead(s *stream) (titles []string, start int64, err error) {
	start = -1
	for titles == nil || start < 0 {
		key, more, err := nextKey(s)
		if err != nil {
			return nil, 0, err
		}
		if !more {
			return nil, 0, fmt.Errorf("%w: the JSON holds no columns and data", ErrNotTable)
		}
		c, _ := skipSpace(s)
		switch {
		case key == "columns" && c == '[':
			titles, err = jsonTitles(s)
		case key == "data" && c == '[':
			start = s.at + 1
			if titles == nil {
				_, err = jsonValue(s, nil, 0)
			}
		default:
			_, err = jsonValue(s, nil, 0)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return titles, start, nil
}

// nextKey reads a key of an object and the colon behind it.
func nextKey(s *stream) (key string, more bool, err error) {
	c, ok := skipSpace(s)
	if ok && c == ',' {
		s.consume(1)
		c, ok = skipSpace(s)
	}
	switch {
	case !ok:
		return "", false, cutShort(s)
	case c == '}':
		s.consume(1)
		return "", false, nil
	case c != '"':
		return "", false, fmt.Errorf("%w JSON at byte %d: an object without a key", ErrDamaged, s.at)
	}
	at := s.at
	raw, err := jsonValue(s, nil, MostCellBytes)
	if err != nil {
		return "", false, err
	}
	if c, _ := skipSpace(s); c != ':' {
		return "", false, fmt.Errorf("%w JSON at byte %d: a key without a value", ErrDamaged, at)
	}
	s.consume(1)
	return jsonText(raw.text), true, nil
}

// jsonTitles reads an array of names.
func jsonTitles(s *stream) ([]string, error) {
	s.consume(1)
	titles := []string{}
	for {
		c, ok := skipSpace(s)
		switch {
		case !ok:
			return nil, cutShort(s)
		case c == ']':
			s.consume(1)
			return titles, nil
		case c == ',':
			s.consume(1)
			continue
		case len(titles) == MostColumns:
			return nil, fmt.Errorf("%w: more than %d columns", ErrTooBig, MostColumns)
		}
		raw, err := jsonValue(s, nil, MostCellBytes)
		if err != nil {
			return nil, err
		}
		titles = append(titles, jsonText(raw.text))
	}
}

// jsonText is the text of a string, and of anything else as it is written.
func jsonText(raw []byte) string {
	if len(raw) == 0 || raw[0] != '"' {
		return string(raw)
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return cutText(raw)
}

// cutText decodes what is there of a string that was cut, or is no good JSON.
func cutText(raw []byte) string {
	raw = bytes.TrimSuffix(raw[1:], []byte{'"'})
	for range 12 { // the longest escape: a surrogate pair
		var text string
		if json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &text) == nil {
			return strings.TrimRight(text, string(utf8.RuneError))
		}
		if len(raw) == 0 {
			break
		}
		raw = raw[:len(raw)-1]
	}
	return string(raw)
}

func (f *jsonFormat) grows() bool { return f.lines }

func (f *jsonFormat) titles() []string {
	if f.keys == nil {
		return nil
	}
	f.keys.mu.Lock()
	defer f.keys.mu.Unlock()
	return f.keys.list[:len(f.keys.list):len(f.keys.list)]
}

// next implements layout.
func (f *jsonFormat) next(s *stream, rec *record) (bool, error) {
	rec.reset()
	c, ok := skipSpace(s)
	for ok && c == ',' && !f.lines {
		s.consume(1)
		c, ok = skipSpace(s)
	}
	switch {
	case !ok && (s.err != nil || !f.lines):
		return false, cutShort(s)
	case !ok, c == ']' && !f.lines:
		return false, nil
	case c == '[':
		s.consume(1)
		return f.finish(s, rec, f.array(s, rec))
	case c == '{' && f.keys != nil:
		s.consume(1)
		return f.finish(s, rec, f.object(s, rec))
	}
	return false, fmt.Errorf("%w JSON at byte %d: a row is neither a list nor an object", ErrDamaged, s.at)
}

// finish ends a row. The last line of a file may be half written: it is no row yet.
func (f *jsonFormat) finish(s *stream, rec *record, err error) (bool, error) {
	switch {
	case err != nil && f.lines && s.err == nil && s.next >= s.end && s.pos == len(s.buf):
		rec.note = "the last line is not whole"
		return false, nil
	case err != nil:
		return false, err
	}
	rec.finish()
	if f.lines {
		err = f.ended(s, rec)
	}
	return err == nil, err
}

// ended looks at what follows a row in a file of lines.
func (f *jsonFormat) ended(s *stream, rec *record) error {
	for {
		c, ok := s.peek()
		switch {
		case !ok:
			rec.open = true
			return s.err
		case c == '\n':
			s.consume(1)
			return nil
		case c != ' ' && c != '\t' && c != '\r':
			return fmt.Errorf("%w JSON at byte %d: a line holds more than one value", ErrDamaged, s.at)
		}
		s.consume(1)
	}
}

func (f *jsonFormat) array(s *stream, rec *record) error {
	for {
		c, ok := skipSpace(s)
		switch {
		case !ok:
			return cutShort(s)
		case c == ']':
			s.consume(1)
			return nil
		case c == ',':
			s.consume(1)
			continue
		}
		if err := f.keep(s, rec, len(rec.cells)); err != nil {
			return err
		}
	}
}

func (f *jsonFormat) object(s *stream, rec *record) error {
	for {
		key, more, err := nextKey(s)
		if err != nil || !more {
			return err
		}
		if err := f.keep(s, rec, f.keys.place(key)); err != nil {
			return err
		}
	}
}

// keep reads a value as the cell of a column, which is -1 if there are too many.
func (f *jsonFormat) keep(s *stream, rec *record, column int) error {
	if column < 0 || column >= MostColumns {
		rec.extra++
		rec.note = fmt.Sprintf("has %d values beyond the %d that are shown", rec.extra, MostColumns)
		_, err := jsonValue(s, nil, 0)
		return err
	}
	for len(rec.cells) <= column {
		rec.cells = append(rec.cells, cell{json: true})
		rec.spans = append(rec.spans, [2]int{})
	}
	from := len(rec.scratch)
	c, err := jsonValue(s, rec.scratch, MostCellBytes)
	rec.scratch = c.text
	rec.spans[column] = [2]int{from, len(rec.scratch)}
	rec.cells[column] = cell{size: c.size, json: true}
	return err
}

// finish points the cells at their text and says what they are.
func (r *record) finish() {
	for i := range r.cells {
		c := &r.cells[i]
		c.text = r.scratch[r.spans[i][0]:r.spans[i][1]]
		c.class = jsonClass(*c)
	}
}

func jsonClass(c cell) Type {
	if len(c.text) == 0 {
		return Unknown
	}
	switch c.text[0] {
	case '"':
		if _, ok := parseTime(string(bytes.Trim(c.text[:min(len(c.text), mostTimeBytes)], `"`))); ok && c.cut() == 0 {
			return Time
		}
		return Text
	case '[', '{':
		return Nested
	case 'n':
		return Unknown
	}
	if class := classify(c.text); class != Time {
		return class
	}
	return Text
}

func (f *jsonFormat) value(c cell, t Type) Value {
	if len(c.text) == 0 || string(c.text) == "null" {
		return Value{}
	}
	switch c.text[0] {
	case '"':
		text := jsonText(c.text)
		if at, ok := parseTime(text); ok && t == Time {
			return Value{Text: text, Number: seconds(at), Kind: Instant}
		}
		return Value{Text: text, Kind: Word, Whole: c.cut()}
	case '{':
		if picture(c) {
			return Value{Text: string(c.text), Kind: Picture}
		}
		return Value{Text: string(c.text), Kind: Structure, Whole: c.cut()}
	case '[':
		return Value{Text: string(c.text), Kind: Structure, Whole: c.cut()}
	case 't', 'f':
		t = Bool
	default:
		t = Number
	}
	return valueOf(c.text, c.cut(), t)
}

// picture recognises what log_table writes for an image.
func picture(c cell) bool {
	if c.cut() > 0 || !bytes.Contains(c.text, []byte(`"image"`)) {
		return false
	}
	_, ok := PictureOf(Value{Text: string(c.text), Kind: Picture})
	return ok
}

// Image is where MLflow put an image of a table, as paths below the root of the
// run's artifacts. They come from the file: whoever opens them must not leave it.
type Image struct {
	Path  string `json:"filepath"`
	Small string `json:"compressed_filepath"` // WebP
}

// PictureOf returns the image that a cell refers to.
func PictureOf(v Value) (Image, bool) {
	var read struct {
		Type string `json:"type"`
		Image
	}
	if v.Kind != Picture || json.Unmarshal([]byte(v.Text), &read) != nil {
		return Image{}, false
	}
	return read.Image, read.Type == "image" && read.Path != ""
}
