package runtable

// Spot implements view.Returner: the run under the cursor, or that it will be under.
func (v *View) Spot() string {
	if v.room.back != "" {
		return v.room.back
	}
	if h := v.current(); h != nil {
		return h.ID
	}
	return ""
}

// Return implements view.Returner.
func (v *View) Return(spot string) { v.room.back = spot }

// mostAbove bounds the ancestors that are unfolded: a store may hold a circle.
const mostAbove = 64

// returned is where the cursor goes that is at a spot: to the run that the user comes
// back to, as soon as it is there, unless the cursor was moved meanwhile.
func (v *View) returned(at spot) spot {
	back := v.room.back
	if back == "" {
		return at
	}
	i, there := v.runs.Find(back)
	if v.table.Cursor > 0 || !there && v.scan.whole {
		v.room.back = ""
		return at
	}
	if !there {
		return at
	}
	v.room.back = ""
	h := v.runs.Head(i)
	for range mostAbove {
		above, ok := v.runs.Find(h.ParentID)
		if h.ParentID == "" || !ok {
			break
		}
		h = v.runs.Head(above)
		v.folds.runs[h.ID] = false
	}
	return spot{back, v.table.Height / 2}
}
