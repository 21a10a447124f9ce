package store

import (
	"context"
	"time"
)

// Webhook is one row of MLflow's webhooks that was not deleted.
type Webhook struct {
	ID, Name, Description string
	URL                   string
	Active                bool
	Secret                string // as MLflow encrypted it (Fernet); empty if it has none
	Events                []string
	Created, Updated      Time
}

// RecipientKind says what a delivery goes to.
type RecipientKind string

// What a delivery goes to.
const (
	ToWebhook RecipientKind = "webhook" // a row of MLflow's webhooks, named by its id
	ToHook    RecipientKind = "hook"    // an address of benchside's configuration
	ToCommand RecipientKind = "command" // a command of benchside's configuration, run as a job
)

// DeliveryState says how far a delivery got.
type DeliveryState string

// The states of a delivery. One that was interrupted while it was sent may have
// arrived: it is not sent again unless somebody asks for it.
const (
	Pending     DeliveryState = "pending"
	Sending     DeliveryState = "sending"
	Delivered   DeliveryState = "delivered"
	Undelivered DeliveryState = "failed" // given up
	Interrupted DeliveryState = "interrupted"
)

// Delivery is a happening on its way to one recipient. It is written in the
// transaction of the change that it tells of.
type Delivery struct {
	ID        string // the receiver's means to know one that it had already
	Line      int64  // of the ledger; 0 for a test
	Happening Happening
	Kind      RecipientKind
	Recipient string // the webhook's id, or the hook's name
	State     DeliveryState
	Attempts  int
	Next      Time   // when it may be tried, while it is pending
	Changed   Time   // when its state was written
	Answer    string // the last status or error
	ReplayOf  string // the delivery that it repeats
}

// DeliveryQuery asks for deliveries, the newest first.
type DeliveryQuery struct {
	Recipient string
	State     DeliveryState
	Limit     int
}

// Outbox keeps deliveries. Several processes may work on it at once: a delivery
// is claimed by one of them.
type Outbox interface {
	Webhooks(ctx context.Context) ([]Webhook, error)
	Deliveries(ctx context.Context, q DeliveryQuery) ([]Delivery, error)
	// Claim takes pending deliveries that are due, at most n, and marks them as being
	// sent. Those that were claimed longer than lease ago and not settled become
	// interrupted.
	Claim(ctx context.Context, n int, lease time.Duration) ([]Delivery, error)
	// Settle says what became of a claimed delivery: its State, Next and Answer.
	Settle(ctx context.Context, d Delivery) error
	// Enqueue adds a delivery that no change of the store is behind: a test or a
	// replay.
	Enqueue(ctx context.Context, d Delivery) error
}

// JobState says how far a job got.
type JobState string

// The states of a job.
const (
	JobWaiting   JobState = "waiting"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"   // exit code 0
	JobFailed    JobState = "failed" // any other, or it could not start
	JobTimedOut  JobState = "timed out"
	JobCancelled JobState = "cancelled"
	JobLost      JobState = "lost" // its process is gone and nobody knows how it ended
)

// Job is one run of a command hook.
type Job struct {
	ID       int64
	Hook     string
	Delivery string // that started it
	Event    string
	Of       Subject
	Command  []string // as configured
	State    JobState
	Asked    bool // somebody asked to cancel it
	Host     string
	PID      int
	Created  Time
	Started  Time
	Ended    Time
	Exit     int
	Log      string // path of the file on Host
	Says     string // why it failed, if it did not say so itself
}

// JobKeeper keeps jobs.
type JobKeeper interface {
	AddJob(ctx context.Context, j Job) (id int64, err error)
	// SetJob writes the state of a job: State, Host, PID, Started, Ended, Exit, Log
	// and Says.
	SetJob(ctx context.Context, j Job) error
	Job(ctx context.Context, id int64) (Job, error)
	Jobs(ctx context.Context, limit int) ([]Job, error) // the newest first
	AskCancel(ctx context.Context, id int64) error
}
