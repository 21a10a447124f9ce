// Package view is the contract of a screen: what it shows, which keys it has,
// how it loads and what it may ask of the program. It draws nothing itself.
package view

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/drift"
	"benchside/store"
)

// View is one screen. Implementations are pointers; Update changes them.
type View interface {
	Title() string                 // its crumb in the header
	Status() string                // what stands at the right end of the footer
	Keys() []Key                   // what the user can press now
	Typing() bool                  // a text field has the focus and owns printable keys
	Init() tea.Cmd                 // starts the first load
	Update(msg tea.Msg) tea.Cmd    // decides; does no I/O and reads no clock
	Draw(width, height int) string // pure: exactly height lines of width cells
}

// Leaver is a view that stops reading when another one comes in front of it. Its
// Init goes on.
type Leaver interface{ Leave() }

// Key is one thing the user can do. The handler, footer, help, palette and
// docs/keys.md derive from it.
type Key struct {
	Press  []string // as Bubble Tea spells them: "enter", "ctrl+d"
	Name   string   // how a command line calls it: "sort"; "" if it cannot
	Does   string   // "open the run"
	Short  string   // what the footer calls it; "" means Does
	Group  string   // heading in the help
	Foot   bool     // worth a place in the footer
	Writes bool     // changes the store; absent in a read-only session
	Off    func() string
	Run    func() tea.Cmd
	// With is what it does with the words behind its name in a command line;
	// nil if it takes none. Takes says what the words are: "a column".
	With  func(words string) tea.Cmd
	Takes string
	Among func() []string // the words that there are, to choose from; nil for any
}

// Directions keeps what the user said of metrics, beyond the session.
type Directions interface {
	All() map[string]compare.Direction
	Keep(metric string, d compare.Direction) error
}

// Sets keeps sets of runs under names, beyond the session.
type Sets interface {
	All() map[string][]string
	// Keep names runs; none of them forgets the name.
	Keep(name string, runs []string) error
}

// KeepKey is the key that names the runs of a view.
func KeepKey(group string, runs func() []string) Key {
	return Key{
		Press: []string{"K"}, Name: "keep", Does: "keep these runs as a set with a name", Group: group, Takes: "a name",
		Run:  func() tea.Cmd { return Send(Prompt{Text: ":keep "}) },
		With: func(words string) tea.Cmd { return Send(KeepSet{Name: words, Runs: runs()}) },
	}
}

// Artifacts asks for the files of runs side by side, if they are not too many.
func Artifacts(runs []string, title string) tea.Cmd {
	const most = 16
	if len(runs) > most {
		return Send(Say{Text: fmt.Sprintf("%d runs are too many side by side: mark at most %d", len(runs), most), Bad: true})
	}
	return Send(ShowArtifacts{Runs: runs, Title: title})
}

// Why returns the reason why the key cannot be used now, "" if it can.
func (k Key) Why() string {
	if k.Off == nil {
		return ""
	}
	return k.Off()
}

// Command returns how a command line calls the key: "sort [a column]".
func (k Key) Command() string {
	if k.With == nil {
		return k.Name
	}
	return k.Name + " [" + k.Takes + "]"
}

// Foots returns what the footer calls the key.
func (k Key) Foots() string { return cmp.Or(k.Short, k.Does) }

// Send returns the command that sends a request or a fact.
func Send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }

