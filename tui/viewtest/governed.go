package viewtest

import (
	"fmt"
	"strings"

	"benchside/store"
	"benchside/store/memory"
)

// Governed is Small with a model whose versions are moved, and a ledger and requests
// about it: lines of several people, what others changed and nobody recorded, requests
// of the user and of others, and texts that are hostile.
func Governed() memory.Records {
	r := Small()
	r.Registered = []store.RegisteredModel{{
		Name: "churn", Created: Ago(70 * day), Updated: Ago(120), Tags: map[string]string{"team": "growth"}, Description: "who leaves",
		Aliases: []store.Alias{{Name: "champion", Version: 3}},
	}, {Name: "idle", Created: Ago(3 * day)}}
	for i, of := range []struct{ stage, run string }{
		{store.StageArchived, "f0000001"},
		{store.StageArchived, "f0000008"},
		{store.StageProduction, "f0000004"},
		{store.StageStaging, "ca170007"},
		{store.StageNone, "b01d0012"},
		{store.StageNone, "eee00019"},
	} {
		r.Versions = append(r.Versions, store.ModelVersion{
			Name: "churn", Version: int64(i + 1), Stage: of.stage, RunID: of.run, Source: "runs:/" + of.run + "/model", Created: Ago((60 - 9*i) * day), Status: "READY",
		})
	}
	r.Governed = memory.Governed{
		Lines: ledger(), Rules: map[string][]store.Rule{},
		Unrecorded: []store.Line{{At: Ago(2), What: store.Observed, Of: store.Subject{Kind: store.ModelSubject, Name: "churn"}, Sentence: "churn: v4 moved from None to Staging"}},
		Requests: []store.Request{
			{ID: 1, Model: "churn", Version: 4, From: "None", To: store.StageStaging, By: "grace", At: Ago(9 * day), State: store.Approved, DecidedBy: "ada", Decided: Ago(8 * day), Comment: "looks well"},
			{ID: 2, Model: "churn", Version: 5, From: "None", To: store.StageProduction, ArchiveExisting: true, By: "grace", At: Ago(2 * day), Reason: "better on the new month", State: store.Waiting},
			{ID: 3, Model: "churn", Version: 4, From: store.StageStaging, To: store.StageProduction, By: "ada", At: Ago(90), State: store.Waiting},
			{ID: 4, Model: "churn", Version: 1, From: store.StageArchived, To: "None", By: "eve\x1b[2J", At: Ago(30), Reason: "\u202eevil\x07", State: store.Waiting},
		},
	}
	return r
}

// ledger is that of Governed.
func ledger() (lines []store.Line) {
	add := func(minutes int, by, what, says, why string, version int64, changes ...store.RowChange) {
		n := len(lines) + 1
		of := store.Subject{Kind: store.VersionSubject, Name: "churn", Version: version}
		if version == 0 {
			of = store.Subject{Kind: store.ModelSubject, Name: "churn"}
		}
		lines = append(lines, store.Line{
			Seq: int64(n), At: Ago(minutes), By: store.Author{Name: by, Via: "tui"}, What: what, Of: of, Sentence: says, Reason: why,
			Changes: changes, Hash: strings.Repeat(fmt.Sprint(n), 64),
		})
	}
	stage := func(version int64, from, to string) store.RowChange {
		return store.RowChange{
			Table: "model_versions", Key: map[string]any{"name": "churn", "version": version},
			Before: map[string]any{"current_stage": from, "last_updated_time": int64(1)}, After: map[string]any{"current_stage": to, "last_updated_time": int64(2)},
		}
	}
	add(40*day, "ada", store.Observed, "churn: first seen, with 3 versions", "", 0)
	add(35*day, "ada", "move_stage", "move churn v3 from Staging to Production and archive v2", "quarterly release", 3, stage(3, "Staging", "Production"), stage(2, "Production", "Archived"))
	add(34*day, "grace", "set_alias", "point alias champion to churn v3", "", 3, store.RowChange{
		Table: "registered_model_aliases", Key: map[string]any{"alias": "champion", "name": "churn"}, After: map[string]any{"version": int64(3)},
	})
	add(60, "eve\x1b[2J", "tag_version", "tag churn v4 with note = \x1b]0;x\x07\u202e", "a\nb", 4, store.RowChange{
		Table: "model_version_tags", Key: map[string]any{"key": "note", "name": "churn", "version": int64(4)}, After: map[string]any{"value": "\x1b]0;x\x07\u202e"},
	})
	return lines
}
