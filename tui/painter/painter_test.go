package painter

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"benchside/pictures/protocol"
)

// desk drives a painter as its program would, and plays a terminal that keeps
// pictures.
type desk struct {
	t      *testing.T
	p      *Painter
	sent   bytes.Buffer      // everything raw
	stored map[string][]byte // PNG by id
	half   string            // the id that is being sent
	// patient: what asks for more of an upload waits.
	patient bool
}

func sit(t *testing.T, setting protocol.Setting, answers ...tea.Msg) *desk {
	d := &desk{t: t, p: New(setting), stored: map[string][]byte{}}
	d.p.Coloured(colorprofile.TrueColor)
	for _, m := range answers {
		cmd, taken := d.p.Update(m)
		if !taken {
			t.Fatalf("nobody heard %T", m)
		}
		if _, ok := m.(tea.EnvMsg); !ok { // its commands wait and ask tmux
			d.run(cmd)
		}
	}
	return d
}

// run runs a command to its end: raw output goes to the terminal.
func (d *desk) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch m := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range m {
			d.run(c)
		}
	case tea.RawMsg:
		d.hear(fmt.Sprint(m.Msg))
	case Chosen:
	case batch:
		if !d.patient {
			next, _ := d.p.Update(m)
			d.run(next)
		}
	default:
		// A sequence: its type is not exported, its shape is that of a batch.
		for _, c := range sequence(m) {
			d.run(c)
		}
	}
}

var graphics = regexp.MustCompile("\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\\\")

// hear is the terminal: it keeps what is sent and forgets what is deleted.
func (d *desk) hear(raw string) {
	d.sent.WriteString(raw)
	if rest, ok := strings.CutPrefix(raw, "\x1bPtmux;"); ok {
		raw = strings.ReplaceAll(strings.ReplaceAll(rest, "\x1b\\\x1bPtmux;", ""), "\x1b\x1b", "\x1b")
	}
	for _, m := range graphics.FindAllStringSubmatch(raw, -1) {
		keys := map[string]string{}
		for _, kv := range strings.Split(m[1], ",") {
			k, v, _ := strings.Cut(kv, "=")
			keys[k] = v
		}
		part, err := base64.StdEncoding.DecodeString(m[2])
		if err != nil {
			d.t.Fatalf("a chunk is no base64: %v", err)
		}
		switch keys["a"] {
		case "d":
			if keys["d"] == "I" {
				delete(d.stored, keys["i"])
			}
			continue
		case "p":
			continue
		case "T", "t":
			d.half = keys["i"]
			d.stored[d.half] = nil
		}
		if len(m[2]) > 4096 {
			d.t.Errorf("a chunk has %d bytes", len(m[2]))
		}
		d.stored[d.half] = append(d.stored[d.half], part...)
	}
}

func env(pairs ...string) tea.EnvMsg { return tea.EnvMsg(pairs) }

var ok = uv.KittyGraphicsEvent{Payload: []byte("OK")}

func kittyTerm() []tea.Msg {
	return []tea.Msg{env("TERM=xterm-kitty"), ok, tea.TerminalVersionMsg{Name: "kitty(0.41.0)"}, uv.CellSizeEvent{Width: 10, Height: 20}, uv.PrimaryDeviceAttributesEvent{62}}
}

// TestWhatTerminalsAnswer plays terminals: what is chosen, and whether it had to
// wait for the end of its patience.
func TestWhatTerminalsAnswer(t *testing.T) {
	tmux := env("TERM=tmux-256color", "TMUX=elsewhere,1,0")
	version := tea.TerminalVersionMsg{Name: "tmux 3.3a"}
	attributes := uv.PrimaryDeviceAttributesEvent{1, 2}
	for name, c := range map[string]struct {
		setting protocol.Setting
		say     []tea.Msg
		want    protocol.Protocol
		done    bool
		why     string
	}{
		"kitty shows placeholders at once":                  {"", kittyTerm(), protocol.KittyPlaceholders, true, ""},
		"a terminal that is silent gets cells after a time": {"", []tea.Msg{env("TERM=xterm-256color"), overdue{}}, protocol.Blocks, true, ""},
		"before that it gets cells, too":                    {"", []tea.Msg{env("TERM=xterm-256color")}, protocol.Blocks, false, ""},
		"attribute 4 is sixel":                              {"", []tea.Msg{env("TERM=foot"), tea.TerminalVersionMsg{Name: "foot(1.20.0)"}, uv.PrimaryDeviceAttributesEvent{62, 4}}, protocol.SixelAtCursor, true, ""},
		"an answer that comes late is heard":                {"", append([]tea.Msg{env("TERM=xterm-kitty"), overdue{}}, kittyTerm()[1:]...), protocol.KittyPlaceholders, true, ""},
		"an error to the query is no":                       {"", []tea.Msg{env("TERM=xterm"), uv.KittyGraphicsEvent{Payload: []byte("ENOTSUPPORTED")}, attributes}, protocol.Blocks, true, ""},
		"tmux that hands on, in kitty":                      {"", []tea.Msg{tmux, version, attributes, outside{"kitty 0.41", true}, ok}, protocol.KittyPlaceholders, true, ""},
		"tmux that holds back, in kitty, says how":          {"", []tea.Msg{tmux, version, attributes, outside{"xterm-kitty", false}}, protocol.Blocks, true, protocol.PassthroughCommand},
		"tmux is not the last to answer":                    {"", []tea.Msg{tmux, version, attributes}, protocol.Blocks, false, ""},
		"the user wants cells":                              {protocol.AsBlocks, kittyTerm(), protocol.Blocks, true, ""},
		"the user wants none":                               {protocol.WithoutThem, kittyTerm(), protocol.Off, true, ""},
		"the user knows better":                             {protocol.AsSixel, []tea.Msg{env("TERM=xterm"), attributes}, protocol.SixelAtCursor, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := sit(t, c.setting, c.say...)
			got := d.p.Choice()
			if got.Protocol != c.want || d.p.asked.done != c.done {
				t.Errorf("chose %v (done %v), want %v (done %v)", got.Protocol, d.p.asked.done, c.want, c.done)
			}
			if c.why != "" && !strings.Contains(got.Why, c.why) {
				t.Errorf("it says %q, want %q in it", got.Why, c.why)
			}
		})
	}
}

