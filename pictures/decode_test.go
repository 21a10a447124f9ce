package pictures_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"benchside/pictures"
)

// lab returns a file of the lab's store by the end of its path.
func lab(t testing.TB, end string) []byte {
	t.Helper()
	var content []byte
	root := os.DirFS("../testdata/lab/mlruns")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && content == nil && strings.HasSuffix(name, end) {
			content, err = fs.ReadFile(root, name)
		}
		return err
	})
	if err != nil || content == nil {
		t.Fatalf("no file %s in the lab: %v", end, err)
	}
	return content
}

const (
	confusion = "0762204cfd064c6482a28217a8984dcd/artifacts/confusion_matrix.png"
	beeswarm  = "0762204cfd064c6482a28217a8984dcd/artifacts/shap_beeswarm_plot.png"
	roc       = "0762204cfd064c6482a28217a8984dcd/artifacts/roc_curve_plot.png"
	static    = "7966223abb0d4c61ab642c3004b90cd7/artifacts/static/"
)

func decode(content []byte, limits pictures.Limits) (pictures.Picture, error) {
	return pictures.Decode(context.Background(), bytes.NewReader(content), int64(len(content)), limits)
}

// drawn is a picture with an edge, so that a turned or shifted one differs.
func drawn(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		x, y := i%w, i/w
		m.SetNRGBA(x, y, color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), 128, 255})
	}
	return m
}

