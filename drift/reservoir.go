package drift

// Reservoir chooses rows of a table that is longer than memory: at most Limit of
// them, each with the same chance, the same ones for the same Seed. One reservoir
// serves all columns of a table, so that rows stay whole. What is chosen is no
// longer in order. Source: J. S. Vitter, ACM TOMS 11 (1985), algorithm R.
type Reservoir struct {
	Limit int // rows kept; 0 keeps none
	Seed  uint64
	Seen  int // rows offered so far

	state uint64
}

// Place offers the next row. Slot is where it goes: the number of rows kept so far
// for one that is added, less for one that takes another's place, -1 for one that
// is left out.
func (r *Reservoir) Place() (slot int) {
	r.Seen++
	if r.Seen <= r.Limit {
		return r.Seen - 1
	}
	// Below Seen without favour to speak of: 2^64 is far above any count of rows.
	if at := r.next() % uint64(r.Seen); at < uint64(max(r.Limit, 0)) {
		return int(at)
	}
	return -1
}

// next is splitmix64.
func (r *Reservoir) next() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state + r.Seed
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Put sets a row of texts, or adds it if slot is the number of rows. A label is
// copied if it is new; labels that no row has any more are forgotten in time.
func (t *Texts) Put(slot int, label []byte) {
	t.Append(label)
	t.settle(slot)
}

// PutMissing sets or adds a row without a text.
func (t *Texts) PutMissing(slot int) {
	t.AppendMissing()
	t.settle(slot)
}

// settle moves the row that was just added to its slot.
func (t *Texts) settle(slot int) {
	last := len(t.Codes) - 1
	if slot < last {
		t.Codes[slot] = t.Codes[last]
		t.Codes = t.Codes[:last]
	}
	if len(t.Labels) > 2*len(t.Codes)+1024 {
		t.compact()
	}
}

// compact forgets the labels that no row has.
func (t *Texts) compact() {
	again := make(map[int32]int32, len(t.Codes))
	var labels []string
	for row, code := range t.Codes {
		if code < 0 {
			continue
		}
		at, ok := again[code]
		if !ok {
			at = int32(len(labels))
			labels = append(labels, t.Labels[code])
			again[code] = at
		}
		t.Codes[row] = at
	}
	t.Labels, t.known = labels, nil
}
