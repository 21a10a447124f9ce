package picturepane_test

import (
	"context"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"benchside/pictures"
	"benchside/tui/painter"
	"benchside/tui/picturepane"
	"benchside/tui/viewtest"
)

// decoded is a picture that is there.
type decoded struct{ image.Image }

func (d decoded) Decode(context.Context) (pictures.Picture, error) {
	b := d.Bounds()
	return pictures.Picture{About: pictures.About{Format: pictures.PNG, Width: b.Dx(), Height: b.Dy(), Frames: 1}, Image: d.Image}, nil
}

// noise is a picture that no file makes small.
func noise(side int) decoded {
	random := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = uint8(random.UintN(256)) | uint8(i%4/3*255) //nolint:gosec // a byte
	}
	return decoded{m}
}

func kitty(environment ...string) *painter.Painter {
	p := painter.New("")
	p.Coloured(colorprofile.TrueColor)
	for _, m := range []tea.Msg{
		tea.EnvMsg(append(environment, "TERM=xterm-kitty")),
		uv.KittyGraphicsEvent{Payload: []byte("OK")},
		uv.CellSizeEvent{Width: 10, Height: 20},
		uv.PrimaryDeviceAttributesEvent{62},
	} {
		p.Update(m)
	}
	return p
}

// TestLongUploadsAreAskedFor: over a network a picture that takes long comes in
// cells first, with what its pixels would cost; B sends them.
func TestLongUploadsAreAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		environment []string
		side        int
		held        bool
	}{
		"a long one over a network":  {[]string{"SSH_CONNECTION=a"}, 900, true},
		"a short one over a network": {[]string{"SSH_CONNECTION=a"}, 60, false},
		"a long one at home":         {nil, 900, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := viewtest.Start(t, picturepane.New(noise(c.side), picturepane.Series{}, kitty(c.environment...), viewtest.Theme()), 100, 45)
			if got := strings.Contains(s.Status(), "B sends the pixels"); got != c.held {
				t.Errorf("the status is %q, want held back: %v", s.Status(), c.held)
			}
			if blocks := strings.TrimSpace(s.Screen()) != ""; c.held && !blocks {
				t.Error("nothing is shown of a picture that is held back")
			}
			if c.held {
				s.Press("B")
				if got := s.Status(); strings.Contains(got, "B sends") {
					t.Errorf("the pixels are still held back: %q", got)
				}
			}
		})
	}
}

// TestPartsOfAPicture zooms, walks and jumps; two pictures flip and blend.
func TestPartsOfAPicture(t *testing.T) {
	white, black := image.NewRGBA(image.Rect(0, 0, 90, 90)), image.NewRGBA(image.Rect(0, 0, 90, 90))
	for i := range white.Pix {
		white.Pix[i], black.Pix[i] = 255, uint8(i%4/3*255) //nolint:gosec // opaque
	}
	p := painter.New("")
	s := viewtest.Start(t, picturepane.Beside(decoded{white}, decoded{black}, [2]string{"one", "two"}, p, viewtest.Theme()), 80, 24)
	seen := map[string]string{}
	for _, key := range []string{"x", "X"} {
		s.Press(key)
		seen[s.Draw()] = key
	}
	if len(seen) != 2 {
		t.Error("the second picture and the blend look alike")
	}
	if !strings.Contains(s.Screen(), "A one   B two   blended") {
		t.Errorf("it is not said what is shown:\n%s", s.Screen())
	}
	s.Press("+", "+", "alt+9")
	if got := s.Status(); !strings.HasSuffix(got, "4 × what fits") {
		t.Errorf("the status is %q", got)
	}
	s.Press("h", "k", "alt+1", "z")
	if got := s.Status(); strings.Contains(got, "what fits") {
		t.Errorf("it is still zoomed: %q", got)
	}
}
