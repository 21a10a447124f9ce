package tui_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestTheNextSessionBeginsWhereThisOneEnded(t *testing.T) {
	for name, c := range map[string]struct {
		keys string
		want []string // what the screen shows
	}{
		"the run table, on its run": {"j j j", []string{"› all runs", "▌      ├ forest-8"}},
		"a part of a run":           {"j enter alt+5", []string{"all runs › sweep-317"}},
		"a comparison":              {"j j c", []string{"all runs › compare family-forest", "baseline"}},
		"one step back":             {"j enter esc", []string{"› all runs", "▌  ▾ sweep-317"}},
		"experiments":               {"0 j j", []string{"› experiments"}},
		"models":                    {"5", []string{"› models"}},
	} {
		t.Run(name, func(t *testing.T) {
			first := start(t, live(), 120, 30)
			first.keys(c.keys)
			kept, err := json.Marshal(first.Where())
			if err != nil {
				t.Fatal(err)
			}
			o := live()
			if err := json.Unmarshal(kept, &o.Own.Where); err != nil {
				t.Fatal(err)
			}
			next := start(t, o, 120, 30)
			for _, want := range c.want {
				if screen := next.screen(); !strings.Contains(screen, want) {
					t.Errorf("%q is not there; kept was %s\n%s", want, kept, screen)
				}
			}
			if got, want := next.screen(), first.screen(); got != want {
				t.Errorf("the screens differ:\n%s\nwant\n%s", got, want)
			}
			if got := next.Where(); !reflect.DeepEqual(got, first.Where()) {
				t.Errorf("the place is %+v, want %+v", got, first.Where())
			}
		})
	}
}

func TestAPlaceThatSaysNothingIsTheUsualOne(t *testing.T) {
	for name, kept := range map[string]string{
		"nothing":           `{}`,
		"no such screen":    `{"stops":[{"screen":"nowhere","asked":{}},{"screen":"find","asked":{}}],"at":1}`,
		"another shape":     `{"stops":[{"screen":"runs","asked":[1]},{"screen":"run","asked":"x"}],"at":9}`,
		"a place outside":   `{"stops":[],"at":-7}`,
		"a run that is not": `{"stops":[{"screen":"runs","asked":{}},{"screen":"run","asked":{"ID":"gone\u001b[2J"}}],"at":1}`,
		"a spot that is not": `{"stops":[{"screen":"experiments","asked":{},"spot":"x"},{"screen":"runs","asked":{},"spot":"gone"},
			{"screen":"model","asked":{"Name":"gone"},"spot":"-x"}],"at":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			o := live()
			if err := json.Unmarshal([]byte(kept), &o.Own.Where); err != nil {
				t.Fatal(err)
			}
			a := start(t, o, 80, 24)
			a.screen()
			a.keys("esc esc 1 j enter esc")
			if got := a.header(); !strings.Contains(got, "all runs") {
				t.Errorf("one does not get to the runs: %s", got)
			}
		})
	}
}

func TestCopiesAreOfferedInSeveralForms(t *testing.T) {
	a := start(t, live(), 100, 24)
	a.keys("j j j Y")
	screen := a.screen()
	for _, want := range []string{"the id of forest-8", "the row as Markdown", "the row as JSON", "runs:/"} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not offered:\n%s", want, screen)
		}
	}
	a.keys("j")
	if got := a.screen(); !strings.Contains(got, "copied the row as JSON") {
		t.Errorf("it is not said that it is copied:\n%s", got)
	}
	a.keys("y")
	if got := a.screen(); !strings.Contains(got, "copied the id of forest-8") {
		t.Errorf("y does not copy the id:\n%s", got)
	}
}
