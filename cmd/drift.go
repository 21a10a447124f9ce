package cmd

import "github.com/spf13/cobra"

func (s *session) drift() *cobra.Command {
	return group("drift", "Log drift reports to runs, and read what was found", s.driftShow())
}
