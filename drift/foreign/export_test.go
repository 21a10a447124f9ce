package foreign

import (
	"context"
	"io"

	"benchside/drift"
)

// ReadWithin is Read with a limit of bytes.
func ReadWithin(ctx context.Context, r io.Reader, most int64) (drift.Report, error) {
	return readWithin(ctx, r, limits{most, most})
}
