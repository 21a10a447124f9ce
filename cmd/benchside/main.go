// Command benchside is a terminal workbench over an MLflow store. All of it is
// in the packages beside.
package main

import (
	"os"

	"benchside/cmd"
)

func main() { os.Exit(cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
