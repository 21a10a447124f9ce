// Package store is the vocabulary of an MLflow store: its records, the roles
// that a backend plays and the kinds of error it returns. It does no I/O and
// knows no SQL; the backends below it do.
package store
