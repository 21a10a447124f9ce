package registry

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"benchside/store"
	"benchside/tui/view"
)

// waiting is how many requests to move a version wait for somebody.
type waiting struct {
	load view.Loader
	n    requests
}

type requests int

// mostWaiting bounds the requests that are counted.
const mostWaiting = 100

// loadWaiting counts them, in a store that keeps requests.
func (v *View) loadWaiting() tea.Cmd {
	r, ok := v.reader.(store.GovernanceReader)
	if !ok {
		return nil
	}
	return view.Load(&v.waiting.load, func(ctx context.Context) (requests, error) {
		found, err := store.IfKept(r.Requests(ctx, store.RequestQuery{State: store.Waiting, Limit: mostWaiting}))
		return requests(len(found)), err
	})
}

// asked says what waits, and where it is.
func (v *View) asked() string {
	switch n := int(v.waiting.n); {
	case n == 0:
		return ""
	case n == 1:
		return "1 request waits: :inbox   "
	case n >= mostWaiting:
		return fmt.Sprintf("%d requests or more wait: :inbox   ", n)
	default:
		return fmt.Sprintf("%d requests wait: :inbox   ", n)
	}
}
