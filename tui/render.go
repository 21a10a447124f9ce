package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"benchside/store"
	"benchside/tui/pump"
	"benchside/tui/view"
)

// RenderOptions say which frame is wanted and as what.
type RenderOptions struct {
	Screen        string   // "runs", "experiments", "run", "compare", "charts", "artifacts", "models", "model", "help" or "palette"
	Run           string   // id of the run, for "run", "compare", "charts" and "artifacts"
	Experiments   []string // ids, for "runs"; nil means all
	Width, Height int
	Format        string   // "text", "ansi" or "svg"
	Press         []string // keys pressed before the frame is taken
	Options       Options
}

// Screens are the names that Render takes.
func Screens() []string {
	return []string{"runs", "experiments", "run", "compare", "charts", "artifacts", "models", "model", "help", "palette"}
}

// Render draws one frame of a screen without a terminal.
func Render(ctx context.Context, s store.Store, o RenderOptions) (string, error) {
	if o.Options.Theme == "" {
		o.Options.Theme = "dark"
	}
	o.Options.still = true
	a := New(s, o.Options)
	update := func(msg tea.Msg) tea.Cmd { _, cmd := a.Update(msg); return cmd }
	pump.Run(a.Init(), update)
	pump.Run(view.Send(tea.WindowSizeMsg{Width: o.Width, Height: o.Height}), update)
	keys, err := a.reach(ctx, o)
	if err != nil {
		return "", err
	}
	for _, name := range append(keys, o.Press...) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		key, err := KeyNamed(name)
		if err != nil {
			return "", err
		}
		pump.Run(view.Send(key), update)
	}
	frame := a.Frame()
	switch o.Format {
	case "svg":
		return svg(frame, o.Width, o.Height, a.theme), nil
	case "ansi":
		return frame + "\n", nil
	}
	lines := strings.Split(ansi.Strip(frame), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// reach puts the screen in front that was asked for, and returns the keys that
// are still to be pressed for it.
func (a *App) reach(ctx context.Context, o RenderOptions) ([]string, error) {
	update := func(msg tea.Msg) tea.Cmd { _, cmd := a.Update(msg); return cmd }
	switch o.Screen {
	case "runs", "":
		if o.Experiments != nil {
			title := strings.Join(o.Experiments, ", ")
			pump.Run(view.Send(view.ShowRuns{Experiments: o.Experiments, Title: title}), update)
		}
	case "models":
		return []string{"5"}, nil
	case "model":
		return []string{"5", "enter"}, nil
	case "experiments":
		pump.Run(a.step(-1), update)
	case "run":
		if o.Run == "" {
			return []string{"enter"}, nil
		}
		pump.Run(view.Send(view.ShowRun{ID: o.Run}), update)
	case "compare":
		if o.Run == "" {
			return []string{"2"}, nil
		}
		pump.Run(view.Send(view.ShowComparison{Runs: a.familyOf(ctx, o.Run), Title: a.nameOf(ctx, o.Run)}), update)
	case "charts":
		if o.Run == "" {
			return []string{"3"}, nil
		}
		pump.Run(view.Send(view.ShowCharts{Runs: a.familyOf(ctx, o.Run), Title: a.nameOf(ctx, o.Run)}), update)
	case "artifacts":
		if o.Run == "" {
			return []string{"4"}, nil
		}
		pump.Run(view.Send(view.ShowArtifacts{Runs: []string{o.Run}, Title: a.nameOf(ctx, o.Run)}), update)
	case "help":
		return []string{"?"}, nil
	case "palette":
		return []string{"ctrl+p"}, nil
	default:
		return nil, fmt.Errorf("no screen is called %q; there are %s", o.Screen, strings.Join(Screens(), ", "))
	}
	return nil, nil
}

func (a *App) nameOf(ctx context.Context, id string) string {
	r, err := a.store.Run(ctx, id)
	if err != nil {
		return id
	}
	return cmp.Or(r.Name, id)
}

// familyOf are the children of a run, or the run if it has none.
func (a *App) familyOf(ctx context.Context, id string) []string {
	heads, err := a.store.Children(ctx, id)
	if err != nil || len(heads) == 0 {
		return []string{id}
	}
	ids := make([]string, len(heads))
	for i, h := range heads {
		ids[i] = h.ID
	}
	slices.Reverse(ids) // the latest first, as in the table
	return ids
}
