package sqlite

import (
	"fmt"
	"regexp"

	"github.com/mattn/go-sqlite3"
)

// mostPatterns bounds the regular expressions that a connection keeps.
const mostPatterns = 16

// addRegexp gives a connection the function behind REGEXP, which SQLite leaves to
// others: RE2, whose time is linear in the text. NULL stands in no relation.
func addRegexp(raw *sqlite3.SQLiteConn) error {
	known := map[string]*regexp.Regexp{}
	err := raw.RegisterFunc("regexp", func(pattern string, value any) (any, error) {
		re, ok := known[pattern]
		if !ok {
			var err error
			if re, err = regexp.Compile(pattern); err != nil {
				return nil, err
			}
			if len(known) >= mostPatterns {
				clear(known)
			}
			known[pattern] = re
		}
		switch v := value.(type) {
		case string:
			return re.MatchString(v), nil
		case []byte: // nil for NULL
			if v == nil {
				return nil, nil
			}
			return re.Match(v), nil
		}
		return re.MatchString(fmt.Sprint(value)), nil
	}, true)
	if err != nil {
		return fmt.Errorf("add regular expressions to a connection: %w", err)
	}
	return nil
}
