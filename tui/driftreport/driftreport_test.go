package driftreport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"benchside/artifacts/previews"
	"benchside/drift"
	"benchside/drift/foreign"
	"benchside/themes"
	"benchside/tui/driftreport"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

const (
	ours   = "../../drift/testdata/report.example.json"
	theirs = "../../drift/foreign/testdata/evidently/v0.4.40_datadrift_large_asdict.json"
)

func read(t testing.TB, name string) drift.Report {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := foreign.Read(context.Background(), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if r.Created.IsZero() {
		r.Created = time.Date(2026, 2, 3, 4, 5, 0, 0, time.UTC)
	}
	return r
}

func of(r drift.Report) driftreport.Source {
	return func(context.Context) (drift.Report, error) { return r, nil }
}

func staged(t *testing.T, name string, width, height int, press ...string) *viewtest.Stage {
	t.Helper()
	s := viewtest.Start(t, driftreport.New(of(read(t, name)), "calm-owl-7", viewtest.Theme()), width, height)
	s.Press(press...)
	return s
}

func TestFrames(t *testing.T) {
	after := func(name string, press ...string) func(*testing.T, int, int) *viewtest.Stage {
		return func(t *testing.T, w, h int) *viewtest.Stage { return staged(t, name, w, h, press...) }
	}
	viewtest.Frames(t, viewtest.Sizes(), map[string]func(*testing.T, int, int) *viewtest.Stage{
		"report":              after(ours),
		"by PSI":              after(ours, "s", "s", "s", "j"),
		"quality":             after(ours, "v"),
		"quality, its end":    after(ours, "v", "G"),
		"only drifted":        after(ours, "o", "G"),
		"column":              after(ours, "enter"),
		"column side by side": after(ours, "enter", "h", "l"),
		"column cumulative":   after(ours, "enter", "q"),
		"column quantiles":    after(ours, "enter", "q", "q", "pgdown"),
		"labels":              after(ours, "j", "j", "j", "j", "enter"),
		"Evidently":           after(theirs),
		"Evidently column":    after(theirs, "enter"),
		"find": func(t *testing.T, w, h int) *viewtest.Stage {
			s := staged(t, ours, w, h, "/")
			s.Type("delay")
			return s
		},
		"error": func(t *testing.T, w, h int) *viewtest.Stage {
			source := func(context.Context) (drift.Report, error) {
				return drift.Report{}, errors.New("read drift report: it is broken")
			}
			return viewtest.Start(t, driftreport.New(source, "", viewtest.Theme()), w, h)
		},
		"plain ASCII": func(t *testing.T, w, h int) *viewtest.Stage {
			theme := themes.Plain()
			theme.Glyphs = themes.ASCII()
			theme.Glyphs.Graphemes = true
			return viewtest.Start(t, driftreport.New(of(read(t, ours)), "", &theme), w, h)
		},
		"plain column": func(t *testing.T, w, h int) *viewtest.Stage {
			theme := themes.Plain()
			theme.Glyphs.Graphemes = true
			s := viewtest.Start(t, driftreport.New(of(read(t, ours)), "", &theme), w, h)
			s.Press("enter")
			return s
		},
	})
}

// asked is the last request of a kind.
func asked[T any](t *testing.T, s *viewtest.Stage) T {
	t.Helper()
	for i := len(s.Asked) - 1; i >= 0; i-- {
		if m, ok := s.Asked[i].(T); ok {
			return m
		}
	}
	var none T
	t.Fatalf("nothing of %T was asked", none)
	return none
}

// first are the names of the first columns in a frame.
func first(screen string, n int) (out []string) {
	for _, line := range strings.Split(screen, "\n") {
		words := strings.Fields(strings.TrimLeft(line, "▌▲△?· "))
		if len(words) > 4 && (words[1] == "num" || words[1] == "cat") && len(out) < n {
			out = append(out, words[0])
		}
	}
	return out
}

func TestColumnsAreSorted(t *testing.T) {
	for what, c := range map[string]struct {
		press []string
		want  string
	}{
		"worst first, as the report has them": {nil, "temp pressure wind_speed"},
		"by name":                             {[]string{"s"}, "air_time arr_delay carrier"},
		"by score over limit":                 {[]string{"s", "s"}, "temp wind_speed pressure"},
		"by missing rows":                     {[]string{"s", "s", "s", "s"}, "pressure air_time arr_delay"},
		"the other way":                       {[]string{"s", "S"}, "wind_speed visib temp"},
	} {
		s := staged(t, ours, 120, 40, c.press...)
		if got := strings.Join(first(s.Screen(), 3), " "); got != c.want {
			t.Errorf("%s: got %s, want %s", what, got, c.want)
		}
	}
	s := staged(t, ours, 120, 40)
	s.Command("sort", "psi")
	if got := first(s.Screen(), 2); got[1] != "pressure" {
		t.Errorf("got %s", got)
	}
	s.Command("sort", "colour")
	if got := s.Said(); !strings.Contains(got, "one of verdict, name") {
		t.Errorf("said %q", got)
	}
}

func TestTheCursorPassesTheHeading(t *testing.T) {
	s := staged(t, ours, 120, 40, "G", "k")
	if got := s.Status(); got != "late_proba  0.6713872729540429" {
		t.Errorf("on %q", got)
	}
	s.Press("k")
	if got := s.Status(); !strings.HasPrefix(got, "origin  ") {
		t.Errorf("above the heading on %q", got)
	}
	s.Press("j")
	if got := s.Status(); !strings.HasPrefix(got, "late_proba  ") {
		t.Errorf("below the heading on %q", got)
	}
}

func TestNumbersAreCopiedWhole(t *testing.T) {
	s := staged(t, ours, 80, 24, "y")
	if got, want := asked[view.Copy](t, s).Text, "temp\tdrift\tWasserstein distance (normed)\t3.0211204442555184\t0.1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	s.Press("J")
	again, err := drift.Read([]byte(asked[view.Copy](t, s).Text))
	if err != nil || len(again.Features) != 16 {
		t.Errorf("%d columns, %v", len(again.Features), err)
	}
	s.Press("M")
	if got := asked[view.Copy](t, s).Text; !strings.Contains(got, "| ▲ | temp | num |") {
		t.Errorf("got %q", got)
	}
	s.Press("enter", "y")
	if got := asked[view.Copy](t, s).Text; !strings.Contains(got, "K-S D") {
		t.Errorf("got %q", got)
	}
}

func TestOneColumnAfterTheOther(t *testing.T) {
	s := staged(t, ours, 80, 24, "enter", "n", "n", "N")
	if got := s.Screen(); !strings.HasPrefix(got, " pressure · num") {
		t.Errorf("got\n%s", got)
	}
	s.Press("N", "N")
	if got := s.Screen(); !strings.HasPrefix(got, " temp · num") {
		t.Errorf("before the first:\n%s", got)
	}
	s.Press("esc")
	if got := s.Screen(); !strings.Contains(got, "▌▲ temp") {
		t.Errorf("back:\n%s", got)
	}
}

func TestWhatAReportLacksCannotBeShown(t *testing.T) {
	s := staged(t, theirs, 80, 24, "enter", "q")
	if got := s.Screen(); !strings.Contains(got, "share up to a value") {
		t.Errorf("got\n%s", got)
	}
	s.Press("q") // there are no quantiles
	if got := s.Screen(); !strings.Contains(got, "█ both") {
		t.Errorf("got\n%s", got)
	}
}

func TestAnErrorStandsAboveTheOldReport(t *testing.T) {
	var broken error
	r := read(t, ours)
	v := driftreport.New(func(context.Context) (drift.Report, error) { return r, broken }, "", viewtest.Theme())
	s := viewtest.Start(t, v, 80, 24)
	s.Press("j")
	broken = errors.New("file gone")
	s.Send(view.Refresh{})
	if got := s.Screen(); !strings.Contains(got, "file gone") || !strings.Contains(got, "▌▲ pressure") {
		t.Errorf("got\n%s", got)
	}
}

func TestAnyKeysInAnyRoom(t *testing.T) {
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 5))
		for _, name := range []string{ours, theirs} {
			staged(t, name, 100, 30).Shake(random, 60)
		}
	}
}

