package files

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts/previews"
	"benchside/drift"
	"benchside/themes"
	"benchside/tui/view"
)

// reports are the verdicts of the drift reports among the files of the first run, by
// path; nil of a file that was looked into and is none.
type reports map[string]*drift.Verdict

// What is looked into for a badge.
const (
	mostReports   = 40      // files at a time
	longestReport = 4 << 20 // bytes of one
)

// lookForReports looks into those of the listed files that may be drift reports.
func (v *View) lookForReports() tea.Cmd {
	var names []string
	for _, l := range v.tree.lines {
		e := l.entry
		_, known := v.reports[l.path]
		if known || l.more || e.Folder || e.Special != "" || e.Where == previews.OnlySecond || e.Bytes > longestReport || !previews.MayBeReport(l.path, e.Bytes) {
			continue
		}
		if names = append(names, l.path); len(names) == mostReports {
			break
		}
	}
	if len(names) == 0 {
		return nil
	}
	files := v.runs[0].files
	return view.Load(&v.loads.reports, func(ctx context.Context) (reports, error) {
		out := reports{}
		for _, name := range names {
			verdict, is, _ := previews.Verdict(ctx, files, name) // one that cannot be read is none
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if out[name] = nil; is {
				out[name] = &verdict
			}
		}
		return out, nil
	})
}

// badge says what a drift report comes to, in a mark and words.
func (v *View) badge(path string) (mark string, look themes.Style) {
	verdict := v.reports[path]
	if verdict == nil {
		return "", themes.Style{}
	}
	g := v.theme.Glyphs
	said := fmt.Sprintf("drift %d/%d", verdict.Drifted, verdict.Tested)
	switch verdict.Status {
	case drift.VerdictDrift:
		return "  " + g.Up + " " + said, v.theme.Bad
	case drift.VerdictWarn:
		return "  ! " + said, v.theme.Warn
	case drift.VerdictOK:
		return "  " + said, v.theme.Good
	}
	return "  ? " + said, v.theme.Warn
}

func (v *View) noReport() string {
	switch {
	case v.seen.preview == nil:
		return v.nothing()
	case v.reports[v.seen.path] == nil:
		return "the file is no drift report"
	}
	return ""
}

// openReport opens the drift report that the file is.
func (v *View) openReport() tea.Cmd {
	return view.Send(view.ShowDriftReport{Run: v.runs[0].id, Path: v.seen.path})
}
