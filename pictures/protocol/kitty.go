package protocol

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi/kitty"
)

// mostMarks is how many rows and columns the marks of placeholders count.
const mostMarks = 297

// Kitty returns a PNG for the kitty protocol that is shown where its
// placeholders are. A picture that changes needs a new id: some terminals keep
// the geometry of the old one.
func Kitty(file []byte, p Place) (Upload, error) {
	return p.kitty(file, "a=T,U=1,i={i},c={c},r={r},f=100,q=2")
}

// KittyDirect returns a PNG for the kitty protocol that is drawn at the cursor,
// which stays, below the text.
func KittyDirect(file []byte, p Place) (Upload, error) {
	return p.kitty(file, "a=T,i={i},c={c},r={r},f=100,z=-1,C=1,q=2")
}

func (p Place) kitty(file []byte, format string) (Upload, error) {
	if err := p.check(); err != nil {
		return Upload{}, err
	}
	payload := base64.StdEncoding.EncodeToString(file)
	keys := strings.NewReplacer("{i}", strconv.Itoa(int(p.ID)), "{c}", strconv.Itoa(p.Cols), "{r}", strconv.Itoa(p.Rows)).Replace(format)
	var chunks [][]byte
	for first := true; first || payload != ""; first = false {
		if !first {
			keys = "q=2"
		}
		part := payload[:min(len(payload), piece)]
		payload = payload[len(part):]
		more := ",m=1;"
		if payload == "" {
			more = ",m=0;"
		}
		chunks = append(chunks, []byte("\x1b_G"+keys+more+part+"\x1b\\"))
	}
	return upload(chunks), nil
}

// Delete returns what makes a terminal forget a picture, also one that is sent
// half.
func Delete(id uint8) []byte { return fmt.Appendf(nil, "\x1b_Ga=d,d=I,i=%d,q=2\x1b\\", id) }

// Placeholders returns the rows of text that a picture is shown in. Each cell
// says which part it is, so that it can be drawn alone. In tmux only the first
// cell of a row does: tmux draws a cell again for each mark that it has.
func Placeholders(p Place, tmux bool) ([]string, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	lines := make([]string, p.Rows)
	for y := range lines {
		b := append([]byte("\x1b[38;5;"), strconv.Itoa(int(p.ID))+"m"...)
		for x := range p.Cols {
			b = append(b, string(kitty.Placeholder)...)
			if x == 0 || !tmux {
				b = append(b, string(kitty.Diacritic(y))+string(kitty.Diacritic(x))...)
			}
		}
		lines[y] = string(append(b, "\x1b[39m"...))
	}
	return lines, nil
}

// KittyStore returns a PNG for the kitty protocol that the terminal keeps and
// does not show; KittyPut shows it.
func KittyStore(file []byte, p Place) (Upload, error) {
	return p.kitty(file, "a=t,i={i},f=100,q=2")
}

// KittyPut returns what shows a stored picture at the cursor, which stays, below
// the text. Where it was shown before it is no longer.
func KittyPut(p Place) []byte {
	return fmt.Appendf(nil, "\x1b_Ga=p,i=%d,p=1,c=%d,r=%d,z=-1,C=1,q=2\x1b\\", p.ID, p.Cols, p.Rows)
}

// KittyTakeOff returns what takes a stored picture off the screen; the terminal
// keeps it.
func KittyTakeOff(id uint8) []byte { return fmt.Appendf(nil, "\x1b_Ga=d,d=i,i=%d,q=2\x1b\\", id) }
