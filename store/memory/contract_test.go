package memory_test

import (
	"slices"
	"testing"

	"benchside/store"
	"benchside/store/memory"
	"benchside/store/storetest"
)

func TestContract(t *testing.T) {
	facts := storetest.Load(t, "../../testdata/facts/lab.json.gz")
	r := memory.Records{
		Experiments: facts.Experiments,
		Histories:   map[string]map[string][]store.Point{},
		Inputs:      map[string][]store.Input{},
		Models:      map[string][]store.LoggedModel{},
		Registered:  facts.Registered,
		Versions:    facts.Versions,
	}
	for _, run := range slices.Backward(facts.Runs) {
		r.Runs = append(r.Runs, run.Run)
		r.Histories[run.ID], r.Inputs[run.ID], r.Models[run.ID] = run.History, run.Inputs, run.Models
	}
	storetest.Test(t, memory.New(r), facts)
}
