package inputs

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"benchside/artifacts/tables"
	"benchside/drift"
	"benchside/drift/cells"
)

// The bounds of the texts of one column. Beyond them each is its own, and the
// column is free text.
const (
	mostLabels     = 1 << 20
	mostLabelBytes = 32 << 20
)

// mode is what a column is taken for while it is read.
type mode uint8

const (
	open mode = iota // no value yet
	numbers
	truths
	texts
	other // structures: rows are counted
)

// column is one that is being read.
type column struct {
	drift.Column
	mode    mode
	typed   bool // by the file: no cell decides
	sniffer cells.Sniffer
	choice  drift.Reservoir
	first   bool // keep the first rows

	rows, missing, nulls int // of the source
	kept                 int
	hint                 int // rows that are expected
	labelBytes           int
	// again says that the column has to be read again, as texts; why, what was
	// found in which row.
	again bool
	why   string
	fault error // what ends the reading
}

func newColumn(name string, limit int, o Options) *column {
	return &column{Column: drift.Column{Name: name}, choice: drift.Reservoir{Limit: limit, Seed: o.Seed}, first: o.First}
}

// place is where the next row goes, -1 for nowhere.
func (c *column) place() int {
	c.rows++
	if c.kept < c.choice.Limit {
		c.choice.Seen = c.rows
		c.kept++
		return c.kept - 1
	}
	if c.first {
		return -1
	}
	return c.choice.Place()
}

func (c *column) put(slot int, v float64) {
	switch {
	case slot < 0:
	case slot == len(c.Numbers):
		if c.Numbers == nil {
			c.Numbers = make([]float64, 0, c.hint)
		}
		c.Numbers = append(c.Numbers, v)
	default:
		c.Numbers[slot] = v
	}
}

// become begins a mode; the rows before had no value.
func (c *column) become(m mode) {
	c.mode = m
	if m == texts {
		c.Storage = drift.String
		c.Numbers = nil
		c.Texts.Codes = make([]int32, 0, max(c.kept, c.hint))
		for range c.kept {
			c.Texts.AppendMissing()
		}
	}
}

// cell takes a cell of a text table in.
func (c *column) cell(cell []byte) {
	if c.again {
		return
	}
	if c.mode == texts {
		if cells.Missing(cell) {
			c.absent(true)
		} else {
			c.word(cell)
		}
		return
	}
	v, is := c.sniffer.Take(cell)
	switch is {
	case cells.Nothing:
		c.absent(true)
	case cells.Numeral:
		c.number(v, numbers, cell)
	case cells.Truth:
		c.number(v, truths, cell)
	default:
		c.word(cell)
	}
}

// number takes a number or a boolean in.
func (c *column) number(v float64, as mode, cell []byte) {
	switch {
	case c.mode == open:
		c.become(as)
	case c.mode == texts:
		c.label(cell)
		return
	case c.mode != as:
		c.differ(cell)
		return
	}
	c.put(c.place(), v)
}

// word takes a text in.
func (c *column) word(cell []byte) {
	switch c.mode {
	case open:
		c.become(texts)
	case texts:
	default:
		c.differ(cell)
		return
	}
	if !utf8.Valid(cell) && c.fault == nil {
		c.fault = fmt.Errorf("column %s, row %d: %.40q is no UTF-8: convert the file first, as iconv -f LATIN1 -t UTF-8 does", c.Name, c.rows+1, cell)
	}
	c.label(cell)
}

// structure takes a list or a record in, which is not compared.
func (c *column) structure(text []byte) {
	switch c.mode {
	case open:
		c.mode = other
	case texts:
		c.label(text)
		return
	case other:
	default:
		c.differ(text)
		return
	}
	c.place()
}

// differ notes a cell that is not what the column was taken for: all become texts.
func (c *column) differ(cell []byte) {
	c.again = true
	was := map[mode]string{numbers: "numbers", truths: "booleans", other: "structures"}[c.mode]
	c.why = fmt.Sprintf("column %s is read as text: it holds %s, and %.40q in row %d", c.Name, was, cell, c.rows+1)
	c.Numbers = nil
}

// absent takes a row without a value in.
func (c *column) absent(null bool) {
	c.missing++
	if null {
		c.nulls++
	}
	slot := c.place()
	switch {
	case c.mode == other || slot < 0:
	case c.mode == texts:
		c.Texts.PutMissing(slot)
	default:
		c.put(slot, math.NaN())
	}
}

// label keeps a text.
func (c *column) label(text []byte) {
	slot := c.place()
	if slot < 0 {
		return
	}
	if c.Kind == drift.Text && len(c.Texts.Labels) > 0 { // too many to tell apart: the first stands for what is new
		text = []byte(c.Texts.Labels[0])
	}
	before := len(c.Texts.Labels)
	c.Texts.Put(slot, text)
	c.labelled(before, len(text))
}

