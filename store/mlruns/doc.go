// Package mlruns reads the file store of MLflow, a folder of small files that
// MLflow itself has retired. It writes nothing and follows no path out of that
// folder.
package mlruns