// The requests that a view may send; the program's index of screens answers.
type (
	// ShowExperiments asks for the list of experiments.
	ShowExperiments struct{}
	// ShowRuns asks for the run table over the experiments; nil means all.
	ShowRuns struct {
		Experiments []string
		Title       string
	}
	// ShowRun asks for one run. Part is one of its parts, such as "Data"; "" is the
	// first.
	ShowRun struct{ ID, Part string }
	// ShowModels asks for the list of registered models.
	ShowModels struct{}
	// ShowModel asks for one registered model, with the cursor on a version; 0 is the
	// highest.
	ShowModel struct {
		Name    string
		Version int64
	}
	// ShowTransition asks for the dialog that moves a version to another stage.
	ShowTransition struct{ Version store.ModelVersion }
	// ShowActivity asks for the lines of the ledger about a subject; the zero Subject is
	// everything.
	ShowActivity struct{ Of store.Subject }
	// ShowPast asks for the registry as it was at a time that the ledger covers.
	ShowPast struct{ At store.Time }
	// ShowInbox asks for the requests that wait.
	ShowInbox struct{}
	// ShowCharts asks for the metrics of runs as charts.
	ShowCharts struct {
		Runs  []string
		Title string
		Carry
	}
	// ShowComparison asks for runs beside each other.
	ShowComparison struct {
		Runs  []string
		Title string
		Carry
		// Against has the only run explained by a relative, which is the baseline.
		Against Relative
		// Among are the runs in which the metrics of the explained one are ranked; nil
		// means its siblings.
		Among []string
	}
	// ShowFigure asks for one chart over runs: of a kind and a field, such as
	// metrics.auc, or of what is usual where they are empty.
	ShowFigure struct {
		Runs               []string
		Title, Kind, Field string
		Carry
	}
	// ShowArtifacts asks for the files of runs: of one, or of several side by side.
	// Path is the file to begin with, "" for none.
	ShowArtifacts struct {
		Runs        []string
		Title, Path string
	}
	// ShowDriftReport asks for a drift report among the artifacts of a run; without a
	// Path for the one at the usual place, or the only one.
	ShowDriftReport struct{ Run, Path string }
	// ShowJobs asks for the commands that events started.
	ShowJobs struct{}
	// ShowJob asks for one of them with its log.
	ShowJob struct{ ID int64 }
	// ShowDeliveries asks for what was told to whom.
	ShowDeliveries struct{}
	// ShowMonitors asks for the list of what is watched for drift.
	ShowMonitors struct{}
	// ShowCalendar asks for the drift of a monitor's columns over time.
	ShowCalendar struct{ Monitor string }
	// ShowReport asks for a drift report that is not among the artifacts of a run.
	ShowReport struct {
		Title string
		Load  func(context.Context) (drift.Report, error)
	}
	// ShowFile asks the screen around a part for another file of its run.
	ShowFile struct{ Path string }
	// Outside runs a program of the user's in the place of this one, on a session
	// that is theirs. Then says how it ended.
	Outside struct {
		Command *exec.Cmd
		Then    func(error) tea.Msg
	}
	// Wait asks for a message after a while; a frame that stands still never gets it.
	Wait struct {
		For  time.Duration
		Then tea.Msg
	}
	// Ask opens a dialog over the front view.
	Ask struct{ Dialog View }
	// Prompt opens the palette with a text in it.
	Prompt struct{ Text string }
	// KeepSet gives runs a name under which the palette finds them.
	KeepSet struct {
		Name string
		Runs []string
	}
	// Withdraw takes back a view that turned out to have nothing to show, so that the
	// user stays where it was asked for.
	Withdraw struct {
		View View
		Why  string
	}
	// Close closes the dialog in front, or goes back.
	Close struct{}
	// Do runs what a key does, once the requests before it are answered.
	Do struct{ Run func() tea.Cmd }
	// Say shows one line at the foot until the next key.
	Say struct {
		Text string
		Bad  bool
	}
	// Copy puts a text on the user's clipboard.
	Copy struct{ Text, What string }
)

// Carry is what runs keep on the way from one screen to another.
type Carry struct {
	Slots    map[string]int // of their colours and letters, by id; nil for the usual ones
	Baseline string         // one of the runs, or empty
}

// Relative is a run that another one is explained by.
type Relative int

// The relatives of a run.
const (
	NoRelative Relative = iota
	Previous            // the sibling that started last before it
	Parent
)

// The facts that every open view hears.
type (
	// StoreChanged says what was committed to the store.
	StoreChanged struct{ store.Change }
	// Refresh asks every view to read again what it shows.
	Refresh struct{}
	// Sized says how much room the view has.
	Sized struct{ Width, Height int }
	// Clock says what time it is; views keep it for the ages they show.
	Clock struct{ Now int64 }
	// Settled follows a change when its brightness is over.
	Settled struct{}
)

// The mouse, in cells of the view's own area.
type (
	// Click is a press of the left button.
	Click struct {
		X, Y   int
		Double bool
	}
	// Drag is a move of the mouse since the left button went down at From; Done is
	// where it went up.
	Drag struct {
		FromX, FromY, X, Y int
		Done               bool
	}
	// Wheel is a turn of the wheel, in rows; negative is up.
	Wheel struct{ X, Y, Rows int }
)

// Returner is a view that can say where the user is in it, in words of its own, and
// begin there once what it shows was read.
type Returner interface {
	Spot() string
	Return(spot string)
}