func TestWhatTmuxSaysOfItsOutside(t *testing.T) {
	for said, want := range map[string]outside{
		"kitty(0.41.0)|xterm-kitty|on\n": {"kitty(0.41.0)", true},
		"|xterm-256color|off\n":          {"xterm-256color", false},
		"|foot|all":                      {"foot", true},
		"kitty(0.41.0)|xterm-kitty|1\n":  {"kitty(0.41.0)", true}, // tmux 3.3a
		"kitty(0.41.0)|xterm-kitty|0\n":  {"kitty(0.41.0)", false},
		"":                               {},
	} {
		if got := heardOutside(said); got != want {
			t.Errorf("%q: got %+v, want %+v", said, got, want)
		}
	}
}

// TestAskingIsOneBatch: what is asked ends with the attributes, which every
// terminal answers, and a time-out follows whatever comes.
func TestAskingIsOneBatch(t *testing.T) {
	p := New("")
	cmd, _ := p.Update(env("TERM=xterm-kitty"))
	batch, _ := cmd().(tea.BatchMsg)
	if len(batch) != 2 {
		t.Fatalf("there are %d commands, want the question and the time-out", len(batch))
	}
	raw, _ := batch[0]().(tea.RawMsg)
	if q := fmt.Sprint(raw.Msg); !strings.HasSuffix(q, "\x1b[c") || strings.Count(q, "\x1b[c") != 1 {
		t.Errorf("it asks %q, want the attributes once and last", q)
	}
	if again, _ := p.Update(env("TERM=xterm-kitty")); again != nil {
		t.Error("it asks twice")
	}
}

