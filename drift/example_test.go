package drift_test

import (
	"context"
	"fmt"

	"benchside/drift"
)

func ExampleCompare() {
	var before, now drift.Column
	before.Name, now.Name = "age", "age"
	colour := drift.Column{Name: "colour", Storage: drift.String}
	for i := range 200 {
		before.Numbers = append(before.Numbers, float64(20+i%40))
		now.Numbers = append(now.Numbers, float64(30+i%40))
		colour.Texts.Append([]byte{"rgb"[i%3]})
	}
	report, err := drift.Compare(context.Background(), []drift.Column{before, colour}, []drift.Column{now, colour}, drift.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict.Line)
	for _, f := range report.Features {
		fmt.Printf("%s: %s by %s, PSI %.2f\n", f.Name, f.Status, f.Test.Display, float64(f.Measures.PSI))
	}
	// Output:
	// DRIFT: 1 of 2 columns drift (share 0.50 >= 0.50)
	// age: drift by K-S p_value, PSI 3.56
	// colour: ok by chi-square p_value, PSI 0.00
}
