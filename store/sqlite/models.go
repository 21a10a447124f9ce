package sqlite

import (
	"context"
	"fmt"

	"benchside/store"
)

// LoggedModel implements store.ModelSources.
func (d *DB) LoggedModel(ctx context.Context, id string) (store.LoggedModel, error) {
	if !d.schema.has("logged_models") {
		return store.LoggedModel{}, fmt.Errorf("read model %s: %w", id, store.ErrNotFound) // before MLflow 3
	}
	models := map[string]*store.LoggedModel{}
	if err := d.readModels(ctx, []string{id}, models); err != nil {
		return store.LoggedModel{}, fmt.Errorf("read model %s: %w", id, err)
	}
	m := models[id]
	if m == nil {
		return store.LoggedModel{}, fmt.Errorf("read model %s: %w", id, store.ErrNotFound)
	}
	m.Output = true // of the run that it names
	return *m, nil
}
