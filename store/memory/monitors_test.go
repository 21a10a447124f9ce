package memory_test

import (
	"testing"

	"benchside/store/memory"
	"benchside/store/storetest"
)

func TestMonitors(t *testing.T) {
	storetest.TestMonitors(t, func(*testing.T) storetest.Watching { return memory.New(memory.Records{}) })
}
