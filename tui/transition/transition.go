// Package transition is the dialog that moves a version of a model to another stage,
// with the card of its promotion beside it. It checks nothing itself (promotion and
// gates do) and moves nothing that a rule keeps back: it asks for approval instead.
package transition

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"benchside/artifacts"
	"benchside/compare"
	"benchside/gates"
	"benchside/promotion"
	"benchside/sanitize"
	"benchside/store"
	"benchside/themes"
	"benchside/tui/view"
	"benchside/tui/widget"
)

// Means are what the dialog judges and moves by.
type Means struct {
	Sources    promotion.Sources
	Govern     store.GovernanceReader // nil: the store keeps no rules and no requests
	Rules      func(context.Context) (gates.Rules, error)
	Places     func(store.Run) artifacts.Places
	Directions view.Directions
	Now        func() time.Time
	Writes     view.Writes
}

// stop is what has the focus.
type stop int

const (
	atReason stop = iota
	atBox
	atChecks
	stops
)

// View is the dialog.
type View struct {
	of    store.ModelVersion
	means Means
	theme *themes.Theme
	loads struct{ judged, write view.Loader }

	stages []string // that the version may go to
	stage  int
	keep   bool // the versions that are there stay
	reason widget.Field
	at     stop
	top    int // first line of the checks that is shown
	judged judged
	known  bool
	waited time.Duration
	err    error
	size   struct{ width, height int }
}

// judged is what is known of a move to one stage.
type judged struct {
	stage    string
	there    []int64 // other versions in the stage
	rule     store.Rule
	asked    []store.Request // that wait, for this move
	card     store.GateCard
	carded   bool // the stage is one that is checked
	waivable bool
}

// New returns the dialog.
func New(m view.ShowTransition, means Means, theme *themes.Theme) *View {
	v := &View{of: m.Version, means: means, theme: theme, reason: widget.NewField("why, for the ledger")}
	for _, s := range store.Stages() {
		if s != m.Version.Stage {
			v.stages = append(v.stages, s)
		}
	}
	v.stage = max(slices.Index(v.stages, usual[m.Version.Stage]), 0)
	return v
}

// usual is where a version goes next.
var usual = map[string]string{
	"": store.StageStaging, store.StageNone: store.StageStaging, store.StageStaging: store.StageProduction,
	store.StageProduction: store.StageArchived, store.StageArchived: store.StageStaging,
}

// to is the stage that is chosen.
func (v *View) to() string { return v.stages[v.stage] }

// Title implements view.View.
func (v *View) Title() string {
	arrow := " → "
	if v.theme.Glyphs.ASCII {
		arrow = " -> "
	}
	return fmt.Sprintf("%s v%d%s%s", sanitize.Line(v.of.Name), v.of.Version, arrow, v.to())
}

// Status implements view.View.
func (v *View) Status() string { return "" }

// Typing implements view.View.
func (v *View) Typing() bool { return v.at == atReason }

// active reports whether a stage is one that is checked and that archives.
func active(stage string) bool { return stage == store.StageStaging || stage == store.StageProduction }

// Init implements view.View.
func (v *View) Init() tea.Cmd {
	m, of, to := v.means, v.of, v.to()
	v.known, v.err, v.top = false, nil, 0
	return view.Load(&v.loads.judged, func(ctx context.Context) (judged, error) { return judge(ctx, m, of, to) })
}

// judge finds out what stands between a version and a stage.
func judge(ctx context.Context, m Means, of store.ModelVersion, to string) (judged, error) {
	j := judged{stage: to}
	versions, err := m.Sources.ModelVersions(ctx, of.Name)
	if err != nil {
		return j, err
	}
	for _, v := range versions {
		if v.Stage == to && v.Version != of.Version {
			j.there = append(j.there, v.Version)
		}
	}
	slices.Sort(j.there)
	if err := govern(ctx, m.Govern, of, &j); err != nil || !active(to) {
		return j, err
	}
	rules := gates.Rules{}
	if m.Rules != nil {
		if rules, err = m.Rules(ctx); err != nil {
			return j, err
		}
	}
	directions := map[string]compare.Direction{}
	if m.Directions != nil {
		directions = m.Directions.All()
	}
	j.card, err = promotion.Card(ctx, m.Sources, m.Places, rules, promotion.Question{
		Version: of, Stage: to, By: m.Writes.Author.Name, Now: m.Now(), Directions: directions,
	})
	j.carded, j.waivable = err == nil, rules.For(of.Name, to).Waivers
	return j, err
}

