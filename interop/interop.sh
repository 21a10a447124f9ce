#!/usr/bin/env bash
# interop.sh BENCHSIDE: checks benchside with each pinned mlflow.
set -euo pipefail
cd "$(dirname "$0")/.."
for version in 2.22.2 3.17.2; do
	python=$(interop/venv.sh "$version")
	"$python" interop/check.py "$1"
done
