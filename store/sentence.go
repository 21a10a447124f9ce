package store

import (
	"cmp"
	"fmt"
)

func model(name string) Subject { return Subject{Kind: ModelSubject, Name: name} }

func version(name string, number int64) Subject {
	return Subject{Kind: VersionSubject, Name: name, Version: number}
}

func (s Subject) String() string {
	if s.Kind == VersionSubject {
		return fmt.Sprintf("%s v%d", s.Name, s.Version)
	}
	return string(s.Kind) + " " + s.Name
}

// moving says what a move of a version does.
func moving(of Subject, from Seen[string], to string, archive bool) string {
	says := "move " + of.String()
	if from.There {
		says += " from " + from.Value
	}
	says += " to " + to
	if archive {
		says += " and archive the other versions in " + to
	}
	return says
}

// Subject implements Mutation.
func (m CreateModel) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m CreateModel) Name() string { return "create_model" }

// Sentence implements Mutation.
func (m CreateModel) Sentence() string {
	return "create model " + m.Model
}

// Subject implements Mutation.
func (m RenameModel) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m RenameModel) Name() string { return "rename_model" }

// Sentence implements Mutation.
func (m RenameModel) Sentence() string {
	return "rename model " + m.Model + " to " + m.To
}

// Subject implements Mutation.
func (m DescribeModel) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m DescribeModel) Name() string { return "describe_model" }

// Sentence implements Mutation.
func (m DescribeModel) Sentence() string {
	return "describe model " + m.Model
}

// Subject implements Mutation.
func (m TagModel) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m TagModel) Name() string { return "tag_model" }

// Sentence implements Mutation.
func (m TagModel) Sentence() string {
	return "tag model " + m.Model + " with " + m.Key + " = " + m.Value
}

// Subject implements Mutation.
func (m UntagModel) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m UntagModel) Name() string { return "untag_model" }

// Sentence implements Mutation.
func (m UntagModel) Sentence() string {
	return "take tag " + m.Key + " from model " + m.Model
}

// Subject implements Mutation.
func (m DeleteModel) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m DeleteModel) Name() string { return "delete_model" }

// Sentence implements Mutation.
func (m DeleteModel) Sentence() string {
	switch {
	case m.Versions.Looked && m.Versions.Value == 1:
		return "delete model " + m.Model + " with its one version, tags and aliases"
	case m.Versions.Looked:
		return fmt.Sprintf("delete model %s with its %d versions, tags and aliases", m.Model, m.Versions.Value)
	}
	return "delete model " + m.Model + " with its versions, tags and aliases"
}

// Subject implements Mutation.
func (m RegisterVersion) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m RegisterVersion) Name() string { return "register_version" }

// Sentence implements Mutation.
func (m RegisterVersion) Sentence() string {
	return "register " + m.Source + " as the next version of " + m.Model
}

// Subject implements Mutation.
func (m DescribeVersion) Subject() Subject { return version(m.Model, m.Version) }

// Name implements Mutation.
func (m DescribeVersion) Name() string { return "describe_version" }

// Sentence implements Mutation.
func (m DescribeVersion) Sentence() string {
	return "describe " + m.Subject().String()
}

// Subject implements Mutation.
func (m TagVersion) Subject() Subject { return version(m.Model, m.Version) }

// Name implements Mutation.
func (m TagVersion) Name() string { return "tag_version" }

// Sentence implements Mutation.
func (m TagVersion) Sentence() string {
	return "tag " + m.Subject().String() + " with " + m.Key + " = " + m.Value
}

// Subject implements Mutation.
func (m UntagVersion) Subject() Subject { return version(m.Model, m.Version) }

// Name implements Mutation.
func (m UntagVersion) Name() string { return "untag_version" }

// Sentence implements Mutation.
func (m UntagVersion) Sentence() string {
	return "take tag " + m.Key + " from " + m.Subject().String()
}

// Subject implements Mutation.
func (m DeleteVersion) Subject() Subject { return version(m.Model, m.Version) }

// Name implements Mutation.
func (m DeleteVersion) Name() string { return "delete_version" }

// Sentence implements Mutation.
func (m DeleteVersion) Sentence() string {
	return "delete " + m.Subject().String() + ", whose number is not given again"
}

// Subject implements Mutation.
func (m SetAlias) Subject() Subject { return version(m.Model, m.Version) }

