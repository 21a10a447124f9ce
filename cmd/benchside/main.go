// Command benchside is a terminal workbench over an MLflow store. All of it is
// in the packages beside.
package main

import (
	"os"
	"runtime/debug"

	"benchside/cmd"
)

// garbage is how much the heap grows until it is collected, in percent of what
// is in use. The program stays open all day beside trainings, which can use the
// memory better; it works in bursts, so the processor has the time.
const garbage = 40

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	os.Exit(cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
