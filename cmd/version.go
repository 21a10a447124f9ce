package cmd

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// release is the release of benchside.
const release = "0.1.0"

func (s *session) version() *cobra.Command {
	return s.leaf(&cobra.Command{
		Use: "version", Short: "Say which benchside this is", Args: takes(0, "no arguments"),
	}, func(context.Context, []string) error {
		_, err := fmt.Fprintln(s.out, version())
		return err
	})
}

// version names the release, the commit if the build knows it, and Go.
func version() string {
	words := []string{"benchside " + release}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return words[0]
	}
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			words = append(words, "commit "+setting.Value[:min(len(setting.Value), 12)])
		case setting.Key == "vcs.modified" && setting.Value == "true":
			words = append(words, "changed")
		}
	}
	return strings.Join(append(words, info.GoVersion), ", ")
}
