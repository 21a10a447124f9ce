package sqlite

import (
	"context"
	"fmt"

	"benchside/store"
	"benchside/store/ledger"
)

// Write implements store.Writer.
func (d *DB) Write(ctx context.Context, i store.Intent) (store.Receipt, error) {
	var r store.Receipt
	err := d.transact(ctx, i.DryRun, i.Waiting, func(ctx context.Context, t *tx) error {
		r = store.Receipt{} // it may be the second try
		if err := t.prepare(ctx); err != nil {
			return err
		}
		for _, m := range i.Mutations {
			if err := t.mutate(ctx, i, m, &r); err != nil {
				return fmt.Errorf("%s: %w", m.Sentence(), err)
			}
		}
		return nil
	})
	if err != nil {
		return store.Receipt{}, err
	}
	return r, nil
}

// outcome is what a mutation came to.
type outcome struct {
	says    string // what was done, with what was found
	of      store.Subject
	renamed string
	events  []event
}

// mutate does one mutation, with its line in the ledger and its events.
func (t *tx) mutate(ctx context.Context, i store.Intent, m store.Mutation, r *store.Receipt) error {
	if o, ok := m.(store.Observe); ok {
		return t.observeAll(ctx, o.Model, r)
	}
	of, err := t.subject(ctx, m)
	if err != nil {
		return err
	}
	seen, err := t.observe(ctx, of.Name)
	if err != nil {
		return err
	}
	r.Observed = append(r.Observed, seen...)
	scope, err := t.scope(ctx, of, m)
	if err != nil {
		return err
	}
	before, err := partsOf(ctx, t.c, scope)
	if err != nil {
		return err
	}
	o, err := t.do(ctx, i, m)
	if err != nil {
		return err
	}
	after, err := partsOf(ctx, t.c, scope)
	if err != nil {
		return err
	}
	changes := ledger.Diff(before, after)
	if len(changes) == 0 {
		return nil
	}
	l, err := t.append(ctx, store.Line{
		By: i.By, What: m.Name(), Of: o.of, Sentence: o.says, Reason: i.Reason, Changes: changes,
	}, o.renamed)
	if err != nil {
		return err
	}
	r.Lines = append(r.Lines, l)
	for _, e := range o.events {
		n, err := t.tell(ctx, i.Hooks, l.Seq, e)
		if err != nil {
			return err
		}
		r.Events += n
	}
	return t.keepSeen(ctx, of.Name, o.renamed)
}

// keepSeen remembers what a mutation left of a model, under its new name too.
func (t *tx) keepSeen(ctx context.Context, names ...string) error {
	for _, name := range names {
		if name == "" {
			continue
		}
		now, err := partsOf(ctx, t.c, theirs(ofModel(name)))
		if err != nil {
			return err
		}
		if err := t.keep(ctx, name, now); err != nil {
			return err
		}
	}
	return nil
}

// subject is what a mutation changes, as the store knows it.
func (t *tx) subject(ctx context.Context, m store.Mutation) (store.Subject, error) {
	line := int64(0)
	switch m := m.(type) {
	case store.DecideRequest:
		row, ok, err := t.one(ctx, requestRow, m.Request)
		if err != nil || !ok {
			return m.Of, err
		}
		return aboutVersion(asText(row[0]), row[1].(int64)), nil
	case store.Undo:
		line = m.Line
	case store.RollBack:
		line = m.Line
	default:
		return m.Subject(), nil
	}
	l, err := t.line(ctx, line)
	return l.Of, err
}

// scope are the rows that a mutation about a subject may change.
func (t *tx) scope(ctx context.Context, of store.Subject, m store.Mutation) ([]slice, error) {
	parts := ofModel(of.Name)
	switch m := m.(type) {
	case store.RenameModel:
		parts = append(parts, ofModel(m.To)...)
	case store.RegisterVersion:
		if id, ok := loggedModel(m.Source); ok {
			parts = append(parts, slice{"logged_model_tags", "model_id", id})
		}
	case store.Undo:
		l, err := t.line(ctx, m.Line)
		if err != nil {
			return nil, err
		}
		for _, c := range l.Changes {
			switch {
			case c.Key["model_id"] != nil:
				parts = append(parts, slice{"logged_model_tags", "model_id", c.Key["model_id"]})
			case c.Key["name"] != nil && c.Key["name"] != l.Of.Name:
				parts = append(parts, ofModel(fmt.Sprint(c.Key["name"]))...)
			}
		}
	}
	return parts, nil
}

// do changes the rows.
func (t *tx) do(ctx context.Context, i store.Intent, m store.Mutation) (outcome, error) {
	switch m := m.(type) {
	case store.CreateModel:
		return t.createModel(ctx, m)
	case store.RenameModel:
		return t.renameModel(ctx, m)
	case store.DescribeModel:
		return t.describeModel(ctx, m)
	case store.TagModel:
		return t.tagModel(ctx, m)
	case store.UntagModel:
		return t.untagModel(ctx, m)
	case store.DeleteModel:
		return t.deleteModel(ctx, m)
	case store.RegisterVersion:
		return t.registerVersion(ctx, m)
	case store.DescribeVersion:
		return t.describeVersion(ctx, m)
	case store.TagVersion:
		return t.tagVersion(ctx, m)
	case store.UntagVersion:
		return t.untagVersion(ctx, m)
	case store.DeleteVersion:
		return t.deleteVersion(ctx, m)
	case store.SetAlias:
		return t.setAlias(ctx, m)
	case store.DeleteAlias:
		return t.deleteAlias(ctx, m)
	}
	return t.govern(ctx, i, m)
}

// govern does what stages and benchside's own tables are about.
func (t *tx) govern(ctx context.Context, i store.Intent, m store.Mutation) (outcome, error) {
	switch m := m.(type) {
	case store.MoveStage:
		return t.moveStage(ctx, m)
	case store.RequestStage:
		return t.requestStage(ctx, i, m)
	case store.DecideRequest:
		return t.decideRequest(ctx, i, m)
	case store.CommentVersion:
		return t.comment(ctx, i, m)
	case store.SetRule:
		return t.setRule(ctx, m)
	case store.RecordGate:
		return t.recordGate(ctx, m)
	case store.Undo:
		return t.undo(ctx, m)
	case store.RollBack:
		return t.rollBack(ctx, i, m)
	}
	return outcome{}, fmt.Errorf("%w: a mutation of kind %s", store.ErrUnsupported, m.Name())
}
