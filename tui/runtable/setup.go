package runtable

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"benchside/compare"
	"benchside/forest"
	"benchside/measures"
	"benchside/pace"
	"benchside/store"
	"benchside/tui/view"
	"benchside/views"
)

// setup is how the table is set up beside its columns, and what was read for that.
type setup struct {
	means      Means
	directions map[string]compare.Direction
	levels     []level
	group      store.Field // the zero value is none
	labels     map[string]string
	pins       []string
	faulty     bool // only runs that failed or stalled
	terse      terse
	view       string     // of the view that this was
	shown      views.View // as the view of that name was shown or kept
	left       *views.Left

	reads    []store.Field // the fields of which v.cells holds the values
	sketches map[history]*measures.Sketch
	late     map[history][]store.Point // logged while histories were read
	wanting  map[history]bool          // that are being read
	rolls    map[string]*roll
	rolling  map[string][]string // that are being read
	stale    bool                // roll-ups are to be made again
	beats    map[string]*pace.Run
	read     bool // a restored view was begun with
}

// Means are what the table has of the session.
type Means struct {
	Directions view.Directions // which values of metrics are better; nil keeps nothing
	Tables     view.Tables     // how tables are set up; nil keeps nothing
	Live       Live
}

// With gives the table what it has of the session, and sets it up as it was left.
func (v *View) With(m Means) *View {
	v.set.means = m
	if m.Directions != nil {
		v.set.directions = maps.Clone(m.Directions.All())
	}
	if m.Tables == nil {
		return v
	}
	if left, ok := m.Tables.Left(v.scopeKey()); ok {
		v.apply(left.View)
		v.set.view, v.set.shown, v.set.read = left.Name, v.Setup(), true
	}
	now := v.leave()
	v.set.left = &now
	return v
}

func (v *View) begin() {
	v.set.levels = []level{newestFirst()}
	v.set.directions = map[string]compare.Direction{}
	v.forget()
}

// forget drops what was read of histories.
func (v *View) forget() {
	v.set.sketches, v.set.rolls, v.set.beats = map[history]*measures.Sketch{}, map[string]*roll{}, map[string]*pace.Run{}
}

// scopeKey is what the table over a scope is kept under.
func (v *View) scopeKey() string {
	if v.scope.Experiments == nil {
		return "all"
	}
	return strings.Join(v.scope.Experiments, ",")
}

// Setup is the table as a view.
func (v *View) Setup() views.View {
	out := views.View{Filter: views.Filter(v.filter.bar.Text()), Group: views.Group{Field: v.set.group}, Pins: slices.Clone(v.set.pins), Flat: v.folds.flat, Faulty: v.set.faulty, Terse: v.set.terse.on}
	if v.scan.chosen {
		for _, c := range v.columns {
			out.Columns = append(out.Columns, c.Column)
		}
	}
	for _, l := range v.set.levels {
		out.Sort = append(out.Sort, views.Sort{Field: l.Field, Measure: l.measure, Desc: l.Desc})
	}
	if len(out.Sort) == 1 && out.Sort[0] == (views.Sort{Field: forest.Started, Desc: true}) {
		out.Sort = nil
	}
	return out
}

// apply sets the table up as a view says. What it takes is read afterwards.
func (v *View) apply(to views.View) {
	if len(to.Columns) > 0 {
		v.scan.chosen = true
		cols := make([]column, len(to.Columns))
		for i, c := range to.Columns {
			cols[i].Column = c
		}
		if !slices.ContainsFunc(cols, func(c column) bool { return c.Field == forest.Name }) {
			cols = append([]column{{Column: views.Column{Field: forest.Name}}}, cols...)
		}
		v.putColumns(cols)
	}
	v.set.levels = nil
	for _, s := range to.Sort {
		v.set.levels = append(v.set.levels, level{Order: forest.Order{Field: s.Field, Desc: s.Desc}, measure: s.Measure})
	}
	if len(v.set.levels) == 0 {
		v.set.levels = []level{newestFirst()}
	}
	v.filter.bar.Set(string(to.Filter))
	v.set.group, v.set.labels = to.Group.Field, nil
	v.runs.GroupBy(nil)
	v.set.pins, v.folds.flat, v.set.faulty = slices.Clone(to.Pins), to.Flat, to.Faulty
	v.set.terse = terse{on: to.Terse}
	v.set.rolls = map[string]*roll{}
	v.titles()
}

