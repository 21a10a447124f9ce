package tui

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	plotcell "benchside/plots/cell"
	"benchside/themes"
)

// The cells of an SVG frame, in its units.
const (
	cellWidth  = 8.4
	cellHeight = 18
)

// svg draws a frame as a picture: a rectangle for each background and a text
// for each run of equal style, each placed on its cell. Signs that are made of
// blocks are drawn as rectangles, since few fonts have them all.
func svg(frame string, width, height int, t *themes.Theme) string {
	paper, ink := "#ffffff", "#1f2328"
	if t.Dark {
		paper, ink = "#0d1117", "#e6edf3"
	}
	if t.Paper.Back != "" && t.Paper.Fore != "" {
		paper, ink = t.Paper.Back, t.Paper.Fore
	}
	screen := uv.NewScreenBuffer(width, height)
	screen.Method = ansi.GraphemeWidth
	uv.NewStyledString(frame).Draw(screen, screen.Bounds())
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">`+"\n",
		float64(width)*cellWidth, height*cellHeight)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="%s"/>`+"\n", paper)
	for y := range height {
		for x := 0; x < width; {
			cell := screen.CellAt(x, y)
			if cell == nil {
				x++
				continue
			}
			end, text := x, ""
			var signs []blocks
			for end < width {
				c := screen.CellAt(end, y)
				if c == nil || !c.Style.Equal(&cell.Style) {
					break
				}
				content := c.Content
				if dots, mask, ok := plotcell.Blocks(content); ok {
					signs, content = append(signs, blocks{end, dots, mask}), " "
				}
				text += content
				end += max(c.Width, 1)
			}
			span(&b, x, y, end-x, text, cell.Style, paper, ink)
			for _, sign := range signs {
				sign.draw(&b, y, cell.Style, paper, ink)
			}
			x = end
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// blocks is a sign that is made of blocks, in a column.
type blocks struct {
	x    int
	dots plotcell.Dots
	mask int
}

// draw draws the blocks of a sign, those of a row that touch as one.
func (s blocks) draw(b *strings.Builder, y int, style uv.Style, paper, ink string) {
	fg := hex(style.Fg, ink)
	if style.Attrs&uv.AttrReverse != 0 {
		fg = paper
	}
	w, h := s.dots.Size()
	wide, high := cellWidth/float64(w), cellHeight/float64(h)
	for row := range h {
		for from := 0; from < w; from++ {
			to := from
			for to < w && s.mask&s.dots.Bit(to, row) != 0 {
				to++
			}
			if to > from {
				fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" shape-rendering="crispEdges"/>`+"\n",
					float64(s.x)*cellWidth+float64(from)*wide, float64(y*cellHeight)+float64(row)*high, float64(to-from)*wide, high, fg)
				from = to
			}
		}
	}
}

func span(b *strings.Builder, x, y, width int, text string, s uv.Style, paper, ink string) {
	fg, bg := hex(s.Fg, ink), hex(s.Bg, "")
	if s.Attrs&uv.AttrReverse != 0 {
		fg, bg = paper, hex(s.Fg, ink)
	}
	left, top := float64(x)*cellWidth, y*cellHeight
	if bg != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", left, top, float64(width)*cellWidth, cellHeight, bg)
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	style := ""
	if s.Attrs&uv.AttrBold != 0 {
		style = ` font-weight="bold"`
	}
	if s.Underline != ansi.UnderlineNone {
		style += ` text-decoration="underline"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" fill="%s" textLength="%.1f" xml:space="preserve"%s>%s</text>`+"\n",
		left, top+cellHeight-5, fg, float64(width)*cellWidth, style, html.EscapeString(text))
}

func hex(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
