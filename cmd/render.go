package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"benchside/demo"
	"benchside/store"
	"benchside/themes"
	"benchside/tui"
)

// renderFlags say which frame is wanted.
type renderFlags struct {
	size, format, press, run string
	experiments              []string
	demo                     bool
}

func (s *session) render() *cobra.Command {
	var f renderFlags
	c := &cobra.Command{
		Use: "render SCREEN", Short: "Print one frame of a screen as text, ANSI or SVG",
		Long:      "Prints one frame of a screen: " + strings.Join(tui.Screens(), ", ") + ". The word keys prints the list of all keys.",
		Args:      takes(1, "one screen: "+strings.Join(tui.Screens(), ", ")+", or keys"),
		ValidArgs: append(tui.Screens(), "keys"),
	}
	p := c.Flags()
	p.StringVar(&f.size, "size", "120x40", "columns and rows")
	p.StringVar(&f.format, "format", "text", "text, ansi or svg")
	p.StringVar(&f.press, "press", "", "keys pressed before the frame is taken: \"j j enter\"")
	p.StringVar(&f.run, "run", "", "the run of the run screen, or whose family is shown; the first one by default")
	p.StringArrayVar(&f.experiments, "experiment", nil, "id or name of an experiment of the runs screen; may be repeated")
	p.BoolVar(&f.demo, "demo", false, "of the demo store")
	s.look.add(c)
	return s.leaf(c, func(ctx context.Context, args []string) error { return s.renderScreen(ctx, args[0], f) })
}

func (s *session) renderScreen(ctx context.Context, screen string, f renderFlags) error {
	o := tui.RenderOptions{Screen: screen, Format: f.format, Press: strings.Fields(f.press)}
	if n, err := fmt.Sscanf(f.size, "%dx%d", &o.Width, &o.Height); n != 2 || err != nil || o.Width < 20 || o.Height < 5 || o.Width > 1000 || o.Height > 1000 {
		return usage("--size %s: columns x rows, such as 120x40, from 20x5 to 1000x1000", f.size)
	}
	switch f.format {
	case "text", "ansi", "svg":
	default:
		return usage("--format %s: there are text, ansi and svg", f.format)
	}
	if _, err := s.look.options(""); err != nil {
		return err
	}
	if screen == "keys" {
		_, err := fmt.Fprint(s.out, tui.KeyDoc())
		return err
	}
	if f.demo {
		copied, err := demo.Open(ctx)
		if err != nil {
			return err
		}
		defer copied.Close()
		s.stores = []string{copied.Database()}
	}
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	return s.frame(ctx, st, o, f)
}

// frame prints the frame of an open store.
func (s *session) frame(ctx context.Context, st store.Store, o tui.RenderOptions, f renderFlags) error {
	var err error
	if o.Experiments, err = experimentIDs(ctx, st, f.experiments); err != nil {
		return err
	}
	if f.run != "" {
		r, err := oneRun(ctx, st, f.run)
		if err != nil {
			return err
		}
		o.Run = r.ID
	}
	if o.Options, err = s.look.options(s.storeName()); err != nil {
		return err
	}
	said := s.configured()
	o.Options.Places, o.Options.Images = s.places(said), said.images
	if o.Options.Theme == themes.OwnName { // else a frame has the usual theme, and the usual keys at any rate
		if err := said.dress(&o.Options); err != nil {
			return err
		}
		o.Options.Own.Keys, o.Options.Own.Wrong = nil, nil
	}
	frame, err := tui.Render(ctx, st, o)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprint(s.out, frame)
	return err
}
