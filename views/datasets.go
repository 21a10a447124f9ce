package views

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"benchside/store"
)

// Datasets names the datasets that runs read: by name and digest, several together.
func Datasets(ctx context.Context, r store.InputReader, ids []string) (map[string]string, error) {
	const part = 1000 // runs of a reading
	labels := map[string]string{}
	for some := range slices.Chunk(ids, part) {
		inputs, err := store.IfKept(r.InputsOf(ctx, some))
		if err != nil {
			return nil, fmt.Errorf("read the datasets of %d runs: %w", len(ids), err)
		}
		for id, of := range inputs {
			var names []string
			for _, in := range of {
				names = append(names, strings.TrimSpace(in.Name+" "+in.Digest))
			}
			slices.Sort(names)
			labels[id] = strings.Join(slices.Compact(names), " + ")
		}
	}
	return labels, nil
}
