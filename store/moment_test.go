package store

import (
	"testing"
	"time"
)

func TestATimeThatIsNamed(t *testing.T) {
	zone := time.FixedZone("UTC+2", 2*60*60)
	for words, want := range map[string]string{
		"2026-05-01":                "2026-05-01T21:59:59.999Z",
		"2026-05-01 14:30":          "2026-05-01T12:30:59.999Z",
		"2026-05-01 14:30:05":       "2026-05-01T12:30:05.999Z",
		"2026-05-01T14:30:05Z":      "2026-05-01T14:30:05Z",
		"2026-05-01T14:30:05-07:00": "2026-05-01T21:30:05Z",
		"2026-02-30":                "",
		"yesterday":                 "",
		"":                          "",
	} {
		got, err := Until(words, zone)
		if (err != nil) != (want == "") {
			t.Errorf("%q: got %v", words, err)
		}
		if said := got.Time().UTC().Format(time.RFC3339Nano); err == nil && said != want {
			t.Errorf("%q: got %s, want %s", words, said, want)
		}
	}
}
