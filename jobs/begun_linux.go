package jobs

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// begun returns when a process began, after proc(5): the 22nd field of its stat, in
// hundredths of a second since the machine began.
func begun(pid int) (at time.Time, known bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return at, false
	}
	const field = 22 - 3 // behind the name, which is in brackets and may hold blanks
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= field {
		return at, false
	}
	ticks, err := strconv.ParseInt(string(fields[field]), 10, 64)
	up, known := uptime()
	if err != nil || !known {
		return at, false
	}
	const tick = 10 * time.Millisecond
	return time.Now().Add(-up).Add(time.Duration(ticks) * tick), true
}

// uptime is how long the machine has run.
func uptime() (time.Duration, bool) {
	content, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(content)
	if len(fields) == 0 {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(string(fields[0]), 64)
	return time.Duration(seconds * float64(time.Second)), err == nil
}
