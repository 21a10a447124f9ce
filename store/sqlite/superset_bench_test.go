package sqlite

import (
	"context"
	"syscall"
	"testing"
	"time"

	"benchside/store"
	"benchside/store/search"
)

// constructs are filters of every construct of search.Read, on the runs of
// BENCHSIDE_BIG.
var constructs = []struct{ name, filter string }{
	{"Equal", "params.optimizer = 'adam'"},
	{"Or", "params.optimizer = 'adam' or metrics.`val/auc` > 0.9"},
	{"OrOfSix", "params.optimizer = 'adam' or params.optimizer = 'sgd' or params.lr = '1' or params.lr = '2' or tags.team = 'x' or metrics.`val/loss` < 0.1"},
	{"Not", "not params.optimizer = 'adam'"},
	{"Nested", "(params.optimizer = 'adam' or status = 'FAILED') and not (metrics.`val/auc` > 0.9 or depth = 0)"},
	{"IsNull", "metrics.`val/auc` is null"},
	{"AttributeIsNull", "end_time is null"},
	{"RegexParam", "params.optimizer ~ '^ad'"},
	{"RegexName", "run_name ~ '[0-9]7$'"},
	{"Between", "metrics.`val/auc` between 0.5 and 0.6"},
	{"Since", "start_time > -2d"},
	{"Date", "start_time >= '2024-01-01'"},
	{"NumericParam", "params.lr > 0.01"},
	{"NumericOr", "params.lr > 0.01 or params.lr < 0.001"},
	{"Min", "min(metrics.`val/auc`) < 0.5"},
	{"Max", "max(metrics.`val/auc`) > 0.9"},
	{"Mean", "mean(metrics.`val/auc`) > 0.7"},
	{"First", "first(metrics.`val/auc`) > 0.5"},
	{"Last", "metrics.`val/auc`.last > 0.9"},
	{"Count", "count(metrics.`val/auc`) > 5"},
	{"MinBesideParam", "min(metrics.`val/auc`) < 0.5 and params.optimizer = 'adam' and depth = 2"},
	{"Parent", "parent = 'none of these'"},
	{"HasParent", "parent is not null"},
	{"Depth", "depth = 1"},
	{"WordRare", "zzzz"},
	{"WordCommon", "adam"},
	{"WordShort", "'a'"},
	{"WordAndParam", "adam and params.lr > 0.01"},
	{"InTexts", "params.optimizer in ('adam', 'sgd')"},
	{"ILikeName", "run_name ilike '%99%'"},
}

// used is the time of the processor so far, which other programs change less than they
// do the time on the clock.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkConstructs(b *testing.B) {
	d := big(b)
	for _, c := range constructs {
		f, err := search.Read(c.filter, search.Runs)
		if err != nil {
			b.Fatal(err)
		}
		for limit, name := range map[int]string{0: "All", 100: "100"} {
			b.Run(c.name+name, func(b *testing.B) {
				n := 0
				cpu := used()
				for b.Loop() {
					ids, err := d.Match(context.Background(), store.RunQuery{Filter: f, Limit: limit})
					if err != nil {
						b.Fatal(err)
					}
					n = len(ids)
				}
				b.ReportMetric(float64(n), "runs")
				b.ReportMetric((used()-cpu).Seconds()*1e3/float64(b.N), "cpu-ms/op")
			})
		}
	}
}
