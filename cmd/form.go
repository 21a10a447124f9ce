package cmd

import (
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"benchside/store"
	"benchside/tui/widget"
)

// form is how an answer is printed.
type form int

const (
	plain form = iota // a table for people, which may be cut to the terminal
	asJSON
	asCSV
	asMarkdown
	asTeX
)

// formFlags are the forms that were asked for.
type formFlags struct{ json, csv, md, tex bool }

func (f *formFlags) add(c *cobra.Command) {
	p := c.Flags()
	p.BoolVar(&f.json, "json", false, "print JSON, which is stable")
	p.BoolVar(&f.csv, "csv", false, "print CSV")
	p.BoolVar(&f.md, "md", false, "print a Markdown table")
}

// form returns the one form that was asked for.
func (f formFlags) form() (form, error) {
	chosen, asked := plain, []string{}
	for _, o := range []struct {
		set  bool
		name string
		form form
	}{{f.json, "--json", asJSON}, {f.csv, "--csv", asCSV}, {f.md, "--md", asMarkdown}, {f.tex, "--tex", asTeX}} {
		if o.set {
			chosen, asked = o.form, append(asked, o.name)
		}
	}
	if len(asked) > 1 {
		return plain, usage("%s: choose one of them", strings.Join(asked, " and "))
	}
	return chosen, nil
}

// screenWidth returns the columns that a plain table may take: those of the
// terminal, or what COLUMNS says; 0 means no limit.
func (s *session) screenWidth() int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := s.out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		if width, _, err := term.GetSize(f.Fd()); err == nil {
			return width
		}
	}
	return 0
}

// decimal writes a number as JSON does, with the digits that it needs, and NaN
// and the infinities as the words that stand for them in JSON.
func decimal(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	case v != 0 && (math.Abs(v) < 1e-6 || math.Abs(v) >= 1e21):
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// short writes a number with the digits that people read, six.
func short(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return decimal(v)
	}
	return decimal(rounded(v))
}

func rounded(v float64) float64 {
	const digits = 6
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// moment writes a time for people, or for programs as RFC 3339 in UTC.
func (f form) moment(t store.Time) string {
	if f == asCSV && t.Set() {
		return t.Time().UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	return widget.Stamp(t)
}

// lasted writes the time from start to end for people, or for programs in
// seconds; it is empty while the end is not known.
func (f form) lasted(start, end store.Time) string {
	if !start.Set() || !end.Set() {
		return ""
	}
	if f == asCSV {
		d := time.Duration(end.Millis()-start.Millis()) * time.Millisecond
		return strconv.FormatFloat(d.Seconds(), 'f', 3, 64)
	}
	return widget.Lasted(start, end, 0)
}
