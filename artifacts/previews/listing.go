package previews

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"benchside/artifacts"
)

// Where says which of two runs an entry is in.
type Where int

// The runs that an entry may be in. Of a single run all are in both.
const (
	Both Where = iota
	OnlyFirst
	OnlySecond
)

// Listed is a file or a folder of one run or of two side by side.
type Listed struct {
	artifacts.Entry
	Where Where
	Other int64  // bytes in the second run
	Path  string // of what was found by Find
	Label string // of a logged picture, safe to show
	Twin  string // the name of the smaller picture that stands behind this one
}

// Listing is a page of a folder.
type Listing struct {
	Entries []Listed
	Read    int // entries of the folder on the page, those included that have no place of their own
	Total   int
}

// stepEntries are read at once of the folder of logged pictures, whose order by step
// is that of all.
const stepEntries = 10_000

// List reads at most so many entries of a folder from a place on, of a second run,
// too, if it is not nil. Logged pictures stand by their steps.
func List(ctx context.Context, first, second *Run, folder string, from, most int) (Listing, error) {
	if folder == StepsFolder {
		most = max(most, stepEntries)
	}
	a, err := first.Page(ctx, folder, from, most)
	if second != nil && errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return Listing{}, err
	}
	out := Listing{Read: len(a.Entries), Total: a.Total}
	if second == nil {
		for _, e := range a.Entries {
			out.Entries = append(out.Entries, Listed{Entry: e})
		}
		out.Entries = byStep(out.Entries, func(l *Listed) string { return l.Name })
		return out, nil
	}
	b, err := second.Page(ctx, folder, from, most)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Listing{}, err
	}
	both := joined(a.Entries, b.Entries)
	out.Read, out.Total = len(both), max(a.Total, b.Total, from+len(both))
	out.Entries = byStep(both, func(l *Listed) string { return l.Name })
	return out, nil
}

func joined(a, b []artifacts.Entry) (out []Listed) {
	at := map[string]int{}
	for _, e := range a {
		at[e.Name] = len(out)
		out = append(out, Listed{Entry: e, Where: OnlyFirst})
	}
	for _, e := range b {
		if i, ok := at[e.Name]; ok {
			out[i].Where, out[i].Other = Both, e.Bytes
			continue
		}
		out = append(out, Listed{Entry: e, Where: OnlySecond, Other: e.Bytes})
	}
	slices.SortStableFunc(out, func(a, b Listed) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// byStep puts logged pictures in the order of their steps.
func byStep(entries []Listed, name func(*Listed) string) []Listed {
	names := make([]string, len(entries))
	for i := range entries {
		names[i] = name(&entries[i])
	}
	out := make([]Listed, 0, len(entries))
	for _, p := range Arranged(names) {
		e := entries[p.At]
		if e.Label = p.Label; p.Twin != "" {
			e.Twin = path.Base(p.Twin)
		}
		out = append(out, e)
	}
	return out
}

// Find lists at most so many files whose paths have a text in them, whatever its
// capitals; cut says that there may be more.
func Find(ctx context.Context, run *Run, text string, most int) (hits []Listed, cut bool, err error) {
	text = strings.ToLower(text)
	cut, err = run.Walk(ctx, "", func(name string, e artifacts.Entry) error {
		if e.Folder || !strings.Contains(strings.ToLower(name), text) {
			return nil
		}
		if hits = append(hits, Listed{Entry: e, Path: name}); len(hits) >= most {
			return artifacts.ErrEnough
		}
		return nil
	})
	slices.SortFunc(hits, func(a, b Listed) int { return cmp.Compare(a.Path, b.Path) })
	return byStep(hits, func(l *Listed) string { return l.Path }), cut, err
}