// restored reads what a view takes that the table began with.
func (v *View) restored() tea.Cmd {
	if !v.set.read {
		return nil
	}
	v.set.read = false
	return v.readSetup()
}

func (v *View) readSetup() tea.Cmd {
	return tea.Batch(v.loadSort(), v.loadGroup(), v.rematch(), v.loadTerse())
}

// readOfAll reads what the setup takes of all runs by their ids, once they are there.
func (v *View) readOfAll() tea.Cmd {
	cmds := []tea.Cmd{v.loadTerse()}
	if v.set.group == views.Dataset {
		cmds = append(cmds, v.loadGroup())
	}
	if slices.ContainsFunc(v.set.levels, func(l level) bool { return !l.measure.Stored() }) {
		cmds = append(cmds, v.loadSort())
	}
	if v.set.faulty {
		cmds = append(cmds, v.loadAllBeats())
	}
	return tea.Batch(cmds...)
}

// showView sets the table up as a view of a name.
func (v *View) showView(name string) tea.Cmd {
	file, err := v.file()
	if err != nil {
		return view.Send(view.Say{Text: err.Error(), Bad: true})
	}
	to, ok := file[name]
	if !ok {
		return view.Send(view.Say{Text: fmt.Sprintf("no view is called %s; there are %s", clean(name), among(file)), Bad: true})
	}
	v.apply(to)
	v.set.view, v.set.shown = name, v.Setup()
	v.arrange(v.spot())
	return tea.Batch(v.readSetup(), v.loadCells(), v.keep())
}

func among(file views.File) string {
	if len(file) == 0 {
		return "none: V keeps one"
	}
	return clean(strings.Join(slices.Sorted(maps.Keys(file)), ", "))
}

func (v *View) file() (views.File, error) {
	if v.set.means.Tables == nil {
		return nil, nil
	}
	return v.set.means.Tables.Views()
}

// viewNames are the views that there are; a file that is wrong has none, and showing one
// says why.
func (v *View) viewNames() []string {
	file, _ := v.file()
	return slices.Sorted(maps.Keys(file))
}

// keepView gives the table as it is a name, or forgets one.
func (v *View) keepView(name string, setup *views.View) tea.Cmd {
	tables := v.set.means.Tables
	if tables == nil {
		return view.Send(view.Say{Text: "views are not kept in this session", Bad: true})
	}
	if setup != nil {
		v.set.view, v.set.shown = name, *setup
	} else if v.set.view == name {
		v.set.view = ""
	}
	v.resize()
	write := func() tea.Msg {
		if err := tables.Keep(name, setup); err != nil {
			return view.Say{Text: "the view is not kept: " + err.Error(), Bad: true}
		}
		if setup == nil {
			return view.Say{Text: "forgot the view " + clean(name)}
		}
		return view.Say{Text: fmt.Sprintf("kept the view %s: * shows it", clean(name))}
	}
	return tea.Batch(write, v.keep())
}

func (v *View) leave() views.Left { return views.Left{Name: v.set.view, View: v.Setup()} }

// changedSince reports whether the table is another one than the view that it was.
func (v *View) changedSince() bool {
	return v.set.left != nil && v.set.left.Name != "" && !reflect.DeepEqual(v.set.shown, v.Setup())
}

