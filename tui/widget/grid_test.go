package widget_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"benchside/tui/widget"
)

// TestTilesFillTheirRoom lays out grids of every size: no two tiles overlap, none
// leaves the room, and the one with the focus is in view.
func TestTilesFillTheirRoom(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		g := widget.Grid{Width: 1 + random.IntN(220), Height: 1 + random.IntN(60), LeastW: 44, LeastH: 9, MostCols: 4}
		n := 1 + random.IntN(30)
		var heads []string
		if random.IntN(2) == 0 {
			for i := range n {
				heads = append(heads, fmt.Sprint(i/(1+random.IntN(9)%4)))
			}
		}
		for range 20 {
			g.Focus = random.IntN(n)
			g.Arrange(n, heads)
			g.Aside(random.IntN(5) - 2)
			g.Arrange(n, heads)
			check(t, &g)
		}
	}
}

func check(t *testing.T, g *widget.Grid) {
	t.Helper()
	tiles, focused := g.Tiles(g.Width, g.Height), false
	for i, a := range tiles {
		focused = focused || a.Item == g.Focus
		// A screen lower than one item shows it cut.
		if a.X < 0 || a.W < 1 || a.X+a.W > g.Width || a.Y < 0 || a.H < 1 || g.Height >= 10 && a.Y+a.H > g.Height {
			t.Fatalf("tile %+v leaves %dx%d", a, g.Width, g.Height)
		}
		for _, b := range tiles[:i] {
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Fatalf("%+v lies on %+v", a, b)
			}
		}
	}
	if !focused {
		t.Fatalf("item %d is not in view: %+v of %dx%d", g.Focus, tiles, g.Width, g.Height)
	}
}
