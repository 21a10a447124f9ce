package sqlite

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tables are the rows of a store by table, and by their primary key.
type tables map[string]map[string]tableRow

type tableRow struct {
	key    []string
	values map[string]any
}

// dump reads all rows of a store but those of benchside.
func dump(t *testing.T, path string) tables {
	t.Helper()
	return dumped(t, path, func(table string) bool { return !strings.HasPrefix(table, "benchside_") })
}

func dumped(t *testing.T, path string, wanted func(table string) bool) tables {
	t.Helper()
	db := writer(t, path)
	defer db.Close()
	all := tables{}
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`) {
		if !wanted(table) {
			continue
		}
		key := column(t, db, `SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`, table)
		all[table] = map[string]tableRow{}
		for _, r := range allRows(t, db, table) {
			if len(key) == 0 {
				key = sortedKeys(r)
			}
			all[table][keyText(key, r)] = tableRow{key, r}
		}
	}
	return all
}

func keyText(key []string, r map[string]any) string {
	var parts []string
	for _, c := range key {
		parts = append(parts, fmt.Sprintf("%T %v", r[c], r[c]))
	}
	return strings.Join(parts, "\x1f")
}

func allRows(t *testing.T, db *sql.DB, table string) []map[string]any {
	t.Helper()
	rows, err := db.Query(`SELECT * FROM "` + table + `"`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for rows.Next() {
		values, to := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		r := map[string]any{}
		for i, n := range names {
			r[n] = values[i]
			if b, ok := values[i].(bool); ok { // the driver's reading of a column declared so
				r[n] = integer(b)
			}
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// rowChange is what became of one row, as the golden diffs have it.
type rowChange struct {
	Table string            `json:"table"`
	Op    string            `json:"op"`
	PK    map[string]any    `json:"pk"`
	Row   map[string]any    `json:"row,omitempty"`
	Set   map[string][2]any `json:"set,omitempty"`
}

func (c rowChange) String() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// diffed says how the rows differ, one change a line, sorted.
func diffed(before, after tables) []string {
	var all []string
	for _, table := range slices.Compact(slices.Sorted(slices.Values(append(sortedKeys(before), sortedKeys(after)...)))) {
		b, a := before[table], after[table]
		for _, k := range slices.Compact(slices.Sorted(slices.Values(append(sortedKeys(b), sortedKeys(a)...)))) {
			was, there := b[k]
			is, here := a[k]
			c := rowChange{Table: table, Op: "update", PK: map[string]any{}, Set: map[string][2]any{}}
			switch {
			case !there:
				c.Op, c.Row, c.Set = "insert", is.values, nil
				was = is
			case !here:
				c.Op, c.Row, c.Set = "delete", was.values, nil
			default:
				for column, v := range is.values {
					if fmt.Sprintf("%T %v", v, v) != fmt.Sprintf("%T %v", was.values[column], was.values[column]) {
						c.Set[column] = [2]any{was.values[column], v}
					}
				}
				if len(c.Set) == 0 {
					continue
				}
			}
			for _, column := range was.key {
				c.PK[column] = was.values[column]
			}
			all = append(all, c.String())
		}
	}
	slices.Sort(all)
	return all
}

var milliseconds = regexp.MustCompile(`\b[0-9]{13}\b`)

// atNow writes the moments from since on as the golden diffs do.
func atNow(lines []string, since time.Time) []string {
	var all []string
	for _, l := range lines {
		all = append(all, milliseconds.ReplaceAllStringFunc(l, func(s string) string {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil || n < since.UnixMilli() || n > time.Now().UnixMilli() {
				return s
			}
			return `"<now>"`
		}))
	}
	slices.Sort(all)
	return all
}
