package words_test

import (
	"io"
	"testing"

	"benchside/drift"
	"benchside/drift/words"
)

// FuzzText writes whatever can be read as a report.
func FuzzText(f *testing.F) {
	f.Add([]byte(`{"schema":"benchside-drift-report/1","features":[{"name":"a","status":"drift","histogram":{"edges":[1,1,2],"reference":[0,1],"current":[3,0]},` +
		`"measures":{"new_labels":["x"],"ks":{"statistic":1}},"windows":[{"label":"w","rows":-1}],"test":{"name":"ks","is_p_value":true,"score":0}}]}`))
	f.Add([]byte(`{"schema":"benchside-drift-report/1","sources":{"reference":{"run_id":"\u00e9\u00e9\u00e9\u00e9\u00e9"}},"quality":{"task":"binary","reference":{"n":1,"recall":1},"windows":[{"n":9,"recall":0}]},` +
		`"features":[{"role":"target","shapes":{"reference":{"edges":[-1e308,1e308],"shares":[1]},"current":{"edges":[0,0],"shares":[1]}}}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := drift.Read(content)
		if err != nil {
			return
		}
		for _, width := range []int{0, 30} {
			if err := words.Text(io.Discard, r, width); err != nil {
				t.Fatal(err)
			}
			for _, finding := range r.Features {
				if err := words.Drill(io.Discard, finding, width); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := words.Markdown(io.Discard, r); err != nil {
			t.Fatal(err)
		}
	})
}
