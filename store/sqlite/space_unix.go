//go:build unix

package sqlite

import "syscall"

// space is what is left on the disk of a folder, in bytes, for who is not root.
func space(folder string) (left int64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert // the types differ between systems
}
