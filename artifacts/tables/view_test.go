package tables

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const mixed = `n,t,at
3,b,2024-01-02
10,a,2024-01-01
NaN,B,
,aa,2024-03-01
-inf,,2023-12-31 23:00:00
2.5,ä,2024-01-01 00:00:01
inf,"",2024-01-05
`

// column returns how one column of a table reads.
func column(t *testing.T, table Table, at int) string {
	t.Helper()
	var out []string
	for _, row := range texts(all(t, table)) {
		out = append(out, row[at])
	}
	return strings.Join(out, " ")
}

func TestSortingOrdersEachTypeAsItself(t *testing.T) {
	table := openBytes(t, "x.csv", []byte(mixed))
	for name, c := range map[string]struct {
		column     int
		descending bool
		want       string
	}{
		"numbers up, NaN and missing last":   {0, false, "4:-inf 2.5 3 10 3:inf 2:NaN ∅"},
		"numbers down, NaN and missing last": {0, true, "3:inf 10 3 2.5 4:-inf 2:NaN ∅"},
		"text by its bytes":                  {1, false, " B a aa b ä ∅"},
		"times":                              {2, true, "2024-03-01 2024-01-05 2024-01-02 2024-01-01 00:00:01 2024-01-01 2023-12-31 23:00:00 ∅"},
	} {
		sorted, err := Sort(context.Background(), table, c.column, c.descending)
		if err != nil {
			t.Fatal(err)
		}
		if got := column(t, sorted, c.column); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestIntegersBeyondFloatsAreOrderedExactly(t *testing.T) {
	table := openBytes(t, "x.csv", []byte("n\n9007199254740993\n9007199254740992\n-9007199254740993\n-9007199254740992\n"))
	sorted, err := Sort(context.Background(), table, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := column(t, sorted, 0), "-9007199254740993 -9007199254740992 9007199254740992 9007199254740993"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestConditions(t *testing.T) {
	table := openBytes(t, "x.csv", []byte(mixed))
	for text, want := range map[string]string{
		"n > 2.5":                      "3 10 3:inf",
		"n >= 2.5 and n < inf":         "3 10 2.5",
		"n != 3":                       "10 4:-inf 2.5 3:inf",
		"n is null":                    "∅",
		"n is not null AND n IS NAN":   "2:NaN",
		"n is inf":                     "4:-inf 3:inf",
		"n is number and n is not nan": "3 10 2.5",
		"n = '2.5'":                    "2.5",
		"t = 'a'":                      "10",
		"t > 'a'":                      "3 ∅ 2.5",
		"t = ''":                       "3:inf",
		"t is null":                    "4:-inf",
		"t ~ ^a":                       "10 ∅",
		"`t` !~ '^[ab]'":               "2:NaN 2.5 3:inf",
		`"at" >= '2024-01-02'`:         "3 ∅ 3:inf",
		"at = '2024-01-01T00:00:01Z'":  "2.5",
		"t > 3":                        "",
	} {
		c, err := ParseCondition(text, table.Columns())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		filtered, err := Filter(context.Background(), table, c)
		if err != nil {
			t.Fatal(err)
		}
		if got := column(t, filtered, 0); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestAConditionThatIsWrongSaysWhere(t *testing.T) {
	columns := []Column{{Name: "ä b"}, {Name: "n"}}
	for text, want := range map[string]string{
		"":                        "character 1: want a column",
		"x = 3":                   `there is no column "x"`,
		"n = ":                    "character 5: want a value",
		"n = 3 or n = 4":          `character 7: want and, not "or n = 4"`,
		"n = abc":                 "put text in single quotes",
		"n = 'abc":                "the quote ' is not closed",
		"n ~ '('":                 "the regular expression",
		"n is 3":                  "want null, nan, inf or number behind is",
		"n = nan":                 "look for nan with is nan",
		"\"ä b\" = 3 nd":          "character 11: want and",
		strings.Repeat("n", 5000): "longer than 4096 bytes",
		strings.Repeat("n = 1 and ", 70) + "n = 1": "more than 64 terms",
	} {
		_, err := ParseCondition(text, columns)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: got %v, want %q in it", text, err, want)
		}
	}
}

func TestViewsOfViewsGoTogether(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{"testdata/encodings_v1.parquet", "testdata/encodings_v2.parquet"} {
		table := openFile(t, name)
		c, err := ParseCondition("plain >= 500 and dictionary = 'w3'", table.Columns())
		if err != nil {
			t.Fatal(err)
		}
		filtered, err := Filter(ctx, table, c)
		if err != nil {
			t.Fatal(err)
		}
		sorted, err := Sort(ctx, filtered, 0, true)
		if err != nil {
			t.Fatal(err)
		}
		narrow, err := ParseCondition("plain < 990", table.Columns())
		if err != nil {
			t.Fatal(err)
		}
		last, err := Filter(ctx, sorted, narrow)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := last.Rows(ctx, []int{0, 1, 4}, 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, name, texts(rows), [][]string{{"976", "w3", "customer 00976"}, {"969", "w3", "customer 00969"}})
		if row, err := Picked(last, 1); row != 976 || err != nil {
			t.Errorf("%s: row 1 is row %d of the file, %v, want 976", name, row, err)
		}
		seen := 0
		err = last.Scan(ctx, []int{0}, 0, func(row int64, values []Value) (bool, error) {
			seen++
			return true, nil
		})
		if n, whole := last.Count(); err != nil || int64(seen) != n || !whole || n == 0 {
			t.Errorf("%s: scanned %d rows of %d: %v", name, seen, n, err)
		}
	}
}

// endless is a table of more rows than can be sorted.
type endless struct{ Table }

func (endless) Columns() []Column { return []Column{{Name: "n", Type: Integer}} }

func (endless) Count() (int64, bool) { return 0, false }

func (endless) Scan(_ context.Context, _ []int, _ int64, each Each) error {
	value := []Value{{Text: "1", Number: 1, Kind: Finite}}
	for row := int64(0); ; row++ {
		if more, err := each(row, value); err != nil || !more {
			return err
		}
	}
}

func TestBoundsOfViewsAreNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("it computes in one goroutine, which the race detector makes many times slower")
	}
	ctx := context.Background()
	for name, do := range map[string]func() error{
		"sort":   func() error { _, err := Sort(ctx, endless{}, 0, false); return err },
		"filter": func() error { _, err := Filter(ctx, endless{}, Condition{}); return err },
		"diff":   func() error { _, err := Diff(ctx, endless{}, endless{}, nil, 1); return err },
	} {
		if err := do(); !errors.Is(err, ErrTooBig) || !strings.Contains(err.Error(), fmt.Sprint(MostRows)) {
			t.Errorf("%s: got %v, want %v and the bound", name, err, ErrTooBig)
		}
	}
}

func TestASummaryTellsWhatIsMissingFromWhatIsNoNumber(t *testing.T) {
	table := openBytes(t, "x.csv", []byte(mixed))
	s, err := Summarise(context.Background(), table, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(s.Count, s.Missing, s.NaN, s.PosInf, s.NegInf, s.Numbers, s.Min, s.Max, s.Quartiles)
	if want := "7 1 1 1 1 3 2.5 10 [2.75 3 6.5]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s, err = Summarise(context.Background(), table, 1, nil)
	if err != nil || s.Texts != 6 || s.Missing != 1 || s.Distinct != 6 || s.First != "" || s.Last != "ä" {
		t.Errorf("text: got %+v, %v", s, err)
	}
}

func TestSummariesOfCSVAndParquetAgree(t *testing.T) {
	parquet := openFile(t, labFiles(t, "5/*/artifacts/data/reference.parquet")[0])
	csv := openFile(t, labFiles(t, "5/*/artifacts/data/reference.csv")[0])
	for i, c := range parquet.Columns() {
		a, err := Summarise(context.Background(), parquet, i, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Summarise(context.Background(), csv, i, nil)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(a) != fmt.Sprint(b) || a.Count != 2500 {
			t.Errorf("%s: got %+v and %+v", c.Name, a, b)
		}
	}
}

func TestTablesAreComparedByKeyOrByPlace(t *testing.T) {
	ctx := context.Background()
	a := openBytes(t, "a.csv", []byte("id,v,old\n1,1.0,x\n2,2,y\n3,3,z\n3,9,z\n5,,w\n"))
	b := openBytes(t, "b.csv", []byte("new,v,id\nq,1,1\nq,7,2\nq,4,4\nq,8,4\nq,NaN,5\n"))
	d, err := Diff(ctx, a, b, []string{"id"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "by key", d.Summary(), []string{
		"rows, by id: 1 added, 1 removed, 2 changed, 1 the same",
		"rows whose key was there before, left out: 1 of the first table, 1 of the second",
		"column v changed in 2 rows",
		"column old was removed (text)",
		"column new was added (text)",
	})
	var rows []string
	for _, r := range d.Rows {
		rows = append(rows, fmt.Sprint(r.Change, r.A, r.B, r.Columns))
	}
	expect(t, "rows", rows, []string{"2 1 1 [1]", "0 -1 2 []", "2 4 4 [1]", "1 2 -1 []"})

	d, err = Diff(ctx, a, b, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "by place", d.Summary()[0], "rows, by their place: 0 added, 0 removed, 4 changed, 1 the same")
	if len(d.Rows) != 1 || !d.Cut {
		t.Errorf("got %d rows, cut %t, want 1 of more", len(d.Rows), d.Cut)
	}
	if _, err := Diff(ctx, a, b, []string{"old"}, 1); err == nil {
		t.Error("a key that is in one table only is no error")
	}
}

func TestCSVAndParquetOfAMonthDoNotDiffer(t *testing.T) {
	for _, parquet := range labFiles(t, "5/*/artifacts/data/reference.parquet") {
		csv := strings.TrimSuffix(parquet, "parquet") + "csv"
		d, err := Diff(context.Background(), openFile(t, csv), openFile(t, parquet), []string{"customer_id"}, 5)
		if err != nil || d.Same != 2500 || d.Added+d.Removed+d.Changed != 0 {
			t.Errorf("got %+v, %v, want 2500 rows the same", d, err)
		}
	}
	months := labFiles(t, "5/*/artifacts/data/batch.parquet")
	d, err := Diff(context.Background(), openFile(t, months[0]), openFile(t, months[1]), nil, 5)
	if err != nil || d.Changed != 1200 {
		t.Errorf("two months by place: got %d rows changed, %v, want 1200", d.Changed, err)
	}
}

func FuzzFilter(f *testing.F) {
	f.Add("n > 2.5 and t ~ '^a' and `at` >= '2024-01-01' and n is not null")
	f.Add(`"n" = 'it''s' AND n !~ [a-z]+ and t is nan`)
	f.Add("n <= -inf and t != true")
	table, err := OpenCSV(context.Background(), strings.NewReader(mixed), int64(len(mixed)), ',')
	if err != nil {
		f.Fatal(err)
	}
	columns := table.Columns()
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(text, columns)
		if err != nil {
			return
		}
		filtered, err := Filter(context.Background(), table, c)
		if err != nil {
			t.Fatalf("%q was read, but: %v", text, err)
		}
		if n, _ := filtered.Count(); n > 7 {
			t.Errorf("%q keeps %d rows of 7", text, n)
		}
		if _, err := ParseCondition(c.String()+" and n is null", columns); err != nil && len(text) < 4000 && len(c.terms) < mostTerms {
			t.Errorf("%q was read, but not with a term more: %v", text, err)
		}
	})
}
