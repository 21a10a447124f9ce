package store

import "errors"

// The kinds of error that a backend returns, to be tested with errors.Is. The
// error around them says what was being done to what.
var (
	ErrNotFound  = errors.New("not found")
	ErrAmbiguous = errors.New("more than one match")
	ErrReadOnly  = errors.New("the store is open read-only")
	ErrStale     = errors.New("changed by someone else")
	// ErrBusy: another process keeps the store locked for longer than we wait.
	ErrBusy = errors.New("locked by another process")
	// ErrNotStore: there is something, but not an MLflow store.
	ErrNotStore = errors.New("not an MLflow store")
	// ErrDamaged: an MLflow store that cannot be read as it is.
	ErrDamaged = errors.New("damaged or half-written")
	// ErrGone: the store was removed while it was open.
	ErrGone = errors.New("no longer there")
	// ErrInvalid: MLflow does not take such a value; the error around it says why.
	ErrInvalid = errors.New("not valid")
	// ErrDenied: a rule of the model forbids it.
	ErrDenied = errors.New("not allowed")
	// ErrUnsupported: the backend has no such records.
	ErrUnsupported = errors.New("not kept by this store")
)

// IfKept takes records of a kind that not every store keeps: where it keeps none,
// there are none.
func IfKept[T any](found T, err error) (T, error) {
	if errors.Is(err, ErrUnsupported) {
		var none T
		return none, nil
	}
	return found, err
}
