#!/usr/bin/env bash
# live.sh BENCHSIDE: a real training beside benchside, in a terminal of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(interop/venv.sh 3.17.2)
"$python" interop/live.py "$1"
"$python" interop/commit_delay.py "$1"
