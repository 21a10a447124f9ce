package sqlite

import (
	"slices"

	"benchside/store"
	"benchside/store/ledger"
)

// The tables of MLflow's registry that are written.
func registeredRows() kind {
	return kind{"registered_models", []string{"name"}, "name"}
}

func modelTagRows() kind {
	return kind{"registered_model_tags", []string{"name", "key"}, "name"}
}

func aliasRows() kind {
	return kind{"registered_model_aliases", []string{"name", "alias"}, "name"}
}

func versionRows() kind {
	return kind{"model_versions", []string{"name", "version"}, "name"}
}

func versionTagRows() kind {
	return kind{"model_version_tags", []string{"name", "version", "key"}, "name"}
}

// The tables of MLflow's runs and experiments that are written. What others log is
// no business of the ledger, so no model is looked at for them.
func experimentRows() kind { return kind{"experiments", []string{"experiment_id"}, ""} }

func experimentTagRows() kind { return kind{"experiment_tags", []string{"experiment_id", "key"}, ""} }
func rowsOfRuns() kind        { return kind{"runs", []string{"run_uuid"}, ""} }
func runTagRows() kind        { return kind{"tags", []string{"run_uuid", "key"}, ""} }
func assessmentRows() kind    { return kind{"assessments", []string{"assessment_id"}, ""} }

// tracking are the kinds of runs and experiments, parents before children.
func tracking() []kind {
	return []kind{experimentRows(), rowsOfRuns(), experimentTagRows(), runTagRows(), assessmentRows()}
}

// The tables of benchside that an undo brings back, too.
func requestRows() kind { return kind{"benchside_requests", []string{"id"}, "model"} }
func commentRows() kind { return kind{"benchside_comments", []string{"id"}, "model"} }
func ruleRows() kind    { return kind{"benchside_rules", []string{"model", "stage"}, "model"} }
func cardRows() kind    { return kind{"benchside_cards", []string{"id"}, "model"} }

// registry are the kinds that are MLflow's, parents before children.
func registry() []kind {
	return []kind{registeredRows(), versionRows(), modelTagRows(), aliasRows(), versionTagRows()}
}

// governance are the kinds that are benchside's.
func governance() []kind { return []kind{requestRows(), commentRows(), ruleRows(), cardRows()} }

// kinds are all that a line of the ledger may tell of, parents before children.
func kinds() []kind { return slices.Concat(registry(), tracking(), governance(), watching()) }

func inRegistry(table string) bool {
	return slices.ContainsFunc(registry(), func(k kind) bool { return k.table == table })
}

// format is the version of benchside's own tables, which the head of the ledger
// names.
const format = 1

// definitions make benchside's tables. MLflow's migrations rebuild tables of
// their own and leave these alone; so they name none of MLflow's. The triggers
// keep others and us from changing the ledger by mistake; who means to can drop
// them, which the hashes show.
func definitions() []string {
	return []string{
		`CREATE TABLE benchside_head (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL,
			lines INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL)`,
		`CREATE TABLE benchside_ledger (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, by_name TEXT NOT NULL,
			by_via TEXT NOT NULL, what TEXT NOT NULL, of_kind TEXT NOT NULL, of_name TEXT NOT NULL,
			of_version INTEGER NOT NULL, sentence TEXT NOT NULL, reason TEXT NOT NULL, changes TEXT NOT NULL,
			prev TEXT NOT NULL, hash TEXT NOT NULL)`,
		`CREATE INDEX benchside_ledger_of ON benchside_ledger (of_name, seq)`,
		`CREATE TRIGGER benchside_ledger_stays BEFORE DELETE ON benchside_ledger
			BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END`,
		`CREATE TRIGGER benchside_ledger_is_not_edited BEFORE UPDATE ON benchside_ledger
			BEGIN SELECT RAISE(ABORT, 'the ledger is only ever added to'); END`,
		`CREATE TABLE benchside_seen (model TEXT NOT NULL, tbl TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
			PRIMARY KEY (model, tbl, key)) WITHOUT ROWID`,
		`CREATE TABLE benchside_requests (id INTEGER PRIMARY KEY, model TEXT NOT NULL, version INTEGER NOT NULL,
			from_stage TEXT NOT NULL, to_stage TEXT NOT NULL, archive INTEGER NOT NULL, by_name TEXT NOT NULL,
			at INTEGER NOT NULL, reason TEXT NOT NULL, state TEXT NOT NULL, decided_by TEXT NOT NULL,
			decided_at INTEGER, comment TEXT NOT NULL)`,
		`CREATE INDEX benchside_requests_of ON benchside_requests (model, version)`,
		`CREATE TABLE benchside_comments (id INTEGER PRIMARY KEY, model TEXT NOT NULL, version INTEGER NOT NULL,
			by_name TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL)`,
		`CREATE INDEX benchside_comments_of ON benchside_comments (model, version)`,
		`CREATE TABLE benchside_rules (model TEXT NOT NULL, stage TEXT NOT NULL, approval INTEGER NOT NULL,
			gate INTEGER NOT NULL, PRIMARY KEY (model, stage))`,
		`CREATE TABLE benchside_cards (id INTEGER PRIMARY KEY, model TEXT NOT NULL, version INTEGER NOT NULL,
			stage TEXT NOT NULL, against INTEGER NOT NULL, by_name TEXT NOT NULL, at INTEGER NOT NULL,
			verdict TEXT NOT NULL, checks TEXT NOT NULL)`,
		`CREATE INDEX benchside_cards_of ON benchside_cards (model, version)`,
		`CREATE TABLE benchside_outbox (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, line INTEGER NOT NULL,
			entity TEXT NOT NULL, action TEXT NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL, kind TEXT NOT NULL,
			recipient TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next INTEGER, changed INTEGER,
			answer TEXT NOT NULL, replay_of TEXT NOT NULL)`,
		`CREATE INDEX benchside_outbox_state ON benchside_outbox (state, next)`,
		`CREATE TABLE benchside_jobs (id INTEGER PRIMARY KEY, hook TEXT NOT NULL, delivery TEXT NOT NULL,
			event TEXT NOT NULL, of_kind TEXT NOT NULL, of_name TEXT NOT NULL, of_version INTEGER NOT NULL,
			command TEXT NOT NULL, state TEXT NOT NULL, asked INTEGER NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
			created INTEGER, started INTEGER, ended INTEGER, exit INTEGER NOT NULL, log TEXT NOT NULL, says TEXT NOT NULL)`,
		`INSERT INTO benchside_head (id, format, lines, hash, at) VALUES (1, 1, 0, '', 0)`,
	}
}

const (
	readHeadRow  = `SELECT format, lines, hash, at FROM benchside_head WHERE id = 1`
	writeHeadRow = `UPDATE benchside_head SET lines = ?, hash = ?, at = ? WHERE id = 1`
)

// keep makes benchside's tables if they are not there, and returns how far the
// ledger goes.
func (t *tx) keep() (ledger.Chain, error) {
	if !t.has("benchside_head") {
		for _, d := range definitions() {
			if err := t.exec(d); err != nil {
				return ledger.Chain{}, err
			}
		}
		return ledger.Chain{}, t.learn()
	}
	head, found, err := readChain(t.query, readHeadRow)
	switch {
	case err != nil:
		return head, err
	case !found:
		return head, refuse(store.ErrBroken, "the head of the ledger is missing: nothing is added to a ledger that cannot be verified")
	}
	return head, nil
}