// wide is a report of so many columns.
func wide(t testing.TB, n int) []byte {
	r := read(t, ours)
	all := r.Features
	r.Features = nil
	for i := range n {
		f := all[i%len(all)]
		f.Name = fmt.Sprintf("%s_%03d", f.Name, i)
		r.Features = append(r.Features, f)
	}
	content, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// BenchmarkOpening reads a report of 200 columns and draws its first frame, within 50 ms.
func BenchmarkOpening(b *testing.B) {
	content := wide(b, 200)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		source := func(ctx context.Context) (drift.Report, error) { return foreign.Read(ctx, bytes.NewReader(content)) }
		viewtest.Start(b, driftreport.New(source, "", viewtest.Theme()), 120, 40).Draw()
	}
}

func BenchmarkMoving(b *testing.B) {
	content := wide(b, 200)
	source := func(ctx context.Context) (drift.Report, error) { return foreign.Read(ctx, bytes.NewReader(content)) }
	s := viewtest.Start(b, driftreport.New(source, "", viewtest.Theme()), 200, 50)
	for b.Loop() {
		s.Press("j")
		s.Draw()
	}
}

func TestARunWithoutAReportLeavesTheUserWhereTheyWere(t *testing.T) {
	for what, c := range map[string]struct {
		err  error
		want string
	}{
		"none":    {fmt.Errorf("drift report: %w", fs.ErrNotExist), "the run has no drift report"},
		"several": {&previews.SeveralReports{Paths: []string{"a", "b"}}, "the run has 2 drift reports: open one of them"},
	} {
		v := driftreport.New(func(context.Context) (drift.Report, error) { return drift.Report{}, c.err }, "", viewtest.Theme())
		s := viewtest.Start(t, v, 80, 24)
		if w := asked[view.Withdraw](t, s); w.View != v || !strings.HasPrefix(w.Why, c.want) {
			t.Errorf("%s: %+v", what, w)
		}
	}
}

func TestAReportThatIsReadAgainMayBeShorter(t *testing.T) {
	r := read(t, ours)
	v := driftreport.New(func(context.Context) (drift.Report, error) { return r, nil }, "", viewtest.Theme())
	s := viewtest.Start(t, v, 80, 24)
	s.Press("j", "enter")
	r.Features = r.Features[2:4] // pressure stays
	s.Send(view.Refresh{})
	if got := s.Screen(); !strings.HasPrefix(got, " pressure · num") {
		t.Errorf("got\n%s", got)
	}
	r.Features = nil
	s.Send(view.Refresh{})
	if got := s.Screen(); !strings.Contains(got, "the report has no column") {
		t.Errorf("got\n%s", got)
	}
}
