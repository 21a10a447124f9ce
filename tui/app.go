// Package tui is the terminal program: a stack of views with a header, places
// and a footer around them. It reads no store itself; its views do, through
// the roles that they are given.
package tui

import (
	"cmp"
	"context"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"benchside/artifacts"
	"benchside/gates"
	"benchside/pictures/protocol"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/change"
	"benchside/tui/clipboard"
	"benchside/tui/painter"
	"benchside/tui/view"
	"benchside/webhooks"
)

// Options say how a session looks and what it opens.
type Options struct {
	Name    string // of the store, for the header
	State   string // "read-only", or what else the header should say of the store
	Theme   string // one of themes.Names, or themes.OwnName; "" asks the terminal
	ASCII   bool
	Dots    string        // what charts are drawn with, as cell.Named calls it
	Paused  bool          // start without the change feed
	Start   view.ShowRuns // the first table; the zero value is of all runs
	Now     func() time.Time
	Changes <-chan store.Change // nil: nothing is live
	// Directions keeps which values of metrics are better; nil keeps nothing.
	Directions view.Directions
	// Sets keeps runs under names; nil keeps nothing.
	Sets view.Sets
	Work Work // how runs are worked with
	// Places says where the artifacts of a run may lie; nil for nowhere.
	Places func(store.Run) artifacts.Places
	Images string // how pictures reach the terminal: "auto", "kitty", "iterm2", "sixel", "blocks" or "off"; "" is "auto"
	// Writes are the means to change the store; the zero value is a read-only session.
	Writes view.Writes
	// Rules reads the rules of gates; nil knows none.
	Rules  func(context.Context) (gates.Rules, error)
	Served bool // the user sits at another machine: no program of this one is run, no file written
	Told   Told
	Own    Own
	still  bool // no ticks: the frame is rendered once
}

// Told is how a session tells others of what is changed.
type Told struct {
	Hooks   []webhooks.Hook
	Wake    func()        // has what waits sent at once; nil where nothing is sent
	Notices <-chan string // what became of it; nil for none
	Logs    string        // the folder of the logs of jobs
}

// App is the only Bubble Tea model.
type App struct {
	store store.Store
	opts  Options
	theme *themes.Theme

	trail   []visited // where the user has been
	at      int       // the view in front
	dialogs []view.View

	width, height int
	now           int64 // milliseconds since the Unix epoch
	live          liveness
	said          view.Say
	lastClick     clickAt
	looks         looks
	board         clipboard.Board
	resume        func()         // lets the reads go on after a suspend
	begun         tea.Cmd        // the first load, which began before the program
	done          [][]store.Line // what was changed here at once, the newest last
	paint         *painter.Painter
	hasty         bool // the user left at once
	endings
}

// endings is what is known of runs that may end.
type endings struct {
	running map[string]bool
	begunAt int64 // the session, milliseconds since the epoch
}

// liveness is what the header says of the feed.
type liveness struct {
	mode   store.Mode
	on     bool
	paused bool
	held   []store.Change // while paused
	runs   int            // changes of runs that came while paused
	points int
	newest int64 // when the newest change was seen, 0 if none was
	shown  int64 // the age that the header shows, milliseconds
	lost   error
	said   string // what the newest change was
}

// New returns the program over a store. It starts on a run table, with the
// experiments one step back.
func New(s store.Store, opts Options) *App {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Served {
		opts.Writes.Editor = ""
	}
	a := &App{store: s, opts: opts, theme: &themes.Theme{}, now: opts.Now().UnixMilli()}
	a.looks = looks{name: opts.Theme, dark: true, profile: colorprofile.TrueColor, graphemes: opts.still}
	a.said = opts.Own.mistakes()
	images, _ := protocol.Named(opts.Images) // who gave it has checked it
	a.paint = painter.New(images)
	a.endings = endings{map[string]bool{}, a.now}
	a.board.Served = opts.Served
	a.restyle()
	a.live.on, a.live.paused = opts.Changes != nil, opts.Paused
	for _, m := range []tea.Msg{view.ShowExperiments{}, opts.Start} {
		a.trail = append(a.trail, visited{a.screen(m), m})
	}
	a.at = 1
	a.resumeAt(opts.Own.Where)
	return a
}

// Run runs the program on the terminal until the user leaves it.
func Run(ctx context.Context, s store.Store, opts Options, more ...tea.ProgramOption) error {
	a := New(s, opts)
	a.begun = begun(a.front().Init())
	_, err := a.program(ctx, opts.Own.terminal(), more...).Run()
	return cmp.Or(err, a.takeBack(opts.Own.terminal()), a.left())
}

// program is the program over a terminal, which pictures are painted on behind
// its frames.
func (a *App) program(ctx context.Context, terminal io.Writer, more ...tea.ProgramOption) *tea.Program {
	out := a.paint.Output(terminal)
	return tea.NewProgram(a, append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(120), tea.WithOutput(out)}, more...)...)
}

// takeBack lets the terminal forget the pictures, also after a panic, which the
// program catches.
func (a *App) takeBack(terminal io.Writer) error {
	_, err := io.WriteString(terminal, a.paint.Forget())
	return err
}

