package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/mattn/go-sqlite3"
)

// mostStatements bounds the prepared statements of a connection, some 5 KB
// each.
const mostStatements = 64

// conn is one connection of the pool. It is the driver's own rather than one of
// database/sql, which costs two to three times as much for each row.
type conn struct {
	raw        *sqlite3.SQLiteConn
	file       *file
	opened     footing // what the file was like when it was opened
	statements map[string]*statement
}

type statement struct {
	raw  *sqlite3.SQLiteStmt
	args []driver.NamedValue
	row  []driver.Value
}

// query runs one statement to its end and hands each row to row, which must be
// quick: the read lock is held meanwhile. The slice v is used again for the next
// row, its values are not. Args are texts, integers, floats, bools, []byte and
// nil. LIKE minds case, as in MLflow's own sessions.
func (c *conn) query(ctx context.Context, sql string, args []any, row func(v []driver.Value) error) (err error) {
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	if err := s.bind(args); err != nil {
		return err
	}
	rows, err := s.raw.QueryContext(ctx, s.args)
	if err != nil {
		return err
	}
	defer func() {
		// Close resets the statement, which is what gives up the lock. After an
		// error of Next it repeats that error.
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	if s.row == nil {
		s.row = make([]driver.Value, len(rows.Columns()))
	}
	for {
		if err := rows.Next(s.row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := row(s.row); err != nil {
			return err
		}
	}
}

// exec runs one statement that answers no rows.
func (c *conn) exec(ctx context.Context, sql string, args ...any) error {
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	if err := s.bind(args); err != nil {
		return err
	}
	_, err = s.raw.ExecContext(ctx, s.args)
	return err
}

func (c *conn) prepare(sql string) (*statement, error) {
	if s, ok := c.statements[sql]; ok {
		return s, nil
	}
	if len(c.statements) >= mostStatements {
		for text, s := range c.statements {
			_ = s.raw.Close() // a statement at rest is closed without error
			delete(c.statements, text)
		}
	}
	raw, err := c.raw.Prepare(sql)
	if err != nil {
		return nil, err
	}
	s := &statement{raw: raw.(*sqlite3.SQLiteStmt)}
	c.statements[sql] = s
	return s, nil
}

func (s *statement) bind(args []any) error {
	s.args = s.args[:0]
	for i, a := range args {
		switch v := a.(type) {
		case int:
			a = int64(v)
		case nil, string, int64, float64, bool, []byte:
		default:
			return fmt.Errorf("bind value %d: a %T is no value of SQLite", i+1, a)
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return nil
}

// close cannot fail in a way that matters: a reader writes nothing, and a writer
// has committed or rolled back before.
func (c *conn) close() {
	for _, s := range c.statements {
		_ = s.raw.Close()
	}
	c.statements = nil
	_ = c.raw.Close()
	c.file.release()
}