// keep keeps how the table is set up, if that changed.
func (v *View) keep() tea.Cmd {
	tables := v.set.means.Tables
	if tables == nil {
		return nil
	}
	now := v.leave()
	if v.set.left != nil && reflect.DeepEqual(*v.set.left, now) {
		return nil
	}
	v.set.left = &now
	key := v.scopeKey()
	return func() tea.Msg {
		if err := tables.Leave(key, now); err != nil {
			return view.Say{Text: "how the table is set up is not kept: " + err.Error(), Bad: true}
		}
		return nil
	}
}

// kept makes keys keep what they changed of the setup.
func (v *View) kept(keys []view.Key) []view.Key {
	for i := range keys {
		if run := keys[i].Run; run != nil {
			keys[i].Run = func() tea.Cmd { return tea.Batch(run(), v.keep()) }
		}
		if with := keys[i].With; with != nil {
			keys[i].With = func(words string) tea.Cmd { return tea.Batch(with(words), v.keep()) }
		}
	}
	return keys
}

// workKeys are the keys of the table as a workbench.
func (v *View) workKeys(now func(func()) func() tea.Cmd) []view.Key {
	const group = "table"
	prompt := func(text string) func() tea.Cmd {
		return func() tea.Cmd { return view.Send(view.Prompt{Text: text}) }
	}
	return []view.Key{
		{Press: []string{"S"}, Name: "then-sort", Does: "sort by the column too, turn its level, drop it", Group: group, Run: v.addLevel},
		{Press: []string{"m"}, Name: "measure", Does: "show another measure of the metric: last, best, mean, trend", Short: "measure", Group: group, Off: v.noMetric, Run: v.nextMeasure, With: v.measureBy, Takes: "last, best, min, max, mean, at STEP or trend"},
		{Press: []string{"B"}, Name: "better", Does: "say which values of the metric are better", Group: group, Off: v.noMetric, Run: prompt(":better "), With: v.better, Takes: "max or min", Among: func() []string { return []string{"max", "min"} }},
		{Press: []string{"T"}, Name: "group", Does: "group by the column, by another field, or not", Short: "group", Group: group, Run: v.groupHere, With: v.groupBy, Takes: "a field, or none", Among: v.groupFields},
		{Press: []string{"d"}, Name: "terse", Does: "hide or show columns that are empty or the same in all runs", Group: group, Run: v.turnTerse},
		{Press: []string{"!"}, Name: "faulty", Does: "only runs that failed or stalled", Group: group, Run: v.turnFaulty},
		{Press: []string{"p"}, Name: "pin", Does: "pin the run to the top, or let it go", Group: group, Off: v.noRun, Run: now(v.pin)},
		{Press: []string{"alt+n"}, Name: "total", Does: "say how many steps the run will do", Group: group, Off: v.noRun, Run: prompt(":total "), With: v.setTotal, Takes: "steps"},
		{Press: []string{"|"}, Name: "pin-column", Does: "pin the column beside the names, or let it go", Group: group, Run: v.pinColumn},
		{Press: []string{"+"}, Name: "wider", Does: "wider column", Group: group, Run: func() tea.Cmd { return v.size(2) }},
		{Press: []string{"-"}, Name: "narrower", Does: "narrower column", Group: group, Run: func() tea.Cmd { return v.size(-2) }},
		{Press: []string{"alt+="}, Name: "fit", Does: "column as wide as what it holds", Group: group, Run: func() tea.Cmd { return v.size(0) }},
		{Press: []string{"*"}, Name: "view", Does: "show a view", Group: group, Run: prompt(":view "), With: v.showView, Takes: "a name", Among: v.viewNames},
		{Press: []string{"V"}, Name: "keep-view", Does: "keep the table as a view with a name", Group: group, Run: prompt(":keep-view "), With: func(name string) tea.Cmd { s := v.Setup(); return v.keepView(name, &s) }, Takes: "a name"},
		{Press: []string{"alt+v"}, Name: "forget-view", Does: "forget a view", Group: group, Run: prompt(":forget-view "), With: func(name string) tea.Cmd { return v.keepView(name, nil) }, Takes: "a name", Among: v.viewNames},
	}
}
