package cmd

import (
	"github.com/spf13/cobra"

	"benchside/store"
)

// models are the commands of the registry.
func (s *session) models() []*cobra.Command {
	return []*cobra.Command{
		s.modelsList(), s.modelsShow(), s.modelsVersions(), s.modelsCompare(),
		s.modelsCreate(), s.modelsRegister(), s.modelsDescribe(), s.modelsTag(), s.modelsUntag(), s.modelsAlias(), s.modelsUnalias(),
		s.modelsTransition(), s.modelsDelete(), s.modelsRename(), s.modelsComment(),
		s.modelsRequest(), s.modelsRequests(), s.modelsRule(), s.modelsGate(), s.modelsRollback(),
		s.modelsDecide("approve REQUEST", "Approve a request, which moves the version", store.Approved),
		s.modelsDecide("reject REQUEST", "Reject a request", store.Rejected),
		s.modelsDecide("cancel REQUEST", "Cancel a request of one's own", store.Cancelled),
		s.modelsHistory(), s.modelsObserve(), s.undoLine(), s.modelsVerify(), s.modelsPrune(),
	}
}