// Init implements tea.Model.
func (a *App) Init() tea.Cmd {
	if a.opts.still {
		return a.front().Init()
	}
	first := a.begun
	if first == nil {
		first = a.front().Init()
	}
	return tea.Batch(tea.RequestBackgroundColor, first, a.next(), a.notice(), a.minute())
}

// begun runs a command at once, while the terminal is set up, and returns the
// command that waits for its answer.
func begun(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	answer := make(chan tea.Msg, 1)
	go func() {
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i, part := range batch {
				batch[i] = begun(part)
			}
		}
		answer <- msg
	}()
	return func() tea.Msg { return <-answer }
}

// front returns the view that keys go to.
func (a *App) front() view.View {
	if n := len(a.dialogs); n > 0 {
		return a.dialogs[n-1]
	}
	return a.trail[a.at].View
}

// Update implements tea.Model. Keys and the mouse go to the front view, every
// other message to all open views.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if env, ok := msg.(tea.EnvMsg); ok {
		a.board.Env = env.Getenv
	}
	if cmd, taken := a.paint.Update(msg); taken {
		return a, cmd
	}
	switch m := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = m.Width, m.Height
		return a, a.resize()
	case tea.BackgroundColorMsg:
		a.looks.dark, a.looks.behind = m.IsDark(), m.Color
		a.restyle()
		return a, nil
	case tea.ModeReportMsg:
		// The renderer counts cells as the terminal does, and so do we.
		if m.Mode == ansi.ModeUnicodeCore && (m.Value == ansi.ModeReset || m.Value == ansi.ModeSet || m.Value == ansi.ModePermanentlySet) {
			a.looks.graphemes = true
			a.restyle()
		}
		return a, nil
	case tea.ColorProfileMsg:
		a.paint.Coloured(m.Profile)
		a.looks.profile = m.Profile
		a.restyle()
		return a, nil
	case tea.KeyPressMsg:
		return a, a.press(m)
	case tea.PasteMsg:
		if !a.front().Typing() {
			return a, nil
		}
		return a, a.front().Update(m)
	case tea.MouseClickMsg, tea.MouseWheelMsg, tea.MouseMotionMsg, tea.MouseReleaseMsg:
		return a, a.mouse(m)
	case quieted:
		return a, a.stopNow(m)
	case tea.ResumeMsg:
		return a, a.resumed()
	case arrived, aged, minuteOver, noticed:
		return a, a.hear(m)
	}
	return a, a.request(msg)
}

// request answers what views ask for; anything else is told to all of them.
func (a *App) request(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Say:
		a.said = m
		return nil
	case view.Change:
		if a.opts.Writes.Writer == nil {
			return a.request(view.Say{Text: m.Title + ": the session is read-only", Bad: true})
		}
		return a.request(view.Ask{Dialog: change.New(m, a.opts.Writes, a.theme)})
	case view.ShowTransition:
		return a.transition(m)
	case view.Changed:
		a.did(m.Receipt)
		a.now = a.opts.Now().UnixMilli() // what was made just now is not of the future
		return tea.Batch(a.tell(view.Clock{Now: a.now}), a.tell(m))
	case view.Ask:
		a.dialogs = append(a.dialogs, m.Dialog)
		return tea.Batch(m.Dialog.Init(), a.resize())
	case view.Prompt:
		return a.request(view.Ask{Dialog: a.palette(m.Text)})
	case view.KeepSet:
		return a.keepSet(m)
	case view.Withdraw:
		return a.withdraw(m)
	case view.Close:
		return a.back()
	case view.Do:
		return m.Run()
	case view.Wait:
		if a.opts.still {
			return nil
		}
		return tea.Tick(m.For, func(time.Time) tea.Msg { return m.Then })
	case view.Outside:
		return a.outside(m)
	case cameBack:
		return tea.Batch(a.paint.Again(), view.Send(m.said))
	case view.Copy:
		return a.copy(m)
	case copied:
		return a.tookCopy(m)
	case view.StoreChanged, view.Refresh, view.Clock, view.Settled:
		return a.tell(msg)
	}
	if cmd, ok := a.open(msg); ok {
		return cmd
	}
	return a.tell(msg)
}

// leave tells the view in front that another one comes, and takes its picture
// off the screen.
func (a *App) leave() tea.Cmd {
	if v, ok := a.trail[a.at].View.(view.Leaver); ok {
		v.Leave()
	}
	return a.paint.Hide()
}

func (a *App) back() tea.Cmd {
	if n := len(a.dialogs); n > 0 {
		a.dialogs = a.dialogs[:n-1]
		return a.resize()
	}
	if a.at == 0 {
		return nil
	}
	return a.step(-1)
}

// tell gives a message to every open view.
func (a *App) tell(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, v := range a.trail {
		cmds = append(cmds, v.Update(msg))
	}
	for _, v := range a.dialogs {
		cmds = append(cmds, v.Update(msg))
	}
	return tea.Batch(cmds...)
}

func (a *App) resize() tea.Cmd {
	w, h := a.room()
	cmds := []tea.Cmd{a.tell(view.Clock{Now: a.now})}
	for _, v := range a.trail {
		cmds = append(cmds, v.Update(view.Sized{Width: w, Height: h}))
	}
	for _, v := range a.dialogs {
		bw, bh := a.boxRoom(v)
		cmds = append(cmds, v.Update(view.Sized{Width: bw, Height: bh}))
	}
	return tea.Batch(cmds...)
}
