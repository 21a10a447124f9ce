package artifacts

import (
	"path"
	"strings"
)

// Form is what a file is made of.
type Form int

// The forms of files.
const (
	Unknown Form = iota // not looked at, and the name does not tell
	Empty
	Text
	Code
	Log
	JSON
	JSONL
	YAML
	TOML
	Markdown
	CSV
	TSV
	Parquet
	Table // JSON of mlflow.log_table or pandas' orient=split
	NPY
	NPZ
	PNG
	JPEG
	GIF
	WebP
	BMP
	SVG
	HTML
	Plotly
	Report // of a tool that watches data, such as Evidently
	PDF
	MLmodel
	Pickle
	Zip
	Gzip
	SQLite
	Binary
)

var forms = [...]string{
	"unknown", "empty", "text", "code", "log", "json", "jsonl", "yaml", "toml", "markdown", "csv", "tsv", "parquet",
	"mlflow table", "npy", "npz", "png", "jpeg", "gif", "webp", "bmp", "svg", "html", "plotly", "report", "pdf", "mlmodel",
	"pickle", "zip", "gzip", "sqlite", "binary",
}

// String names a form as people do.
func (f Form) String() string { return forms[f] }

// Kind is what a file is.
type Kind struct {
	Form Form
	// Of is the language of code, the tool of a report, the format inside a
	// binary or an archive, the encoding of a text that is not UTF-8.
	Of string
	In Form // JSON or HTML, which a plotly figure or a report is in; else Unknown
}

// String is the kind in words: "code (python)", "report (Evidently, html)".
func (k Kind) String() string {
	var more []string
	if k.Of != "" {
		more = append(more, k.Of)
	}
	if k.In != Unknown {
		more = append(more, k.In.String())
	}
	if more == nil {
		return k.Form.String()
	}
	return k.Form.String() + " (" + strings.Join(more, ", ") + ")"
}

// Picture reports whether the kind is one of pixels or vectors.
func (k Kind) Picture() bool {
	switch k.Form {
	case PNG, JPEG, GIF, WebP, BMP, SVG:
		return true
	}
	return false
}

// Textual reports whether the bytes are lines of text, whatever they mean.
func (k Kind) Textual() bool {
	switch k.Form {
	case Text, Code, Log, JSON, JSONL, YAML, TOML, Markdown, CSV, TSV, Table, SVG, HTML, Plotly, Report, MLmodel:
		return true
	}
	return false
}

// byExtension are kinds that a name promises.
var byExtension = map[string]Kind{
	".txt": {Form: Text}, ".log": {Form: Log}, ".out": {Form: Log}, ".err": {Form: Log},
	".json": {Form: JSON}, ".jsonl": {Form: JSONL}, ".ndjson": {Form: JSONL},
	".yaml": {Form: YAML}, ".yml": {Form: YAML}, ".toml": {Form: TOML},
	".md": {Form: Markdown}, ".markdown": {Form: Markdown},
	".csv": {Form: CSV}, ".tsv": {Form: TSV}, ".tab": {Form: TSV}, ".parquet": {Form: Parquet}, ".pq": {Form: Parquet},
	".npy": {Form: NPY}, ".npz": {Form: NPZ},
	".png": {Form: PNG}, ".jpg": {Form: JPEG}, ".jpeg": {Form: JPEG}, ".gif": {Form: GIF}, ".webp": {Form: WebP},
	".bmp": {Form: BMP}, ".svg": {Form: SVG}, ".html": {Form: HTML}, ".htm": {Form: HTML}, ".pdf": {Form: PDF},
	".pkl": {Form: Pickle}, ".pickle": {Form: Pickle}, ".joblib": {Form: Pickle},
	".zip": {Form: Zip}, ".skops": {Form: Zip, Of: "skops"}, ".gz": {Form: Gzip}, ".tgz": {Form: Gzip},
	".db": {Form: SQLite}, ".sqlite": {Form: SQLite}, ".sqlite3": {Form: SQLite},
	".bin": {Form: Binary}, ".onnx": {Form: Binary, Of: "onnx"}, ".pt": {Form: Zip, Of: "torch"}, ".pth": {Form: Zip, Of: "torch"},
	".h5": {Form: Binary, Of: "hdf5"}, ".hdf5": {Form: Binary, Of: "hdf5"}, ".safetensors": {Form: Binary, Of: "safetensors"},
	".py": code("python"), ".ipynb": {Form: JSON}, ".go": code("go"), ".sh": code("bash"), ".bash": code("bash"),
	".r": code("r"), ".jl": code("julia"), ".sql": code("sql"), ".js": code("javascript"), ".ts": code("typescript"),
	".c": code("c"), ".h": code("c"), ".cc": code("c++"), ".cpp": code("c++"), ".hpp": code("c++"), ".cu": code("cuda"),
	".rs": code("rust"), ".java": code("java"), ".scala": code("scala"), ".lua": code("lua"), ".rb": code("ruby"),
	".css": code("css"), ".xml": code("xml"), ".ini": code("ini"), ".cfg": code("ini"), ".conf": code("ini"), ".tex": code("tex"),
	".diff": code("diff"), ".patch": code("diff"), ".proto": code("protobuf"), ".tf": code("terraform"),
}

var byWholeName = map[string]Kind{
	"MLmodel": {Form: MLmodel}, "Dockerfile": code("docker"), "Makefile": code("make"),
	"requirements.txt": {Form: Text}, "LICENSE": {Form: Text}, "README": {Form: Text},
}

func code(language string) Kind { return Kind{Form: Code, Of: language} }

// ByName says what a file is by its name alone, for listings of files that are
// not opened; Unknown if the name does not tell.
func ByName(name string) Kind {
	base := path.Base(name)
	if k, ok := byWholeName[base]; ok {
		return k
	}
	return byExtension[strings.ToLower(path.Ext(base))]
}
