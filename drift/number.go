package drift

import (
	"encoding/json"
	"math"
)

// Number is a number that may be undefined: NaN in Go, null in JSON. Infinities
// have no JSON and become null too.
type Number float64

// Defined says that there is a number.
func (n Number) Defined() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// IsZero leaves an undefined number out of JSON where that says so.
func (n Number) IsZero() bool { return !n.Defined() }

// MarshalJSON writes null for an undefined number.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Defined() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads null as an undefined number.
func (n *Number) UnmarshalJSON(content []byte) error {
	if string(content) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(content, (*float64)(n))
}
