package described

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"benchside/artifacts"
	"benchside/artifacts/previews"
	"benchside/sanitize"
	"benchside/tui/widget"
)

// Trouble says what to do about an error of a run's artifacts, and then what is wrong,
// in paragraphs that are safe to show. Where there is little room a URI stands once.
func Trouble(err error, narrow bool) []string {
	if errors.Is(err, artifacts.ErrNone) {
		return []string{"no artifacts: mlflow.log_artifact brings them"}
	}
	var away *artifacts.Elsewhere
	if errors.As(err, &away) {
		moved := away.Map()
		if narrow {
			moved = "URI = DIR"
		}
		return []string{
			"Fetch a copy, then say where it is:",
			sanitize.Line("1. " + away.Fetch()),
			sanitize.Line("2. in the configuration, under [artifacts]: moved = [\"" + moved + "\"]"),
			"They lie " + away.Where + ", where benchside does not read.",
		}
	}
	said := err.Error()
	if at := strings.Index(said, artifacts.ErrRemote.Error()); at > 0 && errors.Is(err, artifacts.ErrRemote) {
		said = "the artifacts are " + said[at:]
	}
	if at := strings.Index(said, previews.ErrAway.Error()); at > 0 && errors.Is(err, previews.ErrAway) {
		said = said[at:] // what to do comes before what run it is about
	}
	return []string{sanitize.Line(said)}
}

// Unread says why a file that is shown cannot be read again.
func Unread(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "it is gone; what was read of it is still shown"
	}
	return sanitize.Line("it cannot be read again, what was read is still shown: " + err.Error())
}

// Since says how a file differs from the one that is shown, which had a size and a
// time, "" if it does not; of a log, which is followed, only whether another one is in
// its place.
func Since(p *previews.Preview, now *artifacts.File, size int64, at time.Time, follows bool) string {
	word := "was written again"
	switch {
	case follows && p.Same(now):
		return ""
	case follows:
		word = "is another file"
	case now.Size() == size && now.ModTime().Equal(at):
		return ""
	case now.Size() > size:
		word = fmt.Sprintf("grew from %s to %s", widget.Bytes(size), widget.Bytes(now.Size()))
	case now.Size() < size:
		word = fmt.Sprintf("was cut from %s to %s", widget.Bytes(size), widget.Bytes(now.Size()))
	}
	return "it " + word + " since; r reads it again"
}
