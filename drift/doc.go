// Package drift compares two samples of a data set column by column and says how
// far apart they are, by the test that a profile chooses. It reads no files and
// knows no runs: callers bring the numbers.
package drift
