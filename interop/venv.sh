#!/usr/bin/env bash
# venv.sh VERSION: builds .venv/mlflow-VERSION from the pinned requirements and
# prints the path of its python. An environment that is current is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1
wanted=interop/requirements-$version.txt
venv=.venv/mlflow-$version

python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null; then
	echo "interop: $python not found: install Python 3.10 to 3.13 with its venv module" >&2
	exit 1
fi
if ! cmp -s "$wanted" "$venv/installed.txt"; then
	echo "interop: building $venv (some minutes, once)" >&2
	rm -rf "$venv"
	"$python" -m venv "$venv"
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted" >&2
	cp "$wanted" "$venv/installed.txt"
fi
echo "$PWD/$venv/bin/python"
