#!/usr/bin/env bash
# languages.sh GO: copies the languages that artifacts/texts knows from the
# version of chroma in go.mod again.
set -euo pipefail
cd "$(dirname "$0")/.."
from=$("${1:-go}" list -m -f '{{.Dir}}' github.com/alecthomas/chroma/v2)
to=artifacts/texts/languages
for file in "$to"/*.xml; do
	install -m 644 "$from/lexers/embedded/$(basename "$file")" "$file"
done
install -m 644 "$from/COPYING" "$to/COPYING"
