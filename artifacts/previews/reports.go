package previews

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"benchside/artifacts"
	"benchside/drift"
	"benchside/drift/foreign"
)

// UsualReport is where a run has its drift report.
const UsualReport = "drift/report.json"

// mostReports bounds the files of a run that are looked into for a drift report.
const mostReports = 500

// Reports lists the drift reports among the artifacts of a run, by what is in them: the
// one at the usual place first, then by path. Cut says that not every file was looked
// into.
func Reports(ctx context.Context, run *Run) (paths []string, cut bool, err error) {
	looked := 0
	cut, err = run.Walk(ctx, "", func(name string, e artifacts.Entry) error {
		if e.Folder || e.Special != "" || !MayBeReport(name, e.Bytes) {
			return nil
		}
		if looked++; looked > mostReports {
			return artifacts.ErrEnough
		}
		if is, err := holdsReport(run, name); err == nil && is { // one that cannot be read is none
			paths = append(paths, name)
		}
		return ctx.Err()
	})
	slices.Sort(paths)
	if at := slices.Index(paths, UsualReport); at > 0 {
		paths = slices.Insert(slices.Delete(paths, at, at+1), 0, UsualReport)
	}
	return paths, cut, err
}

// MayBeReport reports whether a file may hold a drift report by its name and size.
func MayBeReport(name string, size int64) bool {
	const least = 40 // bytes
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		return size >= least && size <= foreign.MostJSON
	case ".html", ".htm":
		return size >= least && size <= foreign.MostPage
	}
	return false
}

// holdsReport reports whether a file is a report by its beginning.
func holdsReport(run *Run, name string) (bool, error) {
	file, err := run.OpenFile(name)
	if err != nil {
		return false, err
	}
	defer file.Close()
	head, err := file.Head()
	return err == nil && artifacts.Sniff(name, head, file.Size()).Form == artifacts.Report, err
}

// Verdict reads what a drift report comes to; false if the file is none, or its report
// has no column.
func Verdict(ctx context.Context, run *Run, name string) (drift.Verdict, bool, error) {
	if is, err := holdsReport(run, name); err != nil || !is {
		return drift.Verdict{}, false, err
	}
	r, err := DriftReport(ctx, run, name)
	return r.Verdict, err == nil && len(r.Features) > 0, err
}

// DriftReport reads a drift report among the artifacts of a run. It is foreign.ErrNone
// if the file is none. What says nothing of its time or its run has those of the file.
func DriftReport(ctx context.Context, run *Run, name string) (drift.Report, error) {
	file, err := run.OpenFile(name)
	if err != nil {
		return drift.Report{}, err
	}
	defer file.Close()
	r, err := foreign.Read(ctx, io.NewSectionReader(only{file}, 0, file.Size()))
	if err != nil {
		return drift.Report{}, fmt.Errorf("artifact %s: %w", name, err)
	}
	if r.Created.IsZero() {
		r.Created = file.ModTime().UTC()
	}
	if r.Sources.RunID == nil && run.ID != "" {
		id := run.ID
		r.Sources.RunID = &id
	}
	return r, nil
}

// TheReport finds the drift report that is meant: of a path, or the only one of a run or
// the one at the usual place. There being none is fs.ErrNotExist.
func TheReport(ctx context.Context, run *Run, name string) (string, error) {
	if name != "" {
		return Clean(name)
	}
	if _, err := run.Entry(UsualReport); err == nil {
		return UsualReport, nil
	}
	paths, _, err := Reports(ctx, run)
	switch {
	case err != nil:
		return "", err
	case len(paths) == 0:
		return "", fmt.Errorf("drift report among the artifacts: %w", fs.ErrNotExist)
	case len(paths) > 1:
		return "", &SeveralReports{Paths: paths}
	}
	return paths[0], nil
}

// SeveralReports says that a run has several reports, and none at the usual place.
type SeveralReports struct{ Paths []string }

func (s *SeveralReports) Error() string {
	return fmt.Sprintf("there are %d drift reports: %s", len(s.Paths), strings.Join(s.Paths, ", "))
}
