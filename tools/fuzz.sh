#!/usr/bin/env bash
# fuzz.sh GO TIME: runs every fuzz target of the project for TIME: 5s, or a
# count of inputs as 5000x, which cannot fail by a deadline that passes in the middle of an input.
# Inputs are not made smaller: with big seeds, such as pictures, that took all the time.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${1:-go}
time=${2:-5000x}
count=0
while IFS=: read -r file target; do
	echo "fuzz $target in ${file%/*} for $time"
	"$go" test "./${file%/*}" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1x
	count=$((count + 1))
done < <(git ls-files '*_test.go' | xargs grep -HoE '^func Fuzz[A-Za-z0-9_]+' | sed 's/func //')
echo "fuzz: $count targets"
