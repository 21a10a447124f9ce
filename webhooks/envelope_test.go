package webhooks

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// recorded is a request that MLflow's server sent to a receiver, with the secret
// s3cret.
type recorded struct {
	After   string            `json:"after"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func recordings(t testing.TB) []recorded {
	t.Helper()
	content, err := os.ReadFile("testdata/deliveries.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func parsed(t testing.TB, body string) Envelope {
	t.Helper()
	var e struct {
		Entity, Action, Timestamp string
		Data                      json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, e.Timestamp)
	if err != nil {
		t.Fatal(err)
	}
	return Envelope{e.Entity, e.Action, at, e.Data}
}

func TestBodyAndSignatureAreThoseOfMLflowsServer(t *testing.T) {
	all := recordings(t)
	if len(all) != 8 {
		t.Fatalf("%d recordings, want 8", len(all))
	}
	for _, r := range all {
		e := parsed(t, r.Body)
		// However the data were written, they are sent as Python writes them.
		var compact strings.Builder
		if err := json.NewEncoder(&compact).Encode(e.Data); err != nil {
			t.Fatal(err)
		}
		e.Data = json.RawMessage(compact.String())
		body, err := e.Body()
		if err != nil || string(body) != r.Body {
			t.Errorf("%s: got %s, %v\nwant %s", r.After, body, err, r.Body)
		}
		at, err := strconv.ParseInt(r.Headers["X-MLflow-Timestamp"], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := Sign("s3cret", r.Headers["X-MLflow-Delivery-Id"], at, body), r.Headers["X-MLflow-Signature"]; got != want {
			t.Errorf("%s: signature %s, want %s", r.After, got, want)
		}
	}
}

func TestExamplesAreMLflows(t *testing.T) {
	for _, r := range recordings(t) {
		if r.After != "rest: test_webhook" {
			continue
		}
		at := parsed(t, r.Body).At
		h, err := Example("model_version.created", at)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := (Envelope{h.Entity, h.Action, at, h.Data}).Body(); err != nil || string(body) != r.Body {
			t.Errorf("got %s, %v\nwant %s", body, err, r.Body)
		}
	}
}

// The wants are what json.dumps(json.loads(text)) of Python 3.12 prints.
func TestDataAreSpelledAsPythonSpellsThem(t *testing.T) {
	for data, want := range map[string]string{
		`{}`:                                `{}`,
		`[]`:                                `[]`,
		`{"a":[1,2.50,-3e10,null,true]}`:    `{"a": [1, 2.50, -3e10, null, true]}`, // numbers are left alone
		" {\n\t\"a\" :\r 1 , \"b\":[ ]}":    `{"a": 1, "b": []}`,
		`{"z":1,"a":2}`:                     `{"z": 1, "a": 2}`,
		`"é日😀"`:                             `"\u00e9\u65e5\ud83d\ude00"`,
		`"\u00E9\uD83D\uDE00\ud800"`:        `"\u00e9\ud83d\ude00\ud800"`,
		`"\"\\\/\b\f\n\r\t\u0001\u007f\\u"`: `"\"\\/\b\f\n\r\t\u0001\u007f\\u"`,
		`"<&>\\u003c"`:                      `"<&>\\u003c"`,
		`"a: b, c"`:                         `"a: b, c"`,
		"\"\xff\"":                          `"\ufffd"`,
	} {
		if got := string(appendValue(nil, []byte(data))); got != want {
			t.Errorf("%s\n got %s\nwant %s", data, got, want)
		}
	}
	if _, err := (Envelope{Data: json.RawMessage(`{"a"`)}).Body(); err == nil {
		t.Error("data that are no JSON made a body")
	}
}

func TestTimesAreSpelledAsPythonSpellsThem(t *testing.T) {
	for want, at := range map[string]time.Time{
		"2026-11-23T22:17:02.983913+00:00": time.Date(2026, 11, 23, 22, 17, 2, 983913999, time.UTC),
		"2026-11-23T22:17:02.000001+00:00": time.Date(2026, 11, 23, 23, 17, 2, 1000, time.FixedZone("", 3600)),
		"2026-11-23T22:17:02+00:00":        time.Date(2026, 11, 23, 22, 17, 2, 999, time.UTC),
	} {
		if got := isoformat(at); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzBody(f *testing.F) {
	for _, r := range recordings(f) {
		f.Add("model_version", []byte(parsed(f, r.Body).Data))
	}
	f.Add("x\"\\", []byte(`{"a":"\ud83d\ude00\ud800é","b":[1,{"":"\\u003c"}]}`))
	f.Add("", []byte("\"\xff\\u12\""))
	f.Fuzz(func(t *testing.T, entity string, data []byte) {
		e := Envelope{entity, "set", time.Unix(1795472222, 0), data}
		body, err := e.Body()
		if err != nil {
			if json.Valid(data) {
				t.Fatalf("valid data: %v", err)
			}
			return
		}
		for _, c := range body {
			if c < ' ' || c > '~' {
				t.Fatalf("%q has a byte %#x", body, c)
			}
		}
		again, err := parsed(t, string(body)).Body()
		if err != nil || string(again) != string(body) {
			t.Fatalf("spelled again it is another:\n%s\n%s, %v", body, again, err)
		}
		if !utf8.Valid(data) || !utf8.ValidString(entity) {
			return
		}
		var before, after any
		if json.Unmarshal(data, &before) == nil && json.Unmarshal(parsed(t, string(body)).Data, &after) == nil {
			b, _ := json.Marshal(before)
			a, _ := json.Marshal(after)
			if string(a) != string(b) {
				t.Fatalf("the data say something else:\n%s\n%s", b, a)
			}
		}
	})
}

func FuzzSign(f *testing.F) {
	f.Add("s3cret", "id", int64(1), []byte("{}"))
	f.Fuzz(func(t *testing.T, secret, id string, at int64, body []byte) {
		s := Sign(secret, id, at, body)
		if !strings.HasPrefix(s, "v1,") || len(s) != 3+44 {
			t.Fatalf("%q is no signature", s)
		}
		if Sign(secret, id, at, append(body[:len(body):len(body)], 'x')) == s || Sign(secret, id, at+1, body) == s {
			t.Fatal("two bodies or times have one signature")
		}
	})
}
