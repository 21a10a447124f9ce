#!/usr/bin/env bash
# interop.sh BENCHSIDE: checks with each pinned mlflow what benchside reads and what it changes.
set -euo pipefail
cd "$(dirname "$0")/.."
for version in 2.22.2 3.17.2; do
	python=$(interop/venv.sh "$version")
	"$python" interop/check.py "$1"
	"$python" interop/change.py "$1"
done