// labelled holds the texts to their bounds.
func (c *column) labelled(before, size int) {
	after := len(c.Texts.Labels)
	switch {
	case after < before: // forgotten ones were let go
		c.labelBytes = 0
		for _, l := range c.Texts.Labels {
			c.labelBytes += len(l)
		}
	case after > before:
		c.labelBytes += size
	}
	if after > mostLabels || c.labelBytes > mostLabelBytes {
		c.Kind = drift.Text
	}
}

// finish settles what the column is. The second answer says that it must be read
// again, as texts.
func (c *column) finish() {
	if c.again {
		return
	}
	switch {
	case c.mode == other:
		c.Storage, c.Rows = drift.Other, min(c.rows, c.choice.Limit)
	case c.mode == texts:
		c.Storage = drift.String
	case c.typed:
	default:
		c.Storage = c.sniffer.Storage()
		if c.Storage == drift.String { // whole numbers that no type holds
			c.again = true
			c.why = fmt.Sprintf("column %s is read as text: its whole numbers do not fit into 64 bits", c.Name)
			c.Numbers = nil
			return
		}
	}
	if c.mode == texts || c.mode == other {
		return
	}
	c.Nulls = c.nulls
	if c.rows > c.kept && c.missing > 0 { // of the rows that were chosen
		kept := 0
		for _, v := range c.Numbers {
			if math.IsNaN(v) {
				kept++
			}
		}
		c.Nulls = int(math.Round(float64(kept) * float64(c.nulls) / float64(c.missing)))
	}
}

// restart begins the column again, as texts.
func (c *column) restart(o Options) *column {
	out := newColumn(c.Name, c.choice.Limit, o)
	out.why = c.why
	out.become(texts)
	return out
}

// typeAs settles what the file says that the column is.
func (c *column) typeAs(s drift.Storage) error {
	both := func(all ...drift.Storage) bool { return slices.Contains(all, s) && slices.Contains(all, c.Storage) }
	switch {
	case !c.typed:
		c.typed, c.Storage, c.mode = true, s, numbers
		if s == drift.Other {
			c.mode = other
		}
		if s == drift.String {
			c.become(texts)
		}
	case s == c.Storage:
	case both(drift.Int, drift.Uint, drift.Float):
		c.Storage = drift.Float
	default:
		return fmt.Errorf("column %s is of %s here and of %s in the files before", c.Name, s, c.Storage)
	}
	return nil
}

// chunk takes a part of a Parquet column in.
func (c *column) chunk(k *tables.Chunk, codes *[]int32) {
	if k.Numbers != nil {
		c.numbersOf(k)
		return
	}
	if k.Fresh || len(*codes) < k.Words {
		*codes = unknownCodes((*codes)[:0], k.Words)
	}
	for _, code := range k.Codes {
		if code < 0 {
			c.absent(true)
			continue
		}
		c.coded(k, code, *codes)
	}
}

func (c *column) numbersOf(k *tables.Chunk) {
	c.nulls += k.Nulls
	if c.kept+k.Rows <= c.choice.Limit { // all are kept
		c.rows, c.kept = c.rows+k.Rows, c.kept+k.Rows
		c.choice.Seen = c.rows
		if c.Numbers == nil {
			c.Numbers = make([]float64, 0, max(c.hint, k.Rows))
		}
		c.Numbers = append(c.Numbers, k.Numbers...)
		for _, v := range k.Numbers {
			if math.IsNaN(v) {
				c.missing++
			}
		}
		return
	}
	for _, v := range k.Numbers {
		if math.IsNaN(v) {
			c.missing++
		}
		c.put(c.place(), v)
	}
}

const unknownCode = -2

func unknownCodes(codes []int32, n int) []int32 {
	for range n {
		codes = append(codes, unknownCode)
	}
	return codes
}

// coded keeps a text by the code that the file gives it, which is looked up once
// while all rows are kept: then no code changes.
func (c *column) coded(k *tables.Chunk, code int32, codes []int32) {
	if c.Kind == drift.Text || c.kept >= c.choice.Limit {
		c.label(valid(k.Word(code)))
		return
	}
	if known := codes[code]; known != unknownCode {
		c.place()
		c.Texts.Codes = append(c.Texts.Codes, known)
		return
	}
	before := len(c.Texts.Labels)
	word := valid(k.Word(code))
	c.place()
	c.Texts.Append(word)
	codes[code] = c.Texts.Codes[len(c.Texts.Codes)-1]
	c.labelled(before, len(word))
}

// valid is a text of a binary file as UTF-8.
func valid(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	return []byte(fmt.Sprintf("%q", text))
}