// govern reads the rule of the stage and the requests for the move.
func govern(ctx context.Context, g store.GovernanceReader, of store.ModelVersion, j *judged) error {
	if g == nil {
		return nil
	}
	rules, err := store.IfKept(g.Rules(ctx, of.Name))
	if err != nil {
		return err
	}
	for _, r := range rules {
		if r.Stage == j.stage {
			j.rule = r
		}
	}
	asked, err := store.IfKept(g.Requests(ctx, store.RequestQuery{Model: of.Name, Version: of.Version, State: store.Waiting}))
	for _, q := range asked {
		if q.To == j.stage {
			j.asked = append(j.asked, q)
		}
	}
	return err
}

// request is one for this move that waits: mine, or one of somebody else.
func (v *View) request(mine bool) *store.Request {
	for i, q := range v.judged.asked {
		if (q.By == v.means.Writes.Author.Name) == mine {
			return &v.judged.asked[i]
		}
	}
	return nil
}

// approves is the request that the move is an approval of, nil if it is a plain move.
func (v *View) approves() *store.Request {
	if !v.judged.rule.NeedsApproval {
		return nil
	}
	return v.request(false)
}

// archives reports whether the others in the stage are archived.
func (v *View) archives() bool {
	if q := v.approves(); q != nil {
		return q.ArchiveExisting
	}
	return active(v.to()) && len(v.judged.there) > 0 && !v.keep
}

// failed are the checks that are an obstacle.
func (v *View) failed() (names []string) {
	for _, c := range v.judged.card.Checks {
		if c.Verdict == store.NotMet || c.Verdict == store.NotKnown {
			names = append(names, c.Name)
		}
	}
	return names
}

// why says why the version cannot be moved now, and what to do.
func (v *View) why() string {
	switch {
	case v.loads.write.Busy():
		return "it is being written"
	case !v.known && v.err != nil:
		return "what stands against it could not be read"
	case !v.known:
		return "the checks are not done yet"
	}
	if v.judged.rule.NeedsApproval && v.approves() == nil {
		if q := v.request(true); q != nil {
			return fmt.Sprintf("request %d of yours waits for somebody else's approval", q.ID)
		}
		return fmt.Sprintf("moving to %s needs an approval by somebody else: ctrl+r requests it", v.to())
	}
	n := len(v.failed())
	switch {
	case n == 0:
		return ""
	case v.judged.waivable:
		return against(n) + ": ctrl+w waives with the reason" + v.orElse()
	}
	return against(n) + ", and the rules allow no waivers" + v.orElse()
}

func against(n int) string {
	if n == 1 {
		return "1 check stands against it"
	}
	return fmt.Sprintf("%d checks stand against it", n)
}

// orElse says what else can be done.
func (v *View) orElse() string {
	if v.noRequest() != "" {
		return ""
	}
	return ", ctrl+r requests approval"
}

// noRequest says why nothing can be requested.
func (v *View) noRequest() string {
	switch {
	case v.loads.write.Busy():
		return "it is being written"
	case !v.known:
		return "the checks are not done yet"
	case v.means.Govern == nil:
		return "this store keeps no requests"
	}
	if q := v.request(true); q != nil {
		return fmt.Sprintf("request %d asks for that already", q.ID)
	}
	if q := v.request(false); q != nil {
		return fmt.Sprintf("request %d of %s asks for that already", q.ID, sanitize.Line(q.By))
	}
	return ""
}

