package themes

// The names of the themes that there are without any configuration.
const (
	DarkName     = "dark"
	LightName    = "light"
	ContrastName = "high-contrast"
	SafeName     = "colour-blind"
	PlainName    = "plain"
)

// Names are the themes that Named knows.
func Names() []string { return []string{DarkName, LightName, ContrastName, SafeName, PlainName} }

// Named returns a theme by its name, false if there is none. Some come for a dark
// and for a light background.
func Named(name string, dark bool) (Theme, bool) {
	switch name {
	case DarkName:
		return Dark(), true
	case LightName:
		return Light(), true
	case ContrastName:
		return HighContrast(dark), true
	case SafeName:
		return ColourBlind(dark), true
	case PlainName:
		return Plain(), true
	}
	return Theme{}, false
}

var (
	night = Paper{Back: "#0d1117", Fore: "#e6edf3"}
	day   = Paper{Back: "#ffffff", Fore: "#1f2328"}
)

// Dark is the theme for a dark background. Its colours keep a contrast of at
// least 4.5:1 against black, the secondary text included. What stands in every
// row is of the palette of 256: that takes half the bytes of a colour by name.
func Dark() Theme {
	return Theme{
		Name: DarkName, Dark: true, Colors: 256, Glyphs: Unicode(), Paper: night,
		Dim: palette(247), Strong: Style{"1"}, Accent: bold(palette(80)), Cursor: bg(0x1c3648),
		Column: Style{"1;4"}, Rule: palette(239), Fresh: bold(palette(231)),
		Good: palette(78), Bad: palette(210), Warn: palette(179), Info: palette(111), Match: bold(fg(0xffd866)), Mark: fg(0xffb454),
	}
}

// Light is the theme for a light background, with the same contrast on white.
func Light() Theme {
	return Theme{
		Name: LightName, Colors: 256, Glyphs: Unicode(), Paper: day,
		Dim: palette(241), Strong: Style{"1"}, Accent: bold(palette(24)), Cursor: bg(0xd6ecf5),
		Column: Style{"1;4"}, Rule: palette(249), Fresh: bold(palette(16)),
		Good: palette(22), Bad: palette(124), Warn: palette(94), Info: palette(25), Match: bold(fg(0x8a4b00)), Mark: fg(0x8a4600),
	}
}

// HighContrast keeps a contrast of at least 7:1 on black or on white, the cursor's
// row included, which is WCAG's level AAA. Rules are as clear as text.
func HighContrast(dark bool) Theme {
	t := Theme{Name: ContrastName, Dark: dark, Colors: 256, Glyphs: Unicode(), Strong: Style{"1"}, Column: Style{"1;4"}}
	if dark {
		t.Paper, t.Axes = Paper{Back: "#000000", Fore: "#ffffff", Always: true}, 255
		t.Dim, t.Accent, t.Cursor, t.Rule, t.Fresh = palette(252), bold(palette(87)), bg(0x00305c), palette(250), Style{"1;4"}
		t.Good, t.Bad, t.Warn, t.Info = palette(120), palette(217), palette(228), palette(153)
		t.Match, t.Mark = Style{"1;4;38;5;228"}, bold(palette(228))
		return t
	}
	t.Paper, t.Axes = Paper{Back: "#ffffff", Fore: "#000000", Always: true}, 234
	t.Dim, t.Accent, t.Cursor, t.Rule, t.Fresh = palette(236), bold(fg(0x00366b)), bg(0xcfe6ff), palette(239), Style{"1;4"}
	t.Good, t.Bad, t.Warn, t.Info = fg(0x003d00), fg(0x7a0000), fg(0x4d3300), fg(0x00308f)
	t.Match, t.Mark = Style{"1;4;38;2;92;48;0"}, bold(fg(0x5c3000))
	return t
}

// ColourBlind tells good from bad by blue and orange, which stay apart in each of
// the usual kinds of colour blindness; those of series are chosen that way anyhow.
func ColourBlind(dark bool) Theme {
	if dark {
		t := Dark()
		t.Good, t.Bad, t.Warn, t.Info = palette(75), palette(215), palette(228), palette(189)
		t.Name, t.Mark, t.Match, t.Accent = SafeName, palette(228), Style{"1;4;38;5;228"}, bold(palette(159))
		return t
	}
	t := Light()
	t.Good, t.Bad, t.Warn, t.Info = palette(25), fg(0x9c4a00), fg(0x6b5900), fg(0x6a3d9a)
	t.Name, t.Mark, t.Match, t.Accent = SafeName, fg(0x6b5900), Style{"1;4;38;2;107;89;0"}, bold(fg(0x00406b))
	return t
}

// Plain is the theme without any colour: weight, underline and reverse only.
func Plain() Theme {
	return Theme{
		Name: PlainName, Dark: true, Glyphs: Unicode(),
		Strong: Style{"1"}, Accent: Style{"1"}, Cursor: Style{reverse}, Column: Style{"1;4"}, Fresh: Style{"1"}, Match: Style{"4"}, Mark: Style{"1"}, Bad: Style{"1"},
	}
}

// Ansi16 is the theme for terminals of 16 colours, in their own palette.
func Ansi16(dark bool) Theme {
	t := Theme{
		Name: "16 colours", Dark: dark, Colors: 16, Glyphs: Unicode(),
		Dim: Style{"90"}, Strong: Style{"1"}, Accent: Style{"1;36"}, Cursor: Style{reverse}, Column: Style{"1;4"}, Rule: Style{"90"},
		Fresh: Style{"1"}, Good: Style{"32"}, Bad: Style{"31"}, Warn: Style{"33"}, Info: Style{"34"}, Match: Style{"1;33"}, Mark: Style{"33"},
	}
	if dark {
		t.Info = Style{"94"}
	}
	return t
}
