package ledger

import (
	"fmt"
	"testing"

	"benchside/store"
)

func manyRows(n int) []store.RowChange {
	var all []store.RowChange
	for i := range n {
		all = append(all, store.RowChange{
			Table: tableVersions, Key: map[string]any{"name": "churn", "version": int64(i)},
			After: map[string]any{
				"name": "churn", "version": int64(i), "creation_time": int64(1767603968069), "last_updated_time": int64(1767603968069),
				"description": nil, "user_id": nil, "current_stage": "None", "source": fmt.Sprintf("models:/m-%032x", i), "run_id": "x",
				"status": "READY", "status_message": nil, "run_link": nil, "storage_location": "mlruns/1/models",
			},
		})
	}
	return all
}

func BenchmarkLedger(b *testing.B) {
	changes := manyRows(1000)
	text, err := Encode(changes)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			if _, err := Encode(changes); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if _, err := Decode(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("apply", func(b *testing.B) {
		for b.Loop() {
			if err := (Rows{}).Apply(changes); err != nil {
				b.Fatal(err)
			}
		}
	})
}
