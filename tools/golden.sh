#!/usr/bin/env bash
# golden.sh GO: writes the golden frames again, in the packages whose tests
# have some.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${1:-go}
form='{{$p := .ForTest}}{{range .Deps}}{{if eq . "github.com/charmbracelet/x/exp/golden"}}{{$p}}
{{end}}{{end}}'
packages=$("$go" list -test -f "$form" ./... | sed '/^$/d' | sort -u)
if [ -z "$packages" ]; then
	echo "golden: no package has golden frames"
	exit 0
fi
# shellcheck disable=SC2086
"$go" test $packages -update
git status --short -- '*.golden'
