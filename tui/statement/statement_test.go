package statement_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"benchside/store"
	"benchside/tui/statement"
	"benchside/tui/view"
	"benchside/tui/viewtest"
)

// explained is a database that answers one statement.
type explained struct {
	text string
	err  error
}

func (e explained) Statement(context.Context, store.RunQuery) (string, error) { return e.text, e.err }

func TestTheStatementIsShownWholeAndCanBeCopied(t *testing.T) {
	text := "SELECT r.run_uuid\nFROM runs r\nWHERE r.status = 'A" + "\x1b[2J" + "'\n  AND " + strings.Repeat("r.user_id = 'u' OR ", 20) + "1\nORDER BY r.run_uuid"
	s := viewtest.Start(t, statement.New(explained{text: text}, store.RunQuery{}, viewtest.Theme()), 60, 20)
	for _, want := range []string{"SELECT r.run_uuid", "'A␛[2J'", "  AND r.user_id", "ORDER BY"} {
		if got := s.Screen(); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	s.Press("y", "esc")
	if len(s.Asked) != 2 || s.Asked[0] != (view.Copy{Text: text + ";", What: "the statement"}) || s.Asked[1] != (view.Close{}) {
		t.Errorf("asked for %#v", s.Asked)
	}
	for _, size := range [][2]int{{40, 12}, {20, 5}, {3, 1}, {1, 1}} {
		s.Resize(size[0], size[1])
		s.Press("j", "pgdown", "k", "pgup")
	}
}

func TestAStoreThatIsNoDatabaseSaysSo(t *testing.T) {
	s := viewtest.Start(t, statement.New(explained{err: errors.New("no database")}, store.RunQuery{}, viewtest.Theme()), 40, 5)
	if got := s.Screen(); !strings.Contains(got, "no database") {
		t.Errorf("got\n%s", got)
	}
}