func chequered() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 80, 80))
	for y := range 80 {
		for x := range 80 {
			m.SetRGBA(x, y, color.RGBA{uint8(x / 20 * 80), uint8(y / 20 * 80), 128, 255})
		}
	}
	return m
}

func (d *desk) prepare(m image.Image) *Sheet {
	d.t.Helper()
	s, err := d.p.Easel().Prepare(context.Background(), Order{Picture: m, Cols: 8, Rows: 4})
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// TestUploadsAreThePicture decodes what was sent and compares each pixel.
func TestUploadsAreThePicture(t *testing.T) {
	for name, answers := range map[string][]tea.Msg{
		"placeholders":  kittyTerm(),
		"tmux":          {env("TERM=tmux", "TMUX=elsewhere"), uv.CellSizeEvent{Width: 10, Height: 20}, uv.PrimaryDeviceAttributesEvent{1}, outside{"kitty", true}, ok},
		"at the cursor": {env("TERM=xterm"), ok, tea.TerminalVersionMsg{Name: "Konsole 24"}, uv.CellSizeEvent{Width: 10, Height: 20}, uv.PrimaryDeviceAttributesEvent{62}},
	} {
		t.Run(name, func(t *testing.T) {
			d, m := sit(t, "", answers...), chequered()
			s := d.prepare(m)
			d.run(d.p.Show(s))
			id := fmt.Sprint(d.p.ids.of(s))
			got, err := png.Decode(bytes.NewReader(d.stored[id]))
			if err != nil {
				t.Fatalf("the terminal has no picture %s: %v", id, err)
			}
			if got.Bounds() != m.Bounds() {
				t.Fatalf("it is %v, want %v", got.Bounds(), m.Bounds())
			}
			for y := range 80 {
				for x := range 80 {
					if r, g, b, _ := got.At(x, y).RGBA(); color.RGBAModel.Convert(got.At(x, y)) != m.At(x, y) {
						t.Fatalf("pixel %d,%d is %d %d %d, want %v", x, y, r>>8, g>>8, b>>8, m.At(x, y))
					}
				}
			}
		})
	}
}

// TestNothingStays: however pictures come and go, the terminal keeps a few only,
// and none in the end.
func TestNothingStays(t *testing.T) {
	d := sit(t, "", kittyTerm()...)
	var first *Sheet
	for i := range 300 {
		m := chequered()
		m.SetRGBA(i%80, i/80, color.RGBA{255, 255, 255, 255})
		s := d.prepare(m)
		if i == 0 {
			first = s
		}
		d.run(d.p.Show(s))
		if len(d.stored) > kept {
			t.Fatalf("the terminal keeps %d pictures", len(d.stored))
		}
		if id := d.p.ids.of(s); id < protocol.FirstID {
			t.Fatalf("the id is %d", id)
		}
	}
	d.run(d.p.Hide())
	d.run(d.p.Show(first)) // long gone: sent again
	if got := len(d.p.Lines(first)); got != first.Rows || d.p.ids.of(first) == 0 {
		t.Errorf("a picture that came back has %d lines", got)
	}
	// In the middle of an upload:
	d.p.Show(d.prepare(chequered()))
	d.hear(d.p.Forget())
	if len(d.stored) != 0 {
		t.Errorf("the terminal keeps %v", d.stored)
	}
}

// TestUploadsArePaced: of a big picture 32 KB go at once, the rest when the
// terminal had time, and none if the view went.
func TestUploadsArePaced(t *testing.T) {
	d := sit(t, "", kittyTerm()...)
	s := &Sheet{Cols: 8, Rows: 4, file: bytes.Repeat([]byte("noise"), 40_000)}
	d.patient = true
	d.run(d.p.Show(s))
	d.patient = false
	if n := d.sent.Len(); n < batchBytes || n > batchBytes+8192 {
		t.Errorf("%d bytes went at once", n)
	}
	if d.p.Sending() == 0 || strings.Contains(strings.Join(d.p.Lines(s), ""), "\U0010eeee") {
		t.Error("the cells of a picture are shown before it is there")
	}
	d.run(d.p.Hide())
	if len(d.stored) != 0 || d.p.Sending() != 0 {
		t.Errorf("half a picture stays: %d", len(d.stored))
	}
	if next, _ := d.p.Update(batch{d.p.up.turn - 1}); next != nil {
		t.Error("an upload goes on that was stopped")
	}
}

// TestPaintingAfterTheFrame: the picture follows a frame that wrote its cells, at
// their place, and no other frame.
func TestPaintingAfterTheFrame(t *testing.T) {
	d := sit(t, protocol.AsSixel, env("TERM=foot"), uv.CellSizeEvent{Width: 10, Height: 20}, uv.PrimaryDeviceAttributesEvent{62, 4})
	var terminal bytes.Buffer
	out := d.p.Output(&terminal)
	write := func(frame string) string {
		t.Helper()
		terminal.Reset()
		if _, err := io.WriteString(out, frame); err != nil {
			t.Fatal(err)
		}
		return terminal.String()
	}
	s := d.prepare(chequered())
	d.run(d.p.Show(s))
	frame := "heading\n..│" + strings.Join(d.p.Lines(s), "\n..│")
	if ansi.StringWidth(d.p.Lines(s)[0]) != s.Cols {
		t.Error("the cells are not as wide as the picture")
	}
	d.p.Place(frame)
	if got := write(frame); !strings.Contains(got, "\x1b7\x1b[2;4H\x1bP") || !strings.HasSuffix(got, "\x1b\\\x1b8") {
		t.Errorf("it wrote %.80q…", got)
	}
	if got := write("\x1b[1;1Hanother line"); got != "\x1b[1;1Hanother line" {
		t.Errorf("a frame elsewhere made it paint: %.80q", got)
	}
	if got := write("\x1b[1;1H\x1b[38;5;8mgrey"); strings.Contains(got, "\x1bP") {
		t.Error("grey text made it paint")
	}
	covered := strings.Join(d.p.Cover(strings.Split(frame, "\n")), "\n")
	d.p.Place(covered)
	if got := write(covered); got != covered {
		t.Errorf("it paints under a dialog: %.80q", got)
	}
	before := d.p.Lines(s)[0]
	other := d.prepare(image.NewRGBA(image.Rect(0, 0, 80, 80)))
	d.run(d.p.Show(other))
	if d.p.Lines(other)[0] == before {
		t.Error("another picture has the same cells, so the renderer would not write them")
	}
	d.run(d.p.Hide())
	d.p.Place("nothing")
	if got := write(frame); strings.Contains(got, "\x1bP") {
		t.Error("it paints what is hidden")
	}
}

// TestDirectPicturesAreTakenOff: a terminal that shows kitty's pictures at the
// cursor is told when the cells are for something else.
func TestDirectPicturesAreTakenOff(t *testing.T) {
	d := sit(t, "", env("TERM=xterm"), ok, tea.TerminalVersionMsg{Name: "Konsole 24"}, uv.PrimaryDeviceAttributesEvent{62})
	var terminal bytes.Buffer
	out := d.p.Output(&terminal)
	s := d.prepare(chequered())
	d.run(d.p.Show(s))
	frame := strings.Join(d.p.Lines(s), "\n")
	d.p.Place(frame)
	_, _ = io.WriteString(out, frame)
	if !strings.Contains(terminal.String(), "\x1b_Ga=p,i=16") {
		t.Errorf("it wrote %q", terminal.String())
	}
	terminal.Reset()
	d.p.Place("another screen")
	_, _ = io.WriteString(out, "another screen")
	if !strings.HasPrefix(terminal.String(), "\x1b_Ga=d,d=i,i=16") {
		t.Errorf("it wrote %q", terminal.String())
	}
	if d.hear(d.p.Forget()); len(d.stored) != 0 {
		t.Error("the terminal keeps the picture")
	}
}
