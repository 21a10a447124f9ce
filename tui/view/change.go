package view

import (
	"context"

	"benchside/store"
)

// Change asks that the store be changed: it opens a dialog with some fields, says
// in one sentence what will be done, and does it once the user agrees.
type Change struct {
	Title  string
	Note   string // what the user should know first
	Fields []Field
	Boxes  []Box
	Reason Reason
	Typed  string // what must be typed before it is done, such as a name; "" for nothing
	// Make returns what is to be done with what stands in the fields and boxes. An
	// error says what is missing; it does no I/O.
	Make func(in Input) ([]store.Mutation, error)
}

// Field is a text that the user gives.
type Field struct {
	Name, Hint, Value string
	Choices           []string // what may be chosen with up and down; nil is any text
	Lines             bool     // the text may have several lines
}

// Box is something that is done or not.
type Box struct {
	Says string
	Set  bool
}

// Reason says whether a change asks why.
type Reason int

// Whether a change asks why.
const (
	NoReason Reason = iota
	AskReason
	NeedReason
)

// Input is what stands in a dialog, in the order of its fields and boxes.
type Input struct {
	Texts []string
	Set   []bool
}

// Writes are the means by which a session changes its store; without a Writer it is
// read-only.
type Writes struct {
	Writer store.Writer
	Author store.Author
	Hooks  []store.Subscriber
	// Editor is the user's program for texts, with its arguments; "" where there is
	// none, or where the user sits at another machine.
	Editor string
	// Look compares what arrived for a monitor, records it and says what it found; nil
	// where the session may not.
	Look func(ctx context.Context, m store.Monitor) (says string, err error)
	// Deliver sends what a change left in the outbox; nil leaves that to others.
	Deliver func(ctx context.Context)
}

// Small is a dialog that does not need all the room there is.
type Small interface{ Wants(width int) (height int) }

// Changed is told to all views when a change was made here.
type Changed struct{ Receipt store.Receipt }
