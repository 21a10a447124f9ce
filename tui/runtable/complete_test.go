package runtable

import (
	"testing"

	"benchside/store"
)

func TestWhatIsTyped(t *testing.T) {
	for text, want := range map[string]typing{
		"metrics.va":                    {field: store.Field{Kind: store.MetricField}, part: "va", from: 8, to: 10},
		"metrics.`val/a":                {field: store.Field{Kind: store.MetricField}, part: "val/a", from: 8, to: 14},
		"params.lr = '0.0":              {field: store.Field{Kind: store.ParamField, Key: "lr"}, part: "0.0", from: 12, to: 16, value: true},
		"a = 'b' and tags.`x y` != \"q": {field: store.Field{Kind: store.TagField, Key: "x y"}, part: "q", from: 26, to: 28, value: true},
	} {
		if got, ok := typed(text); !ok || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "status = 'RUN", "metrics.auc > 0", "params.a = 'b' "} {
		if got, ok := typed(text); ok {
			t.Errorf("%q: got %+v, want nothing", text, got)
		}
	}
}
