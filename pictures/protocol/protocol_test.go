package protocol_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"

	"benchside/pictures"
	"benchside/pictures/protocol"
)

// plot returns a plot of the lab by the end of its path, in 640 by 480 pixels.
func plot(t testing.TB, end string) *image.RGBA {
	t.Helper()
	var content []byte
	root := os.DirFS("../../testdata/lab/mlruns")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && content == nil && strings.HasSuffix(name, end) {
			content, err = fs.ReadFile(root, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pictures.Decode(context.Background(), bytes.NewReader(content), int64(len(content)), pictures.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", end, err)
	}
	m, err := pictures.Scale(context.Background(), p.Image, p.Image.Bounds(), 640, 480, pictures.Look{Back: color.RGBA{255, 255, 255, 255}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var plots = []string{
	"0762204cfd064c6482a28217a8984dcd/artifacts/confusion_matrix.png", "0762204cfd064c6482a28217a8984dcd/artifacts/roc_curve_plot.png",
	"0762204cfd064c6482a28217a8984dcd/artifacts/shap_beeswarm_plot.png", "0762204cfd064c6482a28217a8984dcd/artifacts/calibration_curve_plot.png",
	"0762204cfd064c6482a28217a8984dcd/artifacts/lift_curve_plot.png", "figs/lines.png",
}

func reduced(t testing.TB, m *image.RGBA, colours int) *image.Paletted {
	t.Helper()
	out, err := protocol.Reduce(m, colours)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func file(t testing.TB, m *image.Paletted) []byte {
	t.Helper()
	content, err := protocol.PNG(m)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// off is the mean distance of the channels, in levels.
func off(a, b image.Image) float64 {
	size, sum := a.Bounds().Size(), 0.0
	for i := range size.X * size.Y {
		r, g, b1, _ := a.At(i%size.X, i/size.X).RGBA()
		r2, g2, b2, _ := b.At(i%size.X, i/size.X).RGBA()
		sum += math.Abs(float64(r)-float64(r2)) + math.Abs(float64(g)-float64(g2)) + math.Abs(float64(b1)-float64(b2))
	}
	return sum / 257 / 3 / float64(size.X*size.Y)
}

func sum(u protocol.Upload) (n int) {
	for _, c := range u.Chunks {
		n += len(c)
	}
	return n
}

// received puts the chunks of the kitty protocol together as a terminal does.
func received(t *testing.T, chunks [][]byte) (keys map[string]string, content []byte) {
	t.Helper()
	form := regexp.MustCompile(`^\x1b_G([A-Za-z]=-?[0-9A-Za-z]+(?:,[A-Za-z]=-?[0-9A-Za-z]+)*);([A-Za-z0-9+/=]*)\x1b\\$`)
	payload := ""
	for i, c := range chunks {
		parts := form.FindStringSubmatch(string(c))
		if parts == nil {
			t.Fatalf("chunk %d is no command: %.80q", i, c)
		}
		if len(parts[2]) > 4096 || i < len(chunks)-1 && len(parts[2])%4 != 0 {
			t.Errorf("chunk %d has a payload of %d bytes", i, len(parts[2]))
		}
		got := map[string]string{}
		for pair := range strings.SplitSeq(parts[1], ",") {
			name, value, _ := strings.Cut(pair, "=")
			got[name] = value
		}
		if more := got["m"] == "1"; more != (i < len(chunks)-1) {
			t.Errorf("chunk %d of %d says more: %t", i, len(chunks), more)
		}
		if i == 0 {
			keys = got
		} else if len(got) != 2 || got["q"] != "2" {
			t.Errorf("chunk %d has the keys %v", i, got)
		}
		payload += parts[2]
	}
	content, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		t.Fatal(err)
	}
	return keys, content
}

func TestKittyReceivesThePicture(t *testing.T) {
	for _, name := range plots {
		source := plot(t, name)
		content := file(t, reduced(t, source, 64))
		place := protocol.Place{ID: 42, Cols: 120, Rows: 45}
		for way, c := range map[string]struct {
			send func([]byte, protocol.Place) (protocol.Upload, error)
			keys map[string]string
		}{
			"placeholders": {protocol.Kitty, map[string]string{"a": "T", "U": "1", "i": "42", "c": "120", "r": "45", "f": "100", "q": "2"}},
			"direct":       {protocol.KittyDirect, map[string]string{"a": "T", "i": "42", "c": "120", "r": "45", "f": "100", "q": "2", "z": "-1", "C": "1"}},
		} {
			upload, err := c.send(content, place)
			if err != nil {
				t.Fatal(err)
			}
			keys, got := received(t, upload.Chunks)
			delete(keys, "m")
			if fmt.Sprint(keys) != fmt.Sprint(c.keys) {
				t.Errorf("%s: keys %v, want %v", way, keys, c.keys)
			}
			m, err := png.Decode(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			if d := off(m, source); d > 1 || m.Bounds() != source.Rect {
				t.Errorf("%s, %s: %v, off by %.2f levels", name, way, m.Bounds(), d)
			}
			if upload.Size != sum(upload) || upload.Size > 30<<10 || upload.Whole {
				t.Errorf("%s: %d bytes, said to be %d; at most 30 KB", name, sum(upload), upload.Size)
			}
		}
	}
}

// TestPlaceholdersNameTheirPart reads cells as the kitty protocol says: the
// colour is the picture, the marks are row and column, and a cell without marks
// is right of the one before.
func TestPlaceholdersNameTheirPart(t *testing.T) {
	place := protocol.Place{ID: 200, Cols: 80, Rows: 24}
	marks := map[rune]int{}
	for i := range 297 {
		marks[kitty.Diacritic(i)] = i
	}
	sizes := map[bool]int{}
	for _, tmux := range []bool{false, true} {
		lines, err := protocol.Placeholders(place, tmux)
		if err != nil || len(lines) != 24 {
			t.Fatal(len(lines), err)
		}
		for y, line := range lines {
			sizes[tmux] += len(line)
			rest, colored := strings.CutPrefix(line, "\x1b[38;5;200m")
			rest, ended := strings.CutSuffix(rest, "\x1b[39m")
			if !colored || !ended || ansi.StringWidth(line) != 80 {
				t.Fatalf("row %d: %q of %d cells", y, line, ansi.StringWidth(line))
			}
			for x, cell := range strings.Split(rest, string(kitty.Placeholder))[1:] {
				m := []rune(cell)
				switch {
				case tmux && x > 0 && len(m) == 0:
				case len(m) == 2 && marks[m[0]] == y && marks[m[1]] == x && (!tmux || x == 0):
				default:
					t.Fatalf("in tmux %t: the cell at %d, %d has the marks %U", tmux, x, y, m)
				}
			}
		}
	}
	if sizes[true] > 8500 || sizes[false] > 17_000 {
		t.Errorf("80 by 24 placeholders are %d bytes, in tmux %d", sizes[false], sizes[true])
	}
}

func TestPlacesThatCannotBeAreErrors(t *testing.T) {
	for name, p := range map[string]protocol.Place{
		"an id that is a basic colour": {ID: 15, Cols: 1, Rows: 1}, "no cells": {ID: 16}, "too wide": {ID: 16, Cols: 298, Rows: 1}, "less than nothing": {ID: 16, Cols: 5, Rows: -1},
	} {
		if _, err := protocol.Kitty(nil, p); err == nil {
			t.Errorf("kitty: %s is no error", name)
		}
		if _, err := protocol.Placeholders(p, false); err == nil {
			t.Errorf("placeholders: %s is no error", name)
		}
	}
	if _, err := protocol.Kitty(nil, protocol.Place{ID: protocol.LastID, Cols: 297, Rows: 297}); err != nil {
		t.Error(err)
	}
	if got, want := string(protocol.Delete(77)), "\x1b_Ga=d,d=I,i=77,q=2\x1b\\"; got != want {
		t.Errorf("deleting is %q", got)
	}
}

func TestITerm2ReceivesThePicture(t *testing.T) {
	source := plot(t, plots[0])
	content := file(t, reduced(t, source, 64))
	upload, err := protocol.ITerm2(content, protocol.Place{Cols: 100, Rows: 30})
	if err != nil {
		t.Fatal(err)
	}
	head, payload, ok := strings.Cut(string(bytes.Join(upload.Chunks, nil)), ":")
	want := fmt.Sprintf("\x1b]1337;File=inline=1;size=%d;width=100;height=30;preserveAspectRatio=0", len(content))
	if !ok || head != want {
		t.Errorf("head %q, want %q", head, want)
	}
	got, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(payload, "\a"))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("another file arrived: %v", err)
	}
	if upload.Size != sum(upload) || !upload.Whole {
		t.Errorf("%d bytes, said to be %d; whole %t", sum(upload), upload.Size, upload.Whole)
	}
}

// raster draws sixels as a terminal does.
func raster(t *testing.T, sequence string) *image.RGBA {
	t.Helper()
	body, ok := strings.CutPrefix(sequence, "\x1bP0;1;0q")
	body, ended := strings.CutSuffix(body, "\x1b\\")
	head := regexp.MustCompile(`^"1;1;(\d+);(\d+)`).FindStringSubmatch(body)
	if !ok || !ended || head == nil {
		t.Fatalf("no sixels: %.40q", sequence)
	}
	w, _ := strconv.Atoi(head[1])
	h, _ := strconv.Atoi(head[2])
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	palette := map[string]color.RGBA{}
	var ink color.RGBA
	x, y := 0, 0
	for _, token := range regexp.MustCompile(`#\d+;2;\d+;\d+;\d+|#\d+|!\d+[?-~]|[?-~]|[$-]|.`).FindAllString(body[len(head[0]):], -1) {
		n, sign := 1, token[len(token)-1]
		switch {
		case token[0] == '#' && strings.Contains(token, ";"):
			v := strings.Split(token, ";")
			level := func(s string) uint8 { n, _ := strconv.Atoi(s); return uint8((n*255 + 50) / 100) }
			palette[v[0]] = color.RGBA{level(v[2]), level(v[3]), level(v[4]), 255}
			continue
		case token[0] == '#':
			if ink, ok = palette[token]; !ok {
				t.Fatalf("no colour %s", token)
			}
			continue
		case token == "$":
			x = 0
			continue
		case token == "-":
			x, y = 0, y+6
			continue
		case token[0] == '!':
			n, _ = strconv.Atoi(token[1 : len(token)-1])
		case sign < '?' || sign > '~':
			t.Fatalf("%q among sixels", token)
		}
		for range n {
			for k := range 6 {
				if (sign-'?')>>k&1 == 1 {
					if !image.Pt(x, y+k).In(m.Rect) {
						t.Fatalf("a sixel at %d, %d is out of %v", x, y+k, m.Rect)
					}
					m.SetRGBA(x, y+k, ink)
				}
			}
			x++
		}
	}
	return m
}

func TestSixelsAreThePicture(t *testing.T) {
	for _, name := range plots[:3] {
		source := plot(t, name)
		for colours, within := range map[int]float64{16: 3, 64: 1.5} {
			upload, err := protocol.Sixel(reduced(t, source, colours))
			if err != nil {
				t.Fatal(err)
			}
			got := raster(t, string(bytes.Join(upload.Chunks, nil)))
			if d := off(got, source); d > within || got.Rect != source.Rect {
				t.Errorf("%s in %d colours: %v, off by %.2f levels", name, colours, got.Rect, d)
			}
			if upload.Size != sum(upload) || !upload.Whole || upload.Size > 120<<10 {
				t.Errorf("%s in %d colours: %d bytes, said to be %d", name, colours, sum(upload), upload.Size)
			}
		}
	}
	odd := image.NewPaletted(image.Rect(0, 0, 5, 7), color.Palette{color.Black, color.White})
	odd.SetColorIndex(4, 6, 1)
	upload, err := protocol.Sixel(odd)
	if err != nil || raster(t, string(upload.Chunks[0])).RGBAAt(4, 6) != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("the last pixel of an odd picture is lost: %v", err)
	}
}

func TestTmuxHandsOnWhatIsWrapped(t *testing.T) {
	content := file(t, reduced(t, plot(t, plots[0]), 64))
	direct, err := protocol.Kitty(content, protocol.Place{ID: 16, Cols: 9, Rows: 9})
	if err != nil {
		t.Fatal(err)
	}
	wrapped := direct.ThroughTmux()
	if wrapped.Size != sum(wrapped) || len(wrapped.Chunks) != len(direct.Chunks) {
		t.Fatalf("%d chunks of %d bytes", len(wrapped.Chunks), wrapped.Size)
	}
	unwrap := func(c []byte) []byte {
		c, ok := bytes.CutPrefix(c, []byte("\x1bPtmux;"))
		c, ended := bytes.CutSuffix(c, []byte("\x1b\\"))
		if !ok || !ended || bytes.Contains(bytes.ReplaceAll(c, []byte("\x1b\x1b"), nil), []byte("\x1b")) {
			t.Fatalf("not wrapped: %.40q", c)
		}
		return bytes.ReplaceAll(c, []byte("\x1b\x1b"), []byte("\x1b"))
	}
	for i, c := range wrapped.Chunks {
		if !bytes.Equal(unwrap(c), direct.Chunks[i]) {
			t.Fatalf("chunk %d differs", i)
		}
	}
	picture, err := protocol.ITerm2(content, protocol.Place{Cols: 9, Rows: 9})
	if err != nil {
		t.Fatal(err)
	}
	if got := unwrap(bytes.Join(picture.ThroughTmux().Chunks, nil)); !bytes.Equal(got, bytes.Join(picture.Chunks, nil)) {
		t.Error("the picture of iTerm2 differs")
	}
}

func TestReducingKeepsWhatMatters(t *testing.T) {
	few := image.NewRGBA(image.Rect(0, 0, 50, 50))
	for i := range 50 * 50 {
		few.SetRGBA(i%50, i/50, color.RGBA{uint8(i % 8 * 3), 100, uint8(i / 50 % 4), 255})
	}
	if d := off(reduced(t, few, 64), few); d != 0 {
		t.Errorf("32 colours in a palette of 64 are off by %.3f levels", d)
	}
	page := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	for x := range 640 { // a line of 1 pixel beside shades of grey
		page.SetRGBA(x, 100, color.RGBA{214, 39, 40, 255})
		for y := 200; y < 440; y++ {
			page.SetRGBA(x, y, color.RGBA{uint8(x * 255 / 640), uint8(x * 255 / 640), uint8(y), 255})
		}
	}
	m := reduced(t, page, 64)
	if len(m.Palette) > 64 {
		t.Errorf("%d colours", len(m.Palette))
	}
	if c := color.RGBAModel.Convert(m.At(50, 100)).(color.RGBA); c.R < 190 || c.G > 70 || c.B > 70 {
		t.Errorf("the red line is %v", c)
	}
	if c := color.RGBAModel.Convert(m.At(5, 5)).(color.RGBA); c.R < 253 || c.G < 253 || c.B < 253 {
		t.Errorf("the page is %v", c)
	}
	if !bytes.Equal(file(t, m), file(t, reduced(t, page, 64))) {
		t.Error("the same picture is other bytes")
	}
	for _, n := range []int{-1, 0, 1, 257} {
		if _, err := protocol.Reduce(page, n); err == nil {
			t.Errorf("%d colours are no error", n)
		}
	}
}

// BenchmarkKitty reports what a plot of 640 by 480 pixels is on the wire, in
// cells of 8 by 16; the budget is 30 KB.
func BenchmarkKitty(b *testing.B) {
	for _, name := range plots {
		source := plot(b, name)
		b.Run(name[strings.LastIndex(name, "/")+1:], func(b *testing.B) {
			size := 0
			for b.Loop() {
				upload, err := protocol.Kitty(file(b, reduced(b, source, 64)), protocol.Place{ID: 16, Cols: 80, Rows: 30})
				if err != nil {
					b.Fatal(err)
				}
				size = upload.Size
			}
			b.ReportMetric(float64(size), "bytes/upload")
		})
	}
}

func BenchmarkSixel(b *testing.B) {
	for _, colours := range []int{16, 64} {
		source := plot(b, plots[1])
		b.Run(strconv.Itoa(colours), func(b *testing.B) {
			size := 0
			for b.Loop() {
				upload, err := protocol.Sixel(reduced(b, source, colours))
				if err != nil {
					b.Fatal(err)
				}
				size = upload.Size
			}
			b.ReportMetric(float64(size), "bytes/upload")
		})
	}
}
