package cmd

import "github.com/spf13/cobra"

func (s *session) drift() *cobra.Command {
	return group("drift", "Compare samples of data column by column, show reports, log them to runs",
		s.driftRun(), s.driftStats(), s.driftShow(), s.driftLog(), s.driftHistory(), s.driftChanges())
}
