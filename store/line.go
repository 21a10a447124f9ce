package store

// Moves reports whether the line moved a version into or out of a stage, or
// pointed an alias elsewhere; an empty name stands for none.
func (l Line) Moves(stage, alias string) bool {
	for _, c := range l.Changes {
		switch c.Table {
		case "model_versions":
			if stage != "" && c.Before != nil && c.After != nil && (c.Before["current_stage"] == stage || c.After["current_stage"] == stage) {
				return true
			}
		case "registered_model_aliases":
			if alias != "" && c.Key["alias"] == alias {
				return true
			}
		}
	}
	return false
}
