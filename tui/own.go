package tui

import "benchside/themes"

// Own is what the user's configuration and earlier sessions say of a session.
type Own struct {
	Keys  Keymap
	Theme themes.Theme // colours of their own; one without a name is none
	Wrong []string     // what of the configuration was not taken
}
