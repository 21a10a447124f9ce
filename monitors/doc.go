// Package monitors watches where batches of data arrive, compares each with a
// reference and keeps what it found, once; it also logs a report to a run. It reads
// no file by itself and sends nothing: callers bring the reader, and what is told of
// an alert waits in the outbox.
package monitors
