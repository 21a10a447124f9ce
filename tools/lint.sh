#!/usr/bin/env bash
# lint.sh GO: formatting, vet, staticcheck, and that what is generated and
# committed is what the program generates today.
set -euo pipefail
cd "$(dirname "$0")/.."
go=${1:-go}

echo "gofumpt"
unformatted=$(git ls-files '*.go' | xargs "$go" tool -modfile=tools/go.mod gofumpt -l)
if [ -n "$unformatted" ]; then
	printf 'lint: not formatted by gofumpt:\n%s\n' "$unformatted" >&2
	exit 1
fi
echo "go vet"
"$go" vet ./...
echo "staticcheck"
"$go" tool -modfile=tools/go.mod staticcheck ./...

echo "generated docs"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$go" build -trimpath -o "$fresh/benchside" ./cmd/benchside
tools/docs.sh "$fresh/benchside" "$fresh" >/dev/null
(cd "$fresh" && find . -type f ! -name benchside) | while read -r file; do
	if ! diff -u "$file" "$fresh/$file" >&2; then
		echo "lint: $file is not current: run make docs" >&2
		exit 1
	fi
done
