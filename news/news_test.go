package news

import (
	"fmt"
	"testing"

	"benchside/store"
)

func TestWhatBecameOfARun(t *testing.T) {
	at := store.At
	for name, c := range map[string]struct {
		head store.Head
		want string
	}{
		"finished since":                   {store.Head{Status: store.Finished, Start: at(5), End: at(15)}, "finished 15 true"},
		"failed since":                     {store.Head{Status: store.Failed, Start: at(5), End: at(15)}, "failed 15 true"},
		"killed since":                     {store.Head{Status: store.Killed, Start: at(5), End: at(15)}, "killed 15 true"},
		"started since and goes on":        {store.Head{Status: store.Running, Start: at(15)}, "started 15 true"},
		"started and ended since":          {store.Head{Status: store.Finished, Start: at(12), End: at(15)}, "finished 15 true"},
		"goes on from before":              {store.Head{Status: store.Running, Start: at(5)}, "false"},
		"ended before":                     {store.Head{Status: store.Finished, Start: at(5), End: at(9)}, "false"},
		"at the moment itself is before":   {store.Head{Status: store.Finished, Start: at(5), End: at(10)}, "false"},
		"deleted ones are nobody's matter": {store.Head{Status: store.Finished, Stage: store.Deleted, End: at(15)}, "false"},
		"an end that nobody wrote":         {store.Head{Status: store.Finished, Start: at(5)}, "false"},
	} {
		it, ok := Of(&c.head, at(10))
		got := "false"
		if ok {
			got = fmt.Sprint(it.Kind, " ", it.At.Millis(), " ", ok)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestTheLatestIsFirst(t *testing.T) {
	items := []Item{{Failed, store.At(1), store.Head{ID: "a"}}, {Started, store.At(3), store.Head{ID: "c"}}, {Failed, store.At(3), store.Head{ID: "b"}}}
	Sort(items)
	if got := items[0].Head.ID + items[1].Head.ID + items[2].Head.ID; got != "bca" {
		t.Errorf("got %s", got)
	}
	if got := Count(items); got[Failed] != 2 || got[Started] != 1 || got[Finished] != 0 {
		t.Errorf("got %v", got)
	}
}