// noWaiver says why nothing can be waived.
func (v *View) noWaiver() string {
	switch {
	case !v.known:
		return "the checks are not done yet"
	case len(v.failed()) == 0:
		return "no check stands against it"
	case !v.judged.waivable:
		return "the rules allow no waivers"
	case strings.TrimSpace(v.reason.Text()) == "":
		return "write the reason first"
	}
	return ""
}

func (v *View) noCard() string {
	if !v.judged.carded {
		return "there is no card for it"
	}
	return ""
}

// sentence says what enter does.
func (v *View) sentence() string {
	says := fmt.Sprintf("move %s v%d from %s to %s", v.of.Name, v.of.Version, v.of.Stage, v.to())
	if v.archives() {
		says += " and archive " + numbered(v.judged.there)
	}
	if q := v.approves(); q != nil {
		says = fmt.Sprintf("approve request %d of %s: %s", q.ID, q.By, says)
	}
	return sanitize.Line(says)
}

// numbered lists versions: "v1, v2".
func numbered(versions []int64) string {
	words := make([]string, len(versions))
	for i, n := range versions {
		words[i] = fmt.Sprintf("v%d", n)
	}
	return strings.Join(words, ", ")
}

// kept begins a change with the card, where there is one to be kept.
func (v *View) kept() []store.Mutation {
	if !v.judged.carded {
		return nil
	}
	return []store.Mutation{store.RecordGate{Card: v.judged.card}}
}

func (v *View) move() tea.Cmd {
	m := v.kept()
	if q := v.approves(); q != nil {
		of := store.Subject{Kind: store.VersionSubject, Name: v.of.Name, Version: v.of.Version}
		m = append(m, store.DecideRequest{Request: q.ID, Decision: store.Approved, Comment: v.because(), Of: of})
	} else {
		m = append(m, store.MoveStage{
			Model: v.of.Name, Version: v.of.Version, To: v.to(), ArchiveExisting: v.archives(), From: store.Saw(v.of.Stage),
		})
	}
	return v.write(m)
}

func (v *View) ask() tea.Cmd {
	return v.write(append(v.kept(), store.RequestStage{
		Model: v.of.Name, Version: v.of.Version, To: v.to(), ArchiveExisting: v.archives(), From: store.Saw(v.of.Stage),
	}))
}

// because is what stands in the field for the reason.
func (v *View) because() string { return strings.TrimSpace(v.reason.Text()) }

func (v *View) write(m []store.Mutation) tea.Cmd {
	v.err = nil
	return view.Write(&v.loads.write, v.means.Writes, v.because(), m)
}

// waive takes what failed out of the way.
func (v *View) waive() tea.Cmd {
	for _, name := range v.failed() {
		card, err := gates.Waive(v.judged.card, name, v.because(), v.means.Writes.Author.Name)
		if err != nil {
			v.err = err
			return nil
		}
		v.judged.card = card
	}
	v.err = nil
	return nil
}

// Update implements view.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case view.Sized:
		v.size.width, v.size.height = m.Width, m.Height
	case view.Refresh:
		return v.Init()
	case view.StoreChanged:
		if slices.ContainsFunc(m.Events, func(e store.Event) bool { return e.Kind == store.RegistryChanged }) && !v.loads.write.Busy() {
			return v.Init()
		}
	case view.Wheel:
		return v.scroll(m.Rows)
	case view.Click:
		return v.click(m)
	case view.Loaded[judged]:
		if m.Of(&v.loads.judged) && !errors.Is(m.Err, context.Canceled) {
			v.judged, v.err, v.known = m.Value, m.Err, m.Err == nil
		}
	case view.Loaded[view.Wrote]:
		return v.wrote(m)
	case tea.KeyPressMsg, tea.PasteMsg:
		if v.Typing() && v.reason.Update(m) && v.known {
			v.err = nil
		}
	}
	return nil
}

func (v *View) wrote(m view.Loaded[view.Wrote]) tea.Cmd {
	if !m.Of(&v.loads.write) {
		return nil
	}
	return view.Took(m, &v.err, &v.waited)
}
