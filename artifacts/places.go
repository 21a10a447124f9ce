package artifacts

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ErrRemote: the artifacts are where benchside cannot read.
var ErrRemote = errors.New("not on this machine")

// ErrNone: there is no such folder; MLflow makes it with the first artifact.
var ErrNone = errors.New("no artifacts were logged")

// ErrMoved: a prefix mapping that does not read "from = to".
var ErrMoved = errors.New("a mapping reads FROM = TO")

// Moved says that what a store calls From lies under To now. From may be the
// prefix of a path or of a URI, a remote one of which there is a copy included.
type Moved struct{ From, To string }

// ParseMoved reads "from = to". A sign between blanks is looked for first, as one
// may be part of a name.
func ParseMoved(text string) (Moved, error) {
	from, to, found := strings.Cut(text, " = ")
	if !found {
		from, to, found = strings.Cut(text, "=")
	}
	m := Moved{From: strings.TrimSpace(from), To: strings.TrimSpace(to)}
	if !found || m.From == "" || m.To == "" {
		return Moved{}, fmt.Errorf("map artifacts %q: %w", text, ErrMoved)
	}
	return m, nil
}

// Places says where the artifacts of a store may lie.
type Places struct {
	// Store is the path of the database or the folder: relative and served
	// locations are looked for beside it, as is one whose store was moved since
	// (the part from /mlruns/ on).
	Store string
	Moved []Moved // the longest prefix that fits wins
	// Served is the folder of mlflow-artifacts: URIs, which `mlflow server` calls
	// --artifacts-destination; "" means mlartifacts beside the store.
	Served string
	// Config is the path of the file in which Moved is set, which errors name; ""
	// means config.toml.
	Config string
}

// MovedHint says how to tell where something lies now.
func (p Places) MovedHint(from, to string) string {
	return fmt.Sprintf("under [artifacts] in %s write moved = [%q]", cmp.Or(p.Config, "config.toml"), from+" = "+to)
}

// Open finds the folder of an artifact URI beside a store.
func Open(storePath, uri string) (*Root, error) { return Places{Store: storePath}.Open(uri) }

// Open finds the folder of an artifact URI.
func (p Places) Open(uri string) (*Root, error) {
	folders, err := p.Folders(uri)
	if err != nil {
		return nil, fmt.Errorf("open artifacts %s: %w", shown(uri), err)
	}
	for _, folder := range folders {
		root, err := os.OpenRoot(folder)
		if err == nil {
			return &Root{root}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("open artifacts %s: %w", shown(uri), err)
		}
	}
	return nil, fmt.Errorf("open artifacts %s: %w", shown(uri), ErrNone)
}

// OpenModel finds the folder of a logged model of MLflow 3, which lies under its
// experiment and not under its run.
func (p Places) OpenModel(experimentURI, modelID string) (*Root, error) {
	if modelID == "" || modelID == "." || modelID == ".." || strings.ContainsAny(modelID, "/\\\x00%?#") {
		return nil, fmt.Errorf("open model %q: %w", modelID, ErrNone)
	}
	return p.Open(ModelURI(experimentURI, modelID))
}

// ModelURI is where MLflow 3 keeps the files of a logged model.
func ModelURI(experimentURI, modelID string) string {
	return strings.TrimRight(experimentURI, "/") + "/models/" + modelID + "/artifacts"
}

// Folders lists where the artifacts of a URI may be, the likeliest first.
func (p Places) Folders(uri string) ([]string, error) {
	if strings.ContainsRune(uri, 0) || uri == "" {
		return nil, ErrNone
	}
	path, scheme, err := local(uri)
	if err != nil {
		return nil, err
	}
	out := p.moved(uri)
	if path != uri && path != "" {
		out = append(out, p.moved(path)...)
	}
	rest, err := p.beside(path, scheme, uri)
	if err != nil && len(out) > 0 {
		err = nil // a copy is mapped
	}
	return append(out, rest...), err
}

// local takes a URI apart; the path is "" for one that is not of this machine.
func local(uri string) (path, scheme string, err error) {
	scheme, rest, found := strings.Cut(uri, ":")
	switch {
	case !found || strings.ContainsAny(scheme, "/.") || len(scheme) == 1: // a drive of Windows
		return uri, "", nil
	case scheme == "file":
		u, err := url.Parse(uri)
		if err != nil {
			return "", scheme, err
		}
		if strings.ContainsRune(u.Path, 0) {
			return "", scheme, ErrNone
		}
		return u.Path, scheme, nil
	case scheme == "mlflow-artifacts":
		if host, ok := strings.CutPrefix(rest, "//"); ok {
			_, rest, _ = strings.Cut(host, "/")
		}
		return strings.TrimLeft(rest, "/"), scheme, nil
	}
	return "", scheme, nil
}

