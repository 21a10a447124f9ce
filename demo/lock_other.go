//go:build !unix

package demo

import "os"

// lock keeps the file open, which is what keeps others from removing it here.
func lock(path string, create bool) (*os.File, error) {
	if !create {
		return nil, os.ErrPermission
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// private never says yes: without owners there is no telling whose a folder is.
func private(os.FileInfo) bool { return false }
