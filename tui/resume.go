package tui

import (
	"encoding/json"
	"reflect"

	tea "charm.land/bubbletea/v2"

	"benchside/tui/view"
)

// Where is where a user is: the screens on the way there, and which is in front.
type Where struct {
	Stops []Stop `json:"stops"`
	At    int    `json:"at"`
}

// Stop is one screen: what asked for it, and the place in it.
type Stop struct {
	Screen string          `json:"screen"` // the name of its section
	Asked  json.RawMessage `json:"asked"`
	Spot   string          `json:"spot,omitempty"`
}

// longestAsked bounds what is kept of one screen, in bytes: some are of many runs.
const longestAsked = 64 << 10

// Where says where the user is. A screen that cannot be asked for again is left out.
func (a *App) Where() Where {
	var w Where
	for i, v := range a.trail {
		asked, err := json.Marshal(v.asked)
		name := sectionOf(v.View)
		if err != nil || name == "" || len(asked) > longestAsked || request(name, asked) == nil {
			continue
		}
		stop := Stop{Screen: name, Asked: asked}
		if r, ok := v.View.(view.Returner); ok {
			stop.Spot = r.Spot()
		}
		w.Stops = append(w.Stops, stop)
		if i <= a.at {
			w.At = len(w.Stops) - 1
		}
	}
	return w
}

// request is what a stop asked for, nil if it says nothing that can be asked.
func request(screen string, asked []byte) tea.Msg {
	for _, s := range sections {
		if s.name != screen || s.request == nil {
			continue
		}
		to := reflect.New(reflect.TypeOf(s.request))
		if json.Unmarshal(asked, to.Interface()) != nil {
			return nil
		}
		return to.Elem().Interface()
	}
	return nil
}

// resumeAt builds the trail of a Where again, behind the experiments. What is
// not in the store any more says so itself.
func (a *App) resumeAt(w Where) {
	var trail []visited
	at := 0
	for i, stop := range w.Stops[:min(len(w.Stops), longestTrail)] {
		asked := request(stop.Screen, stop.Asked)
		if asked == nil || len(stop.Asked) > longestAsked {
			continue
		}
		v := a.screen(asked)
		if v == nil {
			continue
		}
		if r, ok := v.(view.Returner); ok && stop.Spot != "" {
			r.Return(stop.Spot)
		}
		trail = append(trail, visited{v, asked})
		if i <= w.At {
			at = len(trail) - 1
		}
	}
	if len(trail) > 1 {
		a.trail, a.at = trail, at
	}
}

// marked are the marked runs of the screen in front, else of the last one before it
// that has any.
func (a *App) marked() []string {
	for i := a.at; i >= 0; i-- {
		if m, ok := a.trail[i].View.(view.Marker); ok && len(m.Marked()) > 0 {
			return m.Marked()
		}
	}
	return nil
}
