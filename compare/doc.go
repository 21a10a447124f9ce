// Package compare says how runs differ: a table of what they hold, statistics
// of replicates, importance of params, and what parted a run from a baseline.
// It reads no store and draws nothing, and it never guesses whether higher is
// better: callers bring the runs and the directions.
package compare