// Name implements Mutation.
func (m SetAlias) Name() string { return "set_alias" }

// Sentence implements Mutation.
func (m SetAlias) Sentence() string {
	if m.From.There {
		return fmt.Sprintf("move alias %s of %s from v%d to v%d", m.Alias, m.Model, m.From.Value, m.Version)
	}
	return fmt.Sprintf("point alias %s to %s", m.Alias, m.Subject())
}

// Subject implements Mutation.
func (m DeleteAlias) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m DeleteAlias) Name() string { return "delete_alias" }

// Sentence implements Mutation.
func (m DeleteAlias) Sentence() string {
	return "take alias " + m.Alias + " from " + m.Model
}

// Subject implements Mutation.
func (m MoveStage) Subject() Subject { return version(m.Model, m.Version) }

// Name implements Mutation.
func (m MoveStage) Name() string { return "move_stage" }

// Sentence implements Mutation.
func (m MoveStage) Sentence() string {
	return moving(m.Subject(), m.From, m.To, m.ArchiveExisting)
}

// Subject implements Mutation.
func (m RequestStage) Subject() Subject { return version(m.Model, m.Version) }

// Name implements Mutation.
func (m RequestStage) Name() string { return "request_stage" }

// Sentence implements Mutation.
func (m RequestStage) Sentence() string {
	return "ask to " + moving(m.Subject(), m.From, m.To, m.ArchiveExisting)
}

// Subject implements Mutation.
func (m DecideRequest) Subject() Subject { return m.Of }

// Name implements Mutation.
func (m DecideRequest) Name() string { return "decide_request" }

// Sentence implements Mutation.
func (m DecideRequest) Sentence() string {
	does := map[Decision]string{Approved: "approve", Rejected: "reject", Cancelled: "cancel"}[m.Decision]
	return fmt.Sprintf("%s request %d about %s", does, m.Request, m.Of)
}

// Subject implements Mutation.
func (m CommentVersion) Subject() Subject { return version(m.Model, m.Version) }

// Name implements Mutation.
func (m CommentVersion) Name() string { return "comment_version" }

// Sentence implements Mutation.
func (m CommentVersion) Sentence() string {
	return "comment on " + m.Subject().String()
}

// Subject implements Mutation.
func (m SetRule) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m SetRule) Name() string { return "set_rule" }

// Sentence implements Mutation.
func (m SetRule) Sentence() string {
	switch r := m.Rule; {
	case r.NeedsApproval && r.NeedsGate:
		return m.Model + ": moving to " + r.Stage + " needs an approval by somebody else and a gate"
	case r.NeedsApproval:
		return m.Model + ": moving to " + r.Stage + " needs an approval by somebody else"
	case r.NeedsGate:
		return m.Model + ": moving to " + r.Stage + " needs a gate that passed"
	default:
		return m.Model + ": moving to " + r.Stage + " needs nothing"
	}
}

// Subject implements Mutation.
func (m RecordGate) Subject() Subject { return version(m.Card.Model, m.Card.Version) }

// Name implements Mutation.
func (m RecordGate) Name() string { return "record_gate" }

// Sentence implements Mutation.
func (m RecordGate) Sentence() string {
	return "keep the gate card of " + m.Subject().String() + " for " + m.Card.Stage
}

// Subject implements Mutation.
func (m Observe) Subject() Subject { return model(m.Model) }

// Name implements Mutation.
func (m Observe) Name() string { return "observe" }

// Sentence implements Mutation.
func (m Observe) Sentence() string {
	return "record what others changed in " + cmp.Or(m.Model, "all models")
}

// Subject implements Mutation.
func (m Undo) Subject() Subject { return m.Of }

// Name implements Mutation.
func (m Undo) Name() string { return "undo" }

// Sentence implements Mutation.
func (m Undo) Sentence() string {
	if m.Did != "" {
		return fmt.Sprintf("take back line %d: %s", m.Line, m.Did)
	}
	return fmt.Sprintf("take back line %d of the ledger", m.Line)
}

// Subject implements Mutation.
func (m RollBack) Subject() Subject { return m.Of }

// Name implements Mutation.
func (m RollBack) Name() string { return "roll_back" }

// Sentence implements Mutation.
func (m RollBack) Sentence() string {
	return fmt.Sprintf("roll %s back to what it was before line %d", m.Of, m.Line)
}
