package cmd

import "github.com/spf13/cobra"

func (s *session) drift() *cobra.Command {
	return group("drift", "Compare two samples of data column by column, and sum up one", s.driftRun(), s.driftStats())
}