// beside finds the places that follow from where the store is.
func (p Places) beside(path, scheme, uri string) ([]string, error) {
	base := p.Store
	if info, err := os.Stat(base); err == nil && !info.IsDir() {
		base = filepath.Dir(base)
	}
	switch {
	case scheme == "mlflow-artifacts":
		if !filepath.IsLocal(path) {
			return nil, ErrNone
		}
		return []string{filepath.Join(cmp.Or(p.Served, filepath.Join(base, "mlartifacts")), path)}, nil
	case scheme != "" && scheme != "file":
		return nil, p.remote(scheme, uri)
	case !filepath.IsAbs(path):
		if !filepath.IsLocal(path) {
			return nil, ErrNone
		}
		return []string{filepath.Join(base, path)}, nil
	}
	out := []string{path}
	if _, after, ok := strings.Cut(path, "/mlruns/"); ok && filepath.IsLocal(after) {
		out = append(out, filepath.Join(base, "mlruns", after), filepath.Join(base, after))
	}
	return out, nil
}

// moved lists where mappings send a path, the longest prefix first.
func (p Places) moved(path string) []string {
	fit := slices.Clone(p.Moved)
	slices.SortStableFunc(fit, func(a, b Moved) int { return cmp.Compare(len(b.From), len(a.From)) })
	var out []string
	for _, m := range fit {
		from := strings.TrimRight(m.From, "/")
		rest, ok := strings.CutPrefix(path, from)
		if !ok || rest != "" && rest[0] != '/' {
			continue
		}
		if rest = strings.TrimLeft(rest, "/"); rest == "" || filepath.IsLocal(rest) {
			out = append(out, filepath.Join(m.To, rest))
		}
	}
	return out
}

// remotes are the schemes of MLflow's artifact repositories (store/artifact/
// artifact_repository_registry.py) that are not folders, and where they are.
var remotes = map[string]string{
	"s3": "in Amazon S3", "gs": "in Google Cloud Storage", "wasbs": "in Azure Blob Storage", "abfss": "in Azure Data Lake",
	"r2": "in Cloudflare R2", "b2": "in Backblaze B2", "oss": "in Alibaba OSS",
	"dbfs": "in Databricks", "hdfs": "in HDFS", "viewfs": "in HDFS", "ftp": "on an FTP server", "sftp": "on an SFTP server",
	"http": "behind a tracking server", "https": "behind a tracking server",
	"runs": "a reference to a run", "models": "a reference to a model",
}

// remote says what to do to see artifacts that lie elsewhere.
func (p Places) remote(scheme, uri string) error {
	where, known := remotes[scheme]
	if !known {
		return fmt.Errorf("the scheme %q is unknown: %w", scheme, ErrRemote)
	}
	e := &Elsewhere{URI: shown(uri), Where: where, config: p.Config, copied: "DIR"}
	if scheme != "models" {
		e.copied += "/" + path.Base(strings.TrimRight(e.URI, "/"))
	}
	return e
}

// Elsewhere is an ErrRemote of a place that a copy can be fetched from.
type Elsewhere struct {
	URI   string // without the password that it may hold
	Where string // "in Amazon S3"

	config string // see Places.Config
	// copied is where the copy lies: mlflow puts a folder into one of its own name,
	// and the files of a model into DIR itself.
	copied string
}

// Fetch is the command that fetches a copy into a folder DIR.
func (e *Elsewhere) Fetch() string {
	return "mlflow artifacts download --artifact-uri " + quoted(e.URI) + " --dst-path DIR"
}

// Map is what the configuration says of the copy then.
func (e *Elsewhere) Map() string { return e.URI + " = " + e.copied }

// Error implements error.
func (e *Elsewhere) Error() string {
	return fmt.Sprintf("%v but %s: %s, DIR having a copy: `%s`", ErrRemote, e.Where, Places{Config: e.config}.MovedHint(e.URI, e.copied), e.Fetch())
}

// Unwrap has errors.Is find ErrRemote.
func (e *Elsewhere) Unwrap() error { return ErrRemote }

// shown is a URI without the password that it may hold.
func shown(uri string) string {
	if u, err := url.Parse(uri); err == nil && u.User != nil {
		return u.Redacted()
	}
	return uri
}

// quoted makes one word of a POSIX shell's command line.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+=,", r)
	}
	if strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
