package gates

import (
	"fmt"
	"strings"

	"benchside/store"
)

// Sign is how a verdict is drawn where there is no colour.
func Sign(v store.Verdict) string {
	return map[store.Verdict]string{
		store.Passed: "✓", store.Warned: "!", store.NotMet: "✗", store.Waived: "~", store.NotKnown: "?",
	}[v]
}

// Markdown writes a card for a pull request or a wiki. Texts of the store are
// escaped.
func Markdown(c store.GateCard) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s v%d → %s: %s\n\n", escape(c.Model), c.Version, c.Stage, c.Verdict)
	if c.Against > 0 {
		fmt.Fprintf(&b, "Against v%d, ", c.Against)
	}
	fmt.Fprintf(&b, "by %s, %s\n\n| | check | found | waived |\n|---|---|---|---|\n", escape(c.By), c.At.Time().Format("2006-01-02 15:04 MST"))
	for _, check := range c.Checks {
		waived := ""
		if check.Verdict == store.Waived {
			waived = escape(check.Reason) + " (" + escape(check.By) + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", Sign(check.Verdict), escape(check.Name), escape(check.Says), waived)
	}
	return b.String()
}

// escape keeps a text in its cell of a table and plain.
func escape(text string) string {
	return strings.NewReplacer(
		"\\", "\\\\", "|", "\\|", "\n", " ", "\r", " ", "*", "\\*", "_", "\\_", "`", "\\`", "<", "&lt;", "[", "\\[", "#", "\\#",
	).Replace(text)
}
