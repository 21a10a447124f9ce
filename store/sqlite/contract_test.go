package sqlite

import (
	"testing"

	"benchside/store/storetest"
)

func TestContract(t *testing.T) {
	storetest.Test(t, opened(t, labStore), storetest.Load(t, "../../testdata/facts/lab.json.gz"))
}
