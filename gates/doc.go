// Package gates checks a version of a model before it is promoted: the challenger
// beside the champion, on chosen metrics with their noise, with its signature, its
// data and who asks. It reads no store and moves nothing: callers bring the facts
// and act on the card.
package gates
