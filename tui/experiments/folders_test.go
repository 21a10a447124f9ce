package experiments_test

import (
	"strings"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/tui/experiments"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

func TestFolders(t *testing.T) {
	r := memory.Records{Experiments: []store.Experiment{
		{ID: "1", Name: "nlp.bert.base", Tags: map[string]string{"team": "text/one"}},
		{ID: "2", Name: "nlp.bert.large", Tags: map[string]string{"team": "text/one"}},
		{ID: "3", Name: "vision/zoo", Tags: map[string]string{"team": "text"}},
		{ID: "4", Name: "alone"},
	}}
	for folders, want := range map[string]string{
		"/":         "alone nlp.bert.base nlp.bert.large vision/zoo",
		".":         "alone ▾ nlp.bert base large vision/zoo",
		"tags.team": "alone ▾ text ▾ one nlp.bert.base nlp.bert.large vision/zoo",
	} {
		f, err := experiments.ParseFolders(folders)
		if err != nil {
			t.Fatal(err)
		}
		s := viewtest.Start(t, experiments.New(memory.New(r), viewtest.Theme()).By(f), 100, 20)
		var got []string
		for _, l := range strings.Split(s.Screen(), "\n")[2:] {
			name, _, _ := strings.Cut(strings.TrimLeft(l, "▌ "), "   ")
			if name != "" {
				got = append(got, strings.TrimSpace(name))
			}
		}
		if g := strings.Join(got, " "); g != strings.Replace(want, "▾ nlp.bert", "▾ nlp ▾ bert", 1) {
			t.Errorf("by %s: got %s, want %s", folders, g, want)
		}
	}
	s := viewtest.Start(t, experiments.New(memory.New(r), viewtest.Theme()), 100, 20)
	s.Command("folders", ".")
	s.Press("j", "enter")
	if got, ok := s.Asked[len(s.Asked)-1].(view.ShowRuns); !ok || strings.Join(got.Experiments, " ") != "1 2" || got.Title != "nlp/" {
		t.Errorf("enter on a folder asked for %v", s.Asked)
	}
	s.Command("folders", "much too long")
	if got := s.Said(); !strings.Contains(got, "wants a delimiter") {
		t.Errorf("said %q", got)
	}
}
