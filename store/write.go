package store

import (
	"context"
	"encoding/json"
	"time"
)

// Author is who changes a store, as the ledger names them.
type Author struct {
	Name string // of the user
	Via  string // "cli", "tui", "ssh"
}

// Intent is what somebody wants done: all of it in one transaction, or nothing.
type Intent struct {
	By        Author
	Reason    string
	Mutations []Mutation
	// DryRun does everything and then takes it back: the receipt says what would
	// have become of it.
	DryRun bool
	// Hooks are the subscribers of benchside's own configuration, who are told in
	// the same transaction beside the webhooks of the store.
	Hooks []Subscriber
	// Waiting is told how long the write has waited for another process's lock;
	// nil tells nobody.
	Waiting func(time.Duration)
}

// Subscriber is a hook of the configuration: what is told to whom.
type Subscriber struct {
	Name    string
	Events  []string // "model_version.transitioned", "model_version.*", "*"
	Command bool     // it is a command that becomes a job; else an address
}

// Receipt is what became of an intent.
type Receipt struct {
	Lines    []Line // of the ledger, one for each mutation
	Observed []Line // what others had changed before, found while writing
	Events   int    // deliveries that now wait in the outbox
}

// Writer changes a store. It refuses with ErrReadOnly where the store is only to
// be looked at, with ErrStale where it says something else than was seen, with
// ErrBusy where another process kept it locked for too long, with ErrInvalid
// where MLflow would not take the values, with ErrDenied where a rule of the
// model forbids it; then nothing was written.
type Writer interface {
	Write(ctx context.Context, i Intent) (Receipt, error)
}

// Line is one entry of the ledger. The ledger is only ever added to, and each
// line's hash covers the one before it, so that a line that was edited or cut
// shows.
type Line struct {
	Seq      int64 // from 1, without gaps
	At       Time
	By       Author
	What     string // the mutation's name; "observed" for what others did
	Of       Subject
	Sentence string
	Reason   string
	Changes  []RowChange
	Prev     string // hash of the line before, hexadecimal; empty for the first
	Hash     string
}

// Observed is the name of lines about what other programs did.
const Observed = "observed"

// RowChange is what became of one row. Before is nil for a row that was made and
// After for one that was deleted; of a row that was changed both hold the columns
// that differ.
type RowChange struct {
	Table         string
	Key           map[string]any
	Before, After map[string]any
}

// LineQuery asks for lines of the ledger, the newest first.
type LineQuery struct {
	Of     Subject // its Version 0 means all of a model; the zero value means everything
	Before int64   // lines below this number; 0 means from the end
	Since  Time
	Limit  int // 0 means no limit
}

// LedgerReader reads the ledger. A store without one has no lines.
type LedgerReader interface {
	Lines(ctx context.Context, q LineQuery) ([]Line, error)
	// Unrecorded returns what others changed in the registry that is not in the
	// ledger yet, without writing it; Seq is 0.
	Unrecorded(ctx context.Context) ([]Line, error)
	// VerifyLedger reads the ledger from its first line and returns the number of
	// lines that hold. A line that does not is an error that names it.
	VerifyLedger(ctx context.Context) (int64, error)
	// RegistryAt returns the registry as it was at a time, as far as the ledger
	// knows it: models that it never saw are absent.
	RegistryAt(ctx context.Context, at Time) ([]RegisteredModel, []ModelVersion, error)
}

// Request is somebody's wish that a version be moved.
type Request struct {
	ID              int64
	Model           string
	Version         int64
	From, To        string // stages
	ArchiveExisting bool
	By              string
	At              Time
	Reason          string
	State           Decision
	DecidedBy       string
	Decided         Time
	Comment         string // of who decided
}

// Comment is what somebody wrote about a version.
type Comment struct {
	ID      int64
	Model   string
	Version int64
	By      string
	At      Time
	Text    string
}

// Rule is what moving a version of a model to a stage asks for.
type Rule struct {
	Stage         string
	NeedsApproval bool // a request that somebody else approved
	NeedsGate     bool // a gate card that passed or was waived, of this version
}

// GateCard is what was known of a version when it was to be promoted.
type GateCard struct {
	ID      int64
	Model   string
	Version int64
	Stage   string // where it was to go
	Against int64  // the version that was there; 0 means none
	By      string
	At      Time
	Verdict Verdict
	Checks  []GateCheck
}

// Verdict is the outcome of a check, and of a card.
type Verdict string

// The verdicts.
const (
	Passed   Verdict = "pass"
	Warned   Verdict = "warn" // to be read, not an obstacle
	NotMet   Verdict = "fail"
	Waived   Verdict = "waived"
	NotKnown Verdict = "unknown" // what would decide is not there; an obstacle like NotMet
)

// GateCheck is one line of a card.
type GateCheck struct {
	Name    string // "metric val/auc", "signature", "reviewer", …
	Verdict Verdict
	Says    string // what was found
	Reason  string // of a waiver
	By      string // who waived
}

// RequestQuery asks for requests, the newest first.
type RequestQuery struct {
	Model   string // "" means of all
	Version int64  // 0 means of all
	State   Decision
	Limit   int
}

// GovernanceReader reads what benchside keeps beside MLflow's registry.
type GovernanceReader interface {
	Requests(ctx context.Context, q RequestQuery) ([]Request, error)
	Comments(ctx context.Context, model string, version int64) ([]Comment, error)
	Rules(ctx context.Context, model string) ([]Rule, error)
	// GateCards returns the cards of a version, the newest first; version 0 means
	// of all.
	GateCards(ctx context.Context, model string, version int64) ([]GateCard, error)
}

// Happening is something that subscribers are told of, in the words of MLflow's
// webhooks.
type Happening struct {
	Entity, Action string
	At             Time
	Data           json.RawMessage // in MLflow's order of fields
}

// Event is the happening as subscriptions name it.
func (h Happening) Event() string { return h.Entity + "." + h.Action }
