// Package sqlite reads the SQLite store that MLflow's own client writes. It
// never migrates, creates or changes anything: it opens the file so that
// SQLite itself refuses a write, and holds no lock longer than a short read.
package sqlite
