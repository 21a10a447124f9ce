package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"benchside/store"
)

// packedScores are the scores of a result as their row keeps them: a list a column.
type packedScores struct {
	Names      json.RawMessage `json:"names"`
	Statuses   json.RawMessage `json:"statuses"`
	Tests      json.RawMessage `json:"tests"`
	Compares   json.RawMessage `json:"compares"`
	Scores     json.RawMessage `json:"scores"`
	Thresholds json.RawMessage `json:"thresholds"`
	PSI        json.RawMessage `json:"psi"`
	Rows       json.RawMessage `json:"rows"`
}

func packed(c store.ColumnScores) packedScores {
	list := func(v any) json.RawMessage {
		b, err := json.Marshal(v)
		if err != nil {
			return nil // cannot happen: texts and whole numbers
		}
		return b
	}
	return packedScores{
		list(c.Names), list(c.Statuses), list(c.Tests), list(c.Compares), jsonNumbers(c.Scores), jsonNumbers(c.Thresholds), jsonNumbers(c.PSI), list(c.Rows),
	}
}

// jsonNumbers is a list of numbers as JSON, null for one that is undefined.
func jsonNumbers(values []float64) json.RawMessage {
	b := []byte{'['}
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	return append(b, ']')
}

// unpacker reads scores. Lists of texts are nearly always those of the result
// before, so they are decoded once.
type unpacker struct {
	seen map[string][]string
}

// mostSeen bounds the lists that are kept.
const mostSeen = 64

func (u *unpacker) texts(raw json.RawMessage) ([]string, error) {
	if list, ok := u.seen[string(raw)]; ok {
		return list, nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	if u.seen == nil || len(u.seen) >= mostSeen {
		u.seen = map[string][]string{}
	}
	u.seen[string(raw)] = list
	return list, nil
}

// floats reads a list of numbers and nulls.
func floats(raw json.RawMessage) ([]float64, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) < 2 || raw[0] != '[' || raw[len(raw)-1] != ']' {
		return nil, fmt.Errorf("%.20q is no list of numbers", raw)
	}
	raw = raw[1 : len(raw)-1]
	if len(raw) == 0 {
		return nil, nil
	}
	out := make([]float64, 0, bytes.Count(raw, []byte{','})+1)
	for part := range bytes.SplitSeq(raw, []byte{','}) {
		if string(part) == "null" {
			out = append(out, math.NaN())
			continue
		}
		v, err := strconv.ParseFloat(string(part), 64)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// read decodes the scores of a row, which must be lists of one length.
func (u *unpacker) read(text string) (c store.ColumnScores, err error) {
	var p packedScores
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return c, err
	}
	for _, list := range []struct {
		raw json.RawMessage
		to  *[]string
	}{{p.Names, &c.Names}, {p.Statuses, &c.Statuses}, {p.Tests, &c.Tests}, {p.Compares, &c.Compares}} {
		if *list.to, err = u.texts(list.raw); err != nil {
			return c, err
		}
	}
	for _, list := range []struct {
		raw json.RawMessage
		to  *[]float64
	}{{p.Scores, &c.Scores}, {p.Thresholds, &c.Thresholds}, {p.PSI, &c.PSI}} {
		if *list.to, err = floats(list.raw); err != nil {
			return c, err
		}
	}
	if err := json.Unmarshal(p.Rows, &c.Rows); err != nil {
		return c, err
	}
	n := len(c.Names)
	for _, have := range []int{len(c.Statuses), len(c.Tests), len(c.Compares), len(c.Scores), len(c.Thresholds), len(c.PSI), len(c.Rows)} {
		if have != n {
			return store.ColumnScores{}, fmt.Errorf("%d columns have %d scores", n, have)
		}
	}
	return c, nil
}
