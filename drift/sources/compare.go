package sources

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"benchside/drift"
	"benchside/drift/inputs"
)

// Question is what is to be compared, and how.
type Question struct {
	Name               string // of the report; "" for none
	Reference, Current string // see Names
	Columns            []string
	Ignore             []string
	Roles              inputs.Roles // that the user gives
	Guess              bool         // the roles that the user does not give, by names and the model's signature
	Rows               int          // kept of a side; 0 means as many as memory is meant for
	First              bool         // the first rows of a side that is longer, not a random choice
	Options            drift.Options
	Now                time.Time // that the report is of
	Version            string    // of benchside
}

// side is one of the two samples.
type side struct {
	data  *Data
	table inputs.Table
	err   error
}

// Compare reads both samples, at the same time, and compares them.
func (f Finder) Compare(ctx context.Context, q Question) (_ drift.Report, err error) {
	ref, err := f.Open(ctx, q.Reference)
	if err != nil {
		return drift.Report{}, err
	}
	defer func() { err = errors.Join(err, ref.Close()) }()
	cur, err := f.Open(ctx, q.Current)
	if err != nil {
		return drift.Report{}, err
	}
	defer func() { err = errors.Join(err, cur.Close()) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	before := make(chan side, 1)
	go func() {
		s := q.read(ctx, ref)
		if s.err != nil {
			stop()
		}
		before <- s
	}()
	now := q.read(ctx, cur)
	if now.err != nil {
		stop()
	}
	old := <-before
	if err := firstCause(old.err, now.err); err != nil {
		return drift.Report{}, err
	}
	return q.compare(ctx, old, now)
}

// firstCause is the error that ended both sides, not that one was ended.
func firstCause(a, b error) error {
	if a == nil || errors.Is(a, context.Canceled) && b != nil {
		return b
	}
	return a
}

func (q *Question) read(ctx context.Context, d *Data) side {
	t, err := d.Read(ctx, inputs.Options{Columns: q.columns(), Leave: q.Ignore, Rows: q.Rows, First: q.First})
	return side{d, t, err}
}

// columns are those that are asked for, and those that are needed to compare them.
func (q *Question) columns() []string {
	if q.Columns == nil {
		return nil
	}
	all := slices.Clone(q.Columns)
	for name := range q.Roles {
		all = append(all, name)
	}
	return append(append(all, q.Options.Slices...), q.Options.Groups...)
}

func (q *Question) compare(ctx context.Context, old, now side) (drift.Report, error) {
	roles, guessed, err := q.roles(old, now)
	if err != nil {
		return drift.Report{}, err
	}
	for _, s := range []side{old, now} {
		if err := inputs.Give(s.table.Columns, roles.of(s.table.Columns)); err != nil {
			return drift.Report{}, fmt.Errorf("read %s: %w", s.data.Name, err)
		}
	}
	r, err := drift.Compare(ctx, old.table.Columns, now.table.Columns, q.Options)
	if err != nil {
		return r, err
	}
	r.Engine.Version, r.Created = q.Version, q.Now.UTC().Truncate(time.Second)
	if q.Name != "" {
		r.Name = &q.Name
	}
	r.Sources.Reference, r.Sources.Current = old.source(), now.source()
	for _, s := range []side{old, now} {
		if s.data.URI != "" {
			r.Sources.Model = &s.data.URI
		}
	}
	notes := append(old.notes("reference"), now.notes("current")...)
	if guessed != "" {
		notes = append(notes, guessed)
	}
	r.Notes = append(notes, r.Notes...)
	r.ID, err = identity(r)
	return r, err
}

func (s side) source() drift.Source {
	out := s.data.Source
	out.Rows = s.table.Rows
	if out.Digest == "" {
		out.Digest = s.table.Digest
	}
	return out
}

func (s side) notes(called string) []string {
	var out []string
	for _, n := range s.table.Notes {
		out = append(out, called+": "+n)
	}
	return out
}

// identity names a report by what was compared, how and when.
func identity(r drift.Report) (string, error) {
	const letters = 26 // as many as a ULID has
	content, err := json.Marshal([]any{r.Created.UnixMilli(), r.Sources, r.Profile, r.Config})
	if err != nil {
		return "", fmt.Errorf("name the report: %w", err)
	}
	sum := sha256.Sum256(content)
	return base32.StdEncoding.EncodeToString(sum[:])[:letters], nil
}

// given are roles, of which each side has some columns.
type given inputs.Roles

// of are the roles of columns that a table has.
func (g given) of(columns []drift.Column) inputs.Roles {
	out := inputs.Roles{}
	for name, role := range g {
		if has(columns, name) {
			out[name] = role
		}
	}
	return out
}

func has(columns []drift.Column, name string) bool {
	return slices.ContainsFunc(columns, func(c drift.Column) bool { return c.Name == name })
}

// roles are those that the user gave and, for what is left, those that are guessed;
// what was guessed is said in a note.
func (q *Question) roles(old, now side) (given, string, error) {
	all := given{}
	taken := map[drift.Role]bool{}
	for name, role := range q.Roles {
		if !has(old.table.Columns, name) && !has(now.table.Columns, name) {
			return nil, "", fmt.Errorf("%w: %q, which is to be the %s", inputs.ErrNoColumn, name, role)
		}
		all[name], taken[role] = role, true
	}
	if !q.Guess {
		return all, "", nil
	}
	model := now.data.Model
	if model == nil {
		model = old.data.Model
	}
	byNow, byOld := inputs.Guess(now.table.Columns, model), inputs.Guess(old.table.Columns, model)
	var said []string
	for _, s := range []struct {
		guess, other inputs.Roles
		columns      []drift.Column // of the other side
	}{{byNow, byOld, old.table.Columns}, {byOld, byNow, now.table.Columns}} {
		for _, name := range slices.Sorted(maps.Keys(s.guess)) {
			role := s.guess[name]
			_, known := all[name]
			agreed := s.other[name] == role || !has(s.columns, name)
			if known || taken[role] || !agreed {
				continue
			}
			all[name] = role
			taken[role] = role != drift.ID // of which there may be several
			said = append(said, role.String()+" "+name)
		}
	}
	if len(said) == 0 {
		return all, "", nil
	}
	return all, "roles by name: " + strings.Join(said, ", "), nil
}
