package tables

import "fmt"

// skipSpace moves to the next byte that is no space.
func skipSpace(s *stream) (byte, bool) {
	for {
		c, ok := s.peek()
		if !ok || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, ok
		}
		s.consume(1)
	}
}

// cutShort is why a stream ended inside of something.
func cutShort(s *stream) error {
	if s.err != nil {
		return s.err
	}
	return fmt.Errorf("%w JSON: the file ends at byte %d inside of a value", ErrDamaged, s.at)
}

// jsonValue passes over one value of any size and depth, and appends its first
// keep bytes, as they are written, to scratch. The cell that it returns holds
// all of scratch as text.
func jsonValue(s *stream, scratch []byte, keep int) (cell, error) {
	w := jsonWalk{s: s, kept: cell{text: scratch}, room: keep}
	c, ok := skipSpace(s)
	if !ok {
		return w.kept, cutShort(s)
	}
	var err error
	switch c {
	case '"':
		err = w.text()
	case '[', '{':
		err = w.structure()
	default:
		err = w.word()
	}
	return w.kept, err
}

// jsonWalk passes over a value and keeps its beginning.
type jsonWalk struct {
	s    *stream
	kept cell
	room int // bytes that may still be kept
}

func (w *jsonWalk) take() (byte, error) {
	c, ok := w.s.byte()
	if !ok {
		return 0, cutShort(w.s)
	}
	w.kept.size++
	if w.room > 0 {
		w.room--
		w.kept.text = append(w.kept.text, c)
	}
	return c, nil
}

// text passes over a string from its first quote to its last.
func (w *jsonWalk) text() error {
	if _, err := w.take(); err != nil {
		return err
	}
	for {
		c, err := w.take()
		if err == nil && c == '\\' {
			_, err = w.take()
		}
		if err != nil || c == '"' {
			return err
		}
		if c == '\n' {
			return fmt.Errorf("%w JSON at byte %d: a text goes over the end of its line", ErrDamaged, w.s.at)
		}
	}
}

// structure passes over a list or an object, however deep, by its brackets.
func (w *jsonWalk) structure() error {
	var open []byte // the brackets that are open
	for {
		c, ok := w.s.peek()
		if !ok {
			return cutShort(w.s)
		}
		if c == '"' {
			if err := w.text(); err != nil {
				return err
			}
			continue
		}
		if _, err := w.take(); err != nil {
			return err
		}
		switch c {
		case '[', '{':
			if len(open) == mostDepth {
				return fmt.Errorf("%w JSON at byte %d: values lie deeper than %d in each other", ErrTooBig, w.s.at, mostDepth)
			}
			open = append(open, c)
		case ']', '}':
			if open[len(open)-1] != c-2 { // in ASCII each pair is two apart
				return fmt.Errorf("%w JSON at byte %d: brackets do not match", ErrDamaged, w.s.at)
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				return nil
			}
		}
	}
}

// word passes over a number, true, false, null, NaN or an infinity.
func (w *jsonWalk) word() error {
	for {
		c, ok := w.s.peek()
		inside := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
		if ok && inside {
			if _, err := w.take(); err != nil {
				return err
			}
			continue
		}
		if w.s.err != nil {
			return w.s.err
		}
		if w.kept.size == 0 {
			return fmt.Errorf("%w JSON at byte %d: there is no value", ErrDamaged, w.s.at)
		}
		return nil
	}
}