func encoded(t testing.TB, format string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	err := map[string]func() error{
		"png": func() error { return png.Encode(&b, m) }, "jpeg": func() error { return jpeg.Encode(&b, m, nil) },
		"gif": func() error { return gif.Encode(&b, m, nil) }, "bmp": func() error { return bmp.Encode(&b, m) },
	}[format]()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// animated is a GIF of three frames; the first does not fill the screen.
func animated(t testing.TB) []byte {
	t.Helper()
	palette := color.Palette{color.White, color.Black, color.RGBA{255, 0, 0, 255}}
	g := &gif.GIF{Config: image.Config{Width: 10, Height: 8, ColorModel: palette}}
	for range 3 {
		frame := image.NewPaletted(image.Rect(4, 2, 9, 6), palette)
		for i := range frame.Pix {
			frame.Pix[i] = 2
		}
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// animatedWebP makes two frames out of a still WebP, on a screen of 80 by 60.
func animatedWebP(still []byte) []byte {
	chunk := func(name string, body []byte) []byte {
		out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
		return append(append(out, body...), make([]byte, len(body)%2)...)
	}
	frame := append([]byte{4, 0, 0, 3, 0, 0, 63, 0, 0, 47, 0, 0, 0, 0, 0, 0}, still[12:]...) // at 8, 6; 64 by 48
	body := append([]byte("WEBP"), chunk("VP8X", []byte{2, 0, 0, 0, 79, 0, 0, 59, 0, 0})...)
	body = append(body, chunk("ANIM", make([]byte, 6))...)
	body = append(append(body, chunk("ANMF", frame)...), chunk("ANMF", frame)...)
	return chunk("RIFF", body)
}

// animatedPNG puts an acTL chunk behind the header.
func animatedPNG(still []byte, frames uint32) []byte {
	control := binary.BigEndian.AppendUint32([]byte("acTL"), frames)
	control = binary.BigEndian.AppendUint32(control, 0)
	out := append(bytes.Clone(still[:33]), 0, 0, 0, 8)
	out = binary.BigEndian.AppendUint32(append(out, control...), crc32.ChecksumIEEE(control))
	return append(out, still[33:]...)
}

func TestEachFormatIsDecodedAndDescribed(t *testing.T) {
	still := encoded(t, "png", drawn(12, 5))
	for name, c := range map[string]struct {
		content []byte
		want    pictures.About
	}{
		"a PNG of matplotlib":      {lab(t, confusion), pictures.About{Format: "PNG", Width: 778, Height: 693, Frames: 1}},
		"a small PNG":              {lab(t, static+"last.png"), pictures.About{Format: "PNG", Width: 64, Height: 48, Frames: 1}},
		"an animated PNG":          {animatedPNG(still, 7), pictures.About{Format: "PNG", Width: 12, Height: 5, Frames: 7}},
		"a JPEG":                   {lab(t, static+"x.jpg"), pictures.About{Format: "JPEG", Width: 64, Height: 48, Frames: 1}},
		"a GIF":                    {lab(t, static+"x.gif"), pictures.About{Format: "GIF", Width: 64, Height: 48, Frames: 1}},
		"an animated GIF":          {animated(t), pictures.About{Format: "GIF", Width: 10, Height: 8, Frames: 3}},
		"a WebP":                   {lab(t, static+"x.webp"), pictures.About{Format: "WebP", Width: 64, Height: 48, Frames: 1}},
		"an animated WebP":         {animatedWebP(lab(t, static+"x.webp")), pictures.About{Format: "WebP", Width: 80, Height: 60, Frames: 2}},
		"a BMP":                    {encoded(t, "bmp", drawn(12, 5)), pictures.About{Format: "BMP", Width: 12, Height: 5, Frames: 1}},
		"an SVG, in pixels of CSS": {lab(t, "figs/lines.svg"), pictures.About{Format: "SVG", Width: 480, Height: 288, Frames: 1}},
	} {
		about, err := pictures.Describe(bytes.NewReader(c.content), int64(len(c.content)))
		if err != nil || about != c.want {
			t.Errorf("%s: described as %+v, %v; want %+v", name, about, err, c.want)
		}
		p, err := decode(c.content, pictures.Limits{})
		if err != nil || p.About != c.want {
			t.Errorf("%s: decoded as %+v, %v", name, p.About, err)
			continue
		}
		if size := p.Image.Bounds().Size(); c.want.Format != "SVG" && size != image.Pt(c.want.Width, c.want.Height) {
			t.Errorf("%s: has %v pixels", name, size)
		}
	}
}

// TestTheSamePictureInAllFormats holds the decoders to each other: the lab has a
// picture of 64 by 48 pixels in four formats.
func TestTheSamePictureInAllFormats(t *testing.T) {
	want, err := decode(lab(t, static+"last.png"), pictures.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x.jpg", "x.webp", "x.gif"} {
		got, err := decode(lab(t, static+name), pictures.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		// Of a GIF the palette is coarse, of the others the tints.
		if d := difference(got.Image, want.Image); d > 6 {
			t.Errorf("%s differs by %.1f levels", name, d)
		}
	}
}

// difference is the mean distance of the channels of two pictures of a size, in
// levels from 0 to 255.
func difference(a, b image.Image) float64 {
	rgba := func(m image.Image) *image.RGBA {
		out := image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()})
		draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
		return out
	}
	p, q := rgba(a), rgba(b)
	sum := 0
	for i, v := range p.Pix {
		if i%4 < 3 {
			sum += max(int(v)-int(q.Pix[i]), int(q.Pix[i])-int(v))
		}
	}
	return float64(sum) / 3 / float64(len(p.Pix)/4)
}

func TestAFrameIsWhereItBelongs(t *testing.T) {
	p, err := decode(animated(t), pictures.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[image.Point]bool{{4, 2}: true, {8, 5}: true, {3, 2}: false, {9, 6}: false} {
		if _, _, _, alpha := p.Image.At(at.X, at.Y).RGBA(); (alpha != 0) != want {
			t.Errorf("at %v: alpha %d", at, alpha)
		}
	}
	p, err = decode(animatedWebP(lab(t, static+"x.webp")), pictures.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[image.Point]bool{{8, 6}: true, {71, 53}: true, {7, 6}: false, {72, 53}: false} {
		if _, _, _, alpha := p.Image.At(at.X, at.Y).RGBA(); (alpha != 0) != want {
			t.Errorf("WebP at %v: alpha %d", at, alpha)
		}
	}
}

// headers are files that claim a size and have next to nothing.
func headers(w, h uint32) map[string][]byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), 8, 6, 0, 0, 0)
	pngFile := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	pngFile = binary.BigEndian.AppendUint32(pngFile, crc32.ChecksumIEEE(ihdr))
	pngFile = append(pngFile, 0, 0, 0, 0, 'I', 'D', 'A', 'T', 0x35, 0xaf, 0x06, 0x1e)
	jpegFile := []byte{0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0}
	gifFile := append([]byte("GIF89a"), byte(w), byte(w>>8), byte(h), byte(h>>8), 0, 0, 0, ',', 0, 0, 0, 0, byte(w), byte(w>>8), byte(h), byte(h>>8), 0, 8, 1, 0, 0)
	bmpFile := append([]byte("BM"), make([]byte, 52)...)
	for at, v := range map[int]uint32{10: 54, 14: 40, 18: w, 22: h, 26: 1 | 24<<16} {
		binary.LittleEndian.PutUint32(bmpFile[at:], v)
	}
	vp8l := binary.LittleEndian.AppendUint32([]byte("RIFF\x20\x00\x00\x00WEBPVP8L\x10\x00\x00\x00\x2f"), (w-1)&0x3fff|(h-1)&0x3fff<<14)
	vp8x := append([]byte("RIFF\x40\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00"), byte(w-1), byte((w-1)>>8), byte((w-1)>>16), byte(h-1), byte((h-1)>>8), byte((h-1)>>16))
	return map[string][]byte{
		"PNG": pngFile, "JPEG": jpegFile, "GIF": gifFile, "BMP": bmpFile,
		"WebP": append(vp8l, make([]byte, 16)...), "WebP with a canvas": append(vp8x, make([]byte, 16)...),
	}
}

// taken returns how much memory a call takes.
func taken(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestWhatIsTooLargeIsRefusedBeforeMemoryIsTaken(t *testing.T) {
	for name, content := range headers(16_000, 16_000) {
		var err error
		bytes := taken(func() { _, err = decode(content, pictures.Limits{}) })
		if bytes > 200_000 {
			t.Errorf("%s: %d bytes were taken", name, bytes)
		}
		lies := name == "PNG" || name == "BMP" // which cannot hold that much in so few bytes
		if lies && !errors.Is(err, pictures.ErrDamaged) || !lies && !errors.Is(err, pictures.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
		if !lies && (!strings.Contains(err.Error(), "16000 by 16000") || !strings.Contains(err.Error(), "256 megapixels") || !strings.Contains(err.Error(), "40 megapixels")) {
			t.Errorf("%s: size and limit are not in %q", name, err)
		}
	}
	big := append(headers(40_000, 25_000)["PNG"], make([]byte, 5<<20)...) // 10^9 pixels that deflate could hold
	var err error
	if bytes := taken(func() { _, err = decode(big, pictures.Limits{}) }); !errors.Is(err, pictures.ErrTooLarge) || bytes > 200_000 {
		t.Errorf("10^9 pixels: %v, %d bytes", err, bytes)
	}
	if _, err := decode(headers(6000, 6000)["PNG"], pictures.Limits{}); !errors.Is(err, pictures.ErrDamaged) {
		t.Errorf("36 megapixels on 57 bytes: %v", err)
	}
	_, err = pictures.Decode(context.Background(), bytes.NewReader(nil), 33<<20, pictures.Limits{})
	if !errors.Is(err, pictures.ErrTooLarge) || !strings.Contains(err.Error(), "33 MB") || !strings.Contains(err.Error(), "32 MB") {
		t.Errorf("a file of 33 MB: %v", err)
	}
}

func TestExactlyTheLimitPasses(t *testing.T) {
	content := encoded(t, "png", image.NewGray(image.Rect(0, 0, 8000, 5000)))
	p, err := decode(content, pictures.Limits{})
	if err != nil || p.Image.Bounds().Size() != image.Pt(8000, 5000) {
		t.Fatalf("40 megapixels: %v", err)
	}
	small := encoded(t, "png", drawn(10, 10))
	if _, err := decode(small, pictures.Limits{Pixels: 100, Bytes: int64(len(small))}); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := decode(small, pictures.Limits{Pixels: 99}); !errors.Is(err, pictures.ErrTooLarge) {
		t.Errorf("a pixel over the limit: %v", err)
	}
	if _, err := decode(small, pictures.Limits{Bytes: int64(len(small)) - 1}); !errors.Is(err, pictures.ErrTooLarge) {
		t.Errorf("a byte over the limit: %v", err)
	}
}

// TestADeclaredCanvasDoesNotHideALargerFrame is about WebP, whose frames have
// sizes of their own.
func TestADeclaredCanvasDoesNotHideALargerFrame(t *testing.T) {
	frame := headers(16_000, 16_000)["WebP"][12:]
	still := append([]byte("RIFF\x3e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x01\x00\x00"), frame...)
	moving := animatedWebP(lab(t, static+"x.webp"))
	binary.LittleEndian.PutUint32(moving[bytes.Index(moving, []byte("ANMF"))+14:], 0x3fff3fff)
	moving[bytes.Index(moving, []byte("ANMF"))+18] = 0x3f
	for name, content := range map[string][]byte{"still": still, "animated": moving} {
		var err error
		if bytes := taken(func() { _, err = decode(content, pictures.Limits{}) }); err == nil || bytes > 1_000_000 {
			t.Errorf("%s: %v, %d bytes taken", name, err, bytes)
		}
	}
}

func samples(t testing.TB) map[string][]byte {
	all := map[string][]byte{
		"bmp": encoded(t, "bmp", drawn(9, 7)), "gif": animated(t), "webp, animated": animatedWebP(lab(t, static+"x.webp")),
		"png, animated": animatedPNG(encoded(t, "png", drawn(12, 5)), 2), "jpeg": encoded(t, "jpeg", drawn(33, 20)),
		"svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><circle cx="5" cy="5" r="4"/></svg>`),
	}
	for _, name := range []string{static + "last.png", static + "x.jpg", static + "x.gif", static + "x.webp"} {
		all[path.Base(name)] = lab(t, name)
	}
	return all
}

func TestWhatIsCutOffIsAnErrorAndNoPanic(t *testing.T) {
	for name, content := range samples(t) {
		for n := 0; n < len(content); n += 1 + len(content)/97 {
			p, err := decode(content[:n], pictures.Limits{})
			if err == nil && p.Image == nil {
				t.Fatalf("%s: %d of %d bytes: neither picture nor error", name, n, len(content))
			}
			if n < len(content)/2 && err == nil && p.Format != "SVG" {
				t.Errorf("%s: half of it, %d of %d bytes, is a picture", name, n, len(content))
			}
		}
	}
	for name, content := range map[string][]byte{"nothing": nil, "text": []byte("run,loss\n1,2\n"), "HTML": []byte("<html><svg/></html>")} {
		if _, err := decode(content, pictures.Limits{}); err == nil {
			t.Errorf("%s is a picture", name)
		}
	}
	if _, err := decode([]byte("hello"), pictures.Limits{}); !errors.Is(err, pictures.ErrUnknown) {
		t.Errorf("text: %v", err)
	}
}

// shrinking is a file that somebody cuts while it is read.
type shrinking struct {
	*bytes.Reader
	after int64
}

func (s shrinking) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.after {
		return 0, io.EOF
	}
	n, err := s.Reader.ReadAt(p[:min(int64(len(p)), s.after-off)], off)
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

func TestAFileThatShrinksIsAnError(t *testing.T) {
	content := lab(t, roc)
	_, err := pictures.Decode(context.Background(), shrinking{bytes.NewReader(content), 5000}, int64(len(content)), pictures.Limits{})
	if !errors.Is(err, pictures.ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

// ending cancels once a file was read so often.
type ending struct {
	io.ReaderAt
	left   int
	cancel context.CancelFunc
}

func (e *ending) ReadAt(p []byte, off int64) (int, error) {
	if e.left--; e.left == 0 {
		e.cancel()
	}
	return e.ReaderAt.ReadAt(p, off)
}

func TestCancellingStops(t *testing.T) {
	for name, content := range map[string][]byte{"PNG": lab(t, roc), "SVG": lab(t, "figs/lines.svg"), "JPEG": encoded(t, "jpeg", drawn(2000, 1500)), "BMP": encoded(t, "bmp", drawn(500, 400))} {
		ctx, cancel := context.WithCancel(context.Background())
		e := &ending{bytes.NewReader(content), 8, cancel}
		if _, err := pictures.Decode(ctx, e, int64(len(content)), pictures.Limits{}); !errors.Is(err, context.Canceled) || errors.Is(err, pictures.ErrDamaged) {
			t.Errorf("%s: got %v", name, err)
		}
		if e.left < -4 {
			t.Errorf("%s: read %d times after the end", name, -e.left)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, content := range samples(f) {
		f.Add(content)
	}
	for _, content := range headers(16, 16) {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		p, err := decode(content, pictures.Limits{Pixels: 1 << 20})
		if err != nil {
			return
		}
		if b := p.Image.Bounds(); b.Empty() || b.Dx()*b.Dy() > 1<<20 {
			t.Fatalf("%s of %v pixels", p.Format, b)
		}
		m, err := pictures.Cells(context.Background(), p.Image, p.Image.Bounds(), 7, 3, pictures.Style{})
		if err != nil || len(m.Lines()) != 3 {
			t.Fatalf("%s: %v", p.Format, err)
		}
	})
}
